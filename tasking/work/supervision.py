"""What a supervisor does with a task of the district: reassign, extend, cancel, answer a request for time."""

from datetime import datetime

from storage.enums import TaskState
from storage.tables import Task, TaskBundle
from storage.work import held_queries
from storage.work.queries import has_access
from tasking.lifecycle import OPEN
from tasking.naming import called
from tasking.people.actors import officer_for, require
from tasking.permissions import Act
from tasking.plain_text import meant
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.assign import check_due, target_of
from tasking.work.changes import change_task, check_version, finish_change, refuse_stale
from tasking.work.decisions import post_decision
from tasking.work.find import Reader, find_task
from tasking.work.given_back import update_given_back
from tasking.work.own_card import post_own_card, update_own_card
from tasking.work.settling import answered_meanwhile
from tasking.work.showing import reload
from tasking.work.unallocated import update_unallocated

MESSAGE_WAITS = "A message with words of danger waits for its officer’s answer. It is NOT recorded."
SPEAK_FIRST = "Speak to the officer before you cancel."
_REASON_LIMIT = 1000


def reassign(
    uow: UnitOfWork, reader: Reader, ref: str, officer_id: str, reason: str, version: int | None = None
) -> TaskBundle:
    """Give the task to another officer, who gets the card; the one before sees that it is gone."""
    bundle = open_task_for(uow, reader, ref, Act.REASSIGN, version)
    task = bundle.task
    officer = officer_for(uow, officer_id, task.district_id)
    words = _reason(reason, f"/reassign {task.ref} @officer because …")
    if officer.entra_id == task.owner_id:
        raise Refusal("already-theirs", f"{task.ref} is already with {called(officer)}.")
    if bundle.subject and bundle.subject.restricted:
        _check_named(uow, bundle, officer.entra_id)
    changed = change_task(
        uow,
        reader,
        bundle,
        state=TaskState.ASSIGNED,
        owner_id=officer.entra_id,
        supervisor_id=reader.actor.entra_id,
        accepted_at=None,
        asked_until=None,
        state_changed_at=uow.now,
        next_reminder_at=max(task.due_at, uow.now),
    )
    finish_change(uow, reader, task, changed, "reassign", reason=words)
    uow.effects(post_own_card(changed, officer.entra_id, uow.now))
    _redraw_notices(uow, changed)
    if task.owner_id:
        uow.effects(update_own_card(changed, task.owner_id, uow.now, "taken-back"))
    _tell_officer(uow, reader, task, changed, "reassign")
    return reload(uow, task.id)


def _check_named(uow: UnitOfWork, bundle: TaskBundle, officer_id: str) -> None:
    if bundle.subject and not has_access(uow.connection, bundle.subject.id, officer_id):
        raise Refusal(
            "officer-not-named",
            "That officer may not work on this.",
            "Choose one of the people named for it.",
        )


def extend(
    uow: UnitOfWork, reader: Reader, ref: str, until: datetime, reason: str, version: int | None = None
) -> TaskBundle:
    """Set a later due time; never after the end of the order."""
    bundle = open_task_for(uow, reader, ref, Act.EXTEND, version)
    words = _reason(reason, f"/extend {bundle.task.ref} to fri 18:00 because …")
    if until <= bundle.task.due_at:
        raise Refusal("not-later", f"{bundle.task.ref} is already due later than that.", "Give a later time.")
    return _set_due(uow, reader, bundle, until, words, "extend")


def answer_more_time(
    uow: UnitOfWork, reader: Reader, ref: str, give: bool, version: int | None = None
) -> TaskBundle:
    """Give the time that the officer asked for, or leave the due time as it is."""
    bundle = open_task_for(uow, reader, ref, Act.EXTEND, version)
    asked = bundle.task.asked_until
    if asked is None:
        refuse_stale(uow, reader, bundle)
    if give:
        return _set_due(uow, reader, bundle, asked, "as the officer asked", "give-more-time")
    changed = change_task(uow, reader, bundle, asked_until=None)
    finish_change(uow, reader, bundle.task, changed, "refuse-more-time")
    _tell_officer(uow, reader, bundle.task, changed, "refuse-more-time")
    return reload(uow, changed.id)


def _set_due(
    uow: UnitOfWork, reader: Reader, bundle: TaskBundle, until: datetime, reason: str, action: str
) -> TaskBundle:
    check_due(uow, target_of(bundle), until)
    changed = change_task(uow, reader, bundle, due_at=until, next_reminder_at=until, asked_until=None)
    finish_change(uow, reader, bundle.task, changed, action, reason=reason)
    _tell_officer(uow, reader, bundle.task, changed, action)
    _redraw_notices(uow, changed)
    return reload(uow, changed.id)


def cancel(
    uow: UnitOfWork,
    reader: Reader,
    ref: str,
    reason: str,
    version: int | None = None,
    *,
    although: bool = False,
) -> TaskBundle:
    """End the task without a result.

    Where a message with words of danger waits for its officer's answer, only `although` that was shown;
    raises `Refusal` without it.
    """
    bundle = open_task_for(uow, reader, ref, Act.CANCEL, version)
    words = _reason(reason, f"/cancel {bundle.task.ref} because …")
    if not although and message_waits(uow, bundle):
        raise Refusal("message-waits", MESSAGE_WAITS, SPEAK_FIRST)
    changed = change_task(
        uow,
        reader,
        bundle,
        state=TaskState.CANCELLED,
        state_changed_at=uow.now,
        next_reminder_at=None,
        asked_until=None,
    )
    answered_meanwhile(uow, bundle, changed, None)
    finish_change(uow, reader, bundle.task, changed, "cancel", reason=words)
    _tell_officer(uow, reader, bundle.task, changed, "cancel")
    _redraw_notices(uow, changed)
    return reload(uow, changed.id)


def message_waits(uow: UnitOfWork, bundle: TaskBundle) -> bool:
    """Whether a message with words of danger about this task is not recorded and waits for an answer."""
    return bool(held_queries.open_of_task(uow.connection, bundle.task.id))


def _redraw_notices(uow: UnitOfWork, task: Task) -> None:
    """Wherever it was said that nobody has the task, the channel or a supervisor's chat."""
    uow.effects(update_unallocated(task, uow.now), update_given_back(task, uow.now))


def _tell_officer(uow: UnitOfWork, reader: Reader, before: Task, after: Task, action: str) -> None:
    """A new post: an officer on the way to a door does not notice that an older card was edited."""
    if before.owner_id and before.owner_id != reader.actor.entra_id:
        uow.effects(post_decision(after, before.owner_id, uow.now, action))


def open_task_for(uow: UnitOfWork, reader: Reader, ref: str, act: str, version: int | None) -> TaskBundle:
    """An open task on which the reader may act as a supervisor; raises `Refusal` or `Stale`."""
    bundle = find_task(uow, reader, ref)
    task = bundle.task
    require(
        reader.actor, act, task.district_id, task.owner_id, "Only a supervisor of the district can do that."
    )
    if task.state not in OPEN:
        refuse_stale(uow, reader, bundle)
    check_version(uow, reader, bundle, version)
    return bundle


def _reason(text: str, example: str) -> str:
    clean = meant(text)
    if not clean:
        raise Refusal("no-reason", "Say why.", f"For example: {example}")
    if len(clean) > _REASON_LIMIT:
        raise Refusal("text-too-long", "That is too long.", f"Keep it under {_REASON_LIMIT} characters.")
    return clean
