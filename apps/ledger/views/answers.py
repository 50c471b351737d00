"""How a page of the ledger says that something was done, and offers to undo it."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from apps.ledger.models import Changeset


def done(request: HttpRequest, changeset: Changeset | None, sentence: str, *, unchanged: str = "") -> None:
    """Says the sentence with an Undo button beside it; `unchanged` if the deed changed nothing."""
    if changeset is None:
        messages.info(request, unchanged or "Nothing had to be changed.")
        return
    # The message keeps the address of its undoing where Django keeps extra tags.
    messages.success(request, sentence, extra_tags=reverse("ledger:undo", args=[changeset.pk]))
