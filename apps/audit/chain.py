"""Reading the chain of hashes: its head, and the first place where it does not hold."""

from dataclasses import dataclass

from django.db import connection

from apps.audit import chain_sql
from apps.audit.models import AuditLink
from apps.core.errors import ExpectedError


class UnreadableAnchor(ExpectedError):
    """Somebody gave an anchor that no log line can have held."""


@dataclass(frozen=True)
class Anchor:
    """A place of the chain and the hash that stood there: written `<position>:<hash in hex>`."""

    position: int
    hash: bytes

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Raises UnreadableAnchor."""
        position, _, digest = text.strip().partition(":")
        try:
            return cls(int(position), bytes.fromhex(digest))
        except ValueError:
            raise UnreadableAnchor("An anchor is a position and a hash, as the log has them: 1204:9f86d081…") from None

    def __str__(self) -> str:
        return f"{self.position}:{self.hash.hex()}"


def head() -> Anchor | None:
    """The newest link; its position is also how many events there have been. None before the first event."""
    link = AuditLink.objects.order_by("-position").first()
    return None if link is None else Anchor(link.position, bytes(link.hash))


def first_break(anchor: Anchor | None = None) -> str:
    """A sentence that names the first event or link that is not as it was written; empty if all are.

    An anchor from the log also shows whether the end was cut off, or everything written anew.
    """
    return _break_in_chain() or _unchained() or (_break_at(anchor) if anchor else "")


def _break_in_chain() -> str:
    with connection.cursor() as cursor:
        cursor.execute(chain_sql.FIRST_BREAK)
        found = cursor.fetchone()
    if found is None:
        return ""
    position, before, event_id, is_gone = found
    if position != before + 1:
        return f"Links are missing: {position} (event {event_id}) follows {before}."
    if is_gone:
        return f"Event {event_id} (link {position}) was removed."
    return f"Event {event_id} (link {position}) was changed, or stands in the place of another."


def _unchained() -> str:
    with connection.cursor() as cursor:
        cursor.execute(chain_sql.UNCHAINED)
        found = cursor.fetchone()
    return f"Event {found[0]} has no link: it was put in around the chain, or its link was removed." if found else ""


def _break_at(anchor: Anchor) -> str:
    link = AuditLink.objects.filter(position=anchor.position).first()
    if link is None:
        newest = head()
        return f"The end was cut off: the chain ends at {newest.position if newest else 0}, before the anchor {anchor}."
    if bytes(link.hash) != anchor.hash:
        return f"The chain was written anew: link {anchor.position} is not the anchor’s."
    return ""
