"""A schema editor that can write down the statements it sends."""

from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor


class JournalSchemaEditor(DatabaseSchemaEditor):
    """Adds every DDL statement to `connection.journal`, if one is kept, after the database accepted it.

    Statements name no schema, so that the journal can be replayed in any schema that stood where this one stood.
    """

    def execute(self, sql: Any, params: Any = ()) -> None:
        super().execute(sql, params)
        journal: list[str] | None = getattr(self.connection, "journal", None)
        if journal is not None and not self.collect_sql:
            text = str(sql)
            journal.append(text % tuple(map(self.quote_value, params)) if params else text)
