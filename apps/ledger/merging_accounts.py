"""Two accounts become one: everything that refers to the first refers to the second, and the first is gone.

Rows that are in both stay twice, for two equal rows may be two payments; the person is told how many look alike.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, UniqueConstraint
from django.http import QueryDict

from apps.core.errors import ExpectedError
from apps.ledger import journal
from apps.ledger.filters import Filter
from apps.ledger.freezing import thaw_what_fits
from apps.ledger.models import Account, Changeset, SavedFilter, Transaction
from apps.ledger.sharing import is_hidden_by
from apps.ledger.transfers.linking import transfers_between
from apps.tenancy.statements import fetch

EXAMPLES = 10
_ALIKE = """
    WITH side AS (
        SELECT account_id = %(going)s AS goes, date, amount, description_key, count(*) AS n, min(description) AS text
          FROM ledger_transaction WHERE account_id IN (%(going)s, %(staying)s) GROUP BY 1, 2, 3, 4
    )
    SELECT g.date, g.amount, g.text, least(g.n, s.n), sum(least(g.n, s.n)) OVER ()
      FROM side g JOIN side s USING (date, amount, description_key)
     WHERE g.goes AND NOT s.goes
     ORDER BY g.date DESC, g.amount LIMIT %(examples)s
"""


class Opening(StrEnum):
    """What the opening balance of the merged account is."""

    BOTH = "both"
    STAYING = "staying"
    GOING = "going"


class CannotMerge(ExpectedError):
    """The two accounts cannot be one."""


@dataclass(frozen=True)
class Alike:
    """Rows of both accounts with one date, amount and text; `count` of them have a partner on the other side."""

    date: datetime.date
    amount: Decimal
    description: str
    count: int


@dataclass(frozen=True)
class Preview:
    """What merging would do: the rows that move, those of them that look like one that is there, the openings."""

    row_count: int
    alike_count: int
    examples: list[Alike]
    openings: dict[Opening, Decimal]


def preview(going: Account, staying: Account) -> Preview:
    """Raises CannotMerge for two that cannot be one."""
    _refuse(going, staying)
    found = fetch(_ALIKE, going=going.pk, staying=staying.pk, examples=EXAMPLES)
    return Preview(
        row_count=going.transactions.count(),
        alike_count=int(found[0][-1]) if found else 0,
        examples=[Alike(*one[:-1]) for one in found],
        openings={opening: opening_of(opening, going, staying) for opening in Opening},
    )


def opening_of(opening: Opening, going: Account, staying: Account) -> Decimal:
    """The opening balance that the merged account would have."""
    match opening:
        case Opening.BOTH:
            return going.opening_balance + staying.opening_balance
        case Opening.STAYING:
            return staying.opening_balance
        case Opening.GOING:
            return going.opening_balance


def merge(
    going: Account, staying: Account, *, opening: Opening, as_of: int | None, actor_id: int | None
) -> Changeset | None:
    """Moves everything of `going` to `staying`, on one changeset. `as_of` is the version of the data that was shown."""
    note = f"{going.name} merged into {staying.name}"
    with journal.deed(Changeset.Kind.ACCOUNT, actor_id=actor_id, note=note) as doing:
        both = Account.objects.filter(pk__in=[going.pk, staying.pk])
        doing.touch(both, "opening_balance")
        journal.refuse_stale([going.pk, staying.pk], as_of, model=Account)
        _refuse(going, staying)
        both.filter(pk=staying.pk).update(opening_balance=opening_of(opening, going, staying))
        for model, field in _references():
            _repoint(doing, model, field, going, staying)
        _rename_in_filters(doing, going, staying)
        imports = Changeset.objects.filter(
            pk__in=doing.touch(Changeset.objects.filter(account_id=going.pk), "account_id")
        )
        imports.update(account_id=staying.pk)
        doing.take_out(both.filter(pk=going.pk))
    thaw_what_fits()
    return doing.changeset


def _refuse(going: Account, staying: Account) -> None:
    if going.pk == staying.pk:
        raise CannotMerge("An account cannot be merged into itself; choose another one.")
    if going.currency != staying.currency:
        raise CannotMerge(
            f"“{going.name}” is in {going.currency} and “{staying.name}” in {staying.currency}; "
            "only accounts of one currency can become one."
        )
    if is_hidden_by(going, staying):
        raise CannotMerge(
            f"Others see “{going.name}” and would not see “{staying.name}”. Merge “{staying.name}” into “{going.name}” "
            "instead, or let others see it first."
        )
    _refuse_linked(going, staying)
    if locked := Transaction.objects.filter(account=going, reconciliation__isnull=False).count():
        rows, are = ("row", "is") if locked == 1 else ("rows", "are")
        raise CannotMerge(
            f"{locked:,} {rows} of “{going.name}” {are} locked by a reconciled statement and cannot move. "
            f"Merge “{staying.name}” into “{going.name}” instead, or unlock the statement first."
        )


def _refuse_linked(going: Account, staying: Account) -> None:
    if count := transfers_between(going, staying).count():
        transfers = "is a transfer" if count == 1 else f"are {count:,} transfers"
        raise CannotMerge(
            f"There {transfers} between “{going.name}” and “{staying.name}”, which one account cannot have with "
            "itself. If the two are really one, unlink those rows first, under Transfers."
        )


def _references() -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key to an account, of this app and of those above it, which it does not know by name."""
    for relation in Account._meta.related_objects:
        yield relation.related_model, relation.field.name


def _repoint(doing: journal.Deed, model: type[models.Model], field: str, going: Account, staying: Account) -> None:
    """Of rows that may be there once only, what the staying account has already stays and its twin goes."""
    of_going = model._meta.base_manager.filter(**{field: going.pk})
    if twins := _twins(model, field, staying):
        doing.take_out(of_going.filter(twins))
    doing.touch(of_going, f"{field}_id")
    of_going.update(**{field: staying.pk})


def _rename_in_filters(doing: journal.Deed, going: Account, staying: Account) -> None:
    """Saved filters name accounts in the text of an address."""
    for saved in SavedFilter.objects.filter(query__contains=f"={going.pk}"):
        shown = Filter.parse(QueryDict(saved.query))
        query = replace(
            shown,
            account=_renamed(shown.account, going, staying),
            account_not=_renamed(shown.account_not, going, staying),
        ).query()
        doing.touch(SavedFilter.objects.filter(pk=saved.pk), "query")
        SavedFilter.objects.filter(pk=saved.pk).update(query=query.lstrip("?"))


def _renamed(ids: tuple[int, ...], going: Account, staying: Account) -> tuple[int, ...]:
    return tuple(dict.fromkeys(staying.pk if pk == going.pk else pk for pk in ids))


def _twins(model: type[models.Model], field: str, staying: Account) -> Q:
    """The rows for which the staying account has one that a unique constraint takes for the same."""
    found = Q()
    for constraint in model._meta.constraints:
        names = _columns_of(constraint)
        if field in names:
            same = {name: OuterRef(name) for name in names - {field}}
            condition = getattr(constraint, "condition", None) or Q()
            twin = model._meta.base_manager.filter(condition, **{field: staying.pk}, **same)
            found |= condition & Q(Exists(twin))
    return found


def _columns_of(constraint: models.BaseConstraint) -> set[str]:
    if not isinstance(constraint, UniqueConstraint):
        return set()
    return {*constraint.fields} | {
        str(cast("Any", part).name) for part in constraint.expressions if isinstance(part, F)
    }
