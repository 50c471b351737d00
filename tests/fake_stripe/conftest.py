"""Every answer and every event of every test here is held against Stripe's own description of its objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.fake_stripe.contract import check_answer
from tests.stripe import Account, fill_catalogue, product_account

__all__ = ["product_account"]

CHECKED: set[str] = set()
"""The kinds that were answered and found right in this run."""


class CheckingClient(stripe.RequestsClient):
    """The library's client; what it brings is validated before the test sees it."""

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        content, status, answered = super().request(method, url, headers, post_data, **more)
        CHECKED.update(check_answer(json.loads(content)))
        return content, status, answered


@pytest.fixture
def account() -> Iterator[Account]:
    opened = Account.open(http_client=CheckingClient())
    yield opened
    fetch_events(opened)
    opened.control("reset")


def fetch_events(account: Account) -> None:
    """All of them, as they came: the client has looked at each."""
    after: dict[str, str] = {}
    while True:
        page: Any = account.client.raw_request("get", "/v1/events", limit=100, **after).data
        if not page["has_more"]:
            return
        after = {"starting_after": page["data"][-1]["id"]}


@pytest.fixture
def prices(account: Account) -> dict[str, str]:
    """Price ids by lookup key."""
    return fill_catalogue(account)
