"""The household (the tenant) and who belongs to it, is invited to it, or is to have it."""

import datetime
import zoneinfo
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django_tenants.models import TenantMixin

from apps.core.clock import today_in
from apps.core.periods import LAST_START_DAY, Calendar
from apps.households.addresses import household_address
from apps.plans.entitlements import Entitlements
from apps.tenancy.names import is_schema_name, new_schema_name, opaque
from apps.users.models import User

PUBLIC_ID_LENGTH = 10


def new_public_id() -> str:
    return opaque(PUBLIC_ID_LENGTH)


class Household(TenantMixin):
    """One person, a couple, a family: what owns a schema. Its public id stands in addresses and says nothing."""

    auto_create_schema: ClassVar[bool] = False
    auto_drop_schema: ClassVar[bool] = False

    schema_name = models.CharField(max_length=63, unique=True, default=new_schema_name, editable=False)
    public_id = models.SlugField(max_length=40, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3, default="USD", help_text="ISO 4217")
    time_zone = models.CharField(max_length=63, default="UTC", help_text="IANA name")
    month_start_day = models.PositiveSmallIntegerField(
        default=1, help_text="on which day its months begin; core.periods.Month says how they are named"
    )
    is_ready = models.BooleanField(default=False, help_text="the schema stands and is filled")
    created_at = models.DateTimeField(auto_now_add=True)
    work_ordered_at = models.DateTimeField(null=True, db_index=True, help_text="when a job was last asked for")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^h[0-9a-z]{2,40}$"),
                name="households_household_schema_name",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="households_household_currency"
            ),
            models.CheckConstraint(
                condition=models.Q(month_start_day__range=(1, LAST_START_DAY)),
                name="households_household_month_start_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Plainly saves the row. The schema is made by `tenancy.schemas`, never as a side effect of a save."""
        if not is_schema_name(self.schema_name):
            raise ValueError(f"{self.schema_name!r} is not the name of a household's schema.")
        models.Model.save(self, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Plainly deletes the row. Its schema is dropped by `tenancy.schemas`, never as a side effect of a delete."""
        return models.Model.delete(self, *args, **kwargs)

    def get_absolute_url(self) -> str:
        """Where the household's pages begin; the same from inside another household's pages."""
        return household_address(self.public_id)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def owner(self) -> User:
        """Whose household it is: the one who pays, and who decides who belongs to it."""
        return self.memberships.select_related("user").get(role=Membership.Role.OWNER).user

    @cached_property
    def entitlements(self) -> Entitlements:
        """What its plan lets it do, as it is when first asked; the object lives as long as a request or a job."""
        return Entitlements(self.subscription, timezone.now())

    def calendar(self) -> Calendar:
        """What day it is now for the household, and how it counts months. Pages ask here; deeds take it as given."""
        return Calendar(today_in(self.zone), self.month_start_day)


class Membership(models.Model):
    """A person's place in a household."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MEMBER = "member"
        VIEWER = "viewer"

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "user"], name="households_membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "member", "viewer"]), name="households_membership_role"
            ),
            models.UniqueConstraint(
                fields=["household"], condition=models.Q(role="owner"), name="households_membership_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.household.public_id}: {self.role}"

    def is_at_least(self, role: str) -> bool:
        """Whether the person may do what somebody of that role may."""
        ranks = [self.Role.VIEWER, self.Role.MEMBER, self.Role.OWNER]
        return ranks.index(self.Role(self.role)) >= ranks.index(self.Role(role))

    @property
    def may_write(self) -> bool:
        """Whether the person may change the household's money: by their role, and by the household's plan."""
        return self.is_at_least(self.Role.MEMBER) and self.household.entitlements.may_write

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> "InvitationQuerySet":
        """Those that nobody has accepted, also after their time."""
        return self.filter(accepted_at=None)

    def open(self, now: datetime.datetime) -> "InvitationQuerySet":
        """Those that can be accepted."""
        return self.waiting().filter(expires_at__gt=now)


class Invitation(models.Model):
    """A place in a household, offered to an e-mail address. Of the token in its link only a hash is kept."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254, help_text="in lower case")
    role = models.CharField(max_length=10, choices=Membership.Role.choices, default=Membership.Role.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 in hex")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "email"],
                condition=models.Q(accepted_at=None),
                name="households_invitation_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["member", "viewer"]), name="households_invitation_role"
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="households_invitation_email_lower"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.household}"

    def is_open(self, now: datetime.datetime) -> bool:
        return self.accepted_at is None and self.expires_at > now


class OwnershipOffer(models.Model):
    """The owner wants a member to be the owner. One at a time; gone with the answer, or with the membership."""

    household = models.OneToOneField(Household, on_delete=models.CASCADE, related_name="ownership_offer")
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="ownership_offer")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.household} to {self.membership.user}"


class DeadLetter(models.Model):
    """Work for a household that failed too often and waits for somebody; what an operator sees of it.

    Only ids and words of our own: the household's schema has the rest, and the people plane must not.
    """

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="dead_letters")
    task = models.CharField(max_length=120, help_text="the job's name in Celery")
    arguments = models.JSONField(help_text="ids within the household")
    attempt_count = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500, help_text="the class of the last error, never its text")
    failed_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, help_text="when it was run again, or not wanted any more")

    class Meta:
        ordering = ["failed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "task", "arguments"],
                condition=models.Q(resolved_at=None),
                name="households_deadletter_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} of {self.household_id}"
