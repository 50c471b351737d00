"""Many values in one parameter."""

import pytest

from apps.households.models import Household
from apps.ledger import bucketing, journal
from apps.ledger.models import Account, Changeset, Tag, Transaction
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes


@pytest.fixture
def rows(opened: Household) -> list[Transaction]:
    account = Account.objects.create(name="Checking", currency="USD")
    return [by_hand(account, "2026-11-01", "-1.00", text) for text in ("A", "B", "C")]


def test_more_ids_than_a_statement_may_have_parameters(rows: list[Transaction]) -> None:
    ids = [rows[0].pk, rows[2].pk, *range(10**9, 10**9 + 70_000)]
    assert list(Transaction.objects.filter(pk__one_of=ids).order_by("pk")) == [rows[0], rows[2]]
    assert list(Transaction.objects.exclude(pk__one_of=iter(ids))) == [rows[1]]
    assert Account.objects.filter(transactions__pk__one_of=ids).distinct().count() == 1


def test_foreign_keys_and_texts(rows: list[Transaction]) -> None:
    account = rows[0].account_id
    assert Transaction.objects.filter(account__one_of={account}, description__one_of=["B", "C", "{\"'"]).count() == 2
    assert Transaction.objects.filter(pk__one_of=[]).count() == 0


def test_a_deed_takes_any_number_of_rows(rows: list[Transaction]) -> None:
    ids = [*(row.pk for row in rows), *range(10**9, 10**9 + 70_000)]
    with journal.deed(Changeset.Kind.EDIT) as deed:
        chosen = Transaction.objects.filter(pk__one_of=ids)
        bucketing.set_bucket(chosen, Tag.objects.get(value="dining"), deed=deed)
    with journal.deed(Changeset.Kind.DELETE) as deed:
        deed.take_out(chosen)
    assert not Transaction.objects.exists()
