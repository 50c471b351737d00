"""Amounts shared among buckets: to the last digit, for one row and for many."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.models import Account, Changeset, SplitTemplate, Tag, Transaction, TransactionTag
from apps.ledger.splitting import (
    BadSplit,
    Part,
    apply_template,
    fitting,
    refuse_unbalanced_split,
    split,
    unsplit,
)
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

NAMES = ("groceries", "dining", "shopping", "utilities", "housing")
CENTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999999999999.99"), places=2)
FINE = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal("99999.9999"), places=4)


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def bucket(value: str) -> int:
    return Tag.objects.get(namespace="bucket", value=value).pk


def fixed(value: str, amount: str) -> Part:
    return Part(bucket(value), amount=Decimal(amount))


def per_cent(value: str, percent: str) -> Part:
    return Part(bucket(value), percent=Decimal(percent))


def rest(value: str) -> Part:
    return Part(bucket(value))


def do_split(rows: Sequence[Transaction], *parts: Part) -> Changeset | None:
    with journal.deed(Changeset.Kind.EDIT) as deed:
        split(Transaction.objects.filter(pk__in=[row.pk for row in rows]), parts, deed=deed)
    return deed.changeset


def parts_of(row: Transaction) -> dict[str, Decimal | None]:
    links = TransactionTag.objects.filter(transaction=row).order_by("tag__sort_order")
    return {link.tag.value: link.amount for link in links.select_related("tag")}


def test_amounts_have_the_sign_of_the_row(account: Account) -> None:
    bought, refunded = by_hand(account, "2026-11-01", "-40"), by_hand(account, "2026-11-02", "40")
    do_split([bought, refunded], fixed("groceries", "15.50"), fixed("dining", "24.50"))
    assert parts_of(bought) == {"groceries": Decimal("-15.5"), "dining": Decimal("-24.5")}
    assert parts_of(refunded) == {"groceries": Decimal("15.5"), "dining": Decimal("24.5")}


def test_the_largest_remainders_get_the_missing_cents(account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-100")
    do_split([row], per_cent("groceries", "33.3333"), per_cent("dining", "33.3333"), rest("shopping"))
    assert parts_of(row) == {"groceries": Decimal("-33.33"), "dining": Decimal("-33.33"), "shopping": Decimal("-33.34")}


def test_of_equal_remainders_the_earlier_part_gets_the_cent(account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-0.05")
    do_split([row], per_cent("dining", "50"), per_cent("groceries", "50"))
    assert parts_of(row) == {"groceries": Decimal("-0.02"), "dining": Decimal("-0.03")}


def test_percentages_are_of_what_the_amounts_leave(account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-110")
    do_split([row], fixed("housing", "10"), per_cent("groceries", "25"), rest("dining"))
    assert parts_of(row) == {"groceries": -25, "dining": -75, "housing": -10}


@pytest.mark.parametrize(
    ("currency", "amount", "expected"),
    [("JPY", "-1001", "-501"), ("USD", "-10.01", "-5.01"), ("BHD", "-1.001", "-0.501"), ("EUR", "-3.333", "-1.667")],
)
def test_parts_are_rounded_to_the_smallest_coin_or_as_fine_as_the_amount(
    opened: Household, currency: str, amount: str, expected: str
) -> None:
    row = by_hand(Account.objects.create(name=currency, currency=currency), "2026-11-01", amount)
    do_split([row], per_cent("groceries", "50"), rest("dining"))
    assert parts_of(row)["groceries"] == Decimal(expected)
    assert sum(part for part in parts_of(row).values() if part) == Decimal(amount)


def test_a_part_of_nothing_is_left_out_and_one_alone_is_the_whole_row(account: Account) -> None:
    cent, exact = by_hand(account, "2026-11-01", "-0.01"), by_hand(account, "2026-11-02", "-10")
    do_split([cent], per_cent("groceries", "50"), per_cent("dining", "50"))
    do_split([exact], fixed("groceries", "4"), fixed("shopping", "6"), rest("dining"))
    assert parts_of(cent) == {"groceries": None}
    assert parts_of(exact) == {"groceries": -4, "shopping": -6}


def test_a_split_takes_the_place_of_the_buckets_and_leaves_occasions(account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-10", needs_review=True)
    trip = Tag.objects.create(namespace="occasion", value="trip", name="Trip")
    for tag in (trip, Tag.objects.get(value="other")):
        TransactionTag.objects.create(transaction=row, tag=tag)
    do_split([row], fixed("groceries", "4"), rest("dining"))
    row.refresh_from_db()
    assert parts_of(row) == {"trip": None, "groceries": -4, "dining": -6}
    assert (row.bucket_source, row.needs_review) == ("person", False)


def test_what_a_rule_splits_is_decided(account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-10", needs_review=True)
    with journal.deed(Changeset.Kind.RULES) as deed:
        split(Transaction.objects.all(), [per_cent("dining", "30"), rest("groceries")], deed=deed, source="rule")
    row.refresh_from_db()
    assert (row.bucket_source, row.needs_review) == ("rule", False)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([("groceries", "30", None)], "The parts make $30.00 of $40.00: $10.00 is missing."),
        ([("groceries", "30", None), ("dining", "12.5", None)], "The parts make $42.50 of $40.00: $2.50 is too much."),
        ([("groceries", "50", None), ("dining", None, None)], "The parts make $50.00 of $40.00: $10.00 is too much."),
        ([("groceries", "20", None), ("groceries", "20", None)], "“Groceries” stands there twice."),
        ([("groceries", "40", None), ("dining", "0", None)], "Each part must be more than nothing."),
        ([("groceries", "-40", None)], "Each part must be more than nothing."),
        ([("groceries", None, None), ("dining", None, None)], "Only one part can take the rest."),
        ([("groceries", None, "50"), ("dining", None, "30")], "The percentages make 80 of 100; 20 is missing."),
        ([("groceries", None, "70"), ("dining", None, "50.5")], "The percentages make 120.5; 20.5 is too much."),
        ([("groceries", None, "100"), ("dining", None, None)], "nothing is left for the part that takes the rest"),
        ([], "Say which buckets the amount is shared among."),
    ],
)
def test_parts_that_do_not_make_the_amount_are_refused_and_nothing_is_done(
    account: Account, parts: list[tuple[str, str | None, str | None]], sentence: str
) -> None:
    row = by_hand(account, "2026-11-01", "-40")
    TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value="other"))
    given = [Part(bucket(name), amount and Decimal(amount), size and Decimal(size)) for name, amount, size in parts]
    with pytest.raises(BadSplit) as refused:
        do_split([row], *given)
    assert sentence in str(refused.value)
    assert parts_of(row) == {"other": None}


def test_of_many_rows_one_that_does_not_fit_is_told_and_can_be_left_out(account: Account) -> None:
    large, small, nothing = (
        by_hand(account, f"2026-11-0{day}", amount) for day, amount in enumerate(("-50", "-9", "0"), 1)
    )
    parts = [fixed("housing", "10"), rest("dining")]
    with pytest.raises(
        BadSplit, match=r"2 of the rows cannot be split so\. The newest: A row of nothing cannot be split"
    ):
        do_split([large, small, nothing], *parts)
    assert list(fitting(Transaction.objects.all(), parts)) == [large]


@settings(max_examples=60)
@given(
    amounts=st.lists(CENTS | FINE, min_size=1, max_size=5),
    cuts=st.lists(st.integers(1, 999_999), min_size=1, max_size=4, unique=True),
)
def test_shares_always_make_the_amount_and_are_never_a_unit_off(
    account: Account, amounts: list[Decimal], cuts: list[int]
) -> None:
    edges = [0, *sorted(cuts), 1_000_000]
    percents = [Decimal(end - start) / 10_000 for start, end in pairwise(edges)]
    parts = [per_cent(name, str(percent)) for name, percent in zip(NAMES, percents, strict=False)]
    rows = [by_hand(account, "2026-11-01", str(-amount)) for amount in amounts]
    do_split(rows, *parts)
    for row, amount in zip(rows, amounts, strict=True):
        made = parts_of(row)
        whole = {name: -amount if part is None else part for name, part in made.items()}
        assert sum(whole.values()) == -amount
        unit = min(Decimal("0.01"), Decimal(1).scaleb(int(amount.normalize().as_tuple().exponent)))
        for name, percent in zip(NAMES, percents, strict=False):
            assert abs(-whole.get(name, Decimal(0)) - amount * percent / 100) < unit


def test_a_template_is_applied_to_many_rows_with_as_many_queries_as_to_one(account: Account) -> None:
    template = SplitTemplate.objects.create(name="Rent")
    template.parts.create(tag_id=bucket("utilities"), amount=100, sort_order=0)
    template.parts.create(tag_id=bucket("housing"), percent=80, sort_order=1)
    template.parts.create(tag_id=bucket("other"), sort_order=2)
    counts = []
    for number in (1, 30):
        rows = [by_hand(account, "2026-11-01", "-1100", f"RENT {number}") for _ in range(number)]
        with CaptureQueriesContext(connections["households"]) as captured, journal.deed(Changeset.Kind.RULES) as deed:
            apply_template(Transaction.objects.filter(pk__in=[row.pk for row in rows]), template, deed=deed)
        counts.append(len(captured))
        assert [parts_of(row) for row in rows] == [{"utilities": -100, "housing": -800, "other": -200}] * number
    assert counts[0] == counts[1]


def test_a_split_and_its_undo_leave_no_trace(account: Account) -> None:
    row = by_hand(account, "2026-11-01", "-40", needs_review=True)
    TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value="other"), source="words")
    changeset = do_split([row], fixed("groceries", "15"), rest("dining"))
    assert changeset is not None
    journal.undo(changeset.pk, actor_id=None)
    row.refresh_from_db()
    assert (parts_of(row), row.bucket_source, row.needs_review) == ({"other": None}, "words", True)


def test_a_split_that_is_taken_away_leaves_no_bucket_and_other_rows_alone(account: Account) -> None:
    row, whole = by_hand(account, "2026-11-01", "-40"), by_hand(account, "2026-11-01", "-40")
    do_split([row], fixed("groceries", "15"), rest("dining"))
    TransactionTag.objects.create(transaction=whole, tag=Tag.objects.get(value="other"))
    with journal.deed(Changeset.Kind.EDIT) as deed:
        assert unsplit(Transaction.objects.all(), deed=deed) == [row.pk]
    assert (parts_of(row), parts_of(whole)) == ({}, {"other": None})


def test_an_amount_cannot_leave_its_split_behind(account: Account) -> None:
    row, whole = by_hand(account, "2026-11-01", "-40"), by_hand(account, "2026-11-01", "-40")
    do_split([row], fixed("groceries", "15"), rest("dining"))
    refuse_unbalanced_split([row.pk, whole.pk])
    Transaction.objects.all().update(amount=-45)
    refuse_unbalanced_split([whole.pk])
    with pytest.raises(
        BadSplit, match=r"make −\$40\.00, and its amount would be −\$45\.00\. Take the split away first"
    ):
        refuse_unbalanced_split([row.pk, whole.pk])
