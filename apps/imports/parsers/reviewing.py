"""A recipe held against a file, as a person sees both when the recipe is to be corrected."""

import dataclasses
from collections.abc import Sequence
from typing import BinaryIO

from .errors import UnknownFormat
from .guesses import Guess
from .guessing import guess_table
from .layout import ABSENT, Layout
from .recipe import Recipe
from .recipe_files import find_table_of
from .recipe_parts import folded
from .roles import Roles, chosen_roles
from .sources import open_source
from .tables import Cut, find_table

ROLES = (
    *("date", "amount", "debit", "credit", "indicator", "fee", "merchant", "reference", "bank_id"),
    *("category", "balance", "currency", "account", "card_member"),
)
"""What a column may hold, the description apart, which may be of several columns."""


def review(stream: BinaryIO, recipe: Recipe) -> Guess:
    """The recipe's columns in this file, as a guess that asks what the file leaves open, whatever the recipe says of
    it. Raises UnreadableFile where the file has no such table."""
    dialect = recipe.dialect
    source = open_source(stream, dialect.charset)
    source.refuse_long_lines()
    found = find_table_of(source, recipe)
    at_line = Cut(found.separator, dialect.charset, found.line or found.line + 1, dialect.has_header)
    if not dialect.has_header:
        at_line = dataclasses.replace(at_line, header_line=found.line + 1)
    table = find_table(source, at_line)
    if table is None:
        raise UnknownFormat("There is no table where this format expects one; choose another format.")
    free = dataclasses.replace(at_line, header_line=None)
    by_itself = find_table(source, free)
    cut = free if by_itself and by_itself.line == table.line else at_line
    return guess_table(source, cut, table, chosen_roles(table, roles_of(recipe, table.headers)))


def roles_of(recipe: Recipe, headers: Sequence[str]) -> Roles:
    """Where the recipe's columns stand among these names."""
    names = tuple(map(folded, headers)) if recipe.dialect.has_header else ()
    layout = Layout(recipe, names, tuple(headers))
    columns, dialect = recipe.columns, recipe.dialect
    found = {role: layout.optional(getattr(columns, role)) for role in ROLES}
    texts = tuple(at for at in map(layout.optional, columns.description) if at != ABSENT)
    at = {role: position for role, position in found.items() if position != ABSENT}
    at |= {"description": texts[0]} if texts else {}
    return Roles(
        at=at,
        descriptions=texts,
        formats=dialect.dates,
        out_values=dialect.out_values,
        in_values=dialect.in_values,
    )
