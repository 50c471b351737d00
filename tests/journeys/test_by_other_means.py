"""The same chores without JavaScript, and by keyboard on a phone's screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from apps.imports.models import ImportFile
from tests.journeys.imports import ImportRoad, bank_file, file_at
from tests.journeys.pages import SLOW, choose_file, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_import_without_javascript(road: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path) -> None:
    file = tmp_path / "checking.csv"
    file.write_bytes(bank_file(3))
    page = sign_in(browser(java_script_enabled=False), road.email)
    page.goto(f"{road.path}imports/")
    choose_file(page, file, account="Checking")
    page.get_by_role("button", name="Read it").click()
    road.await_state(file_at(page.url), ImportFile.State.READ)
    page.reload()
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("3 rows came in")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="See the transactions").click()
    expect(page.locator("tr[data-row]")).to_have_count(3)
    page.goto(road.path)
    # Charts are the one thing that needs JavaScript; their figures stand in a table.
    expect(page.locator(".chart__table table")).to_be_visible()


def test_by_keyboard_alone_on_a_phone(road: ImportRoad, browser: Callable[..., BrowserContext]) -> None:
    road.book(bank_file(3))
    page = browser(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/accounts/login/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.get_by_label("Email").focus()
    page.keyboard.type(road.email)
    page.keyboard.press("Tab")
    page.keyboard.type("a-long-enough-word")
    page.get_by_label("Password").press("Enter")
    page.wait_for_url("**/h/**")
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="Transactions")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_label("Search the transactions")).to_be_focused()
    page.keyboard.type("no such shop")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    assert "q=no+such+shop" in page.url
    page.go_back()
    expect(page.locator("tr[data-row]")).to_have_count(3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart_has_its_colours_for_who_wants_no_motion(
    road: ImportRoad, browser: Callable[..., BrowserContext], theme: str
) -> None:
    road.book(bank_file(3))
    drawn = {}
    for motion in ("no-preference", "reduce"):
        page = sign_in(browser(reduced_motion=motion, color_scheme=theme), road.email)
        page.goto(road.path)
        expect(page.locator(".chart svg")).to_be_visible()
        drawn[motion] = page.locator(".chart svg [fill]").evaluate_all(
            "(marks) => marks.map((mark) => mark.getAttribute('fill'))"
        )
    assert len({*drawn["no-preference"]} - {"none", "transparent"}) >= 2
    assert drawn["reduce"] == drawn["no-preference"]
