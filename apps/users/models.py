"""A person and how they sign in."""

import zoneinfo
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.management.base import CommandError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, **_: Any) -> NoReturn:
        """Django's command would make staff without a code and without an event in the log."""
        raise CommandError("Staff accounts are made by `manage.py create_staff`.")

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the name they sign in with; upper and lower case do not matter in it."""

    email = models.EmailField("e-mail address", max_length=254, unique=True, help_text="in lower case")
    name = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=63, default="UTC", help_text="IANA name")
    language = models.CharField(max_length=10, default="en", help_text="one of settings.LANGUAGES")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="users_user_email_lower")]

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0] or self.email


class KnownPlace(models.Model):
    """A device at an address from which a person has signed in: there it is no news when they do it again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_places")
    device = models.CharField(max_length=120, help_text="in words: Firefox on Windows")
    address = models.GenericIPAddressField(help_text="of IPv6 the first of its /64")
    last_at = models.DateTimeField(help_text="of the last sign-in")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "device", "address"], name="users_knownplace_once"),
        ]

    def __str__(self) -> str:
        return f"{self.device}, {self.address}"


class LastCode(models.Model):
    """Of which time the newest code of an app was that a person gave: neither it nor an older one is taken again."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    step = models.BigIntegerField(help_text="half minutes since 1970")

    def __str__(self) -> str:
        return f"{self.user}: {self.step}"
