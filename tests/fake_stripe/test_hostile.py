"""Whatever is asked of the fake, it answers as Stripe would: an object, a page or an error, and never its own failure."""

from __future__ import annotations

import ast
import contextlib
import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus, urlencode, urlsplit

import pytest
import requests
import stripe

from apps.operations.servers import fake_stripe
from apps.operations.servers.fake_stripe.api import _TABLE, Call, answer
from apps.operations.servers.fake_stripe.clock import advance
from apps.operations.servers.fake_stripe.errors import ApiError, Json
from apps.operations.servers.fake_stripe.server import _PAGES, Handler, serve
from apps.operations.servers.fake_stripe.store import Store
from apps.operations.servers.fake_stripe.world import World
from tests.fake_stripe.contract import check_answer
from tests.stripe import Account

HOSTILE = (
    "",
    "0",
    "-1",
    "1",
    "9999999999",
    "99999999999999999999",
    "1_0",
    "nan",
    "inf",
    "\0",
    "é\ud7ff",
    "'",
    "x" * 5000,
)
FIELDS = {
    "cardNumber": "4242424242424242",
    "cardExpiry": "12 / 34",
    "cardCvc": "123",
    "email": "anna@example.com",
    "billingName": "<script>",
    "code": "SPRING",
    "method": "pm_x",
    "outcome": "complete",
    "feedback": "unused",
}
NOW = 1_800_000_000


Asked = tuple[str, str, dict[str, object]]


class Alone:
    """An account without a server, and good calls, of which the bad ones are made."""

    def __init__(self, path: Path) -> None:
        self.world = World("alone", Store(path / "alone.sqlite"), "http://127.0.0.1:1", "whsec_x")
        self.good: list[Asked] = []

    def ask(self, method: str, path: str, **parameters: object) -> Json:
        """A good call, kept for later ones; it must be answered well."""
        self.good.append((method, path, parameters))
        got = answer(self.world, Call(method, path, urlencode(parameters)))
        assert got.status == 200, got.body
        return got.body

    def ids(self) -> list[str]:
        rows = self.world.store.connection.execute("SELECT id FROM objects WHERE kind != 'event' ORDER BY seq")
        return [row["id"] for row in rows]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    alone = Alone(tmp_path)
    live(alone)
    yield alone
    alone.world.store.destroy()


