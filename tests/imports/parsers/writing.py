"""A writer of ledgers in every dialect that a recipe can read, for the properties of reading and guessing."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

from apps.imports.parsers import Dialect, Recipe, RecipeColumns

Entry = tuple[dt.date, Decimal, str]
"""Day, amount as the account sees it, description."""

DATE_FORMATS = (
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%m/%d/%y",
    "%d-%m-%Y",
    "%Y%m%d",
    "%d %b %Y",
)
ENGLISH = ("Date", "Description", "Amount", "Debit", "Credit", "Type")
GERMAN = ("Buchungstag", "Verwendungszweck", "Betrag", "Soll", "Haben", "Kennzeichen")
FOOTERS = ("", "Total", "End of the list")


@dataclass(frozen=True)
class Written:
    """How a ledger is written. ``money`` is signed, brackets, trailing, pair, indicator or turned."""

    separator: str
    encoding: str
    decimal: str
    thousands: str
    date_format: str
    money: str
    names: tuple[str, ...]
    has_header: bool
    junk: tuple[str, ...]
    footer: str
    line_end: str

    def content(self, entries: Sequence[Entry]) -> bytes:
        stream = io.StringIO(newline="")
        for line in self.junk:
            stream.write(line + self.line_end)
        # csv.writer itself quotes only those line breaks that are in its own line end.
        quoting = csv.QUOTE_MINIMAL if self.line_end == "\r\n" else csv.QUOTE_ALL
        writer = csv.writer(stream, delimiter=self.separator, lineterminator=self.line_end, quoting=quoting)
        if self.has_header:
            writer.writerow([self.names[0], self.names[1], *self._money_names()])
        for day, amount, text in entries:
            writer.writerow([day.strftime(self.date_format), text, *self._cells(amount)])
        if self.footer:
            stream.write(self.footer + self.line_end)
        return stream.getvalue().encode(self.encoding)

    def recipe(self) -> Recipe:
        ref = {name: name if self.has_header else at for at, name in enumerate(self._columns())}
        date, text, amount, debit, credit, kind = self.names
        is_pair = self.money == "pair"
        return Recipe(
            columns=RecipeColumns(
                date=ref[date],
                description=(ref[text],),
                amount=None if is_pair else ref[amount],
                debit=ref[debit] if is_pair else None,
                credit=ref[credit] if is_pair else None,
                indicator=ref[kind] if self.money == "indicator" else None,
            ),
            dialect=Dialect(
                separator=self.separator,
                dates=(self.date_format,),
                decimal=self.decimal,
                sign="spending_is_positive" if self.money == "turned" else "as_written",
                has_header=self.has_header,
                header_line=None if self.has_header else len(self.junk) + 1,
                out_values=("D",),
                in_values=("C",),
            ),
        )

    def _columns(self) -> list[str]:
        return [self.names[0], self.names[1], *self._money_names()]

    def _money_names(self) -> list[str]:
        _, _, amount, debit, credit, kind = self.names
        if self.money == "pair":
            return [debit, credit]
        return [amount, kind] if self.money == "indicator" else [amount]

    def _cells(self, amount: Decimal) -> list[str]:
        plain = self._number(abs(amount))
        if self.money == "pair":
            return [plain, ""] if amount < 0 else ["", plain]
        if self.money == "indicator":
            return [plain, "D" if amount < 0 else "C"]
        if self.money == "brackets":
            return [f"({plain})" if amount < 0 else plain]
        if self.money == "trailing":
            return [f"{plain}-" if amount < 0 else plain]
        is_minus = amount > 0 if self.money == "turned" else amount < 0
        return [f"-{plain}" if is_minus else plain]

    def _number(self, amount: Decimal) -> str:
        return f"{amount:,}".replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)


@st.composite
def written(draw: st.DrawFn) -> Written:
    decimal = draw(st.sampled_from(".,"))
    junk = st.lists(
        st.sampled_from(["Account statement", "Kontoauszug für Käthe", 'He said "hello', "2026"]), max_size=3
    )
    return Written(
        separator=draw(st.sampled_from(",;\t|")),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
        decimal=decimal,
        thousands=draw(st.sampled_from(["", "'", " ", "," if decimal == "." else "."])),
        date_format=draw(st.sampled_from(DATE_FORMATS)),
        money=draw(st.sampled_from(["signed", "brackets", "trailing", "pair", "indicator", "turned"])),
        names=draw(st.sampled_from([ENGLISH, GERMAN])),
        has_header=draw(st.booleans()),
        junk=tuple(draw(junk)),
        footer=draw(st.sampled_from(FOOTERS)),
        line_end=draw(st.sampled_from(["\n", "\r\n"])),
    )


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2035, 12, 31))
AMOUNTS = st.one_of(
    st.decimals(-(10**7), 10**7, places=2), st.decimals(-2000, 2000, places=0), st.decimals(-20, 20, places=3)
).map(lambda value: value or abs(value))
# Letters that no two bytes of Windows-1252 join to valid UTF-8, and what may be taken for numbers, dates and marks.
TEXTS = st.text('abc äöüéß0123456789/.,;|\t-"\n', max_size=20).map(str.strip)
LEDGERS = st.lists(st.tuples(DAYS, AMOUNTS, TEXTS), min_size=1, max_size=12)
