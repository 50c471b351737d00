"""Whether what a bank calls an id really tells one transaction from another."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from .rows import ParsedRow, Row


def trusted_ids(
    read: Callable[[], Iterator[Row]],
    *,
    repeats_are_copies: bool,
    first_look: Callable[[], Iterator[Row]] | None = None,
) -> Iterator[Row]:
    """The rows, without the ids that one account of the file gives to different transactions.

    Some banks number each day from 1, others repeat the id of a batch. ``read`` is called twice and must give the
    same rows. Where ``repeats_are_copies``, an id that comes back with the same day and amount is the same
    transaction written twice; else every repetition makes the id worthless. ``first_look`` gives the same ids sooner,
    where there is a shorter way to them. Memory holds a hash or two for each id, about a hundred bytes.
    """
    reused = _reused((first_look or read)(), repeats_are_copies=repeats_are_copies)
    for row in read():
        if reused and isinstance(row, ParsedRow) and row.bank_id and _key(row) in reused:
            yield replace(row, bank_id="")
        else:
            yield row


def _reused(rows: Iterator[Row], *, repeats_are_copies: bool) -> set[int]:
    seen: dict[int, int] = {}
    reused = set()
    for row in rows:
        if not isinstance(row, ParsedRow) or not row.bank_id:
            continue
        key, content = _key(row), hash((row.date, row.amount)) if repeats_are_copies else 0
        if key in seen and not (repeats_are_copies and seen[key] == content):
            reused.add(key)
        seen[key] = content
    return reused


def _key(row: ParsedRow) -> int:
    """Hashes are salted anew for each process, so no file can be made to collide."""
    return hash((row.account_hint, row.bank_id))
