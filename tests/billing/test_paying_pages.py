"""The pages that lead to the payment and come back from it, in front of the fake Stripe."""

import re

import pytest
from django.conf import settings
from django.test import Client

from apps.billing import stripe_gateway
from apps.households.models import Household
from apps.ledger.models import Account
from apps.plans.models import Flag, Plan
from apps.tenancy.context import household_context
from tests.billing.paying import Payer
from tests.billing.test_plan_pages import CHOOSE, PLAN, page, words
from tests.planes import both_planes

pytestmark = both_planes
PRO = {"plan": "pro", "interval": "month"}


def shown(client: Client, plan: str, interval: str = "month") -> tuple[str, dict[str, str]]:
    """What the page says a change costs, and what its form would send."""
    text = page(client, f"{PLAN}change/?plan={plan}&interval={interval}")
    (token,) = re.findall(r'name="shown" value="([^"]+)"', text)
    return words(text), {"plan": plan, "interval": interval, "shown": token}


def said(client: Client, address: str, sent: dict[str, object]) -> str:
    """The page after a form was sent."""
    return words(client.post(address, sent, follow=True).content.decode())


def test_the_owner_is_led_to_the_payment_and_back(member_client: Client, payer: Payer) -> None:
    led = member_client.post(f"{PLAN}checkout/", PRO)
    assert led.status_code == 303
    assert led["Location"].startswith(f"{settings.STRIPE_API_URL}/c/pay/")
    (session,) = payer.account.client.v1.checkout.sessions.list({"customer": payer.customer}).data
    assert session.success_url == f"http://testserver{PLAN}return/"
    assert session.cancel_url == f"http://testserver{CHOOSE}?interval=month"
    assert payer.account.pay(session.id)["status"] == "complete"
    back = member_client.get(f"{PLAN}return/", follow=True)
    assert "Thank you! This household has the plan Pro now." in back.content.decode()
    assert payer.row.state == "active"


def test_a_page_may_send_its_form_to_where_one_pays_and_nowhere_else(member_client: Client) -> None:
    policy = member_client.get(CHOOSE)["Content-Security-Policy"]
    assert f"form-action 'self' {settings.STRIPE_API_URL};" in f"{policy};"


def test_who_comes_back_before_the_bank_said_yes_waits_and_goes_on(member_client: Client, payer: Payer) -> None:
    session = payer.open_checkout()
    waits = member_client.get(f"{PLAN}return/")
    assert waits.status_code == 200
    assert "We are waiting for the bank" in waits.content.decode()
    payer.account.pay(session)
    goes_on = member_client.get(f"{PLAN}return/", headers={"HX-Request": "true"})
    assert goes_on["HX-Redirect"] == PLAN


def test_who_pays_already_is_told_so_and_pays_nothing(member_client: Client, payer: Payer) -> None:
    payer.subscribe()
    assert "This household has a subscription already" in said(member_client, f"{PLAN}checkout/", PRO)
    assert payer.at_stripe.status == "active"


def test_a_larger_plan_costs_what_was_shown(member_client: Client, payer: Payer) -> None:
    payer.subscribe()
    text, form = shown(member_client, "family")
    (due,) = re.findall(r"You pay now \$ ([\d.]+)", text)
    assert "This household has the plan Family now." in said(member_client, f"{PLAN}change/", form)
    assert payer.row.plan.code == "family"
    newest = payer.account.client.v1.invoices.list({"customer": payer.customer}).data[0]
    assert f"{newest.amount_paid / 100:.2f}" == due


def test_paying_by_the_year_takes_nothing_away(member_client: Client, payer: Payer, household: Household) -> None:
    payer.subscribe("basic")
    with household_context(household):
        for name in ("One", "Two"):
            Account.objects.create(name=name, currency="USD")
    choose = page(member_client, f"{CHOOSE}?interval=year")
    assert "Basic your plan, monthly" in words(choose)
    assert "Pay Basic by the year …" in choose
    text, form = shown(member_client, "basic", "year")
    assert "Not everything fits" not in text
    assert re.search(r"Pay \$[\d.]+ Back to the plans", text)
    assert "This household has the plan Basic now." in said(member_client, f"{PLAN}change/", form)
    assert (payer.row.plan.code, payer.row.interval) == ("basic", "year")


