"""The worker is killed while it applies rules to every row: all of them have it, or none, and it is done once."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from apps.categorization.models import RuleHit, RuleRun
from apps.ledger.models import Changeset, TransactionTag
from apps.tenancy.context import household_context
from tests.categorization.making import bucket, rule
from tests.journeys.imports import ImportRoad, bank_file, unique
from tests.journeys.product import Product, Visitor, eventually

pytestmark = pytest.mark.slow
MANY = 500


def stands(road: ImportRoad) -> tuple[str, int, int, int]:
    """The state of the run, the rows in a bucket, those of the log, and the deeds of rules."""
    with household_context(road.household):
        return (
            RuleRun.objects.get().state,
            TransactionTag.objects.count(),
            RuleHit.objects.count(),
            Changeset.objects.filter(kind="rules").count(),
        )


def test_a_run_of_rules_whose_worker_is_killed_is_done_once_by_the_next(
    in_product: Product, visitor: Callable[[], Visitor]
) -> None:
    road = ImportRoad(in_product, visitor(), unique("rules"))
    road.book(bank_file(MANY))
    with household_context(road.household):
        rule("Shops", ("description", "contains", "shop"), bucket=bucket("groceries"))
    with road.job_stopped_in("ledger_revision") as await_job:
        answer = road.visitor.post(f"{road.path}rules/apply/", allow_redirects=False)
        assert answer.status_code == 302, answer.text
        await_job()
        in_product.kill_worker()
        in_product.end_waiting_statements()
    assert stands(road) == ("ordered", 0, 0, 0)
    in_product.start_worker_again()
    with household_context(road.household):
        RuleRun.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=2))
    for _ in range(2):
        in_product.send("apps.categorization.tasks.sweep")
    eventually(lambda: stands(road)[0] == "done", what="the run is done")
    assert stands(road) == ("done", MANY, MANY, 1)
