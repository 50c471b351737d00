"""Processes that outlive the one that started them, known by pid and start time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LOG_LIMIT = 5_000_000
# Linux; elsewhere ps tells the same, more slowly.
_HAS_PROC = Path("/proc/self/stat").exists()


@dataclass(frozen=True, slots=True)
class Process:
    """A pid may be somebody else's tomorrow; with its start time it names one process for good."""

    pid: int
    started: str

    @classmethod
    def find(cls, pid: int) -> Process | None:
        started = _start_time(pid)
        return cls(pid, started) if started else None

    @property
    def is_alive(self) -> bool:
        return _start_time(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """True as soon as the process has ended, False when it still runs after so many seconds."""
        deadline = time.monotonic() + seconds
        while self.is_alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


def spawn(
    arguments: Sequence[str | Path],
    *,
    log: Path,
    directory: Path,
    environment: Mapping[str, str],
    account: Mapping[str, Any] | None = None,
) -> Process | None:
    """Start a server in a session of its own; None when it ended at once.

    The shell between us and the server hands it over to init: Ctrl-C in the terminal does not reach it, it
    keeps none of our pipes open, and nobody here has to reap it. `account` holds subprocess' user, group and
    extra_groups.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.write_bytes(b"")
    with log.open("ab") as output:
        shell = subprocess.run(
            ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            cwd=directory,
            env=dict(environment),
            start_new_session=True,
            check=True,
            **(account or {}),
        )
    return Process.find(int(shell.stdout))


def command_line(pid: int) -> str:
    """The program and arguments of a process; empty when there is none."""
    if not _HAS_PROC:
        return _ps(pid, "command=")
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _start_time(pid: int) -> str:
    """When the process began, as the system writes it; empty for one that is gone or waits to be reaped."""
    if not _HAS_PROC:
        state, _, started = _ps(pid, "stat=,lstart=").partition(" ")
        return "" if state.startswith("Z") else started.strip()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _ps(pid: int, columns: str) -> str:
    command = ["ps", "-o", columns, "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
