"""Two rows of one movement of money between two accounts of the household."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models
from django.db.models import F, Func, Q, Value


def _only(field: str) -> Func:
    return Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class Transfer(models.Model):
    """A row that sent and the row that received. The database lets no row be in two transfers or in one with itself."""

    outgoing = models.ForeignKey("ledger.Transaction", on_delete=models.PROTECT, related_name="sent_transfers")
    incoming = models.ForeignKey("ledger.Transaction", on_delete=models.PROTECT, related_name="received_transfers")

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
