"""What notices about tasks share: who may read one, who gets it instead, and what is left of it."""

from collections.abc import Callable
from dataclasses import dataclass

from storage.enums import OutboxKind
from storage.tables import Message, Outbox, TaskBundle
from storage.work.queries import reason_of_last
from tasking.notices import Lost, View
from tasking.people.actors import lost_sight
from tasking.unit_of_work import UnitOfWork
from tasking.views import TaskView
from tasking.work.audience import may_read
from tasking.work.showing import channel_view, reload
from tasking.work.successors import who_answers


@dataclass(frozen=True)
class OfTask:
    """What a notice shows of one task."""

    view: TaskView


@dataclass(frozen=True)
class WithWords(OfTask):
    """The same, with the words of who caused it."""

    reason: str


class NoLongerYours(OfTask):
    """For somebody who may no longer know of the task: one line and its reference."""


class NoLongerHere(OfTask):
    """The same for a channel: its subject has become restricted since."""


LEFT = (NoLongerYours, NoLongerHere)


def task_of(uow: UnitOfWork, row: Outbox) -> TaskBundle:
    """The task that a row is about, as it stands now."""
    assert row.task_id is not None, "this notice is about a task"
    return reload(uow, row.task_id)


def is_post(row: Outbox) -> bool:
    """Whether it is posted anew, so that whatever is settled meanwhile need not be said any more."""
    return row.kind == OutboxKind.POST_CARD


def may_be_posted(uow: UnitOfWork, row: Outbox, bundle: TaskBundle) -> bool:
    """Whether it may be read where it is to be posted."""
    return may_read(uow, bundle, person_id=row.person_id, conversation_id=row.conversation_id)


def shown_task(uow: UnitOfWork, row: Outbox) -> TaskBundle | None:
    """The task that a row is about; None where a post of it may not be read."""
    bundle = task_of(uow, row)
    return None if is_post(row) and not may_be_posted(uow, row, bundle) else bundle


def as_it_stands(shown: type[OfTask]) -> Callable[[UnitOfWork, Outbox], View | None]:
    """The view of a notice that shows its task as it stands, to whoever may read it there."""

    def view(uow: UnitOfWork, row: Outbox) -> View | None:
        bundle = shown_task(uow, row)
        return shown(channel_view(uow, bundle)) if bundle else None

    return view


def with_words_of(shown: type[WithWords], *actions: str) -> Callable[[UnitOfWork, Outbox], View | None]:
    """The same with the words with which one of these was last done to the task."""

    def view(uow: UnitOfWork, row: Outbox) -> View | None:
        bundle = shown_task(uow, row)
        if bundle is None:
            return None
        return shown(channel_view(uow, bundle), reason_of_last(uow.connection, bundle.task.id, *actions))

    return view


def left_of_task(uow: UnitOfWork, row: Outbox, message: Message) -> View | None:
    """For readers who may no longer know of the task; None while they may."""
    bundle = task_of(uow, row)
    if may_read(uow, bundle, person_id=message.person_id, conversation_id=message.conversation_id):
        return None
    view = channel_view(uow, bundle)
    return NoLongerYours(view) if message.person_id else NoLongerHere(view)


def _waits_for_sight(uow: UnitOfWork, row: Outbox) -> bool:
    """A call for help, or an order, is of one district, and its reader may see nothing there any more."""
    return is_post(row) and row.person_id is not None and lost_sight(uow, row.person_id, row.district_id)


def _waits_for_who_answers(uow: UnitOfWork, row: Outbox) -> bool:
    """A notice that nobody else can read waits too."""
    if _waits_for_sight(uow, row):
        return True
    if not is_post(row) or row.person_id is None:
        return False
    bundle = task_of(uow, row)
    return not may_be_posted(uow, row, bundle) and who_answers(uow, bundle) is None


def _who_answers_instead(uow: UnitOfWork, row: Outbox) -> str | None:
    if not is_post(row) or row.person_id is None:
        return None
    instead = who_answers(uow, task_of(uow, row))
    return instead if instead != row.person_id else None


def is_for_who_answers(uow: UnitOfWork, row: Outbox) -> bool:
    """Whether a post is for the supervisor of its task, and not for one of the others who are told."""
    return row.person_id == task_of(uow, row).task.supervisor_id


def _waits_where_theirs(uow: UnitOfWork, row: Outbox) -> bool:
    if is_post(row) and not is_for_who_answers(uow, row):
        return _waits_for_sight(uow, row)
    return _waits_for_who_answers(uow, row)


def _instead_where_theirs(uow: UnitOfWork, row: Outbox) -> str | None:
    return _who_answers_instead(uow, row) if is_for_who_answers(uow, row) else None


WAITS_FOR_SIGHT = Lost(_waits_for_sight)
WHO_ANSWERS = Lost(_waits_for_who_answers, _who_answers_instead, goes_with_the_work=True)
"""Put before who answers for the task now; it waits while nobody does."""
WHO_ANSWERS_IF_THEIRS = Lost(_waits_where_theirs, _instead_where_theirs, goes_with_the_work=True)
"""The same for what is told to others too: nobody else gets theirs."""
