"""The narrow role of a household: what PostgreSQL itself keeps from a person, whatever the application asks."""

import pytest
from django.db import ProgrammingError, connections, transaction

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy import names
from apps.tenancy.context import LEDGER, current_narrowing, household_context, seeing_every_account
from apps.tenancy.errors import AnotherHousehold
from apps.tenancy.policies import open_tables, policies
from apps.tenancy.statements import fetch
from apps.users.models import User
from tests.isolation.probing import sent, sent_raw, whose
from tests.ledger.families import SECRET, Family, family, fill
from tests.planes import both_planes

pytestmark = both_planes

_TABLES = """
    SELECT c.relname, c.relrowsecurity FROM pg_class c
     WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""

_COLUMN = """
    SELECT quote_ident(attname) FROM pg_attribute
     WHERE attrelid = to_regclass(%(table)s) AND attnum > 0 AND attgenerated = '' AND attidentity = ''
       AND NOT attisdropped ORDER BY attnum LIMIT 1
"""


@pytest.fixture
def filled(household: Household, owner: User) -> Family:
    found = family(household, owner)
    fill(found)
    return found


def tables(household: Household) -> dict[str, bool]:
    """Every table of the schema that its roles may read, and whether row-level security guards it."""
    found = dict(fetch(_TABLES, schema=household.schema_name))
    del found["django_migrations"]
    return found


def texts(table: str) -> list[str]:
    return [text for (text,) in fetch(f"SELECT t::text FROM {table} t")]


def test_every_table_has_policies_or_a_reason_to_have_none(opened: Household) -> None:
    found = tables(opened)
    assert set(found) == set(policies()) | set(open_tables())
    assert {name for name, is_guarded in found.items() if is_guarded} == set(policies())
    assert not set(policies()) & set(open_tables())
    assert all(open_tables().values())


def test_the_full_role_sees_the_secret_in_every_guarded_table(filled: Family) -> None:
    with household_context(filled.household):
        silent = {table for table in policies() if not any(SECRET in text for text in texts(table))}
        ids = {table: len(texts(table)) for table in silent}
    # These hold only numbers; that there are such rows is enough.
    assert set(ids) == {
        "ledger_transactiontag",
        "ledger_transfer",
        "ledger_transferrejection",
        "ledger_reconciliation",
        "ledger_statedbalance",
        "imports_importbatch",
        "categorization_rulerun",
    }
    assert all(ids.values())


def test_the_narrow_role_reads_nothing_hidden_from_any_table(filled: Family) -> None:
    with household_context(filled.household):
        everything = {table: texts(table) for table in tables(filled.household)}
    with household_context(filled.household, person_id=filled.ann.pk):
        assert whose()[0] == names.narrow_role(filled.household.schema_name)
        seen = {table: texts(table) for table in tables(filled.household)}

    told = {table: [text for text in found if SECRET in text] for table, found in seen.items()}
    # The deed that linked a row of the joint account is told without its note: see `history.tell_in_part`.
    mixed = told.pop("ledger_changeset")
    assert {table: found for table, found in told.items() if found} == {}
    assert len(mixed) == 1
    for table in policies():
        # Of each table the narrow role sees the two accounts' rows that it may, and not the third's.
        assert 0 < len(seen[table]) < len(everything[table]), table
    for table in open_tables():
        assert seen[table] == everything[table]


def test_who_owns_what_is_hidden_has_the_full_role(filled: Family) -> None:
    with household_context(filled.household, person_id=filled.bob.pk):
        assert whose()[0] == filled.household.schema_name
        assert current_narrowing() is None
        assert Account.objects.count() == 3


@pytest.mark.parametrize("table", sorted(policies()))
def test_the_narrow_role_writes_no_hidden_row_of_any_table(filled: Family, table: str) -> None:
    """To UPDATE, what it does not see is not there: not even its version goes up."""
    with household_context(filled.household):
        column = fetch(_COLUMN, table=table)[0][0]
        before = dict(fetch(f"SELECT t::text, xmin::text FROM {table} t"))
    with household_context(filled.household, person_id=filled.ann.pk):
        seen = set(texts(table))
        assert sent_raw(f"UPDATE {table} SET {column} = {column}") in {"done", "InsufficientPrivilege"}
    with household_context(filled.household):
        after = dict(fetch(f"SELECT t::text, xmin::text FROM {table} t"))
    hidden = before.keys() - seen
    assert hidden
    assert {text: after[text] for text in hidden} == {text: before[text] for text in hidden}


READ_ONLY_OR_HIDDEN = (
    (
        "INSERT INTO ledger_transaction (account_id, changeset_id, date, amount, description, merchant, card_member, notes,"
        " reference, bank_id, status, is_transfer, created_at) SELECT {account}, min(changeset_id), now(), 1, '', '', '', '',"
        " '', '', 'unreconciled', false, now() FROM ledger_transaction"
    ),
    "UPDATE ledger_transaction SET account_id = {account} WHERE account_id = {joint}",
    (
        "INSERT INTO ledger_statedbalance (account_id, changeset_id, date, amount) SELECT {account}, min(changeset_id),"
        " now(), 1 FROM ledger_transaction"
    ),
    (
        "INSERT INTO ledger_reconciliation (account_id, statement_date, statement_balance, ticked_ids, created_at)"
        " VALUES ({account}, now(), 1, '{{}}', now())"
    ),
    "INSERT INTO imports_accounthint (account_id, format, hint) VALUES ({account}, 'csv', 'planted')",
    "UPDATE imports_importfile SET account_id = {account} WHERE account_id = {joint}",
    (
        "INSERT INTO ledger_transactiontag (transaction_id, tag_id, source) SELECT {row}, id, '' FROM ledger_tag"
        " WHERE value = 'groceries'"
    ),
)


@pytest.mark.parametrize("which", ["savings", "card"])
@pytest.mark.parametrize("statement", READ_ONLY_OR_HIDDEN)
def test_the_narrow_role_writes_nothing_into_such_an_account(filled: Family, which: str, statement: str) -> None:
    account = getattr(filled, which)
    with household_context(filled.household):
        row = account.transactions.earliest("pk").pk
    with household_context(filled.household, person_id=filled.ann.pk):
        text = statement.format(account=account.pk, joint=filled.joint.pk, row=row)
        assert sent_raw(text) == "InsufficientPrivilege"


def test_the_narrow_role_deletes_nothing_of_a_read_only_account(filled: Family) -> None:
    with household_context(filled.household, person_id=filled.ann.pk):
        rows = f"(SELECT id FROM ledger_transaction WHERE account_id = {filled.savings.pk})"
        assert sent_raw(f"DELETE FROM ledger_transactiontag WHERE transaction_id IN {rows}") == "done"
        moved = f"UPDATE ledger_transaction SET notes = 'mine', account_id = {filled.joint.pk} WHERE id IN {rows}"
        assert sent_raw(moved) == "done"
    with household_context(filled.household):
        assert filled.savings.transactions.exclude(notes="mine").count() == 3
        assert filled.savings.transactions.filter(transaction_tags__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("SET LOCAL wallet.hidden = '{}'", "StatementRefused"),
        ("SET wallet.closed = '{}'", "StatementRefused"),
        ("RESET wallet.hidden", "StatementRefused"),
        ("RESET ROLE", "StatementRefused"),
        ("SET LOCAL ROLE NONE", "StatementRefused"),
        ("SELECT set_config('wallet.hidden', '{}', true)", "InsufficientPrivilege"),
        ("SELECT set_config('role', 'none', true)", "InsufficientPrivilege"),
        ("UPDATE pg_settings SET setting = '{}' WHERE name = 'wallet.hidden'", "InsufficientPrivilege"),
        ("SELECT 1; SET LOCAL wallet.hidden = '{}'", "SyntaxError"),
    ],
)
def test_no_statement_widens_it(filled: Family, statement: str, outcome: str) -> None:
    with household_context(filled.household, person_id=filled.ann.pk):
        assert sent(statement) == outcome
        assert Account.objects.count() == 2


def test_without_its_settings_the_narrow_role_sees_no_account(filled: Family) -> None:
    with household_context(filled.household, person_id=filled.ann.pk), connections[LEDGER].cursor() as cursor:
        connections[LEDGER]._send("SET LOCAL wallet.hidden TO DEFAULT; SET LOCAL wallet.closed TO DEFAULT")
        cursor.execute("SELECT coalesce(nullif(current_setting('wallet.hidden', true), ''), 'none')")
        assert cursor.fetchone() == ("none",)
        assert sent("SELECT count(*) FROM ledger_transaction WHERE account_id > 0") == "InvalidTextRepresentation"


def test_the_block_that_sees_every_account_ends_with_itself_also_by_an_error(filled: Family) -> None:
    with household_context(filled.household, person_id=filled.ann.pk):
        with pytest.raises(ZeroDivisionError), seeing_every_account():
            assert 1 / (Account.objects.count() - 3)
        assert Account.objects.count() == 2
        with pytest.raises(ProgrammingError), transaction.atomic(using=LEDGER), seeing_every_account():
            connections[LEDGER].cursor().execute("SELECT nothing")
        assert Account.objects.count() == 2


def test_opening_the_household_again_widens_nothing(filled: Family) -> None:
    with household_context(filled.household, person_id=filled.ann.pk):
        with household_context(filled.household):
            assert Account.objects.count() == 2
        with pytest.raises(AnotherHousehold), household_context(filled.household, person_id=filled.bob.pk):
            pytest.fail("it was opened for somebody else")
    with household_context(filled.household):
        assert Account.objects.count() == 3


def test_who_only_reads_is_refused_every_write_by_the_database(filled: Family) -> None:
    with household_context(filled.household, person_id=filled.ann.pk, only_reads=True):
        assert sent("UPDATE ledger_account SET name = 'x'") == "ReadOnlySqlTransaction"
        assert sent("SELECT id FROM ledger_account FOR UPDATE") == "ReadOnlySqlTransaction"
        assert Account.objects.count() == 2
