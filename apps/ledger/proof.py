"""Whether the rows of an account lead from each balance that the bank stated to the next.

What an account held at the end of a day, less the sum of its rows up to that day, is its opening balance: the same
for every stated balance, as long as no row is missing or too many. Where that difference changes, the ledger breaks.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from apps.tenancy.statements import fetch

# A balance counts if no later import brought rows of its day: else it was written before the day was over. Of two that
# are left for one day either will do.
_PROOF = """
    WITH account AS (
        SELECT DISTINCT account_id AS id FROM ledger_statedbalance WHERE %(account)s::bigint IN (0, account_id)
    ), day AS (
        SELECT account_id, date, sum(amount) AS amount
          FROM (SELECT t.account_id, t.date, t.amount FROM ledger_transaction t JOIN account a ON a.id = t.account_id
                 UNION ALL
                SELECT s.account_id, s.date, 0 FROM ledger_statedbalance s JOIN account a ON a.id = s.account_id) every
         GROUP BY account_id, date
    ), held AS (
        SELECT account_id, date, sum(amount) OVER (PARTITION BY account_id ORDER BY date) AS amount FROM day
    ), opening AS (
        SELECT account_id, date, array_agg(DISTINCT s.amount - h.amount) AS amounts, max(s.amount) AS stated,
               max(h.amount) AS held
          FROM ledger_statedbalance s JOIN held h USING (account_id, date)
         WHERE NOT EXISTS (SELECT FROM ledger_transaction t
                            WHERE t.account_id = s.account_id AND t.date = s.date AND t.changeset_id > s.changeset_id)
         GROUP BY account_id, date
    ), first AS (
        SELECT DISTINCT ON (account_id) account_id, date, amounts FROM opening ORDER BY account_id, date
    ), candidate AS (
        SELECT f.account_id, f.date AS since, amount,
               (SELECT min(o.date) FROM opening o
                 WHERE o.account_id = f.account_id AND NOT amount = ANY(o.amounts)) AS broken_on
          FROM first f, unnest(f.amounts) AS amount
    ), best AS (
        SELECT DISTINCT ON (account_id) * FROM candidate ORDER BY account_id, broken_on DESC NULLS FIRST, amount
    )
    SELECT b.account_id, b.amount, b.since,
           (SELECT max(o.date) FROM opening o
             WHERE o.account_id = b.account_id AND (b.broken_on IS NULL OR o.date < b.broken_on)),
           b.broken_on, broken.stated, broken.held + b.amount
      FROM best b
      LEFT JOIN opening broken ON broken.account_id = b.account_id AND broken.date = b.broken_on
"""


@dataclass(frozen=True)
class Proof:
    """What the bank's own balances say of an account, in its currency.

    From `since` to `until` every stated balance agrees with the rows. On `broken_on` the bank states `stated` where
    the rows make `expected`; None if it breaks nowhere. `opening` is the balance before the first row.
    """

    opening: Decimal
    since: datetime.date
    until: datetime.date
    broken_on: datetime.date | None
    stated: Decimal | None
    expected: Decimal | None

    @property
    def missing(self) -> Decimal:
        """What the rows between `until` and `broken_on` lack: negative if money out is missing."""
        if self.stated is None or self.expected is None:
            return Decimal(0)
        return self.stated - self.expected


def proofs() -> dict[int, Proof]:
    """The proof of every account of the open household for which a balance was stated, by the account's id."""
    return _read(0)


def proof_of(account_id: int) -> Proof | None:
    return _read(account_id).get(account_id)


def _read(account_id: int) -> dict[int, Proof]:
    return {account: Proof(*rest) for account, *rest in fetch(_PROOF, account=account_id)}
