"""Money that moves between two accounts of the household: found, linked, taken apart, and left out of spending."""

from apps.ledger.transfers.errors import CannotLink, CannotUnmark
from apps.ledger.transfers.linking import After, link, mark, marks_before, unlink, unmark
from apps.ledger.transfers.pairs import Pair, Side, linked_pair, linked_pairs, rejected_pairs, transfer_of
from apps.ledger.transfers.partners import partners_for
from apps.ledger.transfers.rejecting import reject, take_back
from apps.ledger.transfers.suggesting import RECENT_DAYS, Suggestion, lone_rows, suggested_pairs, suggestions
from apps.ledger.transfers.totals import Moved, moved

__all__ = [
    "RECENT_DAYS",
    "After",
    "CannotLink",
    "CannotUnmark",
    "Moved",
    "Pair",
    "Side",
    "Suggestion",
    "link",
    "linked_pair",
    "linked_pairs",
    "lone_rows",
    "mark",
    "marks_before",
    "moved",
    "partners_for",
    "reject",
    "rejected_pairs",
    "suggested_pairs",
    "suggestions",
    "take_back",
    "transfer_of",
    "unlink",
    "unmark",
]
