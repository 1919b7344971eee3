"""The one thread that writes to SQLite: it takes the waiting jobs together into one commit."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from storage.prepared import run_plain

T = TypeVar("T")

_MOST_AT_ONCE = 32


@dataclass
class _Job:
    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    problem: BaseException | None = None

    def settle(self) -> None:
        if self.future.cancelled():
            return
        if self.problem is not None:
            self.future.set_exception(self.problem)
        else:
            self.future.set_result(self.result)


class SqliteWriter:
    """Runs jobs one after the other, up to 32 in a transaction, each in a savepoint of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._connection: Connection | None = None

    def start(self) -> None:
        """Open the connection and start the thread; raises where the file cannot be opened."""
        if self._connection is None:
            self._connection = self._engine.connect()
            self._thread.start()

    def stop(self) -> None:
        """Finish the jobs that wait, then end the thread."""
        if self._connection is None:
            return
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()
        self._connection = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Queue one job and wait until its commit is durable. A caller that gives up does not undo it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, future))
        return await future

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            self._commit_together(batch)
            # Waking a loop costs more than settling a job: once for all jobs of a loop.
            for loop, jobs in groupby(batch, key=lambda job: job.loop):
                loop.call_soon_threadsafe(_settle, list(jobs))

    def _next_batch(self) -> list[_Job] | None:
        first = self._jobs.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < _MOST_AT_ONCE:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            batch.append(job)
        return batch

    def _commit_together(self, batch: list[_Job]) -> None:
        assert self._connection is not None
        try:
            with self._connection.begin():
                self._connection.exec_driver_sql("BEGIN IMMEDIATE")
                for job in batch:
                    self._attempt(self._connection, job)
        except Exception as problem:  # the commit itself failed: nobody's work is durable
            for job in batch:
                job.problem = job.problem or problem
            self._begin_anew()

    def _begin_anew(self) -> None:
        """SQLite keeps the transaction open whose commit failed: the next could not begin."""
        assert self._connection is not None
        try:
            self._connection.connection.rollback()
        except Exception:  # not even that: the next batch gets a connection of its own
            self._connection.invalidate()

    @staticmethod
    def _attempt(connection: Connection, job: _Job) -> None:
        run_plain(connection, "SAVEPOINT job")
        try:
            job.result = job.work(connection)
        except Exception as problem:
            run_plain(connection, "ROLLBACK TO job")
            job.problem = problem
        run_plain(connection, "RELEASE job")


def _settle(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        job.settle()
