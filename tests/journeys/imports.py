"""An import as a fault test drives it: uploaded by the plain form of a real web process, looked at in the database."""

import datetime
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
import requests
from django.utils import timezone
from psycopg import sql

from apps.households.models import Household
from apps.imports.models import ImportFile, ImportRow
from apps.ledger.models import Account, Transaction
from apps.tenancy.context import household_context
from tests.journeys.product import Product, Visitor, eventually

WORKING = set(ImportFile.WORKING)


class ImportRoad:
    """One household of the product, with its own person in front of the pages."""

    def __init__(self, product: Product, visitor: Visitor, public_id: str) -> None:
        self.product, self.visitor = product, visitor
        self.household: Household = product.open_household(public_id)
        # Tests sweep every second: the households of earlier ones would fill the worker's day.
        Household.objects.exclude(pk=self.household.pk).update(work_ordered_at=None)
        self.path = f"/h/{public_id}/"
        self.email = f"{public_id}@example.com"
        visitor.sign_in(self.email)

    # --- by the pages ---------------------------------------------------------------------------------------------------

    def upload(self, content: bytes, name: str = "checking.csv", **fields: str) -> int:
        """Posts the plain form and returns the number of the file."""
        answer = self.visitor.upload(self.path, name, content, **fields)
        assert answer.status_code == 302, answer.text
        return file_at(answer.headers["Location"])

    def read(self, content: bytes, name: str = "checking.csv", **fields: str) -> int:
        """The same, and waits until it is ready to check."""
        file_id = self.upload(content, name, **fields)
        self.await_state(file_id, ImportFile.State.READ)
        return file_id

    def book(self, content: bytes) -> int:
        file_id = self.read(content)
        self.order(file_id, "confirm")
        self.await_state(file_id, ImportFile.State.BOOKED)
        return file_id

    def order(self, file_id: int, deed: str) -> requests.Response:
        """Presses Import (`confirm`) or Roll back (`roll-back`)."""
        answer = self.visitor.post(f"{self.path}imports/{file_id}/{deed}/", allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer

    def page(self, file_id: int) -> str:
        answer = self.visitor.get(f"{self.path}imports/{file_id}/")
        assert answer.status_code == 200, answer.text
        return answer.text

    def ask_for_place(self, name: str, size: int) -> requests.Response:
        """The first step of the JavaScript road."""
        return self.visitor.post(f"{self.path}imports/place/", json={"name": name, "size": size})

    def place(self, name: str, content: bytes) -> dict[str, Any]:
        """The first two steps: the file lies in the store."""
        place: dict[str, Any] = self.ask_for_place(name, len(content)).json()
        put = requests.post(place["url"], data=place["fields"], files={"file": content}, timeout=30)
        assert put.status_code == 204, put.text
        return place

    def take_in(self, place: dict[str, Any], **fields: str) -> requests.Response:
        """The third step."""
        chosen = {"account": "new", "new_name": "Checking", "new_kind": "checking", "new_currency": "USD"} | fields
        return self.visitor.post(f"{self.path}imports/take-in/", chosen | {"ticket": place["ticket"]})

    # --- in the database --------------------------------------------------------------------------------------------------

    def state(self, file_id: int) -> str:
        with household_context(self.household):
            return ImportFile.objects.values_list("state", flat=True).get(pk=file_id)

    def await_state(self, file_id: int, *wanted: str) -> str:
        return eventually(
            lambda: (now := self.state(file_id)) in wanted and now, what=f"the file is {' or '.join(wanted)}"
        )

    def sweep_until(self, file_id: int, *wanted: str) -> str:
        """Time passes and the sweep comes, again and again as beat sends it, until the file is in a wanted state.

        A server that has just come back may refuse once more.
        """

        def swept() -> str:
            self.age(file_id)
            self.product.sweep()
            time.sleep(2)
            now = self.state(file_id)
            return now if now in wanted else ""

        return eventually(swept, what=f"the file is {' or '.join(wanted)}")

    def await_rest(self, file_id: int) -> ImportFile:
        """The file, once no job has work to do on it."""
        eventually(lambda: self.state(file_id) not in WORKING, what="the job is done")
        with household_context(self.household):
            return ImportFile.objects.get(pk=file_id)

    def age(self, file_id: int) -> None:
        """Time passes, until the sweep finds the file due."""
        with household_context(self.household):
            ImportFile.objects.filter(pk=file_id).update(next_attempt_at=timezone.now())

    def is_free(self, file_id: int) -> bool:
        """Whether no job holds the file."""
        with household_context(self.household):
            return ImportFile.objects.select_for_update(skip_locked=True).filter(pk=file_id).exists()

    def account_key(self) -> str:
        """The only account of the household, as the form's field names it."""
        with household_context(self.household):
            return str(Account.objects.get().pk)

    def attempts(self, file_id: int) -> int:
        """How often a job has begun on the file in its state."""
        with household_context(self.household):
            return ImportFile.objects.values_list("attempt_count", flat=True).get(pk=file_id)

    def ledger(self) -> tuple[int, Decimal]:
        """How many rows the ledger has, and what they add up to."""
        with household_context(self.household):
            amounts = list(Transaction.objects.values_list("amount", flat=True))
        return len(amounts), sum(amounts, Decimal(0))

    def staged_count(self, file_id: int) -> int:
        with household_context(self.household):
            return ImportRow.objects.filter(file_id=file_id).count()

    def counts(self) -> tuple[int, int]:
        """Files and accounts of the household."""
        with household_context(self.household):
            return ImportFile.objects.count(), Account.objects.count()

    @contextmanager
    def job_stopped_in(self, table: str) -> Iterator[Callable[[], None]]:
        """Until the end of the block, a job of this household waits as soon as it touches the table.

        What is given to the block returns once a job stands there, in the midst of its transaction: in
        `ledger_transaction` one that reads, with all rows copied and none compared yet; in `ledger_revision` one that
        books, with all rows in the ledger and nothing committed.
        """
        lock = sql.SQL("LOCK TABLE {}").format(sql.Identifier(self.household.schema_name, table))
        with self.product.admin() as admin, self.product.admin() as looker, admin.transaction():
            admin.execute(lock)
            yield lambda: eventually(lambda: _waits_for(looker, admin.info.backend_pid), what="a job stands there")


def _waits_for(looker: psycopg.Connection, pid: int) -> bool:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
    return looker.execute(waiting, [pid]).fetchone() is not None


def file_at(address: str) -> int:
    """The number of the file whose page it is, or whose step: a file that was read at once leads on to its columns."""
    found = re.search(r"/imports/(\d+)/", address)
    assert found, address
    return int(found[1])


def bank_file(row_count: int) -> bytes:
    """A checking file of so many rows of one dollar out each, all different."""
    day = datetime.date(2020, 1, 1)
    lines = ["Date,Description,Amount,Running Bal."]
    lines += [
        f"{day + datetime.timedelta(days=number // 10):%m/%d/%Y},SHOP NUMBER {number},-1.00,0.00"
        for number in range(row_count)
    ]
    return "\r\n".join(lines).encode()


def unique(name: str) -> str:
    """A public id that no earlier run of the test has taken (a session's database lives for all of its tests)."""
    return f"{name}-{os.urandom(3).hex()}"
