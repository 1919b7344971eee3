"""The rows of the records list, kept in a small SQLite file so that they outlive the process."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

_TABLES = """
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY AUTOINCREMENT, redline_key TEXT UNIQUE, fields TEXT NOT NULL,
    version INTEGER NOT NULL, change INTEGER NOT NULL, created TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS items_by_change ON items (change);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT OR IGNORE INTO counters VALUES ('change', 0), ('generation', abs(random()) % 1000000000);
"""
_INSERT = "INSERT INTO items (redline_key, fields, change, created, version) VALUES (?, ?, ?, ?, 1)"
_UPDATE = "UPDATE items SET fields = ?, redline_key = ?, change = ?, version = version + 1 WHERE id = ?"


class DuplicateKey(Exception):
    """Another row has this RedLineKey."""


class Changed(Exception):
    """The row is no longer as the caller read it."""


@dataclass(frozen=True)
class Item:
    """One row of the list; `change` is its place in the order of changes."""

    id: int
    fields: dict[str, str | None]
    version: int
    change: int
    created: str
    deleted: bool

    @property
    def etag(self) -> str:
        """The ETag of this version of the row."""
        return f'"item-{self.id},{self.version}"'


class Store:
    """The list's rows. Every method is one short transaction."""

    def __init__(self, file: Path | None = None) -> None:
        """Rows live in `file`, or in memory where it is None."""
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(str(file) if file else ":memory:")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, fields: dict[str, str | None]) -> Item:
        """Add a row; raises `DuplicateKey`."""
        try:
            with self._database:
                cursor = self._database.execute(
                    _INSERT,
                    (fields.get("RedLineKey"), _dumped(fields), self._next_change(), _now()),
                )
        except sqlite3.IntegrityError as error:
            raise DuplicateKey from error
        return self._known(cursor.lastrowid)

    def change(self, item_id: int, fields: dict[str, str | None], etag: str | None = None) -> Item | None:
        """Merge new values into a row, or None where there is none; raises `Changed` or `DuplicateKey`."""
        item = self.get(item_id)
        if item is None:
            return None
        _expect(item, etag)
        merged = {**item.fields, **fields}
        try:
            with self._database:
                self._database.execute(
                    _UPDATE,
                    (_dumped(merged), merged.get("RedLineKey"), self._next_change(), item_id),
                )
        except sqlite3.IntegrityError as error:
            raise DuplicateKey from error
        return self._known(item_id)

    def remove(self, item_id: int, etag: str | None = None) -> bool:
        """Delete a row (its id stays for the delta); raises `Changed`; False where there is no such row."""
        item = self.get(item_id)
        if item is None:
            return False
        _expect(item, etag)
        with self._database:
            self._database.execute(
                "UPDATE items SET deleted = 1, redline_key = NULL, change = ? WHERE id = ?",
                (self._next_change(), item_id),
            )
        return True

    def get(self, item_id: int) -> Item | None:
        """A row that is not deleted."""
        rows = self._select("WHERE id = ? AND deleted = 0", (item_id,))
        return rows[0] if rows else None

    def all(self) -> list[Item]:
        """Every row that is not deleted, newest first."""
        return self._select("WHERE deleted = 0 ORDER BY id DESC", ())

    def changed_since(self, change: int, limit: int) -> list[Item]:
        """Rows changed after a point in the order of changes; deleted ones too, except from the beginning."""
        alive = "" if change else " AND deleted = 0"
        return self._select(f"WHERE change > ?{alive} ORDER BY change LIMIT ?", (change, limit))

    def counter(self, name: str) -> int:
        """The last change, or the generation of delta tokens (another one in every new file)."""
        row = self._database.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
        return int(row[0])

    def expire_tokens(self) -> None:
        """Make every delta token handed out so far too old."""
        with self._database:
            self._database.execute("UPDATE counters SET value = value + 1 WHERE name = 'generation'")

    def _next_change(self) -> int:
        self._database.execute("UPDATE counters SET value = value + 1 WHERE name = 'change'")
        return self.counter("change")

    def _known(self, item_id: int | None) -> Item:
        return self._select("WHERE id = ?", (item_id,))[0]

    def _select(self, where: str, values: tuple[int | None, ...]) -> list[Item]:
        rows = self._database.execute(
            f"SELECT id, fields, version, change, created, deleted FROM items {where}", values
        )
        return [Item(row[0], orjson.loads(row[1]), row[2], row[3], row[4], bool(row[5])) for row in rows]


def _expect(item: Item, etag: str | None) -> None:
    if etag not in (None, "*", item.etag):
        raise Changed


def _dumped(fields: dict[str, str | None]) -> str:
    return orjson.dumps(fields).decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
