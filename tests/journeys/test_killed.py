"""Twenty times at a random moment, the worker is killed: an import is there or not there, and never half."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from psycopg import sql

from apps.imports.models import ImportFile
from tests.journeys.imports import ImportRoad, bank_file, unique
from tests.journeys.product import Product, Visitor, eventually

pytestmark = pytest.mark.slow
State = ImportFile.State
MANY = 20_000
FILES = 5
KILLS = 2
"""Of each file while it is read, and again while it is booked: 5 × 2 × 2 moments."""
_STANDS = """
    SELECT (SELECT state FROM imports_importfile WHERE id = %(file)s),
           (SELECT count(*) FROM imports_importrow WHERE file_id = %(file)s),
           (SELECT count(*) FROM ledger_transaction),
           (SELECT coalesce(sum(amount), 0) FROM ledger_transaction),
           (SELECT count(*) FROM ledger_changeset WHERE kind = 'import'),
           (SELECT coalesce(sum(booked_count), 0) FROM imports_importfile)
"""
_READ = (MANY, 0, Decimal(0), 0, 0)
WHOLE: dict[str, tuple[int, int, Decimal, int, int]] = {
    State.UPLOADED: (0, 0, Decimal(0), 0, 0),
    State.READ: _READ,
    State.CONFIRMED: _READ,
    State.BOOKED: (MANY, MANY, Decimal(-MANY), 1, MANY),
}
"""Rows staged, rows of the ledger and their sum, imports, rows that the file says it brought: all there is to see."""


@dataclass(frozen=True)
class Import:
    """One file of 20,000 rows in a household of its own."""

    road: ImportRoad
    file_id: int

    def check(self) -> str:
        """The state; everything that belongs to it is seen in the same instant, and nothing else."""
        with self.road.product.admin() as admin:
            admin.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.road.household.schema_name)))
            state, *found = admin.execute(_STANDS, {"file": self.file_id}).fetchone()  # type: ignore[misc]
        assert tuple(found) == WHOLE[state], state
        return str(state)

    def deliver_twice(self, job: str) -> None:
        for _ in range(2):
            self.road.product.send(
                f"apps.imports.tasks.{job}", household_id=self.road.household.pk, file_id=self.file_id
            )

    def sweep(self) -> None:
        """Time passes and the sweep comes; a file that a job holds is not aged, for that would wait for the job."""
        table = sql.Identifier(self.road.household.schema_name, "imports_importfile")
        due = sql.SQL(
            "UPDATE {0} SET next_attempt_at = now()"
            " WHERE id = (SELECT id FROM {0} WHERE id = %s FOR UPDATE SKIP LOCKED)"
        ).format(table)
        with self.road.product.admin() as admin:
            admin.execute(due, [self.file_id])
        self.road.product.sweep()

    def await_state(self, wanted: str) -> float:
        """Seconds until the file came to that state, however often it has to be swept up; looks at it on the way."""
        began = swept = time.monotonic()

        def look() -> bool:
            nonlocal swept
            time.sleep(0.1)  # each look counts 40,000 rows, on the worker's processors
            if time.monotonic() - swept > 2:
                self.sweep()
                swept = time.monotonic()
            return self.check() == wanted

        eventually(look, what=f"the file is {wanted}", seconds=180)
        return time.monotonic() - began


def test_killed_at_random_moments(in_product: Product, visitor: Callable[[], Visitor]) -> None:
    seed = int(os.environ.get("KILL_SEED", random.randrange(10**6)))
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    content = bank_file(MANY)

    def upload() -> Import:
        road = ImportRoad(in_product, visitor(), unique("killed"))
        return Import(road, road.upload(content))

    untouched = upload()
    spans = {"read_file": untouched.await_state(State.READ)}
    untouched.road.order(untouched.file_id, "confirm")
    spans["book_file"] = untouched.await_state(State.BOOKED)
    seen = []

    def kill(one: Import, job: str) -> None:
        moment = chance.uniform(0, 1.1 * spans[job])
        time.sleep(moment)
        in_product.kill_worker()
        seen.append((job, round(moment / spans[job], 2), one.check()))
        one.deliver_twice(job)
        one.sweep()
        in_product.start_worker_again()
        one.check()

    for _ in range(FILES):
        one = upload()
        for _ in range(KILLS):
            kill(one, "read_file")
        one.await_state(State.READ)
        one.road.order(one.file_id, "confirm")
        for _ in range(KILLS):
            kill(one, "book_file")
        one.await_state(State.BOOKED)
        one.deliver_twice("read_file")
        one.deliver_twice("book_file")
        after = in_product.send("apps.mail.tasks.sweep")
        eventually(lambda: in_product.has_ended(after), what="what was delivered again is done")  # noqa: B023
        assert one.check() == State.BOOKED
    print(spans, seen)
    assert len(seen) == 2 * KILLS * FILES
