"""The one connection that writes to SQLite: jobs that come together share one commit.

The jobs run on the event loop, and only what can wait for the disk or for another process is done in a
thread. A writer thread of its own, which this was at first, fought the loop for the interpreter at every
statement: a tap cost half as much again.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from storage.deadline import note_commit, wanted_until
from storage.prepared import run_plain
from storage.trouble import DatabaseTrouble, Trouble

T = TypeVar("T")

_MOST_AT_ONCE = 32


@dataclass
class _Job:
    work: Callable[[Connection], Any]
    future: "asyncio.Future[Any]"
    result: Any = None
    problem: Exception | None = None
    is_begun: bool = False
    is_given_up: bool = False
    """Nobody waits for it any more, and nothing of it was done."""

    def settle(self) -> None:
        if self.future.done():  # its caller gave up
            return
        if self.problem is not None:
            self.future.set_exception(self.problem)
        else:
            self.future.set_result(self.result)


class SqliteWriter:
    """Runs jobs one after the other, up to 32 in a transaction, each in a savepoint of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: deque[_Job] = deque()
        self._come = asyncio.Event()
        self._stopping = False
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="sqlite-disk")
        self._connection: Connection | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the connection and begin to serve; raises where the file cannot be opened."""
        if self._connection is None:
            self._connection = await self._on_disk(self._engine.connect)
            self._serving = asyncio.create_task(self._serve(self._connection))

    async def stop(self) -> None:
        """Finish the jobs that wait, then close."""
        if self._connection is not None and self._serving is not None:
            self._stopping = True
            self._come.set()
            await asyncio.shield(self._serving)
            await self._on_disk(self._connection.close)
            self._connection = None
        self._disk.shutdown()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Queue one job and wait until its commit is durable.

        Raises `DatabaseTrouble` where that takes longer than it is wanted: a job that was not begun by then
        never is. A caller without such a time that gives up by itself does not undo it.
        """
        if self._serving is None or self._serving.done():
            raise RuntimeError("the database is not open")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        job = _Job(work, future)
        note_commit(begun=False)
        self._jobs.append(job)
        self._come.set()
        try:
            async with asyncio.timeout_at(wanted_until()):
                return await future
        except TimeoutError:
            if future.done() and not future.cancelled():
                return future.result()
            raise DatabaseTrouble(Trouble.OUT_OF_TIME, unclear=_leave(job)) from None
        except asyncio.CancelledError:
            # Its own limit and the request's may come as one, where the loop was held up.
            if wanted_until() is not None:
                note_commit(begun=_leave(job))
            raise

    async def _serve(self, connection: Connection) -> None:
        while self._jobs or not self._stopping:
            if not self._jobs:
                self._come.clear()
                await self._come.wait()
                continue
            batch = [self._jobs.popleft()]
            await self._commit_together(connection, batch)
            for job in batch:
                job.settle()

    async def _commit_together(self, connection: Connection, batch: list[_Job]) -> None:
        try:
            # Another process may hold the lock for a while.
            await self._on_disk(lambda: _begin(connection))
            await self._attempt_all(connection, batch)
            await self._on_disk(connection.commit)
        except Exception as problem:  # the commit itself failed: nobody's work is durable
            for job in batch:
                job.problem = job.problem or problem
            with suppress(Exception):  # if even this fails, the next batch says so, and whoever comes in it
                await self._on_disk(lambda: _begin_anew(connection))

    async def _attempt_all(self, connection: Connection, batch: list[_Job]) -> None:
        """Run the jobs of a batch. Between two of them the loop reads what has come, to share the commit."""
        _attempt(connection, batch[0])
        while len(batch) < _MOST_AT_ONCE:
            await asyncio.sleep(0)
            if not self._jobs:
                return
            batch.append(self._jobs.popleft())
            _attempt(connection, batch[-1])

    async def _on_disk(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, step)


def _leave(job: _Job) -> bool:
    """Nobody waits for it any more; whether it may be committed all the same."""
    job.is_given_up = not job.is_begun
    return job.is_begun


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_anew(connection: Connection) -> None:
    """SQLite keeps the transaction open whose commit failed: the next could not begin."""
    try:
        connection.rollback()
        connection.connection.rollback()
    except Exception:  # not even that: the next batch gets a connection of its own
        connection.invalidate()
        connection.rollback()


def _attempt(connection: Connection, job: _Job) -> None:
    if job.is_given_up:
        return
    job.is_begun = True
    run_plain(connection, "SAVEPOINT job")
    try:
        job.result = job.work(connection)
    except BaseException as problem:  # whatever it is, it is this job's alone: the writer must go on
        job.problem = _told(problem)
        # Where the disk is full, SQLite has ended the transaction: this fails, and with it the batch.
        run_plain(connection, "ROLLBACK TO job")
    run_plain(connection, "RELEASE job")


def _told(problem: BaseException) -> Exception:
    """As a future can hand it on: it takes no `StopIteration`, and would end its caller with the others."""
    if isinstance(problem, Exception) and not isinstance(problem, StopIteration):
        return problem
    told = RuntimeError(f"a job ended with {type(problem).__name__}")
    told.__cause__ = problem
    return told
