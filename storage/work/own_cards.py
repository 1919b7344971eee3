"""Officers' own cards in the outbox: which of them are parked or failing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, and_, select

from storage.enums import OutboxKind, OutboxState
from storage.rows import table_of
from storage.tables import Outbox, Task

OFFICERS_CARD = "OFFICER_TASK"
"""The stored name of the notice that is an officer's own card."""
_outbox = table_of(Outbox)
_task = table_of(Task)
CARD_FAILS = (
    _outbox.c.kind == OutboxKind.POST_CARD,
    _outbox.c.purpose == OFFICERS_CARD,
    _outbox.c.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.PARKED)),
    _outbox.c.last_error.is_not(None),
)
"""Conditions: an officer's card is parked or failing."""


def undelivered(connection: Connection, task_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Tasks whose present officer's card is parked or failing, with the short code of why."""
    if not task_ids:
        return {}
    rows = connection.execute(
        select(_outbox.c.task_id, _outbox.c.last_error)
        .join(_task, and_(_task.c.id == _outbox.c.task_id, _task.c.owner_id == _outbox.c.person_id))
        .where(_outbox.c.task_id.in_(task_ids), *CARD_FAILS)
    )
    return {row[0]: row[1] for row in rows}
