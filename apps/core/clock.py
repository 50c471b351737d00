"""What day it is for a household, and how long a wait is. Deeds take the day as a parameter; pages ask here."""

import datetime
import zoneinfo

from django.utils import timezone


def today_in(zone: zoneinfo.ZoneInfo) -> datetime.date:
    return timezone.localdate(timezone=zone)


def in_words(seconds: int) -> str:
    """How long that is, for "try again in …": never shorter than it is, and no more exact than people wait."""
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours = -(-minutes // 60)
    return "1 hour" if hours == 1 else f"{hours} hours"
