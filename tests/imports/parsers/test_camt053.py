from datetime import date
from decimal import Decimal

import pytest

from apps.imports.parsers import ForbiddenContent, ParsedRow, StatedBalance, TruncatedFile, UnknownFormat

from .reading import balances, left_out, opened, own_sample, parsed, rows_of, unread

ENTRY = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>{status}</Sts>'
    "<BookgDt><Dt>{day}</Dt></BookgDt>{more}</Ntry>"
)


def entry(
    amount: str = "1.00", way: str = "CRDT", status: str = "BOOK", day: str = "2026-01-02", more: str = ""
) -> str:
    return ENTRY.format(amount=amount, way=way, status=status, day=day, more=more)


def camt(*entries: str, account: str = "<IBAN>DE89370400440532013000</IBAN>", prolog: str = "") -> str:
    inside = "\n".join(entries)
    return (
        f'{prolog}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id>{account}</Id></Acct>\n{inside}\n</Stmt></BkToCstmrStmt></Document>\n"
    )


def test_a_file_of_two_statements() -> None:
    rows = own_sample("statement.camt053.xml")
    common = {"account_hint": "IBAN-****3000", "currency": "EUR"}
    assert parsed(rows) == [
        ParsedRow(
            line=20,
            date=date(2026, 2, 2),
            amount=Decimal("-20.00"),
            description="Hauser & Söhne - Miete Februar Wohnung 4",
            merchant="Hauser & Söhne",
            reference="RENT",
            bank_id="BANK-0001",
            **common,
        ),
        ParsedRow(
            line=30,
            date=date(2026, 2, 4),
            amount=Decimal("30.00"),
            description="Power Works - Return of a debit",
            merchant="Power Works",
            **common,
        ),
        ParsedRow(
            line=43,
            date=date(2026, 2, 5),
            amount=Decimal("-150.00"),
            description="Ann",
            merchant="Ann",
            reference="BATCH-7-1",
            bank_id="BATCH-7-1",
            **common,
        ),
        ParsedRow(
            line=47,
            date=date(2026, 2, 5),
            amount=Decimal("20.00"),
            description="Bob",
            merchant="Bob",
            reference="BATCH-7",
            **common,
        ),
        ParsedRow(
            line=60,
            date=date(2026, 2, 6),
            amount=Decimal("9.50"),
            description="Interest",
            account_hint="ACCT-****1234",
            currency="CHF",
        ),
    ]
    assert left_out(rows) == [
        (53, "Not booked yet (status PDNG, pending): it is read once the bank has booked it."),
    ]
    assert unread(rows) == []


def test_the_balances_of_a_statement_are_told() -> None:
    told = balances(own_sample("statement.camt053.xml"))
    assert [(row.kind, row.line, row.date, row.amount, row.currency) for row in told] == [
        ("closing", 12, date(2026, 2, 28), Decimal("-20.00"), "EUR"),
        ("opening", 8, date(2026, 1, 31), Decimal("100.00"), "EUR"),
    ]
    assert all(isinstance(row, StatedBalance) and row.account_hint == "IBAN-****3000" for row in told)


@pytest.mark.parametrize(
    ("message", "statement", "name"),
    [
        ("BkToCstmrStmt", "Stmt", "CAMT.053"),
        ("BkToCstmrAcctRpt", "Rpt", "CAMT.052"),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "CAMT.054"),
    ],
)
@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_any_version_and_prefix_of_the_three_messages(message: str, statement: str, name: str, version: str) -> None:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{name.lower()}.001.{version}"
    status = "BOOK" if version == "02" else "<n:Cd>BOOK</n:Cd>"
    content = (
        f'<n:Document xmlns:n="{namespace}"><n:{message}><n:{statement}><n:Ntry><n:Amt Ccy="EUR">1.5</n:Amt>'
        f"<n:CdtDbtInd>DBIT</n:CdtDbtInd><n:Sts>{status}</n:Sts><n:ValDt><n:Dt>2026-01-02</n:Dt></n:ValDt></n:Ntry>"
        f"</n:{statement}></n:{message}></n:Document>"
    )
    found = opened(content)
    assert (found.format, found.dialect) == ("camt053", name)
    assert [(row.date, row.amount) for row in parsed(list(found.rows()))] == [(date(2026, 1, 2), Decimal("-1.5"))]


