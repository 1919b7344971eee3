"""To who answers for a task: a message with words of danger was not recorded, and waits."""

from datetime import datetime
from uuid import UUID

from storage.enums import HeldAnswer
from storage.people import queries as people_queries
from storage.tables import HeldMessage, Outbox, Person, Task
from storage.work import held_queries
from tasking.effects import Row
from tasking.notices import Notice
from tasking.unit_of_work import UnitOfWork
from tasking.views import HeldNoticeView
from tasking.work.noticing import LEFT, WHO_ANSWERS, is_post, left_of_task, shown_task
from tasking.work.showing import channel_view


def _view(uow: UnitOfWork, row: Outbox) -> HeldNoticeView | None:
    """Not posted once its officer has answered; a notice that stands says how each message was answered."""
    bundle = shown_task(uow, row)
    if bundle is None:
        return None
    told = tuple(held_queries.told_of_task(uow.connection, bundle.task.id))
    if is_post(row) and not any(_is_news(held) for held in told):
        return None
    return HeldNoticeView(channel_view(uow, bundle), told, _writers_of(uow, told))


def _is_news(held: HeldMessage) -> bool:
    """Whether nobody has said yet what it was: it waits, or something else was recorded in its place."""
    return held.answered_at is None or held.answered_as is HeldAnswer.RECORDED_MEANWHILE


def _writers_of(uow: UnitOfWork, told: tuple[HeldMessage, ...]) -> dict[str, Person]:
    """Who typed these messages, by Entra id."""
    people = (people_queries.person_by_id(uow.connection, held.person_id) for held in told)
    return {person.entra_id: person for person in people if person}


HELD = Notice(
    name="HELD_NOTICE",
    view=_view,
    shows=(
        HeldNoticeView,
        *LEFT,
    ),
    lost=WHO_ANSWERS,
    left=left_of_task,
)


def post_held(task: Task, held_id: UUID, person_id: str, at: datetime) -> Row:
    """To who answers for the task: a message with words of danger was not recorded, and waits."""
    return HELD.post_of(task, f"held:{held_id.hex}", f"held:{task.id.hex}", at, person_id=person_id)


def update_held(task: Task, held_id: UUID, at: datetime) -> Row:
    """The notices of held messages of a task, as they stand now; silent."""
    return HELD.update_of(task, f"held-update:{held_id.hex}:{task.version}", f"held:{task.id.hex}", at)
