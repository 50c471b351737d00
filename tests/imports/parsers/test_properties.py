"""What holds for every file: written rows come back exactly, no line vanishes, nothing breaks the reader."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.imports.parsers import (
    FORMATS,
    Answers,
    Dialect,
    ParsedRow,
    Recipe,
    RecipeColumns,
    Row,
    UnreadableFile,
    guess,
    open_statement,
)

from .reading import BOFA, BOFA_CC, SAMPLES, parsed, rows_of

Written = tuple[date, Decimal, str, str]
"""Day, amount, description and the bank's id."""

LINE_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip)
CELL_TEXT = st.text(
    st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from('\n\r",;')), max_size=30
).map(str.strip)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
AMOUNTS = st.decimals(-(10**14), 10**14, places=4, allow_nan=False).map(lambda value: value or abs(value))
IDS = st.text("0123456789ABCDEF", min_size=1, max_size=12)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def _rows(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[Written]]:
    return st.lists(st.tuples(DAYS, AMOUNTS, text, IDS), max_size=12)


def _table(header: Sequence[str], records: list[list[str]], line_end: str) -> str:
    stream = io.StringIO(newline="")
    # csv.writer itself quotes only those line breaks that are in its own line end.
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    writer = csv.writer(stream, lineterminator=line_end, quoting=quoting)
    writer.writerow(header)
    writer.writerows(records)
    return stream.getvalue()


def _bofa_bank(rows: list[Written], end: str) -> str:
    records = [[f"{day:%m/%d/}{day.year}", text, f"{amount:,}", "1.00"] for day, amount, text, _ in rows]
    return _table(BOFA.strip().split(","), records, end)


def _bofa_cc(rows: list[Written], end: str) -> str:
    records = [[f"{day:%m/%d/}{day.year}", bank_id, text, "", str(amount)] for day, amount, text, bank_id in rows]
    return _table(BOFA_CC.strip().split(","), records, end)


def _amex(rows: list[Written], end: str) -> str:
    records = [
        [f"{day:%m/%d/}{day.year}", text, "KIM", "-1", str(-amount), "a\nb", f"'{bank_id}'", "Food"]
        for day, amount, text, bank_id in rows
    ]
    header = [
        "Date",
        "Description",
        "Card Member",
        "Account #",
        "Amount",
        "Extended Details",
        "Reference",
        "Category",
    ]
    return _table(header, records, end)


def _inspira(rows: list[Written], end: str) -> str:
    records = [
        [
            bank_id,
            "Debit",
            "",
            f"{day:%m/%d/}{day.year}",
            text,
            f"(${-amount:,})" if amount < 0 else f"${amount:,}",
            "",
        ]
        for day, amount, text, bank_id in rows
    ]
    header = [
        "Transaction ID",
        "Transaction Type",
        "Origination Date",
        "Posted Date",
        "Description",
        "Amount",
    ]
    return _table([*header, "Expense Category"], records, end)


def _venmo(rows: list[Written], end: str) -> str:
    records = [
        ["", bank_id, f"{day}T10:11:12", "Payment", "Complete", text, "Kim", "Sam",
         f"{'-' if amount < 0 else '+'} ${abs(amount):,}"]
        for day, amount, text, bank_id in rows
    ]  # fmt: skip
    return _table(["", "ID", "Datetime", "Type", "Status", "Note", "From", "To", "Amount (total)"], records, end)


def _qif(rows: list[Written], end: str) -> str:
    # The first record settles that the month comes first; the comparison leaves it out.
    records = [
        ["D01/31/2000", "T0.50"],
        *([f"D{d:%m/%d/}{d.year}", f"T{a:,}", f"P{text}"] for d, a, text, _ in rows),
    ]
    return end.join(["!Type:Bank", *(end.join([*record, "^"]) for record in records)])


