"""What day it is for a household. Deeds take the day as a parameter; pages ask here."""

import datetime
import zoneinfo

from django.utils import timezone


def today_in(zone: zoneinfo.ZoneInfo) -> datetime.date:
    return timezone.localdate(timezone=zone)
