"""The HTTP side: which account, which page, and that only this machine is answered."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

from . import checkout_pages, invoice_pages, portal_pages
from .api import Answer, Call, answer
from .clock import advance
from .errors import ApiError, Json
from .pages import Page, failed, not_found
from .store import Store
from .webhooks import Courier
from .world import API_VERSION, World, make_id

LOOPBACK = "127.0.0.1"
_LARGEST = 2**20
_TICK = 1.0
_LEFT_BEHIND = 86400
_PATIENCE = 3.0


class Accounts:
    """A world for each key: the server's own key, or that key with more letters behind it (for each test)."""

    def __init__(self, directory: Path, *, address: str, key: str, webhook_secret: str) -> None:
        self.directory = directory
        self.address = address
        self.key = key
        self.webhook_secret = webhook_secret
        self.open: dict[str, World] = {}
        self._lock = threading.Lock()
        for path in directory.glob("*.sqlite*"):
            # Accounts of tests that were killed; the main one stays.
            if not path.name.startswith("main.") and path.stat().st_mtime < time.time() - _LEFT_BEHIND:
                path.unlink()

    def of_key(self, key: str) -> World | None:
        if not key.startswith(self.key):
            return None
        suffix = key.removeprefix(self.key)
        # A digest, as the rest of a key may hold anything.
        return self._load(hashlib.sha256(suffix.encode()).hexdigest()[:16] if suffix else "main")

    def holding(self, id: str) -> World | None:
        """The account that has such an object; ids are unique."""
        for world in list(self.open.values()):
            with world.lock:
                if not world.closed and world.store.get(id):
                    return world
        return None

    def keep_time(self) -> None:
        """What falls due by the wall's clock, in all accounts; never returns."""
        while True:
            time.sleep(_TICK)
            for world in list(self.open.values()):
                with world.lock:
                    if not world.closed:
                        self._keep_time_of(world)

    def forget(self, world: World) -> None:
        """The account is gone, with its file and its thread. Its key opens an empty one."""
        with self._lock, world.lock:
            if not world.closed:
                world.closed = True
                world.store.destroy()
                del self.open[world.name]
        world.woken.set()

    def _keep_time_of(self, world: World) -> None:
        try:
            with world.change():
                advance(world, None, world.now())
        except Exception:  # noqa: BLE001 — one account's fault must not stop the time of all
            traceback.print_exc()

    def _load(self, name: str) -> World:
        with self._lock:
            if name not in self.open:
                store = Store(self.directory / f"{name}.sqlite")
                world = World(name, store, self.address, self.webhook_secret)
                self.open[name] = world
                Courier(world).start()
            return self.open[name]


