"""No household sees another's rows: thousands of checks, many threads, every kind of fault, every kind of pool."""

from collections.abc import Iterator

import pytest
from django.db import connections

from apps.households.models import Household
from apps.tenancy.context import LEDGER
from tests.isolation.pgbouncer import PROGRAM, pgbouncer
from tests.isolation.soak import MARK, Tally, mark, marks, soak
from tests.tenancy.workshop import new_household

# Django leaves a server-side cursor open whose connection was cut.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

CHECKS = 3_000
MANY_CHECKS = 10_000
# What must have happened, or the test has shown nothing. DatabaseError has several faces at a closed connection.
FAULTS = {
    "AnotherHousehold",
    "InsufficientPrivilege",
    "IntegrityError",
    "Mishap",
    "OperationalError",
    "StatementRefused",
    "closed inside",
}


@pytest.fixture
def households(workshop: str) -> list[Household]:
    found = [new_household(f"soak-{number}") for number in range(8)]
    mark(found)
    return found


@pytest.fixture
def ledger_settings(households: list[Household], monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Changes to the ledger plane's settings, which all threads share; their connections end before them."""
    yield monkeypatch
    connections.close_all()
    connections[LEDGER].close_pool()


@pytest.fixture
def direct(ledger_settings: pytest.MonkeyPatch) -> None:
    """Connections of a thread's own, kept from one household to the next."""
    ledger_settings.setitem(connections[LEDGER].settings_dict, "CONN_MAX_AGE", None)


@pytest.fixture
def pooled(ledger_settings: pytest.MonkeyPatch) -> None:
    """psycopg's pool, with fewer connections than threads."""
    connections.close_all()
    pool = {"min_size": 1, "max_size": 3, "timeout": 10}
    ledger_settings.setitem(connections[LEDGER].settings_dict["OPTIONS"], "pool", pool)


@pytest.fixture
def bounced(ledger_settings: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections kept by the threads, to a pgbouncer that gives each transaction another server connection."""
    connections.close_all()
    settings = connections[LEDGER].settings_dict
    ledger_settings.setitem(settings, "CONN_MAX_AGE", None)
    given = {"host": settings["HOST"], "port": settings["PORT"]}
    with pgbouncer(**given, user=settings["USER"], password=settings["PASSWORD"], pool_size=3) as port:
        ledger_settings.setitem(settings, "HOST", "127.0.0.1")
        ledger_settings.setitem(settings, "PORT", str(port))
        yield
        connections.close_all()
        ledger_settings.setitem(settings, "HOST", given["host"])
        ledger_settings.setitem(settings, "PORT", given["port"])


def assert_tight(tally: Tally, households: list[Household], *, checks: int) -> None:
    connections.close_all()  # this thread's may be among those that were cut
    assert tally.leaks == []
    assert tally.check_count >= checks
    assert FAULTS - {kind for kind, count in tally.faults.items() if count >= 5} == set()
    assert {h.schema_name: marks(h) for h in households} == {
        h.schema_name: [MARK.format(h.schema_name)] for h in households
    }


def test_direct_connections_do_not_leak(households: list[Household], direct: None) -> None:
    assert_tight(soak(households, checks=CHECKS), households, checks=CHECKS)


def test_psycopgs_pool_does_not_leak(households: list[Household], pooled: None) -> None:
    assert_tight(soak(households, checks=CHECKS), households, checks=CHECKS)


@pytest.mark.slow
def test_direct_connections_do_not_leak_in_the_long_run(households: list[Household], direct: None) -> None:
    assert_tight(soak(households, checks=MANY_CHECKS), households, checks=MANY_CHECKS)


@pytest.mark.slow
def test_psycopgs_pool_does_not_leak_in_the_long_run(households: list[Household], pooled: None) -> None:
    assert_tight(soak(households, checks=MANY_CHECKS), households, checks=MANY_CHECKS)


@pytest.mark.slow
@pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")
@pytest.mark.parametrize("checks", [CHECKS, MANY_CHECKS])
def test_pgbouncer_in_transaction_mode_does_not_leak(households: list[Household], bounced: None, checks: int) -> None:
    assert_tight(soak(households, checks=checks), households, checks=checks)
