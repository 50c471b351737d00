"""The places in which a household can be open: each runs a probe there and gives back what it found."""

from collections.abc import Callable
from contextlib import suppress

from celery import shared_task
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from apps.households.models import Household
from apps.households.rules import VIEWER, allow
from apps.ledger.models import Account
from apps.tenancy.context import LEDGER, household_context
from apps.tenancy.tasks import HouseholdTask

Probe = Callable[[], object]
Place = Callable[[Household, Client, Probe], object]

_probes: list[Probe] = []
_findings: list[object] = []


class Mishap(Exception):
    """What a view or a job may raise at any time."""


def meet_a_mishap() -> None:
    raise Mishap


def _run_probe() -> None:
    _findings.append(_probes.pop()())


@allow(get=VIEWER)
def _probe_view(request: HttpRequest) -> HttpResponse:
    _run_probe()
    return HttpResponse("probed")


urlpatterns = [path("probe", _probe_view)]


@shared_task(base=HouseholdTask, name="tests.isolation.probe")
def _probe_task(household: Household) -> None:
    with household_context(household):
        _run_probe()


def plainly(household: Household, client: Client, probe: Probe) -> object:
    with household_context(household):
        return probe()


def in_a_request(household: Household, client: Client, probe: Probe) -> object:
    _probes.append(probe)
    with override_settings(HOUSEHOLD_URLCONF=__name__):
        assert client.get(f"/h/{household.public_id}/probe").content == b"probed"
    return _findings.pop()


def in_a_task(household: Household, client: Client, probe: Probe) -> object:
    _probes.append(probe)
    _probe_task.apply(kwargs={"household_id": household.pk}, throw=True)
    return _findings.pop()


def after_an_exception(household: Household, client: Client, probe: Probe) -> object:
    with suppress(Mishap), household_context(household):
        Account.objects.create(name="Undone", currency="USD")
        meet_a_mishap()
    with household_context(household):
        with suppress(Mishap):
            meet_a_mishap()
        return probe()


def after_a_rolled_back_savepoint(household: Household, client: Client, probe: Probe) -> object:
    with household_context(household):
        with suppress(Mishap), transaction.atomic(using=LEDGER):
            Account.objects.create(name="Undone", currency="USD")
            meet_a_mishap()
        return probe()


def after_a_database_error(household: Household, client: Client, probe: Probe) -> object:
    with household_context(household):
        with suppress(IntegrityError), transaction.atomic(using=LEDGER):
            Account.objects.create(name="", currency="USD")
        return probe()


def nested_in_itself(household: Household, client: Client, probe: Probe) -> object:
    with household_context(household), household_context(household):
        return probe()


def after_being_nested_in_itself(household: Household, client: Client, probe: Probe) -> object:
    with household_context(household):
        with suppress(Mishap), household_context(household):
            meet_a_mishap()
        return probe()


PLACES = (
    plainly,
    in_a_request,
    in_a_task,
    after_an_exception,
    after_a_rolled_back_savepoint,
    after_a_database_error,
    nested_in_itself,
    after_being_nested_in_itself,
)
