"""The filter of the transactions page: read from the address, applied to the rows, and told back to the person."""

import datetime
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from apps.core.numbers import whole_number
from apps.core.periods import Month
from apps.ledger.models import Account, Tag
from apps.ledger.models.transactions import TransactionQuerySet

PERIODS = {
    "this-month": "This month",
    "last-month": "Last month",
    "90-days": "Last 90 days",
    "this-year": "This year",
    "last-year": "Last year",
}
NO_BUCKET = "none"


@dataclass(frozen=True)
class Filter:
    """Empty fields filter nothing. A value that the address got wrong is treated as empty."""

    q: str = ""
    bucket: str = ""
    account: int | str = ""
    period: str = ""

    @classmethod
    def parse(cls, query: "dict[str, str]") -> "Filter":
        account, period = query.get("account", ""), query.get("period", "")
        known = period in PERIODS or Month.parse(period) is not None
        return cls(
            q=query.get("q", "").strip().replace("\x00", "")[:200],
            bucket=query.get("bucket", "")[:80].replace("\x00", ""),
            account=number if (number := whole_number(account)) is not None else "",
            period=period if known else "",
        )

    def span(self, today: datetime.date) -> tuple[datetime.date | None, datetime.date | None]:
        """The days that the period means, both included."""
        this = Month.of(today)
        match self.period:
            case "":
                return None, None
            case "this-month":
                return this.first, this.last
            case "last-month":
                return this.plus(-1).first, this.plus(-1).last
            case "90-days":
                return today - datetime.timedelta(days=89), today
            case "this-year" | "last-year":
                year = today.year - (self.period == "last-year")
                return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        month = Month.parse(self.period) or this
        return month.first, month.last

    def apply(self, rows: TransactionQuerySet, *, today: datetime.date) -> TransactionQuerySet:
        rows = rows.in_period(*self.span(today)).mentioning(self.q)
        if self.account:
            rows = rows.filter(account_id=self.account)
        if self.bucket == NO_BUCKET:
            rows = rows.without_bucket()
        elif self.bucket:
            rows = rows.in_bucket(self.bucket)
        return rows

    def query(self, **extra: str) -> str:
        """The filter as the query of an address, without its empty fields: `?q=amazon&period=2026-11`."""
        fields = {key: value for key, value in {**asdict(self), **extra}.items() if value}
        return f"?{urlencode(fields)}" if fields else ""

    def without(self, name: str) -> "Filter":
        return replace(self, **{name: ""})

    def labels(self, *, accounts: list[Account], buckets: list[Tag]) -> dict[str, str]:
        """What each field that filters is called on the page."""
        month = Month.parse(self.period)
        names = {
            "q": f"“{self.q}”",
            "bucket": next((tag.name for tag in buckets if tag.value == self.bucket), "No bucket"),
            "account": next((account.name for account in accounts if account.pk == self.account), "Unknown account"),
            "period": f"{month.first:%B %Y}" if month else PERIODS.get(self.period, ""),
        }
        return {name: label for name, label in names.items() if getattr(self, name)}
