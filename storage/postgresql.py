"""PostgreSQL over asyncpg. Nothing waits without a limit, and a pooler before it is noticed.

A replica that hangs inside a transaction keeps its locks until the server ends that transaction; meanwhile
the others wait for seconds, not for ever.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.deadline import note_commit, wanted_until
from storage.trouble import (
    DatabaseTrouble,
    Trouble,
    may_have_been_done,
    passes_on_a_second_try,
    refuses_start_up_parameters,
    sqlstate_of,
    trouble_of,
)

T = TypeVar("T")
Work = Callable[[Connection], T]

_TRIES = 4
_RETRYABLE = frozenset({"40001", "40P01"})
_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "pool_timeout": 8.0, "pool_pre_ping": True}
_CONNECTS_WITHIN = 5.0
_ANSWERS_WITHIN = 9.0
"""Seconds. Longer than the server's own limit, which tells why: this one is for a server that is gone."""
_LIMITS = {
    "lock_timeout": "3s",
    "statement_timeout": "8s",
    "idle_in_transaction_session_timeout": "10s",
}
_OF_EACH_TRANSACTION = {"synchronous_commit": "on", "timezone": "UTC", **_LIMITS}
_OF_EACH_CONNECTION = {
    **_OF_EACH_TRANSACTION,
    # The server finds out within half a minute that we are gone, and gives back what we hold.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


class Pooler(StrEnum):
    """What stands between the service and PostgreSQL."""

    AUTO = "auto"
    """To be found out at start."""
    NONE = "none"
    TRANSACTION = "transaction"
    """A pooler that gives each transaction another connection, as Azure's built-in one does."""


class PostgresDatabase:
    """PostgreSQL with `synchronous_commit=on`; a transaction for each piece of work.

    `is_patient` lifts the limits of a statement, for migrations.
    """

    def __init__(self, url: URL, pooler: Pooler = Pooler.AUTO, *, is_patient: bool = False) -> None:
        self.url = url
        self._is_patient = is_patient
        self._pooler = pooler
        self._engine = self._engine_for(pooler)

    @property
    def described(self) -> str:
        """What was found at start, in a few words."""
        if self._pooler is Pooler.TRANSACTION:
            return "PostgreSQL through a pooler in transaction mode"
        return "PostgreSQL without a pooler"

    async def start(self) -> None:
        """Open a first connection, so that a wrong URL shows at once, and find out whether there is a pooler.

        Raises `DatabaseTrouble` where a pooler refuses what a connection asks for and the settings say that
        there is none.
        """
        try:
            is_pooled = await self._read_once(_is_behind_a_pooler)
        except Exception as problem:
            if not refuses_start_up_parameters(problem):
                raise
            if self._pooler is Pooler.NONE:
                raise DatabaseTrouble(Trouble.POOLER) from problem
            is_pooled = True
        if self._pooler is Pooler.AUTO:
            await self._settle_for(Pooler.TRANSACTION if is_pooled else Pooler.NONE)

    async def _settle_for(self, pooler: Pooler) -> None:
        self._pooler = pooler
        if pooler is Pooler.TRANSACTION:
            await self._engine.dispose()
            self._engine = self._engine_for(pooler)
            await self._read_once(lambda connection: connection.execute(text("SELECT 1")))

    def _engine_for(self, pooler: Pooler) -> AsyncEngine:
        settings = _of(_OF_EACH_TRANSACTION, self._is_patient)
        if pooler is Pooler.TRANSACTION:
            return _pooled_engine(self.url, settings, self._answers_within)
        settings = _of(_OF_EACH_CONNECTION, self._is_patient)
        return create_async_engine(
            self.url, **_POOL, connect_args={"server_settings": settings, **_waits(self._answers_within)}
        )

    @property
    def _answers_within(self) -> float | None:
        return None if self._is_patient else _ANSWERS_WITHIN

    async def stop(self) -> None:
        """Close the pool."""
        await self._engine.dispose()

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction; again where it certainly was not committed and may do better.

        That is a deadlock or a lost race for a unique key, and once an error that another connection would
        not have (`passes_on_a_second_try`). A commit whose answer never came is not tried again: who asked
        is told.
        """
        attempt = _Attempt()
        try:
            async with asyncio.timeout_at(wanted_until()):
                return await self._write_at_last(work, attempt)
        except Exception as problem:
            if attempt.committing and may_have_been_done(problem):
                trouble = trouble_of(problem) or Trouble.CANNOT_BE_REACHED
                raise DatabaseTrouble(trouble, unclear=True) from problem
            raise

    async def _write_at_last(self, work: Work[T], attempt: "_Attempt") -> T:
        passing = 1
        for remaining in reversed(range(_TRIES)):
            try:
                return await self._write_once(work, attempt)
            except Exception as problem:
                passes = passing > 0 and not attempt.committing and await self._passes(problem)
                passing -= passes
                if remaining == 0 or not (passes or _may_run_again(problem)):
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    async def _write_once(self, work: Work[T], attempt: "_Attempt") -> T:
        attempt.committing = False
        note_commit(begun=False)
        async with self._engine.connect() as connection, _given_up_when_silent(connection):
            result = await connection.run_sync(work)
            attempt.committing = True
            note_commit(begun=True)
            await connection.commit()
            return result

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a pooled connection and roll back; twice where an error passes."""
        async with asyncio.timeout_at(wanted_until()):
            try:
                return await self._read_once(work)
            except Exception as problem:
                if not await self._passes(problem):
                    raise
            return await self._read_once(work)

    async def _read_once(self, work: Work[T]) -> T:
        async with self._engine.connect() as connection, _given_up_when_silent(connection):
            return await connection.run_sync(work)

    async def _passes(self, problem: Exception) -> bool:
        if not passes_on_a_second_try(problem):
            return False
        # What else the pool holds is as old. A server that failed over is found afresh by its name.
        await self._engine.dispose()
        return True


@dataclass
class _Attempt:
    committing: bool = False


class _given_up_when_silent:
    """A connection whose server did not answer in time is dropped: undoing would wait as long again.

    So is one whose caller has given up: what it was doing ends with it.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, TimeoutError | asyncio.CancelledError):
            await self._connection.invalidate()


def _may_run_again(problem: Exception) -> bool:
    return isinstance(problem, IntegrityError) or sqlstate_of(problem) in _RETRYABLE


def _is_behind_a_pooler(connection: Connection) -> bool:
    """A pooler tells its clients a process of its own making, and runs their words in another."""
    told = connection.connection.driver_connection.get_server_pid()  # type: ignore[union-attr]
    return bool(connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != told)


def _of(settings: dict[str, str], is_patient: bool) -> dict[str, str]:
    return {**settings, "statement_timeout": "0"} if is_patient else settings


def _waits(answers_within: float | None) -> dict[str, Any]:
    return {"timeout": _CONNECTS_WITHIN, "command_timeout": answers_within}


def _pooled_engine(url: URL, settings: dict[str, str], answers_within: float | None) -> AsyncEngine:
    """Statements under names that nobody else uses, kept nowhere; settings anew in each transaction.

    The next transaction may run on another connection of the server, and that one may have been another's.
    """
    engine = create_async_engine(
        url,
        **_POOL,
        connect_args={
            **_waits(answers_within),
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"redline_{uuid4().hex}",
        },
    )
    calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())

    @event.listens_for(engine.sync_engine, "begin")
    def set_for_this_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT {calls}")

    return engine
