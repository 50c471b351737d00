"""Which bucket the words of a row speak for."""

import re
from functools import lru_cache

from apps.categorization.keywords import KEYWORDS

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


def scores_by_words(merchant: str, text: str) -> dict[str, float]:
    """How much the words weigh for each bucket's value: 0.5 each in the merchant, 0.3 each in the text, 1 at most.

    A phrase takes its words with it, so that "uber eats" is dining and not also a ride.
    """
    in_merchant = _phrases_of_merchant(merchant)
    in_text = _phrases(text)
    scores: dict[str, float] = {}
    if in_text or in_merchant:
        for phrase, bucket in {**in_text, **in_merchant}.items():
            scores[bucket] = min(1, scores.get(bucket, 0) + (0.5 if phrase in in_merchant else 0.3))
    return scores


def bucket_by_words(merchant: str, text: str) -> str:
    """The value of the bucket whose words weigh most, or ''."""
    scores = scores_by_words(merchant, text)
    return min(scores, key=lambda bucket: (-scores[bucket], _ORDER[bucket]), default="") if scores else ""


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
