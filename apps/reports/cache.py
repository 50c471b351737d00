"""Reports are kept for a while under the version of the data they were made from (F3).

The version stands in the key and is read in the reader's own transaction: a change makes every older report
unreachable in the same instant in which it becomes visible, and nothing has to be searched for and deleted.
"""

from collections.abc import Callable
from typing import TypeVar

from apps.households.models import Household
from apps.ledger.models import Revision
from apps.tenancy.keys import cached

T = TypeVar("T")
MONTHLY_SUMMARY_SECONDS = 300
TREND_SECONDS = 600


def cached_report(household: Household, name: str, *parts: object, seconds: int, make: Callable[[], T]) -> T:
    """The report of that name and those parameters, from the cache or made now. Months in it are the household's."""
    key = ("report", name, Revision.current(), household.month_start_day, *parts)
    return cached(household, *key, seconds=seconds, make=make)
