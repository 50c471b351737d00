"""Merchant names by aliases over the rows that the ledger has: what would change, and the changing of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.categorization.merchants import Namer
from apps.categorization.models import MerchantAlias
from apps.core.errors import ExpectedError
from apps.core.text import folded
from apps.ledger import journal
from apps.ledger.journal import Deed
from apps.ledger.models import Account, Changeset, Transaction
from apps.ledger.models.accounts import read_only_ids
from apps.tenancy.planes import LEDGER
from apps.tenancy.statements import fetch, run

SAMPLE = 20
# Every text with the names that its rows have; of a single alias only those that its index finds.
_TEXTS = """
    SELECT description, merchant, count(*) FROM ledger_transaction
     WHERE description <> '' AND search_text LIKE %(like)s AND account_id <> ALL(%(closed)s::bigint[])
     GROUP BY description, merchant ORDER BY count(*) DESC, description, merchant
"""
_ROWS = """
    SELECT t.id, n.name
      FROM unnest(%(texts)s::text[], %(olds)s::text[], %(news)s::text[]) AS n (text, old, name)
      JOIN ledger_transaction t ON t.description = n.text AND t.merchant = n.old
     WHERE t.account_id <> ALL(%(closed)s::bigint[])
"""
_RENAME = """
    UPDATE ledger_transaction t SET merchant = n.name
      FROM unnest(%(ids)s::bigint[], %(names)s::text[]) AS n (id, name) WHERE t.id = n.id
"""


_WHOSE = """
    SELECT DISTINCT t.description, a.id, a.visibility = 'private'
      FROM ledger_transaction t JOIN ledger_account a ON a.id = t.account_id
     WHERE t.description <> '' AND t.search_text LIKE %(like)s
"""


class AliasExists(ExpectedError):
    """Two aliases of one kind for one text: which of them counts would be told by nothing on the page."""


@dataclass(frozen=True)
class Renaming:
    """Rows of one text and one name, and the alias that names them otherwise."""

    description: str
    old: str
    alias: MerchantAlias
    row_count: int

    @property
    def new(self) -> str:
        return self.alias.merchant


@dataclass(frozen=True)
class Preview:
    """What applying would do."""

    row_count: int
    sample: list[Renaming]
    by_alias: list[tuple[MerchantAlias, int]]

    @classmethod
    def of(cls, renamings: Sequence[Renaming]) -> "Preview":
        counts = _counts(renamings)
        aliases = {renaming.alias.pk: renaming.alias for renaming in renamings}
        by_alias = [(aliases[pk], count) for pk, count in counts.most_common()]
        return cls(counts.total(), list(renamings[:SAMPLE]), by_alias)


def renamings(*, only: MerchantAlias | None = None) -> list[Renaming]:
    """What the household's aliases would rename, most rows first; with `only`, what of it that one names. Rows that
    may only be seen keep their names.

    `only` may be new, or changed and not kept yet.
    """
    aliases = list(MerchantAlias.objects.all())
    if only is not None:
        aliases = [*(alias for alias in aliases if alias != only), only]
    namer = Namer(aliases)
    found = []
    for description, merchant, row_count in _texts(only):
        alias = namer.alias_of(description)
        if alias is not None and alias.merchant != merchant and (only is None or alias == only):
            found.append(Renaming(description, merchant, alias, row_count))
    return found


def apply(found: Sequence[Renaming], *, deed: Deed) -> int:
    """Gives the rows their names and counts the use of the aliases; returns how many rows were renamed."""
    columns = {
        "texts": [one.description for one in found],
        "olds": [one.old for one in found],
        "news": [one.new for one in found],
        "closed": list(read_only_ids()),
    }
    rows = fetch(_ROWS, **columns)
    rename(dict(rows), deed=deed)
    for pk, count in _counts(found).items():
        MerchantAlias.objects.filter(pk=pk).update(use_count=F("use_count") + count, last_used_at=timezone.now())
    return len(rows)


def rename(names: dict[int, str], *, deed: Deed) -> None:
    """Gives each row, by its id, that merchant."""
    if names:
        ids = deed.touch(Transaction.objects.filter(pk__one_of=names), "merchant")
        run(_RENAME, ids=ids, names=[names[pk] for pk in ids])


def apply_all(*, actor_id: int) -> Changeset | None:
    """Applies every alias to every row: one changeset, or None if all names are right already."""
    with journal.deed(Changeset.Kind.MERCHANTS, actor_id=actor_id) as deed:
        count = apply(renamings(), deed=deed)
        say(deed, f"Merchant names by aliases on {rows_in_words(count)}")
    return deed.changeset


def keep(alias: MerchantAlias, *, actor_id: int, renames_old: bool) -> Changeset | None:
    """Keeps a new or changed alias, and with `renames_old` names by it the rows that are there: one changeset."""
    with journal.deed(Changeset.Kind.MERCHANTS, actor_id=actor_id) as deed:
        save(alias, deed=deed)
        count = apply(renamings(only=alias), deed=deed) if renames_old else 0
        on_rows = f" on {rows_in_words(count)}" if count else ""
        say(deed, f"Texts with “{alias.pattern}” are {alias.merchant}{on_rows}")
    return deed.changeset


def forget(alias: MerchantAlias, *, actor_id: int) -> Changeset | None:
    """Deletes the alias; the rows keep their names."""
    note = f"Alias “{alias.pattern}” deleted"
    with journal.deed(Changeset.Kind.MERCHANTS, actor_id=actor_id, note=note) as deed:
        deed.take_out(MerchantAlias.objects.filter(pk=alias.pk))
    return deed.changeset


def rows_in_words(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def save(alias: MerchantAlias, *, deed: Deed) -> None:
    """Raises AliasExists if there is one for this text already."""
    alias.account_id = _private_account(alias)
    try:
        with transaction.atomic(using=LEDGER):
            if alias.pk is None:
                alias.save()
                deed.made(MerchantAlias, [alias.pk])
            else:
                deed.touch(MerchantAlias.objects.filter(pk=alias.pk), "*")
                alias.save(update_fields=["pattern", "match", "merchant", "priority", "account_id"])
    except IntegrityError:
        raise AliasExists(f"“{alias.pattern}” names a merchant already. Change that alias instead.") from None


def _private_account(alias: MerchantAlias) -> int | None:
    """The account that somebody keeps to themselves, if all texts that the alias names are in such ones."""
    if not Account.objects.filter(visibility=Account.Visibility.PRIVATE).exists():
        return None
    namer = Namer([alias])
    texts = fetch(_WHOSE, like=_like(alias))
    found = {(account, is_kept) for text, account, is_kept in texts if namer.alias_of(text)}
    return min((account for account, _ in found), default=None) if all(is_kept for _, is_kept in found) else None


def say(deed: Deed, note: str) -> None:
    """What was done, for the history: known only when it has been done."""
    if deed.changeset is not None:
        Changeset.objects.filter(pk=deed.changeset.pk).update(note=note[:300])


def _counts(found: Sequence[Renaming]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for renaming in found:
        counts[renaming.alias.pk] += renaming.row_count
    return counts


def _texts(only: MerchantAlias | None) -> list[tuple[Any, ...]]:
    return fetch(_TEXTS, like="%" if only is None else _like(only), closed=list(read_only_ids()))


def _like(alias: MerchantAlias) -> str:
    """What every text that the alias matches is like: a trigram index finds it."""
    if alias.match == MerchantAlias.Match.REGEX:
        return "%"
    text = folded(alias.pattern)
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{'%'.join(escaped.split()) if alias.match == MerchantAlias.Match.EXACT else escaped}%"
