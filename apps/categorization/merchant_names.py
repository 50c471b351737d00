"""What a merchant is called, out of what a bank calls it; and which of many names are the same merchant's. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz

from apps.core.text import folded

# Who took the payment for the merchant stands before a star; after any other star comes the number of an order.
_PROCESSORS = re.compile(
    r"^(?:sq|sqc|tst|paypal|pp|sp|ic|cke|py|bt|zettle|izettle|iz|sumup|fsp|dd|eb|ezi|wpy|pos|in)\s?[*_]\s?",
    re.IGNORECASE,
)
_CARD_WORDS = re.compile(
    r"^(?:(?:pos|debit card|visa|recurring|card) (?:debit|purchase|payment)?|purchase authorized on|checkcard)"
    r"\s*(?:\d{1,2}/\d{1,2}|\d{4})?\s+(?=[a-z]{2})",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\s?\*\s?(?=\S*\d)\S*.*$")
_STORE = re.compile(
    r"\s+(?:(?:store|str|shop|unit|loc|no|nr|t)\b[\s.:-]*#?\s*|#\s*|[a-z]{0,2}-?#\s*)\d+.*$|(?<=\w)#\d+.*$",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\s*\b(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]?\d{4}\b")
_DATE = re.compile(r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}(?:[/.](?:\d{4}|\d{2}))?)(?=\s|$)")
_CARD_TAIL = re.compile(
    r"\s*\b(?:card|ending in|acct)?\s*(?:[x*]{2,}\d{2,4}\b|(?<=card )\d{4}\b|(?<=ending in )\d{4}\b).*$",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<=\S)\s+[a-z]?\d{4,}(?:[\s/].*)?$", re.IGNORECASE)
_REFERENCE = re.compile(r"\s+(?=\S*\d\S*\d)(?=\S*[a-z])[a-z0-9]{7,}$", re.IGNORECASE)
_COUNTRY_OR_ZIP = re.compile(r"\s+(?:USA?|\d{5}(?:-\d{4})?)$")
_SHORT_NUMBER = re.compile(r"(?<=\S)\s+\d{3}$")
_STATES = frozenset(
    re.findall(
        r"\w+",
        "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
        "OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR",
    )
)
_TWO_WORD_CITIES = frozenset({
    *("san", "los", "las", "new", "santa", "fort", "ft", "saint", "st", "el", "la", "palo", "mountain", "long"),
    *("north", "south", "east", "west"),
})  # fmt: skip
_SMALL_WORDS = frozenset({
    *("of", "the", "and", "at", "on", "in", "for", "de", "du", "des", "der", "la", "le", "les", "el", "y", "e", "und")
})  # fmt: skip
_HAS_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
_PARTS_OF_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NUMBERS = re.compile(r"\d+")
_WEB = re.compile(r"^(?:https?://)?www\.", re.IGNORECASE)
LONGEST = 200
_SHORTEST = 2
_NAME_AND_CITY = 2
_LONGEST_PLAIN_MC = 4
# Names that differ by less than this are alike: one letter in eight.
_ALIKE = 88
_LONG_ENOUGH = 6
_BEGINNING = 3
_NEIGHBOURS = 40


@dataclass(frozen=True)
class CleanName:
    """`may_end_in_place`: a state stood after it, and whether the last word is its city cannot be told."""

    name: str
    may_end_in_place: bool = False


@dataclass(frozen=True)
class Cluster:
    """Names of one merchant, as the ledger has them, with how many rows have each; most first."""

    name: str
    members: tuple[tuple[str, int], ...]

    @property
    def row_count(self) -> int:
        return sum(count for _, count in self.members)


def clean_name(text: str) -> CleanName:
    """The merchant's name without payment processor, store and order numbers, place, phone, date and card number.

    `SQ *BLUE BOTTLE COFFEE #12 OAKLAND CA` is `Blue Bottle Coffee`. Where nothing would be left, the text itself.
    """
    bare, is_doubtful = _without_place(_without_payment(text[:LONGEST].strip()))
    bare = _WEB.sub("", " ".join(bare.split())).strip(" -*,.:;/")
    if sum(letter.isalpha() for letter in bare) < _SHORTEST:
        return CleanName(" ".join(text[:LONGEST].split()))
    return CleanName(_cased(bare), is_doubtful)


def _without_payment(text: str) -> str:
    """Without what tells how it was paid, and when."""
    bare = _ORDER.sub("", _PROCESSORS.sub("", _CARD_WORDS.sub("", text)))
    return _PHONE.sub(" ", _CARD_TAIL.sub("", _DATE.sub(" ", bare))).strip()


def _without_place(text: str) -> tuple[str, bool]:
    """Without shop and place; and whether it may still end in one.

    A state tells that a city stands before it. Where no number and no column ends the name, its last word is taken for
    the city, unless only one would be left.
    """
    bare, had_state = _without_state(text)
    columns = re.split(r"\s{2,}", bare)
    is_in_columns = had_state and len(columns) > 1
    bare = (columns[0] if is_in_columns else bare).replace("*", " ")
    cut = _REFERENCE.sub("", _LONG_NUMBER.sub("", _STORE.sub("", bare)))
    if not had_state or is_in_columns or cut != bare:
        return (_SHORT_NUMBER.sub("", cut) if had_state else cut), False
    words = cut.split()
    if len(words) <= _NAME_AND_CITY:
        return cut, True
    return " ".join(words[: -_words_of_city(words)]), False


def _without_state(text: str) -> tuple[str, bool]:
    head, _, last = _COUNTRY_OR_ZIP.sub("", text).rpartition(" ")
    return (head.rstrip(), True) if head.strip() and last in _STATES else (text, False)


def _words_of_city(words: list[str]) -> int:
    return 2 if words[-2].lower() in _TWO_WORD_CITIES else 1


def _cased(text: str) -> str:
    """Names in one case only become Title Case; what somebody wrote in both is left as it is."""
    if text != text.upper() and text != text.lower():
        return text
    words = text.split()
    return " ".join(_cased_word(word, is_first=number == 0) for number, word in enumerate(words))


def _cased_word(word: str, *, is_first: bool) -> str:
    lower = word.lower()
    if lower in _SMALL_WORDS and not is_first:
        return lower
    if "&" in word or not _HAS_VOWEL.search(word):
        return word.upper()
    name, dot, rest = lower.partition(".")
    return _PARTS_OF_WORD.sub(lambda part: _capital(part[0]), name) + dot + rest


def _capital(part: str) -> str:
    if part.startswith("mc") and len(part) > _LONGEST_PLAIN_MC:
        return "Mc" + part[2:].capitalize()
    return part.capitalize() if _HAS_VOWEL.search(part) else part.upper()


def clusters(merchants: Iterable[tuple[str, int]]) -> list[Cluster]:
    """Of merchants with their counts of rows, those that had better be one name or a cleaner one; most rows first.

    Names are alike if they are the same once cleaned, differ by a letter or two, or one is the other with its city.
    """
    groups: dict[str, _Group] = {}
    for merchant, count in merchants:
        cleaned = clean_name(merchant)
        key = "".join(re.findall(r"\w+", folded(cleaned.name)))
        group = groups.setdefault(key, _Group(key, cleaned))
        group.members.append((merchant, count))
        group.may_end_in_place &= cleaned.may_end_in_place
    found = (_cluster(together) for together in _together(groups))
    return sorted((one for one in found if one), key=lambda one: (-one.row_count, one.name))


class _Group:
    """Merchants that are the same once they are cleaned."""

    def __init__(self, key: str, cleaned: CleanName) -> None:
        self.key = key
        self.digits = _NUMBERS.findall(key)
        self.name = cleaned.name
        self.may_end_in_place = cleaned.may_end_in_place
        self.members: list[tuple[str, int]] = []

    @property
    def row_count(self) -> int:
        return sum(count for _, count in self.members)

    def is_like(self, other: "_Group") -> bool:
        if self.may_end_in_place and len(other.key) >= _LONG_ENOUGH and self.key.startswith(other.key):
            return True
        if min(len(self.key), len(other.key)) < _LONG_ENOUGH or self.digits != other.digits:
            return False
        return fuzz.ratio(self.key, other.key, score_cutoff=_ALIKE) > 0


def _together(groups: dict[str, _Group]) -> Iterator[list[_Group]]:
    """Sorted by name, those that are alike stand near each other: each is held against the next few that begin so."""
    leader = {key: key for key in groups}
    for _, block in groupby(sorted(groups), key=lambda key: key[:_BEGINNING]):
        keys = list(block)
        for position, key in enumerate(keys):
            for other in keys[position + 1 : position + 1 + _NEIGHBOURS]:
                if groups[other].is_like(groups[key]):
                    _join(leader, key, other)
    ordered = sorted(groups, key=lambda key: _leader(leader, key))
    for _, keys_together in groupby(ordered, key=lambda key: _leader(leader, key)):
        yield [groups[key] for key in keys_together]


def _leader(leader: dict[str, str], key: str) -> str:
    while leader[key] != key:
        key = leader[key]
    return key


def _join(leader: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_leader(leader, one), _leader(leader, other)))
    leader[second] = first


def _cluster(together: list[_Group]) -> Cluster | None:
    """None for a merchant that has one name already, and needs no other."""
    best = min(together, key=lambda group: (group.may_end_in_place, -group.row_count, len(group.name)))
    members = [member for group in together for member in group.members]
    if len(members) == 1 and folded(" ".join(members[0][0].split())) == folded(best.name):
        return None
    return Cluster(best.name, tuple(sorted(members, key=lambda member: (-member[1], member[0]))))
