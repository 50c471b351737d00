"""What the five servers have in common."""

from __future__ import annotations

import os
import signal
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from . import ports
from .process import Process

# What is remembered of one server between runs: ports, passwords, pid. JSON.
Memory = dict[str, Any]


class ServerError(Exception):
    """A server cannot be started; the sentence says which, why, and what to do."""


class Server(ABC):
    """One server under one directory. It holds no state: `memory` is passed in, and changed, by the stack."""

    name: ClassVar[str]
    title: ClassVar[str]
    variable: ClassVar[str]
    """The environment variable that replaces this server by another one, elsewhere."""
    companions: ClassVar[tuple[str, ...]] = ()
    """Further variables that belong to a replacement."""
    port_names: ClassVar[tuple[str, ...]] = ()
    stop_signal: signal.Signals = signal.SIGTERM

    def __init__(self, root: Path, *, durable: bool) -> None:
        self.durable = durable
        self.directory = root / self.name
        self.log = root / "logs" / f"{self.name}.log"

    @abstractmethod
    def launch(self, memory: Memory) -> Process | None:
        """Start it without waiting; None when it ended at once."""

    @abstractmethod
    def is_ready(self, memory: Memory) -> bool:
        """Whether it answers."""

    @abstractmethod
    def environment(self, memory: Memory) -> dict[str, str]:
        """The variables by which the product finds it."""

    @abstractmethod
    def address(self, memory: Memory) -> str:
        """Where it is, for people: without the password."""

    def tidy(self, memory: Memory) -> None:  # noqa: B027 — most leave nothing
        """Remove what an ended server has left outside its directory."""

    def process(self, memory: Memory) -> Process | None:
        """The running process, if it still is the one that was started."""
        if "pid" not in memory:
            return None
        process = Process(memory["pid"], memory["started"])
        return process if process.is_alive else None

    def _keep_ports(self, memory: Memory) -> dict[str, int]:
        """The ports of last time if they are all free, else new ones."""
        kept: dict[str, int] = memory.get("ports", {})
        if set(kept) != set(self.port_names) or not all(map(ports.is_free, kept.values())):
            kept = dict(zip(self.port_names, ports.choose(len(self.port_names)), strict=True))
        memory["ports"] = kept
        return kept

    def _make_private_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def bare_environment(**extra: str) -> dict[str, str]:
    """An environment in which no variable of the shell (PG*, AWS_*, S3_*) changes what a server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"} | extra


def scripts_directory() -> Path:
    """Where this virtual environment keeps the programs of its packages."""
    return Path(sys.prefix) / "bin"


def write_private(path: Path, text: str) -> None:
    """Replace a file's content in one step; nobody else can ever read it."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
