"""Rows of the ledger as files for other programs."""

import csv
import io
import json
import re
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connections
from django.http import FileResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.audit.actions import Action
from apps.audit.models import AuditEvent
from apps.households.models import Household
from apps.imports.parsers import Answers
from apps.ledger.exporting import KINDS
from apps.ledger.exporting.csv import COLUMNS, defused
from apps.ledger.models import Account, Tag, Transaction, TransactionTag, Transfer
from apps.tenancy.context import household_context
from tests.imports.parsers.reading import opened as opened_statement
from tests.imports.parsers.reading import parsed
from tests.ledger.entries import by_hand
from tests.planes import both_planes

Entry = list[tuple[str, Decimal, str]]


@pytest.fixture
def account(opened: Household) -> Account:
    return Account.objects.create(name="Checking", currency="USD")


@pytest.fixture
def card(opened: Household) -> Account:
    return Account.objects.create(name="Visa: “gold”  card", kind=Account.Kind.CREDIT_CARD, currency="USD")


def tagged(row: Transaction, **parts: str | None) -> Transaction:
    """The row with those buckets: a part's amount, or None for the whole."""
    for value, amount in parts.items():
        tag = Tag.objects.get(namespace="bucket", value=value)
        TransactionTag.objects.create(transaction=row, tag=tag, amount=amount and Decimal(amount))
    return row


def link(outgoing: Transaction, incoming: Transaction) -> None:
    Transfer.objects.create(outgoing=outgoing, incoming=incoming)
    Transaction.objects.filter(pk__in=[outgoing.pk, incoming.pk]).update(is_transfer=True)


def written(kind: str, rows: object = None, *, is_whole: bool = False) -> str:
    out = io.StringIO(newline="")
    KINDS[kind].write(Transaction.objects.all() if rows is None else rows, out, is_whole=is_whole)
    return out.getvalue()


