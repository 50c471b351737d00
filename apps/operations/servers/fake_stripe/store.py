"""Everything that one account of the fake has, in one SQLite file: a restart forgets nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import Json

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT);
CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
    place REAL NOT NULL, due REAL NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    signature TEXT NOT NULL DEFAULT 'good', status INTEGER
);
CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries (state, place);
"""


class Store:
    """Objects as the API shows them, references as ids. Who uses it holds the account's lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row
        # A power cut may cost the last seconds of what is a toy's memory.
        self.connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_TABLES}")
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, also inside another one."""
        name = f"level{self._depth}"
        self.connection.execute(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            self.connection.execute(f"ROLLBACK TO {name}")
            raise
        finally:
            self._depth -= 1
            self.connection.execute(f"RELEASE {name}")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is done inside is taken back at its end."""
        with self.transaction():
            self.connection.execute("SAVEPOINT undone")
            try:
                yield
            finally:
                self.connection.execute("ROLLBACK TO undone")

    def get(self, id: str | None) -> Json | None:
        row = self.connection.execute("SELECT body FROM objects WHERE id = ?", [id]).fetchone()
        return json.loads(row["body"]) if row else None

    def put(self, body: Json) -> None:
        """Adds the object, or replaces what it was."""
        self.connection.execute(
            "INSERT INTO objects (id, kind, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [body["id"], body["object"], json.dumps(body)],
        )

    def remove(self, id: str) -> None:
        self.connection.execute("DELETE FROM objects WHERE id = ?", [id])

    def all(self, kind: str) -> list[Json]:
        """Newest first."""
        rows = self.connection.execute("SELECT body FROM objects WHERE kind = ? ORDER BY seq DESC", [kind])
        return [json.loads(row["body"]) for row in rows]

    def recall(self, name: str, default: Any = None) -> Any:
        row = self.connection.execute("SELECT value FROM memory WHERE name = ?", [name]).fetchone()
        return json.loads(row["value"]) if row else default

    def remember(self, name: str, value: Any) -> None:
        self.connection.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", [name, json.dumps(value)])

    def destroy(self) -> None:
        """Closes the file and removes it."""
        self.connection.close()
        for path in self.path.parent.glob(f"{self.path.name}*"):
            path.unlink()
