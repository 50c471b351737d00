from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.ledger.models.accounts import Account


class Reconciliation(models.Model):
    """Rows of an account held against a statement. Open while they are ticked; then locked, and its rows with it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="reconciliations")
    statement_date = models.DateField()
    statement_balance = models.DecimalField(max_digits=19, decimal_places=4)
    ticked_ids = ArrayField(models.BigIntegerField(), default=list, help_text="transactions, while it is open")
    started_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    locked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-statement_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "account", condition=Q(locked_at__isnull=True), name="ledger_reconciliation_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.statement_date}"
