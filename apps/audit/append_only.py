"""The rights that the audit log rests on: the application may add events, and the database alone links them."""

from typing import Any

from apps.audit.chain_sql import FUNCTION, TRIGGER
from apps.tenancy.names import login


def revoke_changes(_apps: Any, schema_editor: Any) -> None:
    """A migration's step: leaves the people plane's login INSERT and SELECT on events, and SELECT on links."""
    people = login("default")
    for statement in (
        FUNCTION,
        "REVOKE ALL ON FUNCTION audit_add_link() FROM PUBLIC",
        TRIGGER,
        f'REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditevent FROM "{people}"',
        f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_auditlink FROM "{people}"',
    ):
        schema_editor.execute(statement)
