"""What the mapper shows before anybody has chosen anything on it."""

from typing import Any

from apps.imports.dialect_form import DialectForm
from apps.imports.mapper_posts import INDICATOR, PAIR, SIGNED
from apps.imports.parsers import Guess, Recipe
from apps.imports.parsers.delimited import SEPARATORS
from apps.imports.parsers.questions import AS_WRITTEN, DATE_ORDER, DAY_FIRST, DECIMAL_MARK, MONTH_FIRST
from apps.imports.parsers.settling import is_day_first


def columns_before(guess: Guess, base: Recipe | None) -> dict[str, Any]:
    """What is not known for sure is not chosen beforehand, unless a person said so before."""
    roles = guess.roles
    at = {role: position for role, position in roles.at.items() if base or role not in roles.asked}
    money = PAIR if {"debit", "credit"} & at.keys() else INDICATOR if "indicator" in at else SIGNED
    return at | {
        "description": list(roles.descriptions or ([at["description"]] if "description" in at else [])),
        "money": None if "indicator" in roles.asked and not base else money,
        "out_values": roles.out_values,
        "in_values": roles.in_values,
        "separator": SEPARATORS.get(guess.cut.separator, ""),
        "charset": guess.cut.charset,
        "header_line": guess.cut.header_line,
        "has_header": "yes" if guess.cut.has_header or not guess.headers else "no",
    }


def dialect_before(guess: Guess, base: Recipe | None) -> dict[str, Any]:
    if base:
        return {"date_format": base.dialect.dates[0], "decimal": base.dialect.decimal or "."}
    if guess.recipe is None:
        return {}
    dialect = guess.recipe.dialect
    return {"date_format": dialect.dates[0], "decimal": dialect.decimal or ".", "sign": AS_WRITTEN}


def answer_before(base: Recipe | None, kind: str) -> str | None:
    """As a person answered before."""
    if base is None:
        return None
    if kind == DATE_ORDER:
        return DAY_FIRST if is_day_first(base.dialect.dates[0]) else MONTH_FIRST
    return base.dialect.decimal if kind == DECIMAL_MARK else str(DialectForm(base=base, initial={}).initial["sign"])
