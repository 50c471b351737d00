"""A file of two accounts, one of them private: what its stored copy and its lines tell of the other one."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.households.models import Household
from apps.imports import reading
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.states import State, move
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import browser
from tests.imports.test_statements import TWO
from tests.ledger.families import Family, family
from tests.planes import both_planes

pytestmark = both_planes
AMEX = b"""Date,Description,Card Member,Account #,Amount
11/01/2026,FAMILY SUPERMARKET,BOB,-11001,20.00
11/02/2026,LOVERS JEWELRY,BOB,-22002,999.00
"""


@pytest.fixture
def ours(household: Household, owner: User, bucket: None) -> Family:
    return family(household, owner)


def arrived(
    ours: Family, content: bytes, name: str, accounts: tuple[Account, Account] | None = None
) -> list[ImportFile]:
    """Bob uploads the file; its first statement goes to the joint account, the second to his private card."""
    with household_context(ours.household):
        batch = ImportBatch.objects.create(uploaded_by_id=ours.bob.pk)
        key = default_storage.save(f"tests/{uuid.uuid4().hex}", ContentFile(content))
        file = ImportFile.objects.create(
            batch=batch, name=name, size_bytes=len(content), storage_key=key, uploaded_by_id=ours.bob.pk
        )
    reading.read_file(ours.household, file.pk, person_id=ours.bob.pk)
    with household_context(ours.household, person_id=ours.bob.pk):
        parts = list(ImportFile.objects.filter(batch=batch).order_by("part"))
        for part, account in zip(parts, accounts or (ours.joint, ours.card), strict=True):
            move(part, State.NEEDS_ACCOUNT, State.COMPARING, account=account)
    for part in parts:
        reading.compare_file(ours.household, part.pk, person_id=ours.bob.pk)
    return parts


def test_the_mapper_of_a_shared_statement_shows_no_rows_of_a_private_one(ours: Family) -> None:
    shared, private = arrived(ours, AMEX, "amex.csv")
    anns = browser(ours.ann)
    assert anns.get(f"/h/ours/imports/{private.pk}/").status_code == 404
    assert "JEWELRY" not in anns.get(f"/h/ours/imports/{shared.pk}/").content.decode()
    answer = anns.get(f"/h/ours/imports/{shared.pk}/columns/", follow=True)
    assert "JEWELRY" not in answer.content.decode()
    assert "cannot be changed here" in answer.content.decode()


def test_who_may_change_both_corrects_how_the_file_is_read(ours: Family) -> None:
    shared, _ = arrived(ours, AMEX, "amex.csv")
    assert browser(ours.bob).get(f"/h/ours/imports/{shared.pk}/columns/").status_code == 200


def test_a_narrowed_person_does_not_have_it_read_anew(ours: Family) -> None:
    shared, private = arrived(ours, AMEX, "amex.csv")
    with household_context(ours.household, person_id=ours.ann.pk):
        move(ImportFile.objects.get(pk=shared.pk), State.READ, State.UPLOADED, recipe=None, answers=None)
    reading.read_file(ours.household, shared.pk, person_id=ours.ann.pk)
    with household_context(ours.household, person_id=ours.ann.pk):
        file = ImportFile.objects.get(pk=shared.pk)
        assert "not yours to change" in file.error
        assert [row.description for row in file.rows.all()] == ["FAMILY SUPERMARKET"]
    with household_context(ours.household):
        assert [row.description for row in private.rows.all()] == ["LOVERS JEWELRY"]


def test_she_has_a_file_of_accounts_that_she_may_change_read_anew(ours: Family) -> None:
    """Somebody else brought it, and something else is kept from her."""
    with household_context(ours.household):
        other = Account.objects.create(name="Cash", currency="USD")
    first, second = arrived(ours, AMEX, "amex.csv", accounts=(ours.joint, other))
    with household_context(ours.household, person_id=ours.ann.pk):
        move(ImportFile.objects.get(pk=first.pk), State.READ, State.UPLOADED, recipe=None, answers=None)
    reading.read_file(ours.household, first.pk, person_id=ours.ann.pk)
    with household_context(ours.household, person_id=ours.ann.pk):
        files = ImportFile.objects.filter(batch=first.batch_id).order_by("part")
        assert [(file.state, file.row_count) for file in files] == [(State.NEEDS_ACCOUNT, 1)] * 2
        assert second.pk not in {file.pk for file in files}


def test_a_further_statement_is_not_corrected_at_its_address_either(ours: Family) -> None:
    _, private = arrived(ours, AMEX, "amex.csv")
    assert browser(ours.bob).get(f"/h/ours/imports/{private.pk}/columns/").status_code == 302


def test_a_file_that_is_no_table_is_not_mapped(ours: Family) -> None:
    shared, _ = arrived(ours, TWO, "two.ofx")
    assert browser(ours.bob).get(f"/h/ours/imports/{shared.pk}/columns/").status_code == 302


def test_the_balance_of_the_private_account_is_not_among_the_lines_left_out(ours: Family) -> None:
    content = TWO.replace(
        b"</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1>",
        b"</BANKTRANLIST><LEDGERBAL><BALAMT>98765.43<DTASOF>20261130</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1>",
    )
    shared, private = arrived(ours, content, "two.ofx")
    anns = browser(ours.ann)
    assert anns.get(f"/h/ours/imports/{private.pk}/").status_code == 404
    assert "98765" not in anns.get(f"/h/ours/imports/{shared.pk}/?verdict=left_out").content.decode()
    assert "98765" in browser(ours.bob).get(f"/h/ours/imports/{private.pk}/?verdict=left_out").content.decode()


def test_a_line_that_names_no_account_is_seen_by_who_sees_both(ours: Family) -> None:
    """It may be one of the private account."""
    shared, _ = arrived(ours, AMEX + b"yesterday,LOVERS HOTEL,BOB,-22002,lots\n", "amex.csv")
    address = f"/h/ours/imports/{shared.pk}/?verdict=unreadable"
    assert "LOVERS HOTEL" not in browser(ours.ann).get(address).content.decode()
    assert "LOVERS HOTEL" in browser(ours.bob).get(address).content.decode()
