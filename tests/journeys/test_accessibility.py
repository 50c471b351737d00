"""Every page in every state, by axe: no serious or critical fault, light and dark, at both widths."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from apps.imports.models import ImportFile
from tests.journeys.imports import ImportRoad, bank_file
from tests.journeys.pages import sign_in

pytestmark = pytest.mark.browser

AXE = Path(".local/axe.min.js")
OPEN = ("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/")
UNKNOWN_BANK = b"Booked,Text,Value\n03/04/2026,SHOP,-5.00\n04/05/2026,PAY,20.00\n"
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


def serious(page: Page) -> list[str]:
    found = page.evaluate(RUN)
    return [
        f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_no_page_shuts_anybody_out(
    road: ImportRoad, browser: Callable[..., BrowserContext], theme: str, width: int
) -> None:
    booked = road.book(bank_file(60))
    checked = road.read(bank_file(70), account=road.account_key())
    asking = road.upload(UNKNOWN_BANK, "other.csv", account=road.account_key())
    road.await_state(asking, ImportFile.State.NEEDS_COLUMNS)
    refused = road.upload(b"\x89PNG\r\n\x1a\n\x00", "picture.csv", account=road.account_key())
    road.await_state(refused, ImportFile.State.FAILED)
    files = [f"imports/{file_id}/" for file_id in (booked, checked, asking, refused)]
    inside = [
        "",
        "transactions/",
        "transactions/?q=nothing",
        "accounts/",
        "imports/",
        *files,
        f"imports/{booked}/roll-back/",
    ]
    # axe is put in by the test and not by the page, whose policy would refuse it.
    window = browser(color_scheme=theme, viewport={"width": width, "height": 900}, bypass_csp=True)
    window.add_init_script(AXE.read_text())
    found = []
    visitor = window.new_page()
    for address in OPEN[:-1]:
        visitor.goto(address)
        found += serious(visitor)
    page = sign_in(window, road.email)
    for address in [*(road.path + one for one in inside), "/accounts/email/", "/accounts/password/change/"]:
        page.goto(address)
        found += serious(page)
    assert not found, "\n".join(found)
