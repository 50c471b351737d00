"""Each field and operator of a condition: which rows meet it, and what it refuses."""

import pytest

from apps.categorization.conditions import OPERATORS, UnreadableCondition, Words, cleaned, in_words
from apps.categorization.matching import Texts, meeting
from apps.categorization.models import RuleCondition
from apps.core.errors import ExpectedError
from apps.households.models import Household
from apps.ledger.models import Account, Transaction
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def asked(field: str, operator: str, value: str = "", until: str = "", account: Account | None = None) -> RuleCondition:
    return RuleCondition(field=field, operator=operator, value=value, until=until, account=account)


def met(*conditions: RuleCondition, matches_all: bool = True) -> list[str]:
    """The bank texts of the rows that meet the conditions, in their order."""
    rows = Transaction.objects.order_by("pk")
    kept = [cleaned(condition) for condition in conditions]
    query = meeting(kept, matches_all=matches_all, texts=Texts(rows))
    return list(rows.filter(query).values_list("description", flat=True))


@pytest.mark.parametrize("field", ["merchant", "description", "notes"])
@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("contains", "CAFÉ", ["cafe", "Café Ørsted", "the CAFE x"]),
        ("contains", "fé ør", ["Café Ørsted"]),
        ("contains", "50%", ["50% off"]),
        ("contains", "a_b", ["a_b"]),
        ("contains", "\\", ["back\\slash"]),
        ("contains", "x", ["the CAFE x", "axb"]),
        ("lacks", "cafe", ["50% off", "501 off", "a_b", "axb", "back\\slash", "שלום"]),
        ("is", "cafe", ["cafe"]),
        ("starts", "café", ["cafe", "Café Ørsted"]),
        ("starts", "5", ["50% off", "501 off"]),
        ("regex", r"^\d+% ", ["50% off"]),
        ("regex", "CAFÉ|off$", ["cafe", "Café Ørsted", "the CAFE x", "50% off", "501 off"]),
        ("regex", "^.{4}$", ["cafe", "שלום"]),
    ],
)
def test_text_is_compared_without_case_and_accents(
    account: Account, field: str, operator: str, value: str, expected: list[str]
) -> None:
    texts = ["cafe", "Café Ørsted", "the CAFE x", "50% off", "501 off", "a_b", "axb", "back\\slash", "שלום"]
    for text in texts:
        row = by_hand(account, "2026-11-01", "-1.00", "")
        Transaction.objects.filter(pk=row.pk).update(**{field: text})
    kept = [cleaned(asked(field, operator, value))]
    rows = Transaction.objects.order_by("pk")
    found = rows.filter(meeting(kept, matches_all=True, texts=Texts(rows)))
    assert list(found.values_list(field, flat=True)) == expected


@pytest.mark.parametrize(
    ("operator", "value", "until", "expected"),
    [
        ("is", "10", "", ["-10", "10"]),
        ("between", "10", "20.00", ["-10", "10", "20", "-20"]),
        ("more", "10", "", ["20", "-20", "-20.0001"]),
        ("less", "10.00", "", ["9.9999", "0"]),
        ("in", "", "", ["10", "20", "9.9999"]),
        ("out", "", "", ["-10", "-20", "-20.0001"]),
    ],
)
def test_amounts_are_compared_without_their_sign_and_ranges_take_their_ends_in(
    account: Account, operator: str, value: str, until: str, expected: list[str]
) -> None:
    for amount in ("-10", "10", "20", "-20", "-20.0001", "9.9999", "0"):
        by_hand(account, "2026-11-01", amount, amount)
    assert met(asked("amount", operator, value, until)) == expected


@pytest.mark.parametrize(
    ("operator", "value", "until", "expected"),
    [
        ("day", "31", "", ["2026-10-31", "2026-12-31"]),
        ("since", "2026-11-01", "", ["2026-11-01", "2026-12-31"]),
        ("until", "2026-11-01", "", ["2026-10-31", "2026-11-01"]),
        ("between", "2026-11-01", "2026-12-31", ["2026-11-01", "2026-12-31"]),
    ],
)
def test_dates_take_their_ends_in(account: Account, operator: str, value: str, until: str, expected: list[str]) -> None:
    for date in ("2026-10-31", "2026-11-01", "2026-12-31"):
        by_hand(account, date, "-1", date)
    assert met(asked("date", operator, value, until)) == expected


