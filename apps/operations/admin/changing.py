"""Pages on which operators change a row: by a deed that is audited, and the row's page tells who changed what."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.audit.models import AuditEvent
from apps.operations.admin.pages import Pages, email_of
from apps.users.models import User

EVENTS_SHOWN = 20


class ChangingPages(Pages):
    """Rows that can be changed; none can be added or deleted."""

    deed: ClassVar[Callable[..., dict[str, Any]]]
    """Gets the row, what the form holds, the actor and the request; writes and records it; returns what changed."""
    recorded_as: ClassVar[str]
    named_by: ClassVar[tuple[str, str]]
    """The row's field that its events hold, and under which name they hold it."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return True

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:  # noqa: ARG002
        assert isinstance(request.user, User)
        changes = type(self).deed(obj, form.cleaned_data, actor=request.user, request=request)
        for sentence in self.warnings(obj, changes):
            self.message_user(request, sentence, "warning")

    def save_related(self, *_: Any) -> None:
        """The deed has written the lists, too."""

    def log_change(self, *_: Any) -> None:  # type: ignore[override]
        """Django would keep a log of its own; ours is the audit log."""

    def warnings(self, row: Any, changes: dict[str, Any]) -> list[str]:  # noqa: ARG002
        """What whoever changed it should know."""
        return []

    @admin.display(description="who changed it")
    def history(self, row: Model) -> SafeString:
        field, key = self.named_by
        events = AuditEvent.objects.filter(action=self.recorded_as, **{f"details__{key}": getattr(row, field)})
        newest = events.annotate(actor_email=email_of("actor_id"))[:EVENTS_SHOWN]
        told = [{"event": event, "changes": _in_words(event.details["changes"])} for event in newest]
        return render_to_string("operations/staff_history.html", {"events": told})


def _in_words(changes: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(name.replace("_", " "), _word(change["old"]), _word(change["new"])) for name, change in changes.items()]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "not set" if value in {None, ""} else str(value)
