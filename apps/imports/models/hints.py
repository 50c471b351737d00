from django.db import models

from apps.ledger.models import Account


class AccountHint(models.Model):
    """What files of a format call an account, so that the next file finds it. Empty where they name none."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="hints")
    format = models.CharField(max_length=60, help_text="`ImportFile.shape`")
    hint = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("format", "hint", "account", name="imports_hint_once")]

    def __str__(self) -> str:
        return f"{self.format} {self.hint}: {self.account_id}"
