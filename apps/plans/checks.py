"""A system check of the flags: that the table and the code name the same. `manage.py check --database default`"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from apps.plans.features import Feature
from apps.plans.models import Flag


@register(Tags.database)
def flags_are_those_of_the_code(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A flag that no code knows is set for nothing; a feature without a flag is on for nobody."""
    if "default" not in (databases or []) or not _is_migrated():
        return []
    flags, features = set(Flag.objects.values_list("name", flat=True)), set(Feature.values)
    unknown = [
        Error(
            f"The flag {name} stands in the table, and no code knows a feature of that name.",
            hint="Delete it in the migration that takes its feature away.",
            id="plans.E001",
        )
        for name in sorted(flags - features)
    ]
    missing = [
        Error(
            f"The feature {name} has no flag, and so is on for nobody.",
            hint="Add it in the migration that brings the feature.",
            id="plans.E002",
        )
        for name in sorted(features - flags)
    ]
    return [*unknown, *missing]


def _is_migrated() -> bool:
    return Flag._meta.db_table in connections["default"].introspection.table_names()
