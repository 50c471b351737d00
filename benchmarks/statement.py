"""A Bank of America statement of a busy family, of any length. The same arguments give the same bytes.

Some sixty chains with the numbers of their stores, three thousand small shops, transfers with a number of their own,
bills whose text never changes; prices that often meet, as prices do.
"""

import csv
import datetime
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

SEED = 20261122
_CHAINS = (
    "STARBUCKS STORE", "TRADER JOE'S", "RALPHS", "COSTCO WHSE", "TARGET", "WALMART SUPERCENTER", "CVS PHARMACY",
    "WALGREENS", "CHEVRON", "SHELL OIL", "ARCO AMPM", "EXXON", "CHIPOTLE", "MCDONALD'S", "SUBWAY", "PANERA BREAD",
    "PEET'S COFFEE", "VONS", "SAFEWAY", "SPROUTS FARMERS", "WHOLEFDS", "HOME DEPOT", "LOWE'S", "BEST BUY", "IKEA",
    "PETCO", "ROSS STORES", "TJ MAXX", "NORDSTROM", "GAP", "OLD NAVY", "REI", "DICK'S SPORTING", "BARNES NOBLE",
    "REGAL CINEMAS", "AMC", "JAMBA JUICE", "IN-N-OUT BURGER", "PANDA EXPRESS", "DOMINO'S", "7-ELEVEN", "CIRCLE K",
    "ALBERTSONS", "SMART FINAL", "DOLLAR TREE", "BIG LOTS", "AUTOZONE", "JIFFY LUBE", "USPS PO", "FEDEX OFFICE",
    "GREAT CLIPS", "SUPERCUTS", "24 HOUR", "YMCA", "KAISER PERMANENTE", "RADY CHILDRENS", "UBER TRIP", "LYFT RIDE",
    "AMAZON MKTPL", "DOORDASH", "PAYPAL", "SQ CAFE", "TST BISTRO",
)  # fmt: skip
_FIRST = (
    "GOLDEN", "BLUE", "LITTLE", "OLD TOWN", "PACIFIC", "SUNSET", "ROYAL", "LUCKY", "CORNER", "HARBOR", "CANYON",
    "MISSION", "SILVER", "GREEN", "HAPPY", "MARIA'S", "TONY'S", "NORTH PARK", "LA JOLLA", "CRESCENT", "COASTAL",
    "VILLAGE", "SUMMIT", "RIVER", "DESERT", "OCEAN", "IRON", "MAPLE", "CEDAR", "URBAN", "FAMILY", "GRAND", "TWIN",
    "WESTERN", "EASTSIDE", "BAYSIDE", "UPTOWN", "PRIME", "FRESH", "ROSE", "PALM", "STAR", "EAGLE", "FOX", "BEAR",
    "ORCHID", "JADE", "SAFFRON", "COPPER", "VELVET",
)  # fmt: skip
_SECOND = (
    "WOK", "BAKERY", "GRILL", "MARKET", "BOOKS", "DENTAL", "VETERINARY CLINIC", "AUTO REPAIR", "NAILS", "YOGA",
    "HARDWARE", "FLORIST", "TAQUERIA", "NOODLE HOUSE", "BREWERY", "COFFEE ROASTERS", "PIZZA", "CLEANERS", "CAR WASH",
    "PHARMACY", "TOYS", "MUSIC", "CYCLES", "NURSERY", "OPTICAL", "BARBERSHOP", "CREAMERY", "SUSHI", "DELI", "LIQUOR",
    "PET SUPPLY", "SHOE REPAIR", "TUTORING", "SWIM SCHOOL", "GARDENS", "TILE", "PAINT", "FISH CO", "TEA ROOM",
    "DONUTS", "THEATRE", "GALLERY", "KITCHEN", "CANTINA", "WINE BAR", "STATIONERY", "BOWL", "SPORTS", "SALON",
    "TAILOR", "STORAGE", "LOCKSMITH", "PRINTING", "RENTALS", "PARKING", "LAUNDRY", "TOWING", "TRAVEL", "PLUMBING",
    "ROOFING",
)  # fmt: skip
_CITIES = (
    "SAN DIEGO CA", "LA JOLLA CA", "CARLSBAD CA", "CHULA VISTA CA", "ENCINITAS CA", "LOS ANGELES CA", "IRVINE CA",
    "OCEANSIDE CA", "ESCONDIDO CA", "DEL MAR CA", "PHOENIX AZ", "LAS VEGAS NV", "SEATTLE WA", "PORTLAND OR",
)  # fmt: skip
_BILLS = (
    ("SDGE DES:WEB_PAY ID:000123 INDN:ADA MAXWELL CO ID:XXXXX50121 WEB", 9800, 22400),
    ("T-MOBILE DES:PCS SVC ID:6527371 INDN:ADA MAXWELL CO ID:XXXXX50304 WEB", 8512, 8512),
    ("TING INTERNET DES:TING ID:1 INDN:ADA MAXWELL CO ID:XXXXX71009 WEB", 8900, 8900),
    ("GEICO DES:AUTO INS ID:88123 INDN:ADA MAXWELL CO ID:XXXXX90011 PPD", 10415, 10415),
    ("NETFLIX.COM DES:SUBSCRIPT ID:4471 INDN:ADA MAXWELL CO ID:XXXXX11180 WEB", 1799, 1799),
    ("RANCHO PONDEROSA APTS DES:RENT ID:4471 INDN:ADA MAXWELL CO ID:XXXXX11103 PPD", 215000, 215000),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the statement; `amount` is positive for money in."""

    date: datetime.date
    text: str
    amount: Decimal


def entries(*, first: datetime.date, days: int, count: int, seed: int = SEED) -> list[Entry]:
    """`count` entries in the order of their days, evenly over the `days` days from `first`."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        date = first + datetime.timedelta(days=number * days // count)
        text, amount = _booking(chance, date)
        made.append(Entry(date, text, amount))
    return made


@cache
def _shops() -> tuple[list[str], list[float]]:
    """Names as the bank writes them, and how often: a few shops see a family weekly, most once a year."""
    chance = random.Random(SEED)
    chains = [f"{name} #{chance.randint(1, 9999):04}" for name in _CHAINS for _ in range(12)]
    small = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    chance.shuffle(small)
    names = [f"{name} {chance.choice(_CITIES)}" for name in (*chains, *small)]
    return names, [3.0 if place < len(chains) else 1.0 for place in range(len(names))]


@cache
def _cumulative() -> tuple[list[str], list[float]]:
    names, weights = _shops()
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return names, sums


def _booking(chance: random.Random, date: datetime.date) -> tuple[str, Decimal]:
    kind = chance.random()
    if kind < 0.82:
        names, sums = _cumulative()
        (shop,) = chance.choices(names, cum_weights=sums)
        text = f"{shop.upper()} {date:%m/%d} PURCHASE" if chance.random() < 0.5 else shop
        # Menus and shelves: many prices end alike.
        cents = chance.randint(1, 60) * 25 - 1 if chance.random() < 0.35 else chance.randint(180, 24000)
        return text, Decimal(-cents).scaleb(-2)
    if kind < 0.92:
        text, least, most = chance.choice(_BILLS)
        return text, Decimal(-chance.randint(least, most)).scaleb(-2)
    if kind < 0.97:
        word = f"Online Banking transfer to SAV 9876 Confirmation# {chance.randint(10**9, 10**10 - 1)}"
        return word, Decimal(-chance.randint(5, 900) * 100).scaleb(-2)
    text = "HAAS & CO DES:PAYROLL ID:XXXXX0231 INDN:MAXWELL,ADA CO ID:XXXXX20116 PPD"
    return text, Decimal(chance.randint(180000, 320000)).scaleb(-2)


def as_csv(rows: list[Entry], *, opening: Decimal = Decimal("4200.00")) -> bytes:
    """The bank's own layout, oldest first, with a running balance that adds up."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(["Description", "", "Summary Amt."])
    write([f"Beginning balance as of {rows[0].date:%m/%d/%Y}", "", f"{opening:,}"])
    out.write("\r\n")
    write(["Date", "Description", "Amount", "Running Bal."])
    for line in _lines(rows, opening):
        write(line)
    return out.getvalue().encode()


def _lines(rows: list[Entry], balance: Decimal) -> Iterator[list[str]]:
    for row in rows:
        balance += row.amount
        yield [f"{row.date:%m/%d/%Y}", row.text, f"{row.amount:,}", f"{balance:,}"]
