"""Outbox rows by name: what each change makes the outside world see. Keys make every effect happen once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from storage.enums import CardPurpose, OutboxKind
from storage.tables import CallForHelp, Message, Outbox, Outcome, ProtectiveOrder, Task

Row = dict[str, Any]
TO_THE_SUPERVISOR = frozenset(
    {
        CardPurpose.BREACH_NOTICE,
        CardPurpose.GIVEN_BACK,
        CardPurpose.MORE_TIME_REQUEST,
        CardPurpose.SENT_BACK_NOTICE,
        CardPurpose.HELD_NOTICE,
        CardPurpose.RESULT_NOTICE,
        CardPurpose.ALARM_CHANGED,
    }
)
"""What is posted to whoever answers for the task."""


def _row(kind: OutboxKind, key: str, lane: str, district_id: str, at: datetime, **more: Any) -> Row:
    return {
        "kind": kind,
        "key": key,
        "lane": lane,
        "district_id": district_id,
        "created_at": at,
        "send_after": at,
        **more,
    }


def _post(purpose: CardPurpose, task: Task, key: str, lane: str, at: datetime, **more: Any) -> Row:
    row = _row(OutboxKind.POST_CARD, key, lane, task.district_id, at, purpose=purpose, task_id=task.id)
    return row | more


def _update(purpose: CardPurpose, task: Task, key: str, lane: str, at: datetime, **more: Any) -> Row:
    row = _row(OutboxKind.UPDATE_CARD, key, lane, task.district_id, at, purpose=purpose, task_id=task.id)
    return row | more


def _officer_lane(task: Task, person_id: str) -> str:
    return f"officer:{task.id.hex}:{person_id}"


def _breach_lane(outcome_id: UUID, person_id: str | None) -> str:
    return f"breach:{outcome_id.hex}:{person_id or 'channel'}"


def _sent_back_lane(task: Task, person_id: str) -> str:
    return f"sent-back:{task.id.hex}:{person_id}"


def _thread_lane(task: Task) -> str:
    return f"thread:{task.id.hex}"


def post_officer_card(task: Task, person_id: str, at: datetime, occasion: str = "") -> Row:
    """The officer's card, in their own chat; `occasion` tells a further post of the same version apart."""
    return _post(
        CardPurpose.OFFICER_TASK,
        task,
        f"officer-card:{task.id.hex}:{task.version}:{person_id}:{occasion}",
        _officer_lane(task, person_id),
        at,
        person_id=person_id,
    )


def update_officer_card(task: Task, person_id: str, at: datetime, occasion: str = "") -> Row:
    """The officer's card as the task stands now; silent."""
    return _update(
        CardPurpose.OFFICER_TASK,
        task,
        f"officer-update:{task.id.hex}:{task.version}:{person_id}:{occasion}",
        _officer_lane(task, person_id),
        at,
        person_id=person_id,
    )


def post_confirmation(task: Task, conversation_id: str, at: datetime, hint: str = "") -> Row:
    """The short confirmation in the thread (or chat) where the task was asked for."""
    return _post(
        CardPurpose.CONFIRMATION,
        task,
        f"confirmation:{task.id.hex}",
        _thread_lane(task),
        at,
        conversation_id=conversation_id,
        hint=hint,
    )


def update_confirmation(task: Task, at: datetime, occasion: str = "") -> Row:
    """The confirmation as the task stands now; silent."""
    return _update(
        CardPurpose.CONFIRMATION,
        task,
        f"confirmation-update:{task.id.hex}:{task.version}:{occasion}",
        _thread_lane(task),
        at,
    )


def board_lane(district_id: str) -> str:
    """The lane of a district's board."""
    return f"board:{district_id}"


def update_board(district_id: str, at: datetime, cause: str) -> Row:
    """The district's board, edited in place (posted where there is none yet); silent."""
    return _row(
        OutboxKind.UPDATE_CARD,
        f"board:{district_id}:{cause}",
        board_lane(district_id),
        district_id,
        at,
        purpose=CardPurpose.BOARD,
    )


def post_unallocated_notice(task: Task, channel_id: str, at: datetime) -> Row:
    """A new post in the district's channel: this work has nobody."""
    return _post(
        CardPurpose.UNALLOCATED_NOTICE,
        task,
        f"unallocated:{task.id.hex}:{task.version}",
        f"unallocated:{task.id.hex}",
        at,
        conversation_id=channel_id,
    )


