"""Staff change what is sold, see whom a lower limit concerns, and read what households have."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.ledger.models import Account
from apps.ledger.tasks import fit
from apps.plans.changing import PLAN_FIELDS
from apps.plans.models import Plan, RowUse, Subscription
from apps.tenancy.context import household_context
from tests.households.people import belonging
from tests.operations.staff import a_hired_person, staff_client
from tests.planes import both_planes
from tests.plans.giving import give_plan

pytestmark = both_planes
SUBSCRIPTIONS = "/admin/plans/subscription/"


@pytest.fixture
def staff() -> Client:
    return staff_client()


def change(staff: Client, code: str, /, **instead: Any) -> str:
    """Changes a plan on its page; the page that follows."""
    plan = Plan.objects.get(code=code)
    held = {name: getattr(plan, name) for name in PLAN_FIELDS}
    form = {name: "" if value is None else value for name, value in held.items() if value is not False} | instead
    return staff.post(f"/admin/plans/plan/{plan.pk}/change/", form, follow=True).content.decode()


def test_a_plan_is_changed_and_who_did_it_is_told() -> None:
    hired = a_hired_person()
    staff = staff_client(hired)
    change(staff, "pro", monthly_price="14.00", account_limit="", seat_limit=2, summary="More of it")
    plan = Plan.objects.get(code="pro")
    assert (plan.monthly_price, plan.account_limit, plan.summary) == (Decimal("14.00"), None, "More of it")
    event = AuditEvent.objects.get(action=Action.PLAN_CHANGED)
    assert (event.actor_id, event.details["plan"]) == (hired.user.pk, "pro")
    assert event.details["changes"]["monthly_price"] == {"old": "12", "new": "14"}
    assert event.details["changes"]["account_limit"] == {"old": 10, "new": None}
    page = staff.get(f"/admin/plans/plan/{plan.pk}/change/").content.decode()
    assert "monthly price: 12 → 14" in page
    assert "seat limit: 1 → 2" in page
    assert "account limit: 10 → not set" in page


def test_saving_what_is_there_already_records_nothing(staff: Client) -> None:
    assert "was changed successfully" in change(staff, "pro")
    assert not AuditEvent.objects.filter(action=Action.PLAN_CHANGED).exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"monthly_price": ""}, "A plan has both prices, or none if it is not offered."),
        ({"monthly_price": "", "yearly_price": ""}, "What is offered has a price for a month and one for a year."),
        ({"monthly_price": "0"}, "A price is more than zero"),
        ({"yearly_price": "-3"}, "A price is more than zero"),
        ({"monthly_price": "1e9"}, "no more than"),
        ({"monthly_price": "abc"}, "Enter a number."),
        ({"seat_limit": "0"}, "There is at least one seat, its owner’s."),
        ({"account_limit": "0"}, "There is at least one account."),
        ({"row_limit": "0"}, "There is at least one row."),
        ({"rate_factor": "0"}, "There is at least one time the usual rate."),
        ({"account_limit": "99999"}, "less than or equal to 32767"),
        ({"row_limit": "-1"}, "greater than or equal to 0"),
        ({"name": "Basic"}, "Plan with this Name already exists."),
    ],
)
def test_what_was_typed_wrongly_is_named_and_nothing_is_changed(staff: Client, typed: dict[str, str], why: str) -> None:
    before = Plan.objects.filter(code="pro").values().get()
    page = change(staff, "pro", summary="New", **typed)
    assert why in page
    assert "is violated" not in page
    assert Plan.objects.filter(code="pro").values().get() == before


def test_a_lower_limit_says_how_many_households_are_over_it(staff: Client, household: Household) -> None:
    belonging(household, "Bea")
    belonging(household, "Ada")
    RowUse.objects.create(household=household, period=f"{timezone.now():%Y-%m}", row_count=501)
    page = change(staff, "family", seat_limit=2, row_limit=500)
    assert "1 household has more than 2 seats taken." in page
    assert "1 household has more than 500 rows in this period." in page
    assert "No household has" not in page
    assert household.memberships.count() == 3
    assert "No household has more than 400 rows in this period." in change(staff, "basic", row_limit=400)


def test_accounts_are_fitted_in_the_households_of_the_plan_and_in_no_other(
    staff: Client, household: Household, other_household: Household, commit: Callable[..., Any]
) -> None:
    give_plan(household, "pro")
    with household_context(household):
        Account.objects.bulk_create([Account(name=name, currency="USD") for name in ("Checking", "Card")])
    with commit():
        change(staff, "pro", account_limit=1)
    ordered = Household.objects.filter(work_ordered_at__isnull=False)
    assert list(ordered) == [household]
    fit.apply(kwargs={"household_id": household.pk}).get()
    with household_context(household):
        assert Account.objects.filter(is_frozen=True).count() == 1


def test_a_higher_limit_says_nothing_of_it(staff: Client) -> None:
    assert "seats taken" not in change(staff, "family", seat_limit=8)


def test_a_limit_that_comes_to_nothing_without_its_flag_says_so(staff: Client) -> None:
    assert (
        "Basic is not among the plans of the flag multiple_accounts: its households have one, whatever is set here."
        in change(staff, "basic", account_limit=3)
    )
    assert "not among the plans" not in change(staff, "pro", account_limit=20)


def test_a_price_that_stripe_does_not_know_of_is_told(staff: Client) -> None:
    Plan.objects.filter(code="pro").update(monthly_price_id="price_old")
    assert "Stripe’s was not: price_old is charged." in change(staff, "pro", monthly_price="15")
    assert "Stripe’s was not" not in change(staff, "pro", monthly_price="16", monthly_price_id="price_new")


def test_plans_are_neither_added_nor_deleted_and_keep_their_code(staff: Client) -> None:
    change(staff, "pro", code="gold")
    plan = Plan.objects.get(code="pro")
    assert staff.post("/admin/plans/plan/add/", {"code": "gold"}).status_code == 403
    assert staff.post(f"/admin/plans/plan/{plan.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Plan.objects.count() == 4


def test_the_list_of_plans_counts_who_has_each_in_force(staff: Client, other_household: Household) -> None:
    give_plan(other_household, "pro")
    page = staff.get("/admin/plans/plan/").content.decode()
    counts = [part.split("<")[0] for part in page.split('class="field-household_count">')[1:]]
    assert counts == ["0", "0", "1", "1"]


@pytest.mark.parametrize(
    ("question", "count"), [("state=trial", 2), ("state=ended", 0), ("plan={pro}", 1), ("plan={basic}", 0)]
)
def test_subscriptions_are_filtered_by_state_and_plan(
    staff: Client, household: Household, question: str, count: int
) -> None:
    ids = {plan.code: plan.pk for plan in Plan.objects.all()}
    Subscription.objects.filter(household=household).update(plan=ids["pro"])
    name, _, value = question.format(**ids).partition("=")
    lookup = "plan__id__exact" if name == "plan" else "state__exact"
    answer = staff.get(f"{SUBSCRIPTIONS}?{lookup}={value}")
    assert (answer.status_code, answer.context["cl"].result_count) == (200, count)
    link = f'href="/admin/households/household/{household.pk}/change/"'
    assert (link in answer.content.decode()) == (question in {"state=trial", "plan={pro}"})


@pytest.mark.parametrize(
    "question", ["household__name__startswith=O", "customer_id__startswith=c", "plan__name=x", "state__regex=(a"]
)
def test_subscriptions_answer_no_question_of_somebodys_own_making(staff: Client, question: str) -> None:
    assert staff.get(f"{SUBSCRIPTIONS}?{question}").status_code == 400


@pytest.mark.parametrize("value", ["x", "999999999999999999999999", "-1", "%00"])
def test_a_plan_that_there_is_not_is_no_error_of_ours(staff: Client, value: str) -> None:
    staff.raise_request_exception = False
    assert staff.get(f"{SUBSCRIPTIONS}?plan__id__exact={value}", follow=True).status_code < 500


def test_a_subscription_has_no_page_and_its_list_no_names(staff: Client, household: Household) -> None:
    Household.objects.filter(pk=household.pk).update(name="The Secret Smiths")
    held = Subscription.objects.get(household=household)
    page = staff.get(SUBSCRIPTIONS, {"q": "ours"}).content.decode()
    assert ("Secret Smiths" in page, "A present of ours" in page) == (False, True)
    for address in (f"{SUBSCRIPTIONS}{held.pk}/change/", f"{SUBSCRIPTIONS}add/"):
        assert staff.get(address).status_code == 404
