from django.db import models

from apps.ledger.models.accounts import Account
from apps.ledger.models.changes import Changeset


class StatedBalance(models.Model):
    """A balance that the bank states: what the account held at the end of that day.

    Two files may state two for one day, one of them written before the day was over. Proof is in `ledger.proof`.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="stated_balances", db_index=False)
    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="stated_balances")
    date = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint("account", "date", "changeset", name="ledger_stated_balance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.date}: {self.amount}"
