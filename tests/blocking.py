"""Two at once, in an order that the test says: the second begins while the first has not committed."""

import time
from concurrent.futures import Future
from typing import Any

from tests.tenancy.workshop import administrator

_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def wait_until_blocked(second: "Future[Any]") -> None:
    """Returns once somebody waits for a lock in this test's database, or the second came to its end without."""
    with administrator() as admin:
        deadline = time.monotonic() + 30
        while not second.done() and admin.execute(_BLOCKED).fetchone() == (0,):
            assert time.monotonic() < deadline, "the other neither ends nor waits"
            time.sleep(0.02)
