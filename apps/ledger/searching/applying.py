"""Applies a search to rows: everything that PostgreSQL can decide first, patterns to what is left."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.core.exceptions import EmptyResultSet
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Cast, Replace

from apps.ledger.models import Revision
from apps.ledger.models.transactions import TransactionQuerySet
from apps.ledger.searching import conditions
from apps.ledger.searching.names import accounts_named, tags_named
from apps.ledger.searching.patterns import needed_words, rows_found
from apps.ledger.searching.terms import (
    Amounts,
    Days,
    Having,
    InAccount,
    Meaning,
    Number,
    Pattern,
    Search,
    State,
    Tagged,
    Text,
)
from apps.tenancy.keys import cached_here

FOUND_SECONDS = 300
MOST_KEPT = 1_000_000
"""Characters of ids that are worth their place in the cache: more than a hundred thousand rows."""


def matching(rows: TransactionQuerySet, search: Search) -> TransactionQuerySet:
    """The rows that fit the whole search. Raises UnreadableSearch for names that the household does not have."""
    in_any_account = Q()
    for term in search.terms:
        match term.meaning:
            case Pattern():
                continue
            case InAccount(name) if not term.is_excluded:
                in_any_account |= conditions.in_accounts(accounts_named(name))
            case _:
                fits = _condition(term.meaning)
                rows = rows.filter(~fits if term.is_excluded else fits)
    rows = rows.filter(in_any_account)
    for term in search.terms:
        if isinstance(term.meaning, Pattern):
            rows = _finding(rows, term.meaning.pattern, is_excluded=term.is_excluded)
    return rows


def _condition(meaning: Meaning) -> Q:
    match meaning:
        case Text():
            return conditions.saying(meaning.text, meaning.field)
        case Number():
            return conditions.saying(meaning.text) | conditions.moving_exactly(meaning.amount)
        case Amounts():
            return conditions.amounting_to(meaning)
        case Days():
            return conditions.in_days(meaning.start, meaning.end)
        case Tagged():
            return conditions.tagged(tags_named(meaning))
        case InAccount():
            return conditions.in_accounts(accounts_named(meaning.name))
        case State():
            return conditions.in_state(meaning.name)
        case Having():
            return conditions.having(meaning.name)
    raise TypeError(f"PostgreSQL cannot decide {meaning}")


def _finding(rows: TransactionQuerySet, pattern: str, *, is_excluded: bool) -> TransactionQuerySet:
    """The rows in which the pattern is found, or the others."""
    candidates = rows
    for word in needed_words(pattern):
        candidates = candidates.filter(conditions.saying(word))
    found = _kept(candidates, pattern, lambda: _ids(candidates, pattern))
    fits = conditions.with_ids(found)
    return rows.filter(~fits if is_excluded else fits)


def _kept(candidates: TransactionQuerySet, pattern: str, make: Callable[[], str]) -> str:
    """What `make` found among the same candidates in the same version of the data."""
    try:
        statement = candidates.query.sql_with_params()
    except EmptyResultSet:
        return "{}"
    digest = sha256(repr((pattern, statement)).encode()).hexdigest()
    return cached_here(
        "found", Revision.current(), digest, seconds=FOUND_SECONDS, make=make, is_worth=lambda ids: len(ids) < MOST_KEPT
    )


def _ids(candidates: TransactionQuerySet, pattern: str) -> str:
    """The ids of the rows in which the pattern is found, as PostgreSQL writes an array.

    One value brings all texts, and RE2 goes through them at once. Of 100,000 rows on a quiet machine that takes 50 ms
    and 2 to 30 ms (330 ms for a pattern that is found in every row), where a call for each row takes 160 to 600 ms.
    """
    sent: dict[str, Any] = candidates.order_by().aggregate(
        ids=StringAgg(Cast("pk", TextField()), " "), lines=StringAgg(_LINES, "\n")
    )
    ids = (sent["ids"] or "").split()
    found = rows_found(pattern, (sent["lines"] or "").encode())
    return "{" + ",".join(ids[row] for row in found) + "}"


# A text of several lines becomes one, so that each row has as many as `rows_found` counts on.
_LINES = Func(
    Value("\n"),
    *(Replace(field, Value("\n"), Value(" ")) for field in ("description", "merchant", "notes")),
    function="concat_ws",
    output_field=TextField(),
)