def csv_rows(rows: object = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", rows).removeprefix("\ufeff"), newline="")))


def downloaded(client: Client, kind: str, query: str = "") -> tuple[FileResponse, str]:
    answer = client.get(f"/h/ours/transactions/export/{kind}/{query}")
    assert answer.status_code == 200
    return answer, b"".join(answer).decode()


def journal(text: str) -> dict[str, Entry]:
    """The postings of every transaction by its first line; a cost is counted instead of its amount."""
    entries: dict[str, Entry] = {}
    for line in text.splitlines():
        if re.match(r"\d", line):
            entries[line] = here = []
        elif line.startswith("    ") and not line.startswith("    ;"):
            account, rest = re.fullmatch(r" {4}(.+?)  +(.*)", line.split("  ;")[0].rstrip()).groups()
            amount, currency, *cost = rest.split()
            if cost:
                amount, currency = str(Decimal(cost[1]) * (-1 if amount.startswith("-") else 1)), cost[2]
            here.append((account, Decimal(amount), currency))
    return entries


def unbalanced(text: str) -> list[str]:
    wrong = []
    for head, postings in journal(text).items():
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for _, amount, currency in postings:
            sums[currency] += amount
        wrong += [head] if any(sums.values()) else []
    return wrong


# --- CSV ---------------------------------------------------------------------------------------------------------------


@both_planes
def test_csv_has_the_columns_of_the_single_user_app_and_ours(account: Account) -> None:
    row = by_hand(
        account, "2026-11-03", "-30.00", "REWE SAGT DANKE", merchant="Rewe", notes="two\nlines", reference="77"
    )
    tagged(row, dining="-10.00", shopping="-20.00")
    for namespace, name in (("occasion", "Summer"), ("who", "Jo")):
        tag = Tag.objects.create(namespace=namespace, value=name.lower(), name=name)
        TransactionTag.objects.create(transaction=row, tag=tag)
    text = written("csv")
    assert text.startswith("\ufeff" + ",".join(COLUMNS) + "\r\n")
    assert csv_rows() == [
        {
            "Date": "2026-11-03",
            "Amount": "-30.00",
            "Merchant": "Rewe",
            "Description": "REWE SAGT DANKE",
            "Account": "Checking",
            "Category": "",
            "Status": "unreconciled",
            "Notes": "two\nlines",
            "Is Transfer": "No",
            "Reference ID": "77",
            "Currency": "USD",
            "Split": "Dining -10.00; Shopping -20.00",
            "Occasions": "Summer",
            "Tags": "who:Jo",
        }
    ]


@both_planes
def test_csv_begins_with_the_newest_row_and_leaves_numbers_numbers(account: Account) -> None:
    tagged(by_hand(account, "2026-11-01", "-1.2345", "=1+1"), dining=None)
    by_hand(account, "2026-11-02", "1000000.00", "+49 170", is_transfer=True)
    assert [(row["Amount"], row["Description"], row["Category"], row["Is Transfer"]) for row in csv_rows()] == [
        ("1000000.00", "'+49 170", "", "Yes"),
        ("-1.2345", "'=1+1", "Dining", "No"),
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 170", "'+49 170"),
        ("-5 off", "'-5 off"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rfoo", "'\rfoo"),
        (' "=1', "' \"=1"),
        ("＝1", "'＝1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("a; =1", "a;' =1"),
        ("two\n-1", "two\n'-1"),
        ("a - b, -3 = x", "a - b, -3 = x"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_defused(text: str, shown: str) -> None:
    assert defused(text) == shown


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n \"';,ab1＝\u200b"), max_size=30) | st.text(max_size=60))
def test_no_cell_of_any_reader_begins_a_formula(text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([defused(text)])
    for delimiter in ",;\t":
        for line in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter):
            for cell in line:
                assert cell.strip(' "\u200b\t\r\n')[:1] not in set("=+-@＝"), cell
                assert delimiter != "," or cell[:1] not in set("\t\r\n"), cell
    assert re.sub("'", "", defused(text)) == re.sub("'", "", text)


# --- JSON --------------------------------------------------------------------------------------------------------------


@both_planes
def test_json_is_exact_and_says_its_version(account: Account, card: Account) -> None:
    paid = by_hand(account, "2026-11-03", "-100.00", "PAYMENT")
    got = by_hand(card, "2026-11-04", "100.00", "THANK YOU")
    link(paid, got)
    bought = tagged(by_hand(card, "2026-11-05", "-0.0001", "Ü “quoted”"), dining=None)
    read = json.loads(written("json"))
    assert (read["format"], read["version"]) == ("maxwells-wallet", 1)
    assert [(one["name"], one["kind"]) for one in read["accounts"]] == [
        ("Checking", "checking"),
        ("Visa: “gold”  card", "credit_card"),
    ]
    first, second, third = read["transactions"]
    assert (first["amount"], first["transfer"]) == ("-100.00", {"id": got.pk, "account": card.pk})
    assert (second["amount"], second["transfer"]) == ("100.00", {"id": paid.pk, "account": account.pk})
    assert (third["id"], third["amount"], third["bucket"]) == (bought.pk, "-0.0001", "bucket:dining")
    assert (third["description"], third["split"], third["transfer"]) == ("Ü “quoted”", [], None)


@both_planes
def test_json_of_no_rows_is_json(opened: Household) -> None:
    assert json.loads(written("json"))["transactions"] == []


# --- QIF ---------------------------------------------------------------------------------------------------------------


@both_planes
def test_qif_comes_back_through_our_own_importer(account: Account, card: Account) -> None:
    tagged(by_hand(account, "2026-11-03", "-30.00", "REWE\nSAGT", merchant="Rewe"), dining="-10.00", shopping="-20.00")
    tagged(by_hand(account, "2026-11-30", "-1234.5", "RENT", status="matched", reference="17"), housing=None)
    link(by_hand(account, "2026-11-04", "-100"), by_hand(card, "2026-11-05", "100", "THANKS"))
    text = written("qif")
    rows = parsed(list(opened_statement(text, answers=Answers(day_first=False)).rows()))
    assert [(row.date.isoformat(), row.amount, row.description, row.account_hint) for row in rows] == [
        ("2026-11-03", Decimal(-30), "Rewe - REWE SAGT", "QIF-Bank"),
        ("2026-11-04", Decimal(-100), "SHOP", "QIF-Bank"),
        ("2026-11-30", Decimal("-1234.5"), "RENT", "QIF-Bank"),
        ("2026-11-05", Decimal(100), "THANKS", "QIF-CCard"),
    ]
    assert [(part.amount, part.category) for part in rows[0].splits] == [
        (Decimal(-10), "Dining"),
        (Decimal(-20), "Shopping"),
    ]
    assert [row.bank_category for row in rows] == ["", "[Visa: “gold”  card]", "Housing", "[Checking]"]
    assert "D11/30/2026\nT-1234.50\nC*\nN17\nPRENT\nLHousing\n^\n" in text


@both_planes
def test_two_accounts_of_one_type_stay_two_in_qif(account: Account) -> None:
    savings = Account.objects.create(name="Savings", kind="savings", currency="USD")
    by_hand(savings, "2026-11-30", "-2")
    by_hand(account, "2026-11-30", "-1")
    hints = [row.account_hint for row in parsed(list(opened_statement(written("qif")).rows()))]
    assert hints == ["QIF-Bank-Checking", "QIF-Bank-Savings"]


# --- hledger -----------------------------------------------------------------------------------------------------------


@both_planes
def test_a_linked_transfer_is_one_transaction_between_two_accounts(account: Account, card: Account) -> None:
    paid = by_hand(account, "2026-11-03", "-100.00", "PAYMENT; TO *CARD*", status="matched")
    link(paid, by_hand(card, "2026-11-05", "100.00", "THANK YOU", notes="date:soon\nsecond"))
    text = written("hledger")
    assert journal(text) == {
        f"2026-11-03 * ({paid.pk}) PAYMENT, TO *CARD*": [
            ("assets:Checking", Decimal("-100.00"), "USD"),
            ("liabilities:Visa- “gold” card", Decimal("100.00"), "USD"),
        ]
    }
    assert "    ; THANK YOU\n    ; date:soon\n    ; second\n" in text
    assert "100.00 USD  ; date:2026-11-05\n" in text


@both_planes
def test_a_transfer_whose_partner_is_outside_of_the_filter_goes_to_transfers(account: Account, card: Account) -> None:
    link(by_hand(account, "2026-11-03", "-100.00"), by_hand(card, "2026-11-05", "100.00"))
    by_hand(card, "2026-11-06", "-7.00", is_transfer=True)
    (entry, alone) = journal(written("hledger", Transaction.objects.filter(account=card))).values()
    assert entry == [("liabilities:Visa- “gold” card", Decimal(100), "USD"), ("equity:transfers", Decimal(-100), "USD")]
    assert alone == [("liabilities:Visa- “gold” card", Decimal(-7), "USD"), ("equity:transfers", Decimal(7), "USD")]


@both_planes
def test_a_transfer_between_currencies_has_its_cost_and_a_lost_fee_its_own_line(account: Account) -> None:
    euros = Account.objects.create(name="Konto", currency="EUR")
    savings = Account.objects.create(name="Savings", kind="savings", currency="USD")
    link(by_hand(account, "2026-11-03", "-100.00"), by_hand(euros, "2026-11-03", "92.00"))
    link(by_hand(account, "2026-11-04", "-50.00"), by_hand(savings, "2026-11-04", "49.00"))
    text = written("hledger")
    assert "-100.00 USD @@ 92.00 EUR\n" in text
    assert unbalanced(text) == []
    assert [posting[:2] for posting in list(journal(text).values())[1]] == [
        ("assets:Checking", Decimal(-50)),
        ("assets:Savings", Decimal(49)),
        ("equity:transfers", Decimal(1)),
    ]


@both_planes
def test_a_split_is_several_postings_and_a_refund_stays_with_its_expenses(account: Account) -> None:
    tagged(by_hand(account, "2026-11-03", "-30.00"), dining="-10.00", shopping="-20.00")
    tagged(by_hand(account, "2026-11-04", "5.00"), shopping=None)
    tagged(by_hand(account, "2026-11-05", "900.00"), income=None)
    by_hand(account, "2026-11-06", "-1.00")
    by_hand(account, "2026-11-07", "1.00")
    assert [[posting[:2] for posting in entry[1:]] for entry in journal(written("hledger")).values()] == [
        [("expenses:Dining", Decimal(10)), ("expenses:Shopping", Decimal(20))],
        [("expenses:Shopping", Decimal(-5))],
        [("income:Income", Decimal(-900))],
        [("expenses:uncategorized", Decimal(1))],
        [("income:uncategorized", Decimal(-1))],
    ]


@both_planes
def test_the_whole_ledger_opens_with_what_the_accounts_held(account: Account) -> None:
    account.opening_balance = Decimal("250.00")
    account.save()
    by_hand(account, "2026-11-03", "-30.00")
    opening, _ = journal(written("hledger", is_whole=True)).items()
    assert opening == (
        "2026-11-03 Opening balance",
        [("assets:Checking", Decimal("250.00"), "USD"), ("equity:opening balances", Decimal("-250.00"), "USD")],
    )
    assert "Opening balance" not in written("hledger")


@both_planes
def test_names_that_come_out_equal_stay_two_accounts(account: Account) -> None:
    for name in ("A:B", "A-B", "A  -B", "transfers"):
        by_hand(Account.objects.create(name=name, currency="USD"), "2026-11-03", "-1.00")
    Tag.objects.create(namespace="bucket", value="u", name="uncategorized")
    declared = [line for line in written("hledger").splitlines() if line.startswith("account ")]
    assert {"account assets:A-B", "account assets:A-B 2", "account assets:A -B"} <= set(declared)
    assert "account expenses:uncategorized 2" in declared
    assert len(declared) == len(set(declared))


_AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, places=4)


@both_planes
@settings(max_examples=60)
@given(
    amount=_AMOUNTS,
    share=st.integers(0, 100),
    texts=st.tuples(*[st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)] * 3),
)
def test_every_transaction_of_a_journal_balances_whatever_the_row_says(
    account: Account, amount: Decimal, share: int, texts: tuple[str, str, str]
) -> None:
    Transaction.objects.all().delete()
    part = (amount * share / 100).quantize(Decimal("0.0001"))
    merchant, description, notes = texts
    row = by_hand(account, "2026-11-03", str(amount), description, merchant=merchant, notes=notes)
    shopping = Tag.objects.get(namespace="bucket", value="shopping")
    TransactionTag.objects.create(transaction=row, tag=shopping, amount=part)
    text = written("hledger")
    assert unbalanced(text) == []
    (postings,) = journal(text).values()
    assert postings[0] == ("assets:Checking", amount, "USD")
    TransactionTag.objects.all().delete()


