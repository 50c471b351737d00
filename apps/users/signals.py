"""What happens to people's accounts that allauth sends no signal for; the audit above listens."""

from django.dispatch import Signal

# A person ended other sessions of theirs. Arguments: request, user, devices (a list of words: "Firefox on Windows").
sessions_ended = Signal()
# A person changed their profile. Arguments: request, user, changed (the names of the fields).
profile_changed = Signal()
