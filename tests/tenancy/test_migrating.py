"""Households are brought up to date in groups; who fails is named, and left for the next run."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.test import override_settings

from apps.households.models import Household
from apps.tenancy import migrating, names, schemas
from apps.tenancy.migrating import Outcome, household_schemas, migrate_households
from apps.tenancy.router import household_labels
from tests.tenancy.catalogue import catalogue, rows
from tests.tenancy.workshop import new_household, run_as_owner

pytestmark = pytest.mark.slow

APP = "tests.tenancy.migrated_app"
ROWS = ["O'Brien \\ Söhne", "by SQL", "seed, 100%"]


@pytest.fixture
def schema_names(workshop: str) -> list[str]:
    """Of every household and spare, in the order in which they are migrated."""
    for number in range(4):
        new_household(f"migrated-{number}")
    return household_schemas()


@pytest.fixture
def with_the_app(schema_names: list[str]) -> Iterator[None]:
    """The app is installed after the households were made."""
    apps = {"INSTALLED_APPS": [*settings.INSTALLED_APPS, APP], "TENANT_APPS": [*settings.TENANT_APPS, APP]}
    with override_settings(**apps):
        household_labels.cache_clear()
        yield
    household_labels.cache_clear()


def stand_at(schema_name: str, migration: str) -> None:
    with schemas.owner_of(schema_name):
        MigrationExecutor(connections["owner"]).migrate([("migrated_app", migration)])


def migrate_in_a_thread() -> Outcome:
    """With connections of its own, as another process would."""
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(migrate_households).result()
        finally:
            pool.submit(connections.close_all).result()


def things(schema_name: str) -> list[object]:
    return [name for (name,) in run_as_owner(f"SELECT name FROM {schema_name}.migrated_app_thing ORDER BY 1")]


def assert_all_alike(schema_names: list[str]) -> None:
    fresh = names.new_schema_name()
    schemas.make_schema_by_migrations(fresh)
    wanted = catalogue(fresh)
    wanted.pop("sequences")
    for name in schema_names:
        found = catalogue(name)
        found.pop("sequences")
        assert found == wanted
        assert things(name) == ROWS
        assert rows(name)["django_migrations"] == rows(fresh)["django_migrations"]
    schemas.drop_schema(fresh)


def test_up_to_date_households_stay_as_they_are(schema_names: list[str]) -> None:
    assert migrate_households() == Outcome(unchanged=schema_names)


def test_a_new_app_comes_to_every_household_and_spare(schema_names: list[str], with_the_app: None) -> None:
    outcome = migrate_households()

    assert (sorted(outcome.migrated), outcome.unchanged, outcome.failed) == (schema_names, [], {})
    assert_all_alike(schema_names)


def test_households_at_different_points_meet_at_the_end(schema_names: list[str], with_the_app: None) -> None:
    for name, migration in zip(
        schema_names, ["0001_initial", "0003_note", "0002_rows_by_python", "0002_rows_by_python"], strict=False
    ):
        stand_at(name, migration)

    outcome = migrate_households(threads=3)

    assert sorted(outcome.migrated) == sorted(set(schema_names) - {schema_names[1]})
    assert (outcome.unchanged, outcome.failed) == ([schema_names[1]], {})
    assert_all_alike(schema_names)


def test_statements_are_made_once_and_replayed(
    schema_names: list[str], with_the_app: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in schema_names:
        stand_at(name, "0002_rows_by_python")
    run_by_django = []
    really = schemas.migrate_schema
    monkeypatch.setattr(schemas, "migrate_schema", lambda name: run_by_django.append(name) or really(name))

    assert sorted(migrate_households().migrated) == schema_names

    assert run_by_django == schema_names[:1]
    assert_all_alike(schema_names)


def test_a_household_that_fails_is_named_and_taken_by_the_next_run(schema_names: list[str], with_the_app: None) -> None:
    for name in schema_names:
        stand_at(name, "0002_rows_by_python")
    *others, odd = schema_names
    run_as_owner(f"ALTER TABLE {odd}.migrated_app_thing ADD COLUMN note text")

    outcome = migrate_households()

    assert sorted(outcome.migrated) == others
    assert outcome.failed == {odd: 'column "note" of relation "migrated_app_thing" already exists'}
    assert_all_alike(others)
    run_as_owner(f"ALTER TABLE {odd}.migrated_app_thing DROP COLUMN note")
    second = migrate_households()
    assert (second.migrated, second.unchanged, second.failed) == ([odd], others, {})
    assert things(odd) == ROWS


def test_a_data_migration_that_raises_stops_nobody_else(schema_names: list[str], with_the_app: None) -> None:
    for name in schema_names:
        stand_at(name, "0001_initial")
    poisoned = schema_names[2]
    run_as_owner(f"INSERT INTO {poisoned}.migrated_app_thing (name, made_at) VALUES ('poison', now())")

    outcome = migrate_households()

    assert outcome.failed == {poisoned: "There is poison in the ledger."}
    assert sorted(outcome.migrated) == sorted(set(schema_names) - {poisoned})
    assert things(poisoned) == ["poison"]


def test_where_the_first_of_a_group_fails_its_group_is_left_as_it_was(
    schema_names: list[str], with_the_app: None
) -> None:
    first, second, *_ = schema_names
    for name in (first, second):
        stand_at(name, "0002_rows_by_python")
    run_as_owner(f"ALTER TABLE {first}.migrated_app_thing ADD COLUMN note text")

    outcome = migrate_households()

    assert sorted(outcome.failed) == [first, second]
    assert "by SQL" not in things(second)
    assert sorted(outcome.migrated) == schema_names[2:]


def test_a_locked_table_fails_its_household_and_holds_nobody_up(
    schema_names: list[str], with_the_app: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", "100ms")
    for name in schema_names:
        stand_at(name, "0002_rows_by_python")
    *others, locked = schema_names
    with schemas.owner_of(locked), connections["owner"].cursor() as cursor:
        cursor.execute("LOCK TABLE migrated_app_thing")
        outcome = migrate_in_a_thread()

    assert outcome.failed == {locked: "canceling statement due to lock timeout"}
    assert sorted(outcome.migrated) == others


def test_the_template_keeps_the_rows_of_data_migrations(schema_names: list[str], with_the_app: None) -> None:
    by_template, by_migrations = names.new_schema_name(), names.new_schema_name()
    schemas.make_schema(by_template)
    schemas.make_schema_by_migrations(by_migrations)

    assert rows(by_template)["migrated_app_thing"] == rows(by_migrations)["migrated_app_thing"]
    assert catalogue(by_template) == catalogue(by_migrations)
    insert = f"INSERT INTO {by_template}.migrated_app_thing (name, made_at) VALUES ('next', now()) RETURNING id"
    assert run_as_owner(insert) == [(4,)]


def test_the_command_fails_when_a_household_does(
    schema_names: list[str], with_the_app: None, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_at(schema_names[0], "0002_rows_by_python")
    run_as_owner(f"ALTER TABLE {schema_names[0]}.migrated_app_thing ADD COLUMN note text")

    with pytest.raises(CommandError, match=r"^1 households were not migrated"):
        call_command("migrate_households")

    said = capsys.readouterr()
    assert said.out.startswith(f"{len(schema_names) - 1} migrated")
    assert said.err.startswith(f"{schema_names[0]}: column")
    assert not Household.objects.filter(is_ready=False).exists()
