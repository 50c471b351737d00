from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from apps.ledger.models import Account, SplitTemplate, Tag

# An account that conditions of the rule `t` name. The journal has room for two: those kept from somebody come first.
_ACCOUNT = """
    (SELECT a.id FROM ledger_account a
      WHERE a.id IN (SELECT c.account_id FROM categorization_rulecondition c WHERE c.rule_id = t.id)
      ORDER BY a.visibility = 'private' DESC, a.id OFFSET {} LIMIT 1)
"""


class CategoryRule(models.Model):
    """If a row meets the conditions, these are its bucket, occasion, note, merchant, and so on.

    Rules are asked in their order; the first that gives a bucket or a split decides it, the rest adds up.
    """

    name = models.CharField(max_length=80)
    group = models.CharField(max_length=80, blank=True, help_text="the heading under which the page shows it")
    sort_order = models.PositiveIntegerField(default=0)
    is_enabled = models.BooleanField(default=True)
    matches_all = models.BooleanField(default=True, help_text="every condition must hold; else one is enough")
    bucket = models.ForeignKey(Tag, on_delete=models.PROTECT, null=True, related_name="bucket_rules")
    occasion = models.ForeignKey(Tag, on_delete=models.PROTECT, null=True, related_name="occasion_rules")
    split_template = models.ForeignKey(SplitTemplate, on_delete=models.PROTECT, null=True, related_name="rules")
    merchant = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True, help_text="added to the notes, once")
    marks_transfer = models.BooleanField(default=False)
    ignores = models.BooleanField(default=False, help_text="the status becomes ignored")
    use_count = models.PositiveIntegerField(default=0, help_text="how many rows it has changed")
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    JOURNAL_ACCOUNTS: ClassVar = (_ACCOUNT.format(0), _ACCOUNT.format(1))

    class Meta:
        verbose_name = "rule"
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="categorization_rule_name_once"),
            models.CheckConstraint(
                condition=Q(bucket__isnull=True) | Q(split_template__isnull=True), name="categorization_rule_one_bucket"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def known_as(self) -> str:
        """What notes for the whole household call it: one about an account that somebody keeps to themselves has no
        name there."""
        named = [condition.account for condition in self.conditions.all() if condition.account]
        is_kept = any(account.visibility == Account.Visibility.PRIVATE for account in named)
        return "A rule" if is_kept else f"Rule “{self.name}”"


class RuleCondition(models.Model):
    """One thing that a rule asks of a row. What each operator means, and what `value` holds, is in `conditions`."""

    class Field(models.TextChoices):
        MERCHANT = "merchant", "Merchant"
        DESCRIPTION = "description", "Bank text"
        NOTES = "notes", "Notes"
        AMOUNT = "amount", "Amount"
        ACCOUNT = "account", "Account"
        DATE = "date", "Date"

    class Operator(models.TextChoices):
        CONTAINS = "contains", "contains"
        LACKS = "lacks", "does not contain"
        IS = "is", "is"
        STARTS = "starts", "starts with"
        REGEX = "regex", "matches the regular expression"
        BETWEEN = "between", "is between"
        MORE = "more", "is more than"
        LESS = "less", "is less than"
        IN = "in", "is money in"
        OUT = "out", "is money out"
        DAY = "day", "is on day of the month"
        SINCE = "since", "is on or after"
        UNTIL = "until", "is on or before"

    rule = models.ForeignKey(CategoryRule, on_delete=models.CASCADE, related_name="conditions")
    field = models.CharField(max_length=12, choices=Field.choices)
    operator = models.CharField(max_length=8, choices=Operator.choices)
    value = models.CharField(
        max_length=200, blank=True, help_text="text, amount, day or date; the lower end of a range"
    )
    until = models.CharField(max_length=40, blank=True, help_text="of a range the upper end")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="rule_conditions")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(field="account") ^ Q(account__isnull=True), name="categorization_condition_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.value}"
