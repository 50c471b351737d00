"""SQL that a person smuggles into a query cannot leave the household's role, nor end its transaction."""

import pytest
from django.db import connections, transaction
from django.db.models.expressions import RawSQL
from django.db.utils import Error as DatabaseError

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import LEDGER, household_context
from apps.tenancy.errors import TenancyError
from tests.isolation.probing import as_it_should_be, sent, whose
from tests.planes import both_planes

pytestmark = both_planes

STACKED = (
    "SELECT 1; RESET ROLE",
    "SELECT 1; SET ROLE {theirs}",
    "SELECT 1; SET LOCAL ROLE {theirs}",
    "SELECT 1; SET SESSION AUTHORIZATION DEFAULT",
    "SELECT 1; SET search_path = {theirs}",
    "SELECT 1; COMMIT",
    "SELECT 1; ROLLBACK; BEGIN; SET ROLE {theirs}",
    "SELECT 1;; SELECT 2",
    "SELECT 1; DISCARD ALL",
    "SELECT 1 /* ; */; RESET ROLE --",
)
# One statement each; the server would take them.
ALONE = (
    "RESET ROLE",
    "RESET ALL",
    "SET ROLE {theirs}",
    "SET LOCAL ROLE NONE",
    "SET SESSION AUTHORIZATION DEFAULT",
    "SET search_path = {theirs}",
    "DISCARD ALL",
    "COMMIT",
    "END",
    "ABORT",
    "ROLLBACK",
    "ROLLBACK AND CHAIN",
    "BEGIN",
    "PREPARE TRANSACTION 'planted'",
    "DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$",
    "COPY ledger_account TO STDOUT",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY ledger_account FROM '/etc/passwd'",
    "PREPARE planted AS SELECT 1",
    "EXECUTE planted",
    "DEALLOCATE ALL",
    "CALL planted()",
    "LISTEN households",
    "NOTIFY households, 'ours'",
    "UNLISTEN *",
    "LOAD 'auto_explain'",
    "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER ROLE {ours} LOGIN",
    "GRANT {theirs} TO {ours}",
    "TABLE {theirs}.ledger_account",
    "SHOW ALL",
    "",
    ";",
    "\ufeffSET ROLE {theirs}",
)
# Comments that a careless reader and PostgreSQL end in different places.
DISGUISED = (
    "/* a */ SET ROLE {theirs}",
    "-- a\nSET ROLE {theirs}",
    "/* SELECT */ SET ROLE {theirs}",
    "-- SELECT\nSET ROLE {theirs}",
    "/* /* */ SELECT */ SET ROLE {theirs}",
    "/* /* */ SELECT 1 */ RESET ROLE",
    "/**/ SET ROLE {theirs} --*/SELECT 1",
    "/**/ RESET ROLE /* */ --*/ SELECT 1",
    "-- a\rSET ROLE {theirs} /*\nSELECT */",
    "-- a\rRESET ROLE --\n/**/SELECT 1",
    "--\r SET search_path = {theirs} /*\n SELECT */",
    " \t\r\n\fSET ROLE {theirs}",
    "( SET ROLE {theirs}",
)
# Functions and tables that reach around SET.
AROUND = (
    "SELECT set_config('role', '{theirs}', true)",
    "SELECT set_config('search_path', '{theirs}', false)",
    "SELECT pg_catalog.set_config('session_authorization', 'wallet_admin', true)",
    "UPDATE pg_settings SET setting = '{theirs}' WHERE name = 'role'",
    "WITH x AS (SELECT set_config('role', 'none', true)) SELECT * FROM x",
    "SELECT query_to_xml('SET ROLE {theirs}', true, false, '')",
    "SELECT query_to_xmlschema('SELECT 1', true, false, '')",
    "SELECT query_to_xml_and_xmlschema('SET ROLE {theirs}', true, false, '')",
    "SELECT table_to_xml('{theirs}.ledger_account', true, false, '')",
    "SELECT schema_to_xml('{theirs}', true, false, '')",
    "SELECT ts_stat('SELECT name::tsvector FROM {theirs}.ledger_account')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/planted')",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SELECT pg_logical_slot_get_changes('a', NULL, NULL)",
    "SELECT pg_get_backend_memory_contexts()",
    "SELECT dblink('', 'RESET ROLE')",
    "EXPLAIN ANALYZE EXECUTE planted",
    "EXPLAIN ANALYZE CREATE TABLE planted AS SELECT 1",
    "DECLARE planted CURSOR WITH HOLD FOR SELECT * FROM {theirs}.ledger_account",
    "SELECT pg_notify('households', 'ours')",
    "SELECT pg_advisory_lock(1)",
    "SELECT lo_from_bytea(0, 'ours')",
    "SELECT set_limit(0.1)",
)
REFUSALS = {
    "InsufficientPrivilege",
    "StatementRefused",
    "SyntaxError",  # "cannot insert multiple commands into a prepared statement"
    "UndefinedFunction",  # dblink is not there
    "InvalidSqlStatementName",  # nothing is ever prepared
    "InvalidCursorDefinition",  # ts_stat takes queries only
}


