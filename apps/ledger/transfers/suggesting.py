"""Finding rows that are two ends of one transfer, and rows that read like one end.

A pair is an exact opposite amount in two accounts of one currency, at most five days apart: weekends and bank holidays
lie between the day a bank sends and the day another books. What speaks for it beside that is scored in SQL; the pairs
are then taken best first, each row once.
"""

import datetime
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from apps.ledger.models import Transaction, TransactionTag
from apps.ledger.models.accounts import read_only_ids
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.transfers.pairs import Pair, sides
from apps.ledger.transfers.partners import unlinked
from apps.tenancy.statements import fetch

RECENT_DAYS = 400
NEAR_DAYS = 5
MOST_PAIRS = 2000
SURE = 60

# What banks write on transfers, card payments and the like: PostgreSQL's regular expressions for the folded text.
_PATTERNS = (
    r"payment.*thank",
    r"auto\s*pay",
    r"online\s*(pmt|payment)",
    r"transfer\s*(from|to)",
    r"xfer",
    r"ach.*payment",
    r"bill\s*pay",
    r"electronic\s*payment",
    r"payment\s*received",
    r"credit\s*card\s*payment",
    r"(bank|wire|internal|funds)\s*transfer",
    r"mobile\s*deposit",
    r"paypal\s*(transfer|instant|xfer)",
    r"paypal.*bank",
)
WORDS = "|".join(_PATTERNS)

# `recent` reads an index alone. Rows that bring money in are few: each is looked up on eleven days by amount and day
# together, so that a sum that stands in the ledger a thousand times is not compared with each of its equals.
_PAIRS = """
    WITH recent AS MATERIALIZED (
        SELECT id, account_id, date, amount FROM ledger_transaction
         WHERE date >= %(since)s AND amount <> 0 AND account_id <> ALL(%(closed)s::bigint[])
    ), wanted AS MATERIALIZED (
        SELECT id, account_id, -amount AS amount, date + apart AS date, apart
          FROM recent CROSS JOIN generate_series(-%(days)s::int, %(days)s::int) apart WHERE amount > 0
    ), near AS MATERIALIZED (
        SELECT o.id AS outgoing, o.date, w.id AS incoming, abs(w.apart) AS days
          FROM wanted w JOIN recent o USING (amount, date) WHERE o.account_id <> w.account_id
    ), open AS MATERIALIZED (
        SELECT n.*, o.is_transfer OR i.is_transfer AS is_marked,
               oa.kind IN ('checking', 'savings') AND ia.kind IN ('credit_card', 'loan') AS is_card_payment,
               o.search_text ~ %(words)s AS says_out, i.search_text ~ %(words)s AS says_in
          FROM near n
          JOIN ledger_transaction o ON o.id = n.outgoing JOIN ledger_account oa ON oa.id = o.account_id
          JOIN ledger_transaction i ON i.id = n.incoming JOIN ledger_account ia ON ia.id = i.account_id
         WHERE oa.currency = ia.currency AND o.status <> 'ignored' AND i.status <> 'ignored'
           AND NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.outgoing_id IN (n.outgoing, n.incoming))
           AND NOT EXISTS (SELECT FROM ledger_transfer t WHERE t.incoming_id IN (n.outgoing, n.incoming))
           AND NOT EXISTS (SELECT FROM ledger_transferrejection r
                            WHERE r.outgoing_id = n.outgoing AND r.incoming_id = n.incoming)
    )
    SELECT outgoing, incoming, date, days, is_marked, is_card_payment, says_out OR says_in AS says_transfer,
           40 - 6 * days + 20 * is_card_payment::int + 15 * is_marked::int + 25 * says_out::int + 25 * says_in::int
               AS score,
           count(*) OVER (PARTITION BY outgoing) + count(*) OVER (PARTITION BY incoming) = 2 AS has_no_rival
      FROM open ORDER BY score DESC, days, outgoing DESC, incoming DESC LIMIT %(most)s
"""


class Suggestion(NamedTuple):
    """Two rows that look like a transfer, by their ids, and what speaks for it. `date` is the sending row's."""

    outgoing: int
    incoming: int
    date: datetime.date
    days: int
    is_marked: bool
    is_card_payment: bool
    says_transfer: bool
    score: int
    has_no_rival: bool

    @property
    def is_sure(self) -> bool:
        return self.score >= SURE and self.has_no_rival

    @property
    def reasons(self) -> tuple[str, ...]:
        apart = "same day" if not self.days else f"{self.days} day{'s' if self.days > 1 else ''} apart"
        more = {
            "pays a card or a loan": self.is_card_payment,
            "reads like a transfer": self.says_transfer,
            "marked as a transfer": self.is_marked,
        }
        return (apart, *(reason for reason, holds in more.items() if holds))


def suggestions(since: datetime.date) -> list[Suggestion]:
    """What looks like a transfer among the rows from that day on, newest first; no row stands in two of them."""
    return sorted(_best_first(since), key=lambda found: (found.date, found.outgoing), reverse=True)


def suggested_pairs(found: Iterable[Suggestion]) -> list[Pair]:
    """The suggestions with their rows: one query."""
    chosen = list(found)
    rows = sides(chain.from_iterable((one.outgoing, one.incoming) for one in chosen))
    return [Pair(rows[one.outgoing], rows[one.incoming], reasons=one.reasons, is_sure=one.is_sure) for one in chosen]


def _best_first(since: datetime.date) -> list[Suggestion]:
    parameters: dict[str, datetime.date | int | str | list[int]] = {
        "since": since,
        "days": NEAR_DAYS,
        "words": WORDS,
        "most": MOST_PAIRS,
        "closed": list(read_only_ids()),  # of two that one may not change, nobody can make one transfer
    }
    taken: set[int] = set()
    chosen = []
    for found in map(Suggestion._make, fetch(_PAIRS, **parameters)):
        if taken.isdisjoint((found.outgoing, found.incoming)):
            taken.update((found.outgoing, found.incoming))
            chosen.append(found)
    return chosen


def lone_rows(since: datetime.date) -> TransactionQuerySet:
    """Rows from that day on that read like a transfer and have no row that fits, newest first.

    Left out are those in a bucket that a person or a rule chose: who does that says what the money was for.
    """
    paired = chain.from_iterable((found.outgoing, found.incoming) for found in suggestions(since))
    chosen = TransactionTag.objects.filter(
        transaction_id=OuterRef("pk"), source__in=[TransactionTag.Source.PERSON, TransactionTag.Source.RULE]
    )
    rows = (
        Transaction.objects.writable()
        .filter(date__gte=since, is_transfer=False)
        .exclude(status=Transaction.Status.IGNORED)
    )
    reading = rows.exclude(pk__one_of=paired).exclude(Exists(chosen)).filter(search_text__regex=WORDS)
    return unlinked(reading).select_related("account").newest_first()
