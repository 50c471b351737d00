"""The filter of the transactions page: what each field shows, what the address says, and what the page tells."""

import datetime
import time
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connections
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.periods import Calendar
from apps.households.models import Household
from apps.ledger.filter_bar import filter_bar
from apps.ledger.filter_labels import chips
from apps.ledger.filters import Filter
from apps.ledger.models import Account, Revision, SavedFilter, Tag, Transaction, TransactionTag
from apps.ledger.quick_filters import large_amount, quick_filters
from apps.ledger.searching import UnreadableSearch
from apps.tenancy.context import household_context
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

CALENDAR = Calendar(datetime.date(2026, 11, 22))
PAGE = "/h/ours/transactions/"


@pytest.fixture(autouse=True)
def fresh_revision(household: Household) -> None:
    """One that no test has had: what another test found is still in the cache when its rows are gone."""
    with household_context(household):
        Revision.objects.update(number=time.time_ns() // 1000)


@pytest.fixture
def strangers(other_household: Household) -> None:
    """The other household has such an account, such a tag and such a row, too."""
    with household_context(other_household):
        account = Account.objects.create(name="Joint Checking", currency="USD")
        row = by_hand(account, "2026-10-20", "-60.00", "AMAZON MKTP", notes="gift for Jo")
        tag = Tag.objects.create(namespace="occasion", value="summer", name="Summer 2026")
        TransactionTag.objects.create(transaction=row, tag=tag)


@pytest.fixture
def rows(strangers: None, opened: Household) -> dict[str, int]:
    """Seven rows of ours, by name."""
    checking = Account.objects.create(name="Joint Checking", currency="USD")
    visa = Account.objects.create(name="Visa", currency="USD", archived_at=timezone.now())
    holiday = Tag.objects.create(namespace="occasion", value="summer", name="Summer 2026")
    japan = Tag.objects.create(namespace="trip", value="japan", name="Japan")
    dining, shopping, income = (Tag.objects.get(value=value) for value in ("dining", "shopping", "income"))
    made = {
        "amazon": by_hand(
            checking, "2026-10-20", "-60.00", "AMAZON MKTP US*2K4", merchant="Amazon", notes="gift for Jo"
        ),
        "refund": by_hand(checking, "2026-10-21", "55.00", "AMAZON REFUND", merchant="Amazon", status="matched"),
        "cafe": by_hand(visa, "2026-11-02", "-12.34", "CAFÉ ØRSTED", needs_review=True),
        "split": by_hand(visa, "2026-11-03", "-30.00", "Star bucks 12.34\nSTORE 50", notes="two\nlines"),
        "salary": by_hand(checking, "2026-11-15", "2950.00", "PAYROLL", reference="R1"),
        "moved": by_hand(checking, "2026-11-16", "-50.00", "Transfer to savings", is_transfer=True),
        "ignored": by_hand(visa, "2025-01-05", "-0.50", "100% fee", status="ignored"),
    }
    for name, tag, amount in (
        ("amazon", shopping, None),
        ("cafe", dining, None),
        ("cafe", holiday, None),
        ("cafe", japan, None),
        ("split", dining, "-10"),
        ("split", shopping, "-20"),
        ("split", japan, None),
        ("salary", income, None),
    ):
        TransactionTag.objects.create(transaction=made[name], tag=tag, amount=amount and Decimal(amount))
    return {name: row.pk for name, row in made.items()}


def shown(query: str, rows: dict[str, int]) -> list[str]:
    names = {pk: name for name, pk in rows.items()}
    found = Filter.parse(QueryDict(query)).apply(Transaction.objects.all(), calendar=CALENDAR)
    return sorted(names[pk] for pk in found.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (">50 last month amazon -refund", "amazon"),
        ("amazon", "amazon refund"),
        ("cafe orsted", "cafe"),
        ('"gift for"', "amazon"),
        ('-"gift for" amazon', "refund"),
        (">50", "amazon refund salary"),
        (">=50", "amazon moved refund salary"),
        ("<-50", "amazon"),
        (">+50", "refund salary"),
        ("-60..-30", "amazon moved split"),
        ("12.34", "cafe split"),
        ("=12.34", "cafe"),
        ("50", "moved split"),
        ("2025", "ignored"),
        ("since 2026-11-03 before 2026-11-16", "salary split"),
        ("-last month -2025", "cafe moved salary split"),
        ("account:joint", "amazon moved refund salary"),
        ("account:joint-checking account:visa amazon", "amazon refund"),
        ("-account:visa <60", "moved refund"),
        ("bucket:dining", "cafe split"),
        ("-bucket:dining -bucket:Shopping", "ignored moved refund salary"),
        ("bucket:none", "ignored moved refund"),
        ("occasion:summer", "cafe"),
        ('tag:occasion:"summer 2026"', "cafe"),
        ("tag:japan", "cafe split"),
        ("tag:trip:jap -occasion:summer", "split"),
        ("is:transfer", "moved"),
        ("is:split", "split"),
        ("is:matched", "refund"),
        ("is:ignored", "ignored"),
        ("is:unreconciled is:in", "salary"),
        ("is:review", "cafe"),
        ("is:untagged is:out", "ignored moved"),
        ("has:notes", "amazon split"),
        ("has:tags", "cafe split"),
        ("has:reference", "salary"),
        ("note:jo", "amazon"),
        ("merchant:amazon -description:refund", "amazon"),
        ("merchant:mktp", ""),
        ("100%", "ignored"),
        ("/star.*12/", "split"),
        ("/bucks.*store/", "split"),
        ("/^two lines$/", "split"),
        ("/e=mc|TWO LI+nes/", "split"),
        ("/amazon/ /mktp|payroll/", "amazon"),
        ("-/amazon|star/ -2025", "cafe moved salary"),
        ("/café/", "cafe"),
        ("/zzz/", ""),
    ],
)
def test_what_a_search_shows(search: str, expected: str, rows: dict[str, int]) -> None:
    assert shown(f"q={quote(search)}", rows) == expected.split()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bucket=dining&bucket=income", "cafe salary split"),
        ("bucket=dining&bucket=none&start=2026-11-01", "cafe moved split"),
        ("bucket=gone", ""),
        ("tag=trip:japan&tag=occasion:summer", "cafe"),
        ("tag_not=trip:japan&tag_not=bucket:income&start=2026-11-01", "moved"),
        ("tag_not=trip:gone&period=2025-01", "ignored"),
        ("period=2026-11&start=2026-11-03&end=2026-11-15", "salary split"),
        ("amount_min=50&amount_max=60", "amazon moved refund"),
        ("amount_min=50&flow=out", "amazon moved"),
        ("amount_max=55&flow=in", "refund"),
        ("status=matched", "refund"),
        ("transfers=hide&flow=out&period=this-month", "cafe split"),
        ("transfers=only", "moved"),
        ("split=yes", "split"),
        ("split=no&bucket=dining", "cafe"),
        ("review=yes", "cafe"),
        ("q=amazon&flow=in", "refund"),
    ],
)
def test_what_the_fields_show(query: str, expected: str, rows: dict[str, int]) -> None:
    assert shown(query, rows) == expected.split()


