"""Making, assigning and dropping the schema and role of a household. All but `take_spare` needs the owner's login."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from apps.tenancy import names, policies
from apps.tenancy.errors import TenancyError
from apps.tenancy.models import Spare, Template
from apps.tenancy.planes import OWNER, owner_connection
from apps.tenancy.router import household_labels

MigrationName = tuple[str, str]


@contextmanager
def owner_of(schema_name: str) -> Iterator[None]:
    """One transaction of the owner with that schema as the search path; migrations inside it work on that schema."""
    connection = owner_connection()
    previous = connection.schema_name
    with transaction.atomic(using=OWNER):
        _set_path(schema_name)
        connection.schema_name = schema_name
        try:
            yield
        finally:
            connection.schema_name = previous
        # An exception rolls the path back; here the transaction may go on in an outer block.
        _set_path(previous)


def _set_path(schema_name: str) -> None:
    with owner_connection().cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path = {schema_name}, {names.EXTENSIONS_SCHEMA}")


def household_migrations() -> list[MigrationName]:
    """Every migration of the household apps, in the order in which a new schema takes them."""
    graph = MigrationLoader(None).graph
    labels = household_labels()
    ordered: dict[MigrationName, None] = {}
    for leaf in sorted(node for node in graph.leaf_nodes() if node[0] in labels):
        for node in graph.forwards_plan(leaf):
            if node[0] not in labels:
                raise TenancyError(f"{leaf} depends on {node}, which is not of the household's schema.")
            ordered[node] = None
    return list(ordered)


def digest_of(migrations: list[MigrationName]) -> str:
    """A name for a set of applied migrations, equal for schemas that stand at the same point."""
    text = ",".join(f"{app}.{name}" for app, name in sorted(migrations))
    return hashlib.sha256(text.encode()).hexdigest()


def migrate_schema(schema_name: str) -> list[str]:
    """Runs every pending migration in the schema, as Django does; returns the statements sent."""
    with owner_of(schema_name):
        connection = owner_connection()
        connection.journal = []
        try:
            executor = MigrationExecutor(connection)
            executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in household_labels()])
            return connection.journal
        finally:
            connection.journal = None


def template() -> list[str]:
    """The statements that make a household's tables: those that one real run of all migrations sent, and the rows that
    data migrations wrote in it.

    Made once for each set of migrations, in a schema that is rolled back again, and kept in `Template`.
    """
    owner_connection()
    migrations = household_migrations()
    digest = digest_of(migrations)
    known = Template.objects.using(OWNER).filter(digest=digest).first()
    if known is not None:
        return list(known.statements)
    scratch = names.new_schema_name()
    with transaction.atomic(using=OWNER):
        point = transaction.savepoint(using=OWNER)
        execute([f"CREATE SCHEMA {scratch}"])
        statements = migrate_schema(scratch) + _rows_of(scratch)
        transaction.savepoint_rollback(point, using=OWNER)
    recorded = ", ".join(f"('{app}', '{name}', now())" for app, name in migrations)
    statements.append(f"INSERT INTO django_migrations (app, name, applied) VALUES {recorded}")  # noqa: S608
    Template.objects.using(OWNER).update_or_create(digest=digest, defaults={"statements": statements})
    return statements


def _rows_of(schema_name: str) -> list[str]:
    """Statements that write the rows of a schema anew, with their ids, and go on counting after them."""
    statements: list[str] = []
    connection = owner_connection()
    with owner_of(schema_name), connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - {"django_migrations"}):
            cursor.execute(_INSERT_ROWS.format(table=table))
            statements += [statement for (statement,) in cursor.fetchall()]
    return statements


# What RunSQL wrote is in the journal and in the table: the rows as they were at the end count.
_INSERT_ROWS = """
    WITH col AS (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS list FROM pg_attribute
         WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ), rows AS (
        SELECT json_agg(t) AS found FROM {table} t
    )
    SELECT unnest(ARRAY[
               'DELETE FROM {table}',
               format('INSERT INTO {table} (%s) OVERRIDING SYSTEM VALUE'
                      ' SELECT %1$s FROM json_populate_recordset(NULL::{table}, %L)', list, found)])
      FROM rows, col WHERE found IS NOT NULL
    UNION ALL
    SELECT format('SELECT setval(pg_get_serial_sequence(''{table}'', %L), %s)', attname, s.last_value)
      FROM pg_attribute
      JOIN pg_sequences s ON format('%I.%I', s.schemaname, s.sequencename) = pg_get_serial_sequence('{table}', attname)
     WHERE attrelid = '{table}'::regclass AND attidentity <> '' AND s.last_value IS NOT NULL
