"""To whoever answers for a task: the desk sent its result back, and its officer is not there for it."""

from datetime import datetime

from storage import messages
from storage.enums import SENT_BACK as SENT_BACK_STATES
from storage.tables import Outbox, Outcome, Task
from tasking.effects import Row
from tasking.notices import Notice, View
from tasking.people.actors import known_actor
from tasking.unit_of_work import UnitOfWork
from tasking.work.find import Reader
from tasking.work.noticing import LEFT, WHO_ANSWERS, OfTask, is_post, left_of_task, shown_task
from tasking.work.outcome_rules import waits_to_be_keyed
from tasking.work.showing import channel_view, officer_view


class SentBackView(OfTask):
    """The task with the reader's own rights: they are to correct its result."""


def _view(uow: UnitOfWork, row: Outbox) -> View | None:
    """Not posted once its result is put right."""
    bundle = shown_task(uow, row)
    if bundle is None or (is_post(row) and not _waits_for_somebody(bundle.outcome)):
        return None
    actor = known_actor(uow, row.person_id or "")
    return SentBackView(officer_view(uow, bundle, Reader(actor)) if actor else channel_view(uow, bundle))


def _waits_for_somebody(outcome: Outcome | None) -> bool:
    """Whether its result is to be corrected, or keyed by hand since RedLine gave it up."""
    return outcome is not None and (outcome.state in SENT_BACK_STATES or waits_to_be_keyed(outcome))


SENT_BACK = Notice(
    name="SENT_BACK_NOTICE",
    view=_view,
    shows=(
        SentBackView,
        *LEFT,
    ),
    lost=WHO_ANSWERS,
    left=left_of_task,
)


def _lane(task: Task, person_id: str) -> str:
    return f"sent-back:{task.id.hex}:{person_id}"


def post_sent_back(task: Task, outcome: Outcome, person_id: str, at: datetime) -> Row:
    """To whoever answers for the task: the desk sent its result back, and its officer is not there for it."""
    key = f"sent-back:{outcome.id.hex}:{outcome.version}"
    return SENT_BACK.post_of(task, key, _lane(task, person_id), at, person_id=person_id)


def redraw_sent_back(uow: UnitOfWork, task: Task, occasion: str) -> list[Row]:
    """The notices that its result was sent back, wherever they stand, as it is now."""
    standing = messages.standing(uow.connection, SENT_BACK.name, task_id=task.id)
    readers = sorted({message.person_id for message in standing if message.person_id})
    return [
        SENT_BACK.update_of(
            task,
            f"sent-back-update:{task.id.hex}:{task.version}:{reader}:{occasion}",
            _lane(task, reader),
            uow.now,
            person_id=reader,
        )
        for reader in readers
    ]
