"""The rows that a person may link to a row by hand."""

import datetime
from decimal import Decimal

from django.db.models import Case, DateField, Exists, F, Func, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Abs

from apps.ledger.models import Transaction, Transfer
from apps.ledger.models.transactions import TransactionQuerySet

NEAR = datetime.timedelta(days=30)
LESS, MORE = Decimal("0.9"), Decimal("1.1")
MOST_PARTNERS = 40


def unlinked(rows: TransactionQuerySet) -> TransactionQuerySet:
    """Those that are no part of a transfer."""
    sent, received = Transfer.objects.filter(outgoing=OuterRef("pk")), Transfer.objects.filter(incoming=OuterRef("pk"))
    return rows.filter(~Exists(sent), ~Exists(received))


def partners_for(row: Transaction, *, text: str = "") -> TransactionQuerySet:
    """Rows of other accounts that could be the other end of this one, the likeliest first.

    With a text all that mention it; else those of nearly the amount (or of another currency) within a month.
    """
    others = Transaction.objects.exclude(account=row.account_id)
    opposite = others.filter(amount__gt=0) if row.amount < 0 else others.filter(amount__lt=0)
    rows = unlinked(opposite).select_related("account").defer("search_text", "description_key")
    rows = rows.mentioning(text) if text else rows.filter(_is_near(row))
    return rows.annotate(off=_off(row), apart=_days_apart(row)).order_by("off", "apart", "-pk")[:MOST_PARTNERS]


def _is_near(row: Transaction) -> Q:
    least, most = sorted((-row.amount * LESS, -row.amount * MORE))
    days = Q(date__range=(row.date - NEAR, row.date + NEAR))
    return days & (Q(amount__range=(least, most)) | ~Q(account__currency=row.account.currency))


def _off(row: Transaction) -> Case:
    """How far the amounts are from each other; unknown, and so last, in another currency."""
    return Case(When(account__currency=row.account.currency, then=Abs(F("amount") + row.amount)), default=None)


def _days_apart(row: Transaction) -> Func:
    days = (F("date"), Value(row.date, DateField()))
    return Func(*days, function="abs", arg_joiner=" - ", output_field=IntegerField())
