"""Webhook endpoints, and the thread that delivers signed events to them.

Deliveries go one at a time, in order, at least once. A receiver that does not answer 2xx is asked again after 0.5, 1,
2, 4 … seconds (Stripe: minutes to hours), ten times in all; the others do not wait for it.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import sqlite3
import threading
import time
import traceback
from urllib.parse import urlsplit, urlunsplit

from .errors import Json, invalid
from .form import Params
from .listing import of_kind
from .world import API_VERSION, World, make_id, public

ATTEMPTS = 10
_LOOK_EVERY = 0.25
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 60.0
_PATIENCE = 10.0
_OLD = 3600
"""Seconds that the timestamp of an `old` signature lies back; receivers tolerate five minutes."""


def create_endpoint(world: World, params: Params) -> Json:
    """All endpoints of the fake have the secret that it was started with, so that a setting can hold it."""
    endpoint = {
        "id": make_id("we"),
        "object": "webhook_endpoint",
        "api_version": params.text("api_version"),
        "application": None,
        "created": world.now(),
        "description": params.text("description"),
        "enabled_events": params.texts("enabled_events"),
        "livemode": False,
        "metadata": params.metadata(),
        "status": "enabled",
        "url": _url(params),
    }
    if not endpoint["enabled_events"]:
        raise invalid("Missing required param: enabled_events.", param="enabled_events", code="parameter_missing")
    return {**world.add(endpoint), "secret": world.webhook_secret}


def update_endpoint(world: World, params: Params, id: str) -> Json:
    endpoint = world.find("webhook_endpoint", id)
    endpoint["metadata"] = params.metadata(endpoint["metadata"])
    if "url" in params:
        endpoint["url"] = _url(params)
    if "enabled_events" in params:
        endpoint["enabled_events"] = params.texts("enabled_events")
    if "disabled" in params:
        endpoint["status"] = "disabled" if params.flag("disabled") else "enabled"
    if "description" in params:
        endpoint["description"] = params.text("description")
    return world.save(endpoint)


def delete_endpoint(world: World, params: Params, id: str) -> Json:
    world.find("webhook_endpoint", id)
    world.store.remove(id)
    return {"id": id, "object": "webhook_endpoint", "deleted": True}


def list_endpoints(world: World, params: Params) -> Json:
    return of_kind(world, params, "webhook_endpoint", "/v1/webhook_endpoints")


def list_events(world: World, params: Params) -> Json:
    kind, kinds = params.text("type"), params.texts("types")

    def only(event: Json) -> bool:
        one_of = not kinds or event["type"] in kinds
        starred = bool(kind and kind.endswith("*") and event["type"].startswith(kind[:-1]))
        return one_of and (not kind or event["type"] == kind or starred)

    return of_kind(world, params, "event", "/v1/events", only=only)


def signature(secret: str, content: bytes, moment: int) -> str:
    """The `Stripe-Signature` header. https://docs.stripe.com/webhooks#verify-manually"""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


class Courier(threading.Thread):
    """Delivers what waits in one account, for as long as the process lives."""

    def __init__(self, world: World) -> None:
        super().__init__(daemon=True, name=f"courier {world.name}")
        self.world = world

    def run(self) -> None:
        while not self.world.closed:
            self.world.woken.wait(_LOOK_EVERY)
            self.world.woken.clear()
            try:
                while self._deliver_next():
                    pass
            except Exception:  # noqa: BLE001 — a fault in one delivery must not end all others
                traceback.print_exc()

    def _deliver_next(self) -> bool:
        with self.world.lock:
            if self.world.closed:
                return False
            row = self.world.store.connection.execute(
                "SELECT * FROM deliveries WHERE state = 'waiting' AND due <= ? ORDER BY place, id LIMIT 1",
                [time.time()],
            ).fetchone()
            if row is None:
                return False
            event = self.world.store.get(row["event"])
            endpoint = self.world.store.get(row["endpoint"])
            lost = self._is_to_be_lost(event)
        if not event or not endpoint or lost:
            self._settle(row, "lost", None)
            return True
        status = post(self.world.webhook_secret, endpoint["url"], event, row["signature"])
        good = status is not None and 200 <= status < 300
        self._settle(row, "delivered" if good else "waiting", status)
        return True

    def _is_to_be_lost(self, event: Json | None) -> bool:
        rule = self.world.store.recall("lose")
        if not rule or not event or (rule["types"] and event["type"] not in rule["types"]):
            return False
        if rule["count"] is not None:
            rule["count"] -= 1
            self.world.store.remember("lose", rule if rule["count"] else None)
        return True

    def _settle(self, row: sqlite3.Row, state: str, status: int | None) -> None:
        attempts = row["attempts"] + 1
        if state == "waiting" and (attempts >= ATTEMPTS or row["signature"] != "good"):
            state = "failed"
        pause = min(_FIRST_PAUSE * 2 ** (attempts - 1), _LONGEST_PAUSE)
        with self.world.lock:
            if self.world.closed:
                return
            self._write(row, state, status, attempts, pause)

    def _write(self, row: sqlite3.Row, state: str, status: int | None, attempts: int, pause: float) -> None:
        with self.world.change():
            store = self.world.store
            store.connection.execute(
                "UPDATE deliveries SET state = ?, status = ?, attempts = ?, due = ? WHERE id = ?",
                [state, status, attempts, time.time() + pause, row["id"]],
            )
            event = store.get(row["event"])
            if event and state == "delivered" and event["pending_webhooks"]:
                store.put({**event, "pending_webhooks": event["pending_webhooks"] - 1})
            again = store.recall("duplicate")
            if again and state == "delivered" and row["signature"] == "good" and row["place"] == int(row["place"]):
                # A place between two whole ones marks the copy, and puts it right behind.
                for copy in range(again):
                    store.connection.execute(
                        "INSERT INTO deliveries (event, endpoint, state, place) VALUES (?, ?, 'waiting', ?)",
                        [row["event"], row["endpoint"], row["place"] + (copy + 1) / (again + 1)],
                    )


def post(secret: str, url: str, event: Json, how: str) -> int | None:
    """Sends one event; the status that came back, or None. `how`: good, bad (wrong secret) or old (an hour ago)."""
    content = json.dumps(public(event), indent=2).encode()
    moment = int(time.time()) - (_OLD if how == "old" else 0)
    parts = urlsplit(url)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature("whsec_wrong" if how == "bad" else secret, content, moment),
        "User-Agent": "Stripe/1.0 (fake)",
        "Stripe-Version": API_VERSION,
    }
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_PATIENCE)
    try:
        connection.request("POST", urlunsplit(("", "", parts.path or "/", parts.query, "")), content, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _url(params: Params) -> str:
    url = params.required("url")
    try:
        parts = urlsplit(url)
        is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"} and parts.port != 0
    except ValueError:  # a port that is none
        is_here = False
    if not is_here or not url.isascii():
        raise invalid("Invalid URL: the fake delivers to this machine only (http://127.0.0.1:…).", param="url")
    return url
