"""Applying rules to rows, whether all, some, or those that an import brings: a few statements a rule.

The rules are asked in their order, each of the rows as the ones before left them. The first that gives a row a bucket
or splits it decides that, and the first that gives it a merchant; everything else adds up.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Concat, JSONObject, Replace
from django.db.models.lookups import Contains

from apps.categorization.matching import Texts, meeting, with_ids
from apps.categorization.models import CategoryRule
from apps.core.errors import ExpectedError
from apps.ledger import bucketing, journal, splitting
from apps.ledger.models import SplitTemplate, Tag, Transaction, TransactionTag
from apps.ledger.models.transactions import TransactionQuerySet
from apps.tenancy.planes import LEDGER

PERSON, RULE = TransactionTag.Source.PERSON, TransactionTag.Source.RULE
LINE = "\n"


class NewRows(journal.Deed):
    """What is done to rows that an import has just brought: it is undone by taking them out, and needs no images."""

    def touch(self, rows: Any, *fields: str, even_locked: bool = False) -> list[int]:  # noqa: ARG002
        return list(rows.order_by("pk").values_list("pk", flat=True))


@dataclass
class Outcome:
    """The rows that each rule changed, by the rule's id, and those whose status a reconciliation kept.

    `refused`: a sentence about each rule that could not be applied at all; the others were.
    """

    hits: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    locked: set[int] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    @property
    def changed(self) -> set[int]:
        return set().union(*self.hits.values())


def settled() -> Q:
    """Rows whose bucket a rule leaves as it is: a person chose it, or the bank's file split the row."""
    links = TransactionTag.objects.filter(transaction_id=OuterRef("pk"), tag__namespace=Tag.Namespace.BUCKET)
    is_split = links.filter(amount__isnull=False).exclude(source=RULE)
    return Q(Exists(links.filter(source=PERSON))) | Q(Exists(is_split))


def apply_rules(
    rules: Iterable[CategoryRule],
    rows: TransactionQuerySet,
    *,
    deed: journal.Deed,
    overwrites: bool = False,
    told: Callable[[int], None] = lambda _done: None,
) -> Outcome:
    """`overwrites` gives also those rows a bucket that are settled. `told` hears how many rules are done."""
    application = _Application(rows, deed, overwrites=overwrites)
    for done, rule in enumerate(rules, start=1):
        application.apply(rule)
        told(done)
    return application.outcome


class _Application:
    """One run through the rules, with what it must know of the rules that were asked already."""

    def __init__(self, rows: TransactionQuerySet, deed: journal.Deed, *, overwrites: bool) -> None:
        self.outcome = Outcome()
        self._rows = rows
        self._deed = deed
        self._closed = Q(pk__in=[]) if overwrites else settled()
        self._texts = Texts(rows)
        self._decided: set[int] = set()
        self._named: set[int] = set()

    def apply(self, rule: CategoryRule) -> None:
        """All that the rule does, or, if something of it cannot be done, nothing."""
        try:
            with transaction.atomic(using=LEDGER):
                self._apply(rule)
        except ExpectedError as problem:
            self.outcome.hits.pop(rule.pk, None)
            self.outcome.refused.append(f"{rule.known_as} was passed over. {problem}")

    def _apply(self, rule: CategoryRule) -> None:
        conditions = list(rule.conditions.all())
        asked = self._rows.filter(meeting(conditions, matches_all=rule.matches_all, texts=self._texts))
        closed = Case(When(self._closed, then=True), default=False, output_field=BooleanField())
        found = list(asked.annotate(is_closed=closed).values_list("pk", "is_closed"))
        matched = {row_id for row_id, _ in found}
        if not matched:
            return
        if rule.bucket or rule.split_template:
            self._decide(rule, {row_id for row_id, is_closed in found if not is_closed} - self._decided)
        if rule.merchant:
            self._name(rule, matched)
        self._add_up(rule, matched)

    def _decide(self, rule: CategoryRule, ids: set[int]) -> None:
        """Gives the bucket or the split to rows that are open; those that do not fit the split stay open."""
        if rule.split_template:
            fitting = splitting.fitting(with_ids(ids), splitting.parts_of(rule.split_template))
            ids = set(fitting.values_list("pk", flat=True))
            changed = self._split(rule.split_template, ids)
        else:
            assert rule.bucket is not None
            changed = bucketing.set_bucket(with_ids(ids), rule.bucket, deed=self._deed, source=RULE)
        self._decided |= ids
        self._hit(rule, changed)

    def _split(self, template: SplitTemplate, ids: set[int]) -> list[int]:
        """The ids of the rows that were not split so before."""
        before = _shares(ids)
        done = splitting.apply_template(with_ids(ids), template, deed=self._deed, source=RULE)
        after = _shares(ids)
        return [row_id for row_id in done if before[row_id] != after[row_id]]

    def _name(self, rule: CategoryRule, matched: set[int]) -> None:
        rows = with_ids(matched - self._named).exclude(merchant=rule.merchant)
        self._named |= matched
        self._change(rule, rows, "merchant", Value(rule.merchant))
        self._texts.changed("merchant")

    def _add_up(self, rule: CategoryRule, matched: set[int]) -> None:
        rows = with_ids(matched)
        if rule.occasion:
            self._hit(rule, bucketing.add_tag(rows, rule.occasion, deed=self._deed))
        if rule.note:
            self._change(rule, rows.exclude(noted(rule.note)).filter(notes=""), "notes", Value(rule.note))
            longer = Concat(F("notes"), Value(LINE + rule.note), output_field=TextField())
            self._change(rule, rows.exclude(noted(rule.note)), "notes", longer)
            self._texts.changed("notes")
        if rule.marks_transfer:
            self._change(rule, rows.filter(is_transfer=False), "is_transfer", Value(True))
        if rule.ignores:
            self._ignore(rule, rows.exclude(status=Transaction.Status.IGNORED))

    def _ignore(self, rule: CategoryRule, rows: TransactionQuerySet) -> None:
        self.outcome.locked.update(rows.filter(reconciliation__isnull=False).values_list("pk", flat=True))
        unlocked = rows.filter(reconciliation__isnull=True)
        self._hit(rule, bucketing.set_status(unlocked, Transaction.Status.IGNORED, deed=self._deed))

    def _change(self, rule: CategoryRule, rows: TransactionQuerySet, name: str, value: Any) -> None:
        ids = self._deed.touch(rows, name)
        if ids:
            with_ids(ids).update(**{name: value})
        self._hit(rule, ids)

    def _hit(self, rule: CategoryRule, ids: Collection[int]) -> None:
        if ids:
            self.outcome.hits[rule.pk].update(ids)


def _shares(ids: Collection[int]) -> dict[int, list[Any]]:
    """What a split decides of each of the rows, to be compared."""
    parts = ArrayAgg(
        JSONObject(tag="transaction_tags__tag", amount="transaction_tags__amount", source="transaction_tags__source"),
        filter=Q(transaction_tags__tag__namespace=Tag.Namespace.BUCKET),
        order_by="transaction_tags__tag",
    )
    return dict(with_ids(ids).annotate(parts=parts).values_list("pk", "parts"))


def noted(note: str) -> Q:
    """Rows that have the note as one of the lines of their notes."""
    plain = Replace(F("notes"), Value("\r"), output_field=TextField())
    lines = Concat(Value(LINE), plain, Value(LINE), output_field=TextField())
    return Q(Contains(lines, f"{LINE}{note}{LINE}"))
