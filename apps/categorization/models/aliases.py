from django.db import models
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

    class Meta:
        ordering = ["-priority", "pk"]
        constraints = [models.UniqueConstraint("match", Lower("pattern"), name="categorization_alias_once")]

    def __str__(self) -> str:
        return f"{self.pattern} is {self.merchant}"
