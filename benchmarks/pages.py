"""How long pages take in a household of 100,000 transactions, through the whole middleware, for a signed-in member."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.households.models import Household
from apps.imports.models import ImportFile
from apps.imports.reading import read_file
from apps.ledger.models import Revision, SavedFilter, Transaction
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


def measure() -> dict[str, Any]:
    household = new_household("Pages")
    say("pages: loading 100,000 transactions and a file of 50,000 rows")
    file = _fill(household)
    client = Client()
    client.force_login(person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    figures = {}
    for name, (url, before) in _pages(household, file).items():
        figures[name] = _measure_page(client, url, before)
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


def _pages(household: Household, file: ImportFile) -> dict[str, tuple[str, Callable[[], None] | None]]:
    """Name, address, and what is done before each request. `_cold`: no report is in the cache."""

    def change() -> None:
        with household_context(household):
            Revision.go_up()

    with household_context(household):
        middle = Transaction.objects.newest_first()[50_000]
        saved = SavedFilter.objects.create(name="Eating out", query=f"account={file.account_id}&bucket=dining")
    home = f"/h/{household.public_id}/"
    rows = f"{home}transactions/"
    filtered = f"{rows}?account={file.account_id}&bucket=dining"
    # Many words and a sum; a pattern whose words the index finds; one that has to look at every row.
    expression = f"{rows}?q=%3E50+last+90+days+-refund+bucket:dining"
    pattern, bare_pattern = f"{rows}?q=/star.*bucks/", f"{rows}?q=/%5Cd%7B4%7D%24/"
    excluding = f"{rows}?account_not={file.account_id}&tag_not=bucket:dining&transfers=hide&flow=out"
    return {
        "transactions": (rows, None),
        "transactions_cold": (rows, change),
        "transactions_deep": (f"{rows}?at=%3C{middle.date}_{middle.pk}", None),
        "transactions_search": (f"{rows}?q=starbucks", None),
        "transactions_search_cold": (f"{rows}?q=starbucks", change),
        "transactions_filter": (filtered, None),
        "transactions_filter_cold": (filtered, change),
        "transactions_expression": (expression, None),
        "transactions_expression_cold": (expression, change),
        "transactions_pattern": (pattern, None),
        "transactions_pattern_cold": (pattern, change),
        "transactions_bare_pattern": (bare_pattern, None),
        "transactions_bare_pattern_cold": (bare_pattern, change),
        "transactions_exclude": (excluding, None),
        "transactions_exclude_cold": (excluding, change),
        "saved_filter": (f"{home}filters/{saved.pk}/", None),
        "saved_filters": (f"{home}filters/", None),
        "dashboard": (home, None),
        "dashboard_cold": (home, change),
        "accounts": (f"{home}accounts/", None),
        "imports": (f"{home}imports/", None),
        "import_check": (f"{home}imports/{file.pk}/", None),
    }


def _measure_page(client: Client, url: str, before: Callable[[], None] | None) -> dict[str, float]:
    def visit() -> None:
        response = client.get(url, follow=True)
        if response.status_code != 200:
            raise BenchmarkFailed(f"{url} answered {response.status_code}")
        # As at the end of a real request, which the test client leaves out: connections go back to their pool.
        close_old_connections()

    milliseconds(visit, times=WARM_UP, before=before)
    taken = milliseconds(visit, times=TIMES, before=before)
    if before is not None:
        before()
    return {"p50_ms": percentile(taken, 50), "p95_ms": percentile(taken, 95), "queries": _count(client, url)}


def _count(client: Client, url: str) -> int:
    """Statements on both planes, without those that only open and close transactions."""
    with (
        CaptureQueriesContext(connections["default"]) as people,
        CaptureQueriesContext(connections["households"]) as ledger,
    ):
        client.get(url, follow=True)
    sent = [query["sql"] for query in (*people.captured_queries, *ledger.captured_queries)]
    close_old_connections()
    return sum(not statement.startswith(_TRANSACTION_WORDS) for statement in sent)