class Handler(BaseHTTPRequestHandler):
    accounts: Accounts
    protocol_version = "HTTP/1.1"
    server_version = "fake-stripe"
    sys_version = ""
    # One packet an answer: otherwise a kept connection waits 40 ms for the second.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def _respond(self) -> None:
        told = self.headers.get("Content-Length", "0")
        size = int(told) if re.fullmatch(r"[0-9]{1,18}", told) else _LARGEST + 1
        if size > _LARGEST:
            self.close_connection = True
            return self._send(413, b"Too large, or of no length.", "text/plain")
        body = self.rfile.read(size).decode("utf-8", "replace")
        # A page elsewhere whose name is made to point here must not reach the API.
        if self.headers.get("Host", "").rpartition(":")[0] not in (LOOPBACK, "localhost"):
            return self._send(403, b"This server is for this machine only.", "text/plain")
        path, _, query = self.path.partition("?")
        if path == "/healthz":
            return self._send(200, b"ok", "text/plain")
        if path.startswith(("/v1/", "/fake/")):
            return self._send_answer(self._call(path, query, body))
        return self._send_page(self._page(path, dict(parse_qsl(body, keep_blank_values=True))))

    def _call(self, path: str, query: str, body: str) -> Answer:
        key = self._key()
        sent = body if self.command == "POST" else "&".join(filter(None, (query, body)))
        call = Call(self.command, path, sent, self.headers.get("Idempotency-Key"))
        while world := self.accounts.of_key(key):
            if path == "/fake/reset":
                self.accounts.forget(world)
                return Answer(200, {"done": True}, make_id("req", 14))
            with world.lock:
                # Another call may have had it forgotten since it was found; then there is an empty one.
                if not world.closed:
                    return _answered(world, call)
        message = f"Invalid API Key provided: {key[:8]}…" if key else "You did not provide an API key."
        return Answer(401, ApiError(401, "invalid_request_error", message).body, make_id("req", 14))

    def _key(self) -> str:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return value.strip() if kind.lower() == "bearer" else ""

    def _page(self, path: str, values: dict[str, str]) -> Page:
        for pattern, kind, respond in _PAGES:
            match = re.fullmatch(pattern, path)
            world = self.accounts.holding(match[1]) if match else None
            if not match or not world:
                continue
            try:
                with world.change():
                    found = world.store.get(match[1])
                    if found and found["object"] == kind:
                        return respond(world, found, match[2] or "", values if self.command == "POST" else None)
            except ApiError as refusal:
                return failed(str(refusal))
            except Exception as error:  # noqa: BLE001 — as in `_answered`
                traceback.print_exc()
                return failed(f"The fake has failed: {error!r}", status=500)
        return not_found()

    def _send_answer(self, answered: Answer) -> None:
        headers = {"Request-Id": answered.request_id, "Stripe-Version": API_VERSION}
        if answered.replayed:
            headers["Idempotent-Replayed"] = "true"
        content = json.dumps(answered.body, indent=2).encode()
        self._send(answered.status, content, "application/json", headers)

    def _send_page(self, page: Page) -> None:
        if page.goto:
            return self._send(303, b"", "text/plain", {"Location": page.goto})
        content = page.content.encode() if isinstance(page.content, str) else page.content
        rules = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
        return self._send(page.status, content, page.kind, {"Content-Security-Policy": rules})

    def _send(self, status: int, content: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _answered(world: World, call: Call) -> Answer:
    try:
        return answer(world, call)
    except Exception as error:  # noqa: BLE001 — a bug here is a 500 there, with its trace in the log
        traceback.print_exc()
        return Answer(500, ApiError(500, "api_error", f"The fake has failed: {error!r}").body, make_id("req", 14))


# Answers a page of one object: what comes after its address, and the form's values, None when none was sent.
Respond = Callable[[World, Json, str, dict[str, str] | None], Page]


def _checkout(world: World, session: Json, part: str, values: dict[str, str] | None) -> Page:
    if values is None:
        return checkout_pages.show(world, session)
    if part == "confirm":
        return checkout_pages.confirm(world, session, values)
    return checkout_pages.act(world, session, values)


def _portal(world: World, session: Json, part: str, values: dict[str, str] | None) -> Page:
    if values is None:
        return portal_pages.show(world, session, part=part)
    return portal_pages.act(world, session, part, values)


def _invoice(world: World, invoice: Json, part: str, values: dict[str, str] | None) -> Page:
    if part == "pdf":
        return invoice_pages.pdf(invoice)
    if part == "confirm":
        return (
            invoice_pages.confirm(world, invoice, values) if values is not None else invoice_pages.ask(world, invoice)
        )
    return invoice_pages.pay(world, invoice, values) if values is not None else invoice_pages.show(invoice)


_PAGES: list[tuple[str, str, Respond]] = [
    (r"/c/pay/(cs_test_\w+)(?:/(\w+))?", "checkout.session", _checkout),
    (r"/p/session/(bps_\w+)(?:/([\w/]+))?", "billing_portal.session", _portal),
    (r"/i/\w+/(in_\w+)(?:/(\w+))?", "invoice", _invoice),
]


def serve(port: int, directory: Path, *, key: str, webhook_secret: str) -> ThreadingHTTPServer:
    """The server, not yet running; its accounts deliver and keep time already. Raises ValueError for a real key."""
    if not key.startswith("sk_test_"):
        raise ValueError("The fake has keys of its own, which begin with sk_test_. It never takes others.")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    Handler.accounts = Accounts(directory, address=f"http://{LOOPBACK}:{port}", key=key, webhook_secret=webhook_secret)
    Handler.accounts.of_key(key)
    threading.Thread(target=Handler.accounts.keep_time, daemon=True, name="time").start()
    return _listen(port)


def _listen(port: int) -> ThreadingHTTPServer:
    """Clients keep connections, and these keep the port for a moment after the end of the process before."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return _Server((LOOPBACK, port), Handler)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    address_family = socket.AF_INET
