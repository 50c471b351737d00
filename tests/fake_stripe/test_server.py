"""The process: this machine only, one account a key, and a restart forgets nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import stripe

from apps.operations.servers import Stack, fake_stripe, ports
from tests.stripe import Account, fill_catalogue, wait_until

ELSEWHERE = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT_URL", "EMAIL_URL"), "x")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A fake of the test's own, alone."""
    stack = Stack(tmp_path / "servers", given=ELSEWHERE)
    for name, value in stack.up().items():
        if name.startswith("STRIPE_"):
            monkeypatch.setenv(name, value)
    yield stack
    stack.down()


def test_a_restart_forgets_nothing(own: Stack) -> None:
    account = Account.open()
    prices = fill_catalogue(account)
    customer = account.client.v1.customers.create({"email": "anna@example.com", "payment_method": "pm_card_visa"})
    before = own.environment()
    own.down()
    again = own.up()

    assert own.started == ["stripe"]
    assert again == before
    assert account.client.v1.customers.retrieve(customer.id).email == "anna@example.com"
    assert account.client.v1.prices.list({"lookup_keys": ["pro_month"]}).data[0].id == prices["pro_month"]


def test_the_keys_are_long_enough_for_the_libraries_and_begin_as_theirs(own: Stack) -> None:
    given = own.environment()

    assert given["STRIPE_SECRET_KEY"].startswith("sk_test_")
    assert given["STRIPE_SECRET_KEY"].removeprefix("sk_test_").isalnum()
    assert len(given["STRIPE_SECRET_KEY"].removeprefix("sk_test_")) >= 24
    assert given["STRIPE_PUBLISHABLE_KEY"].startswith("pk_test_")
    assert given["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")


def test_a_key_of_one_s_own_starts_no_fake(tmp_path: Path) -> None:
    real = {"STRIPE_SECRET_KEY": "sk_live_real", "STRIPE_WEBHOOK_SECRET": "whsec_real"}
    stack = Stack(tmp_path, given=ELSEWHERE | real)

    assert stack.up() == ELSEWHERE | real
    assert stack.started == []


def test_nor_does_one_that_stands_in_a_file(tmp_path: Path) -> None:
    stack = Stack(tmp_path, given=ELSEWHERE | {"STRIPE_SECRET_KEY_FILE": "/run/secrets/stripe"})

    assert stack.up() == ELSEWHERE
    assert stack.started == []


def test_each_key_is_an_account_that_sees_nothing_of_the_others() -> None:
    ours, theirs = Account.open(), Account.open()
    customer = ours.client.v1.customers.create({"email": "anna@example.com"})

    assert theirs.client.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        theirs.client.v1.customers.retrieve(customer.id)
    theirs.control("reset")
    assert ours.client.v1.customers.retrieve(customer.id).id == customer.id
    ours.control("reset")
    assert ours.client.v1.customers.list().data == []


def test_an_account_that_is_forgotten_meanwhile_is_an_empty_one() -> None:
    account = Account.open()

    def ask(number: int) -> int:
        if number % 4 == 0:
            return int(account.control("reset")["done"])
        return len(account.client.v1.customers.list({"limit": 1 + number % 3}).data)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(200))) == [1, 0, 0, 0] * 50


def test_a_changed_program_begins_anew_as_the_same_process(tmp_path: Path) -> None:
    """It outlives test runs: what it is now must answer, not what it was."""
    shutil.copytree(Path(fake_stripe.__file__).parent, tmp_path / "copied")
    (tmp_path / "secrets").write_text("sk_test_mine whsec_mine")
    (port,) = ports.choose(1)
    url, headers = f"http://127.0.0.1:{port}/v1/customers/cus_x", {"Authorization": "Bearer sk_test_mine"}

    def says(sentence: str) -> bool:
        try:
            return sentence in requests.get(url, headers=headers, timeout=30).text
        except requests.ConnectionError:
            return False

    program = [sys.executable, "-m", "copied", str(port), str(tmp_path / "secrets")]
    with subprocess.Popen(program, cwd=tmp_path) as process:
        wait_until(lambda: says("No such customer"))
        changed = tmp_path / "copied" / "errors.py"
        changed.write_text(changed.read_text().replace("No such", "No longer a"))
        wait_until(lambda: says("No longer a customer"))
        assert process.poll() is None
        process.terminate()


def test_the_product_s_account_begins_empty(product_account: Account) -> None:
    product_account.client.v1.customers.create({"email": "anna@example.com"})

    assert len(product_account.client.v1.customers.list().data) == 1
    product_account.control("reset")
    assert product_account.client.v1.customers.list().data == []


@pytest.mark.parametrize("key", ["", "sk_test_somebody_elses_key_000000000000"])
def test_a_wrong_key_opens_nothing(key: str) -> None:
    address = os.environ["STRIPE_API_URL"]
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    for path in ("/v1/customers", "/fake/deliveries"):
        assert requests.get(address + path, headers=headers, timeout=30).status_code == 401
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient(key or "sk_test_none", base_addresses={"api": address}).v1.customers.list()


@pytest.mark.parametrize("path", ["/v1/customers", "/fake/reset", "/c/pay/cs_test_x", "/healthz"])
def test_another_name_for_this_machine_is_refused(path: str) -> None:
    answer = requests.get(os.environ["STRIPE_API_URL"] + path, headers={"Host": "attacker.example:80"}, timeout=30)

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/", "/c/pay/cs_test_x", "/p/session/bps_x", "/i/acct/in_x", "/i/acct/in_x/pdf"])
def test_a_page_of_nothing_is_a_page(path: str) -> None:
    answer = requests.get(os.environ["STRIPE_API_URL"] + path, timeout=30)

    assert answer.status_code == 404
    assert "This page does not exist." in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_wall_s_clock_runs_by_itself(account: Account, prices: dict[str, str]) -> None:
    api = account.client.v1
    customer = api.customers.create({"email": "anna@example.com"})
    trial = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": prices["pro_month"]}], "trial_period_days": 2}
    )
    account.control("tick")

    assert [event.type for event in api.events.list({"type": "customer.subscription.trial_will_end"}).data] == [
        "customer.subscription.trial_will_end"
    ], "a trial that is shorter than the warning is warned of at once"
    assert api.subscriptions.retrieve(trial.id).status == "trialing"
