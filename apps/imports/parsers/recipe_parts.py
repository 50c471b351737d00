"""The parts of a recipe: columns, dialect, rules for rows and merchants."""

from dataclasses import dataclass, field

from . import checks
from .checks import ColumnRef
from .delimited import SEPARATORS
from .patterns import LONGEST, compiled
from .questions import AS_WRITTEN, SPENDING_IS_POSITIVE
from .schema import by_check, check_fields
from .text import CHARSETS

MAX_LINE = 10_000

_column = checks.maybe(checks.column)
_values = checks.many(checks.text(needed=True), 20)


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
    ``credit_unsigned``: a minus in the column of money in means nothing. ``debit_reversals``: one in the column of
    money out means money in; else it means nothing. ``amount_prefix``: text to drop.
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
    debit_reversals: bool = field(default=False, metadata=by_check(checks.flag))
    amount_prefix: str = field(default="", metadata=by_check(checks.text(10)))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipRule:
    """Leaves out the rows whose cell is like one of the values, upper and lower case alike; for ``reason``.

    Without ``column`` all cells of the row, joined by commas, are compared. "differs" is the opposite of "equals", the
    values of "matches" are regular expressions (of :mod:`patterns`).
    Where the column is missing the file is refused, or with ``is_optional`` the rule is of no account.
    """

    column: ColumnRef | None = field(default=None, metadata=by_check(_column))
    kind: str = field(metadata=by_check(checks.choice("equals", "contains", "starts_with", "differs", "matches")))
    values: tuple[str, ...] = field(metadata=by_check(checks.many(checks.text(), 20)))
    is_optional: bool = field(default=False, metadata=by_check(checks.flag))
    reason: str = field(default="Left out by a rule of this format.", metadata=by_check(checks.text(300)))

    def __post_init__(self) -> None:
        check_fields(self)
        for pattern in self.values if self.kind == "matches" else ():
            compiled(pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantRule:
    """The merchant out of the description, where no column names it. Steps in this order, those not given left out.

    ``strip_prefixes`` and ``strip_suffixes`` (case does not matter); what ``regex`` finds (its first group if it has
    one; of :mod:`patterns`), or else the first ``first_words`` words, or else what stands before the first of the
    characters ``split`` that occurs; at most ``max_length`` characters.
    """

    strip_prefixes: tuple[str, ...] = field(default=(), metadata=by_check(_values))
    strip_suffixes: tuple[str, ...] = field(default=(), metadata=by_check(_values))
    regex: str = field(default="", metadata=by_check(checks.text(LONGEST)))
    first_words: int = field(default=0, metadata=by_check(checks.number(0, 20)))
    split: str = field(default="", metadata=by_check(checks.text(20)))
    max_length: int = field(default=200, metadata=by_check(checks.number(1, 200)))

    def __post_init__(self) -> None:
        check_fields(self)
        if self.regex:
            compiled(self.regex)


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
