"""What was given up, as everybody in a channel may count it: nothing about a restricted subject."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, select

from storage.enums import CardPurpose, OutboxKind, OutboxState
from storage.rows import in_parts, many, table_of
from storage.tables import CallForHelp, Outbox, ProtectiveOrder, Subject, Task

_outbox = table_of(Outbox)
_subject = table_of(Subject)
_call = table_of(CallForHelp)
_PARKED = select(_outbox).where(
    _outbox.c.state == OutboxState.PARKED,
    _outbox.c.kind != OutboxKind.HAND_OVER,
    _outbox.c.district_id == bindparam("district"),
)


def messages_all_may_count(connection: Connection, district_id: str) -> int:
    """How many messages of a district are parked whose matter is known, and nothing of it restricted.

    A hand-over that was given up is no message: its outcome says so itself.
    """
    rows = many(connection, Outbox, _PARKED, district=district_id)
    calls = _tasks_of_calls(connection, rows)
    tasks = {row.id: {*_tasks_of(row), *calls.get(row.id, ())} for row in rows}
    orders = {row.id: {row.order_id} if row.order_id else set() for row in rows}
    hidden = _restricted(connection, table_of(Task), (each for row in rows for each in tasks[row.id]))
    hidden |= _restricted(connection, table_of(ProtectiveOrder), (o for row in rows for o in orders[row.id]))
    about = {row.id: tasks[row.id] | orders[row.id] for row in rows}
    return sum(_is_known(row, about[row.id]) and not about[row.id] & hidden for row in rows)


def _is_known(row: Outbox, about: set[UUID]) -> bool:
    """An answer or a reminder that names no task may be about anything."""
    return bool(about) or row.purpose in (CardPurpose.BOARD, CardPurpose.CALL_NOTICE)


def _tasks_of(row: Outbox) -> list[UUID]:
    return [*([row.task_id] if row.task_id else []), *(UUID(each) for each in row.task_ids)]


def _tasks_of_calls(connection: Connection, rows: list[Outbox]) -> dict[int | None, list[UUID]]:
    of_row = {row.id: UUID(row.hint) for row in rows if row.purpose == CardPurpose.CALL_NOTICE}
    found: dict[UUID, UUID] = {}
    for some in in_parts(of_row.values()):
        query = select(_call.c.id, _call.c.task_id).where(_call.c.id.in_(some), _call.c.task_id.is_not(None))
        found |= {call_id: task_id for call_id, task_id in connection.execute(query)}
    return {row_id: [found[call_id]] for row_id, call_id in of_row.items() if call_id in found}


def _restricted(connection: Connection, table: Table, ids: Iterable[UUID]) -> set[UUID]:
    """Those of these tasks or orders whose subject is restricted now."""
    hidden: set[UUID] = set()
    for some in in_parts(ids):
        joined = table.join(_subject, _subject.c.id == table.c.subject_id)
        query = select(table.c.id).select_from(joined).where(_subject.c.restricted.is_(True))
        hidden |= set(connection.execute(query.where(table.c.id.in_(some))).scalars())
    return hidden
