"""Cards about several tasks: what is overdue for somebody, and what they answer for from now on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.tables import Outbox, Task, TaskBundle
from storage.work import queries
from tasking.effects import Row
from tasking.notices import Lost, Notice, View, ids_of, latest_of_its_reader
from tasking.people.actors import known_actor, lost_sight
from tasking.unit_of_work import UnitOfWork
from tasking.views import ReminderView, TaskListView
from tasking.work.find import Reader, can_see
from tasking.work.lists import line_of
from tasking.work.noticing import is_post
from tasking.work.showing import officer_view
from tasking.work.successors import needs_somebody


@dataclass(frozen=True)
class SupervisionView:
    """All the tasks for which somebody answers from now on."""

    listed: TaskListView


def _overdue(uow: UnitOfWork, row: Outbox) -> list[TaskBundle]:
    """Whichever reminders were queued: the latest takes those before it along."""
    theirs = (queries.waits_for(row.person_id or ""), queries.due_before(uow.now))
    return queries.bundles_where(uow.connection, *theirs)


def _answered_for(uow: UnitOfWork, row: Outbox) -> list[TaskBundle]:
    """Those of the row's tasks that lie with its reader now, whatever they may see."""
    found = (queries.bundle_by_id(uow.connection, UUID(task_id)) for task_id in row.task_ids)
    return [each for each in found if each and _is_theirs(each, row.person_id)]


def _is_theirs(bundle: TaskBundle, person_id: str | None) -> bool:
    return bundle.task.supervisor_id == person_id and needs_somebody(bundle)


def _reminder(uow: UnitOfWork, row: Outbox) -> View | None:
    actor = known_actor(uow, row.person_id or "")
    if actor is None:
        return None
    due = [
        officer_view(uow, bundle, Reader(actor), second_copy=row.unclear > 0)
        for bundle in _overdue(uow, row)
        if can_see(uow, Reader(actor), bundle)
    ]
    return ReminderView(tuple(due), uow.now) if due or not is_post(row) else None


def _supervision(uow: UnitOfWork, row: Outbox) -> View | None:
    actor = known_actor(uow, row.person_id or "")
    if actor is None:
        return None
    theirs = [
        line_of(uow, Reader(actor), bundle)
        for bundle in _answered_for(uow, row)
        if can_see(uow, Reader(actor), bundle)
    ]
    return SupervisionView(TaskListView("", tuple(theirs), uow.now, len(theirs))) if theirs else None


def _reminder_waits(uow: UnitOfWork, row: Outbox) -> bool:
    return is_post(row) and _has_unseen(uow, row, _overdue(uow, row))


def _supervision_waits(uow: UnitOfWork, row: Outbox) -> bool:
    return is_post(row) and _has_unseen(uow, row, _answered_for(uow, row))


def _has_unseen(uow: UnitOfWork, row: Outbox, tasks: list[TaskBundle]) -> bool:
    """Whether one of them still lies with its reader, who lost sight of it."""
    reader = row.person_id or ""
    return any(lost_sight(uow, reader, each.task.district_id) for each in tasks)


REMINDER = Notice(
    name="REMINDER",
    view=_reminder,
    shows=(ReminderView,),
    standing=latest_of_its_reader,
    lost=Lost(_reminder_waits),
    takes_later_along=True,
)
SUPERVISION = Notice(
    name="SUPERVISION_NOTICE", view=_supervision, shows=(SupervisionView,), lost=Lost(_supervision_waits)
)


def post_reminder(person_id: str, district_id: str, task_ids: list[UUID], at: datetime) -> Row:
    """One reminder for all that is due for one officer; `task_ids` are those that are due since the last."""
    key, lane = f"reminder:{person_id}:{at.isoformat()}", f"reminder:{person_id}"
    return REMINDER.post(key, lane, district_id, at, person_id=person_id, task_ids=ids_of(task_ids))


def update_reminder(task: Task, person_id: str, at: datetime) -> Row:
    """Somebody's latest reminder, as it stands now that one of its tasks has changed; silent."""
    key, lane = f"reminder-update:{task.id.hex}:{task.version}", f"reminder:{person_id}"
    return REMINDER.update(key, lane, task.district_id, at, person_id=person_id)


def post_supervision(person_id: str, district_id: str, task_ids: list[UUID], at: datetime) -> Row:
    """One card about all the tasks for which somebody answers from now on."""
    key = f"supervision:{person_id}:{task_ids[0].hex}:{at.isoformat()}"
    lane = f"supervision:{person_id}"
    return SUPERVISION.post(key, lane, district_id, at, person_id=person_id, task_ids=ids_of(task_ids))
