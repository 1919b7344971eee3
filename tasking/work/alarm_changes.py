"""Who is told that an alarm was put down, or that it stands again: everybody who was told of it."""

from datetime import datetime

from storage.people import queries as people_queries
from storage.tables import Outbox, Outcome, Task, TaskBundle
from storage.work import queries
from tasking.effects import Row
from tasking.naming import called
from tasking.notices import Notice
from tasking.unit_of_work import UnitOfWork
from tasking.views import AlarmChangeView
from tasking.work.audience import may_read
from tasking.work.breaches import holders
from tasking.work.noticing import WHO_ANSWERS_IF_THEIRS, shown_task
from tasking.work.outcome_table import breaches
from tasking.work.putting_down import puts_down

_PUT_DOWN = "put-down"
_STANDS_AGAIN = "stands-again"


def people_to_tell(uow: UnitOfWork, task: Task, alarm: Outcome, actor_id: str) -> list[str]:
    """Who recorded the alarm, whose task it is, who answers for it and who was told; not who acts."""
    told = {alarm.officer_id, task.supervisor_id, *holders(uow, task)}
    return sorted((told | ({task.owner_id} if task.owner_id else set())) - {actor_id})


def called_who_is_told(uow: UnitOfWork, bundle: TaskBundle, alarm: Outcome, actor_id: str) -> tuple[str, ...]:
    """The same by rank and collar number, with the channel where it was told of a breach."""
    people = [
        called(people_queries.person_by_id(uow.connection, person_id))
        for person_id in people_to_tell(uow, bundle.task, alarm, actor_id)
        if may_read(uow, bundle, person_id=person_id, conversation_id=None)
    ]
    return (*people, "the channel") if _channel(uow, bundle, alarm) else tuple(people)


def _channel(uow: UnitOfWork, bundle: TaskBundle, alarm: Outcome) -> str | None:
    if alarm.code not in breaches() or (bundle.subject and bundle.subject.restricted):
        return None
    return uow.policy.board_channel(bundle.task.district_id)


def put_down_posts(
    uow: UnitOfWork, task: Task, alarm: Outcome, correction: Outcome, actor_id: str
) -> list[Row]:
    """One post to each who is told that an alarm was put down; the notices of it are edited besides."""
    return [
        _post(task, correction, uow.now, _PUT_DOWN, person_id=person_id)
        for person_id in people_to_tell(uow, task, alarm, actor_id)
    ]


def stands_again_posts(
    uow: UnitOfWork, bundle: TaskBundle, task: Task, alarm: Outcome, correction: Outcome, actor_id: str
) -> list[Row]:
    """One post to each who was told, and to the channel: the alarm stands again."""
    rows = [
        _post(task, correction, uow.now, _STANDS_AGAIN, person_id=person_id)
        for person_id in people_to_tell(uow, task, alarm, actor_id)
    ]
    channel = _channel(uow, bundle, alarm)
    if channel:
        rows.append(_post(task, correction, uow.now, _STANDS_AGAIN, channel_id=channel))
    return rows


def _view(uow: UnitOfWork, row: Outbox) -> AlarmChangeView | None:
    """What such a post says, or None where it is no longer so."""
    bundle = shown_task(uow, row)
    if bundle is None:
        return None
    correction = queries.outcome_by_id(uow.connection, row.outcome_id) if row.outcome_id else None
    before = (
        queries.outcome_by_id(uow.connection, correction.corrects_id)
        if correction and correction.corrects_id
        else None
    )
    if correction is None or before is None or not _is_so(row, bundle, correction, before):
        return None
    return AlarmChangeView(
        ref=bundle.task.ref,
        order_ref=bundle.order.ref if bundle.order else "",
        before_code=before.code,
        by=called(people_queries.person_by_id(uow.connection, _by(uow, row, bundle.task, correction))),
        now_code=bundle.outcome.code if bundle.outcome else correction.code,
        reason=correction.reason if row.person_id else "",
        stands_again=row.hint == _STANDS_AGAIN,
        at=row.created_at,
        now=uow.now,
    )


def _is_so(row: Outbox, bundle: TaskBundle, correction: Outcome, before: Outcome) -> bool:
    standing = bundle.outcome
    if standing is None:
        return False
    if row.hint == _STANDS_AGAIN:
        return not puts_down(before.code, standing.code)
    return puts_down(before.code, standing.code)


def _by(uow: UnitOfWork, row: Outbox, task: Task, correction: Outcome) -> str:
    """Who put it down, or who took that back."""
    if row.hint != _STANDS_AGAIN:
        return correction.officer_id
    change = queries.change_made(uow.connection, task.id, "undo-outcome", row.created_at)
    return change.actor_id if change else correction.officer_id


ALARM_CHANGED = Notice(name="ALARM_CHANGED", view=_view, shows=(AlarmChangeView,), lost=WHO_ANSWERS_IF_THEIRS)


def _post(
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
    reader = {"conversation_id": channel_id, "person_id": person_id}
    return ALARM_CHANGED.post_of(task, key, key, at, outcome_id=outcome.id, hint=change, **reader)
