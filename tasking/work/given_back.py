"""To the supervisor who answers for a task, alone: its officer gave it back, and why."""

from datetime import datetime

from storage.tables import Task
from tasking.effects import Row
from tasking.notices import Notice
from tasking.work.noticing import LEFT, WHO_ANSWERS, WithWords, left_of_task, with_words_of


class GivenBackView(WithWords):
    """The task, and the words of who gave it back."""


GIVEN_BACK = Notice(
    name="GIVEN_BACK",
    view=with_words_of(GivenBackView, "cant-do", "officer-left"),
    shows=(
        GivenBackView,
        *LEFT,
    ),
    lost=WHO_ANSWERS,
    left=left_of_task,
)


def post_given_back(task: Task, at: datetime) -> Row:
    """To the supervisor who answers for it, alone: an officer gave it back, and why."""
    key = f"given-back:{task.id.hex}:{task.version}"
    return GIVEN_BACK.post_of(task, key, f"given-back:{task.id.hex}", at, person_id=task.supervisor_id)


def update_given_back(task: Task, at: datetime) -> Row:
    """What the supervisor was told when it was given back, as the task stands now; silent."""
    key = f"given-back-update:{task.id.hex}:{task.version}"
    return GIVEN_BACK.update_of(task, key, f"given-back:{task.id.hex}", at)
