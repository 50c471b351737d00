from apps.ledger.models.accounts import Account
from apps.ledger.models.balances import StatedBalance
from apps.ledger.models.changes import Change, Changeset, Revision
from apps.ledger.models.tags import Tag, TransactionTag
from apps.ledger.models.transactions import Transaction

__all__ = ["Account", "Change", "Changeset", "Revision", "StatedBalance", "Tag", "Transaction", "TransactionTag"]
