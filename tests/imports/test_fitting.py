"""A file with more rows than the plan has room for: its newest come in, and the rest waits, whole and untouched."""

from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.households.answers import all_or_nothing
from apps.households.models import Household
from apps.imports import allowing, booking, deciding, fitting, pages, rolling_back, statements
from apps.imports.balances import gaps
from apps.imports.errors import NotNow
from apps.imports.fitting import NothingFits
from apps.imports.mapping import can_be_corrected
from apps.imports.models import ImportFile, ImportRow
from apps.imports.states import State
from apps.ledger.models import Account, StatedBalance
from apps.plans.models import RowTaking
from apps.tenancy.context import household_context
from tests.imports.bank import Line, balanced, bring_in, card, checking, ledger, read
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
TWELVE: list[Line] = [(f"11/{day:02}/2026", f"Shop {day}", f"-{day}.00") for day in range(1, 13)]


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


def room_for(row_count: int | None) -> None:
    """From now on there is room for so many rows more."""
    ours = Household.objects.get(public_id="ours")
    taken = sum(RowTaking.objects.filter(household=ours).values_list("row_count", flat=True))
    give_plan(ours, "basic", row_limit=None if row_count is None else taken + row_count)


def waiting(file: ImportFile) -> ImportFile:
    return ImportFile.objects.get(rest_of=file)


def days(account: Account) -> list[int]:
    return [int(date[-2:]) for date, _, _ in ledger(account)]


def test_the_newest_come_in_and_the_rest_when_there_is_room(opened: Household, account: Account) -> None:
    file = read(opened, account, checking(TWELVE), name="november.csv")
    room_for(5)
    rest = fitting.confirm_newest(file)
    booking.book_file(opened, file.pk)
    assert days(account) == [8, 9, 10, 11, 12]
    assert rest == waiting(file)
    assert (rest.name, rest.state, rest.new_count, rest.batch_id) == (
        "november.csv · older rows", State.READ, 7, file.batch_id,
    )  # fmt: skip
    assert allowing.room().left == 0
    room_for(None)
    booking.confirm(rest)
    booking.book_file(opened, rest.pk)
    assert days(account) == list(range(1, 13))


def test_the_rest_may_be_parted_again(opened: Household, account: Account) -> None:
    file = read(opened, account, checking(TWELVE), name="november.csv")
    for room, have in ((5, 5), (4, 9), (4, 12)):
        room_for(room)
        fitting.confirm_newest(file)
        booking.book_file(opened, file.pk)
        assert days(account) == list(range(13 - have, 13))
        file = ImportFile.objects.filter(rest_of=file).first() or file
    names = ImportFile.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["november.csv", "november.csv · older rows", "november.csv · older rows"]


def test_where_all_of_it_fits_it_is_one_file(opened: Household, account: Account) -> None:
    file = read(opened, account, checking(TWELVE))
    room_for(12)
    assert fitting.confirm_newest(file) is None
    assert (file.state, ImportFile.objects.count()) == (State.CONFIRMED, 1)


def test_without_room_nothing_is_parted(opened: Household, account: Account) -> None:
    file = read(opened, account, checking(TWELVE))
    room_for(0)
    with pytest.raises(NothingFits, match="Your plan has no room for the newest of these rows"):
        fitting.confirm_newest(file)
    assert (ImportFile.objects.count(), file.rows.count()) == (1, 12)


def test_the_second_of_two_clicks_parts_nothing_more(opened: Household, account: Account) -> None:
    file = read(opened, account, checking(TWELVE))
    room_for(5)
    fitting.confirm_newest(file)
    with pytest.raises(NotNow):
        fitting.confirm_newest(ImportFile.objects.get(pk=file.pk))
    assert ImportFile.objects.count() == 2


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_a_day_is_parted_as_the_file_runs(opened: Household, account: Account, is_newest_first: bool) -> None:
    lines: list[Line] = [
        ("11/01/2026", "Morning", "-1.00"),
        ("11/02/2026", "First", "-2.00"),
        ("11/02/2026", "Second", "-3.00"),
        ("11/02/2026", "Third", "-4.00"),
        ("11/03/2026", "Evening", "-5.00"),
    ]
    file = read(opened, account, balanced(lines, is_newest_first=is_newest_first))
    room_for(2)
    rest = fitting.confirm_newest(file)
    booking.book_file(opened, file.pk)
    assert [text for _, text, _ in ledger(account)] == ["Third", "Evening"]
    assert rest is not None
    assert set(rest.rows.values_list("verdict", flat=True)) == {"new"}
    # The bank's balance of a day that is parted is that of its last row.
    stated = dict(StatedBalance.objects.values_list("date__day", "amount"))
    assert stated == {2: Decimal(90), 3: Decimal(85)}


