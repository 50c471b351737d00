"""What a booked row says of itself: its merchant, its line, where its bucket comes from, and whether it waits for a look."""

import datetime

import pytest

from apps.categorization.models import MerchantAlias
from apps.households.models import Household
from apps.imports.booking import REVIEWED_DAYS, book
from apps.imports.models import LandedRow
from apps.imports.statements import choose_account, compare
from apps.ledger.models import Account, Tag, Transaction, TransactionTag
from tests.imports.bank import Line, bring_in, checking, read, verdicts
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def booked(household: Household, account: Account, lines: list[Line]) -> list[tuple[str, str, bool]]:
    """Bucket, its source and whether the row waits, in the order of the file."""
    file = read(household, account, checking(lines))
    book(file, today=TODAY)
    rows = Transaction.objects.filter(changeset=file.changeset_id).order_by("pk")
    buckets = dict(
        TransactionTag.objects.filter(transaction__in=rows, tag__namespace="bucket").values_list(
            "transaction_id", "tag__value"
        )
    )
    return [(buckets.get(row.pk, ""), row.bucket_source, row.needs_review) for row in rows]


def choose(merchant: str, value: str, source: str = "person") -> None:
    rows = Transaction.objects.filter(merchant=merchant)
    TransactionTag.objects.filter(transaction__in=rows).delete()
    tag = Tag.objects.get(namespace="bucket", value=value)
    TransactionTag.objects.bulk_create(TransactionTag(transaction=row, tag=tag, source=source) for row in rows)


def test_nothing_of_a_read_file_is_left_where_its_rows_landed(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([("11/03/2026", "STARBUCKS", "-6.45"), ("11/04/2026", "ACME", "-1.00")]))
    assert (file.rows.count(), LandedRow.objects.count()) == (2, 0)


def test_a_guess_waits_for_a_look_and_so_does_a_row_without_a_bucket(opened: Household, account: Account) -> None:
    found = booked(
        opened,
        account,
        [("11/03/2026", "STARBUCKS", "-6.45"), ("11/04/2026", "ACME", "-1.00"), ("11/05/2026", "PAY", "900.00")],
    )
    assert found == [("dining", "words", True), ("", "", True), ("income", "words", True)]


def test_what_follows_from_a_choice_does_not(opened: Household, account: Account) -> None:
    booked(opened, account, [("11/01/2026", "STARBUCKS", "-6.45"), ("11/01/2026", "ACME", "-1.00")])
    choose("STARBUCKS", "dining")
    choose("ACME", "housing", source="rule")
    found = booked(opened, account, [("11/03/2026", "STARBUCKS", "-6.45"), ("11/04/2026", "ACME", "-1.00")])
    assert found == [("dining", "history", False), ("housing", "history", False)]


def test_a_guess_is_no_choice(opened: Household, account: Account) -> None:
    booked(opened, account, [("11/01/2026", "STARBUCKS", "-6.45")])
    assert booked(opened, account, [("11/03/2026", "STARBUCKS", "-7.00")]) == [("dining", "words", True)]


def test_a_refund_follows_the_purchases_where_no_refund_was_seen_before(opened: Household, account: Account) -> None:
    booked(opened, account, [("11/01/2026", "ACME", "-6.45")])
    choose("ACME", "shopping")
    assert booked(opened, account, [("11/03/2026", "ACME", "6.45")]) == [("shopping", "history", False)]
    refund = TransactionTag.objects.filter(transaction__amount__gt=0)
    refund.update(source="person", tag=Tag.objects.get(namespace="bucket", value="income"))
    found = booked(opened, account, [("11/04/2026", "ACME", "7.00"), ("11/05/2026", "ACME", "-8.00")])
    assert found == [("income", "history", False), ("shopping", "history", False)]


def test_only_the_last_weeks_of_a_long_history_wait(opened: Household, account: Account) -> None:
    edge = TODAY - datetime.timedelta(days=REVIEWED_DAYS)
    lines = [(f"{day:%m/%d/%Y}", "ACME", "-1.00") for day in (edge - datetime.timedelta(days=1), edge)]
    assert booked(opened, account, lines) == [("", "", False), ("", "", True)]


def test_a_bucket_that_the_household_does_not_have_is_none(opened: Household, account: Account) -> None:
    Tag.objects.filter(value="dining").delete()
    assert booked(opened, account, [("11/03/2026", "STARBUCKS", "-6.45")]) == [("", "", True)]


def test_a_row_knows_its_line_in_the_file(opened: Household, account: Account) -> None:
    booked(opened, account, [("11/03/2026", "STARBUCKS", "-6.45"), ("11/04/2026", "ACME", "-1.00")])
    assert list(Transaction.objects.order_by("pk").values_list("source_line", flat=True)) == [2, 3]


def test_an_alias_names_the_merchant_before_history_is_asked(opened: Household, account: Account) -> None:
    """Fault 27 of the single-user app: it asked for the bank's name, and stored the alias's."""
    booked(opened, account, [("11/01/2026", "SQ *BLUE BOTTLE 1", "-6.45")])
    MerchantAlias.objects.create(pattern="blue bottle", merchant="Blue Bottle")
    Transaction.objects.update(merchant="Blue Bottle")
    choose("Blue Bottle", "education")
    found = booked(opened, account, [("11/03/2026", "TST* Blüe Bottle 77", "-7.00")])
    assert found == [("education", "history", False)]
    assert list(Transaction.objects.values_list("merchant", flat=True)) == ["Blue Bottle", "Blue Bottle"]


def test_a_renamed_merchant_makes_no_difference_to_what_is_there_already(opened: Household, account: Account) -> None:
    lines = [("11/03/2026", "BLUE BOTTLE 1", "-6.45"), ("11/04/2026", "ACME", "-1.00")]
    bring_in(opened, account, checking(lines))
    MerchantAlias.objects.create(pattern="blue bottle", merchant="A quite different and longer name")
    Transaction.objects.update(merchant="A quite different and longer name")
    later = read(opened, account, checking([*lines, ("11/05/2026", "BLUE BOTTLE 1", "-6.45")]))
    assert verdicts(later) == ["existing", "existing", "new"]
    by_hand(account, "2026-11-09", "-9.99", "BLUE BOTTLE 1", merchant="A quite different and longer name")
    posted_later = read(
        opened, account, checking([("11/08/2026", "X", "-1.00"), ("11/10/2026", "BLUE BOTTLE 1", "-9.99")])
    )
    assert verdicts(posted_later) == ["new", "similar"]


def test_money_that_comes_onto_a_card_is_income_only_if_the_household_says_so(
    opened: Household, account: Account
) -> None:
    booked(opened, account, [("11/01/2026", "CASHBACK", "6.45")])
    choose("CASHBACK", "income")
    card = Account.objects.create(name="Card", currency="USD", kind=Account.Kind.CREDIT_CARD)
    file = read(opened, None, checking([("11/03/2026", "CASHBACK", "7.00"), ("11/04/2026", "PAYMENT", "8.00")]))
    choose_account(file, card)
    compare(file, row_count=file.row_count)
    found = list(file.rows.order_by("position").values_list("bucket", "bucket_source"))
    assert found == [("income", "history"), ("", "")]
