"""Bringing every household's schema up to date: the statements are made once and replayed in all that stand alike."""

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat

from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from apps.tenancy import schemas
from apps.tenancy.planes import owner_connection
from apps.tenancy.schemas import MigrationName

LOCK_TIMEOUT = "3s"


@dataclass
class Outcome:
    """What one run did: names of schemas, and for the failed ones the reason."""

    migrated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def household_schemas() -> list[str]:
    """Every schema of the database that is a household's, or a spare's, in the order of their names."""
    with owner_connection().cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^h[0-9a-z]{2,40}$' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def migrate_households(*, threads: int = 2, only: list[str] | None = None) -> Outcome:
    """Applies what is pending to every household. The first of each group goes first and alone.

    A household that fails is named in the outcome and does not stop the others; where the first of a group fails, its
    group is left as it was. Each household is one transaction, so that running again takes only what is left.
    """
    outcome = Outcome()
    wanted = set(schemas.household_migrations())
    for applied, members in _groups(only or household_schemas()):
        pending = wanted - applied
        if not pending:
            _bring_policies(members, outcome)
            continue
        first, *others = members
        try:
            with schemas.owner_of(first):
                _set_lock_timeout()
                statements = schemas.migrate_schema(first)
                schemas.bring_policies_up_to_date(first)
        except Exception as error:  # noqa: BLE001 — a data migration may raise anything
            outcome.failed |= dict.fromkeys(members, _first_line(error))
            continue
        outcome.migrated.append(first)
        replay = None if _needs_python(pending) else [*statements, *_records(pending)]
        with ThreadPoolExecutor(threads) as pool:
            for name, reason in zip(others, pool.map(_apply, others, repeat(replay)), strict=True):
                if reason is None:
                    outcome.migrated.append(name)
                else:
                    outcome.failed[name] = reason
    return outcome


def _bring_policies(names: list[str], outcome: Outcome) -> None:
    """Of households that have all migrations: policies change without one, for they stand in the code."""
    others = schemas.with_other_policies()
    outcome.unchanged += [name for name in names if name not in others]
    for name in names:
        if name in others:
            reason = _apply(name, [])
            if reason is None:
                outcome.migrated.append(name)
            else:
                outcome.failed[name] = reason


def _groups(names: list[str]) -> Iterator[tuple[set[MigrationName], list[str]]]:
    """Schemas grouped by the migrations that they have; one round trip for two hundred."""
    found: dict[str, list[str]] = defaultdict(list)
    with owner_connection().cursor() as cursor:
        for start in range(0, len(names), 200):
            part = names[start : start + 200]
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT '{name}', coalesce(string_agg(app || '.' || name, ',' ORDER BY app, name), '')"  # noqa: S608
                    f" FROM {name}.django_migrations"
                    for name in part
                )
            )
            for name, applied in cursor.fetchall():
                found[applied].append(name)
    for applied, members in sorted(found.items()):
        pairs = (entry.partition(".") for entry in applied.split(",") if entry)
        yield {(app, name) for app, _, name in pairs}, members


def _apply(name: str, replay: list[str] | None) -> str | None:
    """Migrates one schema in its own transaction; returns the reason if it failed."""
    try:
        with schemas.owner_of(name):
            _set_lock_timeout()
            if replay is None:
                schemas.migrate_schema(name)
            else:
                schemas.execute(replay)
            schemas.bring_policies_up_to_date(name)
    except Exception as error:  # noqa: BLE001
        return _first_line(error)
    finally:
        if not owner_connection().in_atomic_block:
            owner_connection().close()
    return None


def _set_lock_timeout() -> None:
    schemas.execute([f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"])


def _needs_python(pending: set[MigrationName]) -> bool:
    """Whether a step looks at the rows, and so must run in each household rather than be replayed."""
    loader = MigrationLoader(None)
    return any(_has_python(loader.graph.nodes[node]) for node in pending)


def _has_python(part: Migration | Operation) -> bool:
    inner = getattr(part, "operations", None) or getattr(part, "database_operations", None) or []
    return isinstance(part, RunPython) or any(_has_python(operation) for operation in inner)


def _records(pending: set[MigrationName]) -> list[str]:
    values = ", ".join(f"('{app}', '{name}', now())" for app, name in sorted(pending))
    return [f"INSERT INTO django_migrations (app, name, applied) VALUES {values}"]  # noqa: S608


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
