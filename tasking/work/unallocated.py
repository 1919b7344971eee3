"""The notice in the district's channel that work has nobody."""

from datetime import datetime

from storage.tables import Task
from tasking.effects import Row
from tasking.notices import Notice
from tasking.work.noticing import LEFT, OfTask, as_it_stands, left_of_task


class UnallocatedView(OfTask):
    """Work that nobody has, or who has it since."""


UNALLOCATED = Notice(
    name="UNALLOCATED_NOTICE",
    view=as_it_stands(UnallocatedView),
    shows=(
        UnallocatedView,
        *LEFT,
    ),
    left=left_of_task,
)


def post_unallocated(task: Task, channel_id: str, at: datetime) -> Row:
    """A new post in the district's channel: this work has nobody."""
    key = f"unallocated:{task.id.hex}:{task.version}"
    return UNALLOCATED.post_of(task, key, f"unallocated:{task.id.hex}", at, conversation_id=channel_id)


def update_unallocated(task: Task, at: datetime) -> Row:
    """The notice of unallocated work as the task stands now; silent."""
    key = f"unallocated-update:{task.id.hex}:{task.version}"
    return UNALLOCATED.update_of(task, key, f"unallocated:{task.id.hex}", at)
