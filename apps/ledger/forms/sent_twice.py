"""Forms that make something: a second click, or the back button, sends the same page once more."""

from uuid import NAMESPACE_OID, UUID, uuid5

from django.http import QueryDict

_SAYS_NOTHING = {"csrfmiddlewaretoken", "again"}


def key_of(posted: QueryDict) -> UUID | None:
    """Equal if the same page (its hidden `form_key`) says the same again; None for a form that names no page."""
    if not posted.get("form_key"):
        return None
    said = sorted((name, posted.getlist(name)) for name in posted if name not in _SAYS_NOTHING)
    return uuid5(NAMESPACE_OID, repr(said))