def test_what_was_decided_stays_decided(opened: Household, account: Account) -> None:
    bring_in(opened, account, checking(TWELVE[:1]))
    file = read(opened, account, checking(TWELVE))
    deciding.decide(file, included={2}, ticked={1})
    assert pages.coming_in(file)[0] == 11
    room_for(10)
    rest = fitting.confirm_newest(file)
    assert rest is not None
    assert list(rest.rows.order_by("position").values_list("position", "verdict", "comes_in")) == [
        (1, "existing", True),
        (2, "new", False),
    ]
    assert pages.coming_in(file)[0] == 10


def test_lines_that_are_no_rows_stay_with_the_newest(opened: Household, account: Account) -> None:
    file = read(opened, account, checking([("99/99/2026", "ODD", "-1.00"), *TWELVE]))
    room_for(5)
    rest = fitting.confirm_newest(file)
    assert rest is not None
    assert (file.unreadable_count, rest.unreadable_count) == (1, 0)


def test_rows_that_the_ledger_tells_apart_by_counting_stay_together(opened: Household, account: Account) -> None:
    coffee: Line = ("11/05/2026", "Coffee", "-3.00")
    bring_in(opened, account, checking([coffee, coffee]))
    file = read(opened, account, checking([coffee, coffee, coffee, coffee, ("11/06/2026", "Tea", "-2.00")]))
    assert file.new_count == 3
    room_for(2)
    rest = fitting.confirm_newest(file)
    booking.book_file(opened, file.pk)
    assert [text for _, text, _ in ledger(account)] == ["Coffee", "Coffee", "Tea"]
    assert rest is not None
    room_for(None)
    booking.book(rest)
    assert [text for _, text, _ in ledger(account)] == ["Coffee"] * 4 + ["Tea"]


def test_equals_of_which_the_ledger_has_none_are_parted_like_others(opened: Household, account: Account) -> None:
    coffee: Line = ("11/05/2026", "Coffee", "-3.00")
    file = read(opened, account, checking([("11/04/2026", "Rent", "-9.00"), coffee, coffee, coffee]))
    room_for(2)
    rest = fitting.confirm_newest(file)
    booking.book_file(opened, file.pk)
    assert [text for _, text, _ in ledger(account)] == ["Coffee", "Coffee"]
    assert rest is not None
    room_for(None)
    booking.book(rest)
    assert [text for _, text, _ in ledger(account)] == ["Rent", "Coffee", "Coffee", "Coffee"]


def test_a_row_that_the_bank_wrote_twice_still_comes_in_once(opened: Household, account: Account) -> None:
    lines = [(f"11/{day:02}/2026", f"ID{day}", f"Shop {day}", "-1.00") for day in range(1, 7)]
    file = read(opened, account, card([*lines, lines[2]]))
    assert (file.new_count, file.existing_count) == (6, 1)
    room_for(3)
    rest = fitting.confirm_newest(file)
    booking.book_file(opened, file.pk)
    assert rest is not None
    room_for(None)
    booking.book(rest)
    assert days(account) == [1, 2, 3, 4, 5, 6]


def test_what_the_bank_states_goes_with_the_part_of_its_days(opened: Household, account: Account) -> None:
    file = read(opened, account, checking(TWELVE))
    opening = {"kind": "opening", "date": "2026-11-01", "amount": "100.00", "account_hint": ""}
    closing = {"kind": "closing", "date": "2026-11-12", "amount": "22.00", "account_hint": ""}
    file.stated_balances = [opening, closing]
    file.save(update_fields=["stated_balances"])
    assert gaps(file) == []
    room_for(5)
    rest = fitting.confirm_newest(file)
    assert rest is not None
    assert (file.stated_balances, rest.stated_balances) == ([closing], [opening])
    assert gaps(file) == gaps(rest) == []


