"""For any two statements that overlap, in any order, the ledger is their union: no row doubled, none swallowed."""

from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.households.models import Household
from apps.imports.booking import book
from apps.imports.models import ImportBatch, ImportRow
from apps.ledger.models import Account
from tests.imports.bank import Line, balanced, bring_in, card, checking, ledger, read
from tests.planes import both_planes

pytestmark = both_planes

DAYS = st.integers(1, 6).map(lambda day: f"11/{day:02}/2026")
LINES = st.lists(
    st.tuples(
        DAYS, st.sampled_from(["STARBUCKS", "Rent", "SHELL OIL", "x"]), st.sampled_from(["-6.45", "-10.00", "12.00"])
    ),
    max_size=14,
)
CUTS = st.tuples(st.integers(1, 6), st.integers(1, 6)).map(sorted)
a_few = settings(max_examples=25)


def new_account() -> Account:
    return Account.objects.create(name=f"Checking {Account.objects.count()}", currency="USD")


def day_of(line: tuple[str, ...]) -> int:
    return int(line[0][3:5])


def is_union(account: Account, lines: list[Line]) -> None:
    expected = sorted((f"2026-11-{date[3:5]}", text, Decimal(amount)) for date, text, amount in lines)
    assert ledger(account) == expected
    assert not ImportRow.objects.filter(file__account=account, verdict="similar").exists()


@given(lines=LINES, cut=CUTS, is_swapped=st.booleans())
@a_few
def test_whole_days_without_ids(opened: Household, lines: list[Line], cut: list[int], is_swapped: bool) -> None:
    """Two statements cover days that overlap or touch; whole days, as banks cut them."""
    account = new_account()
    older = [line for line in lines if day_of(line) <= cut[1]]
    newer = [line for line in lines if day_of(line) >= cut[0]]
    for statement in (newer, older) if is_swapped else (older, newer):
        bring_in(opened, account, checking(statement))
    is_union(account, lines)


@given(lines=LINES, cut=CUTS, is_swapped=st.booleans())
@a_few
def test_both_uploaded_at_once(opened: Household, lines: list[Line], cut: list[int], is_swapped: bool) -> None:
    """What the check pages promised before anything was imported is what comes in."""
    account, batch = new_account(), ImportBatch.objects.create()
    older = [line for line in lines if day_of(line) <= cut[1]]
    newer = [line for line in lines if day_of(line) >= cut[0]]
    pair = (newer, older) if is_swapped else (older, newer)
    files = [read(opened, account, checking(statement), batch=batch) for statement in pair]
    promised = [file.rows.coming_in().count() for file in files]
    assert sum(promised) == len(lines)
    for file in files:
        book(file)
    assert [file.booked_count for file in files] == promised
    is_union(account, lines)


@given(lines=LINES, cut=st.tuples(st.integers(0, 14), st.integers(0, 14)).map(sorted), is_swapped=st.booleans())
@a_few
def test_cut_anywhere_with_ids(opened: Household, lines: list[Line], cut: list[int], is_swapped: bool) -> None:
    account = new_account()
    rows = [(date, f"24{number:020}", text, amount) for number, (date, text, amount) in enumerate(sorted(lines))]
    pair = (rows[: cut[1]], rows[cut[0] :])
    for statement in reversed(pair) if is_swapped else pair:
        bring_in(opened, account, card(statement))
    is_union(account, lines)


@given(
    lines=LINES,
    first_day=st.integers(1, 6),
    end=st.integers(0, 14),
    is_swapped=st.booleans(),
    is_newest_first=st.booleans(),
)
@a_few
def test_downloaded_in_the_middle_of_a_day_with_running_balances(
    opened: Household, lines: list[Line], first_day: int, end: int, is_swapped: bool, is_newest_first: bool
) -> None:
    """The older statement ends in the middle of a day: its balances tell which of the equal rows it has."""
    account = new_account()
    lines = sorted(lines, key=day_of)
    before = [line for line in lines if day_of(line) < first_day]
    assume(len(before) <= end)
    opening = Decimal(100) + sum((Decimal(amount) for _, _, amount in before), Decimal(0))
    older = balanced(lines[:end], is_newest_first=is_newest_first)
    newer = balanced(lines[len(before) :], opening=str(opening), is_newest_first=is_newest_first)
    for statement in (newer, older) if is_swapped else (older, newer):
        bring_in(opened, account, statement)
    is_union(account, lines)
