"""The rounds of the sweep go to who ordered work, and do not pile up where workers are behind."""

import datetime

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from apps.categorization.tasks import sweep as rules_sweep
from apps.households.models import Household
from apps.households.sweeping import KEPT_SECONDS
from apps.imports.tasks import sweep as imports_sweep
from apps.ledger.tasks import sweep as ledger_sweep
from tests.planes import both_planes

pytestmark = both_planes


@pytest.mark.parametrize(
    ("sweep", "tasks"),
    [
        (imports_sweep, ["apps.imports.tasks.sweep_household"]),
        (rules_sweep, ["apps.categorization.tasks.sweep_household"]),
        (ledger_sweep, ["apps.ledger.tasks.settle", "apps.ledger.tasks.fit"]),
    ],
)
def test_a_round_goes_to_who_ordered_work_and_is_dropped_when_the_next_ones_came(
    household: Household, other_household: Household, sweep, tasks: list[str]
) -> None:
    now = timezone.now()
    Household.objects.filter(pk=household.pk).update(work_ordered_at=now)
    sent: list[tuple[str, int, datetime.datetime]] = []

    def note(body: tuple[object, dict[str, int], object], headers: dict[str, str], **_: object) -> None:
        sent.append(
            (headers["task"], body[1]["household_id"], datetime.datetime.fromisoformat(str(headers["expires"])))
        )

    before_task_publish.connect(note, weak=False)
    try:
        sweep()
    finally:
        before_task_publish.disconnect(note)
    assert [(task, household_id) for task, household_id, _ in sent] == [(task, household.pk) for task in tasks]
    for _, _, expires in sent:
        assert abs(expires - now - datetime.timedelta(seconds=KEPT_SECONDS)) < datetime.timedelta(seconds=10)
