"""Which bucket a row probably belongs to."""

from decimal import Decimal

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from apps.categorization.inference import Guess, guess_for
from apps.categorization.suggesting import Choice, by_choices, suggest
from apps.categorization.words import bucket_by_words
from apps.households.models import Household
from apps.ledger.models import Account, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER
from tests.ledger.entries import by_hand
from tests.planes import both_planes

OUT = Decimal("-5.00")


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def bucket(value: str) -> Tag:
    return Tag.objects.get(namespace=Tag.Namespace.BUCKET, value=value)


def row(
    account: Account, date: str, merchant: str, value: str = "", *, amount: str = "-5.00", source: str = "person"
) -> Transaction:
    made = by_hand(account, date, amount, merchant, merchant=merchant)
    if value:
        TransactionTag.objects.create(transaction=made, tag=bucket(value), source=source)
    return made


def told(made: Transaction) -> list[tuple[str, int]]:
    return [(one.bucket.value, one.percent) for one in suggest([made])[made.pk] if one.percent > 2]


@pytest.mark.parametrize(
    ("merchant", "text", "value"),
    [
        ("UBER EATS", "", "dining"),
        ("UBER", "", "transportation"),
        ("SEATTLE BARBER", "", ""),
        ("Corner", "corner grocery and pharmacy pharmacy", "groceries"),
        ("CVS", "gas water internet", "utilities"),
        ("", "", ""),
    ],
)
def test_whole_words_count(merchant: str, text: str, value: str) -> None:
    assert bucket_by_words(merchant, text) == value


@both_planes
@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("Groceries", ("groceries", "bank")),
        ("food:GROCERIES", ("groceries", "bank")),
        ("Restaurant-Restaurant", ("dining", "words")),
        ("Fees", ("", "")),
        ("", ("", "")),
    ],
)
def test_the_banks_category_counts_where_it_names_a_bucket(
    opened: Household, category: str, expected: tuple[str, str]
) -> None:
    assert guess_for("checking")("ACME", "ACME", is_money_in=False, category=category) == expected


def test_money_in_is_income_unless_it_is_owed() -> None:
    assert Guess(account_kind="checking")("ACME", "", is_money_in=True) == ("income", "words")
    assert Guess(account_kind="credit_card")("ACME", "", is_money_in=True) == ("", "")


def test_the_confidence_is_the_share_of_the_choices_shrunk_by_their_number() -> None:
    groceries, dining = 1, 2
    assert by_choices([], OUT) == {}
    assert by_choices([Choice(groceries, Decimal(-3))], OUT)[groceries][0] == pytest.approx(1 / 1.5)
    three = by_choices([Choice(groceries, Decimal(-3))] * 3, OUT)
    assert three[groceries] == (pytest.approx(3 / 3.5), "Your choice for this merchant, 3 of 3 times")
    mixed = by_choices(
        [Choice(dining, Decimal(-3)), Choice(groceries, Decimal(-3)), Choice(groceries, Decimal(-3))], OUT
    )
    assert mixed[dining][0] == pytest.approx(1 / 1.75 * 3 / 3.5)
    assert mixed[groceries][0] == pytest.approx(0.75 / 1.75 * 3 / 3.5)


def test_the_newest_choice_outweighs_all_older_ones() -> None:
    found = by_choices([Choice(2, Decimal(-3)), *[Choice(1, Decimal(-3))] * 40], OUT)
    assert found[2][0] > found[1][0]


def test_the_same_amount_counts_fourfold() -> None:
    found = by_choices([Choice(1, Decimal(-3)), Choice(2, OUT)], OUT)
    assert found[2][0] == pytest.approx(2 / 3 * 2 / 2.5)


def test_choices_for_the_other_direction_count_half_and_only_alone() -> None:
    refund, purchase = Choice(1, Decimal(3)), Choice(2, Decimal(-3))
    assert set(by_choices([refund, purchase], OUT)) == {2}
    assert by_choices([refund], OUT)[1][0] == pytest.approx(1 / 1.5 / 2)


@both_planes
def test_a_correction_teaches_at_once(account: Account) -> None:
    row(account, "2026-10-01", "ACME", "shopping")
    new = row(account, "2026-11-01", "ACME")
    assert told(new) == [("shopping", 67)]
    row(account, "2026-10-20", "ACME", "dining")
    assert told(new) == [("dining", 53), ("shopping", 27)]


@both_planes
def test_guesses_teach_nothing_and_what_was_taken_over_stands_in_for_choices(account: Account) -> None:
    new = row(account, "2026-11-01", "ACME")
    row(account, "2026-10-04", "ACME", "housing", source="words")
    assert told(new) == []
    row(account, "2026-10-03", "ACME", "dining", source="history")
    assert told(new) == [("dining", 67)]
    row(account, "2026-10-01", "ACME", "shopping", source="rule")
    assert told(new) == [("shopping", 67)]


@both_planes
def test_a_split_teaches_nothing(account: Account) -> None:
    new, split = row(account, "2026-11-01", "ACME"), row(account, "2026-10-01", "ACME")
    for value in ("dining", "shopping"):
        TransactionTag.objects.create(transaction=split, tag=bucket(value), amount=Decimal("-2.50"))
    assert told(new) == []


@both_planes
def test_bank_words_and_income_come_behind_and_what_is_used_often_fills_up(account: Account) -> None:
    by_bank = row(account, "2026-11-01", "COFFEE", "shopping", source="bank")
    assert told(by_bank) == [("shopping", 65), ("dining", 30)]
    came_in = row(account, "2026-11-01", "X", amount="9.00")
    assert told(came_in) == [("income", 50)]
    plain = row(account, "2026-11-01", "Y")
    assert [(one.bucket.value, one.reason) for one in suggest([plain])[plain.pk]] == [
        ("shopping", "Used often"),
        ("groceries", "One of your buckets"),
        ("dining", "One of your buckets"),
    ]


@both_planes
def test_the_number_of_queries_does_not_grow_with_the_rows(account: Account) -> None:
    def queries(rows: list[Transaction]) -> int:
        with CaptureQueriesContext(connections[LEDGER]) as caught:
            suggest(rows)
        return len(caught)

    rows = [row(account, "2026-11-01", f"ACME {number}", "dining") for number in range(3)]
    assert queries(rows[:1]) == queries(rows) == 4


@both_planes
def test_another_households_choices_teach_nothing_here(household: Household, other_household: Household) -> None:
    with household_context(other_household):
        row(Account.objects.create(name="Theirs", currency="USD"), "2026-10-01", "ACME", "dining")
    with household_context(household):
        new = row(Account.objects.create(name="Ours", currency="USD"), "2026-11-01", "ACME")
        assert told(new) == []
