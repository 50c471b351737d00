"""Which alias names the merchant of a bank's text: whatever its case and accents, the first that matches."""

from collections.abc import Callable, Iterable, Sequence

import re2

from apps.categorization.models import MerchantAlias
from apps.core.patterns import finder
from apps.core.text import folded

Match = MerchantAlias.Match
# Enough for thousands of aliases: with too little of it RE2 would find nothing, and not say so.
_MEMORY = 64 * 1024 * 1024


class Namer:
    """Aliases in their order, ready to be asked about many texts. Its cost hardly grows with the aliases.

    Raises UnusablePattern for a regular expression that cannot be used; the form lets none in.
    """

    def __init__(self, aliases: Iterable[MerchantAlias]) -> None:
        self.aliases = sorted(aliases, key=_place)
        self._exact: dict[str, int] = {}
        self._contained: list[int] = []
        self._regexes: list[tuple[int, Callable[[str], bool]]] = []
        for position, alias in enumerate(self.aliases):
            self._take_in(position, alias)
        self._set = _set_of([folded(self.aliases[position].pattern) for position in self._contained])

    def alias_of(self, description: str) -> MerchantAlias | None:
        """The alias that names it, or None."""
        text = folded(description)
        none = len(self.aliases)
        first = self._exact.get(_squeezed(text), none)
        if self._set is not None and (found := self._set.Match(text)):
            first = min(first, self._contained[min(found)])
        for position, finds in self._regexes:
            if position >= first:
                break
            if finds(text):
                first = position
        return self.aliases[first] if first < none else None

    def name_of(self, description: str) -> str:
        """What the alias calls the merchant, or ''."""
        alias = self.alias_of(description)
        return "" if alias is None else alias.merchant

    def _take_in(self, position: int, alias: MerchantAlias) -> None:
        match alias.match:
            case Match.EXACT:
                self._exact.setdefault(_squeezed(folded(alias.pattern)), position)
            case Match.CONTAINS:
                self._contained.append(position)
            case _:
                self._regexes.append((position, finder(alias.pattern)))


def namer() -> Namer | None:
    """By all aliases of the household; None if it has none, so that nobody pays for them."""
    aliases = list(MerchantAlias.objects.all())
    return Namer(aliases) if aliases else None


def _place(alias: MerchantAlias) -> tuple[int, float]:
    """The higher priority first; of equals the older, and one that is not kept yet last."""
    return (-alias.priority, alias.pk or float("inf"))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _set_of(texts: Sequence[str]) -> "re2.Set | None":
    """What finds all of the texts at once."""
    if not texts:
        return None
    options = re2.Options()
    options.literal, options.log_errors, options.max_mem = True, False, _MEMORY
    found = re2.Set.SearchSet(options)
    for text in texts:
        found.Add(text)
    found.Compile()
    return found
