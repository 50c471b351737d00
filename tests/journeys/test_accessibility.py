"""Every page in every state: no serious or critical fault by axe, and none is wider than the screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from apps.households.creating import create_household
from apps.imports.models import ImportBatch, ImportFile, ImportFormat
from apps.imports.parsers import Recipe, RecipeColumns
from apps.ledger.models import Account, Transaction
from apps.tenancy.context import household_context
from apps.tenancy.names import new_schema_name
from apps.users.models import User
from tests.conftest import PASSWORD
from tests.journeys.imports import ImportRoad, bank_file, unique
from tests.journeys.pages import shoot, sign_in
from tests.journeys.product import Product
from tests.ledger.entries import edit_rows

pytestmark = pytest.mark.browser

AXE = Path(".local/axe.min.js")
OPEN = (
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/1/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-1/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/accounts/3rdparty/login/cancelled/",
    "/nowhere/",
)
SIGNED_IN = (
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/accounts/3rdparty/login/error/",
    "/nowhere/",
)
State = ImportFile.State
# States that pass by too quickly for a page to be looked at, and where files end.
PUT = (State.UPLOADED, State.CONFIRMED, State.UNDOING, State.ROLLED_BACK, State.CANCELLED)
UNKNOWN_BANK = b"Booked,Text,Value\n03/04/2026,SHOP,-5.00\n04/05/2026,PAY,20.00\n"
RUN = "async (only) => (await axe.run(document, {resultTypes: ['violations'], ...only})).violations"
# What changes with the theme and the width of the screen; all else is asked once.
OF_LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}}
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def window_with_axe(browser: Callable[..., BrowserContext]) -> BrowserContext:
    """axe is put in by the test and not by the page, whose policy would refuse it."""
    window = browser(bypass_csp=True, reduced_motion="reduce")
    window.add_init_script(AXE.read_text())
    return window


def faults(page: Page, name: str) -> list[str]:
    """At a desk in light, and on a phone in dark."""
    page.wait_for_load_state()
    found = []
    for theme, size, only in (("light", DESK, {}), ("dark", PHONE, OF_LOOKS)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        shoot(page, f"{name}-{theme}")
        width, room = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        found += [f"{page.url} in {theme}: {width} px wide where there are {room}"] if width > room else []
        found += [f"{page.url} in {theme}: {one}" for one in serious(page, only)]
    page.set_viewport_size(DESK)
    return found


def serious(page: Page, only: dict[str, object]) -> list[str]:
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in page.evaluate(RUN, only)
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.slow
def test_no_page_shuts_anybody_out(road: ImportRoad, browser: Callable[..., BrowserContext]) -> None:
    booked = road.book(bank_file(60))
    checked = road.read(bank_file(70), account=road.account_key())
    asking = road.upload(UNKNOWN_BANK, "other.csv", account=road.account_key())
    road.await_state(asking, ImportFile.State.NEEDS_COLUMNS)
    refused = road.upload(b"\x89PNG\r\n\x1a\n\x00", "picture.csv", account=road.account_key())
    road.await_state(refused, ImportFile.State.FAILED)
    # Its dates can be read in two ways, so it has questions.
    qif = road.upload(b"!Type:Bank\nD01/02/2026\nT-5.00\nPShop\n^\n", "two-ways.qif", account=road.account_key())
    road.await_state(qif, ImportFile.State.NEEDS_COLUMNS)
    with household_context(road.household):
        account = Account.objects.get()
        edit_rows(Transaction.objects.filter(pk=Transaction.objects.newest_first()[0].pk), notes="mine")
        recipe = Recipe(columns=RecipeColumns(date="D", amount="A", description=("T",)))
        taught = ImportFormat.objects.create(name="My bank", signature="x", recipe=recipe.to_json())
        batch = ImportBatch.objects.create()
        put = [
            ImportFile.objects.create(batch=batch, account=account, name=f"{state}.csv", state=state).pk
            for state in PUT
        ]
    inside = [
        "",
        "?month=1999-01",
        "transactions/",
        "transactions/?q=nothing",
        "accounts/",
        "imports/",
        *(f"imports/{file_id}/" for file_id in (booked, checked, asking, refused, *put)),
        f"imports/{checked}/?verdict=unreadable",
        f"imports/{booked}/roll-back/",
        f"imports/{checked}/account/",
        f"imports/{qif}/",
        f"imports/uploads/{batch.pk}/",
        "imports/formats/",
        f"imports/formats/{taught.pk}/",
    ]
    window = window_with_axe(browser)
    found = []
    guest = window.new_page()
    for number, address in enumerate(OPEN):
        guest.goto(address)
        found += faults(guest, f"a11y-open-{number:02}")
    page = sign_in(window, road.email)
    for number, address in enumerate([*(road.path + one for one in inside), *SIGNED_IN]):
        page.goto(address)
        found += faults(page, f"a11y-in-{number:02}")
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_no_first_page_shuts_anybody_out(in_product: Product, browser: Callable[..., BrowserContext]) -> None:
    """Naming the household, waiting for it, its empty pages, and the page of who is locked out."""
    email = f"{unique('first')}@example.com"
    person = User.objects.create_user(email, PASSWORD, name="Early Bird")
    person.emailaddress_set.create(email=email, verified=True, primary=True)
    page = sign_in(window_with_axe(browser), email)
    found = faults(page, "a11y-first-start")
    waiting = create_household(owner=person, schema_name=new_schema_name(), is_ready=False, name="Not yet")
    page.goto("/start/")
    expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    found += faults(page, "a11y-first-moment")
    # The page goes on by itself.
    in_product.finish(waiting)
    expect(page.get_by_role("heading", name="Nothing in here yet")).to_be_visible()
    for name in ("", "transactions/", "accounts/", "imports/"):
        page.goto(f"{waiting.get_absolute_url()}{name}")
        found += faults(page, f"a11y-first-{name.strip('/') or 'dashboard'}")
    page = window_with_axe(browser).new_page()
    page.goto("/accounts/login/")
    for _ in range(5):
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill("a-wrong-word")
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Too many attempts")).to_be_visible()
    found += faults(page, "a11y-first-locked")
    assert not found, "\n".join(found)
