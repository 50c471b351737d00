"""The benchmarks' own database: made as production's is, dropped afterwards with the roles of its households."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from apps.imports.store import configure_store
from apps.tenancy import names
from apps.tenancy.migrating import household_schemas
from apps.tenancy.preparing import prepare_database
from benchmarks.settings import DATABASE_NAME


@contextmanager
def own_database() -> Iterator[None]:
    """The database, with its tables and an empty bucket; nothing of it is left at the end."""
    _drop()
    prepare_database(os.environ["DATABASE_ADMIN_URL"])
    try:
        call_command("migrate", verbosity=0)
        configure_store()
        yield
    finally:
        connections["owner"].close()
        roles = household_schemas()
        connections.close_all()
        _close_pools()
        _drop(roles)


@contextmanager
def administrator(database: str = DATABASE_NAME) -> Iterator[psycopg.Connection]:
    """A superuser's connection, for what autovacuum would do in time and for filling tables quickly."""
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=database, autocommit=True) as admin:
        yield admin


def server_version() -> str:
    with administrator() as admin:
        return str(admin.execute("SHOW server_version").fetchone()[0])  # type: ignore[index]


def settle(schema_name: str, *tables: str) -> None:
    """Brings tables to where autovacuum would have brought them by the next day."""
    with administrator() as admin:
        for table in tables:
            admin.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(schema_name, table)))


def checkpoint() -> None:
    """So that no measurement pays for the writes of the one before."""
    with administrator() as admin:
        admin.execute("CHECKPOINT")


def end_statements() -> None:
    """Ends what a killed worker left running: the server would notice only at the end of the statement."""
    with administrator() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()"
        )


def _close_pools() -> None:
    for alias in ("default", "households"):
        pooled: Any = connections[alias]
        pooled.close_pool()


def _drop(roles: list[str] | None = None) -> None:
    with administrator("postgres") as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE_NAME)))
        for role in [own for name in roles or [] for own in (name, names.narrow_role(name))]:
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
