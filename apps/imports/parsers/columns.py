"""A recipe compiled for one file: a function from a record's cells to a transaction."""

from collections.abc import Callable, Sequence
from operator import itemgetter

from .amounts import float_text
from .dates import date_reader
from .delimited import ReadCells
from .layout import ABSENT, Layout
from .merchants import merchant_reader
from .money import amount_reader, balance_reader
from .recipe import Recipe
from .rows import CannotRead, NotATransaction, ParsedRow
from .skipping import footer_reason, skipper

ReadCell = Callable[[Sequence[str]], str]


def compile_recipe(recipe: Recipe, layout: Layout) -> ReadCells:
    """For a settled dialect: the first format of the dates counts. Raises UnknownFormat where a column is missing.

    Everything that does not change from row to row is looked up here, since the function runs once a row.
    """
    columns, dialect = recipe.columns, recipe.dialect
    date_at, read_date = layout.needed(columns.date), date_reader(dialect.dates[0])
    read_money, read_balance = amount_reader(recipe, layout), balance_reader(dialect)
    skip, describe = skipper(recipe.skip, layout), _describer(recipe, layout)
    name_merchant = merchant_reader(recipe.merchant) if recipe.merchant else lambda description: ""  # noqa: ARG005
    name_account = _account(recipe, layout)
    extras = [
        *(columns.merchant, columns.reference, columns.bank_id, columns.card_member),
        *(columns.category, columns.balance, columns.currency),
    ]
    pick = itemgetter(*map(layout.optional, extras))
    prefix, default_currency = recipe.key, recipe.currency

    has_extras = any(layout.optional(ref) != ABSENT for ref in extras)
    nothing = ("",) * len(extras)

    def read(line: int, cells: Sequence[str]) -> ParsedRow:
        if skip:
            skip(cells)
        date_text = cells[date_at].strip()
        try:
            date = read_date(date_text)
            amount = read_money(cells)
        except CannotRead:
            reason = footer_reason(cells, date_text)
            if reason:
                raise NotATransaction(reason) from None
            raise
        description = describe(cells)
        merchant, reference, bank_id, member, category, balance, currency = pick(cells) if has_extras else nothing
        return ParsedRow(
            line,
            date,
            amount,
            description,
            (merchant and merchant.strip()) or name_merchant(description),
            (reference and reference.strip())
            or (bank_id and bank_id.strip())
            or f"{prefix}_{date.isoformat()}_{float_text(amount)}",
            bank_id.strip() if bank_id else "",
            name_account(cells),
            member.strip() if member else "",
            category.strip() if category else "",
            read_balance(balance.strip()) if balance else None,
            read_currency(currency) if currency else default_currency,
        )

    return read


def read_currency(text: str) -> str:
    """An ISO 4217 code, '' for what is none."""
    code = text.strip().upper()
    return code if len(code) == 3 and code.isalpha() else ""


def _describer(recipe: Recipe, layout: Layout) -> ReadCell:
    found = layout.first_of_all(recipe.columns.description)
    if len(found) == 1:
        at = found[0]
        return lambda cells: cells[at].strip()
    if recipe.dialect.description == "first":
        return lambda cells: next((text for at in found if (text := cells[at].strip())), "")
    # A bank that repeats the shop's name in the purpose says it once here.
    return lambda cells: " ".join(dict.fromkeys(text for at in found if (text := cells[at].strip())))


def _account(recipe: Recipe, layout: Layout) -> ReadCell:
    name, at = recipe.account, layout.optional(recipe.columns.account)
    currency_at = layout.optional(recipe.columns.currency) if recipe.account_by_currency else ABSENT
    if at == ABSENT and currency_at == ABSENT:
        return lambda cells: name  # noqa: ARG005
    return lambda cells: " ".join(filter(None, (name, cells[at].strip(), cells[currency_at].strip().upper())))


def amounts_of(recipe: Recipe, layout: Layout) -> list[int]:
    """The positions of all cells that hold money."""
    columns = recipe.columns
    found = (columns.amount, columns.debit, columns.credit, columns.fee, columns.balance)
    return [at for at in map(layout.optional, found) if at != ABSENT]
