import datetime

from django.db import models
from django.utils import timezone


def after_the_job() -> datetime.datetime:
    """When to ask again for a mail whose job was sent at once: by then that job has run, or was lost."""
    return timezone.now() + datetime.timedelta(seconds=60)


class Message(models.Model):
    """A mail that was asked for: the order for the job that sends it, and afterwards the record that it was sent."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    sender = models.CharField(max_length=320)
    recipients = models.JSONField()
    subject = models.CharField(max_length=998)
    mime = models.BinaryField(
        help_text="the whole mail; emptied once it is sent or given up, for it holds single-use links"
    )
    attempt_count = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    next_attempt_at = models.DateTimeField(default=after_the_job)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("next_attempt_at", condition=models.Q(state="queued"), name="mail_message_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {', '.join(self.recipients)}"
