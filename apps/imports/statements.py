"""From staged rows to statements: one for each account that a file names, each compared with its account."""

from django.db import connections
from django.db.models import QuerySet

from apps.imports import balances
from apps.imports.accounts import account_of
from apps.imports.dedupe import count_rows, give_verdicts
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile, ImportRow
from apps.imports.states import State, move
from apps.tenancy.planes import LEDGER

# Rows that name no account (lines left out, lines that cannot be read) stay with the first statement.
_HINTS = """
    SELECT account_hint, max(currency) FROM imports_importrow
     WHERE file_id = %s AND date IS NOT NULL
     GROUP BY account_hint ORDER BY min(position)
"""


def split(file: ImportFile) -> list[ImportFile]:
    """Makes of a file that was just staged one statement an account, the first of them the file itself.

    An account that was chosen for the whole file is that of its only statement; of several, each is asked for.
    """
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(_HINTS, [file.pk])
        found = cursor.fetchall() or [("", "")]
    stated = file.stated_balances
    file.account_hint, file.currency = found[0]
    if len(found) > 1:
        file.account = None
        file.stated_balances = _of(stated, file.account_hint)
    file.save(update_fields=["account_hint", "currency", "account", "stated_balances"])
    others = enumerate(found[1:], start=1)
    return [file, *(_part(file, number, hint, currency, _of(stated, hint)) for number, (hint, currency) in others)]


def _of(stated: list[dict[str, str]], hint: str) -> list[dict[str, str]]:
    return [balance for balance in stated if balance["account_hint"] == hint]


def _part(file: ImportFile, number: int, hint: str, currency: str, stated: list[dict[str, str]]) -> ImportFile:
    part = ImportFile.objects.get(pk=file.pk)
    part.pk, part.part, part.account, part.state = None, number, None, State.COMPARING
    part.account_hint, part.currency, part.stated_balances = hint, currency, stated
    part.save(force_insert=True)
    ImportRow.objects.of_file(file).filter(account_hint=hint).update(file=part)
    return part


def forget_parts(file: ImportFile) -> None:
    """Removes the further statements of a file that is read anew; raises NotNow if one of them is in the ledger."""
    parts = _parts_of(file).exclude(pk=file.pk)
    if parts.exclude(state__in=[*ImportFile.OPEN, State.CANCELLED]).exists():
        raise NotNow("Another account of this file has been imported already. Roll that import back first.")
    parts.delete()


def _parts_of(file: ImportFile) -> QuerySet[ImportFile]:
    return ImportFile.objects.filter(batch=file.batch_id, storage_key=file.storage_key).exclude(storage_key="")


def compare(file: ImportFile, *, row_count: int) -> None:
    """Gives the statement its account, if that is clear, and its verdicts; else it waits to be asked for the account.

    Two statements of one file that go into one account become one.
    """
    before = State(file.state)
    file.account = file.account or account_of(file)
    if file.account is None:
        count_rows(file)
        move(file, before, State.NEEDS_ACCOUNT)
        return
    for twin in _parts_of(file).filter(account=file.account, state__in=ImportFile.OPEN).exclude(pk=file.pk):
        row_count += ImportRow.objects.of_file(twin).update(file=file)
        file.stated_balances += twin.stated_balances
        twin.delete()
    file.balances_run = balances.direction(file)
    file.save(update_fields=["account", "balances_run", "stated_balances"])
    give_verdicts(file, row_count=row_count)
    move(file, before, State.READ)
