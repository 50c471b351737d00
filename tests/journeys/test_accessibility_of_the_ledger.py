"""Every page of the ledger's daily use, empty, full, refused and asking: it shuts nobody out, and is no wider than the
screen.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from apps.categorization.models import MerchantAlias, RuleHit, RuleRun
from apps.households.models import Household, Membership
from apps.ledger.models import Account, Reconciliation, Revision, SavedFilter, SplitTemplate, Tag, Transaction
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.categorization.making import bucket, occasion, rule
from tests.conftest import PASSWORD
from tests.journeys.imports import unique
from tests.journeys.pages import SLOW, sign_in
from tests.journeys.product import Product
from tests.journeys.test_accessibility import faults, window_with_axe
from tests.ledger.entries import by_hand, edit_rows, link, lock, split

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "A household account whose bank has given it the longest of all names, Nr. 0042"
ARABIC = "مشتريات البقالة من السوق المركزي"
LISTS = (
    "transactions/", "transactions/new/", "review/", "rules/", "rules/runs/", "rules/apply/", "merchants/",
    "merchants/apply/", "transfers/", "transfers/?show=alone", "transfers/?show=linked", "transfers/?show=rejected",
    "transfers/sure/", "tags/", "split-templates/", "filters/", "history/", "accounts/", "accounts/order/",
)  # fmt: skip
# A form, and the name of the button that sends it; each is refused as it stands, empty.
REFUSED = {
    "transactions/new/": "Save",
    "rules/new/": "Save",
    "merchants/aliases/new/": "Save",
    "accounts/new/": None,
    "split-templates/new/": None,
    "tags/new/?kind=new": None,
}


@pytest.fixture
def household(in_product: Product) -> Household:
    return in_product.open_household(unique("pages"))


@pytest.fixture
def page(household: Household, browser: Callable[..., BrowserContext]) -> Page:
    return sign_in(window_with_axe(browser), f"{household.public_id}@example.com")


def look(page: Page, household: Household, addresses: Iterable[str], name: str) -> list[str]:
    found = []
    for number, address in enumerate(addresses):
        answer = page.goto(f"/h/{household.public_id}/{address}")
        assert answer is not None
        assert answer.status == 200, address
        found += faults(page, f"{name}-{number:02}")
    return found


def fill() -> dict[str, int]:
    """Something of everything, with the longest names and sums; the ids that addresses need."""
    checking = Account.objects.create(name=LONG, currency="USD", institution="Bank of the Longest Street, N.A.")
    card = Account.objects.create(
        name="Card", kind="credit_card", currency="USD", credit_limit=Decimal(123456789012), due_day=31
    )
    Account.objects.create(name="Old", currency="EUR", archived_at=timezone.now())
    rows = [
        by_hand(checking, f"2026-11-{day:02}", amount, text, merchant=merchant, needs_review=True)
        for day, amount, text, merchant in (
            (1, "-123456789012.34", "POS 4471 THE LONGEST TEXT THAT A BANK HAS EVER WRITTEN REF 8837465", LONG),
            (2, "-40", ARABIC, ARABIC),
            (3, "-6.50", "SQ *BLUE BOTTLE 42", "SQ *BLUE BOTTLE 42"),
            (4, "-6.50", "SQ *BLUE BOTTLE 43", "SQ *BLUE BOTTLE 43"),
            (5, "2500", "PAYROLL", "Payroll"),
            (6, "-200", "TRANSFER TO CARD", "Transfer"),
            (7, "-300", "ONLINE PAYMENT", "Payment"),
            (8, "-90", "TARGET", "Target"),
        )
    ]
    received = by_hand(card, "2026-11-06", "200", "PAYMENT THANK YOU", merchant="Payment")
    by_hand(card, "2026-11-08", "300", "PAYMENT THANK YOU", merchant="Payment")
    split(rows[7], shopping="-60", groceries="-30")
    rows[2].transaction_tags.create(tag=occasion("holidays"))
    made = link(rows[5], received)
    statement = lock(rows[4])
    open_one = Reconciliation.objects.create(
        account=checking, statement_date=rows[7].date, statement_balance=Decimal(-999), ticked_ids=[rows[7].pk]
    )
    first = edit_rows(Transaction.objects.filter(pk=rows[0].pk), notes="mine")
    edit_rows(Transaction.objects.filter(pk=rows[0].pk), notes="not mine any more")
    Revision.go_up()
    template = SplitTemplate.objects.create(name="Half and half")
    for place, value in enumerate(("groceries", "dining")):
        template.parts.create(tag=bucket(value), percent=50, sort_order=place)
    keeps = rule(LONG[:80], ("merchant", "contains", "blue"), bucket=bucket("dining"), group="Everyday")
    rule("Off", ("amount", "between", "1", "2"), ignores=True, is_enabled=False)
    runs = [
        RuleRun.objects.create(
            state=state, rule=keeps, row_count=9, changed_count=1, finished_at=timezone.now(), error=error
        )
        for state, error in (("done", ""), ("failed", "The server was stopped meanwhile. Nothing was changed."))
    ]
    RuleHit.objects.create(run=runs[0], transaction_id=rows[2].pk, rule_id=keeps.pk, rule_name=keeps.name)
    alias = MerchantAlias.objects.create(pattern="PAYROLL OF A COMPANY WITH A LONG NAME", merchant=LONG)
    SavedFilter.objects.create(name=LONG, query="q=blue", is_pinned=True)
    return {
        "row": rows[0].pk, "arabic": rows[1].pk, "tagged": rows[2].pk, "locked": rows[4].pk, "linked": rows[5].pk,
        "alone": rows[6].pk, "split": rows[7].pk, "transfer": made.pk, "statement": statement.pk,
        "open": open_one.pk, "checking": checking.pk, "card": card.pk, "changeset": first.pk, "rule": keeps.pk,
        "done": runs[0].pk, "failed": runs[1].pk, "alias": alias.pk, "template": template.pk,
        "tag": Tag.objects.get(value="dining").pk,
    }  # fmt: skip


def test_empty_and_refused(household: Household, page: Page) -> None:
    found = look(page, household, LISTS, "a11y-empty")
    with household_context(household):
        Account.objects.create(name="Checking", currency="USD")
    for number, (address, button) in enumerate(REFUSED.items()):
        page.goto(f"/h/{household.public_id}/{address}")
        refuse(page, button)
        found += faults(page, f"a11y-refused-{number:02}")
    assert not found, "\n".join(found)


def refuse(page: Page, button: str | None) -> None:
    """Sends the form as it stands past the browser's own checks, to see what the server says."""
    page.locator("form").evaluate_all("(forms) => forms.forEach((form) => (form.noValidate = true))")
    named = page.get_by_role("button", name=button, exact=True) if button else page.locator("main .button--primary")
    named.last.click()
    expect(page.locator(".field--error, [role=alert]").first).to_be_visible(timeout=SLOW)


