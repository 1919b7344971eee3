"""The notice of a breach, in the district's channel and to who answers for the task. It leaves first."""

from datetime import datetime
from uuid import UUID

from storage import messages
from storage.tables import Message, Outbox, Task
from tasking.effects import Row
from tasking.notices import MOST_STANDING, Notice
from tasking.unit_of_work import UnitOfWork
from tasking.work.noticing import LEFT, WHO_ANSWERS, OfTask, as_it_stands, left_of_task


class BreachView(OfTask):
    """The task whose result is a breach, or was one until it was corrected."""


def _standing(uow: UnitOfWork, row: Outbox) -> list[Message]:
    """Of one person, or of the channel: each has a row of its own."""
    told = messages.standing(uow.connection, BREACH.name, task_id=row.task_id, person_id=row.person_id)
    return [each for each in told if each.person_id == row.person_id][-MOST_STANDING:]


BREACH = Notice(
    name="BREACH_NOTICE",
    view=as_it_stands(BreachView),
    shows=(
        BreachView,
        *LEFT,
    ),
    standing=_standing,
    lost=WHO_ANSWERS,
    left=left_of_task,
    is_urgent=True,
)


def _lane(outcome_id: UUID, person_id: str | None) -> str:
    return f"breach:{outcome_id.hex}:{person_id or 'channel'}"


def post_breach(
    task: Task, outcome_id: UUID, at: datetime, *, channel_id: str | None = None, person_id: str | None = None
) -> Row:
    """A new post about a breach: in the district's channel, or to one person."""
    lane = _lane(outcome_id, person_id)
    return BREACH.post_of(
        task, lane, lane, at, outcome_id=outcome_id, conversation_id=channel_id, person_id=person_id
    )


def update_breach(task: Task, outcome_id: UUID, at: datetime, *, person_id: str | None = None) -> Row:
    """The notices of a breach (one person's, or the channel's) as the task stands now; silent."""
    key = f"breach-update:{outcome_id.hex}:{task.version}:{person_id or 'channel'}"
    return BREACH.update_of(task, key, _lane(outcome_id, person_id), at, person_id=person_id)


def holders(uow: UnitOfWork, task: Task) -> set[str]:
    """Everybody who has a notice of a breach of this task in their own chat."""
    standing = messages.standing(uow.connection, BREACH.name, task_id=task.id)
    return {message.person_id for message in standing if message.person_id}
