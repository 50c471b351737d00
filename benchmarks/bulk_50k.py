"""A bucket for 50,000 of 100,000 rows by one form, and its undoing, against the bare statements that do as much."""

import datetime
from typing import Any

from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER
from benchmarks.database import checkpoint
from benchmarks.households import add_account, add_history, new_household, person
from benchmarks.measuring import BenchmarkFailed, Stopwatch, median, say
from benchmarks.statement import as_csv, entries

ROW_COUNT = 50_000
DAYS = 365 * 4
TIMES = 5
_BARE = (
    """DELETE FROM ledger_transactiontag g USING ledger_transaction t
        WHERE t.id = g.transaction_id AND t.account_id = %(account)s""",
    """INSERT INTO ledger_transactiontag (transaction_id, tag_id, source)
       SELECT id, %(tag)s, 'person' FROM ledger_transaction WHERE account_id = %(account)s""",
)


def measure() -> dict[str, Any]:
    """Both parts: the change and its undoing take turns on the same rows."""
    household, account, client = _fill()
    bulk, undone, bare = [], [], []
    for number in range(TIMES):
        bare.append(_bare(household, account))
        checkpoint()
        bulk.append(_bulk(household, account, client))
        checkpoint()
        undone.append(_undo(household, client))
        checkpoint()
        say(f"bulk_50k {number + 1}/{TIMES}: {bulk[-1]:.2f} s, undone {undone[-1]:.2f} s, bare {bare[-1]:.2f} s")
    return {
        name: {"rows": ROW_COUNT, "seconds": median(taken), "bare_seconds": median(bare), "ratio": _ratio(taken, bare)}
        for name, taken in (("bulk_50k", bulk), ("undo_50k", undone))
    }


def _ratio(taken: list[float], bare: list[float]) -> float:
    return round(median(taken) / median(bare), 2)


def _fill() -> tuple[Household, Account, Client]:
    household = new_household("Bulk")
    first = timezone.localdate() - datetime.timedelta(days=DAYS - 1)
    accounts = [add_account(household, name) for name in ("Checking", "Joint")]
    contents = {
        account: as_csv(entries(first=first, days=DAYS, count=ROW_COUNT, seed=seed))
        for seed, account in enumerate(accounts)
    }
    add_history(household, contents)
    client = Client()
    client.force_login(person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return household, accounts[0], client


def _bulk(household: Household, account: Account, client: Client) -> float:
    with household_context(household):
        sent = {
            "everything": "yes",
            "query": f"account={account.pk}",
            "bucket": Tag.objects.get(value="other").pk,
            "shown_count": Transaction.objects.filter(account=account).count(),
            "as_of": Revision.current(),
        }
    seconds = _post(client, f"/h/{household.public_id}/transactions/bulk/bucket/confirmed/", sent)
    if _newest(household).row_count != ROW_COUNT:
        raise BenchmarkFailed("The form did not change every row.")
    return seconds


def _undo(household: Household, client: Client) -> float:
    changed = _newest(household)
    seconds = _post(client, f"/h/{household.public_id}/history/{changed.pk}/undo/", {})
    if _newest(household).undoes_id != changed.pk:
        raise BenchmarkFailed("The change was not undone.")
    return seconds


def _newest(household: Household) -> Changeset:
    with household_context(household):
        return Changeset.objects.order_by("-pk")[0]


def _post(client: Client, url: str, sent: dict[str, Any]) -> float:
    watch = Stopwatch()
    with watch.running():
        response = client.post(url, sent)
    if response.status_code != 302:
        raise BenchmarkFailed(f"{url} answered {response.status_code}")
    return watch.seconds


def _bare(household: Household, account: Account) -> float:
    """The statements alone, rolled back."""
    watch = Stopwatch()
    with household_context(household):
        tag = Tag.objects.get(value="other").pk
        with transaction.atomic(using=LEDGER), connections[LEDGER].cursor() as cursor:
            with watch.running():
                for statement in _BARE:
                    cursor.execute(statement, {"account": account.pk, "tag": tag})
            transaction.set_rollback(True, using=LEDGER)
    return watch.seconds
