import io
from datetime import date
from decimal import Decimal

import pytest

from apps.imports.parsers import ForbiddenContent, TooLarge, UnreadableFile
from apps.imports.parsers.xlsx import cell_text, looks_like_xlsx, open_workbook, records

from .workbooks import archive, ods, rows_xml, workbook, workbook_parts

HEADER = ("Date", "Text", "Amount")
ROW = (date(2026, 4, 3), "Tea", Decimal("-12.50"))


def _cells(content: bytes) -> list[tuple[int, list[str]]]:
    return [(record.line, record.cells) for record in records(io.BytesIO(content))]


def _sheet(rows: str) -> bytes:
    return archive(workbook_parts({"S": rows}))


def test_cells_come_as_a_csv_would_have_them_with_the_row_of_the_sheet() -> None:
    content = workbook([HEADER, ROW, (None, None, None), (date(1999, 12, 31), "=1+1", True)], first=3)
    assert _cells(content) == [
        (3, ["Date", "Text", "Amount"]),
        (4, ["2026-04-03", "Tea", "-12.5"]),
        (6, ["1999-12-31", "=1+1", "TRUE"]),
    ]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("12", "12"),
        ("-0", "0"),
        ("0.1", "0.1"),
        ("0.30000000000000004", "0.3"),
        ("1234567.89", "1234567.89"),
        ("-45.67", "-45.67"),
        ("1E-9", "0"),
        ("0.00005", "0"),
        ("1.23456", "1.2346"),
        ("123456789012345680000", "123456789012345680000"),
    ],
)
def test_numbers_are_plain_with_four_decimals_at_most(written: str, text: str) -> None:
    assert _cells(workbook([("Id", "Amount"), ("1", Decimal(written))]))[1] == (2, ["1", text])


def test_a_number_that_is_none_is_no_number() -> None:
    assert cell_text(float("nan")) == "nan"


def test_a_formula_gives_its_stored_value_and_a_day_with_a_time_its_day() -> None:
    rows = '<row r="1"><c r="A1"><f>6*7</f><v>42</v></c><c r="B1" s="1"><v>46115.75</v></c></row>'
    assert _cells(_sheet(rows)) == [(1, ["42", "2026-04-03"])]


def test_the_sheet_that_looks_most_like_a_table_is_read_and_named() -> None:
    sheets = {"Notes": rows_xml([("a",)] * 50), "Data": rows_xml([HEADER, ROW, ROW]), "Sum": rows_xml([("a", "b")])}
    found = open_workbook(io.BytesIO(archive(workbook_parts(sheets))))
    assert found.dialect == 'Workbook · sheet "Data" (2 other sheets are not read)'
    assert len(list(found.records())) == 3


def test_an_open_document_is_read() -> None:
    cell = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'
    row = (
        cell.format("date", 'office:date-value="2026-04-03"', "3.4.26")
        + cell.format("float", 'office:value="-12.5"', "-12,50")
        + '<table:table-cell table:number-columns-repeated="1022"/>'
    )
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    content = ods(f"<table:table-row>{row}</table:table-row>{empty}")
    assert looks_like_xlsx(io.BytesIO(content))
    assert _cells(content) == [(1, ["2026-04-03", "-12.5"])]


@pytest.mark.parametrize(
    ("content", "is_workbook"),
    [
        (workbook([HEADER]), True),
        (workbook([HEADER])[:300], True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), True),
        (archive({"statement.csv": "a,b"}), False),
        (b"Date,Amount\n", False),
        (b"", False),
    ],
)
def test_a_workbook_is_known_by_its_content(content: bytes, is_workbook: bool) -> None:
    assert looks_like_xlsx(io.BytesIO(content)) is is_workbook


def _with(extra: dict[str, str | bytes]) -> bytes:
    return archive(workbook_parts({"S": rows_xml([HEADER, ROW])}) | extra)


def _understated() -> bytes:
    """A bomb whose directory states a small size; reading it must stop there."""
    content = bytearray(_with({"xl/worksheets/sheet2.xml": b"<c/>" * 8_000_000}))
    size = (32_000_000).to_bytes(4, "little")
    at = content.rfind(size)
    content[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def _encrypted() -> bytes:
    content = bytearray(workbook([HEADER, ROW]))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


CORNERS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
UNNUMBERED = "<row>" + "<c><v>1</v></c>" * 1000 + '</row><row r="9000"><c><v>1</v></c></row>'
REPEATED = (
    '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000">'
    "<text:p>x</text:p></table:table-cell></table:table-row>"
)


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (_with({"xl/media/zeros.bin": bytes(60_000_000)}), TooLarge, "unpacks to 57 MB"),
        (_with({f"xl/{number}.xml": "" for number in range(2001)}), TooLarge, "parts; 2,000 are read at most"),
        (_understated(), UnreadableFile, "is damaged"),
        (_with({"inner.zip": archive({"a": "b"})}), ForbiddenContent, 'another archive, "inner.zip"'),
        (_with({"xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), ForbiddenContent, "declares entities"),
        (_encrypted(), UnreadableFile, "protected with a password"),
        (_with({"xl/workbook.bin": b""}), UnreadableFile, "binary Excel workbook"),
        (_sheet(CORNERS), TooLarge, "lie in a rectangle of more than 3,000,000 cells"),
        (_sheet(UNNUMBERED), TooLarge, "lie in a rectangle of more than 3,000,000 cells"),
        (ods(REPEATED), TooLarge, "lie in a rectangle of more than 3,000,000 cells"),
        (workbook([("one",), ("cell",)]), UnreadableFile, "no sheet with a table"),
        (workbook([HEADER, ROW])[:-30], UnreadableFile, "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), UnreadableFile, "cannot be read"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            UnreadableFile,
            "protected with a password",
        ),
    ],
)
def test_what_is_hostile_or_damaged_is_refused_with_a_sentence(
    content: bytes, error: type[UnreadableFile], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        records(io.BytesIO(content))


def test_a_cell_across_two_pieces_of_a_part_is_still_counted() -> None:
    filler = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 20_000))
    far = '<row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row>'
    for padding in range(0, 60, 7):
        with pytest.raises(TooLarge):
            records(io.BytesIO(_sheet(filler + " " * padding + far)))


def test_parts_that_hold_no_cells_are_not_handed_on() -> None:
    assert len(_cells(_with({"../../etc/passwd": "x", "xl/vbaProject.bin": b"x"}))) == 2


def test_a_cut_anywhere_is_refused() -> None:
    content = workbook([HEADER, ROW])
    for end in range(4, len(content) - 1, 7):
        with pytest.raises(UnreadableFile):
            records(io.BytesIO(content[:end]))
