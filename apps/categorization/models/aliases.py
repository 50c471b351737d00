from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class MerchantAlias(models.Model):
    """What a merchant is called whose bank texts match. Of several that match, the one that comes first names it."""

    class Match(models.TextChoices):
        EXACT = "exact", "The whole text is"
        CONTAINS = "contains", "The text contains"
        REGEX = "regex", "The text matches the regular expression"

    pattern = models.CharField(max_length=200, help_text="held against the bank's description, whatever the case")
    match = models.CharField(max_length=8, choices=Match.choices, default=Match.CONTAINS)
    merchant = models.CharField(max_length=200, help_text="the name that the rows are given")
    priority = models.IntegerField(default=0, help_text="the higher comes first; of equals the older")
    use_count = models.PositiveIntegerField(default=0, help_text="how many rows it has named")
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # No foreign key: the account may go, and what was said of its rows stays as hidden as the journal of them.
    account_id = models.BigIntegerField(
        null=True, help_text="the private account whose rows alone it names: it is seen by who sees them"
    )

    class Meta:
        ordering = ["-priority", "pk"]
        constraints = [
            # As with names of accounts: a text that is taken would tell of an alias that one does not see.
            models.UniqueConstraint(
                "match", Lower("pattern"), condition=Q(account_id=None), name="categorization_alias_once"
            ),
            models.UniqueConstraint(
                "account_id",
                "match",
                Lower("pattern"),
                condition=Q(account_id__isnull=False),
                name="categorization_alias_once_of_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pattern} is {self.merchant}"
