"""What the rows of each tag add up to in a span of days: one statement for all tags, however many rows."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from apps.tenancy.statements import fetch

# A part of a split counts in its own bucket; an occasion of a split row counts the whole row. Transfers are rows, and
# neither money in nor money out.
_QUERY = """
    SELECT tt.tag_id, a.currency, count(*),
           coalesce(sum(coalesce(tt.amount, t.amount)) FILTER (WHERE t.amount > 0 AND NOT t.is_transfer), 0),
           coalesce(sum(coalesce(tt.amount, t.amount)) FILTER (WHERE t.amount < 0 AND NOT t.is_transfer), 0)
      FROM ledger_transactiontag tt
      JOIN ledger_transaction t ON t.id = tt.transaction_id
      JOIN ledger_account a ON a.id = t.account_id
     WHERE (%(start)s::date IS NULL OR t.date >= %(start)s) AND (%(end)s::date IS NULL OR t.date <= %(end)s)
     GROUP BY tt.tag_id, a.currency
     ORDER BY tt.tag_id, a.currency
"""


@dataclass(frozen=True)
class Sums:
    """Money in (positive) and out (negative) of a currency, transfers left out."""

    currency: str
    money_in: Decimal = Decimal(0)
    money_out: Decimal = Decimal(0)


@dataclass(frozen=True)
class TagStatistics:
    """Of one tag: how many rows it has, transfers among them, what they make in the household's currency, and apart
    from that what they make in others.
    """

    own: Sums
    row_count: int = 0
    others: list[Sums] = field(default_factory=list)


def tag_statistics(
    start: datetime.date | None, end: datetime.date | None, *, currency: str
) -> dict[int, TagStatistics]:
    """By the id of the tag, for the days from `start` to `end`, both included; None leaves that side open.

    Tags without rows in these days are left out.
    """
    counts: dict[int, int] = defaultdict(int)
    sums: dict[int, dict[str, Sums]] = defaultdict(dict)
    for tag_id, code, row_count, money_in, money_out in fetch(_QUERY, start=start, end=end):
        counts[tag_id] += row_count
        sums[tag_id][code] = Sums(code, money_in, money_out)
    return {
        tag_id: TagStatistics(by_code.pop(currency, Sums(currency)), counts[tag_id], list(by_code.values()))
        for tag_id, by_code in sums.items()
    }
