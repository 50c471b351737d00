"""A schema editor that can write down the statements it sends."""

import re
from types import TracebackType
from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor

# Some of Django's templates carry SET CONSTRAINTS in one message with the statement that needs it.
_TWO_IN_ONE = re.compile(r"(?<= IMMEDIATE); (?=ALTER TABLE )|; (?=SET CONSTRAINTS [^;]* IMMEDIATE$)")


class JournalSchemaEditor(DatabaseSchemaEditor):
    """Adds every DDL statement to `connection.journal`, if one is kept, after the database accepted it.

    Statements name no schema, so that the journal can be replayed in any schema that stood where this one stood.
    """

    def execute(self, sql: Any, params: Any = ()) -> None:
        super().execute(sql, params)
        if self.collect_sql:
            return
        # As Django's own editor does: with parameters, even with none of them, `%%` means `%`.
        text = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
        self._note(*_TWO_IN_ONE.split(text))

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(exc_type, exc_value, traceback)
        if exc_type is None and not self.collect_sql and self.connection.in_atomic_block:
            self._check_constraints()

    def _check_constraints(self) -> None:
        """All pending migrations are one transaction; the next may alter a table only if no check of rows waits."""
        statements = ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
        with self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        self._note(*statements)

    def _note(self, *statements: str) -> None:
        journal: list[str] | None = getattr(self.connection, "journal", None)
        if journal is not None:
            journal.extend(statements)
