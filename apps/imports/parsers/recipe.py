"""A recipe: how the rows of one kind of delimited file or sheet are read. Built-in banks and people's own alike.

Stored as JSON, written as TOML; both go through :meth:`Recipe.from_json`, which trusts nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import checks
from .dates import is_whole_date_format
from .errors import InvalidMapping
from .recipe_parts import Dialect, MerchantRule, RecipeColumns, SkipRule, alternatives, column_refs, folded
from .schema import by_check, by_kind, check_fields, from_json, to_json

if TYPE_CHECKING:
    from .tables import Table

KEY = "custom"
NAME = "CSV with chosen columns"

_header = checks.many(checks.many(checks.text(needed=True), 10), 60)


def _constants(value: object, where: str) -> tuple[tuple[int, str], ...]:
    pairs = value if isinstance(value, list | tuple) else None
    if pairs is None or len(pairs) > 10 or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise checks.refused(value, where)
    position, cell = checks.number(0, checks.MAX_COLUMN - 1), checks.text()
    return tuple((position(at, where), cell(shown, where)) for at, shown in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a file is read. Raises InvalidMapping, whose sentence names the field.

    ``header``: names of columns that must be there; of each tuple one. Empty: the names that ``columns`` needs.
    ``constants`` recognise a file without header, together with ``width``: position and the cell of every row.
    ``account`` names the account; ``account_by_currency`` adds the row's currency to it. ``currency`` is the one of
    all rows where no column says it.
    """

    key: str = field(default=KEY, metadata=by_check(checks.text(40, needed=True)))
    name: str = field(default=NAME, metadata=by_check(checks.text(80)))
    header: tuple[tuple[str, ...], ...] = field(default=(), metadata=by_check(_header))
    width: int = field(default=0, metadata=by_check(checks.number(0, checks.MAX_COLUMN)))
    constants: tuple[tuple[int, str], ...] = field(default=(), metadata=by_check(_constants))
    columns: RecipeColumns = field(metadata=by_kind(RecipeColumns))
    dialect: Dialect = field(default=Dialect(), metadata=by_kind(Dialect))
    skip: tuple[SkipRule, ...] = field(default=(), metadata=by_kind(SkipRule, most=50))
    merchant: MerchantRule | None = field(default=None, metadata=by_kind(MerchantRule, is_optional=True))
    account: str = field(default="", metadata=by_check(checks.text(120)))
    account_by_currency: bool = field(default=False, metadata=by_check(checks.flag))
    currency: str = field(default="", metadata=by_check(checks.text(3)))

    def __post_init__(self) -> None:
        check_fields(self)
        _check_money(self.columns, self.dialect)
        for known in self.dialect.dates:
            if not is_whole_date_format(known):
                raise InvalidMapping(f'"{known}" is not a format of a date with day, month and year.')
        if not self.dialect.dates:
            raise InvalidMapping("dates needs one format at least.")
        if not self.dialect.has_header and any(isinstance(ref, str) for ref in column_refs(self.columns)):
            raise InvalidMapping("A table without column names has its columns counted from 0, not named.")

    def owns(self, names: Sequence[str]) -> bool:
        """Whether these names of columns, folded, are of a file of this recipe."""
        present = frozenset(names)
        return all(any(folded(name) in present for name in known) for known in self.needed_names())

    def needed_names(self) -> list[tuple[str, ...]]:
        """The names that must be there; of each tuple one. Empty where the recipe goes by positions alone."""
        if self.header or not self.dialect.has_header:
            return list(self.header)
        columns = self.columns
        singles = (columns.date, columns.amount, columns.debit, columns.credit, columns.indicator, columns.fee)
        refs = [ref for ref in (*singles, *columns.description[:1]) if ref is not None]
        named = (tuple(one for one in alternatives(ref) if isinstance(one, str)) for ref in refs)
        return [names for names in named if names]

    def matches(self, table: "Table") -> bool:
        """Whether the table is of this recipe: by its column names, or by its first rows where it has none."""
        if table.has_header != self.dialect.has_header:
            return False
        if table.has_header:
            return bool(self.needed_names()) and self.owns([folded(name) for name in table.headers])
        return self.is_like(table.rows[:10])

    def is_like(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether rows without column names have the recipe's width and constants."""
        widths = {len(row) for row in rows}
        constants = all(row[at].strip() == cell for row in rows for at, cell in self.constants if at < len(row))
        return self.width > 0 and widths == {self.width} and constants

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types without what is as by default, from which :meth:`from_json` makes an equal recipe."""
        stored = to_json(self)
        assert isinstance(stored, dict)
        return stored

    @classmethod
    def from_json(cls, stored: object) -> "Recipe":
        """Raises InvalidMapping for what is not, or no longer, a recipe."""
        return from_json(cls, stored, "recipe")


def _check_money(columns: RecipeColumns, dialect: Dialect) -> None:
    has_pair = columns.debit is not None or columns.credit is not None
    if (columns.amount is None) != has_pair:
        raise InvalidMapping("Choose either one column for the amount or columns for money out and money in.")
    if columns.debit is not None and columns.debit == columns.credit:
        raise InvalidMapping("Money out and money in cannot be the same column.")
    if columns.indicator is None:
        return
    if has_pair:
        raise InvalidMapping("An indicator column goes with one column for the amount.")
    out_values = {value.casefold() for value in dialect.out_values}
    in_values = {value.casefold() for value in dialect.in_values}
    if not out_values or not in_values or out_values & in_values:
        raise InvalidMapping("Say which words of the indicator column mean money out and which mean money in.")


def signature(headers: Sequence[str]) -> str:
    """32 hexadecimal digits of the names in their order; equal for two files of one kind."""
    joined = "\x1f".join(folded(name) for name in headers)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]