MOST_LINES = 12
# Equals are many; without ids there is none that only resembles a row, which would be asked about.
LINES = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["STARBUCKS", "Rent"])).map(
        lambda line: (f"11/{line[0]:02}/2026", line[1], f"-{line[0]}{len(line[1])}.00")
    ),
    min_size=1,
    max_size=MOST_LINES,
)
IDS = st.lists(st.sampled_from(["7001", "7002", "7003", "7004", ""]), min_size=MOST_LINES, max_size=MOST_LINES)


@pytest.mark.slow
@settings(max_examples=20)
@given(before=LINES, lines=LINES, room=st.integers(1, 6), is_newest_first=st.booleans())
def test_parted_however_often_the_ledger_is_as_if_it_had_come_in_whole(
    opened: Household, before: list[Line], lines: list[Line], room: int, is_newest_first: bool
) -> None:
    """Whichever rows the ledger had before."""
    _as_whole(opened, checking(before), checking(sorted(lines, reverse=is_newest_first)), room)


@pytest.mark.slow
@settings(max_examples=25)
@given(before=LINES, lines=LINES, some=IDS, others=IDS, room=st.integers(1, 6))
def test_parted_however_often_with_ids_of_the_bank(
    opened: Household, before: list[Line], lines: list[Line], some: list[str], others: list[str], room: int
) -> None:
    """Also where the bank gives one id to rows that differ, or none."""

    def as_card(rows: list[Line], ids: list[str]) -> bytes:
        return card(
            (date, bank_id, text, amount) for (date, text, amount), bank_id in zip(sorted(rows), ids, strict=False)
        )

    _as_whole(opened, as_card(before, some), as_card(lines, others), room)


def _as_whole(opened: Household, before: bytes, content: bytes, room: int) -> None:
    room_for(None)
    whole, parted = (
        Account.objects.create(name=f"{kind} {Account.objects.count()}", currency="USD") for kind in ("Whole", "Parted")
    )
    for account in (whole, parted):
        booking.book(read(opened, account, before, name="before.csv"))
    bring_in(opened, whole, content)
    file: ImportFile | None = read(opened, parted, content)
    while file is not None:
        room_for(room)
        try:
            with all_or_nothing():
                rest = fitting.confirm_newest(ImportFile.objects.get(pk=file.pk))
        except NothingFits:
            if room > MOST_LINES:
                break  # nothing is left but rows that are asked about, as in the whole file
            room += 1  # rows that belong together, and are more than there is room for
        else:
            booking.book_file(opened, file.pk)
            file = rest
    assert ledger(parted) == ledger(whole)
    told = ImportRow.objects.exclude(file__name="before.csv").order_by("position")
    told_of = [told.filter(file__account=account).values_list("position", "verdict") for account in (whole, parted)]
    assert list(told_of[0]) == list(told_of[1])


def test_either_part_is_dropped_or_rolled_back_without_the_other(opened: Household, account: Account) -> None:
    file = read(opened, account, checking(TWELVE))
    room_for(5)
    rest = fitting.confirm_newest(file)
    booking.book_file(opened, file.pk)
    assert rest is not None
    file.refresh_from_db()
    rolling_back.order_roll_back(file)
    rolling_back.roll_back_file(opened, file.pk)
    rest.refresh_from_db()
    assert (days(account), rest.state, rest.rows.count()) == ([], State.READ, 7)
    room_for(None)
    booking.book(rest)
    assert days(account) == list(range(1, 8))

    file = read(opened, account, checking([("12/01/2026", "A", "-1.00"), ("12/02/2026", "B", "-1.00")]))
    room_for(1)
    rest = fitting.confirm_newest(file)
    assert rest is not None
    booking.cancel(rest)
    booking.book_file(opened, file.pk)
    file.refresh_from_db()
    assert (file.state, file.booked_count) == (State.BOOKED, 1)