def post_given_back(task: Task, at: datetime) -> Row:
    """To the supervisor who answers for it, alone: an officer gave it back, and why."""
    return _post(
        CardPurpose.GIVEN_BACK,
        task,
        f"given-back:{task.id.hex}:{task.version}",
        f"given-back:{task.id.hex}",
        at,
        person_id=task.supervisor_id,
    )


def post_decision(task: Task, person_id: str, at: datetime, action: str) -> Row:
    """To the officer who has or had it, alone: what a supervisor decided, and the due time since then."""
    return _post(
        CardPurpose.DECISION,
        task,
        f"decision:{task.id.hex}:{task.version}:{person_id}",
        f"decision:{task.id.hex}:{person_id}",
        at,
        person_id=person_id,
        hint=f"{action} {task.due_at.isoformat()}",
    )


def update_given_back(task: Task, at: datetime) -> Row:
    """What the supervisor was told when it was given back, as the task stands now; silent."""
    return _update(
        CardPurpose.GIVEN_BACK,
        task,
        f"given-back-update:{task.id.hex}:{task.version}",
        f"given-back:{task.id.hex}",
        at,
    )


def post_sent_back_notice(task: Task, outcome: Outcome, person_id: str, at: datetime) -> Row:
    """To whoever answers for the task: the desk sent its result back, and its officer is not there for it."""
    return _post(
        CardPurpose.SENT_BACK_NOTICE,
        task,
        f"sent-back:{outcome.id.hex}:{outcome.version}",
        _sent_back_lane(task, person_id),
        at,
        person_id=person_id,
    )


def update_sent_back_notice(task: Task, person_id: str, at: datetime, occasion: str) -> Row:
    """The same as its result stands now; silent."""
    return _update(
        CardPurpose.SENT_BACK_NOTICE,
        task,
        f"sent-back-update:{task.id.hex}:{task.version}:{person_id}:{occasion}",
        _sent_back_lane(task, person_id),
        at,
        person_id=person_id,
    )


def update_unallocated_notice(task: Task, at: datetime) -> Row:
    """The notice of unallocated work as the task stands now; silent."""
    return _update(
        CardPurpose.UNALLOCATED_NOTICE,
        task,
        f"unallocated-update:{task.id.hex}:{task.version}",
        f"unallocated:{task.id.hex}",
        at,
    )


def post_breach_notice(
    task: Task, outcome_id: UUID, at: datetime, *, channel_id: str | None = None, person_id: str | None = None
) -> Row:
    """A new post about a breach: in the district's channel, or to one person."""
    lane = _breach_lane(outcome_id, person_id)
    return _post(
        CardPurpose.BREACH_NOTICE,
        task,
        lane,
        lane,
        at,
        outcome_id=outcome_id,
        conversation_id=channel_id,
        person_id=person_id,
    )


def update_breach_notice(task: Task, outcome_id: UUID, at: datetime, *, person_id: str | None = None) -> Row:
    """The notices of a breach (one person's, or all) as the task stands now; silent."""
    reader = person_id or "channel"
    return _update(
        CardPurpose.BREACH_NOTICE,
        task,
        f"breach-update:{outcome_id.hex}:{task.version}:{reader}",
        _breach_lane(outcome_id, person_id),
        at,
        person_id=person_id,
    )


def post_held_notice(task: Task, held_id: UUID, person_id: str, at: datetime) -> Row:
    """To who answers for the task: a message with words of danger was not recorded, and waits."""
    return _post(
        CardPurpose.HELD_NOTICE,
        task,
        f"held:{held_id.hex}",
        f"held:{task.id.hex}",
        at,
        person_id=person_id,
    )


def update_held_notice(task: Task, held_id: UUID, at: datetime) -> Row:
    """The notices of held messages of a task, as they stand now; silent."""
    key = f"held-update:{held_id.hex}:{task.version}"
    return _update(CardPurpose.HELD_NOTICE, task, key, f"held:{task.id.hex}", at)


def _result_lane(task: Task, person_id: str) -> str:
    return f"result:{task.id.hex}:{person_id}"