def _ofx(template: str) -> Callable[[list[Written], str], str]:
    def write(rows: list[Written], end: str) -> str:
        first = template.format("20000131", "0.50", "0", "")
        return end.join(
            ["<OFX><STMTRS>", first]
            + [
                template.format(f"{day.year}{day:%m%d}", amount, bank_id, escape(text))
                for day, amount, text, bank_id in rows
            ]
            + ["</STMTRS></OFX>"]
        )

    return write


_sgml = _ofx("<STMTTRN><DTPOSTED>{}<TRNAMT>{}<FITID>x{}<NAME>{}</STMTTRN>")
_xml = _ofx(
    "<STMTTRN><DTPOSTED>{}</DTPOSTED><TRNAMT>{}</TRNAMT><FITID>x{}</FITID><NAME>{}</NAME></STMTTRN>",
)


def _came_back(content: str, encoding: str) -> list[ParsedRow]:
    rows = rows_of(content.encode(encoding))
    assert all(isinstance(row, ParsedRow) for row in rows)
    return parsed(rows)


@pytest.mark.parametrize(
    ("write", "empty_text"),
    [
        (_bofa_bank, ""),
        (_bofa_cc, ""),
        (_amex, ""),
        (_inspira, "Debit"),
        (_venmo, "Payment: Kim -> Sam"),
    ],
)
@given(rows=_rows(CELL_TEXT), encoding=ENCODINGS, end=LINE_ENDS)
def test_rows_written_as_the_csv_of_a_bank_come_back_exactly(
    write: Callable[[list[Written], str], str], empty_text: str, rows: list[Written], encoding: str, end: str
) -> None:
    read = _came_back(write(rows, end), encoding)
    assert [(row.date, row.amount, row.description) for row in read] == [
        (day, amount, text or empty_text) for day, amount, text, _ in rows
    ]
    if write is not _bofa_bank:
        assert [row.bank_id for row in read] == [bank_id for *_, bank_id in rows]


@given(rows=_rows(LINE_TEXT), encoding=ENCODINGS, end=LINE_ENDS)
def test_rows_written_as_qif_come_back_exactly(rows: list[Written], encoding: str, end: str) -> None:
    read = _came_back(_qif(rows, end), encoding)[1:]
    assert [(row.date, row.amount, row.description) for row in read] == [
        (day, amount, text or "Unknown") for day, amount, text, _ in rows
    ]


@pytest.mark.parametrize("write", [_sgml, _xml])
@given(rows=_rows(LINE_TEXT), encoding=ENCODINGS, end=LINE_ENDS)
def test_rows_written_as_ofx_come_back_exactly(
    write: Callable[[list[Written], str], str], rows: list[Written], encoding: str, end: str
) -> None:
    read = _came_back(write(rows, end), encoding)[1:]
    assert [(row.date, row.amount, row.description, row.reference) for row in read] == [
        (day, amount, text or "Unknown Transaction", f"qfx_x{bank_id}") for day, amount, text, bank_id in rows
    ]


@given(rows=_rows(CELL_TEXT), separator=st.sampled_from(",;\t|"), decimal=st.sampled_from(".,"))
def test_rows_written_with_chosen_columns_come_back_exactly(rows: list[Written], separator: str, decimal: str) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator)
    writer.writerow(["What", "When", "How much"])
    writer.writerows([text, day.isoformat(), str(amount).replace(".", decimal)] for day, amount, text, _ in rows)
    recipe = Recipe(
        columns=RecipeColumns(date="When", description=("What",), amount="How much"),
        dialect=Dialect(dates=("%Y-%m-%d",), separator=separator, decimal=decimal),
    )
    read = rows_of(stream.getvalue(), recipe=recipe)
    assert [(row.date, row.amount, row.description) for row in parsed(read)] == [row[:3] for row in rows]


def _lines_accounted_for(content: str, rows: list[Row], first_line: int) -> None:
    """Rows begin on rising lines, and a line without a row of its own lies inside quotation marks."""
    starts = [row.line for row in rows]
    assert starts == sorted(set(starts))
    lines = content.split("\n")
    for number in range(first_line, len(lines) + 1):
        if lines[number - 1].strip() and number not in starts:
            opened_at = max(start for start in starts if start < number)
            assert '"' in lines[opened_at - 1]


