"""Whatever a form or a script sends, the answer is a page or a sentence."""

import json
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from apps.households.models import Household
from apps.imports.booking import book
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.states import State
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.imports.bank import checking, read
from tests.planes import both_planes

pytestmark = both_planes

NO_IDS = ["²", "9" * 5000, "9" * 30, "-1", "x", "\x00", ""]
NEW = {"account": "new", "new_name": "Checking", "new_kind": "checking", "new_currency": "USD"}


@pytest.fixture
def file(household: Household) -> ImportFile:
    with household_context(household):
        account = Account.objects.create(name="Checking", currency="USD")
        return read(household, account, checking([("11/01/2026", "RENT", "-1.00"), ("11/02/2026", "SHOP", "-2.00")]))


@pytest.mark.parametrize("bad", NO_IDS)
def test_what_is_no_id(member_client: Client, household: Household, file: ImportFile, bad: str) -> None:
    here = f"/h/ours/imports/{file.pk}"
    assert member_client.post(f"{here}/choices/", {"included": [bad], "include": [bad]}).status_code == 302
    assert member_client.post(f"/h/ours/imports/uploads/{file.batch_id}/", {"file": [bad]}).status_code == 302
    with household_context(household):
        book(file)
    assert member_client.post(f"{here}/roll-back/", {"take_out": [bad]}).status_code == 302


@pytest.mark.parametrize("body", ['{"name":"x","size":Infinity}', '{"name":"x","size":1e999}', "[" * 100_000])
def test_a_place_for_nonsense(member_client: Client, body: str) -> None:
    assert member_client.post("/h/ours/imports/place/", body, content_type="application/json").status_code == 400


def uploaded(client: Client, name: str = "x.csv") -> str:
    """The ticket of a file that lies in its place."""
    asked = json.dumps({"name": name, "size": 5})
    place = client.post("/h/ours/imports/place/", asked, content_type="application/json").json()
    default_storage.save(place["fields"]["key"], ContentFile(b"hello"))
    ticket: str = place["ticket"]
    return ticket


HOSTILE_NAMES = [
    ("a\x00b.csv", "ab.csv"),
    ("\ud800.csv", ".csv"),
    ("\n", "file"),
    ("", "file"),
    ("../../etc/passwd", "passwd"),
    ("..\\..\\windows\\system.ini", "system.ini"),
    ("/etc/", "file"),
    ("a\r\nSet-Cookie: x=y.csv", "aSet-Cookie: x=y.csv"),
    ("invoice\u202evsc.exe", "invoicevsc.exe"),
    ("x" * 10_000 + ".csv", "x" * 251 + ".csv"),
    ("<script>alert(1)<!--.csv", "<script>alert(1)<!--.csv"),
]


@pytest.mark.parametrize(("name", "kept"), HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_odd_names(member_client: Client, household: Household, bucket: None, name: str, kept: str) -> None:
    response = member_client.post("/h/ours/imports/take-in/", {"ticket": uploaded(member_client, name), **NEW})
    assert response.status_code == 200
    with household_context(household):
        assert ImportFile.objects.get().name == kept


def test_told_twice_with_a_new_account(member_client: Client, household: Household, bucket: None) -> None:
    sent = {"ticket": uploaded(member_client), **NEW}
    first, second = (member_client.post("/h/ours/imports/take-in/", sent) for _ in range(2))
    assert first.json() == second.json()
    with household_context(household):
        assert (ImportFile.objects.count(), ImportBatch.objects.count()) == (1, 1)


def test_told_again_with_one_file_more(member_client: Client, household: Household, bucket: None) -> None:
    tickets = [uploaded(member_client) for _ in range(2)]
    member_client.post("/h/ours/imports/take-in/", {"ticket": tickets[:1]})
    assert member_client.post("/h/ours/imports/take-in/", {"ticket": tickets}).status_code == 200
    with household_context(household):
        assert ImportFile.objects.count() == 2


def test_a_file_that_waits_for_an_answer_and_is_gone(member_client: Client, household: Household, bucket: None) -> None:
    with household_context(household):
        file = ImportFile.objects.create(
            batch=ImportBatch.objects.create(), name="a", storage_key="households/none", state=State.NEEDS_COLUMNS
        )
    member_client.get(f"/h/ours/imports/{file.pk}/columns/")
    with household_context(household):
        file.refresh_from_db()
        ImportFile.objects.filter(pk=file.pk).update(created_at="2026-01-01T00:00Z", state=State.NEEDS_COLUMNS)
    page = member_client.get(f"/h/ours/imports/{file.pk}/", follow=True)
    assert "has expired" in page.content.decode()


def test_each_state_can_be_left(member_client: Client, household: Household) -> None:
    with household_context(household):
        asking = read(household, None, checking([("11/01/2026", "RENT", "-1.00")]))
        stalled = read(household, Account.objects.create(name="C", currency="USD"), checking([]))
        ImportFile.objects.filter(pk=stalled.pk).update(state=State.STALLED, stalled_in=State.CONFIRMED)
    for file in (asking, stalled):
        page = member_client.get(f"/h/ours/imports/{file.pk}/", follow=True).content.decode()
        assert f"/imports/{file.pk}/cancel/" in page
        member_client.post(f"/h/ours/imports/{file.pk}/cancel/")
        with household_context(household):
            assert ImportFile.objects.get(pk=file.pk).state == State.CANCELLED


@pytest.mark.parametrize(("name", "kept"), HOSTILE_NAMES[4:], ids=range(4, len(HOSTILE_NAMES)))
def test_odd_names_in_a_plain_form(
    member_client: Client, household: Household, bucket: None, name: str, kept: str
) -> None:
    """The name of the stored copy is ours; theirs is shown, escaped, and used for nothing."""
    head = f"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''{quote(name)}\r\n\r\n"
    fields = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n' for field, value in NEW.items()
    )
    body = (fields + head + "a,b\r\n--b--\r\n").encode()
    answer = member_client.post("/h/ours/imports/", body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code < 500
    with household_context(household):
        files = list(ImportFile.objects.all())
        assert [file.name for file in files] in ([], [kept])
        assert all(file.storage_key.startswith(f"households/{household.schema_name}/imports/") for file in files)
    page = member_client.get("/h/ours/imports/").content.decode()
    assert "<script>alert" not in page
    assert ("\u202e" in page, "/etc/" in page) == (False, False)