def post_result_notice(
    task: Task, outcome: Outcome, person_id: str, purpose: CardPurpose, at: datetime, after: datetime
) -> Row:
    """A new post to somebody who must hear of this result in the same shift; it leaves at `after`."""
    lane = f"{_result_lane(task, person_id)}:{outcome.id.hex}"
    return _post(purpose, task, lane, lane, at, outcome_id=outcome.id, person_id=person_id) | {
        "send_after": after
    }


def update_result_notice(task: Task, person_id: str, purpose: CardPurpose, at: datetime) -> Row:
    """The same as the result stands now; silent."""
    key = f"result-update:{task.id.hex}:{task.version}:{person_id}:{purpose}"
    # A lane for each purpose: whoever was told in both of their roles has a card of each.
    lane = f"{_result_lane(task, person_id)}:{purpose}"
    return _update(purpose, task, key, lane, at, person_id=person_id)


def post_call_notice(call: CallForHelp, person_id: str, at: datetime) -> Row:
    """Urgent, to one supervisor: somebody typed a call for help."""
    key = f"call:{call.id.hex}:{person_id}"
    return _row(
        OutboxKind.POST_CARD,
        key,
        key,
        call.district_id,
        at,
        purpose=CardPurpose.CALL_NOTICE,
        person_id=person_id,
        hint=call.id.hex,
    )


def post_brake_notice(district_id: str, person_id: str, at: datetime) -> Row:
    """Urgent, to one person: too many people of a district are missing from the directory."""
    return _row(
        OutboxKind.POST_CARD,
        f"brake:{district_id}:{person_id}:{at.isoformat()}",
        f"brake:{district_id}:{person_id}",
        district_id,
        at,
        purpose=CardPurpose.BRAKE_NOTICE,
        person_id=person_id,
    )


def update_brake_notice(district_id: str, at: datetime, confirmed_by: str = "") -> Row:
    """What was told of it, now that the district waits no longer; silent."""
    return _row(
        OutboxKind.UPDATE_CARD,
        f"brake-update:{district_id}:{at.isoformat()}",
        f"brake-update:{district_id}",
        district_id,
        at,
        purpose=CardPurpose.BRAKE_NOTICE,
        hint=confirmed_by,
    )


def post_alarm_change(
    task: Task,
    outcome: Outcome,
    at: datetime,
    change: str,
    *,
    channel_id: str | None = None,
    person_id: str | None = None,
) -> Row:
    """A new post: `outcome` put an alarm down, or was taken back and the alarm stands again (`change`)."""
    key = f"alarm-{change}:{outcome.id.hex}:{person_id or 'channel'}"
    return _post(
        CardPurpose.ALARM_CHANGED,
        task,
        key,
        key,
        at,
        outcome_id=outcome.id,
        conversation_id=channel_id,
        person_id=person_id,
        hint=change,
    )


def post_order_not_served(
    order: ProtectiveOrder, at: datetime, *, channel_id: str | None = None, person_id: str | None = None
) -> Row:
    """A new post, once for each order: in force or authorised, and not served."""
    return _row(
        OutboxKind.POST_CARD,
        f"not-served:{order.id.hex}:{person_id or 'channel'}",
        f"not-served:{order.id.hex}:{person_id or 'channel'}",
        order.district_id,
        at,
        purpose=CardPurpose.ORDER_NOT_SERVED_NOTICE,
        order_id=order.id,
        conversation_id=channel_id,
        person_id=person_id,
    )


def post_more_time_request(task: Task, at: datetime) -> Row:
    """The officer's request for more time, to the supervisor who answers for the task."""
    return _post(
        CardPurpose.MORE_TIME_REQUEST,
        task,
        f"more-time:{task.id.hex}:{task.version}",
        f"more-time:{task.id.hex}",
        at,
        person_id=task.supervisor_id,
    )


def update_more_time_request(task: Task, at: datetime) -> Row:
    """The request as it stands now; silent."""
    return _update(
        CardPurpose.MORE_TIME_REQUEST,
        task,
        f"more-time-update:{task.id.hex}:{task.version}",
        f"more-time:{task.id.hex}",
        at,
    )


