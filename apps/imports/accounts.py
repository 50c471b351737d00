"""Which account a statement belongs to: the one into which files of its shape, with its name for it, have gone."""

from apps.imports.models import AccountHint, ImportFile
from apps.imports.parsers import KEY
from apps.ledger.models import Account
from apps.tenancy.statements import run

_REMEMBER = """
    INSERT INTO imports_accounthint (account_id, format, hint)
    SELECT DISTINCT %(account)s::bigint, %(shape)s, account_hint FROM imports_importrow
     WHERE file_id = %(file)s AND date IS NOT NULL
    ON CONFLICT (format, hint, account_id) DO NOTHING
"""


def account_of(file: ImportFile) -> Account | None:
    """The one account that fits, or None if it must be asked: two that fit are a question, not a guess.

    A file whose columns a person chose, without a format to remember it by, may be of any bank.
    """
    if file.shape == KEY and not file.account_hint:
        return None
    fitting = Account.objects.open().filter(hints__format=file.shape, hints__hint=file.account_hint)
    if file.currency:
        fitting = fitting.filter(currency=file.currency)
    found = list(fitting[:2])
    return found[0] if len(found) == 1 else None


def remember(file: ImportFile) -> None:
    """What this statement calls its account finds it again next time."""
    run(_REMEMBER, account=file.account_id, shape=file.shape, file=file.pk)


def other_names(file: ImportFile) -> list[str]:
    """What files of this shape called the statement's account so far, if not by its name here."""
    if not file.account_hint:
        return []
    hints = AccountHint.objects.filter(account=file.account_id, format=file.shape).exclude(hint="")
    names = list(hints.values_list("hint", flat=True)[:4])
    return [] if file.account_hint in names else names
