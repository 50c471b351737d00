"""Whatever accounts a household has and whoever looks: who does not see an account sees a household without it."""

import datetime
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from apps.categorization.merchant_list import list_merchants
from apps.categorization.reviewing import waiting_count
from apps.core.periods import Month
from apps.dashboards import page as dashboard
from apps.households.models import Household
from apps.ledger import bucketing, history, journal
from apps.ledger.accounts import list_accounts, total_by_currency
from apps.ledger.exporting import KINDS
from apps.ledger.listing import list_rows, totals_of
from apps.ledger.models import Account, Change, Changeset, Tag, Transaction, TransactionTag
from apps.ledger.quick_filters import large_amount
from apps.ledger.tag_statistics import tag_statistics
from apps.ledger.transfers.suggesting import suggested_pairs, suggestions
from apps.tenancy.context import household_context
from apps.tenancy.planes import LEDGER
from tests.planes import both_planes

pytestmark = [both_planes, pytest.mark.urls("config.urls_household")]

TODAY = datetime.date(2026, 11, 23)
ANN, BOB, VERA = 1, 2, 3
WORDS = ("coffee", "payment to card", "transfer", "rent")
BUCKETS = ("dining", "housing", "groceries")


@dataclass(frozen=True)
class Kept:
    """An account as the test makes it: whose it is, and who sees it."""

    owner_id: int | None
    visibility: str

    def is_seen_by(self, person_id: int) -> bool:
        return self.visibility != "private" or self.owner_id == person_id


@dataclass(frozen=True)
class Row:
    account: int
    day: int
    cents: int
    word: str
    bucket: str | None


@dataclass(frozen=True)
class Deed:
    """Done to the rows at these places, as far as they are there: a bucket, notes, or that they are deleted."""

    what: str
    places: frozenset[int]


accounts = st.lists(
    st.one_of(
        st.builds(Kept, st.sampled_from([None, ANN, BOB]), st.just("shared")),
        st.builds(Kept, st.sampled_from([ANN, BOB]), st.sampled_from(["read_only", "private"])),
    ),
    min_size=2,
    max_size=4,
)
rows = st.lists(
    st.builds(
        Row,
        st.integers(0, 3),
        st.integers(0, 40),
        st.sampled_from([-5000, 5000, -1234, 1234, 99]),
        st.sampled_from(WORDS),
        st.sampled_from([None, *BUCKETS]),
    ),
    min_size=2,
    max_size=7,
)
deeds = st.lists(
    st.builds(Deed, st.sampled_from(["bucket", "notes", "delete"]), st.frozensets(st.integers(0, 9), min_size=1)),
    max_size=2,
)


@contextmanager
def undone_afterwards() -> Iterator[None]:
    with transaction.atomic(using=LEDGER):
        yield
        transaction.set_rollback(True, using=LEDGER)


def make(kept: list[Kept], wanted: list[Row], done: list[Deed], *, seen_by: int | None) -> None:
    """The household in the open schema; with `seen_by`, without the accounts that are hidden from that person."""
    made: dict[int, Account] = {}
    for number, one in enumerate(kept):
        if seen_by is None or one.is_seen_by(seen_by):
            made[number] = Account.objects.create(
                name=f"Account {number}", currency="USD", owner_id=one.owner_id, visibility=one.visibility
            )
    changesets = {number: Changeset.objects.create(kind="import", account_id=one.pk) for number, one in made.items()}
    ids: dict[int, int] = {}
    for place, row in enumerate(wanted):
        number = row.account % len(kept)
        if number not in made:
            continue
        held = Transaction.objects.create(
            account=made[number], changeset=changesets[number], date=TODAY - datetime.timedelta(days=row.day),
            amount=Decimal(row.cents) / 100, description=f"{row.word} {place}", merchant=row.word, needs_review=True,
        )  # fmt: skip
        if row.bucket:
            TransactionTag.objects.create(transaction=held, tag=Tag.objects.get(value=row.bucket))
        ids[place] = held.pk
    for deed in done:
        do(deed, [ids[place] for place in sorted(deed.places) if place in ids])


def do(deed: Deed, ids: list[int]) -> None:
    rows = Transaction.objects.filter(pk__in=ids)
    with journal.deed(Changeset.Kind.EDIT, actor_id=BOB, note=f"{deed.what} on {len(ids)} rows") as doing:
        match deed.what:
            case "bucket":
                bucketing.set_bucket(rows, Tag.objects.get(value="other"), deed=doing)
            case "notes":
                Transaction.objects.filter(pk__in=doing.touch(rows.filter(notes=""), "notes")).update(notes="noted")
            case _:
                doing.take_out(rows)


def picture(household: Household) -> dict[str, object]:
    """What every list, report, export and history of the open household says; no ids, which are each household's own."""
    everything = Transaction.objects.newest_first().order_by("-date", "description")
    month = Month.of(TODAY)
    values = dict(Tag.objects.values_list("pk", "value"))
    listed = [
        (row.date, row.amount, row.merchant, row.account_name, row.is_transfer, row.other_account)
        for row in list_rows(everything)
    ]
    board = dashboard.context(household, month, today=TODAY)
    page, entries = history.entries("1")
    exports = {}
    for name in ("csv", "qif", "hledger"):
        KINDS[name].write(Transaction.objects.all(), out := io.StringIO(), is_whole=True)
        exports[name] = sorted(re.sub(r"\(\d+\)", "()", out.getvalue()).splitlines())  # the journal names ids
    return {
        "rows": listed,
        "totals": totals_of(Transaction.objects.all()),
        "accounts": [(one.name, one.balance, one.row_count, one.visibility) for one in list_accounts(today=TODAY)],
        "together": total_by_currency(list_accounts(today=TODAY)),
        "found": {word: Transaction.objects.mentioning(word).count() for word in WORDS},
        "figures": [(one.label, one.amount, one.note) for one in board["figures"]],
        "chart": [(one["money_in"], one["money_out"]) for one in board["chart"]["months"]],
        "spending": [(one["name"], one["amount"]) for one in board["spending"]],
        "needs": [(one.title, one.note) for one in board["needs"]],
        "tags": {values[pk]: one for pk, one in tag_statistics(None, None, currency="USD").items()},
        "transfers": sorted(
            sorted((pair.outgoing.description, pair.incoming.description))
            for pair in suggested_pairs(suggestions(TODAY - datetime.timedelta(days=90)))
        ),
        "exports": exports,
        "merchants": list_merchants(household),
        "waiting": waiting_count(household),
        "large": large_amount(before=TODAY, currency="USD"),
        "deeds": [(entry.row_count, changeset.kind) for changeset, entry in zip(page, entries, strict=True)],
        "changes": Change.objects.count(),
    }


@pytest.mark.parametrize("person_id", [ANN, VERA])
@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
)
@given(kept=accounts, wanted=rows, done=deeds)
def test_it_is_as_if_the_hidden_accounts_had_never_been_there(
    household: Household,
    other_household: Household,
    person_id: int,
    kept: list[Kept],
    wanted: list[Row],
    done: list[Deed],
) -> None:
    cache.clear()
    with undone_afterwards():
        with household_context(household):
            make(kept, wanted, done, seen_by=None)
            picture(household)  # and what it keeps in the cache is not for the person
        with household_context(household, person_id=person_id):
            seen = picture(household)
        with household_context(other_household):
            make(kept, wanted, done, seen_by=person_id)
        # What they may only look at is that for them there, too.
        with household_context(other_household, person_id=person_id):
            expected = picture(other_household)
    assert seen == expected
