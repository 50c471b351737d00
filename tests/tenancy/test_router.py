"""Every model has its plane, and no relation crosses the line."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, router
from django.test.utils import isolate_apps

from apps.households.models import Household, Membership
from apps.ledger.models import Account, Transaction
from apps.tenancy import checks
from apps.tenancy.router import PlaneRouter, household_labels
from apps.users.models import User

MODELS = apps.get_models(include_auto_created=True)


def in_a_tenant_app(model: type[models.Model]) -> bool:
    return apps.get_app_config(model._meta.app_label).name in settings.TENANT_APPS


def test_every_model_of_a_household_app_lives_on_the_ledger_plane_and_no_other() -> None:
    assert {Account, Transaction} <= {model for model in MODELS if in_a_tenant_app(model)}
    for model in MODELS:
        plane = "households" if in_a_tenant_app(model) else "default"
        assert (model, router.db_for_read(model), router.db_for_write(model)) == (model, plane, plane)


def test_every_app_of_a_household_is_known_by_its_label() -> None:
    assert household_labels() == {name.removeprefix("apps.") for name in settings.TENANT_APPS}


@pytest.mark.parametrize(
    ("one", "other", "allowed"),
    [
        (Account(), Transaction(), True),
        (User(), Membership(), True),
        (User(), Account(), False),
        (Transaction(), Household(), False),
    ],
)
def test_relations_stay_on_their_plane(one: models.Model, other: models.Model, allowed: bool) -> None:
    assert router.allow_relation(one, other) is allowed
    assert router.allow_relation(other, one) is allowed


@pytest.mark.parametrize("alias", ["default", "households"])
def test_only_the_owner_migrates(alias: str) -> None:
    for app in ("users", "ledger"):
        assert PlaneRouter().allow_migrate(alias, app) is False


def test_the_owner_makes_peoples_tables_in_public() -> None:
    assert PlaneRouter().allow_migrate("owner", "users") is True
    assert PlaneRouter().allow_migrate("owner", "ledger") is False


def test_no_relation_of_ours_crosses_the_planes() -> None:
    assert checks.no_relation_crosses_the_planes() == []


def test_a_relation_that_crosses_the_planes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("apps.ledger", "apps.users", "apps.households") as isolated:

        class Ledger(models.Model):  # noqa: DJ008
            actor = models.ForeignKey(User, models.CASCADE, related_name="+")
            account = models.ForeignKey(Account, models.CASCADE, related_name="+")

            class Meta:
                app_label = "ledger"

        class Person(models.Model):  # noqa: DJ008
            accounts = models.ManyToManyField(Account, related_name="+")
            home = models.OneToOneField(Household, models.CASCADE, related_name="+")

            class Meta:
                app_label = "users"

        monkeypatch.setattr(checks, "apps", isolated)
        found = checks.no_relation_crosses_the_planes()

    assert {(error.obj._meta.object_name, error.msg.split()[0], error.id) for error in found} == {
        ("Ledger", "ledger.Ledger.actor", "tenancy.E001"),
        ("Person", "users.Person.accounts", "tenancy.E001"),
        ("Person_accounts", "users.Person_accounts.account", "tenancy.E001"),
    }
