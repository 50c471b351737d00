"""Whose account a row of any table belongs to."""

from typing import Any

from django.db import models
from psycopg import sql

from apps.ledger.journal.errors import ReadOnlyRows
from apps.ledger.models import Account, Transfer
from apps.ledger.models.accounts import read_only_ids

_END = "(SELECT account_id FROM ledger_transaction WHERE id = t.{})"


def accounts_of(model: type[models.Model]) -> dict[str, sql.Composable]:
    """Expressions for the one or two accounts of the row `t` of the model's table; null where it belongs to none."""
    if model is Transfer:
        sent, received = (sql.SQL(_END).format(sql.Identifier(column)) for column in ("outgoing_id", "incoming_id"))
        return {"account": sent, "other_account": received}
    return dict.fromkeys(("account", "other_account"), _account_of(model))


def _account_of(model: type[models.Model]) -> sql.Composable:
    if model is Account:
        return sql.SQL("t.id")
    return sql.SQL("t.account_id" if _has_account(model) else "NULL::bigint")


def _has_account(model: type[models.Model]) -> bool:
    return any(field.column == "account_id" for field in model._meta.concrete_fields)


def refuse_read_only(rows: models.QuerySet[Any]) -> None:
    """Raises ReadOnlyRows if one of the rows belongs to an account that the person may only see.

    The database would leave such rows out without a word.
    """
    closed = read_only_ids()
    if not closed:
        return
    if rows.model is Transfer:
        of_closed = models.Q(outgoing__account__in=closed) | models.Q(incoming__account__in=closed)
    elif rows.model is Account:
        of_closed = models.Q(pk__in=closed)
    elif _has_account(rows.model):
        of_closed = models.Q(account_id__in=closed)
    else:
        return
    if rows.filter(of_closed).exists():
        raise ReadOnlyRows
