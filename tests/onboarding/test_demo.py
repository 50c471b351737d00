"""The demo household: three years of believable money, by the road that everybody's files take."""

import datetime
from collections import Counter

from django.db.models import Sum

from apps.categorization.models import CategoryRule
from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.ledger.models import Account, Changeset, Transaction, TransactionTag, Transfer
from apps.ledger.transfers import suggesting
from apps.onboarding.demo.household import EMAIL, PASSWORD, PUBLIC_ID, ensure_demo
from apps.onboarding.demo.statements import statements
from apps.tenancy.context import household_context
from apps.users.models import User
from tests.planes import both_planes

TODAY = datetime.date(2026, 11, 22)


def test_the_same_day_gives_the_same_statements() -> None:
    assert statements(TODAY) == statements(TODAY)


@both_planes
def test_the_demo_is_filled_once_and_adds_up() -> None:
    assert ensure_demo(today=TODAY) is True
    assert ensure_demo(today=TODAY) is False
    assert User.objects.get(email=EMAIL).check_password(PASSWORD)
    with household_context(Household.objects.get(public_id=PUBLIC_ID)):
        assert set(Account.objects.values_list("name", flat=True)) == {"BofA Checking", "Blue Cash", "Savings"}
        assert set(ImportFile.objects.values_list("state", "unreadable_count", "existing_count")) == {("booked", 0, 0)}
        assert Transaction.objects.count() > 1200
        first = Transaction.objects.order_by("date").first()
        assert first is not None
        assert first.date.year == TODAY.year - 3
        assert not Transaction.objects.filter(date__gt=TODAY).exists()
        counts = Counter(Transaction.objects.filter(is_transfer=True).values_list("account__name", flat=True))
        assert counts["Savings"] == 35
        pairs = Transfer.objects.values_list("outgoing__account__name", "incoming__account__name")
        assert Counter(pairs) == {("BofA Checking", "Savings"): 35, ("BofA Checking", "Blue Cash"): 34}
        assert not suggesting.suggestions(datetime.date.min)
        card = Account.objects.get(name="Blue Cash")
        owed = card.transactions.aggregate(sum=Sum("amount"))["sum"]
        assert -card.credit_limit < owed < 0
        assert all(one.outgoing.amount + one.incoming.amount == 0 for one in Transfer.objects.all())


@both_planes
def test_the_family_has_used_its_ledger() -> None:
    ensure_demo(today=TODAY)
    with household_context(Household.objects.get(public_id=PUBLIC_ID)):
        assert Transaction.objects.filter(merchant="Trader Joe’s").count() > 100
        assert set(CategoryRule.objects.values_list("name", flat=True)) == {"Car insurance", "Rent", "Pay"}
        assert CategoryRule.objects.get(name="Rent").use_count == 36
        split = TransactionTag.objects.exclude(amount=None)
        assert split.values("transaction").distinct().count() == 2
        assert TransactionTag.objects.filter(tag__name="Mum visits").count() == 3
        # What words alone told of the last weeks waits for a look.
        assert Transaction.objects.filter(needs_review=True).exists()
        assert not Changeset.objects.filter(undone_at__isnull=False).exists()
