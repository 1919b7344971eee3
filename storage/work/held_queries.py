"""Rows of held messages and calls for help: what is open, what is due to be told, what was answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import SQLModel

from storage.enums import HeldAnswer
from storage.prepared import PreparedQuery
from storage.rows import entity_from, many, one, table_of
from storage.tables import CallForHelp, HeldMessage, Outcome

E = TypeVar("E", bound=SQLModel)

_held = table_of(HeldMessage)
_call = table_of(CallForHelp)
_outcome = table_of(Outcome)

_OPEN_OF_TASK = PreparedQuery(
    select(_held)
    .where(_held.c.task_id == bindparam("of_task"), _held.c.answered_at.is_(None))
    .order_by(_held.c.at)
)


def open_of_task(connection: Connection, task_id: UUID) -> list[HeldMessage]:
    """The messages about a task that wait for an answer, the oldest first."""
    return [entity_from(HeldMessage, row) for row in _OPEN_OF_TASK.all(connection, of_task=task_id)]


def told_of_task(connection: Connection, task_id: UUID, limit: int = 3) -> list[HeldMessage]:
    """The latest messages about a task of which its supervisor was told, the newest first."""
    query = select(_held).where(_held.c.task_id == task_id, _held.c.told_at.is_not(None))
    return many(connection, HeldMessage, query.order_by(_held.c.at.desc()).limit(limit))


def held_by_id(connection: Connection, held_id: UUID) -> HeldMessage | None:
    """The held message with this id."""
    return one(connection, HeldMessage, select(_held).where(_held.c.id == held_id))


def held_by_key(connection: Connection, message_key: str) -> HeldMessage | None:
    """The message that this activity brought, where it was held."""
    return one(connection, HeldMessage, select(_held).where(_held.c.message_key == message_key))


def outcome_by_key(connection: Connection, message_key: str) -> Outcome | None:
    """The result that this activity brought, where it brought one."""
    query = select(_outcome).where(_outcome.c.message_key == message_key)
    return one(connection, Outcome, query.order_by(_outcome.c.recorded_at).limit(1))


def answer_open(
    connection: Connection, task_id: UUID, answered_as: HeldAnswer, at: datetime, held_id: UUID | None = None
) -> list[HeldMessage]:
    """Answer one open message of a task, or all; returns those that were answered now."""
    waits = [_held.c.task_id == task_id, _held.c.answered_at.is_(None)]
    if held_id is not None:
        waits.append(_held.c.id == held_id)
    answered = {"answered_at": at, "answered_as": answered_as, "tell_at": None}
    rows = connection.execute(update(_held).where(*waits).values(**answered).returning(*_held.c))
    return [entity_from(HeldMessage, row) for row in rows]


def mark_told(connection: Connection, held_ids: Sequence[UUID], at: datetime) -> None:
    """Note that the supervisor is told of these messages now."""
    if held_ids:
        connection.execute(update(_held).where(_held.c.id.in_(held_ids)).values(told_at=at, tell_at=None))


def take_due(connection: Connection, now: datetime, limit: int) -> list[HeldMessage]:
    """Held messages whose supervisor is to be told now. Each is taken once, whatever replicas do."""
    return _taken(connection, HeldMessage, now, limit)


def take_due_calls(connection: Connection, now: datetime, limit: int) -> list[CallForHelp]:
    """Calls for help of which supervisors are to be told now; each is taken once."""
    return _taken(connection, CallForHelp, now, limit)


def put_call_back(connection: Connection, call_id: UUID, until: datetime) -> None:
    """Nobody could be told of it: it is to be told then."""
    connection.execute(update(_call).where(_call.c.id == call_id).values(told_at=None, tell_at=until))


def _taken(connection: Connection, entity: type[E], now: datetime, limit: int) -> list[E]:
    table = table_of(entity)
    due = select(table.c.id).where(table.c.tell_at <= now).order_by(table.c.tell_at, table.c.id).limit(limit)
    if connection.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    told = update(table).where(table.c.id.in_(due.scalar_subquery())).values(told_at=now, tell_at=None)
    rows: Sequence[Any] = connection.execute(told.returning(*table.c)).all()
    return [entity_from(entity, row) for row in rows]


def call_by_id(connection: Connection, call_id: UUID) -> CallForHelp | None:
    """The call for help with this id."""
    return one(connection, CallForHelp, select(_call).where(_call.c.id == call_id))


def last_call(connection: Connection, person_id: str, since: datetime) -> CallForHelp | None:
    """The latest call of somebody since then that was not put down."""
    query = select(_call).where(_call.c.person_id == person_id, _call.c.at > since, _call.c.menu_at.is_(None))
    return one(connection, CallForHelp, query.order_by(_call.c.at.desc()).limit(1))


def put_down(connection: Connection, call_id: UUID, person_id: str, at: datetime) -> bool:
    """Its writer only wanted to know how RedLine works; False where supervisors were told already."""
    waits = (_call.c.id == call_id, _call.c.person_id == person_id, _call.c.tell_at.is_not(None))
    return connection.execute(update(_call).where(*waits).values(menu_at=at, tell_at=None)).rowcount == 1
