"""The audit is clean as the database is made, and names every right that reaches further."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.utils import ProgrammingError

from apps.households.models import Household
from apps.tenancy.isolation import Excess, find_excesses, reach_of_households
from tests.planes import all_planes
from tests.tenancy.workshop import administrator, new_household, run_as_owner

# What the owner of the schemas could do by mistake: the statement, and the excesses that the audit sees in it.
MISTAKES = {
    "a schema shown to another household": (
        "GRANT USAGE ON SCHEMA {ours} TO {theirs}",
        {
            ("{ours}", "a stranger holds a right on the schema", "USAGE to {theirs}"),
            ("{theirs}", "the role is named in rights outside its schema", "schema {ours}"),
        },
    ),
    "a table without a policy for the narrow role": (
        "ALTER TABLE {ours}.ledger_transfer DISABLE ROW LEVEL SECURITY",
        {
            (
                "{ours}",
                "a table is neither guarded by policies nor on the list of those that need none",
                "ledger_transfer",
            )
        },
    ),
    "a table that nobody thought of": (
        "CREATE TABLE {ours}.ledger_planted (account_id bigint)",
        {
            (
                "{ours}",
                "a table is neither guarded by policies nor on the list of those that need none",
                "ledger_planted",
            )
        },
    ),
    "a policy of our own making": (
        "CREATE POLICY everything ON {ours}.ledger_account TO {ours}_narrow USING (true)",
        {("{ours}", "a policy is not on the list", "everything on ledger_account")},
    ),
    "a narrow role for another household": (
        "GRANT {ours}_narrow TO {theirs}",
        {
            ("{ours}", "somebody else may take the role", "{theirs}"),
            ("{theirs}", "the role belongs to another role", "{ours}_narrow"),
        },
    ),
    "a schema shown to everybody": (
        "GRANT USAGE ON SCHEMA {ours} TO PUBLIC",
        {
            ("{ours}", "a stranger holds a right on the schema", "USAGE to PUBLIC"),
            ("", "anybody may use a schema that is not on the list", "{ours}"),
        },
    ),
    "a schema shown to the people plane": (
        "GRANT USAGE ON SCHEMA {ours} TO {people}",
        {("{ours}", "a stranger holds a right on the schema", "USAGE to {people}")},
    ),
    "a schema shown to the ledger login": (
        "GRANT USAGE ON SCHEMA {ours} TO {ledger}",
        {
            ("{ours}", "a stranger holds a right on the schema", "USAGE to {ledger}"),
            ("", "the ledger login holds a right of its own", "schema {ours}"),
        },
    ),
    "DDL for the household": (
        "GRANT CREATE ON SCHEMA {ours} TO {ours}",
        {("{ours}", "the role may do more than use its schema", "CREATE")},
    ),
    "a table for everybody": (
        "GRANT SELECT ON {ours}.ledger_account TO PUBLIC",
        {("{ours}", "a stranger holds a right on a relation", "SELECT on ledger_account to PUBLIC")},
    ),
    "a table for the people plane": (
        "GRANT SELECT ON {ours}.ledger_account TO {people}",
        {("{ours}", "a stranger holds a right on a relation", "SELECT on ledger_account to {people}")},
    ),
    "a table for another household": (
        "GRANT UPDATE ON {ours}.ledger_account TO {theirs}",
        {
            ("{ours}", "a stranger holds a right on a relation", "UPDATE on ledger_account to {theirs}"),
            ("{theirs}", "the role is named in rights outside its schema", "table {ours}.ledger_account"),
        },
    ),
    "a sequence for another household": (
        "GRANT USAGE ON SEQUENCE {ours}.ledger_account_id_seq TO {theirs}",
        {
            ("{ours}", "a stranger holds a right on a relation", "USAGE on ledger_account_id_seq to {theirs}"),
            ("{theirs}", "the role is named in rights outside its schema", "sequence {ours}.ledger_account_id_seq"),
        },
    ),
    "a column for everybody": (
        "GRANT SELECT (name) ON {ours}.ledger_account TO PUBLIC",
        {("{ours}", "a stranger holds a right on a column", "SELECT on ledger_account.name")},
    ),
    "a column for another household": (
        "GRANT SELECT (name) ON {ours}.ledger_account TO {theirs}",
        {
            ("{ours}", "a stranger holds a right on a column", "SELECT on ledger_account.name"),
            (
                "{theirs}",
                "the role is named in rights outside its schema",
                "column name of table {ours}.ledger_account",
            ),
        },
    ),
    "a table emptied by the household": (
        "GRANT TRUNCATE, TRIGGER ON {ours}.ledger_account TO {ours}",
        {
            ("{ours}", "the role may do more than read and write rows", "TRUNCATE on ledger_account"),
            ("{ours}", "the role may do more than read and write rows", "TRIGGER on ledger_account"),
        },
    ),
    "people's table for a household": (
        "GRANT SELECT ON public.users_user TO {ours}",
        {("{ours}", "the role is named in rights outside its schema", "table users_user")},
    ),
    "people's column for a household": (
        "GRANT SELECT (email) ON public.users_user TO {ours}",
        {("{ours}", "the role is named in rights outside its schema", "column email of table users_user")},
    ),
    "people's schema for a household": (
        "GRANT USAGE ON SCHEMA public TO {ours}",
        {("{ours}", "the role is named in rights outside its schema", "schema public")},
    ),
    "people's schema for everybody": (
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
        {("", "anybody may use a schema that is not on the list", "public")},
    ),
    "people's table for the ledger login": (
        "GRANT SELECT ON public.users_user TO {ledger}",
        {("", "the ledger login holds a right of its own", "table users_user")},
    ),
    "later tables for the people plane": (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {ours} GRANT SELECT ON TABLES TO {people}",
        {("{ours}", "what is made later will be open to a stranger", "SELECT to {people}")},
    ),
    "later tables of every schema for everybody": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        {("", "what is made later will be open to a stranger", "SELECT to PUBLIC")},
    ),
    "a household inside a household": (
        "GRANT {ours} TO {theirs}",
        {
            ("{theirs}", "the role belongs to another role", "{ours}"),
            ("{ours}", "somebody else may take the role", "{theirs}"),
        },
    ),
    "a household for the people plane": (
        "GRANT {ours} TO {people}",
        {("{ours}", "somebody else may take the role", "{people}")},
    ),
    "a household's rights for the ledger login at once": (
        "GRANT {ours} TO {ledger} WITH INHERIT TRUE",
        {("{ours}", "the ledger login has the role's rights without taking it, or may hand it on", "")},
    ),
    "a household that the ledger login may hand on": (
        "GRANT {ours} TO {ledger} WITH ADMIN TRUE",
        {("{ours}", "the ledger login has the role's rights without taking it, or may hand it on", "")},
    ),
    "a household that signs in": ("ALTER ROLE {ours} LOGIN", {("{ours}", "the role has a power", "")}),
    "a household that makes roles": ("ALTER ROLE {ours} CREATEROLE", {("{ours}", "the role has a power", "")}),
    "a foreign key to people": (
        "ALTER TABLE {ours}.ledger_changeset ADD FOREIGN KEY (actor_id) REFERENCES public.users_user",
        {("{ours}", "a foreign key leaves its schema", "ledger_changeset_actor_id_fkey")},
    ),
    "a foreign key to another household": (
        "ALTER TABLE {ours}.ledger_transaction ADD FOREIGN KEY (account_id) REFERENCES {theirs}.ledger_account",
        {("{ours}", "a foreign key leaves its schema", "ledger_transaction_account_id_fkey")},
    ),
    "a function with the owner's rights": (
        "CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        {("", "anybody may call a SECURITY DEFINER function", "planted()")},
    ),
    "a schema for everybody": (
        "CREATE SCHEMA planted GRANT USAGE ON SCHEMA planted TO PUBLIC",
        {("", "anybody may use a schema that is not on the list", "planted")},
    ),
    "a schema without a role": (
        "CREATE SCHEMA hwithoutrole",
        {
            ("hwithoutrole", "the schema has no role of its name", ""),
            ("hwithoutrole", "the schema has no narrow role", ""),
        },
    ),
}
# What only an administrator can do, and the line that the command prints.
MISDEEDS = {
    "GRANT EXECUTE ON FUNCTION pg_catalog.set_config TO PUBLIC": (
        "database: anybody may reach around SET ROLE: set_config(text,text,boolean)"
    ),
    "GRANT EXECUTE ON FUNCTION pg_catalog.query_to_xml TO PUBLIC": (
        "database: anybody may reach around SET ROLE: query_to_xml(text,boolean,boolean,text)"
    ),
    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO PUBLIC": (
        "database: anybody may reach around SET ROLE: pg_advisory_lock(bigint)"
    ),
    "GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC": ("database: anybody may write code in the database: plpgsql"),
    "GRANT TEMPORARY ON DATABASE {database} TO PUBLIC": (
        "database: anybody may create or connect in the database: TEMPORARY"
    ),
    "GRANT CREATE ON DATABASE {database} TO {fresh}": (
        "{fresh}: the role is named in rights outside its schema: database {database}"
    ),
    "GRANT USAGE ON LANGUAGE plpgsql TO {fresh}": (
        "{fresh}: the role is named in rights outside its schema: language plpgsql"
    ),
    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify TO {fresh}": (
        "{fresh}: the role is named in rights outside its schema: function pg_notify(text,text)"
    ),
    "ALTER TABLE {fresh}.ledger_account OWNER TO {fresh}": (
        "{fresh}: a relation is not owned by the owner login: ledger_account by {fresh}"
    ),
    "ALTER SCHEMA {fresh} OWNER TO {admin}": "{fresh}: the schema is not owned by the owner login: {admin}",
    "ALTER ROLE {fresh} BYPASSRLS": "{fresh}: the role has a power: ",
    "GRANT SELECT ON extensions.planted TO PUBLIC": (
        "database: anybody may read a relation of a schema on the list: extensions.planted"
    ),
}


def logins() -> dict[str, str]:
    return {
        "people": connections["default"].settings_dict["USER"],
        "ledger": connections["households"].settings_dict["USER"],
    }


@all_planes
def test_the_database_as_it_is_made_is_clean() -> None:
    assert find_excesses() == []
    out = StringIO()
    call_command("audit_isolation", stdout=out)
    assert out.getvalue().splitlines()[-1] == "No role reaches further than its own schema."


@all_planes
def test_every_household_reaches_all_tables_of_its_own(household: Household) -> None:
    tables = [
        row[0]
        for row in run_as_owner(
            f"SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = '{household.schema_name}'::regnamespace"
        )
    ]
    assert "django_migrations" in tables
    counts = {(reach.readable_count, reach.writable_count) for reach in reach_of_households()}
    assert counts == {(len(tables) - 1, len(tables) - 1)}


@all_planes
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: str, household: Household, other_household: Household) -> None:
    words = {"ours": household.schema_name, "theirs": other_household.schema_name, **logins()}
    statement, excesses = MISTAKES[mistake]
    run_as_owner(statement.format(**words))

    # In the owner's transaction, which is rolled back: roles are shared with every other test that runs.
    found = find_excesses(using="owner")

    assert set(found) == {Excess(*(part.format(**words) for part in excess)) for excess in excesses}
    assert len(found) == len(excesses)


def test_the_command_names_every_misdeed_and_fails(workshop: str) -> None:
    words = {"fresh": new_household("fresh").schema_name, "database": workshop}
    with administrator() as admin:
        words["admin"] = admin.info.user
        admin.execute("CREATE TABLE extensions.planted (id int)")
        for statement in MISDEEDS:
            admin.execute(statement.format(**words))
    err = StringIO()

    with pytest.raises(CommandError, match=r"^\d+ rights reach further than they should\.$"):
        call_command("audit_isolation", stdout=StringIO(), stderr=err)

    # A new owner brings more lines, for he has every right on what he owns.
    assert {misdeed.format(**words) for misdeed in MISDEEDS.values()} - set(err.getvalue().splitlines()) == set()


@all_planes
def test_the_audit_reads_catalogues_only_as_a_login_that_sees_no_money(household: Household) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {household.schema_name}.ledger_account")
    assert household.schema_name in {reach.household for reach in reach_of_households(using="default")}
