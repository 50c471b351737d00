from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from apps.audit.actions import Action
from apps.audit.events import record
from apps.core.errors import ExpectedError
from apps.operations.admin.pages import MembershipLines, Pages
from apps.operations.suspending import suspend, unsuspend
from apps.users.models import User


class PersonPages(Pages):
    list_display = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "time_zone", "is_active", "is_staff", "date_joined", "last_login")
    inlines = (MembershipLines,)
    ordering = ("-date_joined",)
    actions = ("suspend", "unsuspend")

    @admin.action(description="Suspend: end their sessions and let them in no more")
    def suspend(self, request: HttpRequest, people: "QuerySet[User]") -> None:
        self._do(request, people, suspend, "suspended")

    @admin.action(description="Let in again")
    def unsuspend(self, request: HttpRequest, people: "QuerySet[User]") -> None:
        self._do(request, people, unsuspend, "let in again")

    def _do(self, request: HttpRequest, people: "QuerySet[User]", deed: Callable[..., bool], done: str) -> None:
        count = 0
        for person in people:
            try:
                count += deed(person, actor=request.user, request=request)
            except ExpectedError as error:
                self.message_user(request, str(error), messages.WARNING)
        self.message_user(request, f"{count} {'person was' if count == 1 else 'people were'} {done}.")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **named: Any) -> HttpResponse:
        person = self.get_object(request, object_id)
        if person is not None:
            assert isinstance(request.user, User)
            record(Action.PERSON_LOOKED_AT, actor=request.user, person=person, request=request)
        return super().change_view(request, object_id, *args, **named)
