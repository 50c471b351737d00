"""Opening a household: with a spare at hand, and without."""

from typing import Any

from apps.onboarding.finishing import finish_household
from apps.onboarding.opening import open_household
from apps.tenancy import schemas
from apps.tenancy.models import Spare
from benchmarks.households import person
from benchmarks.measuring import milliseconds, percentile, say

TIMES = 60


def measure() -> dict[str, Any]:
    """The whole deed each time: rows of the people plane, schema, first tags, commit."""
    owner = person()
    say(f"provision: making {TIMES} spares")
    schemas.keep_spares(TIMES + 2)

    def with_spare() -> None:
        household = open_household(owner=owner, name="Spare")
        assert household.is_ready

    def without_spare() -> None:
        finish_household(open_household(owner=owner, name="Template"))

    with_spare()
    spare = milliseconds(with_spare, times=TIMES)
    for unused in Spare.objects.all():
        schemas.drop_schema(unused.schema_name)
        unused.delete()
    without_spare()
    template = milliseconds(without_spare, times=TIMES)
    return {
        name: {"p50": percentile(taken, 50), "p95": percentile(taken, 95)}
        for name, taken in {"spare_ms": spare, "template_ms": template}.items()
    }
