"""What a script asks before it is done is asked by a page where there is none."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from apps.categorization.models import MerchantAlias
from apps.households.models import Household, Membership
from apps.imports.models import ImportFormat
from apps.ledger.models import Account, Reconciliation, SplitTemplate, Transaction
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

HOME = "/h/ours/"


def an_alias() -> Any:
    return MerchantAlias.objects.create(pattern="ACME", merchant="Acme")


def an_empty_account() -> Any:
    return Account.objects.create(name="Wallet", currency="USD")


def a_template() -> Any:
    return SplitTemplate.objects.create(name="Rent")


def an_open_reconciliation() -> Any:
    account = Account.objects.create(name="Checking", currency="USD")
    return Reconciliation.objects.create(account=account, statement_date="2026-11-30", statement_balance=0)


ASKED = pytest.mark.parametrize(
    ("make", "page", "deed", "question"),
    [
        (an_alias, "merchants/aliases/{}/", "merchants/aliases/{}/delete/", "Delete the alias “ACME”?"),
        (an_empty_account, "accounts/{}/", "accounts/{}/delete/", "Delete Wallet?"),
        (a_template, "split-templates/{}/", "split-templates/{}/delete/", "Delete the split template “Rent”?"),
        (an_open_reconciliation, "accounts/statements/{}/", "accounts/statements/{}/discard/", "Discard the ticks?"),
    ],
)


@ASKED
def test_without_javascript_a_page_asks_first(
    member_client: Client, opened: Household, make: Any, page: str, deed: str, question: str
) -> None:
    made = make()
    address = HOME + deed.format(made.pk)
    offered = member_client.get(HOME + page.format(made.pk)).content.decode()
    assert re.search(rf'<a class="[^"]*no-script-only" href="{address}">', offered)
    assert re.search(rf'<form class="script-only" method="post" action="{address}">', offered)
    asked = unescape(member_client.get(address).content.decode())
    assert question in asked
    assert f'href="{HOME}{page.format(made.pk)}">Cancel' in asked
    assert type(made).objects.filter(pk=made.pk).exists()
    assert member_client.post(address).status_code == 302
    assert not type(made).objects.filter(pk=made.pk).exists()


@ASKED
def test_a_viewer_is_not_asked(
    member_client: Client, opened: Household, make: Any, page: str, deed: str, question: str
) -> None:
    made = make()
    Membership.objects.filter(household=opened).update(role=Membership.Role.VIEWER)
    assert member_client.get(HOME + deed.format(made.pk)).status_code == 403


def test_deleting_a_format_is_asked(member_client: Client, opened: Household) -> None:
    made = ImportFormat.objects.create(name="Bank", signature="s", recipe={})
    address = f"{HOME}imports/formats/{made.pk}/delete/"
    assert "Delete the format “Bank”?" in unescape(member_client.get(address).content.decode())
    member_client.post(address)
    assert not ImportFormat.objects.exists()


def test_everything_older_in_the_review_is_asked_with_what_was_shown(member_client: Client, opened: Household) -> None:
    account = Account.objects.create(name="Checking", currency="USD")
    rows = [by_hand(account, f"2026-11-0{day}", "-5", "ACME", needs_review=True) for day in (1, 2, 3)]
    page = member_client.get(f"{HOME}review/?whose=everybody").content.decode()
    found = re.search(r'<a class="[^"]*no-script-only" href="([^"]*accept-from-here/[^"]*)"', page)
    assert found
    address = unescape(found[1])
    asked = member_client.get(address).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(as_of|count)" value="(\d+)">', asked))
    assert sent["count"] == str(len(rows))
    assert Transaction.objects.filter(needs_review=True).count() == len(rows)
    member_client.post(address, sent)
    assert not Transaction.objects.filter(needs_review=True).exists()
