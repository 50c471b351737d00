"""Whole files: character sets, what is refused, what is cut off."""

import io

import pytest

from apps.imports.parsers import (
    FORMATS,
    BinaryFile,
    Dialect,
    EmptyFile,
    ForbiddenContent,
    Recipe,
    RecipeColumns,
    TooLarge,
    TruncatedFile,
    UnknownFormat,
    UnreadableFile,
    guess,
    open_statement,
)

from .reading import BOFA, BOFA_CC, SAMPLES, opened, parsed, rows_of, sample, unread

LINE = "11/15/2025,KÖNIG BÄCKEREI,-5.00,10.00\n"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")],
)
def test_a_file_is_read_in_every_character_set_that_banks_use(encoding: str, name: str) -> None:
    content = (BOFA + LINE).encode(encoding)
    assert opened(content).encoding == name
    assert [row.description for row in parsed(rows_of(content))] == ["KÖNIG BÄCKEREI"]


def test_utf_16_in_the_other_byte_order_is_read() -> None:
    content = b"\xfe\xff" + (BOFA + LINE).encode("utf-16-be")
    assert [row.description for row in parsed(rows_of(content))] == ["KÖNIG BÄCKEREI"]


def test_typographic_quotes_of_windows_1252_are_kept() -> None:
    content = (BOFA + "11/15/2025,JOE’S “BAR”,-5.00,10.00\n").encode("cp1252")
    assert [row.description for row in parsed(rows_of(content))] == ["JOE’S “BAR”"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(end: str) -> None:
    rows = parsed(rows_of((BOFA + LINE + LINE).replace("\n", end)))
    assert [row.line for row in rows] == [2, 3]


def test_a_character_cut_in_two_by_the_end_of_the_file_does_not_change_the_character_set() -> None:
    content = (BOFA + LINE + "11/16/2025,KÖ").encode()[:-1]
    rows = rows_of(content)
    assert opened(content).encoding == "UTF-8"
    assert parsed(rows)[0].description == "KÖNIG BÄCKEREI"
    assert unread(rows) == [(3, "The amount is missing.")]


@pytest.mark.parametrize("content", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b"\xff\xfe", b" \t"])
def test_a_file_without_text_is_called_empty(content: bytes) -> None:
    with pytest.raises(EmptyFile, match=r"^The file is empty\.$"):
        opened(content)
    with pytest.raises(EmptyFile):
        guess(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "This is a PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "This is an Excel workbook or another ZIP archive"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is a PNG picture"),
        (b"Date,Amount\n1,\x002\n", "This is not a text file"),
        ((BOFA + LINE).encode("utf-16-le"), "This is not a text file"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "begins like UTF-16 text, but its bytes are not text"),
    ],
)
def test_a_file_that_is_not_text_is_refused_by_its_kind(content: bytes, kind: str) -> None:
    with pytest.raises(BinaryFile, match=kind):
        opened(content)


def test_a_word_document_is_no_workbook() -> None:
    with pytest.raises(UnreadableFile, match="The workbook cannot be read"):
        opened(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_what_no_bank_writes_is_an_unknown_format() -> None:
    with pytest.raises(UnknownFormat, match="Choose which column holds what"):
        opened("Date,Details,Sum\n2025-01-01,Tea,-2.00\n")


@pytest.mark.parametrize("key", sorted(FORMATS))
def test_a_file_that_is_not_of_the_named_format_is_refused(key: str) -> None:
    with pytest.raises(UnknownFormat):
        opened("When,What,How much\n2025-01-01,Tea,-2.00\n", format=key)


def test_a_format_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownFormat, match='There is no format "doubloon"'):
        opened(BOFA, format="doubloon")


def test_the_named_format_is_found_below_a_long_summary() -> None:
    content = "Total\n" * 30 + BOFA + LINE
    with pytest.raises(UnknownFormat):
        opened(content)
    assert len(parsed(rows_of(content, format="bofa_bank"))) == 1


def test_the_content_decides_whatever_the_file_was_called() -> None:
    assert [row.bank_id for row in parsed(sample("statement_xml.ofx"))] == ["B1"]
    assert opened("!Type:Bank\nD1/20/2025\nT1.00\n^\n").format == "qif"


def test_a_header_without_rows_is_a_statement_without_rows() -> None:
    assert rows_of(BOFA) == []
    assert rows_of(BOFA.strip()) == []


