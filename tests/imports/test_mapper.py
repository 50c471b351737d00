"""The mapper: how a file is to be read, asked where it does not say, and remembered for the next one."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household, Membership
from apps.imports import reading
from apps.imports.booking import book
from apps.imports.models import ImportBatch, ImportFile, ImportFormat
from apps.imports.parsers import guess
from apps.imports.states import State
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.german import NOVEMBER, OCTOBER, statement, unclear
from tests.planes import both_planes

pytestmark = [both_planes, pytest.mark.usefixtures("bucket")]

HTMX = {"HX-Request": "true", "HX-Target": "preview"}
QIF = b"!Type:Bank\nD03/04/2026\nT-5.00\nPSHOP\n^\nD04/05/2026\nT-6.00\nPSHOP\n^\n"


def arrived(household: Household, content: bytes, name: str = "kontoumsaetze-2026-10.csv") -> ImportFile:
    """The file, uploaded and read as far as it goes."""
    with household_context(household):
        key = default_storage.save(f"tests/{name}", ContentFile(content))
        batch = ImportBatch.objects.create()
        file = ImportFile.objects.create(batch=batch, name=name, size_bytes=len(content), storage_key=key)
    return read_again(household, file)


def read_again(household: Household, file: ImportFile) -> ImportFile:
    reading.read_file(household, file.pk)
    return now(household, file)


def now(household: Household, file: ImportFile) -> ImportFile:
    with household_context(household):
        return ImportFile.objects.select_related("saved_format").get(pk=file.pk)


def address(file: ImportFile, deed: str = "") -> str:
    return f"/h/ours/imports/{file.pk}/columns/{deed}"


def fields(client: Client, file: ImportFile, **changes: object) -> dict[str, object]:
    """What the page would post, as a browser has it from the form, with changes."""
    response = client.get(address(file))
    assert response.status_code == 200
    form, context = response.context["form"], response.context
    sent: dict[str, object] = {"headers": context["headers_digest"], "asked": context["asked"], "base": context["base"]}
    for bound in form:
        value = bound.field.prepare_value(bound.value()) if hasattr(bound.field, "prepare_value") else bound.value()
        if value is not None and value is not False:
            sent[bound.name] = value
    return {name: value for name, value in (sent | changes).items() if value is not None}


def post(
    client: Client, file: ImportFile, deed: str = "", status: int = 200, headers: object = None, **changes: object
) -> str:
    response = client.post(address(file, deed), fields(client, file, **changes), headers=headers or {})
    told = response.context["form"].errors if response.context else response
    assert response.status_code == status, told
    return response.content.decode()


@pytest.fixture
def file(household: Household) -> ImportFile:
    return arrived(household, statement(OCTOBER))


@pytest.fixture
def asking(household: Household) -> ImportFile:
    return arrived(household, unclear())


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_the_mapper_shows_what_was_found_with_its_evidence(member_client: Client, file: ImportFile) -> None:
    assert file.state == State.NEEDS_COLUMNS
    page = member_client.get(address(file)).content.decode()
    assert "5 of 5 dates read as day.month.year" in page
    assert "6 of 6 amounts show a decimal comma" in page
    assert "Windows-1252" in page
    assert "Miete Oktober" in page
    assert "1,150.00" in page
    assert "The line stands above the table." in page
    assert "found: line 4" in page


def test_the_preview_follows_the_columns(member_client: Client, file: ImportFile) -> None:
    page = post(member_client, file, "preview/", headers=HTMX, description=["2", "3"], merchant="2")
    assert "Bäckerei Müller Kartenzahlung" in page
    assert ">Bäckerei Müller</span>" in page


def test_the_preview_names_what_cannot_be_read(member_client: Client, file: ImportFile) -> None:
    page = post(member_client, file, "preview/", date_format="%m/%d/%Y")
    assert "The date &quot;01.10.2026&quot; cannot be read; month/day/year is expected." in page


def test_an_unfinished_form_is_no_mistake_in_the_preview(member_client: Client, file: ImportFile) -> None:
    page = post(member_client, file, "preview/", amount="")
    assert "field__errors" not in page
    assert "Choose the columns for date, description and amount" in page


def test_the_preview_keeps_nothing(member_client: Client, household: Household, file: ImportFile) -> None:
    post(member_client, file, "preview/")
    assert now(household, file).state == State.NEEDS_COLUMNS
    with household_context(household):
        assert not ImportFormat.objects.exists()


def test_skip_rules_footer_and_merchant_are_part_of_the_preview(member_client: Client, file: ImportFile) -> None:
    page = post(member_client, file, "preview/", skip="abschlag\n\nmiete", footer_lines="2", merchant_split=".")
    assert page.count("The row contains “abschlag”.") == 1
    assert page.count("The row contains “miete”.") == 1
    assert "One of the last lines" in page


def test_another_separator_brings_other_columns_and_the_whole_mapper(member_client: Client, file: ImportFile) -> None:
    response = member_client.post(
        address(file, "preview/"), fields(member_client, file, separator="comma"), headers=HTMX
    )
    assert (response["HX-Retarget"], response["HX-Reselect"]) == ("#mapper", "#mapper")
    assert "Choose the columns" in response.content.decode() or "separates" in response.content.decode()


def test_without_javascript_other_columns_are_to_be_looked_over(member_client: Client, file: ImportFile) -> None:
    page = post(member_client, file, status=422, header_line="5", has_header="no")
    assert "The columns are others now." in page
    assert "Column 1" in page


def test_a_file_of_a_known_bank_can_be_read_in_another_way(member_client: Client, household: Household) -> None:
    known = b"Date,Description,Amount,Running Bal.\n11/01/2026,RENT,-5.00,0.00\n11/13/2026,PAY,7.00,0.00\n"
    file = arrived(household, known)
    assert file.state == State.NEEDS_ACCOUNT
    with household_context(household):
        ImportFile.objects.update(state=State.READ)
    page = member_client.get(address(file)).content.decode()
    assert "How is" in page
    post(member_client, file, status=302, remember=None)
    assert read_again(household, file).format == "custom"


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_an_open_question_is_asked_and_nothing_is_chosen_beforehand(member_client: Client, asking: ImportFile) -> None:
    page = member_client.get(address(asking)).content.decode()
    assert "Is the date &quot;3/4/2026&quot; 4 March 2026 or 3 April 2026?" in page
    radios = re.findall(r'<input type="radio" name="answer_date_order"[^>]*>', page)
    assert len(radios) == 2
    assert not [radio for radio in radios if "checked" in radio]


def test_the_form_is_refused_until_it_is_answered(
    member_client: Client, household: Household, asking: ImportFile
) -> None:
    page = post(member_client, asking, status=422)
    assert "The file does not say, and a guess could be wrong. Please choose one." in page
    assert now(household, asking).state == State.NEEDS_COLUMNS


@pytest.mark.parametrize(("answer", "first"), [("day_first", "2026-04-03"), ("month_first", "2026-03-04")])
def test_the_answer_decides(
    member_client: Client, household: Household, asking: ImportFile, answer: str, first: str
) -> None:
    assert f'datetime="{first}"' in post(member_client, asking, "preview/", answer_date_order=answer)
    post(member_client, asking, status=302, answer_date_order=answer)
    read_again(household, asking)
    with household_context(household):
        assert asking.rows.earliest("position").date.isoformat() == first


def test_two_columns_of_dates_are_asked_about(member_client: Client, household: Household) -> None:
    content = b"Eins;Zwei;Text;Betrag\n13.10.2026;14.10.2026;Laden;-5,00\n15.10.2026;16.10.2026;Laden;-6,00\n"
    file = arrived(household, content)
    assert (
        "Choose" not in (page := member_client.get(address(file)).content.decode()).partition('<form class="mapper"')[0]
    )
    assert "Which column holds the date: &quot;Eins&quot; or &quot;Zwei&quot;?" in page
    post(member_client, file, status=422)
    post(member_client, file, status=302, date="1")
    read_again(household, file)
    with household_context(household):
        assert file.rows.earliest("position").date.isoformat() == "2026-10-14"


def test_soll_and_haben_in_a_column_of_their_own(member_client: Client, household: Household) -> None:
    content = b"Tag;Text;Betrag;Art\n13.10.2026;Laden;5,00;raus\n15.10.2026;Lohn;6,00;rein\n"
    file = arrived(household, content)
    page = post(member_client, file, status=422, money="indicator", indicator="3", answer_sign=None)
    assert "Say which words mean money out and which mean money in. The column has: raus, rein." in page
    sent = {"money": "indicator", "indicator": "3", "out_values": "raus", "in_values": "rein"}
    post(member_client, file, "preview/", **sent)
    response = member_client.post(address(file), fields(member_client, file, **sent) | {"asked": ""})
    assert response.status_code == 302
    read_again(household, file)
    with household_context(household):
        assert [str(row.amount) for row in file.rows.order_by("position")] == ["-5.0000", "6.0000"]


def test_money_out_and_in_in_two_columns(member_client: Client, household: Household) -> None:
    content = b"Tag;Text;Raus;Rein\n13.10.2026;Laden;5,00;\n15.10.2026;Lohn;;6,00\n"
    file = arrived(household, content)
    sent = {"money": "pair", "debit": "2", "credit": "3"}
    response = member_client.post(address(file), fields(member_client, file, **sent) | {"asked": ""})
    assert response.status_code == 302, response.context["form"].errors
    read_again(household, file)
    with household_context(household):
        assert [str(row.amount) for row in file.rows.order_by("position")] == ["-5.0000", "6.0000"]


# --- files without columns --------------------------------------------------------------------------------------------


def test_a_qif_file_that_can_be_read_in_two_ways_waits_for_an_answer(
    member_client: Client, household: Household
) -> None:
    file = arrived(household, QIF, "old.qif")
    assert file.state == State.NEEDS_COLUMNS
    page = member_client.get(address(file)).content.decode()
    assert "A question about this file" in page
    assert 'name="amount"' not in page
    assert member_client.post(address(file), {}).status_code == 422
    assert member_client.post(address(file), {"date_order": "day_first"}).status_code == 302
    file = read_again(household, file)
    assert (file.state, file.answers) == (State.NEEDS_ACCOUNT, {"day_first": True, "decimal": None})
    with household_context(household):
        assert file.rows.earliest("position").date.isoformat() == "2026-04-03"


def test_an_answer_can_be_taken_back(member_client: Client, household: Household) -> None:
    file = arrived(household, QIF, "old.qif")
    member_client.post(address(file), {"date_order": "day_first"})
    read_again(household, file)
    with household_context(household):
        ImportFile.objects.update(state=State.READ)
    assert (
        'value="day_first" id="id_date_order_1" checked'
        in re.sub(r"\s+", " ", member_client.get(address(file)).content.decode())
        or "checked" in member_client.get(address(file)).content.decode()
    )
    member_client.post(address(file), {"date_order": "month_first"})
    read_again(household, file)
    with household_context(household):
        assert file.rows.earliest("position").date.isoformat() == "2026-03-04"


# --- what is remembered -----------------------------------------------------------------------------------------------


def taught(client: Client, household: Household, file: ImportFile, **changes: object) -> ImportFile:
    """The file, read as the mapper says, remembered, and booked into a new account."""
    post(client, file, status=302, **{"name": "Musterbank"} | changes)
    read_again(household, file)
    with household_context(household):
        account, _ = Account.objects.get_or_create(name="Giro", defaults={"currency": "EUR"})
        ImportFile.objects.filter(pk=file.pk).update(account=account, state=State.COMPARING)
    reading.compare_file(household, file.pk)
    with household_context(household):
        booked = ImportFile.objects.get(pk=file.pk)
        book(booked)
    return booked


def test_the_next_file_of_the_bank_needs_no_question_at_all(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    taught(member_client, household, file)
    following = arrived(household, statement(NOVEMBER, junk=4), "kontoumsaetze-2026-11.csv")
    assert (following.state, following.format_name) == (State.READ, "Musterbank")
    assert (following.new_count, following.existing_count) == (2, 2)
    with household_context(household):
        known = ImportFormat.objects.get()
        assert (following.saved_format, known.use_count) == (known, 1)
        assert known.used_at is not None


def test_a_format_outranks_the_banks_that_are_known(member_client: Client, household: Household) -> None:
    known = b"Date,Description,Amount,Running Bal.\n11/01/2026,RENT,5.00,0.00\n11/13/2026,PAY,7.00,0.00\n"
    file = arrived(household, known)
    with household_context(household):
        ImportFile.objects.update(state=State.READ)
    post(member_client, file, status=302, answer_sign="spending_is_positive", name="Mine")
    assert arrived(household, known).format_name == "Mine"


def test_not_remembered_is_asked_again_and_finds_no_account(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    taught(member_client, household, file, remember=None)
    with household_context(household):
        assert not ImportFormat.objects.exists()
    assert arrived(household, statement(NOVEMBER)).state == State.NEEDS_COLUMNS


def test_the_same_columns_again_replace_the_format(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    post(member_client, file, status=302, name="First")
    other = arrived(household, statement(NOVEMBER))
    with household_context(household):
        ImportFile.objects.filter(pk=other.pk).update(state=State.READ)
    post(member_client, other, status=302, name="Second", description=["2"])
    with household_context(household):
        known = ImportFormat.objects.get()
        assert (known.name, known.recipe["columns"]["description"]) == ("Second", ["Auftraggeber/Empfänger"])


def test_a_name_of_a_format_with_other_columns_is_refused(
    member_client: Client, household: Household, file: ImportFile, asking: ImportFile
) -> None:
    post(member_client, file, status=302, name="Musterbank")
    page = post(member_client, asking, status=422, name="MUSTERBANK", answer_date_order="day_first")
    assert "“MUSTERBANK” is a format for files with other columns already. Choose another name." in page
    assert now(household, asking).state == State.NEEDS_COLUMNS


def test_remembering_needs_a_name(member_client: Client, file: ImportFile) -> None:
    assert "Give the format a name" in post(member_client, file, status=422, name=" ")


def test_a_format_whose_bank_changed_its_dates_asks_again(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    taught(member_client, household, file)
    changed = [(f"2026-11-{day:02}", "Laden", "Einkauf", "-1,00") for day in range(1, 9)]
    assert arrived(household, statement(changed)).state == State.NEEDS_COLUMNS


def test_a_format_that_cannot_be_read_any_more_is_passed_by(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    taught(member_client, household, file)
    with household_context(household):
        ImportFormat.objects.update(recipe={"nonsense": True})
    assert arrived(household, statement(NOVEMBER)).state == State.NEEDS_COLUMNS


def headless(month: int, *, width: int = 4) -> bytes:
    rows = [f"{day}.{month}.2026;Laden {day};-{day},00" + ";EUR" * (width - 3) for day in range(13, 19)]
    return "\n".join([*rows, ""]).encode()


def test_a_table_without_names_is_known_by_its_shape(member_client: Client, household: Household) -> None:
    first = arrived(household, headless(10))
    assert first.state == State.NEEDS_COLUMNS
    taught(member_client, household, first)
    assert arrived(household, headless(11)).state == State.READ
    assert arrived(household, headless(11, width=6)).state == State.NEEDS_COLUMNS


def test_of_two_formats_of_one_shape_none_is_taken(member_client: Client, household: Household) -> None:
    first = arrived(household, headless(10))
    taught(member_client, household, first)
    with household_context(household):
        known = ImportFormat.objects.get()
        ImportFormat.objects.create(name="Twin", recipe=known.recipe)
    assert arrived(household, headless(11)).state == State.NEEDS_COLUMNS


def test_reading_asks_once_for_all_formats(household: Household, file: ImportFile) -> None:
    counts = []
    for number in (1, 30):
        with household_context(household):
            recipe = guess(io.BytesIO(unclear())).answered({"date_order": "day_first"})
            assert recipe is not None
            for each in range(number):
                ImportFormat.objects.create(
                    name=f"{number}.{each}", recipe=recipe.to_json(), signature=f"{number}.{each}"
                )
            ImportFile.objects.filter(pk=file.pk).update(state=State.UPLOADED)
        with CaptureQueriesContext(connections["households"]) as captured:
            reading.read_file(household, file.pk)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_to_a_viewer_it_is_closed(member_client: Client, household: Household, file: ImportFile) -> None:
    sent = fields(member_client, file)
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    assert member_client.get(address(file)).status_code == 403
    assert member_client.post(address(file), sent).status_code == 403
    assert now(household, file).state == State.NEEDS_COLUMNS


def test_a_second_click_finds_the_file_on_its_way(
    member_client: Client, household: Household, file: ImportFile
) -> None:
    sent = fields(member_client, file)
    for _ in range(2):
        assert member_client.post(address(file), sent).status_code == 302
    assert now(household, file).state == State.UPLOADED


JUNK: list[dict[str, object]] = [
    {"date": "-1"}, {"date": "99999999999999999999"}, {"description": ["x", "²"]}, {"header_line": "²"},
    {"header_line": "9" * 40}, {"separator": "\x00"}, {"footer_lines": "-3"}, {"merchant_split": "x" * 300},
    {"skip": "x" * 5000}, {"name": "n" * 200}, {"money": "all"}, {"charset": "rot13"},
    {"out_values": "a," * 100, "money": "indicator", "indicator": "1"}, {"name": "\x00"}, {"skip": "a\x00b"},
]  # fmt: skip


def test_whatever_is_posted_is_answered_with_a_sentence_and_changes_nothing(
    member_client: Client, household: Household, file: ImportFile, subtests: pytest.Subtests
) -> None:
    usual, before = fields(member_client, file), stored(household, file)
    for junk in JUNK:
        with subtests.test(junk=junk):
            answers = [member_client.post(address(file, deed), usual | junk) for deed in ("", "preview/")]
            assert [answer.status_code for answer in answers] == [422, 200]
    assert stored(household, file) == before


def stored(household: Household, file: ImportFile) -> dict[str, object]:
    with household_context(household):
        return ImportFile.objects.values().get(pk=file.pk)


@pytest.mark.parametrize("base", ["9" * 30, "²"])
def test_a_format_to_begin_with_that_is_none_is_passed_over(
    member_client: Client, household: Household, file: ImportFile, base: str
) -> None:
    sent = fields(member_client, file) | {"base": base}
    assert [member_client.post(address(file, deed), sent).status_code for deed in ("preview/", "")] == [200, 302]
    assert stored(household, file)["state"] == State.UPLOADED
