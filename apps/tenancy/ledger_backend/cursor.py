"""The cursor of the ledger plane: one statement a message, and only statements that read or write rows."""

import re
from typing import Any

from django.db.backends.postgresql.base import ServerBindingCursor

from apps.tenancy.errors import StatementRefused

# Comments end here where PostgreSQL ends them, and nowhere else: a line also at \r; a block at its first */, and one
# with another inside is not let through, for PostgreSQL counts them. Nothing is read twice (the possessive `*+`).
_ALLOWED = re.compile(
    rb"(?:\s|--[^\r\n]*+[\r\n]|/\*(?:(?!/\*|\*/).)*+\*/|\()*+"
    rb"(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES|EXPLAIN|LOCK|SAVEPOINT|RELEASE|ROLLBACK\s+TO)\b",
    re.IGNORECASE | re.DOTALL,
)


class SingleStatementCursor(ServerBindingCursor):
    """Always the extended protocol: the server itself refuses a second statement in a message, with or without
    parameters, so that injected SQL cannot append `; RESET ROLE`. Statements that would change the session or end
    the transaction (SET, RESET, COMMIT, DO, COPY, DECLARE … WITH HOLD) are refused before they are sent; Django's
    `iterator()` declares its cursors by another class, without HOLD.
    """

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:  # noqa: ARG002
        if not _ALLOWED.match(query.query):
            word = bytes(query.query).strip().split(maxsplit=1)[:1]
            raise StatementRefused(f"The ledger plane does not send {b''.join(word).decode(errors='replace')!r}.")
        super()._execute_send(query, force_extended=True, binary=binary)  # type: ignore[misc]  # psycopg's, not in stubs
