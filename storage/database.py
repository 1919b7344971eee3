"""Engines and transactions: one way to run a synchronous unit of work on SQLite and on PostgreSQL.

On SQLite one connection takes the jobs that come together into one durable commit, a savepoint each, so
that many taps share one disk flush. On PostgreSQL every job has a transaction of its own over asyncpg.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool, QueuePool

from storage.deadline import wanted_until
from storage.postgresql import Pooler, PostgresDatabase
from storage.prepared import run_plain
from storage.sqlite_writer import SqliteWriter
from storage.trouble import DatabaseTrouble, Trouble

T = TypeVar("T")
Work = Callable[[Connection], T]

_READERS = 4
_OWNER_ALONE = 0o600
_SETTINGS_OF_SQLITE = (
    # Another process that writes holds the file for moments; the requests that wait have ten seconds each.
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # What a savepoint could undo is kept in memory: a temporary file costs more than the write itself.
    "temp_store=MEMORY",
    # The log is copied into the file every 32 MB. A page that many taps change is then copied once for all.
    "wal_autocheckpoint=8000",
)
_CACHE_OF_THE_WRITER = "cache_size=-4000"
"""4 MB: the pages that a shift's taps touch."""


class Database(Protocol):
    """Runs synchronous work inside a transaction, off the event loop's way."""

    url: URL

    @property
    def described(self) -> str:
        """What it is, in a few words; complete once it was started."""
        ...

    async def start(self) -> None:
        """Open connections; raises what the driver raises where the database cannot be reached."""
        ...

    async def stop(self) -> None:
        """Finish what is under way and close every connection."""
        ...

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction and return when it is durably committed; re-raises what it raised."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that changes nothing."""
        ...


def open_database(url: str, pooler: Pooler = Pooler.AUTO, *, is_patient: bool = False) -> Database:
    """The database behind a URL: `sqlite:///file` or `postgresql://…` (asyncpg).

    `is_patient` lets statements take as long as they need: migrations.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(parsed.set(drivername="sqlite+pysqlite"))
    return PostgresDatabase(parsed.set(drivername="postgresql+asyncpg"), pooler, is_patient=is_patient)


def database_now(connection: Connection) -> datetime:
    """The database's own time (aware, UTC), by which leases and back-off are judged."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    now: datetime = connection.execute(text("SELECT now()")).scalar_one()
    return now


@contextmanager
def undoable(connection: Connection) -> Iterator[None]:
    """What is written in this block is undone where it raises; the transaction goes on."""
    # The same as `begin_nested` at a fraction of its cost: every tap passes here.
    run_plain(connection, "SAVEPOINT undoable")
    try:
        yield
    except Exception:
        run_plain(connection, "ROLLBACK TO SAVEPOINT undoable")
        raise
    finally:
        run_plain(connection, "RELEASE SAVEPOINT undoable")


class SqliteDatabase:
    """A SQLite file, WAL and `synchronous=FULL`: a commit that was acknowledged survives a power cut."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._writing = create_engine(url, poolclass=NullPool)
        self._reading = create_engine(url, poolclass=QueuePool, pool_size=_READERS, max_overflow=0)
        _set_up(self._writing, *_SETTINGS_OF_SQLITE, _CACHE_OF_THE_WRITER)
        _set_up(self._reading, *_SETTINGS_OF_SQLITE)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        self._writer = SqliteWriter(self._writing)

    @property
    def described(self) -> str:
        """What it is, in a few words."""
        return "a SQLite file"

    async def start(self) -> None:
        """Open the file, for its owner's eyes alone, and begin to serve."""
        _keep_to_its_owner(Path(self.url.database or ""))
        await self._writer.start()

    async def stop(self) -> None:
        """Commit what waits, then close."""
        await self._writer.stop()
        self._readers.shutdown(wait=True)
        self._writing.dispose()
        self._reading.dispose()

    async def write(self, work: Work[T]) -> T:
        """Hand `work` to the writer; returns after the commit that holds it."""
        # The writer has no request of its own: what is logged there belongs to who asked.
        asked_by = copy_context()
        return await self._writer.run(lambda connection: asked_by.run(work, connection))

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one of the reading connections."""
        reading = asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)
        try:
            async with asyncio.timeout_at(wanted_until()):
                return await reading
        except TimeoutError:
            raise DatabaseTrouble(Trouble.OUT_OF_TIME) from None

    def _read(self, work: Work[T]) -> T:
        with self._reading.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            return work(connection)


def _keep_to_its_owner(file: Path) -> None:
    """Nobody else on the machine may read it; what SQLite writes beside it gets the same rights."""
    with suppress(OSError):  # a file that cannot be made is told of by whoever opens it
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, _OWNER_ALONE))
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        with suppress(OSError):  # not ours to change: whose it is decides who may read it
            each.chmod(_OWNER_ALONE)


def _set_up(engine: Any, *settings: str) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        for setting in settings:
            dbapi_connection.execute(f"PRAGMA {setting}")
