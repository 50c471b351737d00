"""The right that the audit log rests on: the application may add events, and not change or delete them."""

from typing import Any

from apps.tenancy.names import login


def revoke_changes(_apps: Any, schema_editor: Any) -> None:
    """A migration's step: takes UPDATE, DELETE and TRUNCATE on the events from the people plane's login."""
    schema_editor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditevent FROM "{login("default")}"')
