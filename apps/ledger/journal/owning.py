"""Whose account a row of any table belongs to."""

from collections.abc import Collection
from typing import Any

from django.db import models
from psycopg import sql

from apps.ledger.journal.errors import FrozenRows, ReadOnlyRows
from apps.ledger.models import Account, Transfer
from apps.ledger.models.accounts import frozen_ids, read_only_ids

_END = "(SELECT account_id FROM ledger_transaction WHERE id = t.{})"


def accounts_of(model: type[models.Model]) -> dict[str, sql.Composable]:
    """Expressions for the one or two accounts of the row `t` of the model's table; null where it belongs to none.

    A model of an app above, of whose table it is not told by a column, says them itself, as `JOURNAL_ACCOUNTS`.
    """
    if model is Transfer:
        sent, received = (sql.SQL(_END).format(sql.Identifier(column)) for column in ("outgoing_id", "incoming_id"))
        return {"account": sent, "other_account": received}
    if asked := getattr(model, "JOURNAL_ACCOUNTS", None):
        return dict(zip(("account", "other_account"), map(sql.SQL, asked), strict=True))
    return dict.fromkeys(("account", "other_account"), _account_of(model))


def _account_of(model: type[models.Model]) -> sql.Composable:
    if model is Account:
        return sql.SQL("t.id")
    return sql.SQL("t.account_id" if _has_account(model) else "NULL::bigint")


def _has_account(model: type[models.Model]) -> bool:
    return any(field.column == "account_id" for field in model._meta.concrete_fields)


def refuse_read_only(rows: models.QuerySet[Any]) -> None:
    """Raises FrozenRows if one of the rows belongs to an account that the plan has no room for, and ReadOnlyRows if one
    belongs to an account that the person may only see for another reason.

    The database would leave such rows out without a word.
    """
    for closed, refusal in ((frozen_ids(), FrozenRows), (read_only_ids(), ReadOnlyRows)):
        of_closed = _of_accounts(rows.model, closed) if closed else None
        if of_closed is not None and rows.filter(of_closed).exists():
            raise refusal


def _of_accounts(model: type[models.Model], ids: Collection[int]) -> models.Q | None:
    if model is Transfer:
        return models.Q(outgoing__account__in=ids) | models.Q(incoming__account__in=ids)
    if model is Account:
        return models.Q(pk__in=ids)
    return models.Q(account_id__in=ids) if _has_account(model) else None
