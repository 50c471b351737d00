"""What is owed on a card or a loan: when it is due, how much of the limit is left. Pure arithmetic."""

import calendar
import datetime
from dataclasses import dataclass
from decimal import Decimal

from apps.core.periods import Month

HIGH_PERCENT, VERY_HIGH_PERCENT = 30, 80
"""From 30 % of its limit on a card lowers what credit bureaus think of its holder; from 80 % on it is nearly full."""


def next_due_date(due_day: int, today: datetime.date) -> datetime.date:
    """The first day from today on that is day `due_day` of its month, or the last day of a shorter month."""
    this = _due_in(Month.of(today), due_day)
    return this if this >= today else _due_in(Month.of(today).plus(1), due_day)


def _due_in(month: Month, due_day: int) -> datetime.date:
    _, length = calendar.monthrange(month.year, month.month)
    return datetime.date(month.year, month.month, min(due_day, length))


@dataclass(frozen=True)
class Credit:
    """A limit and what of it is used. `balance` is negative when money is owed."""

    limit: Decimal
    balance: Decimal

    @property
    def owed(self) -> Decimal:
        """Never negative: a card that was overpaid owes nothing."""
        return max(-self.balance, Decimal(0))

    @property
    def available(self) -> Decimal:
        """What can still be spent; negative over the limit, and more than the limit on an overpaid card."""
        return self.limit + self.balance

    @property
    def used_percent(self) -> Decimal | None:
        """To a tenth, over 100 if the limit is overdrawn; None for a limit of zero, of which nothing is a part."""
        return None if not self.limit else (self.owed * 100 / self.limit).quantize(Decimal("0.1"))

    @property
    def bar_percent(self) -> Decimal:
        """How much of a bar is filled: at most all of it."""
        return min(self.used_percent or Decimal(0), Decimal(100))

    @property
    def tone(self) -> str:
        """`warn` from 30 % on, `bad` from 80 % on, else nothing."""
        percent = self.used_percent or Decimal(0)
        return "bad" if percent >= VERY_HIGH_PERCENT else "warn" if percent >= HIGH_PERCENT else ""