def test_the_rows_can_be_read_once_only() -> None:
    statement = opened(BOFA + LINE)
    list(statement.rows())
    with pytest.raises(RuntimeError):
        statement.rows()


def test_the_stream_of_the_caller_stays_open() -> None:
    stream = io.BytesIO((BOFA + LINE).encode())
    list(open_statement(stream).rows())
    assert not stream.closed


def test_a_line_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(TooLarge):
        opened(BOFA + "x" * ((1 << 20) + 1) + "\n")


def test_an_ofx_file_may_be_one_long_line() -> None:
    row = "<STMTTRN><DTPOSTED>20250102<TRNAMT>-1.00<FITID>{}</STMTTRN>"
    content = "<OFX>" + "".join(row.format(number) for number in range(20_000)) + "</OFX>"
    assert len(content) > 1 << 20
    assert len(parsed(rows_of(content))) == 20_000


def test_an_ofx_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.imports.parsers.ofx.SIZE_LIMIT", 1 << 20)
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        opened("<OFX>" + " " * (1 << 20))


def test_an_ofx_file_that_ends_before_its_first_transaction_is_called_truncated() -> None:
    with pytest.raises(TruncatedFile):
        opened("OFXHEADER:100\nDATA:OFXSGML\n\n<OFX>\n<SIGNONMSGSRSV1>")


@pytest.mark.parametrize("declared", ['<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', '<!entity a "x">'])
def test_a_file_that_declares_entities_is_refused(declared: str) -> None:
    with pytest.raises(ForbiddenContent):
        opened(f'<?xml version="1.0"?>{declared}<OFX><STMTTRN></STMTTRN></OFX>')


def test_a_csv_cut_in_the_middle_of_its_last_line_names_that_line() -> None:
    rows = rows_of(BOFA + LINE + "11/16/2025,TEA,-2")
    assert len(parsed(rows)) == 1
    assert unread(rows) == [(3, "The file ends in the middle of this line.")]


def test_a_csv_cut_inside_quotation_marks_names_that_line() -> None:
    rows = rows_of(BOFA_CC + '11/15/2025,1,TEA,,-2.00\n11/16/2025,2,"COFFEE, PORT')
    assert len(parsed(rows)) == 1
    assert unread(rows) == [(3, "A quotation mark opens on this line and is not closed where a cell ends.")]


@pytest.mark.parametrize(
    "name",
    ["bofa_bank.csv", "amex_cc.csv", "venmo.csv", "register.qif", "statements.ofx", "statement_xml.ofx"],
)
def test_every_beginning_of_a_file_gives_the_same_rows_as_far_as_it_goes(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    whole = parsed(rows_of(content))
    for length in range(0, len(content), 5):
        try:
            rows = parsed(rows_of(content[:length]))
        except UnreadableFile:
            continue
        assert [row.line for row in rows] == [row.line for row in whole[: len(rows)]]


RECIPE_COLUMNS = RecipeColumns(date="Date", description=("Description",), amount="Amount")


def in_charset(charset: str) -> Recipe:
    return Recipe(columns=RECIPE_COLUMNS, dialect=Dialect(charset=charset))


@pytest.mark.parametrize(
    ("charset", "name"), [("cp850", "DOS 850"), ("mac-roman", "Mac Roman"), ("cp1250", "Windows-1250")]
)
def test_a_character_set_that_no_byte_shows_can_be_chosen(charset: str, name: str) -> None:
    content = (BOFA + LINE).encode(charset)
    assert opened(content, recipe=in_charset(charset)).encoding == name
    assert [row.description for row in parsed(rows_of(content, recipe=in_charset(charset)))] == ["KÖNIG BÄCKEREI"]


def test_a_byte_order_mark_overrules_the_chosen_character_set() -> None:
    content = (BOFA + LINE).encode("utf-8-sig")
    assert [row.description for row in parsed(rows_of(content, recipe=in_charset("cp1252")))] == ["KÖNIG BÄCKEREI"]


def test_bytes_that_are_not_of_the_chosen_character_set_are_refused() -> None:
    with pytest.raises(
        BinaryFile, match=r"^The bytes of this file are not UTF-8 text; choose another character set\.$"
    ):
        opened((BOFA + LINE).encode("cp1252"), recipe=in_charset("utf-8"))
