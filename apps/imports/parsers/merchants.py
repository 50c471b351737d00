"""The merchant out of a bank's description, by the steps of a recipe."""

from collections.abc import Callable

from .patterns import first_group
from .recipe_parts import MerchantRule


def merchant_reader(rule: MerchantRule) -> Callable[[str], str]:
    """Description to merchant; the whole description where no step applies."""
    prefixes = tuple(text.casefold() for text in rule.strip_prefixes)
    suffixes = tuple(text.casefold() for text in rule.strip_suffixes)
    found_in = first_group(rule.regex) if rule.regex else None

    def read(description: str) -> str:
        text = _stripped(description, prefixes, suffixes) if prefixes or suffixes else description
        if found_in and (found := found_in(text).strip()):
            text = found
        elif rule.first_words:
            text = " ".join(text.split()[: rule.first_words])
        else:
            mark = next((mark for mark in rule.split if mark in text), "")
            text = text.partition(mark)[0] if mark else text
        return text.strip()[: rule.max_length].strip()

    return read


def _stripped(text: str, prefixes: tuple[str, ...], suffixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        if text[: len(prefix)].casefold() == prefix:
            text = text[len(prefix) :].strip()
    for suffix in suffixes:
        if text[-len(suffix) :].casefold() == suffix:
            text = text[: -len(suffix)].strip()
    return text
