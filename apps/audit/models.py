from django.db import models
from django.db.models.functions import TruncDate

from apps.audit.actions import Action, sentence


class AuditEvent(models.Model):
    """One thing that somebody did. Rows are only ever added: the people plane may not change or delete them.

    People stand here by id alone. So a person who is deleted takes their name with them, and the chain of hashes, which
    covers the id, still holds. Details hold ids and words of ours: never amounts, texts, tokens or passwords.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    # In UTC, as TIME_ZONE says; what pages are cut by.
    date = models.GeneratedField(expression=TruncDate("at"), output_field=models.DateField(), db_persist=True)
    action = models.CharField(max_length=80)
    household_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True, help_text="the person who did it; none: a command, or nobody knows")
    actor = models.CharField(max_length=254, blank=True, help_text="the command or job that did it")
    person_id = models.BigIntegerField(null=True, help_text="to whom it was done, if it was to a person")
    address = models.GenericIPAddressField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["household_id", "-date", "-id"], name="audit_event_of_household"),
            models.Index(fields=["actor_id", "-date", "-id"], name="audit_event_by_person"),
            # The staff's pages of these tell their own history.
            models.Index(
                fields=["action", "-at", "-id"],
                condition=models.Q(action__in=[Action.FLAG_CHANGED, Action.PLAN_CHANGED]),
                name="audit_event_of_our_settings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor or self.actor_id or 'somebody'}: {self.action}"

    def sentence(self, *, person: str = "") -> str:
        """What was done, to follow the actor's name; `person` is the name of whom it was done to."""
        return sentence(self.action, self.details, person=person)


class AuditLink(models.Model):
    """An event's place in the chain and its hash, written by the database as the event is committed (`chain_sql`).

    The people plane may read these rows and nothing else.
    """

    position = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 … in the order of the commits")
    event = models.OneToOneField(AuditEvent, on_delete=models.DO_NOTHING, db_constraint=False, related_name="link")
    hash = models.BinaryField(help_text="SHA-256 over the hash before, the position and the event")

    def __str__(self) -> str:
        return f"{self.position}:{bytes(self.hash).hex()}"
