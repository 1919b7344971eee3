"""Outbox rows: what each change makes the outside world see. Keys make every effect happen once."""

from datetime import datetime
from typing import Any

from storage.enums import OutboxKind
from storage.tables import Message, Outbox, Outcome, Task

Row = dict[str, Any]


def row_of(kind: OutboxKind, key: str, lane: str, district_id: str, at: datetime, **more: Any) -> Row:
    """A row that leaves at once (`at`), after those before it in its lane."""
    return {
        "kind": kind,
        "key": key,
        "lane": lane,
        "district_id": district_id,
        "created_at": at,
        "send_after": at,
        **more,
    }


def hand_over(task: Task, outcome: Outcome) -> Row:
    """The outcome to the records system, when its undo window has passed."""
    return row_of(
        OutboxKind.HAND_OVER,
        f"hand-over:{outcome.id.hex}",
        f"records:{(task.subject_id or task.id).hex}",
        task.district_id,
        outcome.recorded_at,
        task_id=task.id,
        outcome_id=outcome.id,
    ) | {"send_after": outcome.hand_over_after}


def draw_again(row: Outbox, at: datetime) -> Row:
    """The cards of an update that was under way for longer than its lease, once more; silent."""
    return row_of(
        OutboxKind.UPDATE_CARD,
        f"again:{row.id}:{row.attempts}",
        row.lane,
        row.district_id,
        at,
        purpose=row.purpose,
        task_id=row.task_id,
        order_id=row.order_id,
        outcome_id=row.outcome_id,
        about_id=row.about_id,
        person_id=row.person_id,
        conversation_id=row.conversation_id,
        answer_key=row.answer_key,
        hint=row.hint,
        facts=row.facts,
    )


def afresh(row: Outbox, message: Message, at: datetime) -> Row:
    """A card whose message is gone, posted once again where it stood."""
    return row_of(
        OutboxKind.POST_CARD,
        f"afresh:{message.id.hex}",
        row.lane,
        row.district_id,
        at,
        purpose=message.purpose,
        task_id=message.task_id,
        order_id=message.order_id,
        outcome_id=row.outcome_id,
        about_id=message.about_id,
        person_id=message.person_id,
        conversation_id=None if message.person_id else message.conversation_id,
        facts=row.facts,
    )