"""


def execute(statements: list[str]) -> None:
    """Sends the owner's statements in one round trip, one statement a message (as a sharded cluster demands)."""
    owner_connection().ensure_connection()
    raw = owner_connection().connection
    with owner_connection().wrap_database_errors, raw.pipeline(), raw.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, prepare=False)


def _role_statements(schema_name: str) -> list[str]:
    """The roles, the schema, and their rights on it; the default rights come before any table."""
    ledger, tables = names.login("households"), "SELECT, INSERT, UPDATE, DELETE"
    modern = owner_connection().pg_version >= 160000
    roles = (schema_name, names.narrow_role(schema_name))
    both = ", ".join(roles)
    return [
        *(f"CREATE ROLE {role} NOLOGIN NOINHERIT" for role in roles),
        f"GRANT {both} TO {ledger}" + (" WITH INHERIT FALSE, SET TRUE" if modern else ""),
        f"CREATE SCHEMA {schema_name}",
        f"GRANT USAGE ON SCHEMA {schema_name} TO {both}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema_name} GRANT {tables} ON TABLES TO {both}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema_name} GRANT USAGE ON SEQUENCES TO {both}",
    ]


def make_schema(schema_name: str) -> None:
    """Makes the household's roles and schema from the template, in one transaction."""
    if not names.is_schema_name(schema_name):
        raise TenancyError(f"{schema_name!r} cannot be the name of a household's schema.")
    statements = template()
    with owner_of(schema_name):
        execute([*_role_statements(schema_name), *statements, *_after_tables(schema_name)])


def make_schema_by_migrations(schema_name: str) -> None:
    """The same, by running every migration: slow, and what the template is compared with."""
    with owner_of(schema_name):
        execute(_role_statements(schema_name))
        migrate_schema(schema_name)
        execute(_after_tables(schema_name))


def _after_tables(schema_name: str) -> list[str]:
    """Needs the tables to stand where it is sent, not where it is made."""
    both = f"{schema_name}, {names.narrow_role(schema_name)}"
    return [
        # The household's own roles have no business with the record of migrations.
        f"REVOKE ALL ON {schema_name}.django_migrations FROM {both}",
        *policies.statements(schema_name, tables=policies.policies()),
    ]


def bring_policies_up_to_date(schema_name: str) -> None:
    """Makes and drops policies so that the schema has those that its tables need; one query where it has them."""
    with owner_connection().cursor() as cursor:
        cursor.execute(_POLICIES, [schema_name])
        found = cursor.fetchall()
    existing = [(table, name) for table, name in found if name]
    execute(policies.statements(schema_name, existing=existing, tables={table for table, _ in found}))


def with_other_policies() -> set[str]:
    """The schemas of households whose policies are not those of the code; one query for all of them."""
    wanted = {f"{table}.{name}" for table, policy in policies.policies().items() for name in policy.named()}
    with owner_connection().cursor() as cursor:
        cursor.execute(_ALL_POLICIES)
        return {name for name, found in cursor.fetchall() if set(found) != wanted}


_ALL_POLICIES = """
    SELECT n.nspname, array_remove(array_agg(c.relname || '.' || p.polname), NULL)
      FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r'
      LEFT JOIN pg_policy p ON p.polrelid = c.oid
     WHERE n.nspname ~ '^h[0-9a-z]{2,40}$' GROUP BY 1
"""
_POLICIES = """
    SELECT c.relname, p.polname FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
     WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r'
"""


def exists(schema_name: str) -> bool:
    with owner_connection().cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema_name])
        (found,) = cursor.fetchone()
    return bool(found)


def drop_schema(schema_name: str) -> None:
    """Drops the schema with all that is in it, and its roles."""
    if not names.is_schema_name(schema_name):
        raise TenancyError(f"{schema_name!r} is not a household's schema.")
    with owner_of("public"):
        roles = f"{schema_name}, {names.narrow_role(schema_name)}"
        execute([f"DROP SCHEMA IF EXISTS {schema_name} CASCADE", f"DROP ROLE IF EXISTS {roles}"])


# --- spares ----------------------------------------------------------------------------------------------------------


def keep_spares(wanted: int) -> int:
    """Makes schemas until `wanted` spares stand ready; returns how many were made."""
    owner_connection()
    made = 0
    while Spare.objects.count() < wanted:
        name = names.new_schema_name()
        with transaction.atomic(using=OWNER):
            make_schema(name)
            Spare.objects.using(OWNER).create(schema_name=name)
        made += 1
    return made


def take_spare() -> str | None:
    """A ready schema for a new household, or None. Two who ask at once get two; runs no DDL.

    Call it inside the transaction that writes the household's row, so that a failure puts the spare back.
    """
    with transaction.atomic(using="default"):
        spare = Spare.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if spare is None:
            return None
        spare.delete()
        return spare.schema_name
