"""The database backend of the ledger plane: one household at a time, as that household's role.

django-tenants' backend sets `search_path` for a session. Ours sets role and search path with SET LOCAL, first thing in
a transaction, and refuses every query outside of one: behind a transaction pool a session belongs to nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.utils.asyncio import async_unsafe
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsDatabaseWrapper
from django_tenants.postgresql_backend.base import FakeTenant

from apps.tenancy.errors import AnotherHousehold, NoHouseholdTransaction, TenancyError
from apps.tenancy.ledger_backend.cursor import SingleStatementCursor
from apps.tenancy.names import EXTENSIONS_SCHEMA, is_schema_name, narrow_role
from apps.tenancy.narrowing import SETS, Narrowing
from apps.tenancy.planes import NOBODY


class DatabaseWrapper(TenantsDatabaseWrapper):
    """A connection that answers only inside `household(schema_name)`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._internal = False
        self.narrowing: Narrowing | None = None
        self.person_id: int | None = None
        super().__init__(*args, **kwargs)

    # --- taking and giving back a household's role -------------------------------------------------------------

    @contextmanager
    def household(self, schema_name: str, *, person_id: int | None = None, only_reads: bool = False) -> Iterator[None]:
        """Takes the household's role for the rest of the transaction that the caller has just opened; the narrow one if
        something is kept from that person.

        Opening the same household again is fine and widens nothing: inside what is open for a person it stays so, and
        what is open for the household is open for the person until the end of the block. Opening another one, or the
        same one for somebody else, raises AnotherHousehold.
        """
        if self.schema_name == schema_name and person_id in {None, self.person_id}:
            yield
            return
        if self.schema_name == schema_name and self.person_id is None:
            with self._opened(schema_name, person_id, only_reads=only_reads):
                yield
            if self._is_in_transaction():
                self._send(f"SET LOCAL ROLE {schema_name}")
            return
        if self.schema_name != NOBODY:
            raise AnotherHousehold(f"{schema_name} was opened inside {self.schema_name}.")
        if not is_schema_name(schema_name):
            raise TenancyError(f"{schema_name!r} is not the name of a household's schema.")
        if not self.in_atomic_block:
            raise NoHouseholdTransaction("A household is opened inside a transaction.")
        try:
            with self._opened(schema_name, person_id, only_reads=only_reads):
                yield
        finally:
            self.set_schema(NOBODY)
            self._give_back()

    @contextmanager
    def _opened(self, schema_name: str, person_id: int | None, *, only_reads: bool) -> Iterator[None]:
        self._take(schema_name, person_id, only_reads=only_reads)
        self.set_schema(schema_name)
        self.person_id = person_id
        try:
            yield
        finally:
            self.narrowing = self.person_id = None

    def _take(self, schema_name: str, person_id: int | None, *, only_reads: bool) -> None:
        """One message, in which the question what is kept from the person travels, and a second one if something is."""
        begin = "SET TRANSACTION READ ONLY; " if only_reads else ""
        begin += f"SET LOCAL ROLE {schema_name}; SET LOCAL search_path = {schema_name}, {EXTENSIONS_SCHEMA}"
        if person_id is None:
            self._send(begin)
            return
        hidden, read_only, frozen = self._send(f"{begin}; {SETS.format(person=int(person_id))}")
        found = Narrowing(person_id, tuple(hidden), tuple(read_only), tuple(frozen))
        if found.is_narrow:
            self.narrowing = found
            values = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in found.settings().items())
            self._send(f"SET LOCAL ROLE {narrow_role(schema_name)}; {values}")

    @contextmanager
    def with_full_role(self) -> Iterator[None]:
        """In what is open for a person: the household's full role for the block, and theirs again after it."""
        if self.narrowing is None:
            yield
            return
        self._send(f"SET LOCAL ROLE {self.schema_name}")
        try:
            yield
        finally:
            # An error of the database ends the transaction, or a savepoint of it, and the role with it.
            if self._is_in_transaction():
                self._send(f"SET LOCAL ROLE {narrow_role(self.schema_name)}")

    def _send(self, statements: str) -> tuple[Any, ...]:
        """Runs statements that no other code may send; a plain cursor may carry two in one message. Returns the row of
        the last one, if it has any."""
        with self.wrap_database_errors, psycopg.Cursor(self.connection) as cursor:
            cursor.execute(statements)  # names are checked by is_schema_name
            while cursor.nextset():
                pass
            return (cursor.fetchone() or ()) if cursor.description else ()

    def _give_back(self) -> None:
        """Drops the role at once where the transaction goes on (an outer block, as in tests)."""
        if self.connection is None or self.connection.closed or len(self.atomic_blocks) == 1:
            return
        if self._is_in_transaction():
            self._send("SET LOCAL ROLE NONE; SET LOCAL search_path = pg_catalog")

    def _is_in_transaction(self) -> bool:
        """Whether there is a transaction that a statement can still be sent in."""
        return bool(self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS)

    @contextmanager
    def without_nested_loops(self) -> Iterator[None]:
        """The planner joins by hash or merge where it can: for statements over rows of which it has no statistics."""
        self._send("SET LOCAL enable_nestloop = off")
        yield
        # An exception ends the transaction, or a savepoint of it, and the setting with it.
        self._send("SET LOCAL enable_nestloop = on")

    def check_references(self) -> None:
        """Foreign keys are checked at the commit; this does it now. Raises IntegrityError."""
        self._send("SET CONSTRAINTS ALL IMMEDIATE")
        self._send("SET CONSTRAINTS ALL DEFERRED")

    # --- the door ------------------------------------------------------------------------------------------------

    @async_unsafe
    def _cursor(self, name: str | None = None) -> Any:
        if not self._internal and (self.schema_name == NOBODY or not self.in_atomic_block):
            raise NoHouseholdTransaction("A query on the ledger plane needs `with household_context(household):`.")
        return super()._cursor(name)

    def _handle_search_path(self, cursor: Any = None) -> None:
        """The path is set with the role, once in a transaction; never here, once a query."""

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:  # noqa: ARG002
        """Notes the household; django-tenants would also drop Django's cache of content types, which we keep."""
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = False

    def set_schema(self, schema_name: str, include_public: bool = False, tenant_type: Any = None) -> None:  # noqa: ARG002
        self.set_tenant(FakeTenant(schema_name=schema_name))

    # --- what Django sends of itself: connecting, savepoints -----------------------------------------------------

    @contextmanager
    def _as_django(self) -> Iterator[None]:
        self._internal = True
        try:
            yield
        finally:
            self._internal = False

    @async_unsafe
    def connect(self) -> None:
        with self._as_django():
            super().connect()

    def check_constraints(self, table_names: Any = None) -> None:  # noqa: ARG002 (Django's interface)
        """Has the deferred constraints checked now, as Django's tests do before they roll back."""
        if self.in_atomic_block:
            self._send("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def is_usable(self) -> bool:
        with self._as_django():
            return bool(super().is_usable())

    def _savepoint(self, sid: str) -> None:
        with self._as_django():
            super()._savepoint(sid)

    def _savepoint_rollback(self, sid: str) -> None:
        with self._as_django():
            super()._savepoint_rollback(sid)

    def _savepoint_commit(self, sid: str) -> None:
        with self._as_django():
            super()._savepoint_commit(sid)

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": SingleStatementCursor}
