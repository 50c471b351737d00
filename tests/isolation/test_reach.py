"""With our household open, PostgreSQL refuses everything else, wherever it is open and whatever went before."""

import pytest
from django.test import Client

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import household_context
from tests.isolation.places import PLACES, Place
from tests.isolation.probing import as_it_should_be, sent_raw, whose
from tests.planes import both_planes

pytestmark = both_planes

ON_ANOTHER_HOUSEHOLD = (
    "SELECT * FROM {theirs}.ledger_account",
    "SELECT * FROM ledger_account JOIN {theirs}.ledger_account AS other USING (id)",
    "SELECT * FROM ledger_account WHERE name IN (SELECT name FROM {theirs}.ledger_account)",
    "SELECT count(*) FROM {theirs}.ledger_transaction",
    "INSERT INTO {theirs}.ledger_revision (id, number) VALUES (1, 1)",
    "INSERT INTO ledger_account SELECT * FROM {theirs}.ledger_account",
    "UPDATE {theirs}.ledger_account SET name = 'mine now'",
    "UPDATE ledger_account SET name = other.name FROM {theirs}.ledger_account AS other",
    "DELETE FROM {theirs}.ledger_account",
    "TRUNCATE {theirs}.ledger_account",
    "LOCK TABLE {theirs}.ledger_account",
    "SELECT nextval('{theirs}.ledger_account_id_seq')",
    "SELECT setval('{theirs}.ledger_account_id_seq', 1)",
    "SELECT last_value FROM {theirs}.ledger_account_id_seq",
    "SELECT * FROM {theirs}.django_migrations",
    "CREATE TABLE {theirs}.planted (id int)",
    "DROP SCHEMA {theirs} CASCADE",
)
PEOPLE_TABLES = (
    "users_user",
    "households_household",
    "households_membership",
    "households_deadletter",
    "django_session",
    "audit_auditevent",
    "mail_message",
    "account_emailaddress",
    "axes_accessattempt",
    "tenancy_spare",
    "tenancy_template",
    "django_migrations",
    "django_content_type",
)
ON_PEOPLE = (
    *(f"SELECT * FROM public.{table}" for table in PEOPLE_TABLES),
    "SELECT nextval('public.users_user_id_seq')",
    "UPDATE public.users_user SET password = ''",
    "CREATE TABLE public.planted (id int)",
)
ON_ITS_OWN_SCHEMA = (
    "SELECT * FROM django_migrations",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '0002', now())",
    "CREATE TABLE {ours}.planted (id int)",
    "CREATE TABLE {ours}.planted AS SELECT * FROM ledger_account",
    "CREATE VIEW {ours}.planted AS SELECT * FROM ledger_account",
    "CREATE INDEX planted ON ledger_account (name)",
    "ALTER TABLE ledger_account ADD COLUMN planted int",
    "ALTER TABLE ledger_account DISABLE TRIGGER ALL",
    "DROP TABLE ledger_account CASCADE",
    "TRUNCATE ledger_account CASCADE",
    "SELECT setval('ledger_account_id_seq', 1)",
)
ON_THE_DATABASE = (
    "CREATE TEMPORARY TABLE planted (id int)",
    "SELECT 1 AS one INTO TEMPORARY planted",
    "CREATE TABLE extensions.planted (id int)",
    "CREATE SCHEMA planted",
    "CREATE ROLE planted",
    "CREATE EXTENSION dblink",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
)


def outcomes(statements: tuple[str, ...], **names: str) -> dict[str, str]:
    return {statement: sent_raw(statement.format(**names)) for statement in statements}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize(
    "statements",
    [ON_ANOTHER_HOUSEHOLD, ON_PEOPLE, ON_ITS_OWN_SCHEMA, ON_THE_DATABASE],
    ids=["another household", "people", "its own schema", "the database"],
)
def test_permission_is_denied(
    place: Place,
    statements: tuple[str, ...],
    household: Household,
    other_household: Household,
    member_client: Client,
) -> None:
    names = {"ours": household.schema_name, "theirs": other_household.schema_name}

    found = place(household, member_client, lambda: (outcomes(statements, **names), whose()))

    assert found == (
        dict.fromkeys(statements, "InsufficientPrivilege"),
        as_it_should_be(household.schema_name),
    )


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_refusal_leaves_our_rows_ours_and_their_look_alikes_unseen(
    place: Place, household: Household, other_household: Household, member_client: Client
) -> None:
    with household_context(household):
        Account.objects.create(pk=7001, name="Ours", currency="USD")
    with household_context(other_household):
        Account.objects.bulk_create(
            [
                Account(pk=7001, name="Theirs", currency="USD"),
                Account(pk=7002, name="Theirs too", currency="USD"),
            ]
        )

    def probe() -> object:
        refusal = sent_raw(f"SELECT * FROM {other_household.schema_name}.ledger_account")
        return refusal, list(Account.objects.filter(pk__in=[7001, 7002]).values_list("pk", "name"))

    assert place(household, member_client, probe) == ("InsufficientPrivilege", [(7001, "Ours")])


def test_a_household_cannot_give_its_rows_away(household: Household, other_household: Household) -> None:
    ours, theirs = household.schema_name, other_household.schema_name
    with household_context(household):
        # PostgreSQL answers with a warning, and grants nothing.
        sent_raw(f"GRANT SELECT ON ledger_account TO {theirs}")
        sent_raw("GRANT SELECT ON ledger_account TO PUBLIC")
    with household_context(other_household):
        assert sent_raw(f"SELECT * FROM {ours}.ledger_account") == "InsufficientPrivilege"
