"""Which bucket a row probably belongs to: the household's own last choice for the merchant, else its words."""

import re
from functools import lru_cache

from django.db import connections

from apps.categorization.keywords import KEYWORDS
from apps.tenancy.planes import LEDGER

_WORDS = re.compile(r"[a-z0-9]+")
_LONGEST = 3


def _tables() -> tuple[dict[str, str], list[tuple[str, str]]]:
    whole: dict[str, str] = {}
    beginnings: list[tuple[str, str]] = []
    for bucket, words in KEYWORDS.items():
        for word in words.split(", "):
            if word.endswith("*"):
                beginnings.append((word[:-1], bucket))
            else:
                whole.setdefault(word, bucket)
    return whole, beginnings


_WHOLE, _BEGINNINGS = _tables()
_ORDER = {bucket: order for order, bucket in enumerate(KEYWORDS)}


@lru_cache(maxsize=65536)
def _bucket_of_word(word: str) -> str | None:
    if word in _WHOLE:
        return _WHOLE[word]
    return next((bucket for beginning, bucket in _BEGINNINGS if word.startswith(beginning)), None)


def bucket_by_words(merchant: str, text: str) -> str:
    """The value of the bucket whose words weigh most in the merchant (0.5 each) and the text (0.3 each), or ''.

    A phrase takes its words with it, so that "uber eats" is dining and not also a ride.
    """
    scores: dict[str, float] = {}
    in_merchant = _phrases(merchant)
    for phrase, bucket in {**_phrases(text), **in_merchant}.items():
        scores[bucket] = scores.get(bucket, 0) + (0.5 if phrase in in_merchant else 0.3)
    return min(scores, key=lambda bucket: (-scores[bucket], _ORDER[bucket]), default="")


def _phrases(text: str) -> dict[str, str]:
    words = _WORDS.findall(text.lower())
    found: dict[str, str] = {}
    start = 0
    while start < len(words):
        for length in range(min(_LONGEST, len(words) - start), 0, -1):
            phrase = " ".join(words[start : start + length])
            bucket = _WHOLE.get(phrase) if length > 1 else _bucket_of_word(phrase)
            if bucket is not None:
                found[phrase] = bucket
                start += length - 1
                break
        start += 1
    return found


class KeywordGuess:
    """Guesses buckets for the rows of one account; statements repeat themselves, so answers are kept for a while."""

    # On these, money in is a payment or a refund, not income.
    _OWED = frozenset({"credit_card", "loan"})

    def __init__(self, *, account_kind: str) -> None:
        self._money_in_is_income = account_kind not in self._OWED
        self._guess = lru_cache(maxsize=16384)(bucket_by_words)

    def __call__(self, merchant: str, description: str, *, is_money_in: bool) -> str:
        """The bucket's value, or '' for no guess."""
        if is_money_in and self._money_in_is_income:
            return "income"
        return self._guess(merchant, description)


# The newest row with the same merchant, and its only bucket (a split says nothing about the next purchase).
_LAST_CHOICE = """
    UPDATE {table} r SET bucket = chosen.value
      FROM (SELECT merchant.name, last.value
              FROM (SELECT DISTINCT merchant AS name FROM {table} WHERE {file} = %s AND merchant <> '') merchant
             CROSS JOIN LATERAL (
                   SELECT tag.value
                     FROM ledger_transaction t
                     JOIN ledger_transactiontag tt ON tt.transaction_id = t.id AND tt.amount IS NULL
                     JOIN ledger_tag tag ON tag.id = tt.tag_id AND tag.namespace = 'bucket'
                    WHERE t.merchant = merchant.name
                    ORDER BY t.date DESC, t.id DESC LIMIT 1) last) chosen
     WHERE r.{file} = %s AND r.merchant = chosen.name AND r.bucket <> chosen.value
"""


def learn_from_history(*, table: str, column: str, key: int) -> None:
    """Puts the household's own last choice for each merchant over the guesses, in one statement.

    `table` has columns `merchant` and `bucket`; its rows with `column` = `key` are changed.
    """
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(_LAST_CHOICE.format(table=table, file=column), [key, key])