def test_accounts_are_wanted_and_unwanted(rows: dict[str, int]) -> None:
    joint, visa = (Account.objects.get(name=name).pk for name in ("Joint Checking", "Visa"))
    everything = sorted(rows)
    assert shown(f"account={joint}&account={visa}", rows) == everything
    assert shown(f"account={visa}", rows) == ["cafe", "ignored", "split"]
    assert shown(f"account_not={visa}", rows) == ["amazon", "moved", "refund", "salary"]
    assert shown(f"account={joint}&account_not={joint}", rows) == []
    assert shown("account=999999", rows) == []


@pytest.mark.parametrize("search", ["account:zzz", "bucket:zzz", "-tag:trip:zzz", ">x"])
def test_a_search_that_says_nothing_is_no_filter_of_everything(search: str, rows: dict[str, int]) -> None:
    with pytest.raises(UnreadableSearch):
        shown(f"q={quote(search)}", rows)


def test_a_pattern_sees_rows_that_have_come_since(rows: dict[str, int], opened: Household) -> None:
    assert shown("q=/amazon/", rows) == ["amazon", "refund"]
    by_hand(Account.objects.get(name="Visa"), "2026-11-20", "-1", "AMAZON")
    Revision.go_up()
    found = Filter(q="/amazon/").apply(Transaction.objects.all(), calendar=CALENDAR)
    assert found.count() == 3


def test_what_a_pattern_found_is_kept(rows: dict[str, int]) -> None:
    assert shown("q=/amazon/", rows) == ["amazon", "refund"]
    with CaptureQueriesContext(connections["households"]) as again:
        Filter(q="/amazon/").apply(Transaction.objects.all(), calendar=CALENDAR)
    assert [query["sql"].split()[1] for query in again.captured_queries] == ['"ledger_revision"."number"']


