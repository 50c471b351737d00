"""Which bucket a row probably belongs to: the household's own last choice for the merchant, else its words."""

import re
from functools import lru_cache

from django.db import connections

from apps.categorization.keywords import KEYWORDS
from apps.tenancy.context import joining_many_rows
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
_PHRASE_STARTS = frozenset(word.split()[0] for word in _WHOLE if " " in word)
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
    in_merchant = _phrases_of_merchant(merchant)
    in_text = _phrases(text)
    if not in_text and not in_merchant:
        return ""
    scores: dict[str, float] = {}
    for phrase, bucket in {**in_text, **in_merchant}.items():
        scores[bucket] = scores.get(bucket, 0) + (0.5 if phrase in in_merchant else 0.3)
    return min(scores, key=lambda bucket: (-scores[bucket], _ORDER[bucket]), default="")


def _phrases(text: str) -> dict[str, str]:
    words = _WORDS.findall(text.lower())
    found: dict[str, str] = {}
    taken = 0
    for start, word in enumerate(words):
        if start < taken:
            continue
        if word in _PHRASE_STARTS and (length := _length_of_phrase(words, start)):
            phrase = " ".join(words[start : start + length])
            found[phrase] = _WHOLE[phrase]
            taken = start + length
        elif bucket := _bucket_of_word(word):
            found[word] = bucket
    return found


def _length_of_phrase(words: list[str], start: int) -> int:
    """How many words from there on are the longest phrase that we know, or 0."""
    for length in range(min(_LONGEST, len(words) - start), 1, -1):
        if " ".join(words[start : start + length]) in _WHOLE:
            return length
    return 0


# A file has few merchants, and every text of theirs is another one.
_phrases_of_merchant = lru_cache(maxsize=16384)(_phrases)


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


# Of the newest rows with the same merchant, the last with an only bucket (a split says nothing about the next
# purchase). The limit keeps a merchant that never had a bucket from costing its whole history.
_ROWS_LOOKED_AT = 50
_LAST_CHOICES = f"""
    WITH merchant AS MATERIALIZED (
        SELECT DISTINCT merchant AS name FROM {{table}} WHERE {{file}} = %s AND merchant <> ''
    )
    SELECT merchant.name, last.value
      FROM merchant
     CROSS JOIN LATERAL (
           SELECT tag.value
             FROM (SELECT t.id, t.date FROM ledger_transaction t WHERE t.merchant = merchant.name
                    ORDER BY t.date DESC, t.id DESC LIMIT {_ROWS_LOOKED_AT}) newest
             JOIN ledger_transactiontag tt ON tt.transaction_id = newest.id AND tt.amount IS NULL
             JOIN ledger_tag tag ON tag.id = tt.tag_id AND tag.namespace = 'bucket'
            ORDER BY newest.date DESC, newest.id DESC LIMIT 1) last
"""  # noqa: S608
_TAKE_OVER = """
    UPDATE {table} r SET bucket = chosen.value
      FROM unnest(%s::text[], %s::text[]) AS chosen (name, value)
     WHERE r.{file} = %s AND r.merchant = chosen.name AND r.bucket <> chosen.value
"""


def learn_from_history(*, table: str, column: str, key: int, row_count: int) -> None:
    """Puts the household's own last choice for each merchant over the guesses, in two statements.

    `table` has columns `merchant` and `bucket`; its `row_count` rows with `column` = `key` are changed.
    """
    with connections[LEDGER].cursor() as cursor:
        cursor.execute(_LAST_CHOICES.format(table=table, file=column), [key])
        chosen = cursor.fetchall()
        if chosen:
            names, values = map(list, zip(*chosen, strict=True))
            with joining_many_rows(row_count):
                cursor.execute(_TAKE_OVER.format(table=table, file=column), [names, values, key])
