from decimal import Decimal

from django.db import models
from django.db.models.functions import Lower


class Account(models.Model):
    """A financial account of the household: where money lies or is owed."""

    class Kind(models.TextChoices):
        CHECKING = "checking", "Checking"
        SAVINGS = "savings", "Savings"
        CREDIT_CARD = "credit_card", "Credit card"
        CASH = "cash", "Cash"
        LOAN = "loan", "Loan"
        INVESTMENT = "investment", "Investment"
        HSA = "hsa", "Health savings"

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CHECKING)
    currency = models.CharField(max_length=3, help_text="ISO 4217")
    opening_balance = models.DecimalField(max_digits=19, decimal_places=4, default=Decimal(0))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="ledger_account_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="ledger_account_name_given"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="ledger_account_currency"),
        ]

    def __str__(self) -> str:
        return self.name