def test_transactions_that_do_not_sum_to_their_entry_leave_it_whole() -> None:
    details = "".join(f'<TxDtls><Amt Ccy="EUR">{amount}</Amt></TxDtls>' for amount in ("4.00", "5.99"))
    foreign = "".join(f'<TxDtls><Amt Ccy="{code}">5.00</Amt></TxDtls>' for code in ("EUR", "USD"))
    bare = "<TxDtls/><TxDtls/>"
    rows = rows_of(camt(*(entry("10.00", more=f"<NtryDtls>{part}</NtryDtls>") for part in (details, foreign, bare))))
    assert [(row.amount, row.description) for row in rows if isinstance(row, ParsedRow)] == [
        (Decimal("10.00"), "2 payments in one entry")
    ] * 3


def test_an_id_that_comes_back_is_no_id() -> None:
    reference = "<AcctSvcrRef>{}</AcctSvcrRef>"
    rows = rows_of(camt(*(entry(more=reference.format(number)) for number in ("1", "1", "2", "000"))))
    assert [row.bank_id for row in parsed(rows)] == ["", "", "2", ""]


def test_two_accounts_whose_numbers_end_alike_are_told_apart() -> None:
    one, other = camt(entry(), account="<Othr><Id>11111234</Id></Othr>"), "<Othr><Id>22221234</Id></Othr>"
    second = f"<Stmt><Acct><Id>{other}</Id></Acct>{entry()}</Stmt></BkToCstmrStmt>"
    hints = [row.account_hint for row in parsed(rows_of(one.replace("</BkToCstmrStmt>", second)))]
    assert hints[0] == "ACCT-****1234"
    assert hints[1].startswith("ACCT-****1234-")


def test_entries_that_cannot_be_read_are_named() -> None:
    rows = rows_of(
        camt(
            entry(amount="1,50"),
            entry(amount=""),
            entry(amount="-1.00"),
            entry(way="OUT"),
            entry(day="2026-02-30"),
            entry(day=""),
            entry(status="DONE"),
        )
    )
    assert unread(rows) == [
        (2, 'The amount "1,50" cannot be read; digits with a decimal point are expected.'),
        (3, "The amount (Amt) is missing."),
        (4, 'The amount "-1.00" cannot be read; digits with a decimal point are expected.'),
        (5, 'The direction (CdtDbtInd) is "OUT"; CRDT or DBIT is expected.'),
        (6, 'The date "2026-02-30" cannot be read; year-month-day is expected.'),
        (7, "The date (BookgDt or ValDt) is missing."),
        (8, 'The status "DONE" is not known; BOOK, PDNG, INFO or FUTR is expected.'),
    ]


def test_a_cut_is_named_on_the_line_of_the_entry_it_falls_into() -> None:
    content = camt(entry(), entry(amount="222.22"))
    assert unread(rows_of(content[: content.index("222.22") + 3])) == [
        (3, "The file ends in the middle of this entry: it was not saved completely. Download it again.")
    ]
    assert unread(rows_of(content[: content.index("</Stmt>")])) == [
        (4, "The file ends here, before its end mark </Document>: it was not saved completely. Download it again.")
    ]
    with pytest.raises(TruncatedFile, match="ends before its first statement"):
        opened(content[: content.index("<BkToCstmrStmt>")])


def test_what_is_no_xml_any_more_is_named_and_what_stood_before_is_kept() -> None:
    rows = rows_of(camt(entry(), "<Ntry></Amt>", entry()))
    assert len(parsed(rows)) == 1
    assert unread(rows) == [
        (3, "From line 3 on the file is not well-formed XML (mismatched tag); what follows is not read.")
    ]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d SYSTEM "http://example.invalid/d.dtd">',
    ],
)
def test_declarations_are_refused(declaration: str) -> None:
    with pytest.raises(ForbiddenContent, match="declares a document type or entities"):
        opened(camt(entry(), prolog=declaration))


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ForbiddenContent, match="Line 2: the elements are nested 64 deep"):
        rows_of(camt(entry(more="<a>" * 100_000)))


def test_the_declared_character_set_counts_where_bytes_are_not_unicode() -> None:
    content = camt(
        entry(more="<AddtlNtryInf>Łódź</AddtlNtryInf>"), prolog='<?xml version="1.0" encoding="ISO-8859-2"?>\n'
    )
    assert [row.description for row in parsed(rows_of(content.encode("iso-8859-2")))] == ["Łódź"]


def test_a_file_of_one_line_of_many_megabytes_is_read() -> None:
    content = camt(*[entry(more=f"<AddtlNtryInf>{'x' * 900}</AddtlNtryInf>")] * 10_000).replace("\n", "")
    assert len(content) > 10_000_000
    assert sum(1 for row in opened(content).rows() if isinstance(row, ParsedRow)) == 10_000


def test_other_messages_of_iso_20022_are_not_taken_for_statements() -> None:
    with pytest.raises(UnknownFormat):
        opened('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn/></Document>')
    with pytest.raises(UnknownFormat, match="holds no CAMT"):
        opened('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><Other/></Document>')
