"""The week's chores on a household's real rows: by keyboard alone, on a phone, and without JavaScript."""

import csv
import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from apps.imports.models import ImportFile
from apps.ledger.models import Transaction
from apps.tenancy.context import household_context
from tests.imports.bank import Line, balanced
from tests.journeys.hands import Finger, Hand, Keys
from tests.journeys.imports import ImportRoad
from tests.journeys.pages import SLOW, sign_in

pytestmark = pytest.mark.browser

# Transfers are looked for among the rows of the last months.
SUNDAY = datetime.date.today() - datetime.timedelta(days=3)  # noqa: DTZ011 (any day will do)


def day(before: int) -> datetime.date:
    return SUNDAY - datetime.timedelta(days=before)


def lines(*rows: tuple[int, str, str]) -> list[Line]:
    return [(f"{day(before):%m/%d/%Y}", text, amount) for before, text, amount in rows]


CHECKING = lines(
    (6, "RENT PAYMENT", "-1,500.00"),
    (5, "TRADER JOES #123", "-40.00"),
    (4, "SQ *BLUE BOTTLE 42", "-6.50"),
    (4, "SQ *BLUE BOTTLE 43", "-7.00"),
    (3, "PAYROLL ACME", "2,500.00"),
    (2, "TRANSFER TO SAVINGS", "-200.00"),
    (1, "ZYX HARDWARE", "-30.00"),
    (1, "QQ LUMBER", "-12.00"),
    (0, "TARGET 8812", "-100.00"),
    (0, "STARBUCKS", "-5.25"),
)
SAVINGS = lines((2, "TRANSFER FROM CHECKING", "200.00"))
STATEMENT = day(3)
# Date, merchant, amount, buckets, whether a transfer, whether locked.
DONE = [
    (day(6), "RENT PAYMENT", "-1500.00", {"housing": None}, False, True),
    (day(5), "TRADER JOES", "-40.00", {"dining": None}, False, True),
    (day(4), "Blue Bottle", "-6.50", {}, False, True),
    (day(4), "Blue Bottle", "-7.00", {}, False, True),
    (day(3), "PAYROLL ACME", "2500.00", {"income": None}, False, True),
    (day(2), "TRANSFER TO", "-200.00", {}, True, False),
    (day(1), "ZYX HARDWARE", "-30.00", {"housing": None}, False, False),
    (day(1), "QQ LUMBER", "-12.00", {"shopping": None}, False, False),
    (day(0), "TARGET 8812", "-100.00", {"shopping": "-70.00", "groceries": "-30.00"}, False, False),
    (day(0), "STARBUCKS", "-5.25", {"dining": None}, False, False),
    (day(2), "TRANSFER FROM", "200.00", {"income": None}, True, False),
    (day(0), "Farmers Market", "-12.34", {"groceries": None}, False, False),
]


@pytest.fixture
def week(road: ImportRoad) -> ImportRoad:
    """A household whose week came in by two files."""
    for content, account in (
        (balanced(CHECKING, opening="0.00"), {}),
        (balanced(SAVINGS, opening="0.00"), {"new_name": "Savings", "new_kind": "savings"}),
    ):
        file_id = road.read(content, **account)
        road.order(file_id, "confirm")
        road.await_state(file_id, ImportFile.State.BOOKED)
    return road


def ledger(road: ImportRoad) -> list[tuple[object, ...]]:
    def plain(amount: Decimal | None) -> str | None:
        return None if amount is None else f"{amount:.2f}"

    with household_context(road.household):
        return [
            (
                row.date,
                row.merchant,
                plain(row.amount),
                {link.tag.value: plain(link.amount) for link in row.transaction_tags.select_related("tag")},
                row.is_transfer,
                row.reconciliation_id is not None,
            )
            for row in Transaction.objects.order_by("pk")
        ]


def waiting(road: ImportRoad) -> set[str]:
    with household_context(road.household):
        return set(Transaction.objects.filter(needs_review=True).values_list("description", flat=True))


def the_chores(hand: Hand, folder: Path) -> None:
    review(hand)
    set_a_bucket(hand)
    set_several_and_undo(hand)
    search_and_save_the_filter(hand)
    split_a_row(hand)
    link_the_transfer(hand)
    make_a_rule(hand)
    name_the_merchant(hand)
    reconcile(hand)
    enter_delete_and_undo(hand)
    export_what_is_shown(hand, folder)


