"""Which bucket a row that comes in probably belongs to: the household's own last choice for the merchant, else the
bank's own category, else the row's words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from apps.categorization.words import bucket_by_words
from apps.core.text import folded
from apps.ledger.models import Account, Tag, TransactionTag
from apps.tenancy.statements import fetch

Source = TransactionTag.Source
# On these, money in is a payment or a refund, not income.
OWED = frozenset({"credit_card", "loan"})
_PARTS = re.compile(r"\s*[-:/>]\s*")


class Guess:
    """Guesses buckets for the rows of one account; statements repeat themselves, so answers are kept for a while."""

    def __init__(self, *, account_kind: str, buckets: Iterable[Tag] = ()) -> None:
        self._money_in_is_income = account_kind not in OWED
        self._by_words = lru_cache(maxsize=16384)(bucket_by_words)
        self._by_category = lru_cache(maxsize=1024)(self._named)
        self._values = {folded(tag.name): tag.value for tag in buckets}

    def __call__(self, merchant: str, description: str, *, is_money_in: bool, category: str = "") -> tuple[str, str]:
        """The bucket's value and the `TransactionTag.Source` that it comes from; both are '' for no guess."""
        if category and (named := self._by_category(category)):
            return named, Source.BANK.value
        if is_money_in and self._money_in_is_income:
            return "income", Source.WORDS.value
        value = self._by_words(merchant, description) or (category and self._by_words("", category))
        return (value, Source.WORDS.value) if value else ("", "")

    def _named(self, category: str) -> str:
        """The household's bucket that the category, or the first part of it that names one, is called."""
        text = folded(category).strip()
        return next((self._values[part] for part in (text, *_PARTS.split(text)) if part in self._values), "")


def guess_for(account_kind: str) -> Guess:
    """For an account of the open household, which knows the bank's categories by its buckets' names."""
    return Guess(account_kind=account_kind, buckets=Tag.objects.filter(namespace=Tag.Namespace.BUCKET))


@dataclass(frozen=True)
class LastChoices:
    """For merchants, and money in or out, the bucket's value that the household last gave; three columns of a table."""

    merchants: list[str]
    is_in: list[bool]
    values: list[str]


# What a statement with the three lists as its parameters joins.
LAST_CHOICES_TABLE = """chosen AS (
        SELECT unnest(%(merchants)s::text[]) AS merchant, unnest(%(is_in)s::boolean[]) AS is_in,
               unnest(%(values)s::text[]) AS value
    )"""


# Of the newest rows with the same merchant, the last with an only bucket (a split says nothing about the next
# purchase). What a person or a rule chose comes before what was taken over from such a choice, and money of the same
# direction before the other; what was only guessed teaches nothing. The limit keeps a merchant that never had a bucket
# from costing its whole history.
ROWS_LOOKED_AT = 20
CHOSEN = ("person", "rule", "")
"""Sources of buckets that somebody chose; rows from before sources were kept have none."""
TEACHING = (*CHOSEN, "history")
_LAST_CHOICES = f"""
    WITH merchant AS MATERIALIZED (
        SELECT DISTINCT merchant AS name, amount > 0 AS is_in FROM {{table}} WHERE {{file}} = %(key)s AND merchant <> ''
    )
    SELECT merchant.name, merchant.is_in, last.value
      FROM merchant
     CROSS JOIN LATERAL (
           SELECT tag.value
             FROM (SELECT t.id, t.date, t.amount
                     FROM ledger_transaction t
                    WHERE t.merchant = merchant.name AND t.account_id <> ALL(%(unseen)s::bigint[])
                    ORDER BY t.date DESC, t.id DESC LIMIT {ROWS_LOOKED_AT}) newest
             JOIN ledger_transactiontag tt ON tt.transaction_id = newest.id AND tt.amount IS NULL
             JOIN ledger_tag tag ON tag.id = tt.tag_id AND tag.namespace = 'bucket'
            WHERE tt.source = ANY(%(teaching)s)
            ORDER BY tt.source <> 'history' DESC, (newest.amount > 0) = merchant.is_in DESC,
                     newest.date DESC, newest.id DESC LIMIT 1) last
"""  # noqa: S608


def last_choices(*, table: str, column: str, key: int, account: Account | None = None) -> LastChoices:
    """For the merchants of the rows of `table` (merchant, amount) whose `column` is `key`.

    Private accounts teach nothing, for the buckets of the rows would tell what stands there; but their owner's do where
    `account`, into which the rows go, is private itself.
    """
    statement = _LAST_CHOICES.format(table=table, file=column)
    found = fetch(statement, key=key, teaching=list(TEACHING), unseen=_unseen_beside(account))
    return LastChoices(*map(list, zip(*found, strict=True))) if found else LastChoices([], [], [])


def _unseen_beside(account: Account | None) -> list[int]:
    """The accounts that not everybody sees who sees that one."""
    private = Account.objects.filter(visibility=Account.Visibility.PRIVATE)
    if account and account.visibility == Account.Visibility.PRIVATE:
        private = private.exclude(owner_id=account.owner_id)
    return list(private.values_list("pk", flat=True))
