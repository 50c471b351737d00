from typing import TYPE_CHECKING

from django.contrib.sessions.base_session import AbstractBaseSession

if TYPE_CHECKING:
    from apps.operations.admin.sessions import StaffSessions


class StaffSession(AbstractBaseSession):
    """A session under /admin/. In a table of its own, so that no key of a customer's session opens one."""

    @classmethod
    def get_session_store_class(cls) -> "type[StaffSessions]":
        from apps.operations.admin.sessions import StaffSessions  # it needs this model

        return StaffSessions
