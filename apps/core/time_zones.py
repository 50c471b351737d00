"""The time zones that people choose from."""

import zoneinfo

_ZONES = sorted(
    zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc", "SystemV"))
)
# As a form's choices: the IANA name, and how people read it.
TIME_ZONES = [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in _ZONES)]
