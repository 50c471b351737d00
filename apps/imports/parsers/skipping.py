"""Rows that are no transactions: by the rules of a recipe, and totals and closing words below any table."""

from collections.abc import Callable, Sequence

from .layout import ABSENT, Layout
from .patterns import finds
from .recipe_parts import SkipRule
from .rows import NotATransaction

Skip = Callable[[Sequence[str]], None]
"""Raises NotATransaction for a row that is to be left out."""

_TOTALS = (
    *(
        "total",
        "balance",
        "account balance",
        "opening",
        "closing",
        "beginning",
        "ending",
        "saldo",
        "summe",
        "gesamt",
        "kontostand",
    ),
    *("anfangssaldo", "endsaldo", "alter saldo", "neuer saldo", "alter kontostand", "neuer kontostand", "solde"),
    *("totaal", "beginsaldo", "eindsaldo"),
)


def skipper(rules: Sequence[SkipRule], layout: Layout) -> Skip | None:
    """None where there are no rules. Raises UnknownFormat where a rule's column is missing."""
    if not rules:
        return None
    known = [rule for rule in rules if not (rule.is_optional and _is_missing(rule, layout))]
    tests = [(_test(rule, layout), rule.reason) for rule in known]

    def skip(cells: Sequence[str]) -> None:
        for is_met, reason in tests:
            if is_met(cells):
                raise NotATransaction(reason)

    return skip


def _is_missing(rule: SkipRule, layout: Layout) -> bool:
    return rule.column is not None and layout.optional(rule.column) == ABSENT


def _test(rule: SkipRule, layout: Layout) -> Callable[[Sequence[str]], bool]:
    values = tuple(value.strip().casefold() for value in rule.values)
    at = None if rule.column is None else layout.needed(rule.column)

    def text(cells: Sequence[str]) -> str:
        return (",".join(cells) if at is None else cells[at]).strip().casefold()

    if rule.kind == "matches":
        is_found = finds(rule.values)
        return lambda cells: is_found((",".join(cells) if at is None else cells[at]).strip())
    if rule.kind == "equals":
        return lambda cells: text(cells) in values
    if rule.kind == "differs":
        # A row without a word there, such as a title, is not one that the rule means.
        return lambda cells: bool(found := text(cells)) and found not in values
    if rule.kind == "starts_with":
        return lambda cells: text(cells).startswith(values)
    return lambda cells: any(value in text(cells) for value in values)


def footer_reason(cells: Sequence[str], date_text: str) -> str:
    """Why a row whose date or amount cannot be read is no transaction; '' if it should be one.

    Many banks set totals and closing words below the rows: where a date would be there is none.
    """
    if any(character.isdigit() for character in date_text):
        return ""
    if date_text.casefold().startswith(_TOTALS):
        return "A total or a balance, not a transaction."
    if date_text and sum(1 for cell in cells if cell.strip()) == 1:
        return "A line of text, not a transaction."
    return ""
