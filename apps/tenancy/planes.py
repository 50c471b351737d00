"""The connections of the ledger plane and of its owner, with their own types."""

from typing import TYPE_CHECKING, cast

from django.db import connections
from django.utils.connection import ConnectionDoesNotExist

from apps.tenancy.errors import NoOwnerConnection

if TYPE_CHECKING:
    from apps.tenancy.ledger_backend.base import DatabaseWrapper as LedgerConnection
    from apps.tenancy.owner_backend.base import DatabaseWrapper as OwnerConnection

LEDGER = "households"
OWNER = "owner"
NOBODY = "public"


def ledger_connection() -> "LedgerConnection":
    """This thread's connection to the money of the open household."""
    return cast("LedgerConnection", connections[LEDGER])


def owner_connection() -> "OwnerConnection":
    """This thread's connection as the owner of schemas; raises NoOwnerConnection where the process has none."""
    try:
        return cast("OwnerConnection", connections[OWNER])
    except ConnectionDoesNotExist:
        raise NoOwnerConnection("DATABASE_OWNER_URL is not set in this process.") from None
