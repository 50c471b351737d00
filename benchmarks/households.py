"""Households to measure in, and a long history for them."""

import io
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from psycopg import sql

from apps.categorization.inference import Guess
from apps.households.models import Household
from apps.imports import uploads
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.parsers import ParsedRow, open_statement
from apps.ledger.models import Account, Changeset, Revision, Tag
from apps.onboarding.finishing import finish_household
from apps.onboarding.opening import open_household
from apps.plans.models import Plan, Subscription
from apps.tenancy.context import household_context
from apps.users.models import User
from benchmarks.database import administrator, settle

EMAIL = "bench@example.com"
LEDGER_TABLES = ("ledger_transaction", "ledger_transactiontag", "ledger_account", "ledger_tag", "ledger_changeset")
_COLUMNS = (
    *("id", "account_id", "changeset_id", "date", "amount", "description", "merchant", "card_member", "notes"),
    *("reference", "bank_id", "status", "is_transfer", "created_at"),
)


def person() -> User:
    """The one person of the benchmarks, who owns every household."""
    known = User.objects.filter(email=EMAIL).first()
    return known or User.objects.create_user(EMAIL, name="Ada Maxwell")


def new_household(name: str) -> Household:
    household = open_household(owner=person(), name=name)
    Subscription.objects.filter(household=household).update(comped_plan=Plan.objects.get(code="family"))
    finish_household(household)
    household.refresh_from_db()
    return household


def add_account(household: Household, name: str) -> Account:
    with household_context(household):
        return Account.objects.create(name=name, kind=Account.Kind.CHECKING, currency=household.currency)


def upload(household: Household, account: Account, content: bytes) -> ImportFile:
    """The file in the store, waiting to be read, as after an upload by a plain form."""
    sent = SimpleUploadedFile("stmt.csv", content)
    with household_context(household):
        batch = ImportBatch.objects.create(uploaded_by_id=person().pk)
        return uploads.store(household, upload=sent, batch=batch, account=account)


def add_history(household: Household, contents: dict[Account, bytes]) -> None:
    """Loads statements into accounts as an administrator can: rows by COPY, indexes built afterwards.

    The rows are what an import would have booked, with a bucket where words tell one.
    """
    with household_context(household):
        changeset = Changeset.objects.create(kind=Changeset.Kind.IMPORT, note="history")
        buckets = dict(Tag.objects.filter(namespace="bucket").values_list("value", "pk"))
        Revision.go_up()
    schema = household.schema_name
    with administrator() as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        cursor.execute(sql.SQL("SET search_path = {}, extensions").format(sql.Identifier(schema)))
        indexes = _drop_indexes(cursor, schema)
        links: list[tuple[int, int]] = []
        copy_in = f"COPY ledger_transaction ({', '.join(_COLUMNS)}) FROM STDIN"
        with cursor.copy(copy_in) as copy:
            for row, bucket in _history(contents, changeset.pk):
                copy.write_row(row)
                if bucket in buckets:
                    links.append((row[0], buckets[bucket]))
        with cursor.copy("COPY ledger_transactiontag (transaction_id, tag_id) FROM STDIN") as copy:
            for link in links:
                copy.write_row(link)
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("SELECT setval('ledger_transaction_id_seq', (SELECT max(id) FROM ledger_transaction))")
    settle(schema, *LEDGER_TABLES)


def _drop_indexes(cursor: Any, schema: str) -> list[str]:
    """Drops the indexes of the transactions that no constraint needs; returns how they were made."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = 'ledger_transaction'"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = indexname)",
        [schema],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(schema, name)))
    return [definition for _, definition in found]


def _history(contents: dict[Account, bytes], changeset_id: int) -> Iterator[tuple[tuple[Any, ...], str]]:
    number = 0
    for account, content in contents.items():
        guess = Guess(account_kind=account.kind)
        for row in open_statement(io.BytesIO(content)).rows():
            if isinstance(row, ParsedRow):
                number += 1
                bucket, _ = guess(row.merchant, row.description, is_money_in=row.amount > 0)
                yield (
                    (
                        *(
                            number,
                            account.pk,
                            changeset_id,
                            row.date,
                            row.amount,
                            row.description,
                            row.merchant,
                            "",
                            "",
                        ),
                        *("", row.bank_id, "unreconciled", False, account.created_at),
                    ),
                    bucket,
                )
