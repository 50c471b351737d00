"""Workers die, jobs come twice, people click twice: exactly one import, and no row lost or doubled."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TypeVar

import pytest

from apps.imports.models import ImportFile
from apps.imports.tasks import sweep_household
from apps.ledger.models import Changeset
from apps.tenancy.context import household_context
from tests.journeys.imports import ImportRoad, bank_file
from tests.journeys.product import Process, Product, Visitor, eventually

pytestmark = pytest.mark.slow
State = ImportFile.State
MANY = 20_000
T = TypeVar("T")


@pytest.fixture
def second_worker(product: Product) -> Iterator[Process]:
    worker = product.start_another_worker()
    yield worker
    worker.end()


def at_once(*deeds: Callable[[], T]) -> list[T]:
    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result() for done in [pool.submit(deed) for deed in deeds]]


def changesets(road: ImportRoad) -> int:
    with household_context(road.household):
        return Changeset.objects.filter(kind=Changeset.Kind.IMPORT).count()


def test_a_worker_killed_while_it_reads(road: ImportRoad) -> None:
    with road.job_stopped_in("ledger_transaction") as await_job:
        file_id = road.upload(bank_file(MANY))
        await_job()
        road.product.kill_worker()
    assert road.state(file_id) == State.UPLOADED
    assert "Reading the file" in road.page(file_id)
    assert road.staged_count(file_id) == 0

    road.product.start_worker_again()
    road.age(file_id)
    road.product.sweep()
    road.await_state(file_id, State.READ)
    assert road.staged_count(file_id) == MANY


def test_a_worker_killed_while_it_books(road: ImportRoad) -> None:
    file_id = road.read(bank_file(MANY))
    with road.job_stopped_in("ledger_revision") as await_job:
        road.order(file_id, "confirm")
        await_job()
        road.product.kill_worker()
    assert road.state(file_id) == State.CONFIRMED
    assert road.ledger() == (0, 0)

    road.product.start_worker_again()
    road.age(file_id)
    road.product.sweep()
    road.await_state(file_id, State.BOOKED)
    assert road.ledger() == (MANY, Decimal(-MANY))
    assert changesets(road) == 1


def test_a_worker_killed_while_it_rolls_back(road: ImportRoad) -> None:
    file_id = road.book(bank_file(30))
    with road.job_stopped_in("ledger_revision") as await_job:
        road.order(file_id, "roll-back")
        await_job()
        road.product.kill_worker()
    assert road.ledger() == (30, Decimal(-30))

    road.product.start_worker_again()
    road.age(file_id)
    road.product.sweep()
    road.await_state(file_id, State.ROLLED_BACK)
    assert road.ledger() == (0, 0)


def test_the_sweep_leaves_alone_what_a_job_holds(road: ImportRoad) -> None:
    """A long file is not stuck: the lock of its job says so, however old the order is."""
    road.product.kill_worker()
    file_id = road.upload(bank_file(30))
    road.age(file_id)
    with road.job_stopped_in("ledger_transaction") as await_job:
        road.product.start_worker_again()
        await_job()
        # Here, for another worker may take as long to start as the job waits for its lock.
        sweep_household.apply(kwargs={"household_id": road.household.pk}, throw=True)
        assert road.attempts(file_id) == 1
    road.await_state(file_id, State.READ)


def test_a_job_delivered_again_while_it_is_done(road: ImportRoad, second_worker: Process) -> None:
    file_id = road.read(bank_file(30))
    ids = {"household_id": road.household.pk, "file_id": file_id}
    with road.job_stopped_in("ledger_revision") as await_job:
        road.order(file_id, "confirm")
        await_job()
        task = road.product.send("apps.imports.tasks.book_file", **ids)
        # The other worker sees that somebody holds the file, and has nothing to do.
        eventually(lambda: road.product.has_ended(task), what="the second delivery is done")
        assert road.state(file_id) == State.CONFIRMED
    road.await_state(file_id, State.BOOKED)
    assert road.ledger() == (30, Decimal(-30))
    assert changesets(road) == 1


@pytest.mark.parametrize("job", ["read_file", "book_file", "roll_back_file"])
def test_a_job_delivered_again_when_it_is_done(road: ImportRoad, job: str) -> None:
    file_id = road.book(bank_file(30))
    task = road.product.send(f"apps.imports.tasks.{job}", household_id=road.household.pk, file_id=file_id)
    eventually(lambda: road.product.has_ended(task), what="the second delivery is done")
    assert road.state(file_id) == State.BOOKED
    assert road.ledger() == (30, Decimal(-30))


def test_the_same_file_in_two_tabs_imported_at_once(road: ImportRoad, second_worker: Process) -> None:
    content = bank_file(500)
    first = road.read(content)
    second = road.read(content, account=road.account_key())
    at_once(lambda: road.order(first, "confirm"), lambda: road.order(second, "confirm"))
    booked = [road.await_rest(file_id).booked_count for file_id in (first, second)]
    assert sorted(booked) == [0, 500]
    assert road.ledger() == (500, Decimal(-500))


def test_equal_rows_of_one_file_stay_two_and_are_not_doubled_by_a_second_tab(road: ImportRoad) -> None:
    header, row, *_ = bank_file(1).split(b"\r\n")
    content = b"\r\n".join([header, row, row])
    first = road.read(content)
    second = road.read(content, account=road.account_key())
    at_once(lambda: road.order(first, "confirm"), lambda: road.order(second, "confirm"))
    assert sorted(road.await_rest(file_id).booked_count for file_id in (first, second)) == [0, 2]
    assert road.ledger() == (2, Decimal(-2))


def test_a_double_click_on_import(road: ImportRoad, second_worker: Process) -> None:
    file_id = road.read(bank_file(500))
    at_once(*[lambda: road.order(file_id, "confirm")] * 4)
    road.await_state(file_id, State.BOOKED)
    assert road.ledger() == (500, Decimal(-500))
    assert changesets(road) == 1


def test_a_double_click_on_roll_back(road: ImportRoad, second_worker: Process) -> None:
    kept = road.book(bank_file(3))
    header, *lines = bank_file(503).split(b"\r\n")
    file_id = road.read(b"\r\n".join([header, *lines[3:]]), account=road.account_key())
    road.order(file_id, "confirm")
    road.await_state(file_id, State.BOOKED)
    at_once(*[lambda: road.order(file_id, "roll-back")] * 4)
    road.await_state(file_id, State.ROLLED_BACK)
    assert road.ledger() == (3, Decimal(-3))
    assert road.state(kept) == State.BOOKED


def test_import_and_cancel_clicked_at_once_is_one_of_them(road: ImportRoad) -> None:
    file_id = road.read(bank_file(30))
    at_once(lambda: road.order(file_id, "confirm"), lambda: road.order(file_id, "cancel"))
    end = road.await_state(file_id, State.BOOKED, State.CANCELLED)
    assert road.ledger() == ((30, Decimal(-30)) if end == State.BOOKED else (0, 0))


def test_two_sign_in_windows_import_into_one_new_account_at_once(
    road: ImportRoad, visitor: Callable[[], Visitor]
) -> None:
    other = visitor()
    other.sign_in(road.email)
    content = bank_file(5)
    answers = at_once(
        lambda: road.visitor.upload(road.path, "a.csv", content), lambda: other.upload(road.path, "b.csv", content)
    )
    # Both give the account the same name. The later one either finds it there or is told so.
    statuses = {answer.status_code for answer in answers}
    assert 302 in statuses
    assert statuses <= {302, 422}
    assert road.counts()[1] == 1
