"""The ledger plane answers inside an open household and nowhere else."""

from contextlib import suppress

import psycopg
import pytest
from django.db import connections, transaction
from django.db.utils import Error as DatabaseError
from django.db.utils import NotSupportedError, ProgrammingError

from apps.households.models import Household
from apps.imports.models import ImportRow, LandedRow
from apps.ledger.models import Account
from apps.tenancy.context import LEDGER, current_schema_name, household_context
from apps.tenancy.copying import copy_rows
from apps.tenancy.errors import AnotherHousehold, HouseholdNotReady, NoHouseholdTransaction, TenancyError
from tests.isolation.places import Mishap, meet_a_mishap
from tests.isolation.probing import as_it_should_be, sent, sent_raw, whose
from tests.planes import all_planes, both_planes
from tests.tenancy.workshop import new_household, run_as_owner

LANDED = ["file_id", "position", "line", "verdict", "reason", "description", "merchant", "reference", "bank_id"]
LANDED += ["account_hint", "card_member", "currency", "bucket"]
LANDED_ROW = (1, 1, 1, "left_out", *([""] * 9))


@both_planes
def test_a_query_outside_of_a_household_raises() -> None:
    with pytest.raises(NoHouseholdTransaction):
        Account.objects.count()
    with pytest.raises(NoHouseholdTransaction):
        Account(name="Nobody's", currency="USD").save()
    with pytest.raises(NoHouseholdTransaction):
        list(Account.objects.iterator())
    with pytest.raises(NoHouseholdTransaction), transaction.atomic(using=LEDGER):
        Account.objects.exists()


@both_planes
def test_a_query_after_the_household_raises(household: Household) -> None:
    with household_context(household):
        accounts = Account.objects.all()
    with pytest.raises(NoHouseholdTransaction):
        list(accounts)


@both_planes
def test_a_copy_outside_of_a_household_raises() -> None:
    with pytest.raises(NoHouseholdTransaction):
        copy_rows(LandedRow, LANDED, [LANDED_ROW])


@both_planes
def test_a_copy_past_row_level_security_raises(household: Household) -> None:
    with pytest.raises(NotSupportedError, match="row-level security"), household_context(household):
        copy_rows(ImportRow, LANDED, [LANDED_ROW])


@both_planes
def test_another_household_inside_raises_and_ours_goes_on(household: Household, other_household: Household) -> None:
    with household_context(household):
        Account.objects.create(name="Ours", currency="USD")
        with pytest.raises(AnotherHousehold), household_context(other_household):
            pytest.fail("another household was opened")
        assert whose() == as_it_should_be(household.schema_name)
        assert list(Account.objects.values_list("name", flat=True)) == ["Ours"]


@both_planes
def test_a_household_inside_itself_is_a_savepoint(household: Household) -> None:
    with household_context(household):
        Account.objects.create(name="Outer", currency="USD")
        with suppress(Mishap), household_context(household):
            Account.objects.create(name="Inner", currency="USD")
            meet_a_mishap()
        assert current_schema_name() == household.schema_name
        assert list(Account.objects.values_list("name", flat=True)) == ["Outer"]
    assert current_schema_name() is None


@both_planes
def test_a_household_that_is_not_ready_is_not_opened(household: Household) -> None:
    household.is_ready = False
    with pytest.raises(HouseholdNotReady), household_context(household):
        pytest.fail("it was opened")


@both_planes
@pytest.mark.parametrize("name", ["public", "h'x", "h1; RESET ROLE", "pg_catalog", "wallet_owner", "", "hA1"])
def test_only_names_of_households_are_taken_as_roles(name: str, household: Household) -> None:
    household.schema_name = name
    with pytest.raises((TenancyError, DatabaseError)), household_context(household):
        Account.objects.count()
    assert current_schema_name() is None


@both_planes
def test_a_household_whose_role_is_missing_is_an_error(household: Household) -> None:
    household.schema_name = "hnobodyhasthis"
    with pytest.raises(DatabaseError, match=r"role .* does not exist"), household_context(household):
        pytest.fail("it was opened")


def test_a_household_whose_schema_was_dropped_is_an_error(workshop: str) -> None:
    gone = new_household("gone")
    run_as_owner(f"DROP SCHEMA {gone.schema_name} CASCADE")
    with household_context(gone), pytest.raises(ProgrammingError, match="does not exist"):
        Account.objects.count()
    run_as_owner(f"CREATE SCHEMA {gone.schema_name}")  # for the workshop, which drops what it finds


def test_a_household_opened_outside_of_a_transaction_raises(workshop: str, household: Household) -> None:
    with (
        pytest.raises(NoHouseholdTransaction),
        connections[LEDGER].household(household.schema_name),
    ):
        pytest.fail("it was opened in autocommit")


