"""What terms mean to rows: conditions that PostgreSQL decides."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.lookups import Contains

from apps.ledger.models import Tag, Transaction, TransactionTag
from apps.ledger.models.transactions import folded_text
from apps.ledger.searching.terms import Amounts

Status = Transaction.Status


def saying(text: str, field: str = "") -> Q:
    """Folded text in one of the texts of a row, or in any. The index of all of them finds the candidates."""
    anywhere = Q(search_text__contains=text)
    return anywhere & Q(Contains(folded_text(field), Value(text))) if field else anywhere


def amounting_to(amounts: Amounts) -> Q:
    if amounts.least is None and amounts.most is None:
        return Q()
    if amounts.is_signed:
        return _between("amount", amounts, 1)
    return (Q(amount__gte=0) & _between("amount", amounts, 1)) | (Q(amount__lte=0) & _between("amount", amounts, -1))


def _between(field: str, amounts: Amounts, sign: int) -> Q:
    """Times `sign`, between least and most: for money out the bounds change places."""
    at_least, at_most = ("gte", "lte") if sign > 0 else ("lte", "gte")
    more, less = ("gt", "lt") if sign > 0 else ("lt", "gt")
    found = Q()
    if amounts.least is not None:
        found &= Q((f"{field}__{at_least if amounts.is_least_included else more}", sign * amounts.least))
    if amounts.most is not None:
        found &= Q((f"{field}__{at_most if amounts.is_most_included else less}", sign * amounts.most))
    return found


def moving_exactly(amount: Decimal) -> Q:
    return Q(amount__in=[amount, -amount])


def in_days(start: datetime.date | None, end: datetime.date | None) -> Q:
    found = Q()
    if start is not None:
        found &= Q(date__gte=start)
    if end is not None:
        found &= Q(date__lte=end)
    return found


def in_accounts(ids: Iterable[int]) -> Q:
    return Q(account_id__in=list(ids))


def tagged(tags: Any) -> Q:
    """With one of the tags (their ids, or a query of them), be it on all of the row or on a part of it."""
    return Q(Exists(_links().filter(tag_id__in=tags)))


def in_state(name: str) -> Q:
    return _STATES[name]


def having(name: str) -> Q:
    return _POSSESSIONS[name]


def with_ids(ids: str) -> Q:
    """`ids` is an array as PostgreSQL writes it, `{1,2,3}`: a hundred thousand of them are one value."""
    return Q(
        Func(
            F("pk"),
            Value(ids, output_field=TextField()),
            template="%(expressions)s::bigint[])",
            arg_joiner=" = ANY(",
            output_field=BooleanField(),
        )
    )


def _links() -> QuerySet[TransactionTag]:
    return TransactionTag.objects.filter(transaction_id=OuterRef("pk"))


def _in_a_bucket() -> QuerySet[TransactionTag]:
    return _links().filter(tag__namespace=Tag.Namespace.BUCKET)


_SPLIT = Q(Exists(_in_a_bucket().filter(amount__isnull=False)))
_IN_A_BUCKET = Q(Exists(_in_a_bucket()))
_STATES = {
    "transfer": Q(is_transfer=True),
    "split": _SPLIT,
    "unreconciled": Q(status=Status.UNRECONCILED),
    "matched": Q(status=Status.MATCHED),
    "manual": Q(status=Status.MANUALLY_ENTERED),
    "ignored": Q(status=Status.IGNORED),
    "review": Q(needs_review=True),
    "in": Q(amount__gt=0),
    "out": Q(amount__lt=0),
    "untagged": ~_IN_A_BUCKET,
}
_POSSESSIONS = {
    "notes": ~Q(notes=""),
    "bucket": _IN_A_BUCKET,
    "tags": Q(Exists(_links().exclude(tag__namespace=Tag.Namespace.BUCKET))),
    "reference": ~Q(reference=""),
}