def live(alone: Alone) -> None:
    """One of everything."""
    ask = alone.ask
    clock = ask("POST", "/v1/test_helpers/test_clocks", frozen_time=NOW)["id"]
    product = ask("POST", "/v1/products", name="Pro", **{"metadata[plan]": "pro"})["id"]
    price = {"product": product, "currency": "usd", "unit_amount": 1200, "recurring[interval]": "month"}
    month = ask("POST", "/v1/prices", **price)["id"]
    yearly = {"recurring[interval]": "year", "recurring[interval_count]": 1, "lookup_key": "pro_year"}
    year = ask("POST", "/v1/prices", **price | yearly)["id"]
    coupon = ask("POST", "/v1/coupons", percent_off=10, duration="repeating", duration_in_months=3)["id"]
    ask("POST", "/v1/coupons", amount_off=100, currency="usd", duration="once", max_redemptions=5, redeem_by=NOW * 2)
    promotion = {"promotion[type]": "coupon", "promotion[coupon]": coupon, "restrictions[minimum_amount]": 5}
    code = ask("POST", "/v1/promotion_codes", expires_at=NOW * 2, **promotion)["id"]
    late = ask("POST", "/v1/customers", payment_method="pm_card_visa", test_clock=clock, balance=-5)["id"]
    card = ask("GET", "/v1/payment_methods", customer=late, limit=3)["data"][0]["id"]
    ask("POST", f"/v1/customers/{late}", **{"invoice_settings[default_payment_method]": card, "address[city]": "Rome"})
    start = {"items[0][price]": month, "items[0][quantity]": 2, "discounts[0][promotion_code]": code}
    bought = ask("POST", "/v1/subscriptions", customer=late, trial_period_days=3, **start)
    subscription, item = f"/v1/subscriptions/{bought['id']}", bought["items"]["data"][0]["id"]
    change = {"items[0][id]": item, "items[0][price]": year, "proration_behavior": "always_invoice"}
    details = {
        f"subscription_details[{name.replace('[', '][', 1)}" + "]" * ("[" not in name): value
        for name, value in change.items()
    }
    ask("POST", "/v1/invoices/create_preview", subscription=bought["id"], **details)
    ask("POST", f"/v1/test_helpers/test_clocks/{clock}/advance", frozen_time=NOW + 5 * 86400)
    ask("POST", subscription, **change, **{"expand[0]": "latest_invoice.payments"})
    ask("POST", subscription, cancel_at=NOW + 9 * 86400, **{"cancellation_details[feedback]": "unused"})
    ask("POST", subscription, cancel_at="", trial_end=NOW + 8 * 86400, **{"discounts[0][coupon]": coupon})
    invoice = ask("GET", "/v1/invoices", customer=late, **{"created[gte]": 1, "expand[0]": "data.payments"})["data"][0]
    ask("POST", "/v1/refunds", payment_intent=invoice["payments"]["data"][0]["payment"]["payment_intent"], amount=5)
    checkout = {"mode": "subscription", "line_items[0][price]": month, "success_url": "http://127.0.0.1:1/"}
    session = ask("POST", "/v1/checkout/sessions", allow_promotion_codes="true", **checkout)["id"]
    ask(
        "POST",
        "/v1/checkout/sessions",
        customer=late,
        expires_at=NOW * 2,
        **checkout,
        **{"subscription_data[trial_end]": NOW * 2},
    )
    ask("POST", "/fake/pay", session=session, card="4242424242424242")
    ask("POST", "/v1/billing_portal/configurations", **{"features[subscription_cancel][mode]": "immediately"})
    flow = {"flow_data[type]": "subscription_cancel", "flow_data[subscription_cancel][subscription]": bought["id"]}
    ask("POST", "/v1/billing_portal/sessions", customer=late, **flow)
    ask("POST", "/v1/billing_portal/sessions", customer=late, **{"flow_data[type]": "payment_method_update"})
    ask("POST", "/v1/webhook_endpoints", url="http://127.0.0.1:1/", **{"enabled_events[]": "*"})
    ask("POST", "/fake/decline", customer=late, on="true")
    ask("POST", "/fake/send", event=ask("GET", "/v1/events", type="invoice.*")["data"][0]["id"], times=2)
    ask("POST", "/fake/settings", after_retries="unpaid")


def spoiled(alone: Alone, chance: random.Random) -> Call:
    """A good call, or one of no parameters, with something else in some places."""
    routes: list[Asked] = [(method, f"/v1/{path}", {}) for path, known in _TABLE.items() for method in known]

    def value() -> str:
        return chance.choice(chance.choice((alone.ids(), WORDS, HOSTILE)))

    method, path, parameters = chance.choice(chance.choice((alone.good, alone.good, routes)))
    path = re.sub(r"\{id\}", lambda _found: quote_plus(value()), path)
    pairs = [(name, value() if chance.random() < 0.2 else given) for name, given in parameters.items()]
    if chance.random() < 0.3:
        pairs.append((f"{chance.choice(WORDS)}{chance.choice(('', '[]', '[0]', '[a][b]', '[', ']['))}", value()))
    return Call(method, path, urlencode(pairs), chance.choice((None, None, "again")))


def words() -> list[str]:
    """Every short text in the fake's program: the names of its parameters, and the values that it knows."""
    found = set()
    for path in Path(fake_stripe.__file__).parent.glob("*.py"):
        texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
        found |= {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z_.]{2,40}", text)}
    return sorted(found)


