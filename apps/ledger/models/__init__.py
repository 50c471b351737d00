from apps.ledger.models.accounts import Account
from apps.ledger.models.changes import Changeset, Revision
from apps.ledger.models.tags import Tag, TransactionTag
from apps.ledger.models.transactions import Transaction

__all__ = ["Account", "Changeset", "Revision", "Tag", "Transaction", "TransactionTag"]
