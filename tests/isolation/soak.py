"""Threads that open households at random, meet every kind of fault, and look after each step whose rows they see."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
from django.db import DatabaseError, IntegrityError, OperationalError, close_old_connections, connections, transaction

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import LEDGER, household_context
from apps.tenancy.errors import AnotherHousehold, NoHouseholdTransaction
from tests.isolation.places import Mishap, meet_a_mishap
from tests.isolation.probing import as_it_should_be, sent, sent_raw
from tests.tenancy.workshop import administrator

THREADS = 8
MARK = "marker of {}"


@dataclass
class Tally:
    """What the threads saw. A leak is described in words; a fault is counted by its kind."""

    check_count: int = 0
    leaks: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, leak: str | None) -> None:
        with self._lock:
            self.check_count += 1
            if leak:
                self.leaks.append(leak)

    def fault(self, kind: str) -> None:
        with self._lock:
            self.faults[kind] += 1


def mark(households: Sequence[Household]) -> None:
    """A row in every household that tells whose it is, with the same id everywhere."""
    for household in households:
        with household_context(household):
            Account.objects.create(pk=7001, name=MARK.format(household.schema_name), currency="USD")


def marks(household: Household) -> list[str]:
    """A connection that was cut is found out by whoever uses it next, so this asks again."""
    for _ in range(10):
        try:
            with household_context(household):
                return sorted(Account.objects.values_list("name", flat=True))
        except OperationalError:
            connections.close_all()
    raise AssertionError("There is no connection to the database.")


def soak(households: Sequence[Household], *, checks: int) -> Tally:
    """Runs until `checks` checks are made; every thread has a sequence of its own that is the same in each run."""
    tally = Tally()
    with ThreadPoolExecutor(THREADS) as pool:
        works = [pool.submit(_work, seed, households, checks, tally) for seed in range(THREADS)]
        for work in works:
            work.result()
    return tally


def _work(seed: int, households: Sequence[Household], checks: int, tally: Tally) -> None:
    chance = random.Random(seed)
    try:
        while tally.check_count < checks and tally.faults.total() < checks:
            ours, theirs = chance.sample(list(households), 2)
            close_old_connections()
            try:
                chance.choice(ROUNDS)(Visit(ours, theirs, tally))
            except (DatabaseError, psycopg.Error, Mishap, NoHouseholdTransaction) as error:
                tally.fault(type(error).__name__)
            if chance.random() < 0.02:
                cut_a_connection()
    finally:
        connections.close_all()


def cut_a_connection() -> None:
    """The server ends one of the ledger plane's connections, whoever uses it."""
    with administrator() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = %s AND datname = current_database() ORDER BY random() LIMIT 1",
            [connections[LEDGER].settings_dict["USER"]],
        )


@dataclass(frozen=True)
class Visit:
    ours: Household
    theirs: Household
    tally: Tally

    def check(self) -> None:
        """Reads by SQL and by the ORM whose rows, role and path are there."""
        schema_name = self.ours.schema_name
        with connections[LEDGER].cursor() as cursor:
            cursor.execute(
                "SELECT name, current_user, current_setting('search_path'), session_user"
                " FROM ledger_account WHERE name LIKE 'marker%%' AND id < %s",
                [10**9],
            )
            seen = cursor.fetchall()
        wanted = [(MARK.format(schema_name), *as_it_should_be(schema_name))]
        by_orm = list(Account.objects.filter(pk=7001).values_list("name", flat=True))
        right = seen == wanted and by_orm == [wanted[0][0]]
        self.tally.check(None if right else f"{schema_name} saw {seen} and {by_orm}")

    def check_nothing_is_open(self) -> None:
        """Outside of a household there is nothing to see, neither for Django nor on the bare connection."""
        try:
            found = Account.objects.count()
        except NoHouseholdTransaction:
            self.tally.check(None)
        else:
            self.tally.check(f"{found} accounts without a household")
        with transaction.atomic(using=LEDGER):
            refusal = sent_raw(f"SELECT * FROM {self.ours.schema_name}.ledger_account")
            self.tally.check(f"the bare login read {self.ours.schema_name}" if refusal == "done" else None)

    def reach_out(self) -> None:
        """Statements for the other household, which are all refused."""
        schema_name = self.theirs.schema_name
        for outcome in (sent_raw(f"SELECT * FROM {schema_name}.ledger_account"), sent(f"SET ROLE {schema_name}")):
            self.tally.check(f"{self.ours.schema_name} reached {schema_name}" if outcome == "done" else None)
            self.tally.fault(outcome)