def test_an_account_is_that_account(account: Account) -> None:
    by_hand(account, "2026-11-01", "-1", "ours")
    by_hand(Account.objects.create(name="Card", currency="USD"), "2026-11-01", "-1", "another")
    assert met(asked("account", "is", account=account)) == ["ours"]


def test_all_and_any_and_none(account: Account) -> None:
    by_hand(account, "2026-11-01", "-1", "rent")
    by_hand(account, "2026-11-01", "-2", "rent")
    by_hand(account, "2026-11-01", "-2", "food")
    conditions = (asked("description", "contains", "rent"), asked("amount", "is", "2"))
    assert met(*conditions) == ["rent"]
    assert met(*conditions, matches_all=False) == ["rent", "rent", "food"]
    assert met() == met(matches_all=False) == []


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (asked("merchant", "contains", "  "), "Type the text to look for."),
        (asked("merchant", "contains", "\u0301"), "Type the text to look for."),
        (asked("merchant", "contains", "a\x00b"), "character in it that no bank writes"),
        (asked("merchant", "regex", "(a+)+\\1"), "This regular expression cannot be used"),
        (asked("merchant", "regex", "(?=x)"), "Write one without look-around, back references"),
        (asked("merchant", "regex", "((a{1000}){1000}){1000}"), "cannot be used"),
        (asked("merchant", "more", "1"), "Merchant cannot be asked whether it “is more than”"),
        (asked("amount", "is", "1,5"), "Write the amount in digits"),
        (asked("amount", "is", "NaN"), "Write the amount in digits"),
        (asked("amount", "is", "1" * 16), "Write the amount in digits"),
        (asked("amount", "is", "٣"), "Write the amount in digits"),
        (asked("amount", "between", "20", "10"), "The range ends before it begins"),
        (asked("amount", "between", "20"), "Write the amount in digits"),
        (asked("date", "day", "32"), "Write the day of the month, 1 to 31."),
        (asked("date", "day", "0"), "Write the day of the month, 1 to 31."),
        (asked("date", "since", "2026-02-30"), "Write the date as year-month-day"),
        (asked("date", "between", "2026-02-03", "2026-02-02"), "The range ends before it begins"),
        (asked("account", "is"), "Choose the account."),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(condition: RuleCondition, sentence: str) -> None:
    with pytest.raises(ExpectedError) as refused:
        cleaned(condition)
    assert sentence in str(refused.value)


def test_values_are_kept_in_one_form() -> None:
    kept = cleaned(asked("amount", "between", " -1,234.50 ", "$2,000"))
    assert (kept.value, kept.until) == ("1234.50", "2000")
    assert cleaned(asked("amount", "in", "left over")).value == ""
    assert cleaned(asked("date", "day", "05")).value == "5"
    assert cleaned(asked("merchant", "is", "x", "left over")).until == ""


def test_every_operator_reads_in_words() -> None:
    assert in_words(asked("merchant", "contains", "amazon")) == Words("Merchant contains", "“amazon”")
    assert in_words(asked("amount", "between", "10", "20")) == Words("Amount is between", "10 and 20")
    assert in_words(asked("amount", "in")) == Words("Amount is money in", "")
    assert in_words(asked("date", "day", "5")) == Words("Day of the month is", "5")
    assert in_words(asked("account", "is", account=Account(name="Joint"))) == Words("Account is", "Joint")
    assert all(in_words(asked(field, operator)).text for field, of in OPERATORS.items() for operator in of)


def test_an_unknown_field_is_no_condition() -> None:
    with pytest.raises((ValueError, UnreadableCondition)):
        cleaned(asked("colour", "is", "red"))


def test_a_wicked_expression_takes_no_longer_than_the_text(account: Account) -> None:
    """`(a+)+$` on such a text takes a backtracking engine longer than the world has been there."""
    by_hand(account, "2026-11-01", "-1", "a" * 5000 + "!")
    assert met(asked("description", "regex", "^(a+)+$")) == []
