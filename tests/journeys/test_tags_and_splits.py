"""Tags put in order and rows split, with the mouse and by the keyboard alone; the pages shut nobody out."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from apps.households.models import Household
from apps.ledger.models import Account, Revision, SplitTemplate, Tag, Transaction, TransactionTag
from apps.tenancy.context import household_context
from tests.journeys.imports import unique
from tests.journeys.pages import SLOW, sign_in
from tests.journeys.product import Product
from tests.journeys.test_accessibility import faults, window_with_axe
from tests.ledger.entries import by_hand

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def household(in_product: Product) -> Household:
    """Its own, with three trips, a template, and two rows of which one has a twelve-digit amount."""
    household = in_product.open_household(unique("tags"))
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        euros = Account.objects.create(name="Konto", currency="EUR")
        for place, name in enumerate(("Rome", "Oslo", "رحلة إلى القاهرة مع كل العائلة والأصدقاء")):
            Tag.objects.create(namespace="trip", value=f"trip-{place}", name=name, colour=place + 2, sort_order=place)
        Tag.objects.filter(value="dining").update(
            name="Restaurants, cafés and everything that somebody else has cooked for us",
            description="Also what the office canteen takes, and the coffee on the way to it",
        )
        for text, amount, value in (("SHOP", "-40", "shopping"), ("HOUSE", "-123456789012.34", "housing")):
            row = by_hand(account, "2026-11-01", amount, text)
            TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value=value))
        for amount in ("-12.50", "7"):
            row = by_hand(euros, "2026-11-01", amount, "CAFÉ")
            TransactionTag.objects.create(transaction=row, tag=Tag.objects.get(value="dining"))
        template = SplitTemplate.objects.create(name="Flat")
        template.parts.create(tag=Tag.objects.get(value="housing"), amount=850, sort_order=0)
        template.parts.create(tag=Tag.objects.get(value="utilities"), percent=Decimal("12.5"), sort_order=1)
        template.parts.create(tag=Tag.objects.get(value="other"), sort_order=2)
        Revision.go_up()
    return household


def trips(household: Household) -> list[str]:
    with household_context(household):
        return list(Tag.objects.filter(namespace="trip").values_list("value", flat=True))


def signed_in(window: BrowserContext, household: Household) -> Page:
    return sign_in(window, f"{household.public_id}@example.com")


@pytest.mark.slow
def test_the_pages_of_tags_and_splits_shut_nobody_out(
    household: Household, browser: Callable[..., BrowserContext]
) -> None:
    with household_context(household):
        dining = Tag.objects.get(value="dining").pk
        row = Transaction.objects.get(description="SHOP").pk
        template = SplitTemplate.objects.get().pk
    page = signed_in(window_with_axe(browser), household)
    found = []
    for name, address in {
        "tags": "tags/",
        "tag-new": "tags/new/?kind=new",
        "tag": f"tags/{dining}/",
        "tag-merge": f"tags/{dining}/merge/",
        "tag-delete": f"tags/{dining}/delete/",
        "split": f"transactions/{row}/split/",
        "split-template-filled": f"transactions/{row}/split/?template={template}",
        "split-templates": "split-templates/",
        "split-template": f"split-templates/{template}/",
    }.items():
        page.goto(f"/h/{household.public_id}/{address}")
        found += faults(page, f"tags-{name}")
    page.goto(f"/h/{household.public_id}/transactions/{row}/split/")
    page.get_by_role("button", name="Split", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += faults(page, "tags-split-refused")
    page.goto(f"/h/{household.public_id}/tags/{dining}/")
    page.get_by_label("Name").fill("Groceries")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Merge into “Groceries”")).to_be_visible()
    found += faults(page, "tags-tag-taken")
    assert found == []


def test_tags_are_sorted_by_the_keyboard_and_with_the_mouse(
    household: Household, browser: Callable[..., BrowserContext]
) -> None:
    page = signed_in(browser(), household)
    page.goto(f"/h/{household.public_id}/tags/")
    row = page.locator("#trip [data-item]")
    page.get_by_role("button", name="Move Rome down").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(row.first).to_contain_text("Oslo", timeout=SLOW)
    expect(page.get_by_role("button", name="Move Rome down")).to_be_focused(timeout=SLOW)
    assert trips(household) == ["trip-1", "trip-0", "trip-2"]
    page.get_by_role("button", name="Move Rome up").press("Enter")
    expect(row.first).to_contain_text("Rome", timeout=SLOW)
    assert trips(household) == ["trip-0", "trip-1", "trip-2"]

    handle, last = row.first.locator("[data-handle]").bounding_box(), row.last.bounding_box()
    assert handle is not None
    assert last is not None
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.mouse.move(handle["x"] + 5, handle["y"] + 5)
        page.mouse.down()
        for _ in range(2):
            page.mouse.move(handle["x"] + 5, last["y"] + last["height"], steps=12)
        page.mouse.up()
    expect(row.last).to_contain_text("Rome", timeout=SLOW)
    assert trips(household) == ["trip-1", "trip-2", "trip-0"]


def test_a_row_is_split_by_the_keyboard_and_the_page_says_what_is_left(
    household: Household, browser: Callable[..., BrowserContext]
) -> None:
    with household_context(household):
        row = Transaction.objects.get(description="SHOP")
    page = signed_in(browser(), household)
    page.goto(f"/h/{household.public_id}/transactions/{row.pk}/split/")
    left = page.locator("[data-left]")
    expect(left).to_have_text("Nothing is left over.", timeout=SLOW)
    page.get_by_label("Unit of part 1").select_option("amount")
    page.get_by_label("How much goes to part 1").fill("12.30")
    expect(left).to_have_text("$27.70 is left.")
    page.get_by_label("Bucket of part 2").select_option("Groceries")
    page.get_by_label("How much goes to part 2").fill("30")
    expect(left).to_have_text("$2.30 is too much.")
    page.get_by_label("Unit of part 1").select_option("rest")
    page.get_by_label("How much goes to part 2").fill("50")
    expect(left).to_have_text("$10.00 is too much.")
    page.get_by_label("Unit of part 1").select_option("amount")
    page.get_by_role("button", name="Add a part").press("Enter")
    page.get_by_label("Bucket of part 3").select_option("Other")
    page.get_by_label("How much goes to part 2").fill("10")
    page.get_by_role("button", name="The rest here").last.press("Enter")
    expect(left).to_have_text("Nothing is left over.", timeout=SLOW)
    page.get_by_role("button", name="Split", exact=True).press("Enter")
    expect(page.get_by_text("is split among 3 buckets")).to_be_visible(timeout=SLOW)
    with household_context(household):
        links = {link.tag.value: link.amount for link in row.transaction_tags.select_related("tag")}
    assert links == {"shopping": Decimal("-12.3"), "groceries": -10, "other": Decimal("-17.7")}
