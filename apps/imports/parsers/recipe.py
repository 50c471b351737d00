"""A recipe: how the rows of one kind of delimited file or sheet are read. Built-in banks and people's own alike.

Stored as JSON, written as TOML; both go through :meth:`Recipe.from_json`, which trusts nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import checks
from .checks import ColumnRef
from .dates import is_whole_date_format
from .delimited import SEPARATORS
from .errors import InvalidMapping
from .questions import AS_WRITTEN, SPENDING_IS_POSITIVE
from .schema import by_check, by_kind, check_fields, from_json, to_json
from .text import CHARSETS

if TYPE_CHECKING:
    from .tables import Table

KEY = "custom"
NAME = "CSV with chosen columns"
MAX_LINE = 10_000

_column = checks.maybe(checks.column)
_header = checks.many(checks.many(checks.text(needed=True), 10), 60)
_values = checks.many(checks.text(needed=True), 20)


def _constants(value: object, where: str) -> tuple[tuple[int, str], ...]:
    pairs = value if isinstance(value, list | tuple) else None
    if pairs is None or len(pairs) > 10 or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise checks.refused(value, where)
    position, cell = checks.number(0, checks.MAX_COLUMN - 1), checks.text()
    return tuple((position(at, where), cell(shown, where)) for at, shown in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeColumns:
    """Which column holds what.

    Money is one column ``amount``, or ``amount`` with an ``indicator`` that says whether it goes out or comes in,
    or columns for ``debit`` (money out) and ``credit`` (money in). ``description`` may be several columns.
    """

    date: ColumnRef = field(metadata=by_check(checks.column))
    amount: ColumnRef | None = field(default=None, metadata=by_check(_column))
    debit: ColumnRef | None = field(default=None, metadata=by_check(_column))
    credit: ColumnRef | None = field(default=None, metadata=by_check(_column))
    indicator: ColumnRef | None = field(default=None, metadata=by_check(_column))
    fee: ColumnRef | None = field(default=None, metadata=by_check(_column))
    description: tuple[ColumnRef, ...] = field(metadata=by_check(checks.many(checks.column, 10)))
    merchant: ColumnRef | None = field(default=None, metadata=by_check(_column))
    reference: ColumnRef | None = field(default=None, metadata=by_check(_column))
    bank_id: ColumnRef | None = field(default=None, metadata=by_check(_column))
    category: ColumnRef | None = field(default=None, metadata=by_check(_column))
    balance: ColumnRef | None = field(default=None, metadata=by_check(_column))
    currency: ColumnRef | None = field(default=None, metadata=by_check(_column))
    account: ColumnRef | None = field(default=None, metadata=by_check(_column))
    card_member: ColumnRef | None = field(default=None, metadata=by_check(_column))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the cells are written.

    ``separator`` and ``charset`` empty: found out for each file. ``dates``: formats of ``strptime``, or "iso";
    of several the file's own dates decide. ``decimal`` empty: the file's own amounts decide. ``header_line``: the
    physical line (1-based) on which the table begins; None where its names show it. ``footer_lines``: physical
    lines at the end, an empty one after the last line end included. ``description``: "join" the columns or take
    the "first" that is filled. ``fee``: whether it is "subtracted" from the amount or "added" as signed.
    ``credit_unsigned``: a minus in the column of money in means nothing. ``amount_prefix``: text to drop.
    """

    separator: str = field(default="", metadata=by_check(checks.choice("", *SEPARATORS)))
    charset: str = field(default="", metadata=by_check(checks.choice("", *CHARSETS)))
    dates: tuple[str, ...] = field(default=("%m/%d/%Y",), metadata=by_check(checks.many(checks.text(40), 6)))
    decimal: str = field(default=".", metadata=by_check(checks.choice("", ".", ",")))
    sign: str = field(default=AS_WRITTEN, metadata=by_check(checks.choice(AS_WRITTEN, SPENDING_IS_POSITIVE)))
    has_header: bool = field(default=True, metadata=by_check(checks.flag))
    header_line: int | None = field(default=None, metadata=by_check(checks.maybe(checks.number(1, MAX_LINE))))
    footer_lines: int = field(default=0, metadata=by_check(checks.number(0, 100)))
    out_values: tuple[str, ...] = field(default=(), metadata=by_check(_values))
    in_values: tuple[str, ...] = field(default=(), metadata=by_check(_values))
    description: str = field(default="join", metadata=by_check(checks.choice("join", "first")))
    fee: str = field(default="subtracted", metadata=by_check(checks.choice("subtracted", "added")))
    credit_unsigned: bool = field(default=False, metadata=by_check(checks.flag))
    amount_prefix: str = field(default="", metadata=by_check(checks.text(10)))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipRule:
    """Leaves out the rows whose cell is like one of the values, upper and lower case alike; for ``reason``.

    Without ``column`` all cells of the row, joined by commas, are compared. "differs" is the opposite of "equals".
    Where the column is missing the file is refused, or with ``is_optional`` the rule is of no account.
    """

    column: ColumnRef | None = field(default=None, metadata=by_check(_column))
    kind: str = field(metadata=by_check(checks.choice("equals", "contains", "starts_with", "differs")))
    values: tuple[str, ...] = field(metadata=by_check(checks.many(checks.text(), 20)))
    is_optional: bool = field(default=False, metadata=by_check(checks.flag))
    reason: str = field(default="Left out by a rule of this format.", metadata=by_check(checks.text(300)))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantRule:
    """The merchant out of the description, where no column names it. Steps in this order, those not given left out.

    ``strip_prefixes`` and ``strip_suffixes`` (case does not matter), the first ``first_words`` words or else what
    stands before the first of the characters ``split`` that occurs, at most ``max_length`` characters.
    """

    strip_prefixes: tuple[str, ...] = field(default=(), metadata=by_check(_values))
    strip_suffixes: tuple[str, ...] = field(default=(), metadata=by_check(_values))
    first_words: int = field(default=0, metadata=by_check(checks.number(0, 20)))
    split: str = field(default="", metadata=by_check(checks.text(20)))
    max_length: int = field(default=200, metadata=by_check(checks.number(1, 200)))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a file is read. Raises InvalidMapping, whose sentence names the field.

    ``header``: names of columns that must be there; of each tuple one. Empty: the names that ``columns`` needs.
    ``constants`` recognise a file without header, together with ``width``: position and the cell of every row.
    ``account`` names the account; ``account_by_currency`` adds the row's currency to it. ``currency`` is the one of
    all rows where no column says it.
    """

    key: str = field(default=KEY, metadata=by_check(checks.text(40, needed=True)))
    name: str = field(default=NAME, metadata=by_check(checks.text(100)))
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


def column_refs(columns: RecipeColumns) -> list[str | int]:
    """Every name and position that the columns mention."""
    singles = (columns.date, columns.amount, columns.debit, columns.credit, columns.indicator, columns.fee,
               columns.merchant, columns.reference, columns.bank_id, columns.category, columns.balance,
               columns.currency, columns.account, columns.card_member, *columns.description)  # fmt: skip
    return [one for ref in singles if ref is not None for one in alternatives(ref)]


def alternatives(ref: ColumnRef) -> tuple[str | int, ...]:
    return ref if isinstance(ref, tuple) else (ref,)


def folded(name: str) -> str:
    """A column's name as names are compared: without regard to case and to the width of gaps."""
    return " ".join(name.split()).casefold()


def signature(headers: Sequence[str]) -> str:
    """32 hexadecimal digits of the names in their order; equal for two files of one kind."""
    joined = "\x1f".join(folded(name) for name in headers)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]
