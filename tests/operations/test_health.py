"""Alive and ready, as whatever runs the product asks. (Servers that are really away: tests/journeys.)"""

import logging
import re

import pytest
from django.test import Client

from tests.planes import both_planes

pytestmark = both_planes


def test_alive_asks_nobody_else(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_names_every_part(client: Client, bucket: None) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "parts": {"database": "ok", "redis": "ok", "store": "ok", "broker": "ok"}},
    )


@pytest.mark.parametrize("address", ["/health", "/health/ready"])
def test_health_is_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


def test_health_takes_any_host_that_is_ours_and_no_other(client: Client) -> None:
    assert client.get("/health", headers={"host": "evil.example"}).status_code == 400


def test_every_request_has_an_id_of_its_own_and_leaves_one_line(
    member_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="wallet.request"):
        answers = [
            member_client.get("/h/ours/transactions/?q=secret-word", headers={"X-Request-ID": "forged"})
            for _ in range(2)
        ]
    ids = [answer["X-Request-ID"] for answer in answers]
    assert ids[0] != ids[1]
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)
    lines = [record.msg for record in caplog.records if record.name == "wallet.request"]
    assert [(line["request_id"], line["status"], line["household"]) for line in lines] == [
        (one, 200, "ours") for one in ids
    ]
    # What people search for is theirs.
    assert "secret-word" not in str(lines)
