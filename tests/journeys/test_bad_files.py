"""Whatever a person uploads, by either road: a sentence or rows, never an error page."""

from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, expect

from apps.imports.models import ImportFile
from tests.journeys.imports import ImportRoad, bank_file, unique
from tests.journeys.pages import sign_in
from tests.journeys.product import Product, Visitor

pytestmark = pytest.mark.slow
State = ImportFile.State
MEGABYTE = 1024 * 1024
TOO_LARGE = "This file has 60 MB; a bank's file may have up to 50 MB. Ask the bank for a shorter period."
HEADER = "Date,Description,Amount,Running Bal.\r\n"
CAFE = HEADER + "03/02/2026,CAFÉ SEÑOR “Olé” 50 €,-19.05,0.00\r\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"

REFUSED = {
    "empty": ("checking.csv", b"", "The file is empty."),
    "white-space": ("checking.csv", b" \r\n\r\n\t", "The file is empty."),
    "png": (
        "checking.csv",
        PNG,
        "This is a PNG picture, not a bank’s statement (CSV, Excel, OFX, QFX, QIF, CAMT.053 or MT940).",
    ),
    "pdf": (
        "checking.pdf",
        b"%PDF-1.7\n1 0 obj\n",
        "This is a PDF, not a bank’s statement (CSV, Excel, OFX, QFX, QIF, CAMT.053 or MT940).",
    ),
    "xlsx": ("checking.csv", b"PK\x03\x04\x14\x00\x00\x00", "This is an Excel workbook or another ZIP archive"),
    "noise": ("checking.csv", bytes(range(256)) * 40, "This is not a text file"),
}
READ = {
    "windows-1252": ("checking.csv", CAFE.encode("cp1252")),
    "utf-8": ("checking.csv", CAFE.encode()),
    "utf-8-bom": ("checking.csv", CAFE.encode("utf-8-sig")),
    "utf-16": ("checking.csv", CAFE.encode("utf-16")),
    "utf-16-big-endian": ("checking.csv", b"\xfe\xff" + CAFE.encode("utf-16-be")),
    "wrongly-named": ("holiday.png", CAFE.encode()),
    "no-name-to-speak-of": ("..\\..\\<b>.csv", CAFE.encode()),
    "unix-line-ends": ("checking.csv", CAFE.replace("\r\n", "\n").encode()),
    "no-last-line-end": ("checking.csv", CAFE.rstrip().encode()),
}


@pytest.fixture(scope="module")
def module_road(product: Product, django_db_blocker: object):
    """One household for all files of this module; every file goes into its one account."""
    with django_db_blocker.unblock(), product.database_in_use():  # type: ignore[attr-defined]
        guest = Visitor(product)
        yield ImportRoad(product, guest, unique("files"))
        guest.close()


def _account(road: ImportRoad) -> dict[str, str]:
    return {"account": road.account_key()} if road.counts()[1] else {}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_statement_is_refused_with_a_sentence(module_road: ImportRoad, case: str) -> None:
    name, content, sentence = REFUSED[case]
    file_id = module_road.upload(content, name, **_account(module_road))
    file = module_road.await_rest(file_id)
    assert (file.state, file.error) == (State.FAILED, file.error)
    assert sentence in file.error
    assert file.error.partition("'")[0] in module_road.page(file_id)


@pytest.mark.parametrize("case", READ)
def test_every_charset_and_name_is_read(module_road: ImportRoad, case: str) -> None:
    name, content = READ[case]
    file_id = module_road.read(content, name, **_account(module_road))
    page = module_road.page(file_id)
    assert "CAFÉ SEÑOR “Olé” 50 €" in page
    assert "19.05" in page
    assert "<b>.csv" not in page


def test_a_truncated_file_gives_the_rows_it_has_and_names_the_broken_one(module_road: ImportRoad) -> None:
    content = bank_file(3).rpartition(b",-1.00")[0]
    file = module_road.await_rest(module_road.upload(content, **_account(module_road)))
    assert (file.state, file.new_count, file.unreadable_count) == (State.READ, 2, 1)


def test_broken_lines_are_named_by_number(module_road: ImportRoad) -> None:
    content = bank_file(2) + b'\r\n99/99/2026,ODD,-1.00,0.00\r\n01/05/2026,"no end,-1.00,0.00\r\n01/06/2026,FINE,x,0.00'
    file_id = module_road.read(content, **_account(module_road))
    page = module_road.visitor.get(f"{module_road.path}imports/{file_id}/?verdict=unreadable").text
    assert "99/99/2026" in page
    assert module_road.await_rest(file_id).new_count == 2


def test_sixty_megabytes_by_the_plain_form(module_road: ImportRoad) -> None:
    before = module_road.counts()
    answer = module_road.visitor.upload(module_road.path, "checking.csv", bytes(60 * MEGABYTE), **_account(module_road))
    assert answer.status_code == 422
    assert TOO_LARGE.replace("'", "&#x27;") in answer.text
    assert module_road.counts() == before


def test_sixty_megabytes_that_say_so_get_no_place(module_road: ImportRoad) -> None:
    answer = module_road.ask_for_place("checking.csv", 60 * MEGABYTE)
    assert (answer.status_code, answer.json()) == (422, {"error": TOO_LARGE})


def test_sixty_megabytes_that_lie_are_refused_by_the_store(module_road: ImportRoad) -> None:
    before = module_road.counts()
    place = module_road.ask_for_place("checking.csv", 1).json()
    refused = requests.post(place["url"], data=place["fields"], files={"file": bytes(60 * MEGABYTE)}, timeout=60)
    assert refused.status_code == 400
    assert "EntityTooLarge" in refused.text
    answer = module_road.take_in(place, **_account(module_road))
    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "The upload did not arrive. Please choose the file again."},
    )
    assert module_road.counts() == before


@pytest.mark.browser
def test_the_browser_says_so_before_it_sends_anything(
    module_road: ImportRoad, browser: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    large = tmp_path / "ten years.csv"
    with large.open("wb") as file:
        file.truncate(60 * MEGABYTE)
    page = sign_in(browser(), module_road.email)
    page.goto(f"{module_road.path}imports/")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.locator("input[type=file]").set_input_files(large)
    sentence = "ten years.csv is larger than the 50 MB we read. Ask the bank for a shorter period."
    expect(page.get_by_role("alert")).to_have_text(sentence)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("alert")).to_have_text(sentence)
    assert "POST" not in sent
