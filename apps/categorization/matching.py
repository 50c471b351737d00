"""Which rows meet a rule's conditions: one query a rule, in which also the answers of RE2 take part as a list."""

from collections.abc import Collection, Sequence
from functools import reduce
from operator import and_, or_

from django.db.models import Q
from django.db.models.lookups import Contains, Exact, StartsWith

from apps.categorization.conditions import TEXT_FIELDS, Field, Operator, amount_of, date_of, day_of
from apps.categorization.models import RuleCondition
from apps.core.patterns import found_in
from apps.core.text import folded
from apps.ledger.models import Transaction
from apps.ledger.models.transactions import TransactionQuerySet, folded_text

# Shorter words have no trigram, and the index could not help.
_INDEXED = 3


class Texts:
    """The different texts that rows have in a field: read once, until the field is changed."""

    def __init__(self, rows: TransactionQuerySet) -> None:
        self._rows = rows
        self._read: dict[str, list[tuple[str, bytes]]] = {}

    def in_which(self, field: str, pattern: str) -> list[str]:
        """Those in which RE2 finds the pattern."""
        if field not in self._read:
            texts = self._rows.order_by().values_list(field, flat=True).distinct()
            self._read[field] = [(text, folded(text).encode()) for text in texts.iterator(chunk_size=10_000)]
        return found_in(pattern, self._read[field])

    def changed(self, field: str) -> None:
        self._read.pop(field, None)


def with_ids(ids: Collection[int]) -> TransactionQuerySet:
    return Transaction.objects.filter(pk__one_of=ids)


def meeting(conditions: Sequence[RuleCondition], *, matches_all: bool, texts: Texts) -> Q:
    """The rows that meet all of the conditions, or one of them; without a condition none."""
    asked = [as_query(condition, texts) for condition in conditions]
    return reduce(and_ if matches_all else or_, asked) if asked else Q(pk__in=[])


def as_query(condition: RuleCondition, texts: Texts) -> Q:
    """Raises UnreadableCondition for what `conditions.cleaned` would have refused."""
    field, operator = Field(condition.field), Operator(condition.operator)
    if field == Field.ACCOUNT:
        return Q(account_id=condition.account_id)
    if field in TEXT_FIELDS:
        return _text(field, operator, condition.value, texts)
    if field == Field.AMOUNT:
        return _amount(operator, condition)
    return _date(operator, condition)


def _text(field: Field, operator: Operator, value: str, texts: Texts) -> Q:
    if operator == Operator.REGEX:
        return Q(**{f"{field}__one_of": texts.in_which(field, value)})
    sought, held = folded(value), folded_text(field.value)
    match operator:
        case Operator.LACKS:
            return ~Q(Contains(held, sought))
        case Operator.IS:
            asked = Q(Exact(held, sought))
        case Operator.STARTS:
            asked = Q(StartsWith(held, sought))
        case _:
            asked = Q(Contains(held, sought))
    # What is found in one of the three texts is found in the indexed one that holds all three.
    return Q(search_text__contains=sought) & asked if len(sought) >= _INDEXED else asked


def _amount(operator: Operator, condition: RuleCondition) -> Q:
    if operator == Operator.IN:
        return Q(amount__gt=0)
    if operator == Operator.OUT:
        return Q(amount__lt=0)
    value = amount_of(condition.value)
    match operator:
        case Operator.MORE:
            return Q(amount__gt=value) | Q(amount__lt=-value)
        case Operator.LESS:
            return Q(amount__gt=-value, amount__lt=value)
        case Operator.BETWEEN:
            most = amount_of(condition.until)
            return Q(amount__range=(value, most)) | Q(amount__range=(-most, -value))
    return Q(amount__in=[value, -value])


def _date(operator: Operator, condition: RuleCondition) -> Q:
    match operator:
        case Operator.DAY:
            return Q(date__day=day_of(condition.value))
        case Operator.SINCE:
            return Q(date__gte=date_of(condition.value))
        case Operator.UNTIL:
            return Q(date__lte=date_of(condition.value))
    return Q(date__range=(date_of(condition.value), date_of(condition.until)))
