"""The cursor of the ledger plane: one statement a message, and only statements that read or write rows."""

import re
from typing import Any

from django.db.backends.postgresql.base import ServerBindingCursor

from apps.tenancy.errors import StatementRefused

# Comments end here where PostgreSQL ends them, and nowhere else: a line also at \r; a block at its first */, and one
# with another inside is not let through, for PostgreSQL counts them. Plain patterns in a loop: Python 3.11.2, which is
# Debian 12's, matches possessive groups wrongly.
_BEFORE = re.compile(rb"\s+|\(|--[^\r\n]*[\r\n]")
_BLOCK = re.compile(rb"/\*.*?\*/", re.DOTALL)
_ALLOWED = re.compile(
    rb"(?:SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES|EXPLAIN|LOCK|SAVEPOINT|RELEASE|ROLLBACK\s+TO)\b", re.IGNORECASE
)


def _is_allowed(statement: bytes) -> bool:
    """Whether the first word, behind white space, comments and parentheses, is of a statement that works on rows."""
    position = 0
    while True:
        if block := _BLOCK.match(statement, position):
            if b"/*" in block[0][2:]:
                return False
            position = block.end()
        elif before := _BEFORE.match(statement, position):
            position = before.end()
        else:
            return _ALLOWED.match(statement, position) is not None


class SingleStatementCursor(ServerBindingCursor):
    """Always the extended protocol: the server itself refuses a second statement in a message, with or without
    parameters, so that injected SQL cannot append `; RESET ROLE`. Statements that would change the session or end
    the transaction (SET, RESET, COMMIT, DO, COPY, DECLARE … WITH HOLD) are refused before they are sent; Django's
    `iterator()` declares its cursors by another class, without HOLD.
    """

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:  # noqa: ARG002
        if not _is_allowed(bytes(query.query)):
            word = bytes(query.query).strip().split(maxsplit=1)[:1]
            raise StatementRefused(f"The ledger plane does not send {b''.join(word).decode(errors='replace')!r}.")
        super()._execute_send(query, force_extended=True, binary=binary)  # type: ignore[misc]  # psycopg's, not in stubs
