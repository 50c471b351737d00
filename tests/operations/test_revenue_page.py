"""The staff's page of what comes in."""

import datetime
import re
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.plans.models import Plan, Subscription, SubscriptionChange
from tests.operations.staff import staff_client
from tests.planes import both_planes

pytestmark = both_planes


def _page(client: Client) -> str:
    return " ".join(client.get("/admin/revenue/").content.decode().split())


def _began(household: Household, at: datetime.datetime) -> None:
    pro = Plan.objects.get(code="pro")
    Subscription.objects.filter(household=household).update(plan=pro, state="active", interval="year", comped_plan=None)
    SubscriptionChange.objects.create(
        household=household, kind="began", at=at, plan=pro, interval="year", a_month=Decimal(10)
    )


def test_it_shows_what_comes_in_now_and_thirteen_months(household: Household) -> None:
    _began(household, timezone.now())
    page = _page(staff_client())
    assert '<td>Pro</td><td>yearly</td><td class="staff-sum">1</td><td class="staff-sum">10.00</td>' in page
    assert page.count("USD a month") == 2
    assert f'<th scope="row">{datetime.datetime.now(datetime.UTC):%b %Y}<br>so far</th>' in page
    assert len(re.findall(r'<th scope="row">\w{3}\.? \d{4}', page)) == 13
    assert "start + new + more − less − lost = end, in every month" in page


def test_it_asks_no_more_for_more_households(
    household: Household, other_household: Household, django_assert_max_num_queries
) -> None:
    client = staff_client()
    _began(household, timezone.now())
    _began(other_household, timezone.now())
    with django_assert_max_num_queries(10):
        assert client.get("/admin/revenue/").status_code == 200


def test_only_staff_see_it(member_client: Client) -> None:
    for client in (Client(), member_client):
        assert client.get("/admin/revenue/")["Location"].startswith("/admin/login/")


def test_it_is_found_from_the_first_page_and_needs_no_script() -> None:
    client = staff_client()
    assert 'href="/admin/revenue/"' in client.get("/admin/").content.decode()
    page = _page(client)
    assert "<style" not in page
    assert " style=" not in page