# --- the page's address ------------------------------------------------------------------------------------------------


@both_planes
@pytest.mark.parametrize(
    ("kind", "content_type", "suffix"),
    [
        ("csv", "text/csv; charset=utf-8", "csv"),
        ("json", "application/json", "json"),
        ("qif", "application/qif; charset=utf-8", "qif"),
        ("hledger", "text/plain; charset=utf-8", "journal"),
    ],
)
def test_each_kind_is_a_file_of_what_the_filter_shows(
    confirmed_client: Client,
    household: Household,
    other_household: Household,
    kind: str,
    content_type: str,
    suffix: str,
) -> None:
    for one, text in ((household, "OURS"), (other_household, "THEIRS")):
        with household_context(one):
            account = Account.objects.create(name="Checking", currency="USD")
            by_hand(account, "2026-11-03", "-1.00", f"{text} NOVEMBER")
            by_hand(account, "2026-10-03", "-1.00", f"{text} OCTOBER")
    answer, content = downloaded(confirmed_client, kind, "?q=november")
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="transactions.{suffix}"'
    assert int(answer.headers["Content-Length"]) == len(content.encode())
    assert ("OURS NOVEMBER" in content, "OURS OCTOBER" in content, "THEIRS" in content) == (True, False, False)


@both_planes
def test_the_name_of_the_file_has_the_days_of_the_filter(confirmed_client: Client) -> None:
    answer, _ = downloaded(confirmed_client, "csv", "?period=2026-02")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="transactions_from_2026-02-01_to_2026-02-28.csv"'
    )


