"""MT940, SWIFT's statement: one or more statements, each with an account, balances and transactions.

The mt-940 library reads single transactions (``mt940_values``). Cutting the file into fields is done in
``mt940_fields``, since the library drops what it cannot read.
"""

from collections.abc import Callable, Iterator

from .bank_ids import trusted_ids
from .hints import AccountHints
from .mt940_fields import Field, fields_of
from .mt940_values import EXPECTED, TRAILING_CURRENCY, read_balance, read_transaction
from .rows import CannotRead, Row, StatedBalance, left_out, unreadable

KEY = "mt940"
NAME = "MT940"

_WITHOUT_ROW = {"20", "21", "28", "28C", "13", "13D", "34F", "64", "65", "90C", "90D"}


def looks_like_mt940(head: list[str]) -> bool:
    """Whether the first lines have the fields that begin a statement, wrapped in SWIFT's blocks or not."""
    tags = {field.tag for field in fields_of(iter(head))}
    return "20" in tags and not tags.isdisjoint({"25", "25P", "28", "28C", "60F", "60M"})


def read_mt940(lines: Callable[[], Iterator[str]]) -> Iterator[Row]:
    """One row for every transaction and balance, and for every line that is neither and has no field of its own.

    ``lines`` starts anew each time it is called; it is called twice. Memory holds one field, and a hash of every id.
    """

    def rows(skipped: str | None = None) -> Iterator[Row]:
        return _Reader().rows(field for field in fields_of(lines()) if field.tag != skipped)

    # The bank's reference stands in :61:, and the details in :86: take the most time.
    return trusted_ids(rows, repeats_are_copies=False, first_look=lambda: rows(skipped="86"))


class _Reader:
    """Walks through the fields: which statement they are in, and which transaction is open."""

    def __init__(self) -> None:
        self._hints = AccountHints()
        self._account = ""
        self._currency = ""
        self._open: list[Field] = []
        self._is_in_statement = False

    def rows(self, fields: Iterator[Field]) -> Iterator[Row]:
        last: Field | None = None
        for last in fields:
            if last.tag == "86" and self._open:
                self._open.append(last)
                continue
            yield from self._finished()
            yield from self._take(last)
        if self._open:
            sentence = "The file ends in the middle of this transaction, before the closing balance (:62F:)."
            yield unreadable(self._open[0].line, _source(self._open), f"{sentence} Download it again.")
        elif last and self._is_in_statement:
            sentence = "The file ends in the middle of a statement, before its closing balance (:62F:)."
            yield unreadable(last.line, last.source, f"{sentence} Download it again.")

    def _take(self, field: Field) -> Iterator[Row]:
        tag = field.tag
        if tag == "61":
            self._open = [field]
        elif tag in {"20", "25", "25P"}:
            self._begin(field)
        elif tag in {"60F", "60M", "62F", "62M"}:
            self._is_in_statement = tag.startswith("60")
            yield self._balance(field)
        elif tag == "?":
            yield unreadable(field.line, field.source, f"The line begins like a transaction (:61:); {EXPECTED}.")
        elif tag == "86":
            yield left_out(field.line, field.source, "A note on the whole statement, not a transaction.")
        elif not tag:
            yield left_out(field.line, field.source, "The line stands outside the statement.")
        elif tag not in _WITHOUT_ROW:
            yield left_out(
                field.line, field.source, f"The field :{tag}: is an addition of the bank, not a transaction."
            )
        if tag in {"90C", "90D"}:
            self._is_in_statement = False

    def _begin(self, field: Field) -> None:
        self._is_in_statement = True
        self._currency = ""
        if field.tag == "20":
            self._account = ""
        else:
            written = "".join(field.text.split()).upper()
            # Banks glue the currency to the account number: DE89370400440532013000EUR.
            number = TRAILING_CURRENCY.sub("", written)
            self._account = self._hints.of_bank(number)

    def _balance(self, field: Field) -> Row:
        try:
            date, amount, currency = read_balance(field)
        except CannotRead as reason:
            return unreadable(field.line, field.source, reason)
        self._currency = currency
        return StatedBalance(
            line=field.line,
            text=field.source,
            kind="opening" if field.tag.startswith("60") else "closing",
            date=date,
            amount=amount,
            account_hint=self._account,
            currency=currency,
        )

    def _finished(self) -> Iterator[Row]:
        fields, self._open = self._open, []
        if fields:
            try:
                yield read_transaction(fields, self._account, self._currency)
            except CannotRead as reason:
                yield unreadable(fields[0].line, _source(fields), reason)


def _source(fields: list[Field]) -> str:
    return "\n".join(field.source for field in fields)
