"""The unit of work: what a use case needs to read, write and commit once."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Connection

from storage import journal, outbox
from storage.database import Database
from storage.deadline import beside_it
from storage.deadline import wanted_within as wanted_within
from storage.enums import AuditOperation
from storage.tables import Task
from storage.trouble import DatabaseTrouble as DatabaseTrouble
from storage.trouble import Trouble as Trouble
from storage.trouble import told_apart
from storage.work.writes import LostRace
from tasking.clock import Clock
from tasking.house import NOTICES, Brought
from tasking.policy import Policy

T = TypeVar("T")

log = structlog.get_logger()

Redraw = Callable[[str, datetime, str], dict[str, Any]]
"""Of a district (its id, now, the cause): the outward effect."""
_REDRAWN: Brought[tuple[Redraw, ...]] = Brought("redrawn", tuple, NOTICES)

_TRIES = 4
_PROBE = "probe"
_PROBE_BYTES = 64 * 1024


@dataclass(frozen=True)
class UnitOfWork:
    """One transaction: the connection, the time by which rules are judged, and the force's policy."""

    connection: Connection
    now: datetime
    policy: Policy

    def effects(self, *rows: dict[str, Any]) -> None:
        """Add outward effects, to be delivered after the commit."""
        outbox.enqueue(self.connection, *rows)

    def touched(self, district_id: str, cause: str) -> None:
        """Something of a district has changed: what shows all of it is drawn again, once for a commit."""
        self.effects(*self.redrawn(district_id, cause))

    def redrawn(self, district_id: str, cause: str) -> list[dict[str, Any]]:
        """What is drawn again when something of a district has changed, as outward effects."""
        return [redraw(district_id, self.now, cause) for redraw in _REDRAWN()]

    def audit(
        self,
        operation: AuditOperation,
        action: str,
        actor_id: str,
        *,
        task: Task | None = None,
        outcome_id: UUID | None = None,
        conversation_id: str | None = None,
        district_id: str | None = None,
        subject_id: UUID | None = None,
        order_id: UUID | None = None,
        reason_code: str | None = None,
    ) -> None:
        """Log the act: ids, codes and times, never free text or names (DPA 2018 s.62)."""
        journal.write_audit(
            self.connection,
            {
                "at": self.now,
                "actor_id": actor_id,
                "operation": operation,
                "action": action,
                "district_id": task.district_id if task else district_id,
                "task_id": task.id if task else None,
                "subject_id": task.subject_id if task else subject_id,
                "order_id": task.order_id if task else order_id,
                "outcome_id": outcome_id,
                "conversation_id": conversation_id,
                "reason_code": reason_code,
            },
        )


class Units:
    """Opens units of work. A committed write wakes the delivery through `after_write`.

    What the database cannot do just now is raised as `DatabaseTrouble`.
    """

    def __init__(self, database: Database, clock: Clock, policy: Policy) -> None:
        self.database = database
        self.clock = clock
        self.policy = policy
        self.after_write: Callable[[], None] = _nothing
        self.cannot_save: str | None = None
        """The code of what kept the last write from being saved, until the probe has been."""
        self._probing = False

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a use case in a transaction of its own; returns when it is durably committed."""
        result = await self.write_quietly(work)
        self.after_write()
        return result

    async def write_quietly(self, work: Callable[[UnitOfWork], T]) -> T:
        """Like `write`, for the delivery itself: it need not be woken by its own stamps.

        Who drew a card is told that somebody was first (`changes.guarded`). A race that is lost where nobody
        was shown anything, as between the records desk's answer and a hand-over, is run again on what the
        winner left.
        """
        for remaining in reversed(range(_TRIES)):
            try:
                return await self._write_once(work)
            except LostRace:
                if remaining == 0:
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    async def write_beside(self, work: Callable[[UnitOfWork], T]) -> T:
        """Like `write`, for what is learned along the way: its fate says nothing of what was asked for."""
        try:
            with beside_it():
                return await self.write(work)
        except DatabaseTrouble as trouble:
            raise DatabaseTrouble(Trouble(trouble.code)) from trouble

    async def _write_once(self, work: Callable[[UnitOfWork], T]) -> T:
        try:
            with told_apart():
                return await self.database.write(lambda connection: work(self._unit(connection)))
        except DatabaseTrouble as trouble:
            if not self.cannot_save:
                log.error("database.cannot_save", code=trouble.code)
            self.cannot_save = trouble.code
            raise

    async def probe(self) -> None:
        """Where a write has failed, try one that certainly writes: many others change nothing by right.

        It alone ends the trouble, also where a tap was saved before: who reads the log is told once.

        A full disk has room for a few bytes now and then, so that the probe is as large as a busy commit.
        """
        if not self.cannot_save or self._probing:
            return
        self._probing = True
        try:
            await self.write_quietly(_write_much)
            log.info("database.saves_again", after=self.cannot_save)
            self.cannot_save = None
            await self.write_quietly(_write_little)
        except DatabaseTrouble:
            return
        finally:
            self._probing = False
        self.after_write()

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a read that changes nothing."""
        with told_apart():
            return await self.database.read(lambda connection: work(self._unit(connection)))

    def _unit(self, connection: Connection) -> UnitOfWork:
        return UnitOfWork(connection, self.clock.now(), self.policy)


def code_of(problem: BaseException) -> str:
    """How a log names a failure: why the database could not, or the kind of error."""
    return problem.code if isinstance(problem, DatabaseTrouble) else type(problem).__name__


def _write_much(uow: UnitOfWork) -> None:
    journal.set_bookmark(uow.connection, _PROBE, os.urandom(_PROBE_BYTES // 2).hex(), uow.now)


def _write_little(uow: UnitOfWork) -> None:
    journal.set_bookmark(uow.connection, _PROBE, "", uow.now)


def _nothing() -> None:
    return None