def review(hand: Hand) -> None:
    """One is what it seems, one is for later, one is something else, and one is right as it is."""
    hand.go("Review")
    for merchant, press in (
        ("STARBUCKS", lambda: hand.suggestion(1)),
        ("TARGET 8812", hand.later),
        ("QQ LUMBER", lambda: hand.suggestion(3)),
        ("ZYX HARDWARE", hand.fine),
    ):
        hand.sees(hand.page.get_by_role("heading", name=merchant, exact=True))
        press()
    hand.sees(hand.page.get_by_role("heading", name="TRANSFER FROM", exact=True))


def set_a_bucket(hand: Hand) -> None:
    hand.go("Transactions")
    hand.choose_at_once(hand.page.get_by_label("Bucket of TRADER JOES"), "Dining")
    hand.sees(hand.page.get_by_text("Bucket Dining: TRADER JOES."))
    expect(hand.page.get_by_label("Bucket of TRADER JOES").locator("option:checked")).to_have_text("Dining")


def set_several_and_undo(hand: Hand) -> None:
    for merchant in ("QQ LUMBER", "RENT PAYMENT"):
        hand.pick(merchant)
    buckets = hand.page.get_by_label("Bucket for the selected rows")
    hand.choose(buckets, "Entertainment")
    hand.press(buckets.locator("xpath=..").get_by_role("button", name="Set"))
    hand.sees(hand.page.get_by_text("Bucket Entertainment: 2 rows."))
    expect(hand.page.get_by_label("Bucket of RENT PAYMENT").locator("option:checked")).to_have_text("Entertainment")
    hand.press(hand.page.locator(".notice").get_by_role("button", name="Undo"))
    hand.sees(hand.page.get_by_text("Undone:"))
    expect(hand.page.get_by_label("Bucket of RENT PAYMENT").locator("option:checked")).to_have_text("Housing")


def search_and_save_the_filter(hand: Hand) -> None:
    hand.search(">90 -rent target")
    hand.sees(hand.page.locator(".sumline").get_by_text("1 row"))
    hand.press(hand.page.locator(".save-filter > summary"))
    hand.write(hand.page.get_by_label("Name of the filter"), "Big at Target")
    hand.press(hand.page.get_by_role("button", name="Save", exact=True))
    hand.sees(hand.page.get_by_text("“Big at Target”").first)
    hand.organize("Saved filters")
    hand.press(hand.page.get_by_role("link", name="Big at Target"))
    hand.sees(rows(hand).filter(has_text="TARGET 8812"))
    expect(rows(hand)).to_have_count(1)


def rows(hand: Hand) -> Locator:
    return hand.page.locator("tr[data-row]")


def split_a_row(hand: Hand) -> None:
    """The one that the filter shows."""
    hand.open("TARGET 8812")
    hand.press(hand.page.get_by_role("link", name="Split", exact=True))
    hand.arrive("Split TARGET 8812")
    hand.choose(hand.page.get_by_label("Bucket of part 2"), "Groceries")
    hand.write(hand.page.get_by_label("How much goes to part 2"), "30")
    hand.press(hand.page.get_by_role("button", name="Split", exact=True))
    hand.sees(hand.page.get_by_text("is split among 2 buckets"))


def link_the_transfer(hand: Hand) -> None:
    hand.organize("Transfers")
    hand.press(hand.page.get_by_role("button", name="Link TRANSFER TO with TRANSFER FROM"))
    hand.sees(hand.page.get_by_text("Linked as a transfer."))


def make_a_rule(hand: Hand) -> None:
    hand.go("Transactions")
    hand.open("ZYX HARDWARE")
    hand.press(hand.page.get_by_role("link", name="Make a rule"))
    hand.arrive("New rule")
    hand.choose(hand.page.get_by_label("Bucket", exact=True), "Housing")
    hand.press(hand.page.get_by_role("button", name="Save", exact=True))
    hand.sees(hand.page.get_by_text("“ZYX HARDWARE” is kept."))
    hand.press(hand.page.get_by_role("button", name="Apply to this row"))
    expect(hand.page.get_by_text("1 row of 11 was changed.")).to_be_visible(timeout=SLOW)


