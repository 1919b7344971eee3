"""Writes about tasks and outcomes: version-checked updates, added rows, drawn numbers."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Sequence, bindparam, func, select, update

from storage.enums import OPEN_STATES
from storage.prepared import Prepared
from storage.rows import add_values, changed, table_of
from storage.tables import Counter, Outcome, ProtectiveOrder, Task, sequence_of

_task = table_of(Task)
_outcome = table_of(Outcome)
_order = table_of(ProtectiveOrder)
_counter = table_of(Counter)


_UPDATE_TASK = Prepared(
    update(_task).where(_task.c.id == bindparam("was_id"), _task.c.version == bindparam("was_version"))
)
_UPDATE_OUTCOME = Prepared(
    update(_outcome).where(
        _outcome.c.id == bindparam("was_id"), _outcome.c.version == bindparam("was_version")
    )
)


class LostRace(Exception):
    """Somebody else changed the row between our read and our write; nothing of ours was written."""


def update_task(connection: Connection, task: Task, **values: Any) -> Task:
    """Change a task if it still has the version we read; returns it as it is now, or raises `LostRace`."""
    values["version"] = task.version + 1
    if _UPDATE_TASK.run(connection, {"was_id": task.id, "was_version": task.version, **values}) != 1:
        raise LostRace
    return changed(task, values)


def update_outcome(connection: Connection, outcome: Outcome, **values: Any) -> Outcome:
    """Change the state of an outcome if it still has the version we read, or raise `LostRace`."""
    values["version"] = outcome.version + 1
    if _UPDATE_OUTCOME.run(connection, {"was_id": outcome.id, "was_version": outcome.version, **values}) != 1:
        raise LostRace
    return changed(outcome, values)


def draw_number(connection: Connection, name: str) -> int:
    """The next number of a kind of reference (`NUMBERED`), force-wide and never twice; some may be left out.

    On PostgreSQL from a sequence, so that nobody waits until another's commit has kept a number.
    """
    if connection.dialect.name == "postgresql":
        number: int = connection.execute(select(Sequence(sequence_of(name)).next_value())).scalar_one()
        return number
    row = connection.execute(
        update(_counter)
        .where(_counter.c.name == name)
        .values(value=_counter.c.value + 1)
        .returning(_counter.c.value)
    ).first()
    if row is None:
        add_values(connection, Counter, {"name": name, "value": 1})
        return 1
    return int(row[0])


DueReminder = tuple[UUID, str, str]
"""Of a task its id, who is reminded, and its district."""


def take_due_reminders(
    connection: Connection, now: datetime, repeat: timedelta, limit: int
) -> list[DueReminder]:
    """Open tasks whose reminder is due. Each is taken once.

    The officer is reminded; of work that has nobody, the supervisor who answers for it.

    The next reminder of each is set in the same statement, so that two replicas never take the same one.
    """
    due = (
        select(_task.c.id)
        .where(_task.c.next_reminder_at <= now, _task.c.state.in_(OPEN_STATES))
        .order_by(_task.c.next_reminder_at, _task.c.id)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        # Waited for rather than skipped: a replica that took the rest would make a second card of one set.
        due = due.with_for_update()
    taken = connection.execute(
        update(_task)
        .where(_task.c.id.in_(due.scalar_subquery()))
        .values(next_reminder_at=now + repeat)
        .returning(_task.c.id, func.coalesce(_task.c.owner_id, _task.c.supervisor_id), _task.c.district_id)
    )
    return [(row[0], row[1], row[2]) for row in taken]


def put_off_reminders(connection: Connection, task_ids: Collection[UUID], until: datetime) -> None:
    """These tasks, just taken, are due for a reminder again at this time."""
    if task_ids:
        connection.execute(update(_task).where(_task.c.id.in_(task_ids)).values(next_reminder_at=until))


ClosedOrder = tuple[UUID, str, UUID]
"""Of an order its id, its district and its subject."""


def close_orders(connection: Connection, today: date, now: datetime, limit: int) -> list[ClosedOrder]:
    """Close orders whose last day is past, up to so many; returns which."""
    has_ended = (_order.c.closed_at.is_(None), _order.c.last_day < today)
    return _set_closed(connection, now, limit, *has_ended)


def reopen_orders(connection: Connection, today: date, limit: int) -> list[ClosedOrder]:
    """Open closed orders again whose last day is to come, or was taken away; returns which."""
    is_closed = _order.c.closed_at.is_not(None)
    moved = _set_closed(connection, None, limit, is_closed, _order.c.last_day >= today)
    return [*moved, *_set_closed(connection, None, limit, is_closed, _order.c.last_day.is_(None))]


def _set_closed(
    connection: Connection, at: datetime | None, limit: int, *which: ColumnElement[bool]
) -> list[ClosedOrder]:
    found = select(_order.c.id).where(*which).order_by(_order.c.last_day).limit(limit)
    if connection.dialect.name == "postgresql":
        found = found.with_for_update(skip_locked=True)
    done = update(_order).where(_order.c.id.in_(found.scalar_subquery())).values(closed_at=at)
    rows = connection.execute(done.returning(_order.c.id, _order.c.district_id, _order.c.subject_id))
    return [(row[0], row[1], row[2]) for row in rows]