def test_the_same_form_sent_twice_does_it_once(member_client: Client, payer: Payer) -> None:
    payer.subscribe()
    _, form = shown(member_client, "family")
    said(member_client, f"{PLAN}change/", form)
    assert "This household has the plan Family already." in said(member_client, f"{PLAN}change/", form)
    assert len(payer.account.client.v1.invoices.list({"customer": payer.customer}).data) == 2


def test_amounts_that_are_not_those_of_now_are_shown_again(member_client: Client, payer: Payer) -> None:
    payer.subscribe()
    _, form = shown(member_client, "family")
    # In another tab the plan was changed, so the amounts are others.
    said(member_client, f"{PLAN}change/", shown(member_client, "basic")[1])
    text = said(member_client, f"{PLAN}change/", form)
    assert "These amounts are not up to date any more." in text
    assert "You pay now" in text
    assert payer.row.plan.code == "basic"
    assert "These amounts are not up to date any more." in said(
        member_client, f"{PLAN}change/", form | {"shown": "made up"}
    )


def test_a_card_that_is_declined_leaves_the_plan(member_client: Client, payer: Payer) -> None:
    payer.subscribe()
    _, form = shown(member_client, "family")
    payer.account.control("decline", customer=payer.customer, on=True)
    text = said(member_client, f"{PLAN}change/", form)
    assert "declined" in text
    assert payer.row.plan.code == "pro"


def test_a_smaller_plan_keeps_the_accounts_that_were_chosen(
    member_client: Client, payer: Payer, household: Household
) -> None:
    payer.subscribe()
    with household_context(household):
        Account.objects.all().delete()
        for name in ("One", "Two", "Three"):
            Account.objects.create(name=name, currency="USD")
        ids = dict(Account.objects.values_list("name", "pk"))
    text, form = shown(member_client, "basic")
    assert "2 of your accounts can only be read and exported" in text
    assert "Nothing is charged today" in text
    Plan.objects.filter(code="basic").update(account_limit=2)
    Flag.objects.get(name="multiple_accounts").plans.add(Plan.objects.get(code="basic"))
    too_many = member_client.post(f"{PLAN}change/", form | {"keep": list(ids.values())})
    assert too_many.status_code == 422
    assert "You chose 3, and there is room for 2 accounts." in words(too_many.content.decode())
    assert too_many.content.decode().count("checked") == 3
    assert payer.row.plan.code == "pro"
    text = said(member_client, f"{PLAN}change/", form | {"keep": [ids["One"], ids["Three"]]})
    assert "This household has the plan Basic now." in text
    with household_context(household):
        assert set(Account.objects.filter(is_frozen=True).values_list("name", flat=True)) == {"Two"}


def test_who_begins_with_a_small_plan_chooses_before_the_payment(
    member_client: Client, payer: Payer, household: Household
) -> None:
    with household_context(household):
        Account.objects.all().delete()
        for name in ("One", "Two"):
            Account.objects.create(name=name, currency="USD")
        one = Account.objects.get(name="One")
    led = member_client.post(f"{PLAN}change/", {"plan": "basic", "interval": "month", "keep": one.pk})
    assert led.status_code == 303
    assert led["Location"].startswith(settings.STRIPE_API_URL)
    with household_context(household):
        assert set(Account.objects.filter(stays_active=True)) == {one}
        assert not Account.objects.filter(is_frozen=True).exists()


def test_cancelling_and_taking_it_back(member_client: Client, payer: Payer) -> None:
    payer.subscribe()
    for _ in range(2):
        text = said(member_client, f"{PLAN}cancel/", {})
        assert "The plan is cancelled, and nothing more is charged." in text
        assert "The plan Pro is cancelled and ends on" in text
    assert payer.at_stripe.cancel_at_period_end
    for _ in range(2):
        assert "The plan goes on as before." in said(member_client, f"{PLAN}resume/", {})
    assert not payer.at_stripe.cancel_at_period_end
    assert payer.row.cancels_at is None


