from django.db import models
from django.db.models import Q

from apps.ledger.models.tags import Tag


class SplitTemplate(models.Model):
    """A way to share an amount among buckets that comes again: the rent with its heating, a shared shopping."""

    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(models.functions.Lower("name"), name="ledger_split_name_once")]

    def __str__(self) -> str:
        return self.name


class SplitPart(models.Model):
    """One part of a template: so much per cent, or an amount without sign, or (neither) what the others leave over."""

    template = models.ForeignKey(SplitTemplate, on_delete=models.CASCADE, related_name="parts")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="split_parts")
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    amount = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint("template", "tag", name="ledger_split_part_once"),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(amount__isnull=True), name="ledger_split_part_one"
            ),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="ledger_split_part_percent"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_split_part_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} of {self.template_id}"
