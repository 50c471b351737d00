"""What a filter is called on the page: a chip for each thing it asks for, with the filter that is left without it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apps.core.money import exact_digits
from apps.core.periods import Calendar, Month
from apps.ledger.filters import FLOWS, NO_BUCKET, PERIODS, REVIEWS, SPLITS, TRANSFERS, Filter
from apps.ledger.models import Account, Tag, Transaction
from apps.ledger.searching import UnreadableSearch


@dataclass(frozen=True)
class Chip:
    """`remove_query` is what is left of the address when the chip is taken away."""

    label: str
    remove_query: str


def chips(shown: Filter, *, calendar: Calendar, accounts: Sequence[Account], tags: Sequence[Tag]) -> list[Chip]:
    """Everything that filters, in the order of the form. `accounts` and `tags` are all that there are."""
    named_accounts = {account.pk: account.name for account in accounts}
    named_tags = {f"{tag.namespace}:{tag.value}": tag.name for tag in tags}
    return [
        Chip(label, left.query())
        for label, left in (
            *_of_search(shown, calendar),
            *_of_tags(shown, named_tags),
            *_of_accounts(shown, named_accounts),
            *_of_facts(shown, calendar),
        )
    ]


def period_label(period: str) -> str:
    month = Month.parse(period)
    return f"{month:%B %Y}" if month else PERIODS.get(period, "")


def _with_days(shown: Filter, calendar: Calendar) -> str:
    """The period, and the days of a month that are not the calendar's: `This month, 25 October to 24 November`."""
    label, month = period_label(shown.period), shown.month(calendar)
    return label if month is None or month.start_day == 1 else f"{label}, {month.days}"


def _of_search(shown: Filter, calendar: Calendar) -> Iterator[tuple[str, Filter]]:
    """A chip for each part; one for all of it if it cannot be read."""
    if not shown.q:
        return
    try:
        search = shown.search(calendar=calendar)
    except UnreadableSearch:
        yield f"“{shown.q}”", shown.without("q")
        return
    for term in search.terms:
        yield term.label, replace(shown, q=str(search.without(term)))


def _of_tags(shown: Filter, names: dict[str, str]) -> Iterator[tuple[str, Filter]]:
    for value in shown.bucket:
        known = names.get(f"{Tag.Namespace.BUCKET}:{value}", "Unknown bucket")
        yield "No bucket" if value == NO_BUCKET else known, shown.without("bucket", value)
    for tag in shown.tag:
        yield names.get(tag, "Unknown tag"), shown.without("tag", tag)
    for tag in shown.tag_not:
        yield f"not {names.get(tag, 'Unknown tag')}", shown.without("tag_not", tag)


def _of_accounts(shown: Filter, names: dict[int, str]) -> Iterator[tuple[str, Filter]]:
    for pk in shown.account:
        yield names.get(pk, "Unknown account"), shown.without("account", pk)
    for pk in shown.account_not:
        yield f"not {names.get(pk, 'Unknown account')}", shown.without("account_not", pk)


def _of_facts(shown: Filter, calendar: Calendar) -> Iterator[tuple[str, Filter]]:
    status = Transaction.Status(shown.status).label if shown.status else ""
    labels = {
        "period": _with_days(shown, calendar),
        "start": f"from {shown.start:%-d %b %Y}" if shown.start else "",
        "end": f"to {shown.end:%-d %b %Y}" if shown.end else "",
        "amount_min": "" if shown.amount_min is None else f"at least {exact_digits(shown.amount_min, '')}",
        "amount_max": "" if shown.amount_max is None else f"at most {exact_digits(shown.amount_max, '')}",
        "flow": FLOWS.get(shown.flow, ""),
        "status": str(status),
        "transfers": TRANSFERS.get(shown.transfers, ""),
        "split": SPLITS.get(shown.split, ""),
        "review": REVIEWS.get(shown.review, ""),
    }
    for name, label in labels.items():
        if label:
            yield label, shown.without(name)