def name_the_merchant(hand: Hand) -> None:
    hand.go("Transactions")
    hand.open("SQ *BLUE")
    hand.press(hand.page.get_by_role("link", name="Name the merchant"))
    hand.arrive("New alias")
    hand.write(hand.page.get_by_label("This text"), "blue bottle")
    hand.write(hand.page.get_by_label("The merchant is"), "Blue Bottle")
    hand.press(hand.page.get_by_role("button", name="Try it"))
    hand.sees(hand.page.get_by_text("2 rows would have another name"))
    hand.press(hand.page.get_by_role("button", name="Save"))
    hand.sees(hand.page.get_by_text("2 rows have another name now."))


def reconcile(hand: Hand) -> None:
    hand.go("Accounts")
    hand.press(hand.page.get_by_role("link", name="Checking", exact=True))
    hand.press(hand.page.get_by_role("link", name="Reconcile", exact=True))
    hand.arrive("Reconcile Checking")
    hand.write(hand.page.get_by_label("Date of the statement"), f"{STATEMENT}")
    hand.write(hand.page.get_by_label("Balance"), "946.50")
    hand.press(hand.page.get_by_role("button", name="Begin"))
    for number, merchant in enumerate(("RENT PAYMENT", "TRADER JOES", "Blue Bottle", "Blue Bottle", "PAYROLL"), 1):
        box = rows(hand).filter(has_text=merchant).get_by_role("checkbox", checked=False).first
        hand.tick_at_once(box)
        if hand.has_script:
            hand.sees(hand.page.get_by_text(re.compile(f"^Ticked, {number} row")))
    hand.keep_the_ticks()
    hand.sees(hand.page.get_by_text("Nothing is missing"))
    hand.press(hand.page.get_by_role("button", name="Lock 5 rows"))
    hand.sees(hand.page.get_by_text("5 rows locked."))


def enter_delete_and_undo(hand: Hand) -> None:
    hand.go("Transactions")
    hand.press(hand.page.get_by_role("link", name="Add a row"))
    hand.arrive("Add a row")
    hand.write(hand.page.get_by_label("Amount"), "12.34")
    hand.write(hand.page.get_by_label("Date"), f"{day(0)}")
    hand.write(hand.page.get_by_label("Merchant"), "Farmers Market")
    hand.choose(hand.page.get_by_label("Bucket"), "Groceries")
    hand.press(hand.page.get_by_role("button", name="Save", exact=True))
    hand.sees(hand.page.get_by_text("Entered “Farmers Market”."))
    hand.open("Farmers Market")
    hand.delete_it()
    hand.sees(hand.page.get_by_text("Deleted “Farmers Market”."))
    expect(rows(hand).filter(has_text="Farmers Market")).to_have_count(0)
    hand.press(hand.page.locator(".notice").get_by_role("button", name="Undo"))
    hand.sees(rows(hand).filter(has_text="Farmers Market"))


def export_what_is_shown(hand: Hand, folder: Path) -> None:
    hand.go("Transactions")
    hand.search("farmers")
    hand.sees(hand.page.locator(".sumline").get_by_text("1 row"))
    hand.press(hand.page.locator("summary", has_text="Export"))
    with hand.page.expect_download() as download:
        hand.press(hand.page.get_by_role("link", name="CSV"))
    file = folder / "shown.csv"
    download.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as text:
        (line,) = csv.DictReader(text)
    assert (line["Date"], line["Amount"], line["Merchant"]) == (f"{day(0)}", "-12.34", "Farmers Market")
    assert (line["Account"], line["Category"], line["Currency"]) == ("Checking", "Groceries", "USD")


def check(week: ImportRoad) -> None:
    assert ledger(week) == DONE
    assert waiting(week) == {
        "RENT PAYMENT", "SQ *BLUE BOTTLE 42", "SQ *BLUE BOTTLE 43", "PAYROLL ACME", "TRANSFER TO SAVINGS",
        "TRANSFER FROM CHECKING",
    }  # fmt: skip


@pytest.mark.slow
def test_by_keyboard_alone(week: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path) -> None:
    hand = Keys(sign_in(browser(), week.email))
    the_chores(hand, tmp_path)
    check(week)
    assert hand.faults == []


@pytest.mark.slow
def test_on_a_phone(week: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path) -> None:
    window = browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    the_chores(Finger(sign_in(window, week.email)), tmp_path)
    check(week)


@pytest.mark.slow
def test_without_javascript(week: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path) -> None:
    the_chores(Hand(sign_in(browser(java_script_enabled=False), week.email)), tmp_path)
    check(week)
