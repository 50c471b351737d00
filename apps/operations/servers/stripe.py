"""A stateful stand-in for Stripe; the process itself is the package `fake_stripe`, which says what it can."""

from __future__ import annotations

import secrets
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from . import ports
from .process import Process, spawn
from .server import Memory, Server, bare_environment, write_private

WEBHOOK_PATH = "/billing/webhook/"
_PROJECT = Path(__file__).parents[3]


class Stripe(Server):
    name = "stripe"
    title = "Fake Stripe"
    variable = "STRIPE_SECRET_KEY"
    companions = ("STRIPE_API_URL", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET")
    port_names = ("api",)

    def launch(self, memory: Memory) -> Process | None:
        self._make_private_directory()
        _await_old_connections(memory)
        # The length of real ones, which libraries check.
        memory.setdefault("key", f"sk_test_{secrets.token_hex(16)}")
        memory.setdefault("webhook_secret", f"whsec_{secrets.token_hex(16)}")
        kept = self.directory / "secrets"
        write_private(kept, f"{memory['key']}\n{memory['webhook_secret']}\n")
        return spawn(
            [sys.executable, "-m", f"{__package__}.fake_stripe", str(self._keep_ports(memory)["api"]), str(kept)],
            log=self.log,
            # Where the package is found.
            directory=_PROJECT,
            environment=bare_environment(PYTHONDONTWRITEBYTECODE="1"),
        )

    def is_ready(self, memory: Memory) -> bool:
        request = f"GET /healthz HTTP/1.0\r\nHost: {ports.LOOPBACK}:0\r\n\r\n".encode()
        return b" 200 " in ports.ask(memory["ports"]["api"], request)

    def environment(self, memory: Memory) -> dict[str, str]:
        return {
            "STRIPE_API_URL": self.address(memory),
            "STRIPE_SECRET_KEY": memory["key"],
            "STRIPE_PUBLISHABLE_KEY": memory["key"].replace("sk_", "pk_", 1),
            "STRIPE_WEBHOOK_SECRET": memory["webhook_secret"],
        }

    def address(self, memory: Memory) -> str:
        return f"http://{ports.LOOPBACK}:{memory['ports']['api']}"


def _await_old_connections(memory: Memory) -> None:
    """Clients keep connections, and these keep the port for a moment after the end of the process before."""
    deadline = time.monotonic() + 2
    while not all(map(ports.is_free, memory.get("ports", {}).values())) and time.monotonic() < deadline:
        time.sleep(0.02)


def send_webhooks_to(url: str, variables: Mapping[str, str]) -> None:
    """Tells the embedded fake where the product listens; with a real Stripe, that is registered there.

    `variables` are those of `Stack.up`. Raises OSError when the fake does not answer.
    """
    if not variables.get("STRIPE_API_URL"):
        return
    request = urllib.request.Request(  # noqa: S310 — the embedded server
        f"{variables['STRIPE_API_URL']}/fake/webhook",
        urllib.parse.urlencode({"url": url}).encode(),
        {"Authorization": f"Bearer {variables['STRIPE_SECRET_KEY']}"},
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 — the embedded server
        pass
