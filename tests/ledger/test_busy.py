"""What somebody else holds just now, or took away, is told in a sentence; nothing is half done, no page is an error."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client
from psycopg import sql

from apps.categorization.models import CategoryRule, MerchantAlias
from apps.households.answers import BUSY, MEANWHILE, refusal
from apps.households.models import Household
from apps.imports.models import ImportFormat
from apps.ledger.models import (
    Account,
    Changeset,
    SavedFilter,
    StatedBalance,
    Tag,
    Transaction,
    TransferRejection,
)
from apps.tenancy import names
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER
from apps.users.models import User
from tests.categorization.making import bucket, rule
from tests.conftest import clone_database, cluster, drop_database, use_database
from tests.ledger.entries import by_hand

HOME = "/h/ours/"
SHOP = ("description", "contains", "shop")
ENTRY = {"direction": "out", "amount": "12.50", "date": "2026-11-20", "merchant": "Bakery"}
Sent = Callable[[], tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def ours(template_database: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Household]:
    """A household with one of everything, committed. Whoever waits there for a lock gives up soon."""
    own, usual = f"wallet_busy_{os.getpid()}", connections[LEDGER].settings_dict["NAME"]
    with django_db_blocker.unblock():
        clone_database(template_database, own)
        with cluster() as admin:
            soon = sql.SQL("ALTER ROLE {} IN DATABASE {} SET lock_timeout = '100ms'")
            admin.execute(soon.format(sql.Identifier(names.login(LEDGER)), sql.Identifier(own)))
        use_database(own)
        household = Household.objects.get(public_id="ours")
        with household_context(household):
            make_one_of_everything()
        yield household
        drop_database(own)
        use_database(usual)


def make_one_of_everything() -> None:
    account = Account.objects.create(name="Checking", currency="USD")
    row = by_hand(account, "2026-11-01", "-20.00", "CORNER SHOP", merchant="Corner Shop")
    other = by_hand(account, "2026-11-01", "20.00")
    rule("Shops", SHOP, bucket=bucket("groceries"))
    MerchantAlias.objects.create(pattern="CORNER", merchant="The corner")
    SavedFilter.objects.create(name="Food", query="bucket=groceries")
    StatedBalance.objects.create(account=account, changeset=row.changeset, date=row.date, amount=0)
    TransferRejection.objects.create(outgoing_id=row.pk, incoming_id=other.pk)
    ImportFormat.objects.create(name="Bank", signature="s", recipe={})


@pytest.fixture
def browser(ours: Household) -> Client:
    client = Client()
    owner = User.objects.get(email="ours@example.com")
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@contextmanager
def held(household: Household, table: str) -> Iterator[None]:
    """Somebody else is changing every row of the table."""
    name = connections[LEDGER].settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name) as other:
        other.execute(sql.SQL("SELECT FROM {} FOR UPDATE").format(sql.Identifier(household.schema_name, table)))
        yield
        other.rollback()


def stored() -> list[Any]:
    """Everything that the deeds below could change."""
    models = (Account, CategoryRule, Changeset, ImportFormat, MerchantAlias, SavedFilter, StatedBalance, Tag)
    return [list(model.objects.order_by("pk").values()) for model in (*models, Transaction, TransferRejection)]


def of(model: Any, path: str, **sent: Any) -> Sent:
    """The address of a deed on the one row of the model, and what its form sends."""
    return lambda: (path.format(model.objects.order_by("pk")[0].pk), sent)


DEEDS = {
    # Any deed on money waits for the other one at the version of the data.
    "enter a row": ("ledger_revision", lambda: ("transactions/new/", {**ENTRY, "account": Account.objects.get().pk})),
    "add a tag": ("ledger_revision", lambda: ("tags/new/", {"kind": "bucket", "name": "Pets", "colour": "1"})),
    "archive": ("ledger_account", of(Account, "accounts/{}/archive/")),
    "order accounts": ("ledger_account", of(Account, "accounts/order/", order="1")),
    "forget a balance": (
        "ledger_statedbalance",
        lambda: (f"accounts/{Account.objects.get().pk}/balances/{StatedBalance.objects.get().pk}/forget/", {}),
    ),
    "delete an alias": ("categorization_merchantalias", of(MerchantAlias, "merchants/aliases/{}/delete/")),
    "apply the aliases": ("ledger_transaction", lambda: ("merchants/apply/", {})),
    "delete a filter": ("ledger_savedfilter", of(SavedFilter, "filters/{}/delete/")),
    "pin a filter": ("ledger_savedfilter", of(SavedFilter, "filters/{}/pin/")),
    "switch a rule off": ("categorization_categoryrule", of(CategoryRule, "rules/{}/disable/")),
    "change a rule": ("categorization_categoryrule", of(CategoryRule, "rules/{}/")),
    "copy a rule": ("categorization_categoryrule", of(CategoryRule, "rules/{}/duplicate/")),
    "order rules": ("categorization_categoryrule", of(CategoryRule, "rules/order/", order="1")),
    "delete a rule": ("categorization_categoryrule", of(CategoryRule, "rules/{}/delete/")),
    "take a rejection back": ("ledger_transferrejection", of(TransferRejection, "transfers/rejections/{}/take-back/")),
    "delete a format": ("imports_importformat", of(ImportFormat, "imports/formats/{}/delete/")),
}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_that_waits_for_somebody_else_too_long_says_so(ours: Household, browser: Client, name: str) -> None:
    table, sent = DEEDS[name]
    with household_context(ours):
        before, (path, form) = stored(), sent()
    with held(ours, table):
        response = browser.post(HOME + path, form, follow=True)
    assert response.status_code in {200, 422}
    assert BUSY in unescape(response.content.decode())
    with household_context(ours):
        assert stored() == before


def test_what_was_typed_is_still_in_the_form_of_a_row_that_had_to_wait(ours: Household, browser: Client) -> None:
    with household_context(ours):
        form = {**ENTRY, "account": Account.objects.get().pk}
    with held(ours, "ledger_revision"):
        page = browser.post(f"{HOME}transactions/new/", form)
    assert 'value="Bakery"' in page.content.decode()
    assert browser.post(f"{HOME}transactions/new/", form).status_code == 302


def test_a_saved_filter_shows_its_rows_though_its_use_cannot_be_counted(ours: Household, browser: Client) -> None:
    with household_context(ours):
        saved = SavedFilter.objects.get()
    with held(ours, "ledger_savedfilter"):
        assert browser.get(f"{HOME}filters/{saved.pk}/")["Location"] == f"{HOME}transactions/?bucket=groceries"


def test_a_row_that_goes_while_it_is_saved_is_told(ours: Household) -> None:
    with household_context(ours):
        gone = SavedFilter.objects.get()
        SavedFilter.objects.all().delete()

        def deed() -> None:
            Tag.objects.create(namespace="bucket", value="pets", name="Pets")
            gone.save(update_fields=["name"])

        assert refusal(deed) == MEANWHILE
        assert not Tag.objects.filter(value="pets").exists()
