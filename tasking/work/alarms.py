"""Alarms that were put down: by whom, who is told, and what stays to be seen of them."""

from collections.abc import Sequence

from storage import messages
from storage.enums import BREACHES, CardPurpose
from storage.people import queries as people_queries
from storage.tables import Outbox, Outcome, Task, TaskBundle
from storage.work import queries
from tasking import effects
from tasking.naming import called
from tasking.unit_of_work import UnitOfWork
from tasking.views import AlarmChangeView, CorrectedAlarm
from tasking.work.audience import may_read
from tasking.work.putting_down import puts_down

PUT_DOWN = "put-down"
STANDS_AGAIN = "stands-again"


def corrected_alarm(uow: UnitOfWork, standing: Outcome | None) -> CorrectedAlarm | None:
    """The worst alarm that was put down on the way to the outcome that stands, or None."""
    worst: tuple[Outcome, Outcome] | None = None
    later = standing
    while standing and later and later.corrects_id:
        before = queries.outcome_by_id(uow.connection, later.corrects_id)
        is_down = before and puts_down(before.code, later.code) and puts_down(before.code, standing.code)
        if before and is_down and (worst is None or puts_down(before.code, worst[0].code)):
            worst = (before, later)
        later = before
    if standing is None or worst is None:
        return None
    alarm, correction = worst
    by = people_queries.person_by_id(uow.connection, correction.officer_id)
    return CorrectedAlarm(alarm, by, correction, standing.code)


def corrected_breaches(uow: UnitOfWork, standing: Sequence[Outcome]) -> list[CorrectedAlarm]:
    """The breaches and arrests that were put down on the way to these outcomes."""
    found = (corrected_alarm(uow, outcome) for outcome in standing)
    return [each for each in found if each and each.before.code in BREACHES]


def holders(uow: UnitOfWork, task: Task) -> set[str]:
    """Everybody who has a notice of a breach of this task in their own chat."""
    standing = messages.standing(uow.connection, CardPurpose.BREACH_NOTICE, task_id=task.id)
    return {message.person_id for message in standing if message.person_id}


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
    if alarm.code not in BREACHES or (bundle.subject and bundle.subject.restricted):
        return None
    return uow.policy.board_channel(bundle.task.district_id)


def put_down_posts(
    uow: UnitOfWork, task: Task, alarm: Outcome, correction: Outcome, actor_id: str
) -> list[effects.Row]:
    """One post to each who is told that an alarm was put down; the notices of it are edited besides."""
    return [
        effects.post_alarm_change(task, correction, uow.now, PUT_DOWN, person_id=person_id)
        for person_id in people_to_tell(uow, task, alarm, actor_id)
    ]


def stands_again_posts(
    uow: UnitOfWork, bundle: TaskBundle, task: Task, alarm: Outcome, correction: Outcome, actor_id: str
) -> list[effects.Row]:
    """One post to each who was told, and to the channel: the alarm stands again."""
    rows = [
        effects.post_alarm_change(task, correction, uow.now, STANDS_AGAIN, person_id=person_id)
        for person_id in people_to_tell(uow, task, alarm, actor_id)
    ]
    channel = _channel(uow, bundle, alarm)
    if channel:
        rows.append(effects.post_alarm_change(task, correction, uow.now, STANDS_AGAIN, channel_id=channel))
    return rows


def alarm_change(uow: UnitOfWork, row: Outbox, bundle: TaskBundle) -> AlarmChangeView | None:
    """What such a post says, or None where it is no longer so."""
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
        stands_again=row.hint == STANDS_AGAIN,
        at=row.created_at,
        now=uow.now,
    )


def _is_so(row: Outbox, bundle: TaskBundle, correction: Outcome, before: Outcome) -> bool:
    standing = bundle.outcome
    if standing is None:
        return False
    if row.hint == STANDS_AGAIN:
        return not puts_down(before.code, standing.code)
    return puts_down(before.code, standing.code)


def _by(uow: UnitOfWork, row: Outbox, task: Task, correction: Outcome) -> str:
    """Who put it down, or who took that back."""
    if row.hint != STANDS_AGAIN:
        return correction.officer_id
    change = queries.change_made(uow.connection, task.id, "undo-outcome", row.created_at)
    return change.actor_id if change else correction.officer_id