def assert_refused(household: Household, other_household: Household, statement: str, *parameters: object) -> None:
    names = {"ours": household.schema_name, "theirs": other_household.schema_name}
    statement = statement.format(**names)
    with household_context(household):
        outcome = sent(statement, parameters or None)
        assert (outcome in REFUSALS, outcome) == (True, outcome)
        assert whose() == as_it_should_be(household.schema_name)
    with household_context(other_household):
        assert whose() == as_it_should_be(other_household.schema_name)


@pytest.mark.parametrize("statement", [*STACKED, *ALONE, *DISGUISED, *AROUND])
def test_a_whole_statement_is_refused(statement: str, household: Household, other_household: Household) -> None:
    assert_refused(household, other_household, statement)


@pytest.mark.parametrize("statement", STACKED)
def test_a_second_statement_is_refused_with_parameters_too(
    statement: str, household: Household, other_household: Household
) -> None:
    assert_refused(household, other_household, statement.replace("SELECT 1", "SELECT %s::int", 1), 1)


@pytest.mark.parametrize("statement", ["RESET ROLE", "SELECT 1; RESET ROLE", "SET ROLE {theirs}"])
def test_many_at_once_are_refused_like_one(statement: str, household: Household, other_household: Household) -> None:
    with household_context(household):
        with (
            pytest.raises((DatabaseError, TenancyError)),
            transaction.atomic(using=LEDGER),
            connections[LEDGER].cursor() as cursor,
        ):
            cursor.executemany(statement.format(theirs=other_household.schema_name), [(), ()])
        assert whose() == as_it_should_be(household.schema_name)


TAILS = ("; RESET ROLE", "; SET ROLE {theirs}", "; COMMIT", "; COMMIT; SET ROLE {theirs}; SELECT 1 --")


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("way", ["extra", "RawSQL", "raw", "raw with parameters", "iterator"])
def test_what_the_orm_is_talked_into_stays_in_the_role(
    tail: str, way: str, household: Household, other_household: Household
) -> None:
    tail = tail.format(theirs=other_household.schema_name)
    everything = "SELECT * FROM ledger_account"
    ways = {
        "extra": lambda: list(Account.objects.extra(where=["true) " + tail])),  # noqa: S610
        "RawSQL": lambda: list(Account.objects.annotate(planted=RawSQL("1" + tail, []))),  # noqa: S611
        "raw": lambda: list(Account.objects.raw(everything + tail)),
        "raw with parameters": lambda: list(Account.objects.raw(f"{everything} WHERE id = %s{tail}", [1])),
        "iterator": lambda: list(Account.objects.extra(where=["true) " + tail]).iterator(10)),  # noqa: S610
    }
    with household_context(household):
        with pytest.raises(DatabaseError, match=r"syntax error|multiple commands"), transaction.atomic(using=LEDGER):
            ways[way]()
        assert whose() == as_it_should_be(household.schema_name)


def test_a_union_reads_what_the_role_may_read(household: Household, other_household: Household) -> None:
    theirs = other_household.schema_name
    with household_context(household):
        assert sent(f"SELECT 1 FROM ledger_account UNION SELECT id FROM {theirs}.ledger_account") == (
            "InsufficientPrivilege"
        )


def _roll_back_to_before(household: Household, then: str) -> None:
    with transaction.atomic(using=LEDGER):
        connections[LEDGER]._savepoint("before")
        with household_context(household), connections[LEDGER].cursor() as cursor:
            cursor.execute("ROLLBACK TO before")
            cursor.execute(then)


def test_rolling_back_to_before_the_household_leaves_no_rights_at_all(household: Household) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        _roll_back_to_before(household, f"SELECT * FROM {household.schema_name}.ledger_account")


@pytest.mark.parametrize("library", ["pg_catalog", "extensions"])
def test_no_function_runs_with_the_rights_of_its_author(library: str, opened: Household) -> None:
    with connections[LEDGER].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace = to_regnamespace(%s)", [library])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "  /* why */ -- this\n SELECT 1",
        "(SELECT 1) UNION (SELECT 2)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "VALUES (1)",
        "EXPLAIN SELECT 1",
        "UPDATE ledger_account SET name = name",
        "LOCK TABLE ledger_account IN ROW EXCLUSIVE MODE",
    ],
)
def test_what_reads_and_writes_rows_goes_through(statement: str, opened: Household) -> None:
    assert sent(statement) == "done"