def test_a_connection_closed_inside_answers_no_more_until_the_next_household(
    workshop: str, household: Household, other_household: Household
) -> None:
    with suppress(DatabaseError), household_context(household):
        Account.objects.create(name="Lost", currency="USD")
        connections[LEDGER].close()
        with pytest.raises(DatabaseError):
            Account.objects.count()
        with pytest.raises(DatabaseError), household_context(household):
            Account.objects.count()
    with household_context(other_household):
        assert whose() == as_it_should_be(other_household.schema_name)
    with household_context(household):
        assert not Account.objects.filter(name="Lost").exists()


def test_a_connection_cut_by_the_server_answers_no_more_until_the_next_household(
    workshop: str, household: Household
) -> None:
    with suppress(DatabaseError), household_context(household):
        Account.objects.create(name="Lost", currency="USD")
        psycopg_connection = connections[LEDGER].connection
        psycopg_connection.pgconn.finish()
        Account.objects.count()
    with household_context(household):
        assert whose() == as_it_should_be(household.schema_name)
        assert not Account.objects.filter(name="Lost").exists()


def test_nothing_of_a_household_outlives_its_transaction(workshop: str, household: Household) -> None:
    with household_context(household):
        Account.objects.create(name="Kept", currency="USD")
    with psycopg.Cursor(connections[LEDGER].connection) as cursor:
        seen = cursor.execute("SELECT current_user, current_setting('search_path')").fetchone()
    assert seen == (connections[LEDGER].settings_dict["USER"], "pg_catalog")


@both_planes
def test_a_server_side_cursor_reads_our_rows_in_parts(household: Household, other_household: Household) -> None:
    for opened, prefix in ((other_household, "theirs"), (household, "ours")):
        with household_context(opened):
            Account.objects.bulk_create(Account(name=f"{prefix} {i}", currency="USD") for i in range(30))
    with household_context(household):
        found = [account.name for account in Account.objects.order_by("pk").iterator(chunk_size=7)]
    assert found == [f"ours {i}" for i in range(30)]


@both_planes
def test_copied_rows_arrive_in_our_household_only(household: Household, other_household: Household) -> None:
    with household_context(household):
        count = copy_rows(LandedRow, LANDED, [LANDED_ROW, (2, *LANDED_ROW[1:])])
        assert (count, LandedRow.objects.count()) == (2, 2)
    with household_context(other_household):
        assert LandedRow.objects.count() == 0


@all_planes
def test_the_people_plane_reads_no_household(household: Household) -> None:
    refusals = set()
    for table in ("ledger_account", "ledger_transaction", "imports_importfile", "django_migrations"):
        with (
            pytest.raises(ProgrammingError, match="permission denied") as refusal,
            transaction.atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {household.schema_name}.{table}")
        refusals.add(type(refusal.value.__cause__))
    assert refusals == {psycopg.errors.InsufficientPrivilege}


@all_planes
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE {ours}",
        "CREATE TABLE planted (id int)",
        "CREATE TABLE public.planted (id int)",
        "CREATE TEMPORARY TABLE planted (id int)",
        "CREATE SCHEMA planted",
        "CREATE ROLE planted",
        "ALTER TABLE public.users_user ADD COLUMN planted int",
        "DROP TABLE public.django_session",
        "TRUNCATE public.audit_auditevent",
        "DROP SCHEMA {ours} CASCADE",
    ],
)
def test_the_people_login_runs_no_ddl_and_takes_no_role(statement: str, household: Household) -> None:
    with (
        pytest.raises(ProgrammingError) as refusal,
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement.format(ours=household.schema_name))
    assert isinstance(refusal.value.__cause__, psycopg.errors.InsufficientPrivilege)


@both_planes
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM {ours}.ledger_account",
        "SELECT * FROM {ours}.django_migrations",
        "SELECT * FROM public.users_user",
        "SELECT * FROM public.tenancy_spare",
        "CREATE TABLE public.planted (id int)",
        "CREATE TABLE {ours}.planted (id int)",
        "CREATE TEMPORARY TABLE planted (id int)",
        "CREATE SCHEMA planted",
        "DROP SCHEMA {ours} CASCADE",
        "GRANT {ours} TO CURRENT_USER",
        "SELECT set_config('role', '{ours}', true)",
    ],
)
def test_the_ledger_login_without_a_role_may_do_nothing(statement: str, household: Household) -> None:
    with transaction.atomic(using=LEDGER):
        assert sent_raw(statement.format(ours=household.schema_name)) == "InsufficientPrivilege"


@both_planes
def test_a_refused_statement_does_not_end_the_household(opened: Household) -> None:
    assert sent("COMMIT") == "StatementRefused"
    Account.objects.create(name="Still here", currency="USD")
    assert Account.objects.filter(name="Still here").exists()
