"""Sessions of staff: their own table, an end after half an hour without a page and after eight hours in any case."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from apps.operations.models import StaffSession

_BEGAN = "began"


class StaffSessions(SessionStore):
    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        data.setdefault(_BEGAN, timezone.now().isoformat())
        return super().create_model_instance(data)

    def get_expiry_date(self, **_: Any) -> datetime.datetime:
        now = timezone.now()
        began = datetime.datetime.fromisoformat(self.get(_BEGAN) or now.isoformat())
        return min(now + settings.STAFF_IDLE, began + settings.STAFF_LONGEST)

    def get_expiry_age(self, **_: Any) -> int:
        return int((self.get_expiry_date() - timezone.now()).total_seconds())


def end_staff_sessions(user_id: int) -> None:
    """Ends all of this person's sessions under /admin/. There are few rows, and only their content says whose."""
    mine = [row.pk for row in StaffSession.objects.all() if row.get_decoded().get(SESSION_KEY) == str(user_id)]
    StaffSession.objects.filter(pk__in=mine).delete()
