"""Whatever a household does in whatever order: undone in reverse, every byte of its ledger is what it was."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connections, transaction
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.categorization import aliasing, reviewing, rule_runs
from apps.categorization.models import MerchantAlias, RuleRun
from apps.core.errors import ExpectedError
from apps.households.models import Household
from apps.ledger import bulk, entering, journal, keeping_accounts, merging_accounts, merging_tags, splitting, tagging
from apps.ledger.models import (
    Account,
    Changeset,
    Revision,
    SplitPart,
    SplitTemplate,
    Tag,
    Transaction,
    TransactionTag,
    Transfer,
)
from apps.ledger.transfers import linking
from apps.tenancy.planes import LEDGER
from tests.categorization.making import bucket, occasion, rule
from tests.ledger.entries import by_hand
from tests.planes import both_planes

pytestmark = both_planes

ME = 1
NOW = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
# The journal itself, the log of runs, and rules and aliases, which count how often they were used.
_NOT_THE_LEDGER = (
    *("ledger_change", "ledger_changeset", "ledger_revision", "django_migrations"),
    *(
        "categorization_rulerun",
        "categorization_rulehit",
        "categorization_categoryrule",
        "categorization_merchantalias",
    ),
)


def ledger_bytes() -> dict[str, list[str]]:
    """Every row of every table of the household, as PostgreSQL writes it."""
    with connections[LEDGER].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        held = {}
        for table in [name for (name,) in cursor.fetchall() if name not in _NOT_THE_LEDGER]:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            held[table] = [row for (row,) in cursor.fetchall()]
    return held


@pytest.fixture
def ledger(opened: Household) -> Household:
    """Two accounts in dollars and one in euros, ten rows, of which some wait, some are split, two are a transfer."""
    checking, savings, konto = (
        Account.objects.create(name=name, currency=currency, sort_order=order)
        for order, (name, currency) in enumerate((("Checking", "USD"), ("Savings", "USD"), ("Konto", "EUR")))
    )
    for day in range(1, 6):
        by_hand(checking, f"2026-11-0{day}", f"-{day}0.00", f"SHOP {day}", merchant="Shop", needs_review=day % 2 == 0)
    by_hand(checking, "2026-11-06", "-300.00", "TO SAVINGS")
    by_hand(savings, "2026-11-07", "300.00", "FROM CHECKING")
    by_hand(savings, "2026-11-08", "1.5001", "INTEREST Ø", notes="a\nb")
    by_hand(konto, "2026-11-09", "-9.99", "CAFÉ", is_transfer=True)
    Tag.objects.create(namespace="occasion", value="holiday", name="Holiday")
    Tag.objects.create(namespace="occasion", value="tax", name="Tax")
    TransactionTag.objects.create(transaction=Transaction.objects.all()[1], tag=occasion("tax"))
    template = SplitTemplate.objects.create(name="Half")
    for value in ("dining", "shopping"):
        SplitPart.objects.create(template=template, tag=bucket(value), percent=Decimal(50))
    rule("Shops", ("description", "contains", "shop 3"), bucket=bucket("groceries"), note="by rule")
    rule("Cafés", ("description", "regex", "caf."), bucket=bucket("dining"), occasion=occasion("tax"), merchant="Café")
    return opened


# --- what can be done: each takes two numbers, which choose among what there is --------------------------------------


def some_rows(number: int) -> "bulk.TransactionQuerySet":
    ids = list(Transaction.objects.order_by("pk").values_list("pk", flat=True))
    return Transaction.objects.filter(pk__in=[pk for place, pk in enumerate(ids) if (number >> place) & 1])


def one_row(number: int) -> Transaction:
    rows = list(Transaction.objects.order_by("pk"))
    return rows[number % len(rows)] if rows else Transaction()


def by_plan(word: str) -> Callable[[int, int], Changeset | None]:
    def do(first: int, second: int) -> Changeset | None:
        buckets, others = (
            list(tags.order_by("pk"))
            for tags in (Tag.objects.filter(namespace="bucket"), Tag.objects.exclude(namespace="bucket"))
        )
        accounts = list(Account.objects.order_by("pk"))
        form = QueryDict(mutable=True)
        form["bucket"] = str(buckets[second % len(buckets)].pk) if second % 5 else "none"
        form["tag"] = str(others[second % len(others)].pk) if others else ""
        form["status"] = Transaction.Status.values[second % 4]
        form["account"] = str(accounts[second % len(accounts)].pk)
        return bulk.carry_out(bulk.PLANS[word](form), some_rows(first), actor_id=ME)

    return do


def enter(first: int, second: int) -> Changeset | None:
    account = Account.objects.order_by("pk")[0]
    values = {"date": NOW.date(), "amount": Decimal(-first - 1), "description": f"BY HAND {second}"}
    return entering.enter(actor_id=ME, account=account, **values)[1]


def edit(first: int, second: int) -> Changeset | None:
    row = one_row(first)
    values = {"amount": row.amount - second, "notes": "edited ✓", "merchant": f"M{second}"}
    return entering.edit(
        row, actor_id=ME, as_of=Revision.current(), values=values, tags=[], bucket=bucket_or_none(second)
    )


def bucket_or_none(number: int) -> Tag | None:
    return Tag.objects.filter(namespace="bucket").order_by("pk")[number % 5] if number % 3 else None


def split(first: int, second: int) -> Changeset | None:
    with journal.deed(Changeset.Kind.EDIT, actor_id=ME) as deed:
        if second % 3:
            splitting.apply_template(some_rows(first), SplitTemplate.objects.get(), deed=deed)
        else:
            splitting.unsplit(some_rows(first), deed=deed)
    return deed.changeset


def a_tag(number: int) -> Tag:
    return list(Tag.objects.order_by("pk"))[number % Tag.objects.count()]


def rename(first: int, second: int) -> Changeset | None:
    return tagging.edit_tag(a_tag(first), tagging.Look(f"Name {second % 3}", colour=second % 8 + 1), actor_id=ME)


def reorder(first: int, second: int) -> Changeset | None:
    ids = list(Tag.objects.filter(namespace="bucket").order_by("pk").values_list("pk", flat=True))
    return tagging.reorder("bucket", ids[first % len(ids) :] + ids[: first % len(ids)], actor_id=ME)


def merge_tags(first: int, second: int) -> Changeset | None:
    return merging_tags.merge_tags(a_tag(first), a_tag(second), actor_id=ME)


def delete_tag(first: int, second: int) -> Changeset | None:
    return merging_tags.delete_tag(a_tag(first), into=a_tag(second) if second % 2 else None, actor_id=ME)


def an_account(number: int) -> Account:
    return list(Account.objects.order_by("pk"))[number % Account.objects.count()]


def change_account(first: int, second: int) -> Changeset | None:
    account = an_account(first)
    if second % 3 == 0:
        return keeping_accounts.archive(account, now=NOW, actor_id=ME)
    if second % 3 == 1:
        return keeping_accounts.delete(account, actor_id=ME)
    account.name, account.credit_limit, account.due_day = f"Account {second}", Decimal("1000.0001"), 31
    return keeping_accounts.edit(account, as_of=Revision.current(), actor_id=ME)


def merge_accounts(first: int, second: int) -> Changeset | None:
    opening = list(merging_accounts.Opening)[second % 3]
    return merging_accounts.merge(
        an_account(first), an_account(second), opening=opening, as_of=Revision.current(), actor_id=ME
    )


def link(first: int, second: int) -> Changeset | None:
    transfer = Transfer.objects.first()
    if transfer is not None and first % 2:
        return linking.unlink(transfer, after=list(linking.After)[second % 3], actor_id=ME)
    pair = [row.pk for row in Transaction.objects.filter(amount__in=["-300.00", "300.00"]).order_by("amount")][:2]
    return linking.link([(pair[0], pair[1])], as_of=Revision.current(), actor_id=ME) if len(pair) == 2 else None


def run_rules(first: int, second: int) -> Changeset | None:
    run = rule_runs.order(None, overwrites=bool(second % 2), actor_id=ME)
    rule_runs.do(Household.objects.get(public_id="ours"), run.pk)
    return RuleRun.objects.get(pk=run.pk).changeset


def name_merchants(first: int, second: int) -> Changeset | None:
    alias = MerchantAlias(pattern=f"shop {second % 4}", match="contains", merchant=f"The Shop {first % 3}")
    return aliasing.keep(alias, actor_id=ME, renames_old=True)


def review(first: int, second: int) -> Changeset | None:
    waiting = list(reviewing.waiting().order_by("pk"))
    if not waiting:
        return None
    said = reviewing.Answer(bucket=bucket_or_none(second), notes="seen", for_all_of_merchant=bool(first % 2))
    return reviewing.answer(waiting[first % len(waiting)].pk, said, actor_id=ME, as_of=Revision.current())


DEEDS: list[Callable[[int, int], Changeset | None]] = [
    *map(by_plan, bulk.PLANS),
    *(enter, edit, split, rename, reorder, merge_tags, delete_tag, change_account, merge_accounts, link),
    *(run_rules, name_merchants, review),
]
_NUMBERS = st.integers(0, 1023)
_STEPS = st.tuples(st.sampled_from(range(len(DEEDS))), _NUMBERS, _NUMBERS)


def done(step: tuple[int, int, int]) -> Changeset | None:
    """None if it was refused in a sentence, or changed nothing."""
    try:
        with transaction.atomic(using=LEDGER):
            return DEEDS[step[0]](step[1], step[2])
    except ExpectedError:
        return None


@settings(max_examples=15)
@given(steps=st.lists(_STEPS, min_size=2, max_size=9), waverings=st.lists(st.booleans(), max_size=4))
def test_undone_in_reverse_every_byte_is_what_it_was(
    ledger: Household, steps: list[tuple[int, int, int]], waverings: list[bool]
) -> None:
    savepoint = transaction.savepoint(using=LEDGER)
    states, changesets = [ledger_bytes()], []
    for step in steps:
        before = ledger_bytes()
        if (changeset := done(step)) is None:
            # What was refused left nothing behind.
            assert ledger_bytes() == before
            continue
        changesets.append(changeset)
        states.append(ledger_bytes())
    for does_again in waverings[: len(changesets)]:
        undone = journal.undo(changesets[-1].pk, actor_id=ME)
        assert (undone.conflicts, ledger_bytes()) == ([], states[-2])
        if does_again:
            journal.undo(undone.changeset.pk, actor_id=ME)
            assert ledger_bytes() == states[-1]
        else:
            changesets.pop()
            states.pop()
            if not changesets:
                break
    while changesets:
        assert journal.undo(changesets.pop().pk, actor_id=ME).conflicts == []
        states.pop()
        assert ledger_bytes() == states[-1]
    transaction.savepoint_rollback(savepoint, using=LEDGER)


@pytest.mark.parametrize("number", range(len(DEEDS)))
def test_each_of_these_deeds_can_do_something_here(ledger: Household, number: int) -> None:
    """Else the test above would prove nothing of it."""
    tried = (done((number, first, second)) for first in (1023, 5, 6, 7, 8, 9, 2) for second in range(8))
    assert any(changeset is not None for changeset in tried)
