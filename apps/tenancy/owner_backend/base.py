"""The database backend of the owner of schemas: Django's own, which can keep a journal of what a migration sent."""

from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from apps.tenancy.owner_backend.introspection import SchemaIntrospection
from apps.tenancy.owner_backend.schema import JournalSchemaEditor


class DatabaseWrapper(PostgresWrapper):
    """`schema_name` is the schema that migrations of this connection work on; set by `tenancy.schemas.owner_of`."""

    schema_name = "public"
    introspection_class = SchemaIntrospection
    SchemaEditorClass = JournalSchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.journal: list[str] | None = None
