"""The notice of a result that somebody must hear of in the same shift."""

from collections.abc import Iterable
from datetime import datetime

from storage import messages
from storage.tables import Message, Outbox, Outcome, Task
from tasking.effects import Row
from tasking.notices import Notice, View
from tasking.unit_of_work import UnitOfWork
from tasking.work.noticing import (
    LEFT,
    WAITS_FOR_SIGHT,
    WHO_ANSWERS,
    OfTask,
    is_post,
    left_of_task,
    shown_task,
)
from tasking.work.showing import channel_view


class ResultView(OfTask):
    """The task with the result that stands."""


def _view(uow: UnitOfWork, row: Outbox) -> View | None:
    """Not posted once another result stands."""
    bundle = shown_task(uow, row)
    if bundle is None:
        return None
    stands = bundle.outcome is not None and bundle.outcome.id == row.outcome_id
    return ResultView(channel_view(uow, bundle)) if stands or not is_post(row) else None


RESULT = Notice(
    name="RESULT_NOTICE",
    view=_view,
    shows=(
        ResultView,
        *LEFT,
    ),
    lost=WHO_ANSWERS,
    left=left_of_task,
)
"""To the supervisor who answers for the task."""
SAFEGUARDING = Notice(
    name="SAFEGUARDING_NOTICE",
    view=_view,
    shows=(
        ResultView,
        *LEFT,
    ),
    lost=WAITS_FOR_SIGHT,
    left=left_of_task,
)
"""To the district's safeguarding team."""
_TOLD = (RESULT, SAFEGUARDING)


def post_result(
    task: Task, outcome: Outcome, person_id: str, notice: Notice, at: datetime, after: datetime
) -> Row:
    """A new post to somebody who must hear of this result in the same shift; it leaves at `after`."""
    lane = f"result:{task.id.hex}:{person_id}:{outcome.id.hex}"
    post = notice.post_of(task, lane, lane, at, outcome_id=outcome.id, person_id=person_id)
    return post | {"send_after": after}


def notices_redrawn(uow: UnitOfWork, task: Task) -> list[Row]:
    """What was told of results of this task, as it is now."""
    return [
        _updated(task, reader, notice, uow.now)
        for notice in _TOLD
        for reader in _readers(messages.standing(uow.connection, notice.name, task_id=task.id))
    ]


def _readers(told: Iterable[Message]) -> list[str]:
    return [message.person_id for message in told if message.person_id]


def _updated(task: Task, person_id: str, notice: Notice, at: datetime) -> Row:
    key = f"result-update:{task.id.hex}:{task.version}:{person_id}:{notice.name}"
    # A lane for each notice: whoever was told in both of their roles has a card of each.
    lane = f"result:{task.id.hex}:{person_id}:{notice.name}"
    return notice.update_of(task, key, lane, at, person_id=person_id)
