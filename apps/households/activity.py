"""What a household's members may read of its audit log, and how it is told."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.audit.actions import Kind
from apps.audit.models import AuditEvent
from apps.core.paging import Cursor, KeysetPage, newest_first
from apps.households.models import Membership
from apps.users.names import names_of

PAGE_SIZE = 50
US, GONE = "Maxwell’s Wallet", "Somebody who is gone"


class ActivityFilter(forms.Form):
    """Which events are shown, as the address says it."""

    person = forms.TypedChoiceField(label="Person", coerce=int, required=False)
    kind = forms.ChoiceField(label="About", choices=[("", "Everything"), *Kind.choices], required=False)
    start = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, membership: Membership, **named: Any) -> None:
        super().__init__(*args, **named)
        members = Membership.objects.filter(household=membership.household).select_related("user")
        people = sorted((str(member.user), member.user_id) for member in members)
        self.fields["person"].choices = [("", "Everybody"), *((pk, name) for name, pk in people)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", "The last day is before the first.")
        return self.cleaned_data

    def of(self, events: "QuerySet[AuditEvent]") -> "QuerySet[AuditEvent]":
        """Those of the events that the filter names; none while it cannot be understood."""
        if not self.is_valid():
            return events.none()
        chosen = self.cleaned_data
        if chosen["person"]:
            events = events.filter(Q(actor_id=chosen["person"]) | Q(person_id=chosen["person"]))
        if chosen["kind"]:
            events = events.filter(action__in=Kind(chosen["kind"]).actions)
        if chosen["start"]:
            events = events.filter(at__gte=_midnight(chosen["start"]))
        if chosen["end"] and chosen["end"] < datetime.date.max:
            events = events.filter(at__lt=_midnight(chosen["end"] + datetime.timedelta(days=1)))
        return events


@dataclass(frozen=True)
class Entry:
    """One event in the reader's words. `address` is only told to the person whose it is."""

    at: datetime.datetime
    who: str
    what: str
    address: str


def readable_by(membership: Membership) -> "QuerySet[AuditEvent]":
    """The household's events that this member may read: all for the owner, who answers for the household.

    Others read what they did, what was done to them, and who belongs to the household as what: that concerns them all.
    What the others download or unlock is between them and the owner.
    """
    events = AuditEvent.objects.filter(household_id=membership.household_id)
    if membership.is_at_least(Membership.Role.OWNER):
        return events
    mine = Q(actor_id=membership.user_id) | Q(person_id=membership.user_id)
    return events.filter(mine | Q(action__in=Kind.PEOPLE.actions))


def read(events: "QuerySet[AuditEvent]", *, place: str, reader_id: int) -> tuple["KeysetPage[AuditEvent]", list[Entry]]:
    """The page of events at `place` (of the address), newest first, in two queries."""
    page = newest_first(events, cursor=Cursor.parse(place), size=PAGE_SIZE)
    names = names_of(pk for event in page.rows for pk in (event.actor_id, event.person_id))
    return page, [_entry(event, names, reader_id=reader_id) for event in page.rows]


def _entry(event: AuditEvent, names: dict[int, str], *, reader_id: int) -> Entry:
    return Entry(
        at=event.at,
        who=_who(event, names),
        what=event.sentence(person=names.get(event.person_id or 0, "")),
        address=event.address or "" if event.actor_id == reader_id else "",
    )


def _who(event: AuditEvent, names: dict[int, str]) -> str:
    """Which of us it was is our matter; that it was one of us is the household's."""
    if event.actor_id is None or event.action in Kind.OPERATORS.actions:
        return US
    return names.get(event.actor_id, GONE)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=timezone.get_current_timezone())
