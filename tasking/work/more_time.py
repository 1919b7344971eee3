"""An officer's request for more time, put before the supervisor who answers for the task."""

from datetime import datetime

from storage.tables import Task
from tasking.effects import Row
from tasking.notices import Notice
from tasking.work.noticing import LEFT, WHO_ANSWERS, WithWords, left_of_task, with_words_of


class MoreTimeView(WithWords):
    """The task, and why its officer asks."""


MORE_TIME = Notice(
    name="MORE_TIME_REQUEST",
    view=with_words_of(MoreTimeView, "ask-more-time"),
    shows=(
        MoreTimeView,
        *LEFT,
    ),
    lost=WHO_ANSWERS,
    left=left_of_task,
)


def post_more_time(task: Task, at: datetime) -> Row:
    """The officer's request for more time, to the supervisor who answers for the task."""
    key = f"more-time:{task.id.hex}:{task.version}"
    return MORE_TIME.post_of(task, key, f"more-time:{task.id.hex}", at, person_id=task.supervisor_id)


def update_more_time(task: Task, at: datetime) -> Row:
    """The request as it stands now; silent."""
    key = f"more-time-update:{task.id.hex}:{task.version}"
    return MORE_TIME.update_of(task, key, f"more-time:{task.id.hex}", at)
