"""JSON for programs: everything the ledger knows of its rows. `VERSION` goes up when a field changes its meaning.

    {"format": "maxwells-wallet", "version": 1,
     "accounts": [{"id", "name", "kind", "currency", "opening_balance", "institution"}, …],
     "tags": [{"namespace", "value", "name", "description", "colour"}, …],
     "transactions": [{"id", "date", "amount", …}, …]}

Amounts are strings, exact and signed as the bank signs them; dates are ISO 8601; null is "there is none". A tag is
written `namespace:value`. `transfer` is the other row of a linked transfer, also if that is not in the file.
"""

import json
from typing import Any, TextIO

from apps.ledger.exporting.rows import ExportedRow, plain, stream
from apps.ledger.models import Account, Tag
from apps.ledger.models.transactions import TransactionQuerySet

FORMAT, VERSION = "maxwells-wallet", 1


def write(rows: TransactionQuerySet, out: TextIO, *, is_whole: bool) -> None:  # noqa: ARG001 (as every kind)
    """Written by hand as far as the list of transactions: `json` itself would hold all of them in memory."""
    head = {"format": FORMAT, "version": VERSION, "accounts": _accounts(), "tags": _tags()}
    out.write(_json(head).removesuffix("}") + ', "transactions": [')
    separator = "\n"
    for row in stream(rows, "date", "pk"):
        out.write(separator + _json(_transaction(row)))
        separator = ",\n"
    out.write("\n]}\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _accounts() -> list[dict[str, Any]]:
    return [
        {
            "id": account.pk,
            "name": account.name,
            "kind": account.kind,
            "currency": account.currency,
            "opening_balance": plain(account.opening_balance),
            "institution": account.institution,
        }
        for account in Account.objects.all()
    ]


def _tags() -> list[dict[str, Any]]:
    return [dict(tag) for tag in Tag.objects.values("namespace", "value", "name", "description", "colour")]


def _transaction(row: ExportedRow) -> dict[str, Any]:
    transaction, balance = row.transaction, row.transaction.running_balance
    return {
        "id": transaction.pk,
        "date": transaction.date.isoformat(),
        "amount": plain(transaction.amount),
        "currency": row.account.currency,
        "account": row.account.pk,
        "merchant": transaction.merchant,
        "description": transaction.description,
        "card_member": transaction.card_member,
        "notes": transaction.notes,
        "reference": transaction.reference,
        "bank_id": transaction.bank_id,
        "status": transaction.status,
        "running_balance": plain(balance) if balance is not None else None,
        "is_reconciled": transaction.reconciliation_id is not None,
        "is_transfer": transaction.is_transfer,
        "transfer": {"id": row.partner.pk, "account": row.partner.account.pk} if row.partner else None,
        "bucket": _word(row.bucket) if row.bucket else None,
        "split": [{"bucket": _word(part.bucket), "amount": plain(part.amount)} for part in row.parts],
        "tags": [_word(tag) for tag in row.tags],
        "source": _source(row),
    }


def _source(row: ExportedRow) -> dict[str, Any]:
    """Where the row and its bucket come from."""
    transaction = row.transaction
    return {
        "changeset": transaction.changeset_id,
        "line": transaction.source_line,
        "bucket_by": row.bucket_source or None,
        "created_at": transaction.created_at.isoformat(),
    }


def _word(tag: Tag) -> str:
    return f"{tag.namespace}:{tag.value}"
