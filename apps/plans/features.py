"""What can be switched on and off, and what decides it: pure, so that pages, jobs and the API cannot differ."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices


class Feature(TextChoices):
    """Every feature that has a flag; no other name is accepted anywhere. What people call it stands in the flag."""

    API_ACCESS = "api_access", "API access"
    SCHEDULED_REPORTS = "scheduled_reports", "scheduled reports"
    # These two open what the plan's limits count: without them there is one account, and one person.
    MULTIPLE_ACCOUNTS = "multiple_accounts", "multiple accounts"
    FAMILY_SHARING = "family_sharing", "family sharing"
    # Tables of reports. A household's own rows are taken along by whoever wants to, on any plan and on none.
    CSV_EXPORT = "csv_export", "CSV export"
    # Those that the original hid at first: the flow of money, the map of buckets and merchants, the calendar.
    ADVANCED_CHARTS = "advanced_charts", "advanced charts"


# Their flags are there, what they open is not: nobody is offered it yet.
TO_COME = frozenset({Feature.API_ACCESS, Feature.SCHEDULED_REPORTS, Feature.CSV_EXPORT, Feature.ADVANCED_CHARTS})


@dataclass(frozen=True)
class Said:
    """What a flag says of one household. Of one feature at a time exactly one of its parts decides: see `is_on`."""

    everyone: bool | None
    is_off_here: bool
    is_on_here: bool
    people: frozenset[int]
    """The ids of the household's members for whom it is on."""
    is_in_plan: bool
    percent: Decimal | None
    """Of all households, 0 to 100."""
    place: Decimal
    """Where the household stands among them, 0 to 99.9: `place_of`."""

    def is_on(self, person_id: int | None = None) -> bool:
        """What is said first decides: of everybody (on or off for all, whatever else is said), of this household
        (off before on), of this person, of the plan in force, of a share of all households."""
        if self.everyone is not None:
            return self.everyone
        if self.is_off_here or self.is_on_here:
            return not self.is_off_here
        if person_id in self.people or self.is_in_plan:
            return True
        return self.percent is not None and self.place < self.percent


def place_of(household_id: int, name: str) -> Decimal:
    """The household's place for this flag, 0.0 to 99.9: always the same, and another one for each flag.

    So a roll-out of 5 % goes to the same households in pages, jobs and the API, and one of 10 % to these and others.
    """
    digest = hashlib.sha256(f"{name} {household_id}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big") % 1000) / 10
