"""Every address of the product, walked from its resolvers."""

import re
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

_REGEX_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(urlconf: str) -> list[str]:
    """The patterns of an urlconf as people write them: `transactions/<pk>/edit/`. Each once."""
    return list(dict.fromkeys(_walk(get_resolver(urlconf).url_patterns, "")))


def _walk(patterns: list[URLPattern | URLResolver], above: str) -> Iterator[str]:
    for pattern in patterns:
        text = above + _readable(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, text)
        else:
            yield text


def _readable(pattern: str) -> str:
    """Without the types of its parameters, and of a regular expression only its parameters and its text."""
    text = _REGEX_GROUP.sub(r"<\1>", pattern)
    if pattern.startswith("^") or pattern.endswith(("$", r"\Z")):
        text = re.sub(r"^\^|\$$|\\Z|\\", "", text)
    return _CONVERTER.sub(r"<\1>", text)


def public_routes() -> list[str]:
    return routes(settings.ROOT_URLCONF)


def household_routes() -> list[str]:
    return routes(settings.HOUSEHOLD_URLCONF)


def filled_in(route: str, values: Mapping[str, object]) -> str:
    """The address with its parameters. A parameter that nobody gave a value is a KeyError."""
    return re.sub(r"<(\w+)>", lambda found: str(values[found[1]]), route)
