"""Files that are too much for a worker's process cost that process, an attempt, and in the end only themselves."""

import io
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.households.models import DeadLetter
from apps.imports import attempts
from apps.imports.models import ImportFile
from apps.tenancy.context import household_context
from tests.journeys.imports import ImportRoad, bank_file
from tests.journeys.product import Product, eventually

pytestmark = pytest.mark.slow
State = ImportFile.State
BIG_COUNT = 52_000
SMALL_ROOM_MB = 48
"""Beside what a worker has that did nothing yet: a statement of a month takes about 28, one that is read as a whole and has 16 MB more
than 65."""


@pytest.fixture(autouse=True)
def _usual_worker(product: Product) -> Iterator[None]:
    """The next test finds a worker with the usual limits."""
    usual = product.worker
    yield
    if product.worker is not usual:
        product.kill_worker()
        product.start_worker_again()


def big_ofx() -> bytes:
    head = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\n\r\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD"
        "<BANKACCTFROM><ACCTID>123</BANKACCTFROM><BANKTRANLIST>"
    )
    rows = [
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20250101<TRNAMT>-1.00<FITID>{number}<NAME>SHOP {number}<MEMO>{'x' * 200}"
        "</STMTTRN>\r\n"
        for number in range(BIG_COUNT)
    ]
    content = (head + "".join(rows) + "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>").encode()
    assert 14 * 1024**2 < len(content) < 16 * 1024**2
    return content


def sweep_until(road: ImportRoad, file_id: int, is_so: Callable[[], bool], *, what: str) -> None:
    """Time passes, and the sweep sends again what no job holds, until it is so."""
    swept = 0.0

    def look() -> bool:
        nonlocal swept
        if is_so():
            return True
        if time.monotonic() - swept > 1 and road.is_free(file_id):
            road.age(file_id)
            road.product.sweep()
            swept = time.monotonic()
        return False

    eventually(look, what=what, seconds=300)


def try_until_stalled(road: ImportRoad, file_id: int) -> ImportFile:
    sweep_until(road, file_id, lambda: road.state(file_id) == State.STALLED, what="the file is stalled")
    with household_context(road.household):
        return ImportFile.objects.get(pk=file_id)


def test_a_file_that_eats_memory_ends_on_the_list_and_the_worker_goes_on(road: ImportRoad) -> None:
    product = road.product
    product.kill_worker()
    product.start_worker_again()
    most = memory_mb(the_only_child(product.worker.pid)) + SMALL_ROOM_MB
    product.kill_worker()
    product.start_worker_again(IMPORT_WORKER_MEMORY_MB=str(most))
    file_id = road.upload(big_ofx(), "big.ofx")
    stalled = try_until_stalled(road, file_id)
    assert stalled.last_error.startswith("MemoryError")
    letter = DeadLetter.objects.get(household=road.household)
    assert (letter.reason, letter.attempt_count) == ("MemoryError", attempts.ATTEMPTS)
    assert road.staged_count(file_id) == 0
    # The same worker, under the same limit.
    assert not product.worker.has_ended
    small_id = road.read(bank_file(30), account=road.account_key())
    assert road.staged_count(small_id) == 30
    # Under the usual limit the file can be read.
    product.kill_worker()
    product.start_worker_again()
    call_command("dead_letters", run_again=str(letter.pk), stdout=io.StringIO())
    road.age(file_id)
    product.sweep()
    eventually(lambda: road.state(file_id) == State.READ, what="it is read", seconds=300)
    assert road.staged_count(file_id) == BIG_COUNT


def test_a_file_that_kills_its_process_five_times_ends_on_the_list(road: ImportRoad) -> None:
    product = road.product
    with road.job_stopped_in("ledger_transaction") as await_job:
        file_id = road.upload(bank_file(30))
        for number in range(attempts.ATTEMPTS):
            begun = number + 1
            sweep_until(road, file_id, lambda: road.attempts(file_id) == begun, what=f"attempt {begun}")  # noqa: B023
            await_job()
            child = the_only_child(product.worker.pid)
            os.kill(child, signal.SIGKILL)
            product.end_waiting_statements()
            eventually(lambda: the_only_child(product.worker.pid) not in {0, child}, what="another child")  # noqa: B023
    stalled = try_until_stalled(road, file_id)
    assert (stalled.stalled_in, stalled.last_error) == (State.UPLOADED, attempts.KILLED)
    assert not product.worker.has_ended
    letter = DeadLetter.objects.get(household=road.household)
    assert (letter.reason, letter.attempt_count) == (attempts.KILLED, attempts.ATTEMPTS)

    out = io.StringIO()
    call_command("dead_letters", run_again=str(letter.pk), stdout=out)
    assert out.getvalue() == (
        f"Dead letter {letter.pk}: apps.imports.tasks.read_file of {road.household.public_id} runs again.\n"
    )
    road.age(file_id)
    product.sweep()
    road.await_state(file_id, State.READ)
    assert road.staged_count(file_id) == 30


def memory_mb(pid: int) -> int:
    """What the limit counts of that process."""
    found = re.search(r"^VmData:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) // 1024


def the_only_child(pid: int) -> int:
    """The process that does the jobs of the worker; 0 while there is none."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(found[0]) if len(found) == 1 else 0
