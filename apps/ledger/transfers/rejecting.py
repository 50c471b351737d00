"""That two rows are no transfer, remembered. It is no money data: nothing but the suggestions changes."""

from apps.ledger.models import TransferRejection
from apps.ledger.transfers.errors import RejectionGone


def reject(outgoing: int, incoming: int) -> TransferRejection:
    """The two are never suggested together again, each with another row still. Twice is once."""
    rejection, _ = TransferRejection.objects.get_or_create(outgoing_id=outgoing, incoming_id=incoming)
    return rejection


def take_back(rejection_id: int) -> None:
    """The two may be suggested again. Raises RejectionGone."""
    deleted, _ = TransferRejection.objects.filter(pk=rejection_id).delete()
    if not deleted:
        raise RejectionGone("This is not rejected any more, and nothing was changed.")
