"""How long pages take in a household of 100,000 transactions, through the whole middleware, for a signed-in member."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.imports.reading import read_file
from apps.ledger.models import Revision, SavedFilter, Tag, Transaction
from apps.tenancy.context import household_context
from benchmarks.database import settle
from benchmarks.households import add_account, add_history, new_household, person, upload
from benchmarks.importing import DAYS, ROW_COUNT
from benchmarks.measuring import BenchmarkFailed, milliseconds, percentile, say
from benchmarks.statement import as_csv, entries

ROWS = {"Checking": 60_000, "Joint": 30_000, "Savings": 10_000}
YEARS = 5
WARM_UP = 5
TIMES = 60
_TRANSACTION_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Page:
    """An address, what is posted to it (None: it is asked for), and what is done before each request."""

    url: str
    form: dict[str, str] | None = None
    before: Callable[[], None] | None = None


def measure() -> dict[str, Any]:
    household = new_household("Pages")
    say("pages: loading 100,000 transactions and a file of 50,000 rows")
    file = _fill(household)
    client = Client()
    client.force_login(person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    figures = {}
    for name, page in _pages(household, file).items():
        figures[name] = _measure_page(client, page)
        say(f"pages: {name} {figures[name]}")
    return figures


def _fill(household: Household) -> ImportFile:
    days = 365 * YEARS
    first = timezone.localdate() - datetime.timedelta(days=days - 1)
    accounts = {name: add_account(household, name) for name in ROWS}
    contents = {
        account: as_csv(entries(first=first, days=days, count=ROWS[name], seed=seed))
        for seed, (name, account) in enumerate(accounts.items())
    }
    add_history(household, contents)
    newest = timezone.localdate() - datetime.timedelta(days=DAYS - 1)
    rows = entries(first=newest, days=DAYS, count=ROW_COUNT, seed=99)
    file = upload(household, accounts["Checking"], as_csv(rows))
    read_file(household, file.pk)
    settle(household.schema_name, "imports_importrow", "imports_importfile")
    return file


def _pages(household: Household, file: ImportFile) -> dict[str, Page]:
    """The pages by name. `_cold`: no report is in the cache."""

    def change() -> None:
        with household_context(household):
            Revision.go_up()

    with household_context(household):
        middle = Transaction.objects.newest_first()[50_000]
        bucket = Tag.objects.filter(namespace=Tag.Namespace.BUCKET)[0]
        saved = SavedFilter.objects.create(name="Eating out", query=f"account={file.account_id}&bucket=dining")
    home = f"/h/{household.public_id}/"
    rows = f"{home}transactions/"
    filters = {
        "": "",
        "_search": "q=starbucks",
        "_filter": f"account={file.account_id}&bucket=dining",
        # Many words and a sum; a pattern whose words the index finds; one that has to look at every row.
        "_expression": "q=%3E50+last+90+days+-refund+bucket:dining",
        "_pattern": "q=/star.*bucks/",
        "_bare_pattern": "q=/%5Cd%7B4%7D%24/",
        "_exclude": f"account_not={file.account_id}&tag_not=bucket:dining&transfers=hide&flow=out",
    }
    pages = {}
    for name, query in filters.items():
        pages[f"transactions{name}"] = Page(f"{rows}?{query}")
        pages[f"transactions{name}_cold"] = Page(f"{rows}?{query}", before=change)
    for name in ("", "_search", "_filter"):
        form = {"everything": "yes", "query": filters[name], "bucket": str(bucket.pk)}
        pages[f"bulk_preview{name}"] = Page(f"{rows}bulk/bucket/", form)
    return pages | {
        "transactions_deep": Page(f"{rows}?at=%3C{middle.date}_{middle.pk}"),
        "transaction": Page(f"{rows}{middle.pk}/"),
        "saved_filter": Page(f"{home}filters/{saved.pk}/"),
        "saved_filters": Page(f"{home}filters/"),
        "dashboard": Page(home),
        "dashboard_cold": Page(home, before=change),
        "accounts": Page(f"{home}accounts/"),
        "account": Page(f"{home}accounts/{file.account_id}/"),
        "tags": Page(f"{home}tags/"),
        "transfers": Page(f"{home}transfers/"),
        "review": Page(f"{home}review/"),
        "merchants": Page(f"{home}merchants/"),
        "merchants_cold": Page(f"{home}merchants/", before=change),
        "history": Page(f"{home}history/"),
        "imports": Page(f"{home}imports/"),
        "import_check": Page(f"{home}imports/{file.pk}/"),
    }


def _measure_page(client: Client, page: Page) -> dict[str, float]:
    def visit() -> None:
        _ask(client, page)
        # As at the end of a real request, which the test client leaves out: connections go back to their pool.
        close_old_connections()

    milliseconds(visit, times=WARM_UP, before=page.before)
    taken = milliseconds(visit, times=TIMES, before=page.before)
    if page.before is not None:
        page.before()
    return {"p50_ms": percentile(taken, 50), "p95_ms": percentile(taken, 95), "queries": _count(client, page)}


def _ask(client: Client, page: Page) -> None:
    response = client.get(page.url, follow=True) if page.form is None else client.post(page.url, page.form)
    if response.status_code != 200:
        raise BenchmarkFailed(f"{page.url} answered {response.status_code}")


def _count(client: Client, page: Page) -> int:
    """Statements on both planes, without those that only open and close transactions."""
    with (
        CaptureQueriesContext(connections["default"]) as people,
        CaptureQueriesContext(connections["households"]) as ledger,
    ):
        _ask(client, page)
    sent = [query["sql"] for query in (*people.captured_queries, *ledger.captured_queries)]
    close_old_connections()
    return sum(not statement.startswith(_TRANSACTION_WORDS) for statement in sent)
