from django.db import models
from django.db.models.functions import Lower


class Tag(models.Model):
    """A bucket (one per transaction, several by split), an occasion (many), or a word of another namespace."""

    class Namespace(models.TextChoices):
        BUCKET = "bucket", "Bucket"
        OCCASION = "occasion", "Occasion"

    namespace = models.CharField(max_length=40)
    value = models.CharField(max_length=80, help_text="the word in addresses and rules; stays when the name changes")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    colour = models.PositiveSmallIntegerField(default=1, help_text="1 to 8, a token of the style sheet")
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["namespace", "sort_order", "name"]
        constraints = [
            models.UniqueConstraint("namespace", Lower("value"), name="ledger_tag_once"),
            models.UniqueConstraint("namespace", Lower("name"), name="ledger_tag_name_once"),
            models.CheckConstraint(condition=models.Q(colour__range=(1, 8)), name="ledger_tag_colour"),
        ]

    def __str__(self) -> str:
        return self.name


class TransactionTag(models.Model):
    """A tag on a transaction. With an amount it is a part of a split, otherwise it means the whole transaction."""

    class Source(models.TextChoices):
        PERSON = "person", "A person"
        RULE = "rule", "A rule"
        HISTORY = "history", "Your last choice for this merchant"
        BANK = "bank", "The bank’s own category"
        WORDS = "words", "The words of the row"

    pk = models.CompositePrimaryKey("transaction_id", "tag_id")
    transaction = models.ForeignKey(
        "ledger.Transaction", on_delete=models.CASCADE, related_name="transaction_tags", db_index=False
    )
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="transaction_tags")
    amount = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    source = models.CharField(
        max_length=8, choices=Source.choices, blank=True, default="", db_default="", help_text="who chose the bucket"
    )

    class Meta:
        indexes = [
            models.Index("transaction", condition=models.Q(amount__isnull=False), name="ledger_split_parts"),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id}: {self.tag_id}"
