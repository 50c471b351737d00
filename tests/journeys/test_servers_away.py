"""Redis, the file store or the mail server are away for a while: people read a sentence, and nothing is lost."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import redis
import requests
from django.utils import timezone

from apps.imports.models import ImportFile
from tests.journeys.imports import ImportRoad, bank_file, file_at
from tests.journeys.product import Product, Visitor, eventually

pytestmark = pytest.mark.slow
State = ImportFile.State
STORE_AWAY = "The file store does not answer just now. Nothing was lost; please try again in a minute."


@pytest.fixture(autouse=True)
def _whole_again(product: Product) -> Iterator[None]:
    """What a test took away stands again for the next, where it stood."""
    yield
    before = product.addresses
    product.addresses = product.stack.up()
    assert product.addresses == before
    product.await_worker()


def test_redis_away_while_a_file_is_uploaded_and_confirmed(road: ImportRoad) -> None:
    product = road.product
    product.stack.down(["valkey"])
    file_id = road.upload(bank_file(30))
    assert "Reading the file" in road.page(file_id)
    product.stack.up()
    road.sweep_until(file_id, State.READ)

    product.stack.down(["valkey"])
    road.order(file_id, "confirm")
    assert "Importing the rows" in road.page(file_id)
    product.stack.up()
    road.sweep_until(file_id, State.BOOKED)
    assert road.ledger() == (30, Decimal(-30))


def test_redis_away_closes_no_page(road: ImportRoad, visitor: Callable[[], Visitor]) -> None:
    road.book(bank_file(3))
    road.product.stack.down(["valkey"])
    for page in ("", "transactions/", "accounts/", "imports/"):
        assert road.visitor.get(f"{road.path}{page}").status_code == 200
    # Signing in, too: sessions have their table.
    newcomer = visitor()
    newcomer.sign_in(road.email)
    assert newcomer.get(f"{road.path}transactions/").status_code == 200


def test_a_session_survives_a_redis_that_comes_back_empty(road: ImportRoad, visitor: Callable[[], Visitor]) -> None:
    """Nobody is signed out, and a form that was open before can be sent after."""
    page = f"{road.path}transactions/"
    road.visitor.get(page)
    road.product.stack.down(["valkey"])
    road.product.stack.up()
    with redis.from_url(f"{road.product.addresses['REDIS_URL'].removesuffix('/0')}/1") as cache:
        cache.flushall()
        assert road.visitor.get(page, allow_redirects=False).status_code == 200
        # It was read from its table, and stands in the cache again.
        assert any(b"cached_db" in key for key in cache.scan_iter())
    answer = road.visitor.post(f"{page}columns/", {"column": "notes"}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert visitor().get(page, allow_redirects=False).headers["Location"].startswith("/accounts/login/")


def test_the_store_away_while_a_file_is_uploaded(road: ImportRoad) -> None:
    road.product.stack.down(["s3"])
    answer = road.visitor.upload(road.path, "checking.csv", bank_file(30))
    assert answer.status_code == 503
    assert STORE_AWAY in answer.text
    assert road.counts() == (0, 0)

    road.product.stack.up()
    # The store answers before all of it is back.
    again = eventually(
        lambda: _taken(road.visitor.upload(road.path, "checking.csv", bank_file(30))), what="it is taken"
    )
    road.sweep_until(file_at(again), State.READ)
    assert road.counts() == (1, 1)


def _taken(answer: requests.Response) -> str:
    """Where the browser is led if the upload was taken, else nothing."""
    return answer.headers["Location"] if answer.status_code == 302 else ""


def test_the_store_away_while_the_browser_tells_of_its_upload(road: ImportRoad) -> None:
    place = road.place("checking.csv", bank_file(30))
    road.product.stack.down(["s3"])
    answer = road.take_in(place)
    assert (answer.status_code, answer.json()) == (503, {"error": STORE_AWAY})
    assert road.counts() == (0, 0)

    road.product.stack.up()
    answer = road.take_in(place)
    assert answer.status_code == 200
    # The store answers before all of it is back: a job that comes too early leaves the file to the sweep.
    road.sweep_until(file_at(answer.json()["location"]), State.READ)


def test_the_store_away_while_a_file_is_read(road: ImportRoad) -> None:
    product = road.product
    product.kill_worker()
    file_id = road.upload(bank_file(30))
    product.stack.down(["s3"])
    product.start_worker_again()
    eventually(lambda: "StoreUnavailable" in product.worker.log.read_text(errors="replace"), what="the job fails")
    assert road.state(file_id) == State.UPLOADED
    product.stack.up()
    eventually(lambda: road.attempts(file_id) == 0, what="the attempt does not count")
    road.sweep_until(file_id, State.READ)
    assert road.staged_count(file_id) == 30


def test_redis_away_while_a_job_works_leaves_the_worker_whole(road: ImportRoad) -> None:
    """Celery's message comes back or is lost with the broker; the file is read once, by the worker that began."""
    product = road.product
    with road.job_stopped_in("ledger_transaction") as await_job:
        file_id = road.upload(bank_file(30))
        await_job()
        product.stack.down(["valkey"])
        eventually(lambda: "Connection refused" in product.worker.log.read_text(errors="replace"), what="it is missed")
        product.stack.up()
    # If all that took longer than a row is waited for, the job has given up, and the broker knows of none.
    road.sweep_until(file_id, State.READ)
    assert road.staged_count(file_id) == 30
    assert not product.worker.has_ended


def test_the_mail_server_away_while_somebody_signs_up(in_product: Product, visitor: Callable[[], Visitor]) -> None:
    from apps.mail import delivering
    from apps.mail.models import Message

    in_product.stack.down(["mailbox"])
    newcomer = visitor()
    newcomer.get("/accounts/signup/")
    form = {"name": "Late Comer", "email": "late.comer@example.com", "password1": "a-long-enough-word"}
    assert newcomer.post("/accounts/signup/", form, allow_redirects=False).status_code == 302
    mail = Message.objects.get(recipients=["late.comer@example.com"])
    eventually(lambda: Message.objects.get(pk=mail.pk).attempt_count == 1, what="a first attempt")
    mail.refresh_from_db()
    assert mail.state == Message.State.QUEUED
    in_product.stack.up()
    assert mail.next_attempt_at - timezone.now() <= delivering.FIRST_WAIT
    Message.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())
    in_product.send("apps.mail.tasks.sweep")
    assert "/accounts/confirm-email/" in in_product.link_mailed_to("late.comer@example.com")


def test_readiness_names_what_is_away(product: Product, visitor: Callable[[], Visitor]) -> None:
    guest = visitor()
    whole = {"database": "ok", "redis": "ok", "store": "ok", "broker": "ok"}
    ready = guest.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "parts": whole})
    product.stack.down(["valkey", "s3"])
    ready = guest.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json()["status"] == "unavailable"
    assert [name for name, state in ready.json()["parts"].items() if state == "ok"] == ["database"]
    assert guest.get("/health").json() == {"status": "ok"}
