"""A mail server that delivers nothing and shows everything; the process itself is `catcher.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from . import ports
from .process import Process, spawn
from .server import Memory, Server, bare_environment


class Mailbox(Server):
    name = "mailbox"
    title = "Mailbox"
    variable = "EMAIL_URL"
    companions = ("MAILBOX_URL",)
    port_names = ("smtp", "page")

    def launch(self, memory: Memory) -> Process | None:
        self._make_private_directory()
        chosen = self._keep_ports(memory)
        # -I: this directory must not come first on the path, its mailbox.py hides the standard library's.
        program = [sys.executable, "-I", str(Path(__file__).with_name("catcher.py"))]
        return spawn(
            [*program, str(chosen["smtp"]), str(chosen["page"]), str(self.directory / "mails")],
            log=self.log,
            directory=self.directory,
            environment=bare_environment(),
        )

    def is_ready(self, memory: Memory) -> bool:
        chosen = memory["ports"]
        return ports.ask(chosen["smtp"], b"").startswith(b"220") and b" 200 " in ports.ask(
            chosen["page"], f"GET /messages.json HTTP/1.0\r\nHost: {ports.LOOPBACK}\r\n\r\n".encode()
        )

    def environment(self, memory: Memory) -> dict[str, str]:
        return {
            "EMAIL_URL": f"smtp://{ports.LOOPBACK}:{memory['ports']['smtp']}",
            "MAILBOX_URL": self.address(memory),
        }

    def address(self, memory: Memory) -> str:
        return f"http://{ports.LOOPBACK}:{memory['ports']['page']}/"
