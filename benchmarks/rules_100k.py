"""Fifty rules over 100,000 rows, as the job does it, against the bare statements that do as much to the same rows."""

import datetime
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from apps.categorization import rule_runs
from apps.categorization.conditions import cleaned
from apps.categorization.models import CategoryRule, RuleCondition, RuleRun
from apps.categorization.rules import keep
from apps.households.models import Household
from apps.ledger import journal
from apps.ledger.models import Tag, TransactionTag
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER
from benchmarks.database import checkpoint
from benchmarks.households import add_account, add_history, new_household
from benchmarks.measuring import BenchmarkFailed, Stopwatch, median, say
from benchmarks.statement import as_csv, entries

ROW_COUNT = 100_000
RULE_COUNT = 50
DAYS = 365 * 5
TIMES = 3
_WORDS = (
    *("starbucks", "trader joe", "ralphs", "costco", "target", "walmart", "pharmacy", "chevron", "shell", "arco"),
    *("exxon", "chipotle", "mcdonald", "subway", "panera", "peet", "vons", "safeway", "sprouts", "whole"),
    *("depot", "lowe", "best buy", "ikea", "petco", "ross", "nordstrom", "gap", "cinemas", "uber", "lyft", "amazon"),
)
_PATTERNS = (
    r"^tst\W",
    r"sq\W+cafe",
    r"\b7-eleven\b",
    r"(bakery|donuts|deli)",
    r"dental|optical",
    r"parking$",
    r"#\d+9\b",
)
_BARE = (
    "DELETE FROM ledger_transactiontag WHERE transaction_id = ANY(%(ids)s)",
    """INSERT INTO ledger_transactiontag (transaction_id, tag_id, source)
       SELECT id, tag, 'rule' FROM unnest(%(ids)s::bigint[], %(tags)s::bigint[]) AS given (id, tag)""",
)


def measure() -> dict[str, Any]:
    """Each run is undone, so that the next one does the same work."""
    household = _fill()
    runs, bare = [], []
    changed = 0
    for number in range(TIMES):
        checkpoint()
        seconds, run = _run(household)
        runs.append(seconds)
        changed = run.changed_count
        bucketed = _bucketed(household)
        with household_context(household):
            journal.undo(run.changeset_id or 0, actor_id=None)
        checkpoint()
        bare.append(_bare(household, bucketed))
        say(f"rules_100k {number + 1}/{TIMES}: {seconds:.2f} s for {changed} rows, bare {bare[-1]:.2f} s")
    figures = {"rows": ROW_COUNT, "rules": RULE_COUNT, "changed_rows": changed, "seconds": median(runs)}
    return figures | {"bare_seconds": median(bare), "ratio": round(median(runs) / median(bare), 2)}


def _fill() -> Household:
    household = new_household("Rules")
    first = timezone.localdate() - datetime.timedelta(days=DAYS - 1)
    account = add_account(household, "Checking")
    add_history(household, {account: as_csv(entries(first=first, days=DAYS, count=ROW_COUNT))})
    with household_context(household):
        for number, condition in enumerate(_conditions()):
            buckets = Tag.objects.filter(namespace=Tag.Namespace.BUCKET)
            rule = CategoryRule(name=f"Rule {number}", bucket=buckets[number % buckets.count()])
            keep(rule, [cleaned(condition)])
        if CategoryRule.objects.count() != RULE_COUNT:
            raise BenchmarkFailed(f"There are {CategoryRule.objects.count()} rules.")
    return household


def _conditions() -> list[RuleCondition]:
    """Words that most rows have one of, patterns, days, and amounts, which take what is left."""
    asked = [("description", "contains", word, "") for word in _WORDS]
    asked += [("description", "regex", pattern, "") for pattern in _PATTERNS]
    asked += [("date", "day", str(day), "") for day in range(1, 6)]
    asked += [("amount", "between", str(low), str(low + 40)) for low in range(0, 240, 40)]
    return [RuleCondition(field=a, operator=b, value=c, until=d) for a, b, c, d in asked]


def _run(household: Household) -> tuple[float, RuleRun]:
    with household_context(household):
        run = rule_runs.order(None, overwrites=False, actor_id=None)
    watch = Stopwatch()
    with watch.running():
        rule_runs.do(household, run.pk)
    with household_context(household):
        run.refresh_from_db()
    if run.state != RuleRun.State.DONE or run.changed_count < ROW_COUNT // 2:
        raise BenchmarkFailed(f"The run ended as {run.state} with {run.changed_count} rows: {run.error}")
    return watch.seconds, run


def _bucketed(household: Household) -> dict[str, list[int]]:
    """The rows that rules gave a bucket, and the bucket of each."""
    with household_context(household):
        given = TransactionTag.objects.filter(source=TransactionTag.Source.RULE)
        links = list(given.values_list("transaction", "tag"))
    return {"ids": [row for row, _ in links], "tags": [tag for _, tag in links]}


def _bare(household: Household, bucketed: dict[str, list[int]]) -> float:
    """The statements alone, rolled back."""
    watch = Stopwatch()
    with household_context(household), transaction.atomic(using=LEDGER), connections[LEDGER].cursor() as cursor:
        with watch.running():
            for statement in _BARE:
                cursor.execute(statement, bucketed)
        transaction.set_rollback(True, using=LEDGER)
    return watch.seconds
