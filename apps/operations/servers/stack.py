"""The five servers as one: up, down, and what the settings must know of them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import signal
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .given import GIVEN
from .mailbox import Mailbox
from .postgres import Postgres
from .s3 import S3
from .server import Memory, Server, ServerError, write_private
from .stripe import Stripe
from .valkey import Valkey

_PATIENCE = 60.0
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Status:
    name: str
    title: str
    state: str
    """running, stopped, or replaced (by an environment variable)."""
    address: str
    pid: int | None


class Stack:
    """All servers of one copy of the project, for one purpose (development or tests), under one directory.

    A variable of the environment (DATABASE_URL, REDIS_URL, S3_ENDPOINT_URL, EMAIL_URL, STRIPE_SECRET_KEY, or one of
    them with _FILE behind it) that names another server replaces ours. `durable=False` gives up for speed what a crash
    of the machine would need; PostgreSQL then may keep its data in memory, until it is ended.
    """

    def __init__(self, root: Path, *, durable: bool = True, given: Mapping[str, str] = GIVEN) -> None:
        self.root = root.resolve()
        self.given = given
        # The slowest to start comes first, so that it does so while the others are set up.
        kinds: tuple[type[Server], ...] = (S3, Stripe, Valkey, Mailbox, Postgres)
        self.servers = [kind(self.root, durable=durable) for kind in kinds]
        self.started: list[str] = []
        """The servers that the last `up` had to start."""

    def up(self) -> dict[str, str]:
        """Start what does not run and wait until it answers.

        Returns the variables by which the product finds all of them. Raises ServerError.
        """
        with self._locked():
            state = self._read()
            missing = [
                server
                for server in self.servers
                if not self._is_replaced(server, state[server.name]) and not server.process(state[server.name])
            ]
            self.started = [server.name for server in missing]
            for server in missing:
                self._launch(server, state)
            for server in missing:
                self._await(server, state)
        return self.environment()

    def down(self, names: Collection[str] | None = None) -> list[str]:
        """End the servers that `up` started (all, or the named ones); returns the names of those that ran."""
        if not self.root.exists():
            return []
        with self._locked():
            state = self._read()
            running = {
                server.name: (server, process)
                for server in self.servers
                if (names is None or server.name in names) and (process := server.process(state[server.name]))
            }
            for server, process in running.values():
                process.signal(server.stop_signal)
            for name, (server, process) in running.items():
                if not process.wait(15):
                    process.signal(signal.SIGKILL)
                    process.wait(5)
                server.tidy(state[name])
                state[name] = _without_process(state[name])
            self._write(state)
        return list(running)

    def environment(self) -> dict[str, str]:
        """The variables of what runs, and of what the environment replaces; starts nothing."""
        state = self._read()
        found: dict[str, str] = {}
        for server in self.servers:
            memory = state[server.name]
            if self._is_replaced(server, memory):
                names = (server.variable, *server.companions)
                found |= {name: self.given[name] for name in names if name in self.given}
            elif server.process(memory):
                found |= server.environment(memory)
        return found

    def status(self) -> list[Status]:
        state = self._read()
        return [self._status(server, state[server.name]) for server in self.servers]

    def _is_replaced(self, server: Server, memory: Memory) -> bool:
        """Our own address in the environment (`services env` in a shell) replaces nothing. A file's is another's."""
        if f"{server.variable}_FILE" in self.given:
            return True
        given = self.given.get(server.variable)
        if not given:
            return False
        try:
            return given != server.environment(memory)[server.variable]
        except KeyError:  # it has never run
            return True

    def _status(self, server: Server, memory: Memory) -> Status:
        if self._is_replaced(server, memory):
            return Status(server.name, server.title, "replaced", f"by {server.variable}", None)
        process = server.process(memory)
        if process is None:
            return Status(server.name, server.title, "stopped", "", None)
        return Status(server.name, server.title, "running", server.address(memory), process.pid)

    def _launch(self, server: Server, state: dict[str, Memory]) -> None:
        memory = state[server.name]
        process = server.launch(memory)
        # A process that is already gone is written down too: waiting for it finds that out and says so.
        memory |= {"pid": process.pid, "started": process.started} if process else {"pid": 0, "started": "-"}
        self._write(state)

    def _await(self, server: Server, state: dict[str, Memory]) -> None:
        memory = state[server.name]
        deadline = time.monotonic() + _PATIENCE
        attempts = 1
        while not server.is_ready(memory) or not server.process(memory):
            if not server.process(memory):
                # Somebody took the port in between, or its killed predecessor still holds something.
                if attempts == _ATTEMPTS:
                    raise ServerError(_failure(server, "ended while starting"))
                attempts += 1
                time.sleep(0.1 * attempts)
                self._launch(server, state)
            elif time.monotonic() > deadline:
                raise ServerError(_failure(server, f"does not answer after {_PATIENCE:.0f} seconds"))
            time.sleep(0.01)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self) -> dict[str, Memory]:
        try:
            known = json.loads((self.root / "state.json").read_text())
        except (FileNotFoundError, ValueError):
            known = {}
        if known.get("root") != str(self.root):
            # A copied directory: the processes belong to the original.
            known = {name: _without_process(memory) for name, memory in known.items() if name != "root"}
        return {server.name: known.get(server.name, {}) for server in self.servers}

    def _write(self, state: dict[str, Memory]) -> None:
        write_private(self.root / "state.json", json.dumps({"root": str(self.root), **state}, indent=2) + "\n")


def _without_process(memory: Memory) -> Memory:
    return {key: value for key, value in memory.items() if key not in {"pid", "started"}}


def _failure(server: Server, what: str) -> str:
    lines = server.log.read_text(errors="replace").strip().splitlines() if server.log.exists() else []
    return "\n".join([f"{server.title} {what}; the end of {server.log}:", *lines[-8:]])
