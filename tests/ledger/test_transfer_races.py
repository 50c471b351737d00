"""Two tabs that link one row at the same moment."""

import threading

from django.db import connections

from apps.households.models import Household
from apps.ledger import transfers as deeds
from apps.ledger.models import Account, Revision, Transaction, Transfer
from apps.ledger.transfers import CannotLink
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand


def test_of_two_tabs_that_link_one_row_at_once_the_second_is_told(fresh_database: str) -> None:
    household = Household.objects.get(public_id="ours")
    with household_context(household):
        sent = by_hand(Account.objects.create(name="Checking", currency="USD"), "2026-11-10", "-100.00").pk
        savings = Account.objects.create(name="Savings", currency="USD")
        partners = [by_hand(savings, "2026-11-10", "100.00").pk for _ in range(2)]
        as_of = Revision.current()
    together = threading.Barrier(2)
    told: list[str] = []

    def link(partner: int) -> None:
        together.wait(timeout=30)
        try:
            with household_context(household):
                deeds.link([(sent, partner)], as_of=as_of, actor_id=None)
            told.append("linked")
        except CannotLink as error:
            told.append(str(error))
        finally:
            connections.close_all()

    tabs = [threading.Thread(target=link, args=(partner,)) for partner in partners]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    linked, refused = sorted(told, key=len)
    assert linked == "linked"
    assert refused.startswith("One of these rows is part of another transfer already.")
    with household_context(household):
        assert Transfer.objects.count() == 1
        assert Transaction.objects.filter(is_transfer=True).count() == 2
