"""Signed deliveries: repeated, doubled, held, shuffled, lost, and wrongly signed."""

from __future__ import annotations

import json

import pytest
import stripe

from tests.fake_stripe.contract import check_answer
from tests.stripe import Account, Receiver, wait_until


def make_customers(account: Account, count: int) -> list[str]:
    return [account.client.v1.customers.create({"email": f"{number}@example.com"}).id for number in range(count)]


def emails(receiver: Receiver) -> list[str]:
    return [event["data"]["object"]["email"][0] for event in receiver.events]


def test_a_delivery_is_signed_and_is_the_event_that_can_be_fetched(account: Account) -> None:
    with account.receiver() as receiver:
        make_customers(account, 1)
        account.settle()
    ((body, signature),) = receiver.came
    event = stripe.Webhook.construct_event(body.decode(), signature, account.webhook_secret)

    check_answer(json.loads(body))
    assert (event.type, event.data.object.email) == ("customer.created", "0@example.com")
    fetched = account.client.v1.events.retrieve(event.id)
    assert (fetched.type, fetched.created) == (event.type, event.created)
    assert (event.pending_webhooks, fetched.pending_webhooks) == (1, 0)
    assert event["request"].id.startswith("req_")


def test_a_test_signs_an_event_by_itself(account: Account) -> None:
    make_customers(account, 1)
    event = json.loads(str(account.client.v1.events.list().data[0]))
    body, header = account.signed(event)
    _, old = account.signed(event, moment=1)

    assert stripe.Webhook.construct_event(body.decode(), header, account.webhook_secret).id == event["id"]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.decode(), old, account.webhook_secret)


def test_a_receiver_that_fails_is_asked_again_while_others_go_on(account: Account) -> None:
    with account.receiver() as receiver:
        receiver.respond = lambda number: 500 if number == 0 else 200
        account.control("hold")
        make_customers(account, 2)
        account.control("release", order="in_order", seed=1)
        account.settle()

    assert emails(receiver) == ["0", "1", "0"]
    assert [one["attempts"] for one in account.control("deliveries")["deliveries"]] == [2, 1]


def test_a_delivery_is_doubled_with_the_same_id(account: Account) -> None:
    with account.receiver() as receiver:
        account.control("duplicate", times=2)
        make_customers(account, 2)
        account.settle()

    assert emails(receiver) == ["0", "0", "0", "1", "1", "1"]
    assert len({event["id"] for event in receiver.events}) == 2


@pytest.mark.parametrize(
    ("order", "came"),
    [("in_order", "01234"), ("reversed", "43210"), ("shuffled", "23401")],
)
def test_what_was_held_comes_in_the_order_that_is_asked_for(account: Account, order: str, came: str) -> None:
    with account.receiver() as receiver:
        account.control("hold")
        make_customers(account, 5)
        assert receiver.came == []
        assert len(account.control("deliveries", state="held")["deliveries"]) == 5
        assert account.control("release", order=order, seed=1) == {"released": 5}
        account.settle()

    assert "".join(emails(receiver)) == came


def test_some_are_lost_and_can_still_be_listed(account: Account) -> None:
    with account.receiver() as receiver:
        account.control("lose", count=2)
        make_customers(account, 3)
        account.settle()
        account.control("lose", types=["customer.deleted"])
        first = account.client.v1.customers.list().data[-1].id
        account.client.v1.customers.delete(first)
        account.settle()
        account.control("lose", count=0)
        make_customers(account, 1)
        account.settle()

    assert emails(receiver) == ["2", "0"]
    assert len(account.client.v1.events.list().data) == 5
    assert len(account.control("deliveries", state="lost")["deliveries"]) == 3


@pytest.mark.parametrize(("how", "sentence"), [("bad", "No signatures found"), ("old", "Timestamp outside")])
def test_a_bad_signature_and_an_old_timestamp_are_refused_by_the_library(
    account: Account, how: str, sentence: str
) -> None:
    with account.receiver() as receiver:
        make_customers(account, 1)
        event = account.client.v1.events.list().data[0].id
        account.settle()
        account.control("send", event=event, signature=how)
        account.settle()
    body, signature = receiver.came[-1]

    with pytest.raises(stripe.SignatureVerificationError, match=sentence):
        stripe.Webhook.construct_event(body.decode(), signature, account.webhook_secret)


def test_an_event_is_sent_again_on_demand(account: Account) -> None:
    with account.receiver() as receiver:
        make_customers(account, 1)
        account.settle()
        account.control("send", event=receiver.events[0]["id"], times=2)
        account.settle()

    assert len(receiver.came) == 3
    assert len({body for body, _ in receiver.came}) == 2, "pending_webhooks has gone down in between"


def test_an_endpoint_gets_what_it_asked_for_as_long_as_it_is_enabled(account: Account) -> None:
    api = account.client.v1
    with account.receiver() as receiver:
        (endpoint,) = api.webhook_endpoints.list().data
        api.webhook_endpoints.update(endpoint.id, {"enabled_events": ["customer.updated"]})
        (customer,) = make_customers(account, 1)
        api.customers.update(customer, {"name": "Anna"})
        account.settle()
        api.webhook_endpoints.update(endpoint.id, {"disabled": True})
        api.customers.update(customer, {"name": "Berta"})
        account.settle()

    assert receiver.types == ["customer.updated"]
    assert receiver.events[0]["data"]["previous_attributes"] == {"name": None}


def test_an_endpoint_is_made_through_the_api_and_has_the_known_secret(account: Account) -> None:
    wanted = {"url": "http://127.0.0.1:1/hook/", "enabled_events": ["*"], "description": "Ours"}
    made = account.client.v1.webhook_endpoints.create(wanted)  # type: ignore[arg-type]

    assert made.secret == account.webhook_secret
    assert account.client.v1.webhook_endpoints.retrieve(made.id).description == "Ours"
    assert account.client.v1.webhook_endpoints.delete(made.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="this machine only"):
        account.client.v1.webhook_endpoints.create({"url": "https://elsewhere.example/", "enabled_events": ["*"]})


def test_nobody_there_is_tried_again_later(account: Account) -> None:
    account.control("webhook", url="http://127.0.0.1:1/")
    make_customers(account, 1)
    wait_until(lambda: account.control("deliveries")["deliveries"][0]["attempts"] >= 2)

    assert account.control("deliveries")["deliveries"][0]["state"] == "waiting"


def test_an_unchanged_update_sends_nothing(account: Account) -> None:
    (customer,) = make_customers(account, 1)
    account.client.v1.customers.update(customer, {"email": "0@example.com"})

    assert [event.type for event in account.client.v1.events.list().data] == ["customer.created"]
