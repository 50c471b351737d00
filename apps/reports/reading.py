"""Running a report's SQL in the open household."""

from typing import Any

from django.db import connections

from apps.tenancy.planes import LEDGER


def fetch(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of one statement on the open household's schema."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


# Transfers between own accounts are neither income nor spending; other currencies cannot be added to ours.
OWN_MONEY = """
    ledger_transaction t JOIN ledger_account a ON a.id = t.account_id
     WHERE a.currency = %(currency)s AND NOT t.is_transfer
"""
