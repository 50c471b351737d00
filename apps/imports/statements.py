"""From staged rows to statements: one for each account that a file names, each compared with its account."""

from django.db.models import Max, QuerySet

from apps.imports import balances
from apps.imports.accounts import account_of
from apps.imports.dedupe import count_rows, give_verdicts
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile, ImportRow
from apps.imports.states import State, move
from apps.ledger.models import Account
from apps.tenancy.statements import fetch

# Rows that name no account (lines left out, lines that cannot be read) stay with the first statement.
_HINTS = """
    SELECT account_hint, currency FROM imports_importrow
     WHERE file_id = %(file)s AND date IS NOT NULL
     GROUP BY account_hint, currency ORDER BY min(position)
"""


def split(file: ImportFile) -> list[ImportFile]:
    """Makes of a file that was just staged one statement for each account and currency, the first the file itself.

    An account that was chosen for the whole file is that of its only statement; of several, each is asked for.
    """
    found = fetch(_HINTS, file=file.pk) or [("", "")]
    stated = file.stated_balances
    file.account_hint, file.currency = found[0]
    if len(found) > 1:
        file.account = None
    file.stated_balances = _of(stated, file.account_hint)
    file.save(update_fields=["account_hint", "currency", "account", "stated_balances"])
    last = _parts_of(file).aggregate(last=Max("part"))["last"] or file.part
    others = enumerate(found[1:], start=last + 1)
    return [file, *(_part(file, number, hint, currency, _of(stated, hint)) for number, (hint, currency) in others)]


def _of(stated: list[dict[str, str]], hint: str) -> list[dict[str, str]]:
    return [balance for balance in stated if balance["account_hint"] in {hint, ""}]


def _part(file: ImportFile, number: int, hint: str, currency: str, stated: list[dict[str, str]]) -> ImportFile:
    part = ImportFile.objects.get(pk=file.pk)
    part.pk, part.part, part.account, part.state = None, number, None, State.COMPARING
    part.account_hint, part.currency, part.stated_balances = hint, currency, stated
    part.save(force_insert=True)
    ImportRow.objects.of_file(file).filter(account_hint=hint, currency=currency).update(file=part)
    return part


def forget_parts(file: ImportFile) -> None:
    """Removes the further statements of a file that is read anew; raises NotNow if one of them is in the ledger."""
    parts = _parts_of(file).exclude(pk=file.pk)
    if parts.filter(state__in=[State.CONFIRMED, State.BOOKED, State.UNDOING, State.STALLED]).exists():
        raise NotNow("Another account of this file has been imported already. Roll that import back first.")
    parts.exclude(state=State.ROLLED_BACK).delete()


def _parts_of(file: ImportFile) -> QuerySet[ImportFile]:
    return ImportFile.objects.filter(batch=file.batch_id, storage_key=file.storage_key).exclude(storage_key="")


def choose_account(file: ImportFile, account: Account) -> None:
    """Has the statement compared with that account; what was decided of its rows was decided of another's."""
    move(file, (State.NEEDS_ACCOUNT, State.READ), State.COMPARING, account=account, error="")
    ImportRow.objects.of_file(file).exclude(decision=None).update(decision=None, decided_on="")


def compare(file: ImportFile, *, row_count: int) -> None:
    """Gives the statement its account, if that is clear, and its verdicts; else it waits to be asked for it."""
    before = State(file.state)
    file.account = file.account or account_of(file)
    if file.account is None or file.currency not in {"", file.account.currency}:
        count_rows(file)
        move(file, before, State.NEEDS_ACCOUNT, account=None)
        return
    row_count += _merge(file)
    if file.account.kind == Account.Kind.CREDIT_CARD:
        # Buckets were guessed before the account was known; what comes onto a card is a payment or a refund.
        ImportRow.objects.of_file(file).filter(bucket="income").update(bucket="")
    file.balances_run = balances.direction(file)
    file.save(update_fields=["account", "balances_run", "stated_balances"])
    give_verdicts(file, row_count=row_count)
    move(file, before, State.READ, account=file.account)


def _merge(file: ImportFile) -> int:
    """Takes in the other statements of the same file for the same account; returns how many rows came with them.

    What is left of such a statement leads to this one.
    """
    twins = _parts_of(file).filter(account=file.account, state__in=[State.NEEDS_ACCOUNT, State.COMPARING, State.READ])
    row_count = 0
    for twin in twins.exclude(pk=file.pk).order_by("pk").select_for_update(of=("self",)):
        row_count += ImportRow.objects.of_file(twin).update(file=file)
        file.stated_balances += [stated for stated in twin.stated_balances if stated not in file.stated_balances]
        _parts_of(file).filter(merged_into=twin).update(merged_into=file)
        move(twin, State(twin.state), State.CANCELLED, merged_into=file)
    return row_count