@both_planes
def test_a_search_that_cannot_be_read_exports_nothing_and_the_page_says_why(confirmed_client: Client) -> None:
    answer = confirmed_client.get("/h/ours/transactions/export/csv/?q=account%3Anowhere")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/h/ours/transactions/?q=account%3Anowhere")


@both_planes
def test_whoever_is_signed_in_for_long_is_asked_who_they_are_and_led_back(member_client: Client) -> None:
    answer = member_client.get("/h/ours/transactions/export/csv/?q=november")
    asks = "/accounts/confirm/?next=/h/ours/transactions/export/csv/%3Fq%3Dnovember"
    assert (answer.status_code, answer.headers["Location"]) == (302, asks)
    assert not AuditEvent.objects.filter(action=Action.LEDGER_EXPORTED).exists()


@both_planes
def test_there_is_no_other_kind(confirmed_client: Client) -> None:
    assert confirmed_client.get("/h/ours/transactions/export/exe/").status_code == 404


@both_planes
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_export_asks_as_often_for_one_row_as_for_thirty(
    confirmed_client: Client, household: Household, kind: str
) -> None:
    counts = []
    for rows in (1, 30):
        with household_context(household):
            account = Account.objects.create(name=f"Account {rows}", currency="USD")
            for number in range(rows):
                tagged(by_hand(account, "2026-11-01", f"-{number + 1}"), dining=None)
        with CaptureQueriesContext(connections["households"]) as captured:
            downloaded(confirmed_client, kind)
        counts.append(len(captured))
    assert counts[0] == counts[1]
