"""Three statements of an invented family, as their banks would write them. The same day gives the same bytes."""

import csv
import datetime
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from apps.core.periods import Month

YEARS = 3
_CARD_SHOPS = (
    # text of the bank, its category, least and most in cents, times a month
    ("TRADER JOE'S #182        SAN DIEGO           CA", "Merchandise & Supplies-Groceries", 3200, 13800, 4),
    ("RALPHS #0074             LA JOLLA            CA", "Merchandise & Supplies-Groceries", 1800, 9600, 3),
    (
        "COSTCO WHSE #0401        SAN DIEGO           CA",
        "Merchandise & Supplies-Wholesale Stores",
        9000,
        28500,
        1,
    ),
    ("STARBUCKS STORE 05512    SAN DIEGO           CA", "Restaurant-Bar & Café", 445, 1290, 7),
    ("CHIPOTLE 1734            SAN DIEGO           CA", "Restaurant-Restaurant", 1190, 3640, 2),
    ("PANAMA 66 BISTRO         SAN DIEGO           CA", "Restaurant-Restaurant", 2800, 9200, 2),
    ("CHEVRON 0093847          LA JOLLA            CA", "Transportation-Fuel", 3400, 6600, 3),
    ("UBER TRIP                HELP.UBER.COM       CA", "Transportation-Taxis & Coach", 890, 3950, 2),
    (
        "AMAZON MARKEPLACE NA PA  AMZN.COM/BILL       WA",
        "Merchandise & Supplies-Internet Purchase",
        899,
        14200,
        4,
    ),
    (
        "TARGET 00014787          SAN DIEGO           CA",
        "Merchandise & Supplies-General Retail",
        1500,
        11800,
        2,
    ),
    ("CVS PHARMACY #0912       SAN DIEGO           CA", "Merchandise & Supplies-Pharmacies", 720, 5300, 1),
    ("REGAL CINEMAS 0427       SAN DIEGO           CA", "Entertainment-Theatrical Events", 1450, 4800, 1),
)
_SUBSCRIPTIONS = (
    ("NETFLIX.COM              LOS GATOS           CA", 9, 1549, 1799),
    ("SPOTIFY USA              NEW YORK            NY", 14, 1099, 1199),
    ("GITHUB, INC.             SAN FRANCISCO       CA", 19, 400, 400),
)
_BILLS = (
    # day, text, least and most in cents
    (1, "RANCHO PONDEROSA APTS DES:RENT ID:4471 INDN:ADA MAXWELL CO ID:XXXXX11103 PPD", 215000, 215000),
    (4, "SDGE DES:WEB_PAY ID:000123 INDN:ADA MAXWELL CO ID:XXXXX50121 WEB", 9800, 22400),
    (8, "T-MOBILE DES:PCS SVC ID:6527371 INDN:ADA MAXWELL CO ID:XXXXX50304 WEB", 8512, 8512),
    (12, "TING INTERNET DES:TING ID:1 INDN:ADA MAXWELL CO ID:XXXXX71009 WEB", 8900, 8900),
    (20, "GEICO DES:AUTO INS ID:88123 INDN:ADA MAXWELL CO ID:XXXXX90011 PPD", 10415, 10415),
)
_SALARY = "HAAS & CO DES:PAYROLL ID:XXXXX0231 INDN:MAXWELL,ADA CO ID:XXXXX20116 PPD"
_CARD_PAYMENT = "AMERICAN EXPRESS DES:ACH PMT ID:W1234 INDN:ADA MAXWELL CO ID:XXXXX WEB"
_TO_SAVINGS = "Online Banking transfer to SAV 9876 Confirmation# {number}"
_FROM_CHECKING = "Online Banking transfer from CHK 4471 Confirmation# {number}"


@dataclass(frozen=True)
class Entry:
    """One row of an invented statement; `amount` is positive for money in."""

    date: datetime.date
    text: str
    amount: Decimal
    category: str = ""


@dataclass(frozen=True)
class Statement:
    """A bank's file for one account."""

    account: str
    kind: str
    file_name: str
    content: bytes


