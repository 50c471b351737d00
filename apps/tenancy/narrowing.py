"""Whose eyes a household is opened with: which accounts are hidden from a person, and which may only be read.

A person from whom nothing is kept takes the household's full role and pays nothing. Everybody else takes the narrow
one, and the policies of `tenancy.policies` read the two lists from the transaction's settings.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

HIDDEN, CLOSED, PERSON = "wallet.hidden", "wallet.closed", "wallet.person"

# Asked with the household's full role. An account that was private and is gone stays hidden in the journal. One that
# the plan has no room for is frozen: nobody changes it, its owner neither.
SETS = """
    WITH kept AS (
        SELECT id, visibility = 'private' AND owner_id IS DISTINCT FROM {person} AS is_hidden, is_frozen
          FROM ledger_account
         WHERE is_frozen OR visibility <> 'shared' AND owner_id IS DISTINCT FROM {person}
         UNION ALL
        SELECT c.row_id, true, false FROM ledger_change c
         WHERE c."table" = 'ledger.account' AND c.after IS NULL AND c.before ->> 'visibility' = 'private'
           AND (c.before ->> 'owner_id')::bigint IS DISTINCT FROM {person}
           AND NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = c.row_id)
    )
    SELECT coalesce(array_agg(DISTINCT id) FILTER (WHERE is_hidden), '{{}}'),
           coalesce(array_agg(DISTINCT id) FILTER (WHERE NOT is_hidden), '{{}}'),
           coalesce(array_agg(DISTINCT id) FILTER (WHERE NOT is_hidden AND is_frozen), '{{}}')
      FROM kept
"""


@dataclass(frozen=True)
class Narrowing:
    """What is kept from a person of the people plane; ids of accounts, sorted. Those that are frozen are read-only."""

    person_id: int
    hidden: tuple[int, ...] = ()
    read_only: tuple[int, ...] = ()
    frozen: tuple[int, ...] = ()

    @property
    def is_narrow(self) -> bool:
        return bool(self.hidden or self.read_only)

    @property
    def key(self) -> str:
        """Stands in cache keys: the same for two from whom the same is kept, and empty for nobody narrowed."""
        if not self.is_narrow:
            return ""
        return "n" + hashlib.sha256(f"{self.hidden}{self.read_only}".encode()).hexdigest()[:16]

    def settings(self) -> dict[str, str]:
        """What the policies read, as PostgreSQL writes arrays; numbers only."""
        return {
            HIDDEN: _array(self.hidden),
            CLOSED: _array(self.hidden + self.read_only),
            PERSON: str(int(self.person_id)),
        }


def _array(ids: Iterable[int]) -> str:
    return f"{{{','.join(str(int(one)) for one in ids)}}}"