def _plain(visit: Visit) -> None:
    with household_context(visit.ours):
        visit.check()
    visit.check_nothing_is_open()


def _written(visit: Visit) -> None:
    with household_context(visit.ours):
        visit.check()
        Account.objects.filter(pk=7001).update(currency="EUR")
        visit.check()


def _raised(visit: Visit) -> None:
    with household_context(visit.ours):
        visit.check()
        Account.objects.filter(pk=7001).update(name="of a rolled-back transaction")
        meet_a_mishap()


def _savepoints(visit: Visit) -> None:
    with household_context(visit.ours):
        visit.check()
        with suppress(Mishap), transaction.atomic(using=LEDGER):
            Account.objects.filter(pk=7001).update(name="of a rolled-back savepoint")
            meet_a_mishap()
        visit.check()
        with transaction.atomic(using=LEDGER):
            visit.check()
        visit.check()


def _nested(visit: Visit) -> None:
    with household_context(visit.ours):
        with household_context(visit.ours):
            visit.check()
            with suppress(Mishap), household_context(visit.ours):
                visit.check()
                meet_a_mishap()
            visit.check()
        visit.check()


def _intruding(visit: Visit) -> None:
    with household_context(visit.ours):
        try:
            with household_context(visit.theirs):
                visit.tally.check("another household was opened inside")
        except AnotherHousehold:
            visit.tally.fault("AnotherHousehold")
        visit.check()
        visit.reach_out()
        visit.check()


def _violated(visit: Visit) -> None:
    with household_context(visit.ours):
        try:
            with transaction.atomic(using=LEDGER):
                Account.objects.create(pk=7001, name="twice", currency="USD")
        except IntegrityError:
            visit.tally.fault("IntegrityError")
        visit.check()
        Account.objects.create(pk=7001, name="twice", currency="USD")


def _in_an_outer_transaction(visit: Visit) -> None:
    with transaction.atomic(using=LEDGER):
        with household_context(visit.ours):
            visit.check()
        swapped = Visit(visit.theirs, visit.ours, visit.tally)
        with suppress(Mishap), household_context(visit.theirs):
            swapped.check()
            meet_a_mishap()
        with suppress(IntegrityError), household_context(visit.theirs):
            Account.objects.create(pk=7001, name="twice", currency="USD")
        with household_context(visit.ours):
            visit.check()


def _closed_inside(visit: Visit) -> None:
    with household_context(visit.ours):
        visit.check()
        visit.tally.fault("closed inside")
        connections[LEDGER].close()
        visit.check()


def _closed_between(visit: Visit) -> None:
    with household_context(visit.ours):
        visit.check()
    connections[LEDGER].close()
    swapped = Visit(visit.theirs, visit.ours, visit.tally)
    with household_context(visit.theirs):
        swapped.check()


def _broken_on_our_side(visit: Visit) -> None:
    with household_context(visit.ours):
        visit.check()
        raw = connections[LEDGER].connection
        if isinstance(raw, psycopg.Connection):
            raw.pgconn.finish()
        visit.check()


def _read_in_parts(visit: Visit) -> None:
    with household_context(visit.ours):
        names = {account.name for account in Account.objects.iterator(chunk_size=1)}
        right = names == {MARK.format(visit.ours.schema_name)}
        visit.tally.check(None if right else f"{visit.ours.schema_name} read {names} in parts")
        visit.check()


ROUNDS: tuple[Callable[[Visit], None], ...] = (
    _plain,
    _plain,
    _written,
    _raised,
    _savepoints,
    _nested,
    _intruding,
    _violated,
    _in_an_outer_transaction,
    _closed_inside,
    _closed_between,
    _broken_on_our_side,
    _read_in_parts,
)
