"""Two tabs, or two people, in a real browser: what one of them deleted is told to the other, wherever they click."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from apps.ledger.models import Account, Transaction
from apps.tenancy.context import household_context
from tests.categorization.making import bucket, rule
from tests.journeys.imports import unique
from tests.journeys.pages import shoot, sign_in
from tests.journeys.product import Product
from tests.ledger.entries import by_hand, delete_rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = {"1280": {"width": 1280, "height": 900}, "390": {"width": 390, "height": 844}}


def test_what_the_other_tab_deleted_is_told(in_product: Product, browser: Callable[..., BrowserContext]) -> None:
    name = unique("tabs")
    household = in_product.open_household(name)
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        by_hand(account, "2026-11-05", "-5.00", "ACME", merchant="ACME", needs_review=True)
        rule("Coffee", ("description", "contains", "coffee"), bucket=bucket("dining"))
    window = browser()
    rules = sign_in(window, f"{name}@example.com")
    rules.goto(f"/h/{household.public_id}/rules/")
    review = window.new_page()
    review.goto(f"/h/{household.public_id}/review/")
    with household_context(household):
        delete_rows(Transaction.objects.all())

    # Asked for by htmx: the page stays as it was, and the sentence comes in passing.
    answered = f"/h/{household.public_id}/review/**/answer/"
    with review.expect_response(answered) as answer:
        review.get_by_role("button", name="Done").click()
    assert (answer.value.status, list(json.loads(answer.value.headers["hx-trigger"]))) == (404, ["toast"])
    told = review.locator("toast-region p")
    expect(told).to_have_text("This row is not there any more, and nothing was changed. Go on with the next one.")
    expect(review.get_by_role("heading", name="ACME")).to_be_visible()
    review.get_by_role("link", name="Later").click()
    expect(review.get_by_role("heading", name="Nothing to review")).to_be_visible()

    # Sent as a form: a page in the household, and from it to what is there now.
    other = window.new_page()
    other.goto(rules.url)
    delete_rule(other)
    rules.get_by_role("switch", name="Coffee is on").click()
    expect(rules.get_by_text("This rule is not there any more, and nothing was changed.")).to_be_visible()
    look_at(rules, "gone")
    rules.get_by_role("link", name="See what is there now").click()
    expect(rules).to_have_url(other.url)
    expect(rules.get_by_role("heading", name="Rules", level=1)).to_be_visible()
    # A method that the address does not have.
    other.goto(f"/h/{household.public_id}/rules/order/")
    expect(other.get_by_text("This address works with the button of the page it belongs to.")).to_be_visible()
    look_at(other, "no-such-method")


def delete_rule(page: Page) -> None:
    page.get_by_role("link", name="Coffee").click()
    page.get_by_role("link", name="Delete …").click()
    page.get_by_role("button", name="Delete the rule").click()
    expect(page.get_by_text("“Coffee” was deleted.")).to_be_visible()


def look_at(page: Page, name: str) -> None:
    """It holds on a telephone, too, in the dark as in the light."""
    for width, size in SIZES.items():
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            shoot(page, f"{name}-{width}-{scheme}")
