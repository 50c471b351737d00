"""Reads what stands in the search box. Raises nothing but UnreadableSearch, whatever stands there."""

from collections.abc import Callable, Sequence

from apps.core.periods import Calendar
from apps.core.text import folded
from apps.ledger.searching.amounts import OPERATORS, read_comparison, read_number, read_range
from apps.ledger.searching.days import read_days
from apps.ledger.searching.patterns import compiled
from apps.ledger.searching.terms import (
    POSSESSIONS,
    STATES,
    Having,
    InAccount,
    Meaning,
    Pattern,
    Search,
    State,
    Tagged,
    Term,
    Text,
    UnreadableSearch,
)
from apps.ledger.searching.tokens import Token, cut

LONGEST = 200
MOST_TERMS = 40


def read_search(text: str, *, calendar: Calendar) -> Search:
    """What the search says. `last month` and its kind are the household's, counted from its `calendar.today`."""
    # What no database can hold and no row can say.
    text = text.replace("\x00", "").encode(errors="replace").decode().strip()
    if len(text) > LONGEST:
        raise UnreadableSearch(f"A search has at most {LONGEST} signs. Make it shorter.")
    tokens = list(cut(text))
    terms: dict[tuple[Meaning, bool], Term] = {}
    while tokens:
        term, used = _term(tokens, calendar)
        terms.setdefault((term.meaning, term.is_excluded), term)
        tokens = tokens[used:]
    if len(terms) > MOST_TERMS:
        raise UnreadableSearch(f"A search has at most {MOST_TERMS} parts. Take some away.")
    return Search(tuple(terms.values()))


def _term(tokens: Sequence[Token], calendar: Calendar) -> tuple[Term, int]:
    """The first thing that the tokens say, and how many of them say it."""
    first = tokens[0]
    if first.is_pattern:
        compiled(first.text)
        return Term(Pattern(first.text), first.source, first.is_excluded), 1
    if first.is_open:
        raise UnreadableSearch(f"The quotation mark in {first.source} has no second one. Add it, or take it away.")
    meaning = None if first.is_phrase else _keyed(first.text)
    if meaning is None and first.is_quoted:
        meaning = _phrase(first)
    if meaning is not None:
        return Term(meaning, first.source, first.is_excluded), 1
    return _days(tokens, calendar) or _amount(tokens) or (_word(first), 1)


def _days(tokens: Sequence[Token], calendar: Calendar) -> tuple[Term, int] | None:
    """`-last month` leaves last month out."""
    words = [tokens[0].text.lower()]
    for token in tokens[1:4]:
        if not token.is_plain:
            break
        words.append(token.text.lower())
    found = read_days(words, calendar)
    return found and (_of(tokens, found[1], found[0]), found[1])


def _of(tokens: Sequence[Token], count: int, meaning: Meaning) -> Term:
    source = " ".join(token.source for token in tokens[:count])
    return Term(meaning, source, tokens[0].is_excluded)


def _amount(tokens: Sequence[Token]) -> tuple[Term, int] | None:
    first = tokens[0]
    used = 2 if first.text in (*OPERATORS, "≥", "≤") and len(tokens) > 1 else 1
    compared = read_comparison(first.text + "".join(token.source for token in tokens[1:used]))
    if compared is not None:
        return _of(tokens, used, compared), used
    # The minus of `-50` and `-50..-20` is their sign.
    if meaning := read_range(first.source) or read_number(first.source):
        return Term(meaning, first.source), 1
    return None


def _phrase(token: Token) -> Text:
    if not token.text.strip():
        raise UnreadableSearch("There is nothing between the quotation marks. Write words there, or take them away.")
    return Text(folded(token.text))


def _word(token: Token) -> Term:
    return Term(Text(folded(token.text)), token.source, token.is_excluded)


def _keyed(text: str) -> Meaning | None:
    """What `key:value` says; None if the key is none of ours, for then it is a word."""
    key, colon, value = text.partition(":")
    key = key.lower()
    if not colon or key not in KEYS:
        return None
    if not value.strip():
        raise UnreadableSearch(f"After “{key}:” comes what to look for, as in {EXAMPLES[key]}.")
    return KEYS[key](value.strip())


def _tag(value: str) -> Tagged:
    namespace, colon, name = value.partition(":")
    return Tagged(namespace.lower(), name) if colon and name else Tagged("", value.rstrip(":"))


def _state(value: str) -> State:
    return State(_one_of(STATES, "is", value))


def _having(value: str) -> Having:
    return Having(_one_of(POSSESSIONS, "has", value))


def _one_of(known: tuple[str, ...], key: str, value: str) -> str:
    if value.lower() not in known:
        raise UnreadableSearch(f"“{key}:{value}” is not known. After {key}: comes one of {', '.join(known)}.")
    return value.lower()


def _text_in(field: str) -> Callable[[str], Meaning]:
    return lambda value: Text(folded(value), field)


KEYS: dict[str, Callable[[str], Meaning]] = {
    "account": InAccount,
    "bucket": lambda value: State("untagged") if value.lower() == "none" else Tagged("bucket", value),
    "occasion": lambda value: Tagged("occasion", value),
    "tag": _tag,
    "is": _state,
    "has": _having,
    "note": _text_in("notes"),
    "notes": _text_in("notes"),
    "merchant": _text_in("merchant"),
    "description": _text_in("description"),
}
EXAMPLES = {
    "account": "account:checking",
    "bucket": "bucket:dining",
    "occasion": "occasion:holiday",
    "tag": "tag:holiday",
    "is": "is:transfer",
    "has": "has:notes",
    "note": "note:birthday",
    "notes": "notes:birthday",
    "merchant": 'merchant:"trader joe"',
    "description": "description:payroll",
}