def test_the_card_is_changed_at_the_payment_provider(member_client: Client, payer: Payer) -> None:
    assert "This household has not paid for anything yet." in said(member_client, f"{PLAN}card/", {})
    payer.subscribe()
    led = member_client.post(f"{PLAN}card/")
    assert (led.status_code, led["Location"].startswith(f"{settings.STRIPE_API_URL}/p/session/")) == (303, True)


def test_invoices_are_listed_with_their_documents(member_client: Client, payer: Payer) -> None:
    assert "No invoices yet" in words(page(member_client, f"{PLAN}invoices/"))
    payer.subscribe()
    text = page(member_client, f"{PLAN}invoices/")
    (invoice,) = payer.account.client.v1.invoices.list({"customer": payer.customer}).data
    assert f'href="{invoice.hosted_invoice_url}"' in text
    assert f'href="{invoice.invoice_pdf}"' in text
    assert re.search(rf"{invoice.number} paid \$ 12.00", words(text))


def test_the_list_of_invoices_says_what_was_paid_and_where_credit_went(member_client: Client, payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe("family")
    payer.account.advance(clock, start + 31 * 86400 // 2)
    said(member_client, f"{PLAN}change/", shown(member_client, "basic")[1])
    payer.account.advance(clock, start + 33 * 86400)
    text = words(page(member_client, f"{PLAN}invoices/"))
    listed = re.findall(r"(?:· (\S.*?) )?(paid|credit) (−?) ?\$ ([\d.]+) ", text)
    assert listed == [
        ("$5.00, less $5.00 of credit", "paid", "", "0.00"),
        ("comes off your next payments", "credit", "−", "7.50"),
        ("", "paid", "", "20.00"),
    ]


@pytest.mark.parametrize("address", ["invoices/", "return/"])
def test_a_payment_provider_that_is_away_is_told_in_a_sentence(
    member_client: Client, payer: Payer, settings: object, address: str
) -> None:
    payer.open_checkout()
    settings.STRIPE_API_URL = "http://127.0.0.1:1"  # type: ignore[attr-defined]
    answer = member_client.get(f"{PLAN}{address}")
    assert answer.status_code == 200
    assert "We cannot reach our payment provider at the moment." in answer.content.decode()


@pytest.mark.parametrize("deed", ["checkout/", "change/", "cancel/", "resume/", "card/"])
def test_a_deed_that_cannot_be_done_changes_nothing_and_says_so(
    member_client: Client, payer: Payer, settings: object, deed: str
) -> None:
    if deed != "checkout/":
        payer.subscribe()
    sent = {"plan": "family", "interval": "month", "shown": "x"}
    if deed == "change/":
        sent = shown(member_client, "family")[1]
    before = payer.row.plan
    settings.STRIPE_API_URL = "http://127.0.0.1:1"  # type: ignore[attr-defined]
    assert "We cannot reach our payment provider at the moment." in said(member_client, f"{PLAN}{deed}", sent)
    assert payer.row.plan == before


def test_who_owes_is_led_to_the_payment_and_not_told_that_all_is_paid(member_client: Client, payer: Payer) -> None:
    start = 1_900_022_400
    clock = payer.account.start_clock(start)
    payer.subscribe()
    payer.account.control("decline", customer=payer.customer)
    payer.account.advance(clock, start + 32 * 86400)
    stripe_gateway.refresh(payer.household)
    assert "Change the plan" not in page(member_client, PLAN)
    told = words(member_client.get(f"{PLAN}change/?plan=basic&interval=month", follow=True).content.decode())
    assert "The last payment is still open, so the plan was not changed." in told
    asked = words(page(member_client, f"{PLAN}cancel/"))
    assert "The payment that failed stays open, and the card may be tried again for it." in asked
    assert "It is paid" not in asked
    text = said(member_client, f"{PLAN}cancel/", {})
    assert "The plan is cancelled, and nothing beyond the payment that is still open is charged." in text
