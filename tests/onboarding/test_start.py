"""From a person without a household to one that is ready."""

import threading

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.ledger.filling import DEFAULT_BUCKETS
from apps.ledger.models import Tag
from apps.onboarding.finishing import finish_household
from apps.tenancy import schemas
from apps.tenancy.context import household_context
from apps.tenancy.models import Spare
from apps.users.models import User
from tests.planes import both_planes

FORM = {"name": "The Hoppers", "currency": "EUR", "time_zone": "Europe/Berlin"}


def newcomer() -> User:
    return User.objects.create_user("grace@example.com", "a-long-enough-word", name="Grace Hopper")


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@both_planes
def test_who_has_no_household_names_one() -> None:
    client = browser(newcomer())
    assert "Grace&#x27;s household" in client.get("/start/").content.decode()
    assert client.post("/start/", FORM)["Location"] == "/start/"
    household = Household.objects.get(name="The Hoppers")
    assert (household.currency, household.time_zone, household.is_ready) == ("EUR", "Europe/Berlin", True)
    assert client.get("/start/")["Location"] == f"/h/{household.public_id}/"
    with household_context(household):
        assert Tag.objects.count() == len(DEFAULT_BUCKETS)
    assert AuditEvent.objects.get(action="household.created").household_id == household.pk


@both_planes
@pytest.mark.parametrize(("field", "value"), [("name", ""), ("currency", "XXX"), ("time_zone", "Mars/Olympus")])
def test_what_cannot_be_is_told_and_makes_nothing(field: str, value: str) -> None:
    client = browser(newcomer())
    assert client.post("/start/", {**FORM, field: value}).status_code == 422
    assert not Household.objects.filter(memberships__user__email="grace@example.com").exists()


def test_a_double_click_opens_one_household(fresh_database: str) -> None:
    client = browser(newcomer())
    clicks = [
        threading.Thread(target=_click, args=(client.cookies[settings.SESSION_COOKIE_NAME].value,)) for _ in range(2)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert Household.objects.filter(name="The Hoppers").count() == 1


def _click(session: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    try:
        client.post("/start/", FORM)
    finally:
        connections.close_all()


def test_without_a_spare_the_page_waits_for_the_job(fresh_database: str) -> None:
    Spare.objects.all().delete()
    client = browser(newcomer())
    client.post("/start/", FORM)
    household = Household.objects.get(name="The Hoppers")
    assert household.is_ready is False
    page = client.get("/start/").content.decode()
    assert "One moment" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert 'hx-get="/start/"' in page
    assert client.get(f"/h/{household.public_id}/")["Location"] == f"/start/?household={household.public_id}"
    for _ in range(2):
        finish_household(household)
    assert client.get("/start/", headers={"HX-Request": "true"})["HX-Redirect"] == f"/h/{household.public_id}/"
    assert client.get(f"/h/{household.public_id}/").status_code == 200
    schemas.drop_schema(household.schema_name)


@both_planes
def test_the_command_needs_somebody_who_signed_up() -> None:
    with pytest.raises(CommandError, match=r"Nobody has signed up as nobody@example\.com"):
        call_command("provision_household", owner="nobody@example.com", name="X")
