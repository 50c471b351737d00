"""That two rows are no transfer, remembered. It is no money data: nothing but the suggestions changes."""

from apps.ledger.models import TransferRejection


def reject(outgoing: int, incoming: int) -> TransferRejection:
    """The two are never suggested together again, each with another row still. Twice is once."""
    rejection, _ = TransferRejection.objects.get_or_create(outgoing_id=outgoing, incoming_id=incoming)
    return rejection


def take_back(rejection_id: int) -> None:
    """The two may be suggested again."""
    TransferRejection.objects.filter(pk=rejection_id).delete()
