"""A real web process, and somebody who reads one household's pages in it, one page after the other."""

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import requests
from django.conf import settings
from django.test import Client

from apps.households.models import Household
from apps.operations.servers import GIVEN, ports
from benchmarks.households import person
from benchmarks.measuring import BenchmarkFailed, Stopwatch

PAUSE_SECONDS = 0.1
"""Between two pages: far busier than a person, and yet not a load test."""
_WARM_UP = 10
_PATIENCE_SECONDS = 30


class Site:
    """gunicorn with two processes of four threads, and its visitor, the household's owner; ends with the block."""

    def __init__(self, household: Household) -> None:
        self._socket = ports.listening()
        self._site = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        home = f"{self._site}/h/{household.public_id}/"
        self._pages = (home, f"{home}transactions/")
        self._visitor = requests.Session()
        self._visitor.headers["Host"] = "testserver"
        client = Client()
        client.force_login(person(), backend="allauth.account.auth_backends.AuthenticationBackend")
        self._visitor.cookies.set(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)

    def __enter__(self) -> Self:
        bind = f"fd://{self._socket.fileno()}"
        gunicorn = [str(Path(sys.executable).parent / "gunicorn"), "config.wsgi:application", "--bind", bind]
        self._process = subprocess.Popen(
            [*gunicorn, "--workers", "2", "--threads", "4", "--log-level", "warning"],
            # Nothing is collected here; the pages are what is measured, not their files.
            env={**GIVEN, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "PYTHONWARNINGS": "ignore:No directory at"},
            pass_fds=[self._socket.fileno()],
        )
        try:
            self._await()
            for _ in range(_WARM_UP):
                for page in self._pages:
                    self._visit(page)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    @contextmanager
    def visited(self) -> Iterator[list[float]]:
        """The pages are read in turn while the block runs; the list has the milliseconds that each took."""
        taken: list[float] = []
        failed: list[Exception] = []
        over = threading.Event()

        def read_on() -> None:
            try:
                for page in itertools.cycle(self._pages):
                    taken.append(self._visit(page))
                    if over.wait(PAUSE_SECONDS):
                        return
            except Exception as error:  # noqa: BLE001 (raised below, where somebody waits for it)
                failed.append(error)

        visitor = threading.Thread(target=read_on)
        visitor.start()
        try:
            yield taken
        finally:
            over.set()
            visitor.join()
        if failed:
            raise BenchmarkFailed(f"The visitor met {failed[0]!r}")

    def _visit(self, page: str) -> float:
        watch = Stopwatch()
        with watch.running():
            answer = self._visitor.get(page, timeout=_PATIENCE_SECONDS, allow_redirects=False)
        if answer.status_code != 200:
            raise BenchmarkFailed(f"{page} answered {answer.status_code}")
        return watch.seconds * 1000

    def _await(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                if self._visitor.get(f"{self._site}/health", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise BenchmarkFailed("gunicorn does not answer")

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE_SECONDS)
        self._socket.close()
