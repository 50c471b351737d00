"""A task is sent when what asked for it has committed, and not otherwise."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress

import pytest
from celery import Celery, shared_task
from django.conf import settings
from django.db import transaction

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import LEDGER, household_context
from apps.tenancy.tasks import HouseholdTask, SharedTask, later
from tests.isolation.places import Mishap, meet_a_mishap
from tests.planes import both_planes

sent: list[object] = []


class Recorder(SharedTask):
    """A task that notes what it is sent with, where a broker would take it."""

    abstract = True

    def apply_async(self, *args: object, **kwargs: object) -> None:
        sent.append(kwargs["kwargs"])


@shared_task(base=Recorder, name="tests.tenancy.noted")
def noted() -> None:
    """Never run."""


@pytest.fixture(autouse=True)
def _nothing_sent() -> Iterator[None]:
    sent.clear()
    yield
    sent.clear()


Capture = Callable[..., AbstractContextManager[object]]


@both_planes
def test_a_task_is_sent_when_both_planes_have_committed(
    household: Household, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(using="default", execute=True):
        with django_capture_on_commit_callbacks(using=LEDGER, execute=True):
            with transaction.atomic(), household_context(household):
                later(noted, household, file_id=5)
            assert sent == []
        assert sent == []
    assert sent == [{"household_id": household.pk, "file_id": 5}]


@both_planes
@pytest.mark.parametrize("plane", ["default", LEDGER])
def test_a_task_is_not_sent_after_a_rollback(
    plane: str, household: Household, django_capture_on_commit_callbacks: Capture
) -> None:
    with (
        django_capture_on_commit_callbacks(using="default", execute=True),
        django_capture_on_commit_callbacks(using=LEDGER, execute=True),
        suppress(Mishap),
        transaction.atomic(using=plane),
    ):
        send_and_fail(plane, household)
    assert sent == []


def send_and_fail(plane: str, household: Household) -> None:
    if plane == LEDGER:
        with household_context(household):
            later(noted, household)
    else:
        transaction.on_commit(lambda: later(noted, household))
    meet_a_mishap()


def test_a_task_asked_for_outside_of_transactions_is_sent_at_once(workshop: str) -> None:
    later(noted, message_id=3)
    assert sent == [{"message_id": 3}]


def test_a_broker_that_is_away_is_logged_and_stops_nothing(
    workshop: str, household: Household, caplog: pytest.LogCaptureFixture
) -> None:
    away = Celery("away", broker="redis://127.0.0.1:1/0", set_as_current=False)
    away.conf.update(
        task_publish_retry=settings.CELERY_TASK_PUBLISH_RETRY,
        broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
    )

    @away.task(base=HouseholdTask, name="tests.tenancy.unsent")
    def task(household: Household) -> None:
        """Never run."""

    with caplog.at_level(logging.ERROR), household_context(household):
        Account.objects.create(name="Kept", currency="USD")
        later(task, household)

    assert [record.levelname for record in caplog.records if "task_not_sent" in str(record.msg)] == ["ERROR"]
    with household_context(household):
        assert Account.objects.filter(name="Kept").exists()
