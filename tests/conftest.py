"""One template database for each state of the migrations, with two households in it; every worker clones it."""

import gc
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone
from psycopg import sql

from apps.households.models import Household, Membership
from apps.imports.store import configure_store
from apps.ledger.filling import fill_ledger
from apps.plans import subscribing
from apps.tenancy import names, schemas
from apps.tenancy.context import household_context
from apps.tenancy.preparing import prepare_database
from apps.users.models import User
from tests.plans.giving import give_plan

# A machine may be slow; what one example leaves in the fixtures' database the next one finds, as in life; and whether a
# change goes in (CI) must not be chance: only developers' runs look further.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    derandomize="REQUIRE_BROWSER" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("patient")


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: the garbage collector looks at it no more (a seventh of
    the time of all tests)."""
    gc.collect()
    gc.freeze()


ALIASES = ("default", "households", "owner")
PASSWORD = "a-long-enough-word"
_LOCK = 7202611


def fingerprint() -> str:
    """Changes with the migrations, the rights and what a household is filled with."""
    digest = hashlib.sha256()
    for path in sorted([*Path("apps").rglob("migrations/*.py"), *Path("apps/tenancy").rglob("*.py"), Path(__file__)]):
        digest.update(path.read_bytes())
    for path in sorted([*Path("apps").glob("*/row_policies.py"), *Path("apps/plans").glob("first_*.py")]):
        digest.update(path.read_bytes())
    digest.update(Path("apps/ledger/filling.py").read_bytes() + Path("requirements/base.txt").read_bytes())
    return digest.hexdigest()[:10]


@contextmanager
def cluster() -> Iterator[psycopg.Connection]:
    """The administrator's connection, alone among the workers."""
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname="postgres", autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield admin


def use_database(name: str) -> None:
    """Points the three aliases at another database of the cluster."""
    connections.close_all()
    for alias in ALIASES:
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def clone_database(template: str, name: str) -> None:
    with cluster() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy")
        admin.execute(
            statement.format(sql.Identifier(name), sql.Identifier(template), sql.Identifier(names.login("owner")))
        )
        # What everybody may do in a database is not copied with it.
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        for alias in ALIASES:
            admin.execute(
                sql.SQL("GRANT CONNECT{} ON DATABASE {} TO {}").format(
                    sql.SQL(", CREATE" if alias == "owner" else ""),
                    sql.Identifier(name),
                    sql.Identifier(names.login(alias)),
                )
            )


def drop_database(name: str) -> None:
    connections.close_all()
    with cluster() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template_database(django_db_blocker: object) -> str:
    name = f"wallet_template_{fingerprint()}"
    with django_db_blocker.unblock(), cluster() as admin:  # type: ignore[attr-defined]
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
            return name
        for (old,) in admin.execute("SELECT datname FROM pg_database WHERE datname ~ '^wallet_template_'").fetchall():
            admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(old)))
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        use_database(name)
        prepare_database(os.environ["DATABASE_ADMIN_URL"])
        call_command("migrate", verbosity=0)
        for public_id in ("ours", "theirs"):
            _add_household(public_id)
        schemas.keep_spares(2)
        connections.close_all()
        admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
    return name


def _add_household(public_id: str) -> None:
    household = Household.objects.create(public_id=public_id, name=public_id.capitalize(), is_ready=True)
    schemas.make_schema(household.schema_name)
    with household_context(household):
        fill_ledger()
    owner = User.objects.create_user(f"{public_id}@example.com", PASSWORD, name=f"{public_id.capitalize()} Owner")
    owner.emailaddress_set.create(email=owner.email, verified=True, primary=True)
    Membership.objects.create(household=household, user=owner, role=Membership.Role.OWNER)
    subscribing.begin_trial(household, now=timezone.now())
    give_plan(household, "family")


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: object) -> Iterator[None]:
    """Replaces pytest-django's: a clone of the template for this worker."""
    name = f"wallet_test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        clone_database(template_database, name)
        use_database(name)
        yield
        drop_database(name)


@pytest.fixture
def fresh_database(template_database: str, django_db_setup: None, django_db_blocker: object) -> Iterator[str]:
    """A database of its own for a test that really commits: threads, jobs, other processes. Dropped afterwards."""
    own = f"wallet_fresh_{os.getpid()}"
    usual = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        clone_database(template_database, own)
        use_database(own)
        yield own
        drop_database(own)
        use_database(usual)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """A test's changes are taken back, and with them the versions under which reports are kept."""
    cache.clear()


@pytest.fixture
def household() -> Household:
    """Our household. The stranger's is always there beside it."""
    return Household.objects.get(public_id="ours")


@pytest.fixture
def other_household() -> Household:
    return Household.objects.get(public_id="theirs")


@pytest.fixture
def owner() -> User:
    return User.objects.get(email="ours@example.com")


@pytest.fixture
def opened(household: Household) -> Iterator[Household]:
    """Our household, open."""
    with household_context(household):
        yield household


@pytest.fixture
def member_client(owner: User) -> Client:
    """A browser in which our household's owner has signed in."""
    client = Client()
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def confirm(client: Client) -> Client:
    """The browser, once its person has typed their password again."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def confirmed_client(member_client: Client) -> Client:
    """The owner's browser, once they have shown again who they are."""
    return confirm(member_client)


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Callable[..., object]) -> Callable[..., object]:
    """`with commit(): …` runs what waits for the commit of the ledger plane."""
    return lambda: django_capture_on_commit_callbacks(using="households", execute=True)


@pytest.fixture
def bucket() -> None:
    """The bucket that uploads go to, in the tests' own store."""
    configure_store()