def statements(today: datetime.date) -> list[Statement]:
    """Checking, card and savings of the three years up to `today`."""
    chance = random.Random(20261122)  # noqa: S311 (invented money needs no secrecy)
    last = Month.of(today)
    months = list(last.plus(1 - 12 * YEARS).up_to(last))
    card = [entry for month in months for entry in _card(month, chance) if entry.date <= today]
    checking, savings = _bank(months, card, chance, today)
    span = f"{months[0]}_{last}"
    return [
        Statement("BofA Checking", "checking", f"checking_{span}.csv", _as_bank(checking, Decimal("4200.00"))),
        Statement("Blue Cash", "credit_card", f"blue_cash_{span}.csv", _as_amex(card)),
        Statement("Savings", "savings", f"savings_{span}.csv", _as_bank(savings, Decimal("9100.00"))),
    ]


def _cents(chance: random.Random, least: int, most: int) -> Decimal:
    return Decimal(chance.randint(least, most)).scaleb(-2)


def _card(month: Month, chance: random.Random) -> Iterator[Entry]:
    is_festive = month.month == 12
    for text, category, least, most, times in _CARD_SHOPS:
        for _ in range(times + (is_festive and category.startswith("Merchandise"))):
            yield Entry(_some_day(month, chance), text, -_cents(chance, least, most), category)
    for text, day, price, later_price in _SUBSCRIPTIONS:
        amount = Decimal(later_price if month.year % 2 == 0 else price).scaleb(-2)
        yield Entry(month.first.replace(day=day), text, -amount, "Entertainment-General Attractions")


def _bank(
    months: list[Month], card: list[Entry], chance: random.Random, today: datetime.date
) -> tuple[list[Entry], list[Entry]]:
    """Checking pays last month's card and feeds savings; both sides of each are there."""
    checking: list[Entry] = []
    savings: list[Entry] = []
    for month in months:
        raises = month.year - months[0].year
        salary = (Decimal(2840) * (1 + raises * Decimal("0.03"))).quantize(Decimal("0.01"))
        checking += [Entry(month.first.replace(day=day), _SALARY, salary) for day in (15, month.last.day)]
        checking += [
            Entry(month.first.replace(day=day), text, -_cents(chance, least, most)) for day, text, least, most in _BILLS
        ]
        owed = sum((entry.amount for entry in card if Month.of(entry.date) == month.plus(-1)), Decimal(0))
        if owed:
            checking.append(Entry(month.first.replace(day=24), _CARD_PAYMENT, owed))
        number, amount = chance.randint(10**9, 10**10), _cents(chance, 15000, 60000)
        checking.append(Entry(month.first.replace(day=26), _TO_SAVINGS.format(number=number), -amount))
        savings.append(Entry(month.first.replace(day=26), _FROM_CHECKING.format(number=number), amount))
        savings.append(Entry(month.last, "MONTHLY SERVICE INTEREST EARNED", _cents(chance, 90, 1900)))
    return [e for e in checking if e.date <= today], [e for e in savings if e.date <= today]


def _some_day(month: Month, chance: random.Random) -> datetime.date:
    return month.first.replace(day=chance.randint(1, month.last.day))


def _as_bank(entries: list[Entry], opening: Decimal) -> bytes:
    """Bank of America's layout, oldest first, with a running balance that adds up."""
    entries = sorted(entries, key=lambda entry: entry.date)
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(["Description", "", "Summary Amt."])
    write([f"Beginning balance as of {entries[0].date:%m/%d/%Y}", "", f"{opening:,}"])
    out.write("\r\n")
    write(["Date", "Description", "Amount", "Running Bal."])
    write(
        [
            f"{entries[0].date:%m/%d/%Y}",
            f"Beginning balance as of {entries[0].date:%m/%d/%Y}",
            "",
            f"{opening:,}",
        ]
    )
    balance = opening
    for entry in entries:
        balance += entry.amount
        write([f"{entry.date:%m/%d/%Y}", entry.text, f"{entry.amount:,}", f"{balance:,}"])
    return out.getvalue().encode()


def _as_amex(entries: list[Entry]) -> bytes:
    """American Express's layout: newest first, charges are positive."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(["Date", "Description", "Card Member", "Account #", "Amount", "Reference", "Category"])
    for number, entry in enumerate(sorted(entries, key=lambda entry: entry.date), start=1):
        member = "ADA MAXWELL" if number % 3 else "JAMES MAXWELL"
        reference = f"'3202{entry.date:%y%j}{number:09}'"
        write([f"{entry.date:%m/%d/%Y}", entry.text, member, "-53004", -entry.amount, reference, entry.category])
    head, *lines = out.getvalue().splitlines(keepends=True)
    return (head + "".join(reversed(lines))).encode()
