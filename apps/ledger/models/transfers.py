"""Two rows of one movement of money between two accounts of the household."""

from collections.abc import Collection
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value

from apps.ledger.models.transactions import Transaction
from apps.tenancy.context import current_narrowing


def _only(field: str) -> Func:
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class TransferQuerySet(models.QuerySet["Transfer"]):
    def of_rows(self, ids: Collection[int]) -> Self:
        """Those that one of the rows is part of, also where the other row is hidden from who asks."""
        return self.filter(Q(outgoing__one_of=ids) | Q(incoming__one_of=ids))

    def seen_whole(self) -> Self:
        """Those of which both rows are there for who asks."""
        if current_narrowing() is None:
            return self
        ends = (Transaction.objects.filter(pk=OuterRef(end)) for end in ("outgoing_id", "incoming_id"))
        return self.filter(*map(Exists, ends))


class Transfer(models.Model):
    """A row that sent and the row that received. The database lets no row be in two transfers or in one with itself."""

    outgoing = models.ForeignKey("ledger.Transaction", on_delete=models.PROTECT, related_name="sent_transfers")
    incoming = models.ForeignKey("ledger.Transaction", on_delete=models.PROTECT, related_name="received_transfers")

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(outgoing=F("incoming")), name="ledger_transfer_of_two"),
            ExclusionConstraint(
                name="ledger_transfer_once",
                expressions=[
                    (
                        Func(
                            _only("outgoing"),
                            _only("incoming"),
                            function="int8multirange",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    )
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outgoing_id} to {self.incoming_id}"


class TransferRejection(models.Model):
    """Two rows of which a person said that they are no transfer; no foreign keys, for rows may go and come back."""

    outgoing_id = models.BigIntegerField()
    incoming_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("outgoing_id", "incoming_id", name="ledger_transfer_rejected_once")]

    def __str__(self) -> str:
        return f"not {self.outgoing_id} to {self.incoming_id}"