WORDS = words()


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_is_asked_makes_it_fail(alone: Alone, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        got = answer(alone.world, spoiled(alone, chance))
        if "object" in got.body or "error" in got.body:
            check_answer(got.body)
        with alone.world.change():
            advance(alone.world, None, alone.world.now())


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_is_typed_makes_a_page_fail(alone: Alone, seed: int) -> None:
    chance = random.Random(seed)
    world = alone.world
    for _ in range(150):
        _path, kind, respond = chance.choice(_PAGES)
        shown = chance.choice(world.store.all(kind))
        part = chance.choice(("", "card", "confirm", "home", "pdf", "cancel", "resume", "x/y"))
        if chance.random() < 0.5:
            part += f"/{chance.choice(alone.ids())}"
        values = {
            name: chance.choice((*alone.ids(), *HOSTILE, *FIELDS.values())) for name in FIELDS if chance.random() < 0.3
        }
        typed = FIELDS | values if chance.random() < 0.7 else values
        with contextlib.suppress(ApiError), world.change():
            page = respond(world, shown, part, chance.choice((None, typed)))
            assert page.goto or page.content
            assert "<script" not in str(page.content)


def send_raw(account: Account, text: bytes) -> bytes:
    """What comes back for bytes that no library would send; the connection ends with it."""
    address = urlsplit(account.address)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("length", [b"-1", b"much", b"9" * 30, b"2000000"])
def test_a_body_of_no_length_or_too_great_a_one_is_not_read(account: Account, length: bytes) -> None:
    answered = send_raw(
        account, b"POST /v1/customers HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: %s\r\n\r\n" % length
    )

    assert answered.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "path", ["//[", "/v1/customers/%00%ff", "/c/pay/\u00e9", "/p/session/bps_x/%2e%2e", "?", "/v1"]
)
def test_an_odd_address_is_not_there(account: Account, path: str) -> None:
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAuthorization: Bearer {account.key}\r\nConnection: close\r\n\r\n"
    )

    assert send_raw(account, head.encode()).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize(
    "body",
    [
        "a" + "[b]" * 50_000 + "=1",
        "&".join(f"metadata[{number}]=x" for number in range(2000)),
        f"items[{'9' * 5000}]=1",
        "name=" + "x" * 500_000,
        "balance=" + "9" * 5000,
        "metadata[note]=" + "x" * 501,
    ],
    ids=["deep", "many", "far", "long", "great", "note"],
)
def test_what_is_too_much_is_refused_as_stripe_refuses(account: Account, body: str) -> None:
    answered = requests.post(
        f"{account.address}/v1/customers", body, headers={"Authorization": f"Bearer {account.key}"}, timeout=10
    )

    assert answered.status_code == 400
    assert answered.json()["error"]["type"] == "invalid_request_error"
    assert account.client.v1.customers.list().data == []


@pytest.mark.parametrize("count", [0, -1, 37])
def test_a_period_is_one_day_at_least_and_three_years_at_most(account: Account, count: int) -> None:
    wanted = {"currency": "usd", "unit_amount": 5, "product_data": {"name": "Pro"}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.client.v1.prices.create({**wanted, "recurring": {"interval": "month", "interval_count": count}})  # type: ignore[arg-type,typeddict-item]

    assert refused.value.param == "recurring[interval_count]"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:no/",
        "http://[",
        "http://127.0.0.1/\u00e9",
        "http://127.0.0.1.evil.example/",
    ],
)
def test_an_endpoint_is_an_address_of_this_machine(account: Account, url: str) -> None:
    assert account.control("webhook", url=url)["error"]["param"] == "url"


@pytest.mark.parametrize("key", ["sk_live_" + "x" * 32, "rk_live_" + "x" * 32, ""])
def test_it_never_takes_a_real_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="keys of its own"):
        serve(0, tmp_path / "accounts", key=key, webhook_secret="whsec_x")

    assert list(tmp_path.iterdir()) == []


def test_it_listens_for_this_machine_only(tmp_path: Path) -> None:
    server = serve(0, tmp_path / "accounts", key="sk_test_mine", webhook_secret="whsec_x")
    with server:
        assert server.server_address[0] == "127.0.0.1"
    account = Handler.accounts.of_key("sk_test_mine")
    assert account is not None
    Handler.accounts.forget(account)
