"""A bank that nobody knows: mapped once by its household, and never asked about again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.imports import ImportRoad, file_at
from tests.journeys.pages import SLOW, facts, shoot, sign_in
from tests.journeys.test_accessibility import faults, window_with_axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEAD = ("Volksgenossenschaft Musterstadt eG", "Kontonummer: 0815 · Umsätze", "")
NAMES = "Buchungstag;Auftraggeber/Empfänger;Verwendungszweck;Soll;Haben;Währung"
OCTOBER = (
    "01/10/2026;Hausverwaltung Köhler;Miete Oktober Whg. 12;1.150,00;;EUR",
    "02/10/2026;Bäckerei Müller;Kartenzahlung Brötchen;4,80;;EUR",
    "02/10/2026;Bäckerei Müller;Kartenzahlung Brötchen;4,80;;EUR",
    "05/10/2026;Übersee-Spedition GmbH;Gehalt 10/2026;;3.240,17;EUR",
    "09/10/2026;Stadtwerke;Abschlag Strom;84,00;;EUR",
)
NOVEMBER = (
    *OCTOBER[3:],
    "02/11/2026;Hausverwaltung Köhler;Miete November Whg. 12;1.150,00;;EUR",
    "09/11/2026;Café Größenwahn;Kartenzahlung;17,35;;EUR",
)


def statement(folder: Path, month: str, rows: tuple[str, ...]) -> Path:
    """Windows-1252, semicolons, decimal commas, lines above and below; days that could all be months."""
    path = folder / f"umsaetze_{month}.csv"
    path.write_bytes("\r\n".join([*HEAD, NAMES, *rows, "Endsaldo;;;;2.000,00;EUR", ""]).encode("cp1252"))
    return path


def upload(page: Page, path: str, file: Path) -> None:
    page.goto(f"{path}imports/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read it").click()


def test_a_banks_format_is_taught_once(
    road: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = sign_in(window_with_axe(browser), road.email)
    upload(page, road.path, statement(tmp_path, "oktober", OCTOBER))
    expect(page.get_by_text("to be read?")).to_be_visible(timeout=SLOW)
    found = faults(page, "mapper-asking")
    # The question has no answer beforehand, and the form is refused without one.
    page.get_by_role("button", name="Read it so").click()
    expect(page.get_by_text("The file does not say, and a guess could be wrong.")).to_be_visible()
    found += faults(page, "mapper-refused")
    preview = page.locator("#preview")
    expect(preview.locator("time:visible", has_text="10 Jan 2026")).to_have_count(1)
    page.get_by_label("1 October 2026").check()
    expect(preview.locator("time:visible", has_text="1 Oct 2026")).to_have_count(1)
    expect(preview.get_by_text("10 Jan 2026")).to_have_count(0)
    page.get_by_label("Auftraggeber/Empfänger").check()
    expect(preview.get_by_text("Bäckerei Müller Kartenzahlung Brötchen").first).to_be_visible()
    expect(preview.get_by_text("−1,150.00")).to_be_visible()
    expect(preview.get_by_text("+3,240.17")).to_be_visible()
    expect(page.get_by_label("1 October 2026")).to_be_checked()
    found += faults(page, "mapper-answered")
    page.locator("summary", has_text="rows to leave out").click()
    found += faults(page, "mapper-more")
    page.get_by_label("Name of this format").fill("Musterstädter Bank")
    page.get_by_role("button", name="Read it so").click()
    page.get_by_label("Name of the account").fill("Giro")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Import 5 rows").click()
    expect(page.get_by_text("5 rows came in")).to_be_visible(timeout=SLOW)
    # The next month: no question, no account to choose.
    upload(page, road.path, statement(tmp_path, "november", NOVEMBER))
    expect(page.get_by_role("button", name="Import 2 rows")).to_be_visible(timeout=SLOW)
    assert facts(page) | {"Period": ""} == {"Rows": "4", "New": "2", "Already there": "2", "Period": ""}
    expect(page.get_by_text("Musterstädter Bank").first).to_be_visible()
    shoot(page, "mapper-next-month")
    page.goto(f"{road.path}imports/formats/")
    found += faults(page, "formats")
    page.get_by_role("link", name="Musterstädter Bank", exact=True).click()
    found += faults(page, "format")
    page.locator("#sample").set_input_files(statement(tmp_path, "dezember", NOVEMBER))
    page.get_by_role("button", name="Show how it reads").click()
    expect(page.get_by_text("as it would be read")).to_be_visible()
    found += faults(page, "format-tried")
    assert not found, "\n".join(found)


def test_by_keyboard_and_without_javascript(
    road: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = sign_in(browser(java_script_enabled=False), road.email)
    upload(page, road.path, statement(tmp_path, "oktober", OCTOBER))
    road.await_state(file_at(page.url), "needs_columns")
    page.reload()
    page.get_by_label("1 October 2026").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Preview").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#preview time:visible", has_text="1 Oct 2026").first).to_be_visible()
    expect(page.get_by_label("1 October 2026")).to_be_checked()
    page.get_by_role("button", name="Read it so").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How is")).to_have_count(0)


def test_the_cursor_stays_where_it_is_while_the_preview_changes(
    road: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    """Also where the whole mapper is another one, for other columns bring other questions."""
    content = b"Eins;Zwei;Text;Betrag\n13.10.2026;3/4/2026;Laden;-5,00\n15.10.2026;4/5/2026;Laden;-6,00\n"
    asking = road.upload(content, "zwei.csv", account="")
    road.await_state(asking, "needs_columns")
    page = sign_in(browser(), road.email)
    page.goto(f"{road.path}imports/{asking}/columns/")
    page.get_by_label("Eins: ").check()
    expect(page.locator("#preview time:visible", has_text="13 Oct 2026")).to_have_count(1)
    page.get_by_label("Zwei: ").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Is the date")).to_be_visible()
    expect(page.get_by_label("Zwei: ")).to_be_focused()
    expect(page.get_by_label("Zwei: ")).to_be_checked()
