"""Tags that saved filters name: in the fields of the address, and in what stands in the search box."""

import datetime
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from apps.core.periods import Calendar
from apps.ledger.models import SavedFilter, Tag
from apps.ledger.searching import UnreadableSearch, read_search
from apps.ledger.searching.names import tags_named
from apps.ledger.searching.terms import Tagged, Term

# Which days a search means does not matter here.
_ANY_DAY = Calendar(datetime.date(2000, 1, 1))


def filters_naming(tag: Tag) -> list[SavedFilter]:
    return [saved for saved in SavedFilter.objects.all() if with_tag_replaced(saved.query, tag, None) != saved.query]


def with_tag_replaced(query: str, tag: Tag, into: Tag | None) -> str:
    """The query of an address that names `into` (None: nothing) wherever it named `tag`; else the query as it is."""
    pairs = parse_qsl(query, keep_blank_values=True)
    replaced = [(key, _value(key, text, tag, into)) for key, text in pairs]
    return query if replaced == pairs else urlencode(list(dict.fromkeys(replaced)))


def _value(key: str, text: str, tag: Tag, into: Tag | None) -> str:
    if key == "q":
        return _search(text, tag, into)
    if key == "bucket" == tag.namespace and text == tag.value:
        return into.value if into else ""
    if key in {"tag", "tag_not"} and text == _word(tag):
        return _word(into) if into else ""
    return text


def _search(text: str, tag: Tag, into: Tag | None) -> str:
    """The search with every term that means this tag and no other replaced; as it is where nobody can read it."""
    try:
        search = read_search(text, calendar=_ANY_DAY)
    except UnreadableSearch:
        return text
    if not any(_means(term, tag) for term in search.terms):
        return text
    terms = (_term(term, into) if _means(term, tag) else term for term in search.terms)
    return str(replace(search, terms=tuple(terms)))


def _means(term: Term, tag: Tag) -> bool:
    if not isinstance(term.meaning, Tagged):
        return False
    try:
        return tags_named(term.meaning) == [tag.pk]
    except UnreadableSearch:
        return False


def _term(term: Term, into: Tag | None) -> Term:
    sign = "-" if term.is_excluded else ""
    return replace(term, source=f"{sign}tag:{_word(into)}" if into else "")


def _word(tag: Tag) -> str:
    return f"{tag.namespace}:{tag.value}"
