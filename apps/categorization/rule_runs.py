"""Rules applied to the rows that are there: ordered by a person, done once by a job, and kept in a log.

The row of the run is the order. All the work is one transaction, at whose end the run is done: a worker that is killed
leaves the run as it was ordered, and the next one does it. Only the progress is told beside it, in the cache.
"""

import datetime
from collections.abc import Iterable, Sequence

from django.core.cache import cache
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from apps.categorization import rules
from apps.categorization.applying import NewRows, Outcome, apply_rules
from apps.categorization.errors import NothingToRun, RunGoingOn
from apps.categorization.models import CategoryRule, RuleRun
from apps.core.errors import ExpectedError
from apps.households.rights import check_may_write
from apps.ledger import journal
from apps.ledger.models import Changeset, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy import statements
from apps.tenancy.context import HouseholdLike, household_context
from apps.tenancy.keys import household_key
from apps.tenancy.planes import LEDGER

State = RuleRun.State
BEGINS_BY = datetime.timedelta(seconds=60)
"""By then the job that was sent has begun, or its message was lost and it is sent again."""
GIVEN_UP_AFTER = datetime.timedelta(hours=1)
FAILED = "Something went wrong on our side, and nothing was changed. Please try again; we have been told of it."

_LOG = """
    INSERT INTO categorization_rulehit (run_id, transaction_id, rule_id, rule_name)
    SELECT %(run)s, unnest(%(ids)s::bigint[]), %(rule)s, %(name)s
"""


def order(rule: CategoryRule | None, *, overwrites: bool, actor_id: int | None) -> RuleRun:
    """Notes that the rule, or all that are on, are to be applied to all rows. Raises NothingToRun or RunGoingOn."""
    asked_for(rule)
    try:
        with transaction.atomic(using=LEDGER):
            return RuleRun.objects.create(
                rule=rule, overwrites=overwrites, actor_id=actor_id, row_count=Transaction.objects.writable().count()
            )
    except IntegrityError:
        raise RunGoingOn("Rules are being applied already. Wait until that is done, and then click again.") from None


def asked_for(rule: CategoryRule | None) -> list[CategoryRule]:
    """The rules that a run of it asks, in their order. Raises NothingToRun."""
    if rule is not None and not rule.is_enabled:
        raise NothingToRun(f"“{rule.name}” is switched off. Switch it on first; then it can be applied.")
    asked = rules.with_all().filter(is_enabled=True)
    found = list(asked if rule is None else asked.filter(pk=rule.pk))
    if not found:
        raise NothingToRun("No rule is switched on. Write one, or switch one on; then it can be applied.")
    return found


def do(household: HouseholdLike, run_id: int) -> None:
    """Does an ordered run, on the rows that the person who ordered it may change. Delivered twice, or again after a
    worker died, it is done once."""
    try:
        with household_context(household, person_id=_ordered_by(household, run_id)):
            run = _locked(run_id)
            if run is not None:
                _apply(household, run)
    except ExpectedError as refused:
        _fail(household, run_id, str(refused))
    except OperationalError:
        # The database was away or busy: the sweep sends it again.
        raise
    except Exception:
        _fail(household, run_id, FAILED)
        raise


def _ordered_by(household: HouseholdLike, run_id: int) -> int | None:
    with household_context(household):
        return RuleRun.objects.values_list("actor_id", flat=True).filter(pk=run_id).first()


def _locked(run_id: int) -> RuleRun | None:
    """The run, held until the end of the transaction; None if it is done or another job holds it."""
    ordered = RuleRun.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=run_id, state=State.ORDERED)
    return ordered.select_related("rule").first()


def _apply(household: HouseholdLike, run: RuleRun) -> None:
    if run.created_at < timezone.now() - GIVEN_UP_AFTER:
        raise NothingToRun("It was not done within an hour, and nothing was changed. Please try again.")
    check_may_write(household, run.actor_id)
    asked = asked_for(run.rule)
    note = asked[0].known_as if run.rule else "All rules"
    with journal.deed(Changeset.Kind.RULES, actor_id=run.actor_id, note=note) as deed:
        outcome = apply_rules(
            asked,
            Transaction.objects.writable(),
            deed=deed,
            overwrites=run.overwrites,
            told=lambda done: cache.set(_key(household, run), (done, len(asked)), 600),
        )
    run.changeset = deed.changeset
    run.row_count = Transaction.objects.writable().count()
    _finish(run, asked, outcome)


def apply_to_import(changeset: Changeset, rows: TransactionQuerySet) -> None:
    """Asks the rules that are on about rows that an import has just brought; it is undone with the import."""
    asked = list(rules.with_all().filter(is_enabled=True))
    if not asked:
        return
    outcome = apply_rules(asked, rows, deed=NewRows(changeset))
    if outcome.hits or outcome.refused:
        run = RuleRun(changeset=changeset, actor_id=changeset.actor_id, row_count=rows.count())
        _finish(run, asked, outcome)


def _finish(run: RuleRun, asked: Sequence[CategoryRule], outcome: Outcome) -> None:
    run.state, run.finished_at = State.DONE, timezone.now()
    run.changed_count = len(outcome.changed)
    locked = [_kept(len(outcome.locked))] if outcome.locked else []
    run.error = " ".join([*outcome.refused, *locked])[:500]
    run.save()
    _log(run, asked, outcome)


def _kept(count: int) -> str:
    rows = "1 row is" if count == 1 else f"{count} rows are"
    return f"{rows} locked by a reconciled statement and kept the status; everything else was done."


def _log(run: RuleRun, asked: Iterable[CategoryRule], outcome: Outcome) -> None:
    for rule in asked:
        if ids := outcome.hits.get(rule.pk):
            statements.run(_LOG, run=run.pk, ids=sorted(ids), rule=rule.pk, name=rule.name)
            used = CategoryRule.objects.filter(pk=rule.pk)
            used.update(use_count=F("use_count") + len(ids), last_used_at=run.finished_at)


def _fail(household: HouseholdLike, run_id: int, sentence: str) -> None:
    with household_context(household):
        ordered = RuleRun.objects.filter(pk=run_id, state=State.ORDERED)
        ordered.update(state=State.FAILED, error=sentence[:500], finished_at=timezone.now())


def progress(household: HouseholdLike, run: RuleRun) -> tuple[int, int] | None:
    """How many rules were asked so far, and of how many; None before the first."""
    found: tuple[int, int] | None = cache.get(_key(household, run))
    return found


def take_due(household: HouseholdLike) -> list[RuleRun]:
    """Ordered runs that no job has begun in time, each once a minute; call it inside the household."""
    due = RuleRun.objects.filter(state=State.ORDERED, created_at__lt=timezone.now() - BEGINS_BY)
    waiting = due.select_for_update(skip_locked=True, of=("self",))
    return [run for run in waiting if cache.add(f"{_key(household, run)}:sent", True, BEGINS_BY.seconds)]


def _key(household: HouseholdLike, run: RuleRun) -> str:
    return household_key(household, "rule-run", run.pk)
