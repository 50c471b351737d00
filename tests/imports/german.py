"""Files of an invented German bank, as it would write them: lines above, umlauts, signed amounts, a line below."""

from collections.abc import Iterable

Line = tuple[str, str, str, str]
HEADERS = "Buchungstag;Valutadatum;Auftraggeber/Empfänger;Verwendungszweck;Betrag;Währung"
OCTOBER: list[Line] = [
    ("01.10.2026", "Hausverwaltung Köhler", "Miete Oktober Whg. 12", "-1.150,00"),
    ("02.10.2026", "Bäckerei Müller", "Kartenzahlung 02.10. Brötchen", "-4,80"),
    ("02.10.2026", "Bäckerei Müller", "Kartenzahlung 02.10. Brötchen", "-4,80"),
    ("15.10.2026", "Übersee-Spedition GmbH", "Gehalt 10/2026", "3.240,17"),
    ("28.10.2026", "Stadtwerke", "Abschlag Strom", "-84,00"),
]
NOVEMBER: list[Line] = [
    *OCTOBER[3:],
    ("02.11.2026", "Hausverwaltung Köhler", "Miete November Whg. 12", "-1.150,00"),
    ("09.11.2026", "Café Größenwahn", "Kartenzahlung", "-17,35"),
]


def statement(lines: Iterable[Line], *, junk: int = 2) -> bytes:
    """Windows-1252, semicolons, decimal commas; so many lines above the names of the columns."""
    above = ["Volksgenossenschaft Musterstadt eG", "Kontonummer: 0815 · Umsätze", "Zeitraum: ein Monat", ""][:junk]
    rows = [f'{day};{day};"{who}";"{what}";{amount};EUR' for day, who, what, amount in lines]
    return "\r\n".join([*above, "", HEADERS, *rows, "Endsaldo;;;;2.000,00;EUR", ""]).encode("cp1252")


def unclear(*, order: str = "{day}/{month}/2026") -> bytes:
    """A file of which every day could be a month."""
    days = [(3, 4, "-5,00"), (4, 5, "-6,50"), (5, 6, "120,00")]
    rows = [f"{order.format(day=day, month=month)};Laden {day};{amount}" for day, month, amount in days]
    return "\n".join(["Datum;Text;Betrag", *rows, ""]).encode()
