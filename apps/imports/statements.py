"""From staged rows to statements: one for each account that a file names, each compared with its account."""

from django.db.models import Max, Q, QuerySet

from apps.categorization.inference import LAST_CHOICES_TABLE, last_choices
from apps.imports import balances
from apps.imports.accounts import account_of
from apps.imports.dedupe import count_rows, give_verdicts
from apps.imports.errors import NotNow
from apps.imports.models import ImportFile, ImportRow
from apps.imports.states import State, move
from apps.ledger.models import Account, TransactionTag
from apps.ledger.models.accounts import read_only_ids
from apps.tenancy.context import current_narrowing
from apps.tenancy.statements import fetch, run

# Rows that name no account (lines left out, lines that cannot be read) stay with the first statement.
_HINTS = """
    SELECT account_hint, currency FROM imports_importrow
     WHERE file_id = %(file)s AND date IS NOT NULL
     GROUP BY account_hint, currency ORDER BY min(position)
"""

_CHOICES = f"""
    WITH {LAST_CHOICES_TABLE}
    UPDATE imports_importrow r SET bucket = chosen.value, bucket_source = 'history'
      FROM chosen
     WHERE r.file_id = %(file)s AND chosen.merchant = r.merchant AND chosen.is_in = (r.amount > 0)
       AND (r.bucket, r.bucket_source) <> (chosen.value, 'history')
"""  # noqa: S608


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
    last = _parts_of(file).aggregate(last=Max("part"))["last"] or file.part
    others = enumerate(found[1:], start=last + 1)
    parts = [_part(file, number, hint, currency, _of(stated, hint)) for number, (hint, currency) in others]
    file.part_count = max(_statements_of(file).count(), 1)
    file.save(update_fields=["account_hint", "currency", "account", "stated_balances", "part_count"])
    return [file, *parts]


def _of(stated: list[dict[str, str]], hint: str) -> list[dict[str, str]]:
    return [balance for balance in stated if balance["account_hint"] in {hint, ""}]


def _part(file: ImportFile, number: int, hint: str, currency: str, stated: list[dict[str, str]]) -> ImportFile:
    part = ImportFile.objects.get(pk=file.pk)
    part.pk, part.part, part.account, part.state = None, number, None, State.COMPARING
    part.account_hint, part.currency, part.stated_balances = hint, currency, stated
    part.save(force_insert=True)
    # Its balances are lines without a date, and mostly without a currency.
    is_balance = Q(date=None) & ~Q(account_hint=file.account_hint)
    rows = ImportRow.objects.of_file(file).filter(account_hint=hint)
    rows.filter(Q(currency=currency, date__isnull=False) | is_balance).update(file=part)
    return part


def has_all_parts(file: ImportFile) -> bool:
    """Whether the person may change every statement of the file's stored copy; only then may they look into it."""
    if current_narrowing() is None:
        return True
    return _statements_of(file).exclude(account__in=read_only_ids()).count() >= file.part_count


def forget_parts(file: ImportFile) -> None:
    """Removes the further statements of a file that is read anew.

    Raises NotNow if one of them is in the ledger, or not the person's to change.
    """
    if not has_all_parts(file):
        raise NotNow("This file has statements of accounts that are not yours to change, so it is not read anew.")
    parts = _parts_of(file).exclude(pk=file.pk)
    if parts.filter(state__in=[State.CONFIRMED, State.BOOKED, State.UNDOING, State.STALLED]).exists():
        raise NotNow("Another part of this file has been imported already. Roll that import back first.")
    parts.exclude(state=State.ROLLED_BACK).delete()
    ImportFile.objects.filter(pk=file.pk).update(part_count=1)


def _parts_of(file: ImportFile) -> QuerySet[ImportFile]:
    return ImportFile.objects.filter(batch=file.batch_id, storage_key=file.storage_key).exclude(storage_key="")


def _statements_of(file: ImportFile) -> QuerySet[ImportFile]:
    """Each with what is left of it: rows that wait until the plan has room for them are of no further account."""
    return _parts_of(file).filter(rest_of=None)


def choose_account(file: ImportFile, account: Account) -> None:
    """Has the statement compared with that account; what was decided of its rows was decided of another's."""
    was_private = _is_private(file.account)
    move(file, (State.NEEDS_ACCOUNT, State.READ), State.COMPARING, account=account, error="")
    if was_private:
        learnt = ImportRow.objects.of_file(file).filter(bucket_source=TransactionTag.Source.HISTORY)
        learnt.update(bucket="", bucket_source="")
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
        guessed = ImportRow.objects.of_file(file).filter(bucket="income", bucket_source=TransactionTag.Source.WORDS)
        guessed.update(bucket="", bucket_source="")
    if before == State.COMPARING or _is_private(file.account):
        _take_choices(file)
    file.balances_run = balances.direction(file)
    file.save(update_fields=["account", "balances_run", "stated_balances"])
    give_verdicts(file, row_count=row_count)
    move(file, before, State.READ, account=file.account)


def _is_private(account: Account | None) -> bool:
    return account is not None and account.visibility == Account.Visibility.PRIVATE


def _take_choices(file: ImportFile) -> None:
    """What was chosen by those who see the account goes over the guess, now that it is known: a private account has
    choices of its own, and those of another may have been put aside with it."""
    chosen = last_choices(table=ImportRow._meta.db_table, column="file_id", key=file.pk, account=file.account)
    run(_CHOICES, file=file.pk, **vars(chosen))


def _merge(file: ImportFile) -> int:
    """Takes in the other statements of the same file for the same account; returns how many rows came with them.

    What is left of such a statement leads to this one.
    """
    twins = _parts_of(file).filter(account=file.account, state__in=[State.NEEDS_ACCOUNT, State.COMPARING, State.READ])
    # What was set apart for the plan stays so.
    twins = twins.filter(rest_of=None) if file.rest_of_id is None else twins.none()
    row_count = 0
    for twin in twins.exclude(pk=file.pk).order_by("pk").select_for_update(of=("self",)):
        row_count += ImportRow.objects.of_file(twin).update(file=file)
        file.stated_balances += [stated for stated in twin.stated_balances if stated not in file.stated_balances]
        _parts_of(file).filter(merged_into=twin).update(merged_into=file)
        move(twin, State(twin.state), State.CANCELLED, merged_into=file)
    return row_count
