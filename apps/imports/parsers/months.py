"""The names of months, whole and as banks shorten them, in the languages of the product."""

from .rows import CannotRead, quoted

_NAMES = (
    "january jan januar janvier janv enero ene gennaio gen janeiro januari",
    "february feb februar février févr fév fevrier fevr febrero febbraio fevereiro fev februari",
    "march mar märz mär mrz maerz mars marzo março marco maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août aout agosto ago augustus",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro",
)
_NUMBERS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}


def month_number(name: str) -> int:
    """1 to 12. Raises CannotRead."""
    number = _NUMBERS.get(name.casefold())
    if number is None:
        raise CannotRead(f"{quoted(name)} is not the name of a month; a date with a month's name is expected.")
    return number