def post_reminder(person_id: str, district_id: str, task_ids: list[UUID], at: datetime) -> Row:
    """One reminder for all that is due for one officer; `task_ids` are those that are due since the last."""
    return _row(
        OutboxKind.POST_CARD,
        f"reminder:{person_id}:{at.isoformat()}",
        f"reminder:{person_id}",
        district_id,
        at,
        purpose=CardPurpose.REMINDER,
        person_id=person_id,
        task_ids=[task_id.hex for task_id in task_ids],
    )


def update_reminder(task: Task, person_id: str, at: datetime) -> Row:
    """Somebody's latest reminder, as it stands now that one of its tasks has changed; silent."""
    return _row(
        OutboxKind.UPDATE_CARD,
        f"reminder-update:{task.id.hex}:{task.version}",
        f"reminder:{person_id}",
        task.district_id,
        at,
        purpose=CardPurpose.REMINDER,
        person_id=person_id,
    )


def post_supervision_notice(person_id: str, district_id: str, task_ids: list[UUID], at: datetime) -> Row:
    """One card about all the tasks for which somebody answers from now on."""
    return _row(
        OutboxKind.POST_CARD,
        f"supervision:{person_id}:{task_ids[0].hex}:{at.isoformat()}",
        f"supervision:{person_id}",
        district_id,
        at,
        purpose=CardPurpose.SUPERVISION_NOTICE,
        person_id=person_id,
        task_ids=[task_id.hex for task_id in task_ids],
    )


def post_answer(
    answer_key: str, conversation_id: str, district_id: str, at: datetime, task: Task | None = None
) -> Row:
    """The answer to a typed command, as it was kept for the activity."""
    return _row(
        OutboxKind.POST_CARD,
        f"answer:{answer_key}",
        f"answer:{answer_key}",
        district_id,
        at,
        purpose=CardPurpose.ANSWER,
        answer_key=answer_key,
        conversation_id=conversation_id,
        task_id=task.id if task else None,
    )


def fold_answer(answer_key: str, conversation_id: str, task: Task, at: datetime) -> Row:
    """Fold a posted briefing or copy of an order away, at the latest at this time."""
    return _row(
        OutboxKind.UPDATE_CARD,
        f"fold:{answer_key}",
        f"answer:{answer_key}",
        task.district_id,
        at,
        purpose=CardPurpose.ANSWER,
        answer_key=answer_key,
        conversation_id=conversation_id,
        task_id=task.id,
    )


def hand_over(task: Task, outcome: Outcome) -> Row:
    """The outcome to the records system, when its undo window has passed."""
    return _row(
        OutboxKind.HAND_OVER,
        f"hand-over:{outcome.id.hex}",
        f"records:{(task.subject_id or task.id).hex}",
        task.district_id,
        outcome.recorded_at,
        task_id=task.id,
        outcome_id=outcome.id,
    ) | {"send_after": outcome.hand_over_after}


def hide_replaced(message: Message, at: datetime) -> Row:
    """A card that was posted afresh because its place did not answer: not live should that answer."""
    name = f"replaced:{message.id.hex}"
    kind, purpose, hint = OutboxKind.UPDATE_CARD, CardPurpose.REPLACED, message.id.hex
    return _row(kind, name, name, message.district_id, at, purpose=purpose, hint=hint)


def draw_again(row: Outbox, at: datetime) -> Row:
    """The cards of an update that was under way for longer than its lease, once more; silent."""
    return _row(
        OutboxKind.UPDATE_CARD,
        f"again:{row.id}:{row.attempts}",
        row.lane,
        row.district_id,
        at,
        purpose=row.purpose,
        task_id=row.task_id,
        order_id=row.order_id,
        outcome_id=row.outcome_id,
        person_id=row.person_id,
        conversation_id=row.conversation_id,
        answer_key=row.answer_key,
        hint=row.hint,
    )


def afresh(row: Outbox, message: Message, at: datetime) -> Row:
    """A card whose message is gone, posted once again where it stood."""
    return _row(
        OutboxKind.POST_CARD,
        f"afresh:{message.id.hex}",
        row.lane,
        row.district_id,
        at,
        purpose=message.purpose,
        task_id=message.task_id,
        order_id=message.order_id,
        outcome_id=row.outcome_id,
        person_id=message.person_id,
        conversation_id=None if message.person_id else message.conversation_id,
    )
