from apps.ledger.models.accounts import Account
from apps.ledger.models.balances import StatedBalance
from apps.ledger.models.changes import Change, Changeset, Revision
from apps.ledger.models.reconciliations import Reconciliation
from apps.ledger.models.saved_filters import SavedFilter
from apps.ledger.models.splits import SplitPart, SplitTemplate
from apps.ledger.models.tags import Tag, TransactionTag
from apps.ledger.models.transactions import Transaction
from apps.ledger.models.transfers import Transfer, TransferRejection

__all__ = [
    "Account",
    "Change",
    "Changeset",
    "Reconciliation",
    "Revision",
    "SavedFilter",
    "SplitPart",
    "SplitTemplate",
    "StatedBalance",
    "Tag",
    "Transaction",
    "TransactionTag",
    "Transfer",
    "TransferRejection",
]
