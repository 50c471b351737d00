"""Two files with three accounts, dropped at once by somebody who has none yet."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.imports.test_statements import TWO
from tests.journeys.imports import ImportRoad, bank_file
from tests.journeys.pages import SLOW, shoot, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_several_files_and_accounts_at_once(
    road: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    (tmp_path / "both.ofx").write_bytes(TWO)
    (tmp_path / "checking.csv").write_bytes(bank_file(3))
    page = sign_in(browser(), road.email)
    page.goto(f"{road.path}imports/")
    page.locator("input[type=file]").set_input_files([tmp_path / "both.ofx", tmp_path / "checking.csv"])
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="3 statements")).to_be_visible(timeout=SLOW)
    upload = page.url
    # The page goes on by itself while the files are being read.
    expect(page.get_by_role("link", name="Which account is this?")).to_have_count(3, timeout=SLOW)
    shoot(page, "upload-1")

    _new_account(page, "Giro", suggested="OFX / QFX 1222")
    page.goto(upload)
    _new_account(page, "Savings", suggested="OFX / QFX 3444")
    page.goto(upload)
    _new_account(page, "Checking", suggested="Bank of America Bank")
    page.goto(upload)
    shoot(page, "upload-2")
    expect(page.locator(".sumline--sticky")).to_contain_text("3 ready, 6 rows new")
    page.get_by_label("Import checking.csv").uncheck()
    page.get_by_role("button", name="Import the chosen ones").click()
    expect(page.get_by_text("rows came in")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("row came in")).to_be_visible(timeout=SLOW)
    expect(page.locator(".sumline--sticky")).to_contain_text("1 ready, 3 rows new")
    shoot(page, "upload-3")

    # The next file of the same accounts needs no answer.
    page.goto(f"{road.path}imports/")
    page.locator("input[type=file]").set_input_files(tmp_path / "both.ofx")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("button", name="Nothing new to import")).to_be_visible(timeout=SLOW)
    assert road.counts()[1] == 3


def _new_account(page: Page, name: str, *, suggested: str) -> None:
    page.get_by_role("link", name="Which account is this?").first.click()
    choice = page.get_by_label("Into which account")
    if choice.count():
        choice.select_option("new")
    field = page.get_by_label("Name of the account")
    expect(field).to_have_value(suggested)
    field.fill(name)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#check")).to_be_visible(timeout=SLOW)
