"""The whole product as real processes for one test session: web, worker, and servers of its own beside PostgreSQL."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
import requests
from celery import Celery
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from apps.households.models import Household
from apps.onboarding.opening import open_household
from apps.operations.servers import Stack, ports
from apps.operations.servers.process import Process as RunningProcess
from apps.operations.servers.stripe import WEBHOOK_PATH, send_webhooks_to
from apps.tenancy import schemas
from apps.users.models import User
from tests.conftest import PASSWORD, clone_database, drop_database, use_database
from tests.plans.giving import give_family

PATIENCE = 90.0
PROGRAMS = Path(sys.executable).parent
_LINK = re.compile(r"https?://\S+")
T = TypeVar("T")


def eventually(ask: Callable[[], T], *, what: str, seconds: float = PATIENCE) -> T:
    """The first true answer of `ask`; fails with `what` when none came in time."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := ask():
            return answer
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} seconds"
        time.sleep(0.02)


class Process:
    """A program in a process group of its own, which ends with it."""

    def __init__(
        self, name: str, command: list[str], *, log: Path, environment: Mapping[str, str], sockets: Collection[int] = ()
    ) -> None:
        self.name, self.log = name, log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=sockets,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def await_end(self) -> None:
        code = self._popen.wait(PATIENCE)
        assert code == 0, f"{self.name} ended with {code}: {self.log.read_text()[-2000:]}"

    def await_word(self, word: str) -> None:
        """Returns once the program has written `word` to its log."""

        def said() -> bool:
            assert self._popen.poll() is None, f"{self.name} ended: {self.log.read_text()[-2000:]}"
            return word in self.log.read_text(errors="replace")

        eventually(said, what=f"{self.name} says {word!r}")

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends it with all its children, and waits for that."""
        for sign in (number, signal.SIGKILL):
            try:
                os.killpg(self._popen.pid, sign)
            except ProcessLookupError:
                break
            try:
                self._popen.wait(15)
            except subprocess.TimeoutExpired:
                continue
        self._popen.wait(15)


class Product:
    """Web, worker and servers that no other test sees; PostgreSQL is shared, its database is not."""

    def __init__(self, template: str, *, worker_id: str) -> None:
        self.database = f"wallet_journeys_{worker_id}"
        self.root: Path = settings.BASE_DIR / ".local" / f"journeys-{worker_id}"
        self.pids = self.root / "pids"
        self.template = template
        # DATABASE_URL is given, and so replaces PostgreSQL; the other three are started.
        self.stack = Stack(self.root, durable=False, given={"DATABASE_URL": os.environ["DATABASE_URL"]})
        self.processes: list[Process] = []
        self.started_count = 0

    # --- beginning and end ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.end_leftovers()
        self.stack.down()
        shutil.rmtree(self.root, ignore_errors=True)
        clone_database(self.template, self.database)
        # Before the servers choose theirs, and held: another product that starts now takes another port.
        self.socket = ports.listening()
        self.base_url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.addresses = self.stack.up()
        prepare = self.run(
            "prepare",
            [sys.executable, "manage.py", "shell", "--no-imports", "--command", _PREPARE],
            self.environment,
        )
        self.web = self.start_web()
        self.worker = self.start_worker()
        prepare.await_end()
        self.await_web()
        send_webhooks_to(f"{self.base_url}{WEBHOOK_PATH}", self.addresses)
        self.worker.await_word("ready.")

    def end(self) -> None:
        for process in reversed(self.processes):
            process.end()
        self.stack.down()
        self.socket.close()
        drop_database(self.database)

    def end_leftovers(self) -> None:
        """Web and workers of an earlier session that was killed before it could end them."""
        for line in self.pids.read_text().splitlines() if self.pids.exists() else []:
            pid, started = line.split()
            if RunningProcess(int(pid), started).is_alive:
                os.killpg(int(pid), signal.SIGKILL)

    @property
    def environment(self) -> dict[str, str]:
        logins = {
            name: urlsplit(os.environ[name])._replace(path=f"/{self.database}").geturl()
            for name in ("DATABASE_URL", "DATABASE_LEDGER_URL", "DATABASE_OWNER_URL")
        }
        # What pytest put there for its own process would be believed by the child.
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "S3_", "DATABASE_"))
        }
        return kept | self.addresses | logins | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "APP_URL": self.base_url,
            # Each Visitor has an address of its own, or all would share one person's limits.
            "TRUSTED_PROXY_COUNT": "1",
            "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    def run(
        self, name: str, command: list[str], environment: Mapping[str, str], sockets: Collection[int] = ()
    ) -> Process:
        self.started_count += 1
        log = self.root / f"{self.started_count:02}-{name}.log"
        process = Process(name, command, log=log, environment=environment, sockets=sockets)
        self.processes.append(process)
        if running := RunningProcess.find(process.pid):
            with self.pids.open("a") as pids:
                pids.write(f"{running.pid} {running.started}\n")
        return process

    def start_web(self) -> Process:
        """Two processes of four threads, without the owner's login: signing up runs no DDL."""
        without_owner = {name: value for name, value in self.environment.items() if name != "DATABASE_OWNER_URL"}
        gunicorn = [str(PROGRAMS / "gunicorn"), "config.wsgi:application", "--bind", f"fd://{self.socket.fileno()}"]
        options = ["--workers", "2", "--threads", "4", "--access-logfile", "-"]
        return self.run("web", [*gunicorn, *options], without_owner, [self.socket.fileno()])

    def await_web(self) -> None:
        def answers() -> bool:
            try:
                return requests.get(f"{self.base_url}/health", timeout=5).status_code == 200
            except requests.RequestException:
                return False

        eventually(answers, what="the web process answers")

    def start_worker(self, **more: str) -> Process:
        """With `more` in its environment."""
        celery = [str(PROGRAMS / "celery"), "-A", "config", "worker", "--concurrency", "1", "--loglevel", "info"]
        # Without these it greets and chats with other workers first, and ends seconds later; Django's checks, which take
        # it another, were run before the tests.
        unchecked = {"CELERY_SKIP_CHECKS": "1"}
        return self.run(
            "worker", [*celery, "--without-gossip", "--without-mingle"], self.environment | unchecked | more
        )

    def start_another_worker(self, **more: str) -> Process:
        worker = self.start_worker(**more)
        worker.await_word("ready.")
        return worker

    def kill_worker(self) -> None:
        """SIGKILL to the worker and its children: nothing of it can put anything in order."""
        self.worker.end(signal.SIGKILL)

    def await_worker(self) -> None:
        """Returns once the worker does jobs again after its broker was away."""
        job = self.send("apps.mail.tasks.sweep")
        eventually(lambda: self.has_ended(job), what="the worker works again")

    def start_worker_again(self, **more: str) -> None:
        self.worker = self.start_another_worker(**more)

    # --- what a test asks of it ---------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """What beat does every few seconds."""
        self.send("apps.imports.tasks.sweep")

    def send(self, task: str, **kwargs: Any) -> str:
        """Puts a message into the broker, as the product would; returns the id of the job."""
        with Celery(broker=f"{self.addresses['REDIS_URL'].removesuffix('/0')}/2") as celery:
            return str(celery.send_task(task, kwargs=kwargs).id)

    def has_ended(self, job_id: str) -> bool:
        """Whether a worker says that this job is done."""
        logs = (process.log.read_text(errors="replace") for process in self.processes if process.name == "worker")
        return any(f"[{job_id}] succeeded" in text for text in logs)

    def link_mailed_to(self, address: str) -> str:
        """The link of the newest mail to that address; waits for it."""

        def find() -> str | None:
            mails = requests.get(f"{self.addresses['MAILBOX_URL']}messages.json", timeout=5).json()
            texts = [mail["text"] for mail in mails if mail["to"] == address]
            found = _LINK.search(texts[0]) if texts else None
            return found[0] if found else None

        return eventually(find, what=f"a mail to {address}")

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection]:
        """The administrator's connection to the product's database."""
        with psycopg.connect(
            make_conninfo(os.environ["DATABASE_ADMIN_URL"], dbname=self.database), autocommit=True
        ) as own:
            yield own

    def end_waiting_statements(self) -> None:
        """Ends what waits for a lock on behalf of a process that is gone; lock_timeout would, some seconds later."""
        with self.admin() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )

    @contextmanager
    def database_in_use(self) -> Iterator[None]:
        """This process' models speak to the product's database."""
        usual = settings.DATABASES["default"]["NAME"]
        use_database(self.database)
        try:
            yield
        finally:
            connections.close_all()
            use_database(usual)

    def finish(self, household: Household) -> None:
        """Has the worker make the schema of a household that is not ready."""
        self.send("apps.onboarding.tasks.make_ready", household_id=household.pk)

    def open_household(self, public_id: str) -> Household:
        """A household of its own for a test, and the person `<public id>@example.com` who may sign in to it.

        It has the largest plan as a present, so that no journey ends at a limit. Call it with the database in use.
        """
        schemas.keep_spares(1)
        person = User.objects.create_user(f"{public_id}@example.com", PASSWORD, name=public_id.capitalize())
        person.emailaddress_set.create(email=person.email, verified=True, primary=True)
        household = open_household(owner=person, name=public_id.capitalize(), public_id=public_id)
        give_family(household)
        household.refresh_from_db()
        return household


