"""What Stripe told us by its webhook: the order for the job that looks what became of it, and the record of it."""

from django.db import models
from django.utils import timezone


class BillingEvent(models.Model):
    """An event of Stripe's, stored once however often it is delivered. Not what it says counts, but what is so now."""

    class State(models.TextChoices):
        RECEIVED = "received", "waits"
        DONE = "done", "done"
        PARKED = "parked", "waits for somebody"

    event_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=255, help_text="“customer.subscription.updated”")
    happened_at = models.DateTimeField(help_text="by Stripe's clock")
    customer_id = models.CharField(max_length=255, blank=True, db_index=True)
    payload = models.JSONField(help_text="as Stripe signed it; emptied once it is done, dj-stripe's Event has it then")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(max_length=300, blank=True, help_text="why it waits for somebody; words of ours")
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["received", "done", "parked"]), name="billing_billingevent_state"
            ),
        ]
        indexes = [
            models.Index("next_attempt_at", condition=models.Q(state="received"), name="billing_billingevent_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