def test_the_rest_is_neither_read_again_nor_joined_with_what_it_was_parted_from(
    opened: Household, account: Account
) -> None:
    file = read(opened, account, checking(TWELVE))
    room_for(5)
    rest = fitting.confirm_newest(file)
    assert rest is not None
    assert not can_be_corrected(rest)
    other = Account.objects.create(name="Other", currency="USD")
    for part in (ImportFile.objects.get(pk=file.pk), rest):
        ImportFile.objects.filter(pk=part.pk).update(state=State.READ)
        part.refresh_from_db()
        statements.choose_account(part, other)
        statements.compare(part, row_count=12)
    assert list(ImportFile.objects.order_by("pk").values_list("state", "new_count")) == [("read", 5), ("read", 7)]


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(household: Household) -> ImportFile:
    """Twelve rows, for which the plan has room for five."""
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        file = read(household, account, checking(TWELVE), name="november.csv")
    give_plan(household, "basic", row_limit=5)
    return file


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_check_page_tells_it_and_offers_the_choice(member_client: Client, file: ImportFile) -> None:
    shown = page(member_client, f"/h/ours/imports/{file.pk}/")
    assert "<b>12 new rows; your plan Basic has room for 5 more.</b>" in shown
    assert "The newest 5 can come in now. The other 7 wait here, read and checked. More can come in from 1 " in shown
    assert "Shop 12" in shown
    assert 'href="/h/ours/settings/plan/choose/"' in shown
    assert shown.count("Import the newest 5") == 2
    assert f"/h/ours/imports/{file.pk}/confirm/" not in shown


def test_without_room_the_check_page_leads_to_the_plans_alone(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    give_plan(household, "basic", row_limit=0)
    shown = page(member_client, f"/h/ours/imports/{file.pk}/")
    assert "<b>12 new rows; your plan Basic has no room for more.</b> The file waits here, read and checked. " in shown
    assert "confirm" not in shown.partition("<main")[2]


def test_the_newest_are_ordered_with_a_button_and_the_rest_is_shown(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    assert member_client.post(f"/h/ours/imports/{file.pk}/confirm-newest/").status_code == 302
    booking.book_file(household, file.pk)
    with household_context(household):
        rest = waiting(file)
    done = page(member_client, f"/h/ours/imports/{file.pk}/")
    assert "<b>5 rows came in</b>" in done
    assert (
        f'7 older rows of the file wait until your plan has room for them. <a href="/h/ours/imports/{rest.pk}/">'
        in done
    )
    shown = page(member_client, f"/h/ours/imports/{rest.pk}/")
    assert "november.csv · older rows" in shown
    assert "These are the older rows of a file whose newest ones you imported first." in shown
    assert "november.csv · older rows" in page(member_client, "/h/ours/imports/")


def test_the_upload_page_says_beforehand_that_there_is_no_room(member_client: Client, household: Household) -> None:
    give_plan(household, "basic", row_limit=1)
    assert "has no room for more rows" not in page(member_client, "/h/ours/imports/")
    give_plan(household, "basic", row_limit=0)
    shown = page(member_client, "/h/ours/imports/")
    assert "<b>Your plan Basic has no room for more rows until 1 " in shown
    assert "You can still have a file read and look at every row of it." in shown


def test_a_trial_promises_no_next_month(member_client: Client, household: Household, file: ImportFile) -> None:
    plan = give_plan(household, "trial", row_limit=5)
    assert plan.code == "trial"
    assert "read and checked. More can come in with a plan that takes more." in page(
        member_client, f"/h/ours/imports/{file.pk}/"
    )


def test_of_an_upload_the_files_from_the_top_come_in(member_client: Client, household: Household) -> None:
    give_plan(household, "basic", row_limit=5)
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        first = read(household, account, checking(TWELVE[:4]), name="first.csv")
        second = read(household, account, checking(TWELVE[4:8]), name="second.csv", batch=first.batch)
    address = f"/h/ours/imports/uploads/{first.batch_id}/"
    assert "<b>8 new rows; your plan Basic has room for 5 more.</b> Files come in from the top" in page(
        member_client, address
    )
    told = member_client.post(address, {"file": [first.pk, second.pk]}, follow=True).content.decode()
    assert "second.csv: These are 4 new rows, and your plan Basic has room for 1 more." in told
    with household_context(household):
        states = ImportFile.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == [State.CONFIRMED, State.READ]
