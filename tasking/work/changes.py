"""What every change of a task shares: the stale answer, its history, its audit row, the cards that follow."""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from storage.enums import AuditOperation, TaskState
from storage.ids import new_id
from storage.rows import add_values
from storage.tables import Task, TaskBundle, TaskChange
from storage.work.writes import LostRace, update_task
from tasking.effects import Row
from tasking.lifecycle import check_transition
from tasking.refusals import Stale
from tasking.unit_of_work import UnitOfWork
from tasking.work.confirmations import update_confirmation
from tasking.work.due import update_reminder
from tasking.work.find import Reader
from tasking.work.more_time import update_more_time
from tasking.work.own_card import update_own_card
from tasking.work.showing import officer_view, reload

T = TypeVar("T")

_WHAT_HAPPENED = {
    TaskState.UNALLOCATED: "{ref} has gone back to the sergeant.",
    TaskState.ASSIGNED: "{ref} has changed since this card was drawn.",
    TaskState.ACCEPTED: "{ref} has changed since this card was drawn.",
    TaskState.DONE: "{ref} already has a result.",
    TaskState.CANCELLED: "{ref} was cancelled.",
}


def refuse_stale(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> NoReturn:
    """Somebody else was first: raise `Stale` with the fresh view and one line saying what happened."""
    words = _WHAT_HAPPENED[bundle.task.state].format(ref=bundle.task.ref)
    raise Stale(f"{words} Nothing was changed.", officer_view(uow, bundle, reader))


def check_version(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, version: int | None) -> None:
    """Raise `Stale` where the card was drawn from another version; None is a typed command."""
    if version is not None and version != bundle.task.version:
        refuse_stale(uow, reader, bundle)


def guarded(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, write: Callable[[], T]) -> T:
    """Run a version-checked write; a lost race becomes the stale answer with what the winner did."""
    try:
        return write()
    except LostRace:
        refuse_stale(uow, reader, reload(uow, bundle.task.id))


def change_task(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, **values: Any) -> Task:
    """Change the task of a bundle, version-checked; returns it as it is now."""
    return guarded(uow, reader, bundle, lambda: update_task(uow.connection, bundle.task, **values))


def finish_change(
    uow: UnitOfWork,
    reader: Reader,
    before: Task,
    after: Task,
    action: str,
    *,
    reason: str = "",
    outcome_id: UUID | None = None,
    reason_code: str | None = None,
    officers_card: bool = True,
    further_effects: Sequence[Row] = (),
) -> None:
    """Check the transition, then write the history, the audit row and the updates of the standing cards.

    `officers_card` is False where the officer is just reading something on that card. `further_effects` leave
    before the updates.
    """
    if before.state != after.state:
        check_transition(before.state, after.state)
    add_values(uow.connection, TaskChange, history_row(uow, reader, before.state, after, action, reason))
    uow.audit(
        AuditOperation.ALTERATION,
        action,
        reader.actor.entra_id,
        task=after,
        outcome_id=outcome_id,
        reason_code=reason_code,
    )
    rows = [update_confirmation(after, uow.now)]
    if after.owner_id and officers_card:
        rows.insert(0, update_own_card(after, after.owner_id, uow.now))
    if before.asked_until and after.asked_until is None:
        rows.append(update_more_time(after, uow.now))
    if before.due_at <= uow.now:
        # A tap on a reminder is answered with that task's card: the others that it named must come back.
        rows.append(update_reminder(after, before.owner_id or before.supervisor_id, uow.now))
    uow.effects(*further_effects, *rows)
    uow.touched(after.district_id, f"{after.id.hex}:{after.version}")


def history_row(
    uow: UnitOfWork, reader: Reader, before: TaskState | None, after: Task, action: str, reason: str
) -> dict[str, object]:
    """The row of the task's history: who changed what, when and why."""
    return {
        "id": new_id(),
        "task_id": after.id,
        "district_id": after.district_id,
        "at": uow.now,
        "actor_id": reader.actor.entra_id,
        "action": action,
        "from_state": before,
        "to_state": after.state,
        "reason": reason,
    }