def test_an_address_is_written_as_it_is_read() -> None:
    address = (
        "?q=tea&bucket=dining&bucket=none&account=3&account=5&account_not=7&tag=occasion%3Asummer&tag_not=bucket%3Aother"
        "&period=2026-11&start=2026-11-03&end=2026-11-15&amount_min=12.50&amount_max=60&flow=out&status=matched"
        "&transfers=hide&split=no&review=yes"
    )
    assert Filter.parse(QueryDict(address[1:])).query() == address


@pytest.mark.parametrize(
    "query", ["bucket=dining&account=3&period=2026-11&q=", "q=&bucket=&account=&period=&start=&flow="]
)
def test_addresses_of_old_mean_what_they_meant(query: str) -> None:
    expected = Filter(bucket=("dining",), account=(3,), period="2026-11") if "3" in query else Filter()
    assert Filter.parse(QueryDict(query)) == expected
    assert Filter.parse(dict(QueryDict(query).items())) == expected


@pytest.mark.parametrize(
    "query",
    [
        "account=-1&account_not=x&account=99999999999999999999999",
        "tag=nocolon&tag_not=:x&tag=x:",
        "start=2026-13-01&end=yesterday",
        "amount_min=x&amount_max=1e9",
        "flow=sideways&status=lost&transfers=maybe&split=2&review=no",
        "bucket=%00&q=%00&tag=%00",
    ],
)
def test_what_an_address_got_wrong_is_empty(query: str) -> None:
    assert Filter.parse(QueryDict(query)) == Filter()


def bar_of(query: str, household: Household) -> dict[str, str]:
    bar = filter_bar(
        Filter.parse(QueryDict(query)),
        currency=household.currency,
        calendar=CALENDAR,
        problem="",
        accounts=list(Account.objects.all()),
        tags=list(Tag.objects.all()),
    )
    return {chip.label: chip.remove_query for chip in bar.chips}


def test_every_part_has_a_chip_that_takes_it_away(rows: dict[str, int], opened: Household) -> None:
    visa = Account.objects.get(name="Visa").pk
    query = f"q=tea+-%3E50&bucket=dining&bucket=none&account_not={visa}&account=9999&tag=trip:gone&amount_min=1204.5"
    labels = bar_of(query, opened)
    assert list(labels) == [
        "“tea”",
        "not >50",
        "Dining",
        "No bucket",
        "Unknown tag",
        "Unknown account",
        "not Visa",
        "at least 1,204.50",
    ]
    assert labels["not >50"] == (
        f"?q=tea&bucket=dining&bucket=none&account=9999&account_not={visa}&tag=trip%3Agone&amount_min=1204.5"
    )
    assert "bucket=dining" not in labels["Dining"]
    assert "bucket=none" in labels["Dining"]
    assert bar_of("period=2024-02&start=2026-11-03&flow=out&split=no&status=manually_entered", opened) == {
        "February 2024": "?start=2026-11-03&flow=out&status=manually_entered&split=no",
        "from 3 Nov 2026": "?period=2024-02&flow=out&status=manually_entered&split=no",
        "Money out": "?period=2024-02&start=2026-11-03&status=manually_entered&split=no",
        "Entered by hand": "?period=2024-02&start=2026-11-03&flow=out&split=no",
        "Not split": "?period=2024-02&start=2026-11-03&flow=out&status=manually_entered",
    }


@pytest.mark.parametrize(
    ("period", "label"),
    [
        ("2026-11", "November 2026, 25 October to 24 November"),
        ("this-month", "This month, 25 October to 24 November"),
        ("last-month", "Last month, 25 September to 24 October"),
        ("this-year", "This year"),
    ],
)
def test_the_chip_of_a_month_of_its_own_says_its_days(period: str, label: str) -> None:
    (chip,) = chips(Filter(period=period), calendar=Calendar(CALENDAR.today, 25), accounts=[], tags=[])
    assert (chip.label, chip.remove_query) == (label, "")


def test_large_is_what_lies_two_deviations_above_the_mean_of_half_a_year(opened: Household) -> None:
    account = Account.objects.create(name="Checking", currency="USD")
    first = datetime.date(2026, 11, 1)
    assert large_amount(before=first, currency="USD") == Decimal(100)
    # The mean of 10, 20 and 60 is 30, their deviation the root of 700: 30 + 2 · 26.46 = 82.9.
    for date, amount in (("2026-10-31", "-10"), ("2026-07-01", "-20"), ("2026-05-05", "-60")):
        by_hand(account, date, amount)
    by_hand(account, "2026-05-04", "-9000")
    by_hand(account, "2026-11-01", "-9000")
    by_hand(account, "2026-10-01", "9000")
    by_hand(account, "2026-10-01", "-9000", is_transfer=True)
    by_hand(Account.objects.create(name="Konto", currency="EUR"), "2026-10-01", "-9000")
    Revision.go_up()
    assert large_amount(before=first, currency="USD") == Decimal(83)


