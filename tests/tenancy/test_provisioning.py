"""A household's schema: made from the template as the migrations would make it, kept as a spare, taken, dropped."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.db.models.signals import post_save

from apps.households.models import Household
from apps.ledger.models import Account, Revision, Tag
from apps.onboarding.finishing import finish_household
from apps.onboarding.opening import open_household
from apps.tenancy import names, schemas
from apps.tenancy.context import household_context
from apps.tenancy.errors import NoOwnerConnection, TenancyError
from apps.tenancy.models import Spare, Template
from apps.users.models import User
from tests.planes import all_planes
from tests.tenancy.catalogue import catalogue, rows
from tests.tenancy.workshop import run_as_owner


@pytest.fixture
def no_owner() -> Iterator[None]:
    """A process without DATABASE_OWNER_URL, as the web process is."""
    connections["owner"].close()
    del connections["owner"]
    settings = connections.settings.pop("owner")
    yield
    connections.settings["owner"] = settings


def role_exists(name: str) -> bool:
    return bool(run_as_owner(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"))


def test_the_template_makes_what_the_migrations_make(workshop: str) -> None:
    by_template, by_migrations = names.new_schema_name(), names.new_schema_name()
    schemas.make_schema(by_template)
    schemas.make_schema_by_migrations(by_migrations)

    assert catalogue(by_template) == catalogue(by_migrations)
    assert rows(by_template) == rows(by_migrations)
    assert len(rows(by_template)["django_migrations"]) == len(schemas.household_migrations())


def test_the_template_is_made_once_for_a_set_of_migrations(workshop: str) -> None:
    Template.objects.using("owner").all().delete()
    first = schemas.template()
    assert Template.objects.count() == 1
    Template.objects.using("owner").update(statements=["SELECT 1"])
    assert (len(first) > 20, schemas.template()) == (True, ["SELECT 1"])


def test_making_the_template_leaves_no_schema_and_no_role(workshop: str) -> None:
    # Roles are the whole cluster's, in which other tests make some meanwhile: so the statements are looked at.
    asked = "SELECT count(*) FROM pg_namespace"
    before = run_as_owner(asked)
    Template.objects.using("owner").all().delete()
    statements = schemas.template()
    assert run_as_owner(asked) == before
    assert not [statement for statement in statements if "ROLE" in statement.upper()]


@all_planes
@pytest.mark.parametrize(
    "name", ["public", "h", "h1; DROP SCHEMA public", "Habc", "pg_temp", "", "h-1", "x123", "h" + "a" * 41, "h12\n"]
)
def test_a_bad_name_makes_and_drops_nothing(name: str) -> None:
    with pytest.raises(TenancyError, match="household's schema"):
        schemas.make_schema(name)
    with pytest.raises(TenancyError, match="household's schema"):
        schemas.drop_schema(name)


@all_planes
def test_new_names_are_good_names_and_never_equal() -> None:
    made = {names.new_schema_name() for _ in range(1000)}
    assert len(made) == 1000
    assert {names.is_schema_name(name) for name in made} == {True}


@all_planes
def test_a_dropped_schema_takes_its_role_along() -> None:
    name = names.new_schema_name()
    schemas.make_schema(name)
    assert (schemas.exists(name), role_exists(name)) == (True, True)
    schemas.drop_schema(name)
    assert (schemas.exists(name), role_exists(name)) == (False, False)
    schemas.drop_schema(name)


@all_planes
def test_a_schema_that_is_there_already_is_not_made_anew(household: Household) -> None:
    with pytest.raises(Exception, match="already exists"), transaction.atomic(using="owner"):
        schemas.make_schema(household.schema_name)
    with household_context(household):
        assert Tag.objects.exists()


def test_spares_are_made_until_there_are_enough(workshop: str) -> None:
    assert Spare.objects.count() == 2
    assert (schemas.keep_spares(2), schemas.keep_spares(4), schemas.keep_spares(3)) == (0, 2, 0)
    assert Spare.objects.count() == 4
    assert {schemas.exists(spare.schema_name) for spare in Spare.objects.all()} == {True}


def test_two_who_sign_up_at_once_get_two_spares(workshop: str) -> None:
    both_have_one = threading.Barrier(2, timeout=60)

    def take(_: int) -> str | None:
        try:
            with transaction.atomic():
                taken = schemas.take_spare()
                both_have_one.wait()
                return taken
        finally:
            connections.close_all()

    spares = set(Spare.objects.values_list("schema_name", flat=True))
    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(take, range(2)))

    assert set(taken) == spares
    assert (Spare.objects.count(), schemas.take_spare()) == (0, None)


def test_a_failure_while_signing_up_puts_the_spare_back(workshop: str, owner: User) -> None:
    spares = list(Spare.objects.values_list("schema_name", flat=True))

    def fail(**_: object) -> None:
        raise RuntimeError("the disk is full")

    post_save.connect(fail, sender=Household)
    try:
        with pytest.raises(RuntimeError, match="the disk is full"):
            open_household(owner=owner, name="Never")
    finally:
        post_save.disconnect(fail, sender=Household)

    assert list(Spare.objects.values_list("schema_name", flat=True)) == spares
    assert not Household.objects.filter(name="Never").exists()


def test_with_a_spare_a_household_is_ready_at_once_and_needs_no_owner(
    workshop: str, owner: User, no_owner: None
) -> None:
    household = open_household(owner=owner, name="New", currency="EUR", time_zone="Europe/Berlin")

    assert (household.is_ready, household.currency, household.time_zone) == (True, "EUR", "Europe/Berlin")
    with household_context(household):
        assert (Tag.objects.count(), Revision.current(), Account.objects.count()) == (12, 1, 0)


def test_without_a_spare_a_household_waits_for_the_owner(workshop: str, owner: User) -> None:
    Spare.objects.all().delete()
    household = open_household(owner=owner, name="New")
    assert (household.is_ready, schemas.exists(household.schema_name)) == (False, False)

    for _ in range(2):
        finish_household(household)

    household.refresh_from_db()
    assert household.is_ready is True
    with household_context(household):
        assert (Tag.objects.count(), Revision.current()) == (12, 1)


def test_a_household_whose_making_was_broken_off_is_finished(workshop: str, owner: User) -> None:
    Spare.objects.all().delete()
    household = open_household(owner=owner, name="New")
    schemas.make_schema(household.schema_name)

    finish_household(household)

    household.refresh_from_db()
    with household_context(household):
        assert Tag.objects.count() == 12


def test_without_the_owners_login_nothing_is_made(workshop: str, no_owner: None) -> None:
    for deed in (
        lambda: schemas.keep_spares(9),
        lambda: schemas.make_schema(names.new_schema_name()),
        lambda: schemas.make_schema_by_migrations(names.new_schema_name()),
        lambda: schemas.drop_schema(names.new_schema_name()),
        lambda: schemas.exists("hxyz"),
        schemas.template,
    ):
        with pytest.raises(NoOwnerConnection):
            deed()
    assert Spare.objects.count() == 2
