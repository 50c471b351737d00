"""What a person does on the pages of the product, in a real browser."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.conftest import PASSWORD
from tests.journeys.product import PATIENCE

SHOTS = Path("/tmp/shots_j")  # noqa: S108 (only where somebody has made the directory, to look at the pages)
SLOW = 1000 * PATIENCE


def shoot(page: Page, name: str) -> None:
    if SHOTS.is_dir():
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def sign_in(window: BrowserContext, email: str) -> Page:
    page = window.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state()
    return page


def choose_file(page: Page, file: Path, *, account: str) -> None:
    """On the import page: the file, and a new account of that name for it."""
    page.wait_for_load_state()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Into which account").select_option("new")
    page.get_by_label("Name of the account").fill(account)


def figure(page: Page, label: str) -> str:
    """The amount of a figure of the dashboard."""
    return page.locator(".figure", has=page.get_by_text(label, exact=True)).locator(".figure__amount").inner_text()


def facts(page: Page) -> dict[str, str]:
    """The list of facts about an import."""
    names = page.locator(".facts dt").all_inner_texts()
    return dict(zip(names, page.locator(".facts dd").all_inner_texts(), strict=True))
