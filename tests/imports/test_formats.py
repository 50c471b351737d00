"""The pages of the formats that people taught: changed, tried out, exported, taken in."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.households.models import Household, Membership
from apps.imports.formats import teach
from apps.imports.models import AccountHint, ImportFormat
from apps.imports.parsers import guess, preview
from apps.imports.parsers.recipe import Recipe
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.german import OCTOBER, statement, unclear
from tests.planes import both_planes

pytestmark = both_planes

FORMATS = "/h/ours/imports/formats/"
ORIGINAL = {
    "name": "Old bank", "account_source": "Old", "date_column": "Datum", "amount_column": "Betrag",
    "description_column": "Text", "date_format": "%d.%m.%Y", "amount_thousands_separator": ".",
}  # fmt: skip


def learn(household: Household, name: str = "Musterbank", content: bytes | None = None) -> ImportFormat:
    with household_context(household):
        guessed = guess(io.BytesIO(content or statement(OCTOBER)))
        recipe = guessed.answered({"date_order": "day_first"})
        assert recipe is not None
        return teach(name=name, signature=guessed.signature, recipe=recipe)


@pytest.fixture
def known(household: Household) -> ImportFormat:
    return learn(household)


def page(client: Client, address: str = "") -> str:
    response = client.get(FORMATS + address)
    assert response.status_code == 200
    return response.content.decode()


def take_in(client: Client, content: object, status: int = 302) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    response = client.post(
        f"{FORMATS}take-in/", {"file": SimpleUploadedFile("format.json", data)}, follow=status == 302
    )
    if status != 302:
        assert response.status_code == status
    return response.content.decode()


def fields(client: Client, known: ImportFormat, **changes: Any) -> dict[str, Any]:
    form = client.get(f"{FORMATS}{known.pk}/").context["form"]
    sent = {bound.name: bound.field.prepare_value(bound.value()) for bound in form}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def recipe_now(household: Household) -> Recipe:
    with household_context(household):
        return Recipe.from_json(ImportFormat.objects.get().recipe)


def names(household: Household) -> list[str]:
    with household_context(household):
        return [one.name for one in ImportFormat.objects.all()]


def test_an_empty_list_says_where_formats_come_from(member_client: Client) -> None:
    assert "None yet" in page(member_client)


def test_the_list_tells_columns_in_words(member_client: Client, known: ImportFormat) -> None:
    shown = page(member_client)
    assert "Musterbank" in shown
    assert "Date: Buchungstag · Description: Verwendungszweck · Amount: Betrag" in shown
    assert "not yet" in shown


def test_a_format_posted_as_it_is_stays_as_it_is(
    member_client: Client, household: Household, known: ImportFormat
) -> None:
    before = recipe_now(household)
    assert member_client.post(f"{FORMATS}{known.pk}/", fields(member_client, known)).status_code == 302
    assert recipe_now(household) == before


def test_every_field_can_be_changed_without_a_file(
    member_client: Client, household: Household, known: ImportFormat
) -> None:
    sent = fields(
        member_client, known, name="Other", description="Auftraggeber/Empfänger; #4", merchant="#3", skip="Miete\nStrom",
        date="Tag | Buchungstag", footer_lines="1", merchant_split="*", sign="spending_is_positive", charset="cp850",
    )  # fmt: skip
    assert member_client.post(f"{FORMATS}{known.pk}/", sent).status_code == 302
    changed = recipe_now(household)
    assert changed.name == "Other"
    assert changed.columns.date == ("Tag", "Buchungstag")
    assert changed.columns.description == ("Auftraggeber/Empfänger", 3)
    assert changed.columns.merchant == 2
    assert [rule.values for rule in changed.skip] == [("Miete",), ("Strom",)]
    assert (changed.dialect.footer_lines, changed.dialect.charset) == (1, "cp850")


def test_a_format_that_contradicts_itself_is_refused_with_a_sentence(
    member_client: Client, household: Household, known: ImportFormat
) -> None:
    response = member_client.post(f"{FORMATS}{known.pk}/", fields(member_client, known, debit="Soll"))
    assert response.status_code == 422
    assert "Choose either one column for the amount or columns for money out and money in." in response.content.decode()
    assert recipe_now(household).columns.debit is None


def test_two_formats_do_not_get_one_name(member_client: Client, household: Household, known: ImportFormat) -> None:
    other = learn(household, "Second", unclear())
    response = member_client.post(f"{FORMATS}{other.pk}/", fields(member_client, other, name="musterBANK"))
    assert response.status_code == 422
    assert names(household) == ["Musterbank", "Second"]


def test_a_format_is_tried_out_and_nothing_is_kept(
    member_client: Client, household: Household, known: ImportFormat
) -> None:
    sent = fields(member_client, known, name="Not kept") | {"sample": SimpleUploadedFile("a.csv", statement(OCTOBER))}
    response = member_client.post(f"{FORMATS}{known.pk}/try/", sent)
    assert response.status_code == 200
    assert "3,240.17" in response.content.decode()
    assert names(household) == ["Musterbank"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x00" * 50, b"a,b\n1,2\n"])
def test_whatever_it_is_tried_with_is_answered(member_client: Client, known: ImportFormat, content: bytes) -> None:
    sent = fields(member_client, known) | {"sample": SimpleUploadedFile("a.csv", content)}
    assert member_client.post(f"{FORMATS}{known.pk}/try/", sent).status_code == 200
    assert member_client.post(f"{FORMATS}{known.pk}/try/", fields(member_client, known)).status_code == 422


def test_deleting_keeps_the_imports_and_forgets_the_account(
    member_client: Client, household: Household, known: ImportFormat
) -> None:
    with household_context(household):
        account = Account.objects.create(name="Giro", currency="EUR")
        AccountHint.objects.create(account=account, format=f"custom:{known.pk}", hint="")
    assert member_client.post(f"{FORMATS}{known.pk}/delete/").status_code == 302
    with household_context(household):
        assert not ImportFormat.objects.exists()
        assert not AccountHint.objects.exists()


def test_what_is_exported_can_be_taken_in(member_client: Client, household: Household, known: ImportFormat) -> None:
    response = member_client.get(f"{FORMATS}{known.pk}/export/")
    assert response["Content-Disposition"] == 'attachment; filename="Musterbank.wallet-format.json"'
    exported = json.loads(response.content)
    assert (exported["format"], exported["version"]) == ("maxwells-wallet/import-format", 1)
    assert "reads files with these columns already" in take_in(member_client, exported, 422)
    before = recipe_now(household)
    member_client.post(f"{FORMATS}{known.pk}/delete/")
    assert "is one of your formats now" in take_in(member_client, exported)
    assert recipe_now(household) == before
    with household_context(household):
        assert ImportFormat.objects.get().signature == exported["signature"]


@pytest.mark.parametrize(
    "content", [ORIGINAL, {"name": "Old bank", "description": "x", "config": ORIGINAL},
                {"name": "Old bank", "config_json": json.dumps(ORIGINAL)}],
)  # fmt: skip
def test_a_format_of_the_single_user_app_is_taken_in(
    member_client: Client, household: Household, content: dict[str, Any]
) -> None:
    assert "“Old bank” is one of your formats now. Begin with it" in take_in(member_client, content)
    rows = preview(io.BytesIO(b'Datum,Text,Betrag\n01.10.2026,Laden,"-1.234,50"\n'), recipe_now(household))
    assert str(getattr(rows[0], "amount", "")) == "-1234.50"


def test_a_regular_expression_that_re2_does_not_know_is_refused(member_client: Client, household: Household) -> None:
    told = take_in(member_client, ORIGINAL | {"merchant_regex": "(?=a)"}, 422)
    assert "without look-around and back references" in told
    assert names(household) == []


DEEP = b"[" * 100_000 + b"]" * 100_000
OURS: dict[str, Any] = {"format": "maxwells-wallet/import-format", "version": 1, "name": "X", "recipe": {}}
COLUMNS = {"date": "D", "amount": "A", "description": ["T"]}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b"{}", b"\xff\xfe", b"not json", DEEP, b'{"a":' * 900 + b"1" + b"}" * 900, b" " * 10_000_000,
        b'{"format": NaN}', b'{"n": ' + b"9" * 6000 + b"}", {"format": "other"}, {"config": "{"}, {"config": 5},
        OURS, OURS | {"version": 2}, OURS | {"version": True, "recipe": 5}, OURS | {"name": 5}, OURS | {"name": " "},
        OURS | {"name": "x" * 81}, OURS | {"signature": "x" * 32}, OURS | {"signature": 7}, OURS | {"more": 1},
        OURS | {"recipe": {"columns": COLUMNS, "unknown": 1}}, OURS | {"recipe": {"columns": COLUMNS | {"date": [[]]}}},
        OURS | {"recipe": {"columns": COLUMNS, "skip": [{}] * 99}}, OURS | {"name": "a\x00b", "recipe": {"columns": COLUMNS}},
        OURS | {"name": "\ud800", "recipe": {"columns": COLUMNS}}, ORIGINAL | {"row_handling": {"x": 1}},
        ORIGINAL | {"date_format": "%q"}, ORIGINAL | {"amount_column": {"a": []}},
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_with_a_sentence_and_nothing_is_kept(
    member_client: Client, household: Household, content: object
) -> None:
    shown = take_in(member_client, content, 422)
    assert 'role="alert"' in shown
    assert names(household) == []


def test_a_viewer_may_look_and_not_change(member_client: Client, household: Household, known: ImportFormat) -> None:
    sent = fields(member_client, known)
    Membership.objects.filter(household=household).update(role=Membership.Role.VIEWER)
    page(member_client)
    for deed in (f"{known.pk}/", f"{known.pk}/delete/", f"{known.pk}/try/", "take-in/"):
        assert member_client.post(FORMATS + deed, sent).status_code == 403
    assert names(household) == ["Musterbank"]


def test_the_formats_of_another_household_are_not_there(member_client: Client, other_household: Household) -> None:
    theirs = learn(other_household)
    for deed in ("", "export/"):
        assert member_client.get(f"{FORMATS}{theirs.pk}/{deed}").status_code == 404
    for deed in ("", "delete/", "try/"):
        assert member_client.post(f"{FORMATS}{theirs.pk}/{deed}").status_code == 404


def test_the_list_asks_as_often_for_one_format_as_for_thirty(member_client: Client, household: Household) -> None:
    counts = []
    for number in (1, 30):
        with household_context(household):
            for each in range(number):
                recipe = {"columns": {"date": "D", "amount": "A", "description": ["T"]}}
                ImportFormat.objects.create(name=f"{number}.{each}", recipe=recipe)
        # What the navigation counts is kept from this visit.
        page(member_client)
        with CaptureQueriesContext(connections["households"]) as captured:
            page(member_client)
        counts.append(len(captured))
    assert counts[0] == counts[1]
