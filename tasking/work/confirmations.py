"""The short confirmation where a task was asked for, and as the task stands since."""

from dataclasses import dataclass
from datetime import datetime

from storage.tables import Message, Outbox, Task
from tasking.effects import Row
from tasking.notices import Notice, View
from tasking.unit_of_work import UnitOfWork
from tasking.work.noticing import LEFT, OfTask, left_of_task, shown_task
from tasking.work.showing import channel_view


@dataclass(frozen=True)
class ConfirmationView(OfTask):
    """The task, and a line with references where something is to be noticed."""

    hint: str = ""


def _view(uow: UnitOfWork, row: Outbox) -> View | None:
    bundle = shown_task(uow, row)
    return ConfirmationView(channel_view(uow, bundle), row.hint) if bundle else None


CONFIRMATION = Notice(
    name="CONFIRMATION",
    view=_view,
    shows=(
        ConfirmationView,
        *LEFT,
    ),
    left=left_of_task,
)


def _lane(task: Task) -> str:
    return f"thread:{task.id.hex}"


def post_confirmation(task: Task, conversation_id: str, at: datetime, hint: str = "") -> Row:
    """The short confirmation in the thread (or chat) where the task was asked for."""
    key = f"confirmation:{task.id.hex}"
    return CONFIRMATION.post_of(task, key, _lane(task), at, conversation_id=conversation_id, hint=hint)


def update_confirmation(task: Task, at: datetime, occasion: str = "") -> Row:
    """The confirmation as the task stands now; silent."""
    key = f"confirmation-update:{task.id.hex}:{task.version}:{occasion}"
    return CONFIRMATION.update_of(task, key, _lane(task), at)


def becomes_confirmation(task: Task, conversation_id: str, activity_id: str, at: datetime) -> Message:
    """A message that stands already, and is the confirmation from now on."""
    return Message(
        purpose=CONFIRMATION.name,
        district_id=task.district_id,
        conversation_id=conversation_id,
        activity_id=activity_id,
        task_id=task.id,
        posted_at=at,
    )