def test_quick_filters_know_which_of_them_is_shown(opened: Household) -> None:
    quick = quick_filters(Filter(period="last-month"), calendar=CALENDAR, currency="USD")
    assert [(one.label, one.query, one.is_current) for one in quick] == [
        ("This month", "?period=this-month", False),
        ("Last month", "?period=last-month", True),
        ("This year", "?period=this-year", False),
        ("Last 90 days", "?period=90-days", False),
        ("Large", "?period=this-month&amount_min=100&flow=out&transfers=hide", False),
        ("Top spending this month", "?period=this-month&amount_min=50&flow=out&transfers=hide", False),
        ("Unreconciled", "?status=unreconciled", False),
    ]


def test_the_page_tells_what_it_could_not_read_and_shows_the_rest(
    member_client: Client, rows: dict[str, int], opened: Household
) -> None:
    response = member_client.get(PAGE, {"q": "bucket:zzz", "status": "matched"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "No bucket is called “zzz”. Look under Buckets and tags for its name." in page
    assert "Until then your search filters nothing; the other filters do." in page
    assert response.context["row_count"] == 1
    assert 'value="bucket:zzz"' in page


def test_a_file_of_an_unreadable_search_is_none_of_everything(confirmed_client: Client, rows: dict[str, int]) -> None:
    response = confirmed_client.get(f"{PAGE}export/csv/?q=bucket:zzz&account=3&account=4")
    assert (response.status_code, response["Location"]) == (302, f"{PAGE}?q=bucket%3Azzz&account=3&account=4")


def test_sums_of_an_unreadable_search_are_not_kept_for_a_readable_one(
    member_client: Client, rows: dict[str, int], opened: Household
) -> None:
    assert member_client.get(PAGE, {"q": "occasion:autumn"}).context["row_count"] == 7
    Tag.objects.create(namespace="occasion", value="autumn", name="Autumn")
    assert member_client.get(PAGE, {"q": "occasion:autumn"}).context["row_count"] == 0


def test_the_form_leaves_an_address_without_its_empty_fields(member_client: Client, rows: dict[str, int]) -> None:
    response = member_client.get(
        PAGE, {"q": "amazon", "bucket": "", "start": "", "flow": "x"}, headers={"HX-Trigger": "filter-form"}
    )
    assert response["HX-Push-Url"] == "/h/ours/transactions/?q=amazon"
    assert "HX-Push-Url" not in member_client.get(PAGE, {"q": "amazon"}, headers={"HX-Request": "true"})


@pytest.mark.parametrize(
    "query",
    [
        "q=%2F(%2F",
        "q=%22",
        "q=" + "x" * 3000,
        "q=-%2F.*%2F",
        "account=9&account=8&account_not=9223372036854775807",
        "start=0001-01-01&end=9999-12-31",
        "amount_min=999999999999999.9999&amount_max=.0001",
        "q=%3E999999999999999&q=>1",
        "q=since+0001-01-01",
        "bucket=%ED%A0%80&tag=%ff:%ff&q=%ED%A0%80",
    ],
)
def test_no_address_breaks_the_page(query: str, member_client: Client, rows: dict[str, int]) -> None:
    assert member_client.get(f"{PAGE}?{query}").status_code == 200


def test_the_filter_asks_as_often_for_one_of_each_as_for_many(member_client: Client, household: Household) -> None:
    counts = []
    for count in (1, 12):
        with household_context(household):
            account = Account.objects.create(name=f"Account {count}", currency="USD")
            for number in range(count):
                SavedFilter.objects.create(name=f"Saved {count} {number}", query="q=shop", is_pinned=True)
                Tag.objects.create(namespace="trip", value=f"{count}-{number}", name=f"Trip {count} {number}")
                Account.objects.create(name=f"Account {count} {number}", currency="USD")
                by_hand(account, "2026-11-01", "-1", "SHOP")
            Revision.go_up()
        cache.clear()
        with CaptureQueriesContext(connections["households"]) as captured:
            assert member_client.get(f"{PAGE}?q=/shop/+-tag:nothing-of-it").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