def test_full(household: Household, page: Page) -> None:
    with household_context(household):
        ids = fill()
    other = User.objects.create_user(f"{household.public_id}.b@example.com", PASSWORD, name=LONG)
    Membership.objects.create(household=household, user=other, role=Membership.Role.MEMBER)
    assert not (found := look(page, household, LISTS, "a11y-full")), "\n".join(found)
    assert ids


def test_rows_and_their_forms(household: Household, page: Page) -> None:
    with household_context(household):
        ids = fill()
    rows = [f"transactions/{ids[name]}/" for name in ("row", "arabic", "tagged", "locked", "linked", "split")]
    forms = [f"transactions/{ids[name]}/edit/" for name in ("row", "locked", "linked", "split")]
    others = [
        f"transactions/{ids['tagged']}/delete/",
        f"transactions/{ids['linked']}/delete/",
        f"transactions/{ids['arabic']}/split/?template={ids['template']}",
        f"transfers/of/{ids['alone']}/",
        f"transfers/of/{ids['linked']}/",
        f"transfers/of/{ids['tagged']}/?q=nothing",
        f"transfers/{ids['transfer']}/unlink/",
        f"transactions/{ids['row']}/split/",
    ]
    found = look(page, household, [*rows, *forms, *others], "a11y-row")
    assert not found, "\n".join(found)


def test_what_stands_around_the_rows(household: Household, page: Page) -> None:
    with household_context(household):
        ids = fill()
    addresses = [
        *(f"accounts/{ids[name]}/{rest}" for name in ("checking", "card") for rest in ("", "edit/", "merge/")),
        f"accounts/{ids['checking']}/archive/",
        f"accounts/{ids['card']}/reconcile/",
        *(f"accounts/statements/{ids[name]}/" for name in ("open", "statement")),
        f"accounts/statements/{ids['statement']}/unlock/",
        f"history/{ids['changeset']}/",
        *(f"rules/{ids['rule']}/{rest}" for rest in ("", "test/", "delete/")),
        *(f"rules/runs/{ids[name]}/" for name in ("done", "failed")),
        f"rules/runs/{ids['done']}/?rule={ids['rule']}",
        f"rules/new/?transaction={ids['tagged']}",
        f"merchants/aliases/{ids['alias']}/",
        f"merchants/aliases/new/?transaction={ids['row']}",
        "merchants/?q=nothing",
        f"tags/{ids['tag']}/",
        f"tags/{ids['tag']}/merge/",
        f"tags/{ids['tag']}/delete/",
        f"split-templates/{ids['template']}/",
    ]
    found = look(page, household, addresses, "a11y-around")
    page.goto(f"/h/{household.public_id}/accounts/{ids['card']}/reconcile/")
    refuse(page, "Begin")
    found += faults(page, "a11y-reconcile-refused")
    page.goto(f"/h/{household.public_id}/merchants/aliases/{ids['alias']}/")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#preview")).to_be_visible(timeout=SLOW)
    found += faults(page, "a11y-alias-tried")
    page.goto(f"/h/{household.public_id}/rules/{ids['rule']}/")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial")).to_be_visible(timeout=SLOW)
    found += faults(page, "a11y-rule-tried")
    assert not found, "\n".join(found)


def test_the_list_at_work(household: Household, page: Page) -> None:
    """A row open below itself, ticked rows, open filters, a search that is not understood, and what is asked first."""
    with household_context(household):
        fill()
    here = f"/h/{household.public_id}/transactions/"
    page.goto(here)
    page.get_by_role("link", name="Target", exact=True).click()
    expect(page.locator(".row-detail")).to_be_visible(timeout=SLOW)
    found = faults(page, "a11y-list-open")
    page.get_by_label("Select Target").check()
    found += faults(page, "a11y-list-ticked")
    for number in range(page.locator("details.filter").count()):
        page.goto(here)
        page.locator("details.filter > summary").nth(number).click()
        found += faults(page, f"a11y-list-filter-{number}")
    page.goto(f"{here}?q=%3E%3E&amount_min=1&bucket=dining")
    found += faults(page, "a11y-list-problem")
    for deed in ("Delete", "Transfer"):
        page.goto(here)
        page.get_by_label("Select Target").check()
        page.locator("input[name=everything]").check()
        page.locator("#bulk").get_by_role("button", name=deed, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("?", timeout=SLOW)
        found += faults(page, f"a11y-bulk-{deed.lower()}")
    assert not found, "\n".join(found)
