"""Which plane a model lives on."""

from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from apps.tenancy.planes import LEDGER, NOBODY, OWNER, owner_connection


@cache
def household_labels() -> frozenset[str]:
    """Labels of the apps whose tables stand in every household's schema."""
    return frozenset(config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS)


def plane(model: type[Model]) -> str:
    return LEDGER if model._meta.app_label in household_labels() else "default"


class PlaneRouter:
    """Sends models to their plane by app, refuses relations across, and lets only the owner migrate."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        return plane(model)

    db_for_write = db_for_read

    def allow_relation(self, a: Model, b: Model, **_hints: Any) -> bool:
        # Not by type(): request.user is a lazy object.
        return plane(a.__class__) == plane(b.__class__)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        if db != OWNER:
            return False
        in_household = owner_connection().schema_name != NOBODY
        return (app_label in household_labels()) == in_household