_PREPARE = """
from apps.billing.selling import ensure_prices
from apps.imports.store import configure_store
from apps.tenancy import schemas
configure_store()
ensure_prices()
schemas.keep_spares(3)
"""


class Visitor:
    """A person's browser without JavaScript, without drawing: cookies, forms, redirects."""

    numbers = itertools.count(1)

    def __init__(self, product: Product) -> None:
        self.base_url = product.base_url
        self.session = requests.Session()
        number = next(self.numbers)
        self.session.headers["X-Forwarded-For"] = f"198.18.{number // 256}.{number % 256}"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(f"{self.base_url}{path}", timeout=30, **options)

    def post(self, path: str, data: Mapping[str, Any] | bytes | None = None, **options: Any) -> requests.Response:
        headers = {"X-CSRFToken": self.session.cookies.get("csrftoken", ""), "Referer": self.base_url}
        return self.session.post(f"{self.base_url}{path}", data=data, headers=headers, timeout=60, **options)

    def sign_in(self, email: str) -> None:
        self.get("/accounts/login/")
        answer = self.post("/accounts/login/", {"login": email, "password": PASSWORD}, allow_redirects=False)
        assert answer.status_code == 302, answer.text

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> requests.Response:
        """Posts the plain form of the import page; the answer is not followed."""
        chosen = {"account": "new", "new_name": "Checking", "new_kind": "checking", "new_currency": "USD"} | fields
        return self.post(f"{path}imports/", chosen, files={"file": (name, content)}, allow_redirects=False)

    def close(self) -> None:
        self.session.close()
