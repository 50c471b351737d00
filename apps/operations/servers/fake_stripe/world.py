"""One account: its objects, its time, its events. Everything else is functions on a `World`."""

from __future__ import annotations

import random
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .errors import Json, no_such
from .store import Store

API_VERSION = "2026-08-26.dahlia"
_CHANCE = random.SystemRandom()
_LETTERS = string.ascii_letters + string.digits


@dataclass
class World:
    name: str
    store: Store
    address: str
    """Where the fake listens, without a slash at the end."""
    webhook_secret: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    woken: threading.Event = field(default_factory=threading.Event)
    """Set when there may be something to deliver."""
    closed: bool = False
    """Forgotten as a whole; its threads end."""
    request: Json | None = None
    """Id and idempotency key of the call that is being answered."""
    _running: dict[str | None, int] = field(default_factory=dict)

    @contextmanager
    def change(self) -> Iterator[None]:
        """The lock and a transaction; wakes who delivers afterwards."""
        with self.lock:
            with self.store.transaction():
                yield
            self.woken.set()

    def now(self, clock: str | None = None) -> int:
        """Seconds since 1970 on a test clock, or on the wall's for None."""
        if clock in self._running:
            return self._running[clock]
        if clock is None:
            return int(time.time())
        return int(self.find("test_helpers.test_clock", clock)["frozen_time"])

    @contextmanager
    def at(self, clock: str | None, moment: int) -> Iterator[None]:
        """What is done inside is done at that moment of the clock."""
        self._running[clock] = moment
        try:
            yield
        finally:
            del self._running[clock]

    def time_of(self, obj: Json) -> int:
        return self.now(self.clock_of(obj))

    def clock_of(self, obj: Json) -> str | None:
        """The test clock that an object lives by: its own, or its customer's."""
        for name in ("test_clock", "_test_clock"):
            if name in obj:
                clock: str | None = obj[name]
                return clock
        owner = self.store.get(obj["customer"]) if obj.get("customer") else None
        return self.clock_of(owner) if owner else None

    def find(self, kind: str, id: str | None, *, param: str | None = None) -> Json:
        """The object, or Stripe's error: 404 for an address, 400 when `param` named it."""
        found = self.store.get(id)
        if found is None or found["object"] != kind or "_deleted" in found:
            shown = kind.rpartition(".")[2]
            raise no_such(shown, str(id), param=param or "id", status=400 if param else 404)
        return found

    def add(self, obj: Json, event: str | None = None) -> Json:
        self.store.put(obj)
        if event:
            self.emit(event, obj)
        return obj

    def save(self, obj: Json, event: str | None = None) -> Json:
        """Replaces an object; the event, if one is named, tells what was different before."""
        old = self.store.get(obj["id"]) or {}
        self.store.put(obj)
        previous = _difference(old, obj)
        if event and (previous or not event.endswith(".updated")):
            self.emit(event, obj, previous=previous if event.endswith(".updated") else None)
        return obj

    def emit(self, type: str, obj: Json, *, previous: Json | None = None) -> Json:
        """Records an event and queues it for each endpoint that wants it."""
        endpoints = [one for one in self.store.all("webhook_endpoint") if wants(one, type)]
        data: Json = {"object": public(obj)}
        if previous is not None:
            data["previous_attributes"] = public(previous)
        event: Json = {
            "id": make_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.time_of(obj),
            "data": data,
            "livemode": False,
            "pending_webhooks": len(endpoints),
            "request": self.request or {"id": None, "idempotency_key": None},
            "type": type,
        }
        self.store.put(event)
        state = "held" if self.store.recall("hold") else "waiting"
        for endpoint in reversed(endpoints):
            self.queue(event["id"], endpoint["id"], state=state)
        return event

    def queue(self, event: str, endpoint: str, *, state: str = "waiting", signature: str = "good") -> None:
        self.store.connection.execute(
            "INSERT INTO deliveries (event, endpoint, state, place, signature)"
            " VALUES (?, ?, ?, (SELECT coalesce(cast(max(place) AS INTEGER), 0) + 1 FROM deliveries), ?)",
            [event, endpoint, state, signature],
        )


def wants(endpoint: Json, type: str) -> bool:
    asked = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in asked or type in asked)


def make_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{''.join(_CHANCE.choices(_LETTERS, k=length))}"


def public(value: Any) -> Any:
    """Without what the fake keeps for itself, whose names begin with an underscore."""
    if isinstance(value, dict):
        return {key: public(inner) for key, inner in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [public(inner) for inner in value]
    return value


def listed(data: list[Json], url: str, *, has_more: bool = False) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _difference(old: Json, new: Json) -> Json:
    return {
        key: old.get(key)
        for key, value in new.items()
        if not key.startswith("_") and old.get(key) != value and public(old.get(key)) != public(value)
    }
