"""What an import into one account tells of another that somebody keeps to themselves."""

import pytest

from apps.households.models import Household
from apps.imports import booking, reading
from apps.imports.models import ImportFile
from apps.imports.statements import choose_account
from apps.ledger.models import Account, Tag, TransactionTag
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.households.people import browser
from tests.imports.bank import checking, read
from tests.ledger.entries import by_hand
from tests.ledger.families import SECRET, Family, family
from tests.planes import both_planes

pytestmark = both_planes
CASINO = checking([(f"09/0{day}/2026", "CASINO", "-77.00") for day in (1, 2, 3)])


@pytest.fixture
def ours(household: Household, owner: User, bucket: None) -> Family:
    return family(household, owner)


def test_which_private_account_has_the_same_rows_is_not_told(ours: Family) -> None:
    with household_context(ours.household):
        for day in (1, 2, 3):
            by_hand(ours.card, f"2026-09-0{day}", "-77.00", "CASINO")
    with household_context(ours.household, person_id=ours.bob.pk):
        file = read(ours.household, ours.joint, CASINO)
    page = browser(ours.ann).get(f"/h/ours/imports/{file.pk}/").content.decode()
    assert "CASINO" in page
    assert SECRET not in page
    assert "in another account already" not in page


def chosen_on_the_card(ours: Family) -> None:
    tag = Tag.objects.get(namespace="bucket", value="healthcare")
    row = by_hand(ours.card, "2026-08-01", "-80.00", "CASINO", merchant="CASINO")
    TransactionTag.objects.create(transaction=row, tag=tag, source="person")


def buckets(file: ImportFile) -> set[str]:
    return set(file.rows.values_list("bucket", flat=True))


def test_a_bucket_chosen_in_a_private_account_only_does_not_come_into_a_shared_one(ours: Family) -> None:
    with household_context(ours.household, person_id=ours.bob.pk):
        chosen_on_the_card(ours)
        file = read(ours.household, ours.joint, CASINO)
        assert "healthcare" not in buckets(file)
        booking.book(file)
        links = TransactionTag.objects.filter(transaction__account=ours.joint)
        assert not links.filter(tag__value="healthcare").exists()


def test_it_teaches_the_private_accounts_of_the_same_owner(ours: Family) -> None:
    with household_context(ours.household, person_id=ours.bob.pk):
        chosen_on_the_card(ours)
        other = Account.objects.create(name="Bobs cash", currency="USD", owner_id=ours.bob.pk, visibility="private")
        file = read(ours.household, other, CASINO)
        assert buckets(file) == {"healthcare"}
        booking.book(file)
        links = TransactionTag.objects.filter(transaction__account=other)
        assert set(links.values_list("tag__value", "source")) == {("healthcare", "history")}


def test_it_is_forgotten_when_a_shared_account_is_chosen_instead(ours: Family) -> None:
    with household_context(ours.household, person_id=ours.bob.pk):
        chosen_on_the_card(ours)
        file = read(ours.household, ours.card, CASINO)
        assert buckets(file) == {"healthcare"}
        choose_account(file, ours.joint)
    reading.compare_file(ours.household, file.pk, person_id=ours.bob.pk)
    with household_context(ours.household):
        assert "healthcare" not in buckets(file)


def test_what_was_chosen_in_shared_accounts_comes_back_with_a_shared_account(ours: Family) -> None:
    with household_context(ours.household, person_id=ours.bob.pk):
        shopping = Tag.objects.get(namespace="bucket", value="shopping")
        shared = by_hand(ours.joint, "2026-07-01", "-70.00", "CASINO", merchant="CASINO")
        TransactionTag.objects.create(transaction=shared, tag=shopping, source="person")
        chosen_on_the_card(ours)
        file = read(ours.household, ours.card, CASINO)
        choose_account(file, ours.joint)
    reading.compare_file(ours.household, file.pk, person_id=ours.bob.pk)
    with household_context(ours.household):
        assert set(file.rows.values_list("bucket", "bucket_source")) == {("shopping", "history")}
