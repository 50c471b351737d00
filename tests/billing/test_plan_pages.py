"""What is sold, and the page of a household's plan: for everybody, for members, for the owner."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from apps.households.models import Household
from apps.ledger.models import Account
from apps.plans import metering
from apps.plans.features import TO_COME
from apps.plans.models import Flag, Plan, Subscription
from apps.tenancy.context import household_context
from tests.billing.standings import has_ended, on_trial, owes, pays
from tests.households.people import belonging, browser
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
PLAN, CHOOSE = "/h/ours/settings/plan/", "/h/ours/settings/plan/choose/"


def words(text: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2])).strip()


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_sold_is_what_the_table_says(client: Client) -> None:
    Plan.objects.filter(code="basic").update(row_limit=1234, account_limit=2, monthly_price=7)
    Flag.objects.get(name="multiple_accounts").plans.add(Plan.objects.get(code="basic"))
    Plan.objects.filter(code="family").update(is_offered=False)
    text = words(page(client, "/pricing/"))
    assert "Basic $ 7 a month" in text
    assert "1,234 new transactions a month Up to 2 accounts For one person" in text
    assert "As many transactions as you have Up to 10 accounts" in text
    assert "Family" not in text
    assert "Every household begins with 14 days free, without a card: up to 100 transactions" in text


def test_a_limit_of_nothing_is_not_no_limit(client: Client) -> None:
    Plan.objects.filter(code="pro").update(row_limit=0)
    assert "0 new transactions a month Up to 10 accounts For one person" in words(page(client, "/pricing/"))


def test_nothing_is_offered_that_is_not_there_yet(client: Client) -> None:
    text = words(page(client, "/pricing/"))
    assert [flag.title for flag in Flag.objects.filter(name__in=TO_COME) if flag.title in text] == []
    assert TO_COME
    assert "API" not in text


def test_sharing_is_offered_where_staff_gave_it_to_the_plan(client: Client) -> None:
    assert words(page(client, "/pricing/")).count("For up to 6 people") == 1
    Flag.objects.filter(name="family_sharing").update(everyone=False)
    assert "For up to 6 people" not in words(page(client, "/pricing/"))


def test_a_years_price_says_what_it_saves(client: Client) -> None:
    text = words(page(client, "/pricing/?interval=year"))
    assert "Pro $ 120 a year $ 10 a month, saves $ 24 a year" in text
    assert words(page(client, "/pricing/?interval=nonsense")) == words(page(client, "/pricing/"))


def test_the_front_page_leads_to_the_prices(client: Client) -> None:
    assert 'href="/pricing/"' in page(client, "/")


def test_everybody_sees_the_plan_and_its_use(household: Household) -> None:
    give_plan(household, "basic")
    pays(household, "basic")
    household.refresh_from_db()
    metering.take(household.entitlements, household.zone, key="import 1", row_count=420)
    with household_context(household):
        Account.objects.create(name="Ours", currency="USD")
    text = page(browser(belonging(household, "Vic", "viewer")), PLAN)
    said = words(text)
    assert "420 of 1,000 came in this" in said
    assert "People 2 , with room for 1 Everybody stays; nobody else can be invited." in said
    assert "Ours Owner is the owner of this household and decides about its plan." in said
    assert f'href="{CHOOSE}">Compare the plans</a>' in text
    assert "<form" not in text.partition("<main")[2].partition("</main>")[0]


def test_what_is_over_or_used_up_says_what_follows(member_client: Client, household: Household) -> None:
    give_plan(household, "basic", row_limit=7, account_limit=1)
    household.refresh_from_db()
    metering.take(household.entitlements, household.zone, key="import 1", row_count=7)
    with household_context(household):
        Account.objects.all().delete()
        for name in ("One", "Two", "Three"):
            Account.objects.create(name=name, currency="USD")
    text = words(page(member_client, PLAN))
    assert re.search(r"Transactions 7 of 7 came in this \w+ Nothing more can come in until 1 \w+\.", text)
    assert "Accounts 3 , with room for 1 2 of them can only be read." in text


def test_the_owner_sees_the_next_payment_in_the_households_day(member_client: Client, household: Household) -> None:
    Household.objects.filter(pk=household.pk).update(time_zone="Pacific/Auckland")
    pays(household, "pro", "year")
    ends_at = datetime.datetime(2027, 3, 4, 20, tzinfo=datetime.UTC)
    household.subscription.__class__.objects.filter(household=household).update(period_ends_at=ends_at)
    text = words(page(member_client, PLAN))
    assert "Price $ 120 a year" in text
    assert "Next payment 5 March 2027" in text


def test_who_has_a_present_sees_what_is_paid_beside_it(member_client: Client, household: Household) -> None:
    pays(household, "basic", comped_plan=Plan.objects.get(code="family"))
    text = words(page(member_client, PLAN))
    assert "Family our present Everything of Pro" in text
    assert "Paid beside it Basic Price $ 5 a month Next payment" in text


@pytest.mark.parametrize(
    ("standing", "deeds"),
    [
        ("trial", {"choose"}),
        ("ended", {"choose"}),
        ("paid", {"choose", "card", "cancel"}),
        ("cancelled", {"resume", "card"}),
        ("owed", {"card", "cancel"}),
        # Whoever is charged can end that.
        ("suspended", {"invoices", "cancel"}),
    ],
)
def test_the_owner_is_offered_what_there_is_to_do(
    member_client: Client, household: Household, standing: str, deeds: set[str]
) -> None:
    if standing == "trial":
        on_trial(household, days=5)
    elif standing == "ended":
        has_ended(household)
    elif standing == "owed":
        owes(household, days=3)
    elif standing == "suspended":
        pays(household, suspended_at=timezone.now(), customer_id="cus_ours")
    else:
        pays(household, cancels_at=timezone.now() + datetime.timedelta(9) if standing == "cancelled" else None)
    text = page(member_client, PLAN)
    offered = set(re.findall(rf'(?:href|action)="{PLAN}(\w+)/', text))
    assert offered == deeds


@pytest.mark.parametrize("address", ["choose/", "change/?plan=basic", "checkout/", "change/"])
def test_who_is_suspended_is_sold_nothing(member_client: Client, household: Household, address: str) -> None:
    on_trial(household, days=5)
    Subscription.objects.filter(household=household).update(suspended_at=timezone.now())
    asked = {"plan": "basic", "interval": "month"}
    ask = member_client.post if address in {"checkout/", "change/"} else member_client.get
    answer = ask(f"{PLAN}{address}", None if "?" in address else asked, follow=True)
    assert answer.redirect_chain == [(PLAN, 302)]
    assert "This household is suspended." in answer.content.decode()
    assert Subscription.objects.get(household=household).customer_id == ""


def test_the_plans_to_choose_from_mark_ones_own(member_client: Client, household: Household) -> None:
    pays(household, "pro", "year")
    text = page(member_client, CHOOSE)
    assert "Pro your plan $ 120 a year" in words(text)
    assert f"{PLAN}change/?plan=basic&amp;interval=year" in text
    assert f"{PLAN}change/?plan=pro&amp;interval=year" not in text
    assert f"{PLAN}change/?plan=pro&amp;interval=month" in page(member_client, f"{CHOOSE}?interval=month")


def test_who_pays_nothing_yet_goes_straight_to_the_payment(member_client: Client, household: Household) -> None:
    on_trial(household, days=5)
    text = page(member_client, CHOOSE)
    assert text.count(f'action="{PLAN}checkout/"') == 3
    viewer = page(browser(belonging(household, "Vic", "viewer")), CHOOSE)
    assert "is the owner of this household and can choose its plan" in words(viewer)
    assert f"{PLAN}checkout/" not in viewer
    assert f"{PLAN}change/" not in viewer


def test_what_does_not_fit_is_told_before_the_payment(member_client: Client, household: Household) -> None:
    on_trial(household, days=5)
    belonging(household, "Ada")
    with household_context(household):
        for name in ("One", "Two", "Three"):
            Account.objects.create(name=name, currency="USD")
        count = Account.objects.filter(archived_at=None).count()
    assert page(member_client, CHOOSE).count(f'action="{PLAN}checkout/"') == 1
    text = page(member_client, f"{PLAN}change/?plan=basic&interval=month")
    assert f"{count - 1} of your accounts can only be read and exported" in words(text)
    assert "1 more person belongs to the household than the plan has seats for. They stay" in words(text)
    assert "On to the payment" in text


@pytest.mark.parametrize("address", ["change/", "change/?plan=nonsense", "change/?plan=trial"])
def test_a_plan_that_is_not_sold_cannot_be_asked_for(member_client: Client, household: Household, address: str) -> None:
    on_trial(household, days=5)
    for answer in (member_client.get(f"{PLAN}{address}"), member_client.post(f"{PLAN}checkout/", {"plan": "trial"})):
        assert (answer.status_code, answer["Location"]) == (302, CHOOSE)


@pytest.mark.parametrize("address", [f"{PLAN}change/", f"{PLAN}checkout/", "/h/ours/accounts/active/"])
def test_what_no_database_could_look_for_is_no_plan(member_client: Client, address: str) -> None:
    looked = member_client.get(address, {"plan": "\0"}, follow=True)
    sent = member_client.post(f"{address}?plan=%00", {"plan": "\0", "interval": "\0"}, follow=True)
    only_sent = address.endswith("checkout/")
    assert (looked.status_code, sent.status_code) == (405 if only_sent else 200, 200)


def test_ones_own_plan_is_not_changed_to(member_client: Client, household: Household) -> None:
    pays(household, "pro", "month")
    answer = member_client.get(f"{PLAN}change/?plan=pro&interval=month", follow=True)
    assert "This household has the plan Pro already." in answer.content.decode()


def test_there_is_nothing_to_cancel_where_nothing_is_paid(member_client: Client, household: Household) -> None:
    on_trial(household, days=5)
    answer = member_client.post(f"{PLAN}cancel/", follow=True)
    assert "There is no paid plan that could be cancelled." in answer.content.decode()


def test_the_question_before_cancelling_says_until_when(member_client: Client, household: Household) -> None:
    pays(household)
    until = (timezone.now() + datetime.timedelta(days=20)).strftime("%-d %B %Y")
    assert f"It is paid until {until}, and so long everything works" in words(page(member_client, f"{PLAN}cancel/"))
    owes(household, days=3)
    text = words(page(member_client, f"{PLAN}cancel/"))
    assert f"It goes on until {until}. The payment that failed stays open" in text
    assert "It is paid" not in text
    pays(household, "basic", comped_plan=Plan.objects.get(code="family"))
    assert "After that you have the plan Family, which is our present." in words(page(member_client, f"{PLAN}cancel/"))
