"""The demo household: three years of believable money, by the road that everybody's files take."""

import datetime
from collections import Counter
from decimal import Decimal

from django.db.models import Sum

from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.ledger.models import Account, Transaction
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
        transfers = Transaction.objects.filter(is_transfer=True)
        counts = Counter(transfers.values_list("account__name", flat=True))
        assert counts["Savings"] == 35
        checking = transfers.filter(account__name="BofA Checking", search_text__contains="to sav")
        savings = transfers.filter(account__name="Savings")
        assert checking.aggregate(sum=Sum("amount"))["sum"] + savings.aggregate(sum=Sum("amount"))["sum"] == Decimal(0)
