"""A first guess at the columns of a delimited file from an unknown bank.

What the contents settle is guessed; what they leave open is asked of the person.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from .amounts import decimal_mark_votes, read_amount
from .columns import ColumnMapping
from .dates import formatted_date, spoken_format
from .rows import CannotRead
from .tables import Table, date_formats, find_table, mostly_amounts
from .text import find_charset, lines_of, refuse_long_lines

SAMPLE_ROWS = 5

_DATE = re.compile(r"(transaction|trans|booking|posted|posting).?date|\bdate\b|datum|buchungstag")
_AMOUNT = re.compile(r"amount|debit ?/ ?credit|credit ?/ ?debit|betrag|montant|importe|\bvalue\b|\bsum\b")
_MONEY_OUT = re.compile(r"debit|withdraw|paid out|money out|charge|\bsoll\b|spent|expense")
_MONEY_IN = re.compile(r"credit|deposit|paid in|money in|\bhaben\b|received|income")
_BALANCE = re.compile(r"balance|running|saldo|solde")
_DESCRIPTION = re.compile(
    r"descri|detail|memo|narrative|payee|particulars|purpose|verwendung|\btext\b|\bnotes?\b|\bname\b"
)
_MERCHANT = re.compile(r"merchant|vendor|counterparty")
_REFERENCE = re.compile(r"\bref|transaction.id|\bid\b|number|cheque|check")
_CATEGORY = re.compile(r"categor")
_COMES_IN = re.compile(
    r"\b(transfer from|deposits?|interest|payroll|salary|wages|dividends?|refunds?|contributions?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """``mapping`` is None where no table with date and amount was found.

    ``headers`` names every column, ``sample`` holds the first rows of the table as written. ``questions`` are
    sentences for the person: what only they can know.
    """

    mapping: ColumnMapping | None
    headers: list[str]
    sample: list[list[str]]
    questions: list[str] = field(default_factory=list)


def guess_columns(stream: BinaryIO) -> ColumnGuess:
    """A mapping for open_statement and what to ask before its use. Raises UnreadableFile if it is no text."""
    charset = find_charset(stream)
    refuse_long_lines(charset)
    table = find_table(stream, charset)
    if table is None:
        lines = (line.strip() for line in lines_of(stream, charset) if line.strip())
        sample = [[line] for line in itertools.islice(lines, SAMPLE_ROWS)]
        return ColumnGuess(None, [], sample, ["Which character separates the columns?"])
    return _Guesser(table).guess()


class _Guesser:
    """Gives out the columns of one table, each to one role at most."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._cells = [table.column(index) for index in range(len(table.headers))]
        self._names = [header.casefold() if table.has_header else "" for header in table.headers]
        self._free = set(range(len(table.headers)))

    def guess(self) -> ColumnGuess:
        table = self._table
        sample = table.rows[:SAMPLE_ROWS]
        formats = {index: found for index in sorted(self._free) if (found := date_formats(self._cells[index]))}
        date_at = self._take(formats, _DATE, fallback=True)
        self._free -= formats.keys()
        money = [index for index in sorted(self._free) if mostly_amounts(self._cells[index])]
        balance_at = self._take([index for index in money if not _AMOUNT.search(self._names[index])], _BALANCE)
        money_at = self._money(money)
        if date_at is None or not money_at:
            missing = "date" if date_at is None else "amount"
            return ColumnGuess(None, table.headers, sample, [f"Which column holds the {missing}?"])
        texts = self._texts(money)
        description_at = texts["description_column"]
        if description_at is None:
            return ColumnGuess(None, table.headers, sample, ["Which column holds the description?"])
        decimal, decimal_questions = self._decimal(money_at.values())
        date_format, date_questions = self._date_format(date_at, formats[date_at])
        mapping = ColumnMapping(
            date_column=date_at,
            description_column=description_at,
            amount_column=money_at.get("amount_column"),
            debit_column=money_at.get("debit_column"),
            credit_column=money_at.get("credit_column"),
            merchant_column=texts["merchant_column"],
            reference_column=texts["reference_column"],
            category_column=texts["category_column"],
            balance_column=balance_at,
            date_format=date_format,
            has_header=table.has_header,
            header_line=table.line,
            separator=table.separator,
            decimal=decimal,
        )
        questions = [*date_questions, *decimal_questions, *self._sign_questions(mapping)]
        return ColumnGuess(mapping, table.headers, sample, questions)

    def _take(self, candidates: Iterable[int], hint: re.Pattern[str], *, fallback: bool = False) -> int | None:
        """The first free candidate whose name has the hint, else the first at all if that is good enough."""
        free = [index for index in candidates if index in self._free]
        chosen = next((index for index in free if hint.search(self._names[index])), None)
        if chosen is None and fallback and free:
            chosen = free[0]
        self._free.discard(-1 if chosen is None else chosen)
        return chosen

    def _money(self, money: Sequence[int]) -> dict[str, int]:
        """One column of amounts, or a pair of money out and money in, of which one may be quite empty."""
        possible = [index for index in sorted(self._free) if index in money or not self._cells[index]]
        outs = {index for index in possible if _MONEY_OUT.search(self._names[index])}
        ins = {index for index in possible if _MONEY_IN.search(self._names[index])}
        if outs - ins and ins - outs:
            pair = {"debit_column": min(outs - ins), "credit_column": min(ins - outs)}
            self._free -= set(pair.values())
            return pair
        with_decimals = [index for index in money if any(set(cell) & set(".,") for cell in self._cells[index])]
        amount_at = self._take(money, _AMOUNT)
        if amount_at is None:
            amount_at = self._take(with_decimals, _AMOUNT, fallback=True)
        return {} if amount_at is None else {"amount_column": amount_at}

    def _texts(self, money: Sequence[int]) -> dict[str, int | None]:
        filled = [index for index in sorted(self._free) if self._cells[index]]
        words = [index for index in filled if index not in money]
        category_at = self._take(words, _CATEGORY)
        reference_at = self._take(filled, _REFERENCE)
        description_at = self._take(words, _DESCRIPTION)
        merchant_at = self._take(words, _MERCHANT)
        if description_at is None and merchant_at is not None:
            description_at, merchant_at = merchant_at, None
        if description_at is None:
            longest_first = sorted(words, key=lambda index: -sum(map(len, self._cells[index])))
            description_at = self._take(longest_first, _DESCRIPTION, fallback=True)
        return {
            "category_column": category_at,
            "reference_column": reference_at,
            "description_column": description_at,
            "merchant_column": merchant_at,
        }

    def _date_format(self, index: int, formats: Sequence[str]) -> tuple[str, list[str]]:
        """The first format, and the question which it is if another one reads other days."""
        for cell in self._cells[index]:
            try:
                days = {formatted_date(cell, known): known for known in reversed(formats)}
            except CannotRead:
                continue
            if len(days) > 1:
                orders = " or ".join(spoken_format(known) for known in formats)
                return formats[0], [f'Is the date "{cell}" written {orders}?']
        return formats[0], []

    def _decimal(self, indexes: Iterable[int]) -> tuple[str, list[str]]:
        cells = [cell for index in indexes for cell in self._cells[index]]
        votes = decimal_mark_votes(cells)
        unclear = next((cell for cell in cells if set(cell) & set(".,")), None)
        if unclear and not any(votes.values()):
            return ".", [f'Is the mark in the amount "{unclear}" the decimal mark, or does it group thousands?']
        return "," if votes[","] > votes["."] else ".", []

    def _sign_questions(self, mapping: ColumnMapping) -> list[str]:
        """Most rows of most accounts are money out; where most are positive, the file may mean that."""
        amount_at, text_at = mapping.amount_column, mapping.description_column
        if amount_at is None:
            return []
        positive, unexplained, total = 0, 0, 0
        for row in self._table.rows:
            if max(amount_at, text_at) >= len(row):
                continue
            try:
                amount = read_amount(row[amount_at], mapping.decimal)
            except CannotRead:
                continue
            total += 1
            positive += amount > 0
            unexplained += amount > 0 and not _COMES_IN.search(row[text_at])
        if total and positive * 2 > total and unexplained * 2 > positive:
            return ["Most amounts are positive: is a positive amount money in, or money out?"]
        return []
