"""To the officer who has or had a task, alone: what a supervisor decided about it."""

from datetime import datetime

from storage.tables import Outbox, Task
from storage.work import queries
from tasking.effects import Row
from tasking.notices import Notice
from tasking.people.actors import known_actor
from tasking.unit_of_work import UnitOfWork
from tasking.views import DecisionView
from tasking.work.find import Reader, could_see_as_officer
from tasking.work.noticing import WAITS_FOR_SIGHT, task_of


def _view(uow: UnitOfWork, row: Outbox) -> DecisionView | None:
    """As it was decided, whatever the task is now."""
    actor = known_actor(uow, row.person_id or "")
    if actor is None:
        return None
    bundle = task_of(uow, row)
    action, _, due = row.hint.partition(" ")
    change = queries.change_made(uow.connection, bundle.task.id, action, row.created_at)
    reason = change.reason if change and could_see_as_officer(uow, Reader(actor), bundle) else ""
    return DecisionView(bundle.task.ref, action, datetime.fromisoformat(due), reason, uow.now)


DECISION = Notice(name="DECISION", view=_view, shows=(DecisionView,), lost=WAITS_FOR_SIGHT)


def post_decision(task: Task, person_id: str, at: datetime, action: str) -> Row:
    """What was decided, and the due time since then, to the officer who has or had it."""
    key = f"decision:{task.id.hex}:{task.version}:{person_id}"
    lane = f"decision:{task.id.hex}:{person_id}"
    hint = f"{action} {task.due_at.isoformat()}"
    return DECISION.post_of(task, key, lane, at, person_id=person_id, hint=hint)
