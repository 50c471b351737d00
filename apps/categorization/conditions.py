"""What a rule may ask of a row: the operators of each field, what may stand in them, and how it reads in words.

Text is compared without case and accents, as the search does. Amounts are compared without their sign.
"""

import datetime
import re
from decimal import Decimal
from typing import NamedTuple

from apps.categorization.models import RuleCondition
from apps.core.errors import ExpectedError
from apps.core.numbers import whole_number
from apps.core.patterns import compiled
from apps.core.text import folded

Field = RuleCondition.Field
Operator = RuleCondition.Operator

TEXT_FIELDS = (Field.MERCHANT, Field.DESCRIPTION, Field.NOTES)
_TEXT = (Operator.CONTAINS, Operator.LACKS, Operator.IS, Operator.STARTS, Operator.REGEX)
OPERATORS: dict[Field, tuple[Operator, ...]] = {
    **dict.fromkeys(TEXT_FIELDS, _TEXT),
    Field.AMOUNT: (
        *(Operator.IS, Operator.BETWEEN, Operator.MORE, Operator.LESS),
        *(Operator.IN, Operator.OUT),
    ),
    Field.ACCOUNT: (Operator.IS,),
    Field.DATE: (Operator.DAY, Operator.SINCE, Operator.UNTIL, Operator.BETWEEN),
}
WITHOUT_VALUE = (Operator.IN, Operator.OUT)
LAST_DAY = 31
# At most what numeric(19, 4) holds; commas only where they part thousands.
_AMOUNT = re.compile(r"(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,4})?")


class UnreadableCondition(ExpectedError):
    """What stands in a condition cannot be asked of a row."""


class Words(NamedTuple):
    """A condition as a person reads it; the value apart, for it may run from right to left."""

    text: str
    value: str


def amount_of(text: str) -> Decimal:
    """The amount without its sign. Raises UnreadableCondition."""
    plain = text.strip().lstrip("+-\u2212$ ")
    if not _AMOUNT.fullmatch(plain):
        raise UnreadableCondition("Write the amount in digits, with a point before the cents: 12.50.")
    return Decimal(plain.replace(",", ""))


def date_of(text: str) -> datetime.date:
    """Raises UnreadableCondition."""
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        raise UnreadableCondition("Write the date as year-month-day: 2026-11-23.") from None


def day_of(text: str) -> int:
    """Raises UnreadableCondition."""
    day = whole_number(text.strip(), most=LAST_DAY)
    if not day:
        raise UnreadableCondition("Write the day of the month, 1 to 31.")
    return day


def cleaned(condition: RuleCondition) -> RuleCondition:
    """The condition, its values as they are kept. Raises UnreadableCondition or UnusablePattern."""
    field, operator = Field(condition.field), Operator(condition.operator)
    if operator not in OPERATORS[field]:
        raise UnreadableCondition(f"{field.label} cannot be asked whether it “{operator.label}”; choose another line.")
    if field == Field.ACCOUNT:
        if condition.account is None:
            raise UnreadableCondition("Choose the account.")
        condition.value = condition.until = ""
        return condition
    condition.account = None
    if operator != Operator.BETWEEN:
        condition.until = ""
    if operator in WITHOUT_VALUE:
        condition.value = ""
    elif field in TEXT_FIELDS:
        _clean_text(condition)
    else:
        _clean_values(condition)
    return condition


def _clean_text(condition: RuleCondition) -> None:
    condition.value = condition.value.strip()
    if "\x00" in condition.value:
        raise UnreadableCondition("The text has a character in it that no bank writes; type it again.")
    if not folded(condition.value).strip():
        raise UnreadableCondition("Type the text to look for.")
    if condition.operator == Operator.REGEX:
        compiled(condition.value)


def _clean_values(condition: RuleCondition) -> None:
    if condition.operator == Operator.DAY:
        condition.value = str(day_of(condition.value))
        return
    is_between = condition.operator == Operator.BETWEEN
    if condition.field == Field.AMOUNT:
        amounts = [amount_of(text) for text in _ends(condition)]
        condition.value, *upper = (f"{amount:f}" for amount in amounts)
        is_upside_down = amounts[0] > amounts[-1]
    else:
        dates = [date_of(text) for text in _ends(condition)]
        condition.value, *upper = (date.isoformat() for date in dates)
        is_upside_down = dates[0] > dates[-1]
    if is_upside_down:
        raise UnreadableCondition("The range ends before it begins; swap the two.")
    condition.until = upper[0] if is_between else ""


def _ends(condition: RuleCondition) -> list[str]:
    return [condition.value, condition.until] if condition.operator == Operator.BETWEEN else [condition.value]


def in_words(condition: RuleCondition) -> Words:
    """Merchant contains “amazon”; Amount is between 10 and 20; Date is on day 5 of the month."""
    field, operator = Field(condition.field), Operator(condition.operator)
    if field == Field.ACCOUNT:
        return Words("Account is", condition.account.name if condition.account else "")
    if operator == Operator.DAY:
        return Words("Day of the month is", condition.value)
    if operator == Operator.BETWEEN:
        return Words(f"{field.label} {operator.label}", f"{condition.value} and {condition.until}")
    quoted = f"“{condition.value}”" if field in TEXT_FIELDS else condition.value
    return Words(f"{field.label} {operator.label}", quoted)
