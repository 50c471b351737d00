"""Invented money. `demo` is an ordinary household, `hard` one with everything that breaks a layout."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import SimpleNamespace as Thing


@dataclass
class Tag:
    value: str
    name: str
    colour: int
    namespace: str = "bucket"


@dataclass
class Row:
    date: date
    merchant: str
    description: str
    account_name: str
    amount: Decimal
    bucket: Tag | None = None
    occasions: list[Tag] = field(default_factory=list)
    currency: str = "USD"
    is_transfer: bool = False
    split_count: int = 0


NAMES = ["Income", "Dining", "Housing", "Groceries", "Health", "Transport", "Utilities", "Kids"]
BUCKETS = [Tag(name.lower(), name, colour) for colour, name in enumerate(NAMES, 1)]
INCOME, DINING, HOUSING, GROCERIES, HEALTH, TRANSPORT, UTILITIES, KIDS = BUCKETS
VISIT = Tag("visit", "Mum visits", 5, "occasion")
LONG = Tag("long", "Everything to do with the house in the mountains and its roof", 3)


def money(text: str) -> Decimal:
    return Decimal(text)


DEMO_ROWS = [
    Row(date(2025, 11, 21), "Trader Joe's", "TRADER JOE S #182 SAN DIEGO CA", "Sapphire", money("-86.12"), GROCERIES),
    Row(date(2025, 11, 21), "Panama 66", "TST* PANAMA 66 SAN DIEGO", "Sapphire", money("-41.80"), DINING, [VISIT]),
    Row(date(2025, 11, 20), "Haas & Co", "HAAS & CO DES:PAYROLL ID:XXXXX0231", "Checking", money("2950"), INCOME),
    Row(date(2025, 11, 20), "SDG&E", "SDGE DES:BILL PAY", "Checking", money("-174.36"), UTILITIES),
    Row(date(2025, 11, 20), "Zelle transfer", "Zelle payment Conf# 8fj2", "Checking", money("-120")),
    Row(date(2025, 11, 19), "Amazon", "AMZN Mktp US*2K4XY7", "Sapphire", money("-134.97"), split_count=2),
    Row(date(2025, 11, 19), "Chevron", "CHEVRON 0093847 LA JOLLA", "Amex", money("-52.10"), TRANSPORT),
    Row(date(2025, 11, 19), "Card payment", "ONLINE PAYMENT - THANK YOU", "Amex", money("1204.33"), is_transfer=True),
]
HARD_ROWS = [
    Row(
        date(2025, 11, 21),
        "The International Bank of Reconstruction, Settlement and Extraordinarily Long Merchant Names Ltd",
        "INTL BK RECONSTR SETTLEMENT/REF 0000000000000000000000000000000000000000000000001234567890/E2E-ID-NOTPROVIDED",
        "Joint savings account of both of us, second branch",
        money("-123456789012.34"),
        LONG,
        [VISIT, Tag("x", "Renovation of the roof, second part, with insurance", 8, "occasion"), VISIT],
    ),
    Row(date(2025, 11, 21), "سوبرماركت النور", "شراء بطاقة ١٢٣٤ سوبرماركت النور - عمّان", "حساب التوفير", money("-18.005"), GROCERIES, currency="JOD"),
    Row(date(2025, 11, 20), "מכולת השכונה", "רכישה בכרטיס 5521 (תל אביב)", "Checking", money("-64.20"), None, currency="ILS"),
    Row(date(2025, 11, 20), "東京駅売店", "カード利用 東京駅売店 0551", "Yen card", money("-1500"), DINING, currency="JPY"),
    Row(date(2025, 11, 20), "Schweizerische Bundesbahnen", "Schweizerische Bundesbahnen", "CHF", money("999999999999.99"), INCOME, currency="CHF"),
    Row(date(2024, 2, 29), "Fuel", "FUEL 1.005 PER L", "Amex", money("-0.00000001"), TRANSPORT),
    Row(date(2024, 2, 29), "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "<b>x</b>", "Amex", money("0")),
]


def by_day(rows: list[Row]) -> list[Thing]:
    days = sorted({row.date for row in rows}, reverse=True)
    return [Thing(date=day, rows=[row for row in rows if row.date == day]) for day in days]


def month(label: str, money_in: int, money_out: int) -> Thing:
    return Thing(label=label, short_label=label[:3], money_in=money(f"{money_in}.40"), money_out=money(f"{money_out}"), url="transactions/")


MONTHS = [
    month("December 2024", 5900, 4801), month("January 2025", 5900, 5300), month("February 2025", 6400, 4600),
    month("March 2025", 5900, 5902), month("April 2025", 5900, 5104), month("May 2025", 6100, 4900),
    month("June 2025", 5900, 6601), month("July 2025", 7200, 5200), month("August 2025", 5900, 4700),
    month("September 2025", 5900, 5000), month("October 2025", 6000, 5400), month("November 2025", 5900, 3412),
]  # fmt: skip

NEEDS = [
    Thing(kind="accent", title="14 new rows without a bucket", note="most from Chase Sapphire", url="transactions/", action="Review"),
    Thing(kind="bad", title="1 file could not be read", note="bofa_november.csv, yesterday", url="import/", action="See why"),
    Thing(kind="warn", title="2 files wait for your check", note="342 rows", url="import/", action="Check"),
    Thing(kind="warn", title="BofA Checking: no file for 41 days", note="its last row is of 11 October", url="import/", action="Import"),
]


def spent(tag: Tag, percent: int, amount: str) -> Thing:
    return Thing(name=tag.name, colour=tag.colour, percent=percent, amount=money(amount), url="transactions/", note="", is_over=False)


SPENDING = [spent(HOUSING, 100, "1850"), spent(GROCERIES, 33, "612.40"), spent(DINING, 18, "331.05"), spent(KIDS, 13, "240"), spent(TRANSPORT, 10, "188.20"), spent(UTILITIES, 9, "174.36")]
SPENDING.append(Thing(name="no bucket", colour=None, percent=1, amount=money("16.57"), url="transactions/", note="", is_over=False))
HARD_SPENDING = [spent(LONG, 100, "123456789012.34"), *SPENDING[1:]]


def verdict(line: int, text: str, amount: str | None, kind: str, label: str, reason: str = "", **more: object) -> Thing:
    values = {"date": date(2025, 11, 3), "date_text": "", "amount_text": "", "can_overrule": kind in {"similar", "existing"}, "is_included": kind == "new"}
    return Thing(line=line, position=line, description=text, amount=amount and money(amount), verdict=kind, verdict_label=label, reason=reason, **(values | more))


CHECK_ROWS = [
    verdict(2, "TRADER JOE S #182", "-64.20", "new", "New"),
    verdict(3, "STARBUCKS STORE 05512", "-6.45", "new", "New"),
    verdict(4, "STARBUCKS STORE 05512", "-6.45", "new", "New", "second of two equal"),
    verdict(5, "SDGE DES:BILL PAY", "-171.08", "existing", "Already there", "since 2 Nov"),
    verdict(6, "ZELLE TRANSFER", "-120.00", "similar", "Perhaps the same", "as 29 Oct, −120.00 ZELLE PAYMENT CONF# 8FJ2"),
    verdict(7, "شراء بطاقة ١٢٣٤ سوبرماركت النور - عمّان", "-18.005", "new", "New"),
    verdict(8, "INTL BK RECONSTR SETTLEMENT/REF 00000000000000000000000000000000000000000001234567890", "123456789012.34", "similar", "Perhaps the same", "as 1 Nov", is_included=True),
    verdict(19, "UNKNOWN", None, "unreadable", "Unreadable", "the date 13/45/2025 cannot be read", date=None, date_text="13/45/2025", amount_text="12,0.0"),
]
FACTS = [
    Thing(label="Rows", value=342, tone="", amount=None), Thing(label="New", value=318, tone="in", amount=None),
    Thing(label="Already there", value=22, tone="", amount=None), Thing(label="Perhaps", value=1, tone="warn", amount=None),
    Thing(label="Unreadable", value=1, tone="bad", amount=None), Thing(label="Period", value="1–21 Nov", tone="", amount=None),
    Thing(label="Sum of new", value=None, tone="", amount=money("-1204.77")), Thing(label="Balance", value="proved to 21 Nov", tone="", amount=None),
]  # fmt: skip
FILE = Thing(
    file_name="bofa_checking_nov.csv",
    format_label="Bank of America · month/day/year · comma · UTF-8",
    account_name="BofA Checking",
    currency="USD",
    url="/h/demo/import/done/",
    imported_at=date(2025, 11, 21),
)


def earlier(name: str, status: str, label: str, count: int | None) -> Thing:
    return Thing(file_name=name, account_name="BofA Checking", status=status, status_label=label, uploaded_at=date(2025, 11, 21), new_count=count, url="/h/demo/import/done/")


FILES = [
    earlier("bofa_checking_nov.csv", "checking", "waits for your check", 318), earlier("sapphire.qfx", "reading", "being read", None),
    earlier("Kontoumsätze_2025-10-01_2025-10-31_sehr_lange_Dateinamen_aus_der_Sparkasse_Export.csv", "done", "imported", 1204),
    earlier("statement.pdf.csv", "failed", "could not be read", None), earlier("october.csv", "rolled_back", "rolled back", 0),
    earlier("unknown.csv", "columns", "which column is which?", None),
]  # fmt: skip


def account(name: str, kind: str, balance: str | None, rows: int, last: date | None, **more: object) -> Thing:
    values = {"institution": "", "currency": "USD", "silence": "", "transactions_url": "/h/demo/transactions/"}
    return Thing(name=name, kind_label=kind, balance=balance and money(balance), row_count=rows, last_date=last, **(values | more))


ACCOUNTS = [
    account("BofA Checking", "Checking", "4210.55", 1820, date(2025, 10, 11), institution="Bank of America", silence="no file for 41 days"),
    account("Sapphire", "Credit card", "-1204.33", 2210, date(2025, 11, 21), institution="Chase"),
    account("Savings", "Savings", "18000", 14, date(2025, 11, 1)),
    account("Joint savings account of both of us, second branch, opened 2009", "Savings", "123456789012.34", 3, date(2024, 2, 29), currency="CHF"),
    account("حساب التوفير", "Savings", None, 0, None),
]
