"""What holds for the formats that are no CSV: written rows come back exactly, and a cut loses nothing silently."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.imports.parsers import (
    Answers,
    BinaryFile,
    ParsedRow,
    Row,
    TooLarge,
    UnreadableFile,
    UnreadableRow,
    open_statement,
)
from apps.imports.parsers.xlsx import records

from .reading import parsed, rows_of
from .workbooks import Value, workbook

Entry = tuple[date, Decimal, str]
"""Day, amount and text."""

TEXT = st.text(st.sampled_from("abcXYZ 0189äéßŁ&<>'\"=;,."), min_size=1, max_size=40).map(
    lambda text: " ".join(text.split()) or "x"
)
DAYS = st.dates(date(2000, 1, 1), date(2098, 12, 31))
AMOUNTS = st.decimals(-(10**11), 10**11, places=2, allow_nan=False).map(lambda value: value or abs(value))
LEDGERS = st.lists(st.tuples(DAYS, AMOUNTS, TEXT), max_size=10)
LINE_ENDS = st.sampled_from(["\n", "\r\n"])


def _qif(ledger: list[Entry], day_first: bool = False, decimal: str = ".") -> str:
    # The first record settles order and mark, so that nothing needs to be asked.
    first = (date(2000, 1, 31), Decimal("0.50"), "x")
    order = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    return "!Type:Bank\n" + "".join(
        f"D{day.strftime(order)}\nT{str(amount).replace('.', decimal)}\nP{text}\n^\n"
        for day, amount, text in [first, *ledger]
    )


def _ofx(ledger: list[Entry], tag: Callable[[str, str], str]) -> str:
    inside = "".join(
        "<STMTTRN>\n"
        + "\n".join(
            tag(name, value)
            for name, value in [
                ("DTPOSTED", f"{day:%Y%m%d}"),
                ("TRNAMT", str(amount)),
                ("FITID", f"id{number}"),
                ("NAME", escape(text)),
            ]
        )
        + "\n</STMTTRN>\n"
        for number, (day, amount, text) in enumerate(ledger)
    )
    balance = f"<LEDGERBAL>{tag('BALAMT', '0.00')}{tag('DTASOF', '20260101')}</LEDGERBAL>"
    return f"<OFX><STMTRS>{tag('CURDEF', 'EUR')}<BANKTRANLIST>\n{inside}</BANKTRANLIST>{balance}</STMTRS></OFX>\n"


def _ofx_1(ledger: list[Entry]) -> str:
    return "OFXHEADER:100\n" + _ofx(ledger, lambda name, value: f"<{name}>{value}\n")


def _ofx_2(ledger: list[Entry]) -> str:
    return '<?OFX OFXHEADER="200"?>\n' + _ofx(ledger, lambda name, value: f"<{name}>{value}</{name}>")


def _camt(ledger: list[Entry]) -> str:
    inside = "".join(
        f'<Ntry><Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{"DBIT" if amount < 0 else "CRDT"}</CdtDbtInd>\n'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>id{number}</AcctSvcrRef>\n"
        f"<NtryDtls><TxDtls><RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        for number, (day, amount, text) in enumerate(ledger)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n'
        f"<BkToCstmrStmt><Stmt><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>\n{inside}"
        "</Stmt></BkToCstmrStmt></Document>\n"
    )


def _cut(text: str) -> int:
    """After at most 27 characters and no space: a SWIFT line does not keep the white space that it ends in."""
    return len(text[:27].rstrip())


def _mt940(ledger: list[Entry]) -> str:
    inside = "".join(
        f":61:{day:%y%m%d%m%d}{'D' if amount < 0 else 'C'}{str(abs(amount)).replace('.', ',')}NTRFNONREF//id{number:08}\n"
        f":86:166?20SVWZ+{text[: _cut(text)]}\n?21{text[_cut(text) :]}\n"
        for number, (day, amount, text) in enumerate(ledger)
    )
    return f":20:X\n:25:DE89370400440532013000\n:28C:1/1\n:60F:C260101EUR1,00\n{inside}:62F:C260131EUR1,00\n-\n"


def _entries(rows: list[Row]) -> list[Entry]:
    assert not any(isinstance(row, UnreadableRow) for row in rows)
    return [(row.date, row.amount, row.description) for row in parsed(rows)]


@pytest.mark.parametrize("write", [_ofx_1, _ofx_2, _camt, _mt940])
@given(ledger=LEDGERS, end=LINE_ENDS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_is_written_comes_back_exactly(
    write: Callable[[list[Entry]], str], ledger: list[Entry], end: str, encoding: str
) -> None:
    read = rows_of(write(ledger).replace("\n", end).encode(encoding))
    assert _entries(read) == ledger
    assert [row.bank_id for row in parsed(read)] == [
        f"id{number:08}" if write is _mt940 else f"id{number}" for number in range(len(ledger))
    ]


@pytest.mark.parametrize("day_first", [True, False])
@pytest.mark.parametrize("decimal", [".", ","])
@given(ledger=LEDGERS, end=LINE_ENDS)
def test_qif_comes_back_in_each_order_of_dates_and_with_each_decimal_mark(
    day_first: bool, decimal: str, ledger: list[Entry], end: str
) -> None:
    content = _qif(ledger, day_first, decimal)
    assert _entries(rows_of(content.replace("\n", end)))[1:] == ledger


@given(ledger=LEDGERS)
def test_a_workbook_comes_back_exactly(ledger: list[Entry]) -> None:
    rows: list[list[Value]] = [["Date", "Amount", "Text"]]
    rows += [[day, amount, text] for day, amount, text in ledger]
    read = [record.cells for record in records(io.BytesIO(workbook(rows)))]
    assert [(date.fromisoformat(day), Decimal(amount), text) for day, amount, text in read[1:]] == ledger


SOME = [
    (date(2026, 1, 31), Decimal("-1234.56"), "Tea & <cake> at the corner of the street"),
    (date(2026, 2, 3), Decimal("7.50"), "Łódź"),
    (date(2026, 2, 4), Decimal("-0.01"), "x"),
]
CUT_FILES = [
    (_ofx_1(SOME), "<STMTTRN>"),
    (_ofx_2(SOME), "<STMTTRN>"),
    (_camt(SOME), "<Ntry>"),
    (_mt940(SOME), "\n:61:"),
    (_qif(SOME), "\nD"),
]


@pytest.mark.parametrize(("content", "mark"), CUT_FILES, ids=["ofx1", "ofx2", "camt", "mt940", "qif"])
def test_a_file_cut_at_any_byte_gives_whole_rows_and_names_the_cut(content: str, mark: str) -> None:
    whole = parsed(rows_of(content))
    data = content.encode()
    # Of a QIF whose only record is cut nothing tells the cut, so the first cut lies behind its first record.
    for end in range(data.find(b"\n^\n") + 3 if mark == "\nD" else 0, len(data)):
        cut = data[:end]
        try:
            rows = list(open_statement(io.BytesIO(cut), answers=Answers(day_first=False, decimal=".")).rows())
        except UnreadableFile:
            assert mark.encode() not in cut or not _has_a_whole_one(cut, mark)
            continue
        read = parsed(rows)
        assert read == whole[: len(read)]
        begun = cut.count(mark.encode())
        assert len(read) == begun or any(isinstance(row, UnreadableRow) for row in rows)


def _has_a_whole_one(cut: bytes, mark: str) -> bool:
    """Whether a record of the cut file is whole, so that refusing all of the file would lose it."""
    return cut.count(mark.encode()) > 1


@settings(max_examples=200)
@given(
    written=st.sampled_from([content for content, _ in CUT_FILES]),
    at=st.integers(0, 1500),
    length=st.integers(0, 40),
    noise=st.one_of(st.binary(max_size=20), st.text("<>&!:?/-{}^DT0123456789,.\n", max_size=20).map(str.encode)),
)
def test_no_damage_raises_anything_but_that_the_file_is_unreadable(
    written: str, at: int, length: int, noise: bytes
) -> None:
    data = written.encode()
    try:
        rows = list(open_statement(io.BytesIO(data[:at] + noise + data[at + length :])).rows())
    except UnreadableFile:
        return
    assert all(row.reason for row in rows if isinstance(row, UnreadableRow))


@settings(max_examples=60)
@given(at=st.integers(0, 2500), noise=st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_workbook_raises_anything_but_that_it_is_unreadable(at: int, noise: bytes) -> None:
    data = workbook([["Date", "Amount"], [date(2026, 1, 2), Decimal("1.5")]])
    try:
        found = list(records(io.BytesIO(data[:at] + noise + data[at + len(noise) :])))
    except UnreadableFile:
        return
    assert all(record.cells for record in found)


@pytest.mark.parametrize("content", [content for content, _ in CUT_FILES], ids=["ofx1", "ofx2", "camt", "mt940", "qif"])
def test_nul_characters_are_refused(content: str) -> None:
    with pytest.raises(BinaryFile):
        rows_of(content.replace("x", "\0"))


@pytest.mark.parametrize("content", [_mt940(SOME), _qif(SOME)], ids=["mt940", "qif"])
def test_a_line_of_many_megabytes_is_refused_where_lines_are_records(content: str) -> None:
    with pytest.raises(TooLarge):
        rows_of(content.replace("x", "y" * 10_000_000))


@pytest.mark.parametrize("content", [_ofx_1(SOME), _ofx_2(SOME), _camt(SOME)], ids=["ofx1", "ofx2", "camt"])
def test_a_value_of_many_megabytes_is_read_where_a_file_may_be_one_line(content: str) -> None:
    rows = rows_of(content.replace(">x<", f">{'y' * 10_000_000}<").replace(">x\n", f">{'y' * 10_000_000}\n"))
    assert [row.amount for row in rows if isinstance(row, ParsedRow)] == [amount for _, amount, _ in SOME]
