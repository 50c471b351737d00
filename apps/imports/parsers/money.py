"""The signed amount of a row, compiled for one recipe and one file."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from .amounts import read_amount, turned
from .bank_csv import required
from .layout import ABSENT, Layout
from .questions import SPENDING_IS_POSITIVE
from .recipe import Recipe
from .recipe_parts import Dialect
from .rows import CannotRead, quoted

ReadAmount = Callable[[Sequence[str]], Decimal]
"""Cells to the amount as the account sees it. Raises CannotRead."""

ReadText = Callable[[str], Decimal]


def amount_reader(recipe: Recipe, layout: Layout) -> ReadAmount:
    columns, dialect = recipe.columns, recipe.dialect
    number = _number(dialect)
    if columns.amount is None:
        debit = ABSENT if columns.debit is None else layout.needed(columns.debit)
        credit = ABSENT if columns.credit is None else layout.needed(columns.credit)
        read = _pair(number, debit, credit, dialect)
    elif columns.indicator is not None:
        read = _indicated(number, layout.needed(columns.amount), layout.needed(columns.indicator), dialect)
    else:
        read = _single(number, layout.needed(columns.amount), dialect)
    if dialect.sign == SPENDING_IS_POSITIVE:
        read = _turned(read)
    if columns.fee is not None:
        read = _with_fee(read, number, layout.needed(columns.fee), is_added=dialect.fee == "added")
    return read


def balance_reader(dialect: Dialect) -> Callable[[str], Decimal | None]:
    """The balance is a help for checking, so one that cannot be read does not cost the transaction."""
    number = _number(dialect)

    def read(text: str) -> Decimal | None:
        if not text:
            return None
        try:
            return number(text)
        except CannotRead:
            return None

    return read


def _number(dialect: Dialect) -> ReadText:
    decimal, prefix = dialect.decimal or ".", dialect.amount_prefix
    if prefix:
        return lambda text: read_amount(text.replace(prefix, ""), decimal)
    return lambda text: read_amount(text, decimal)


def _single(number: ReadText, at: int, dialect: Dialect) -> ReadAmount:
    if dialect.amount_prefix:
        return lambda cells: number(required(cells[at].strip(), "amount"))
    decimal = dialect.decimal or "."
    # The commonest case by far: no call between the cell and the cached reader, which names what is missing.
    return lambda cells: read_amount(cells[at].strip(), decimal)


def _turned(read: ReadAmount) -> ReadAmount:
    return lambda cells: turned(read(cells))


def _pair(number: ReadText, debit_at: int, credit_at: int, dialect: Dialect) -> ReadAmount:
    """In a column of money out every amount is money out, with or without a minus, but where the recipe says else."""
    is_unsigned, has_reversals = dialect.credit_unsigned, dialect.debit_reversals

    def read(cells: Sequence[str]) -> Decimal:
        debit, credit = cells[debit_at].strip(), cells[credit_at].strip()
        money_out = number(debit) if debit else Decimal(0)
        if not has_reversals:
            money_out = abs(money_out)
        money_in = number(credit) if credit else Decimal(0)
        if money_out and money_in:
            raise CannotRead("Both money out and money in are filled in.")
        required(debit or credit, "amount")
        return (abs(money_in) if is_unsigned else money_in) or turned(money_out)

    return read


def _indicated(number: ReadText, amount_at: int, indicator_at: int, dialect: Dialect) -> ReadAmount:
    goes_out = {value.casefold(): True for value in dialect.out_values}
    directions = goes_out | {value.casefold(): False for value in dialect.in_values}
    expected = quoted(" or ".join((*dialect.out_values, *dialect.in_values)))

    def read(cells: Sequence[str]) -> Decimal:
        amount, word = number(required(cells[amount_at].strip(), "amount")), cells[indicator_at].strip()
        is_out = directions.get(word.casefold())
        if is_out is None:
            raise CannotRead(f"{quoted(word)} does not say whether money goes out or comes in; {expected} is expected.")
        if amount < 0 and not is_out:
            raise CannotRead(f"The amount has a minus, but {quoted(word)} says that money comes in.")
        return turned(abs(amount)) if is_out else amount

    return read


def _with_fee(read: ReadAmount, number: ReadText, fee_at: int, *, is_added: bool) -> ReadAmount:
    def read_both(cells: Sequence[str]) -> Decimal:
        text = cells[fee_at].strip()
        if not text:
            return read(cells)
        fee = number(text)
        return read(cells) + (fee if is_added else -fee)

    return read_both
