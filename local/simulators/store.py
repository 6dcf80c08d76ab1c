"""What a simulator must not forget: its records, its answers to repeatable calls, and what it still has to do.

One SQLite file, every change in one transaction, so that a kill between two statements is never seen.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS work (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL,
    due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0
);
"""


@dataclass(frozen=True)
class Work:
    """Something due: a `change` of a record, or a `webhook` to deliver."""

    number: int
    kind: str
    body: dict[str, Any]
    attempts: int


class Store:
    """A simulator's memory. Times are seconds since the epoch."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Only the event loop of the server uses it, which is not always the thread that made it.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; transactions do not nest."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def get(self, kind: str, identifier: str) -> dict[str, Any] | None:
        row = self._db.execute("SELECT body FROM records WHERE kind = ? AND id = ?", (kind, identifier)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, identifier: str, body: dict[str, Any]) -> None:
        self._db.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind, identifier, json.dumps(body)))

    def count(self, name: str) -> int:
        """How often this was counted, this time included."""
        self._db.execute("INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1", (name,))
        value: int = self._db.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()[0]
        return value

    def answer(self, key: str) -> tuple[str, int, dict[str, Any]] | None:
        """The request, status and body remembered for an idempotency key."""
        row = self._db.execute("SELECT request, status, body FROM answers WHERE key = ?", (key,)).fetchone()
        return (row[0], row[1], json.loads(row[2])) if row else None

    def remember(self, key: str, request: str, status: int, body: dict[str, Any]) -> None:
        self._db.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (key, request, status, json.dumps(body)))

    def plan(self, kind: str, body: dict[str, Any], delay: float = 0) -> None:
        """Write down what is to be done in `delay` seconds."""
        self._db.execute(
            "INSERT INTO work (kind, body, due) VALUES (?, ?, ?)", (kind, json.dumps(body), time.time() + delay)
        )

    def due(self) -> list[Work]:
        """What should be done by now, oldest first."""
        rows = self._db.execute(
            "SELECT number, kind, body, attempts FROM work WHERE NOT done AND due <= ? ORDER BY due, number",
            (time.time(),),
        )
        return [Work(number, kind, json.loads(body), attempts) for number, kind, body, attempts in rows]

    def finish(self, work: Work) -> None:
        self._db.execute("UPDATE work SET done = 1, attempts = attempts + 1 WHERE number = ?", (work.number,))

    def postpone(self, work: Work, delay: float) -> None:
        self._db.execute(
            "UPDATE work SET due = ?, attempts = attempts + 1 WHERE number = ?", (time.time() + delay, work.number)
        )