CSV_LINES = st.lists(
    st.one_of(
        st.text('ab"1/2,.-$() ', max_size=25),
        st.sampled_from(
            ["11/15/2025,1,TEA,,-2.00", '11/15/2025,1,"A, B",,-2.00', '11/15/2025,1,"A,,-2.00', ",,,,", '"']
        ),
    ),
    max_size=30,
)


@given(lines=CSV_LINES)
@example(lines=['"', '11/15/2025,1,"A, B",,-2.00'])
def test_every_line_of_a_csv_is_accounted_for(lines: list[str]) -> None:
    content = BOFA_CC + "\n".join(lines)
    _lines_accounted_for(content, rows_of(content), first_line=2)


@given(lines=CSV_LINES, footer_lines=st.integers(0, 3))
def test_every_line_that_a_recipe_reads_is_accounted_for(lines: list[str], footer_lines: int) -> None:
    columns = RecipeColumns(date="Posted Date", description=("Payee",), amount="Amount")
    recipe = Recipe(columns=columns, dialect=Dialect(separator=",", footer_lines=footer_lines))
    content = BOFA_CC + "\n".join(lines)
    _lines_accounted_for(content, rows_of(content, recipe=recipe), first_line=2)


@given(lines=CSV_LINES)
def test_every_line_above_the_column_names_is_accounted_for(lines: list[str]) -> None:
    content = "\n".join([*lines, BOFA_CC])
    read = rows_of(content, format="bofa_cc")
    assert [row.line for row in read] == [number for number, line in enumerate(lines, 1) if line.strip()]


@given(
    records=st.lists(st.lists(st.sampled_from(["D1/2/2026", "Dx", "T5", "T1,0", "PTea", "Sx", "$4", "Z"])), max_size=20)
)
def test_every_record_of_a_qif_is_accounted_for(records: list[list[str]]) -> None:
    content = "!Type:Bank\n" + "".join("\n".join([*record, "^\n"]) for record in records)
    answers = Answers(day_first=False, decimal=".")
    assert len(rows_of(content, answers=answers)) == sum(1 for record in records if record)


@given(
    parts=st.lists(st.sampled_from(["<STMTTRN>", "</STMTTRN>", "<TRNAMT>1", "<DTPOSTED>20260101", "<NAME>x", "</OFX>"]))
)
def test_every_transaction_that_opens_in_an_ofx_is_accounted_for(parts: list[str]) -> None:
    read = rows_of("<OFX>" + "".join(parts) + "</OFX>")
    assert len(read) == parts.count("<STMTTRN>")


BEGINNINGS = [
    b"",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<OFX><STMTTRN>",
    b"!Type:Bank\nD",
    BOFA.encode(),
    BOFA_CC.encode(),
]
BEGINNINGS += [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
RECIPE = Recipe(columns=RecipeColumns(date=0, description=(1,), amount=2, balance=3), dialect=Dialect(has_header=False))


@settings(max_examples=300)
@given(
    beginning=st.sampled_from(BEGINNINGS),
    cut=st.integers(0, 1500),
    end=st.one_of(st.binary(max_size=200), st.text('"\n\r,;<>&!^/DTPN0123456789.-', max_size=100).map(str.encode)),
    key=st.sampled_from([None, *FORMATS]),
)
def test_no_bytes_raise_anything_but_that_the_file_is_unreadable(
    beginning: bytes, cut: int, end: bytes, key: str | None
) -> None:
    content = beginning[:cut] + end
    recipe = RECIPE if key == "custom" else None
    for read in (
        lambda: list(open_statement(io.BytesIO(content), format=key, recipe=recipe).rows()),
        lambda: guess(io.BytesIO(content)),
    ):
        try:
            read()
        except UnreadableFile:
            continue
