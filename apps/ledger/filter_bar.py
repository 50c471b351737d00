"""What stands above the transactions: the form of the filter, its chips, quick filters and saved ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.core.periods import Calendar
from apps.ledger.filter_labels import Chip, chips, period_label
from apps.ledger.filters import FLOWS, NO_BUCKET, PERIODS, REVIEWS, SPLITS, TRANSFERS, Filter
from apps.ledger.models import Account, SavedFilter, Tag, Transaction
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.quick_filters import Quick, quick_filters
from apps.ledger.searching import UnreadableSearch


@dataclass(frozen=True)
class Pick:
    """One line of a list in which things can be wanted and unwanted: the two ticks, and whether they are set."""

    label: str
    name: str
    value: str
    is_wanted: bool
    name_not: str = ""
    value_not: str = ""
    is_unwanted: bool = False
    colour: int = 0
    note: str = ""


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class FilterBar:
    shown: Filter
    problem: str
    """Why the search box filters nothing; empty if it does."""
    chips: list[Chip]
    quick: list[Quick]
    saved: list[SavedFilter]
    buckets: list[Pick]
    accounts: list[Pick]
    tags: list[Pick]
    periods: list[Choice]
    selects: list[tuple[str, str, str, list[Choice]]]
    """The rest of the form: name, label, what the empty choice is called, choices."""

    @property
    def pinned(self) -> list[SavedFilter]:
        return [saved for saved in self.saved if saved.is_pinned]

    @property
    def query(self) -> str:
        """The filter as the query of an address, without its question mark."""
        return self.shown.query().lstrip("?")

    @property
    def saved_query(self) -> str:
        """What would be saved; empty if nothing filters, it cannot be read, or it is saved already."""
        query = "" if self.problem else self.query
        return "" if any(saved.query == query for saved in self.saved) else query

    @property
    def more_count(self) -> int:
        """How many fields filter that stand behind "More"."""
        hidden = {"tag", "tag_not", "start", "end", "amount_min", "amount_max", *(name for name, *_ in self.selects)}
        return len(hidden.intersection(self.shown.fields_filled()))


def filtered(shown: Filter, rows: TransactionQuerySet, *, calendar: Calendar) -> tuple[TransactionQuerySet, str]:
    """The rows for a page that shows them; if the search cannot be read, as if there were none, and why."""
    try:
        return shown.apply(rows, calendar=calendar), ""
    except UnreadableSearch as error:
        return shown.without("q").apply(rows, calendar=calendar), str(error)


def filter_bar(
    shown: Filter,
    *,
    currency: str,
    calendar: Calendar,
    problem: str,
    accounts: Sequence[Account],
    tags: Sequence[Tag],
) -> FilterBar:
    """One query, and one for what is large, once an hour."""
    buckets = [tag for tag in tags if tag.namespace == Tag.Namespace.BUCKET]
    return FilterBar(
        shown=shown,
        problem=problem,
        chips=chips(shown, calendar=calendar, accounts=accounts, tags=tags),
        quick=quick_filters(shown, calendar=calendar, currency=currency),
        saved=list(SavedFilter.objects.all()),
        buckets=[_no_bucket(shown), *(_bucket(shown, tag) for tag in buckets)],
        accounts=[_account(shown, account) for account in accounts],
        tags=[_tag(shown, tag) for tag in tags if tag.namespace != Tag.Namespace.BUCKET],
        periods=_periods(shown),
        selects=_selects(shown),
    )


def _no_bucket(shown: Filter) -> Pick:
    return Pick("No bucket", "bucket", NO_BUCKET, NO_BUCKET in shown.bucket)


def _bucket(shown: Filter, tag: Tag) -> Pick:
    word = f"{tag.namespace}:{tag.value}"
    is_wanted = tag.value in shown.bucket
    return Pick(tag.name, "bucket", tag.value, is_wanted, "tag_not", word, word in shown.tag_not, tag.colour)


def _tag(shown: Filter, tag: Tag) -> Pick:
    word = f"{tag.namespace}:{tag.value}"
    note = "" if tag.namespace == Tag.Namespace.OCCASION else tag.namespace
    return Pick(tag.name, "tag", word, word in shown.tag, "tag_not", word, word in shown.tag_not, tag.colour, note)


def _account(shown: Filter, account: Account) -> Pick:
    pk, note = account.pk, "archived" if account.archived_at else ""
    return Pick(
        account.name,
        *("account", str(pk), pk in shown.account),
        *("account_not", str(pk), pk in shown.account_not),
        note=note,
    )


def _periods(shown: Filter) -> list[Choice]:
    """With the month that a link from a report brought along."""
    known = PERIODS if not shown.period else {**PERIODS, shown.period: period_label(shown.period)}
    return _choices(known.items(), shown.period)


def _selects(shown: Filter) -> list[tuple[str, str, str, list[Choice]]]:
    listed: Sequence[tuple[str, str, str, Iterable[tuple[str, str]]]] = (
        ("flow", "In or out", "Both", FLOWS.items()),
        ("transfers", "Transfers", "Shown", TRANSFERS.items()),
        ("status", "Status", "Any", [(str(value), str(label)) for value, label in Transaction.Status.choices]),
        ("split", "Split", "Either", SPLITS.items()),
        ("review", "Review", "All rows", REVIEWS.items()),
    )
    return [(name, label, empty, _choices(known, getattr(shown, name))) for name, label, empty, known in listed]


def _choices(known: Iterable[tuple[str, str]], chosen: str) -> list[Choice]:
    return [Choice(value, label, value == chosen) for value, label in known]
