"""Answers that are posted: where each is counted if Teams never takes it, and when one is folded away."""

from dataclasses import dataclass

from storage import answers, journal
from storage.tables import Message, Outbox, TaskBundle
from storage.work import queries
from tasking.notices import Afresh, Notice, View
from tasking.people.actors import home_district
from tasking.references import normalise_reference
from tasking.unit_of_work import UnitOfWork
from tasking.views import TaskView
from tasking.work.briefing import FOLDS_AFTER
from tasking.work.find import Reader, find_task
from tasking.work.noticing import is_post, task_of
from tasking.work.showing import channel_view


@dataclass(frozen=True)
class KeptView:
    """An answer as it was kept for the activity: the JSON of its card."""

    card: bytes


@dataclass(frozen=True)
class FoldedView:
    """What is left of a briefing or a copy of an order, and how to read it again."""

    view: TaskView


def _view(uow: UnitOfWork, row: Outbox) -> View | None:
    if not is_post(row):
        return FoldedView(channel_view(uow, task_of(uow, row)))
    kept = journal.answer_given(uow.connection, row.answer_key or "")
    return KeptView(kept[0]) if kept and kept[0] else None


def _standing(uow: UnitOfWork, row: Outbox) -> list[Message]:
    return answers.answer_to(uow.connection, row.answer_key or "")


ANSWER = Notice(
    name=answers.ANSWER,
    view=_view,
    shows=(
        KeptView,
        FoldedView,
    ),
    standing=_standing,
    afresh=Afresh.NEVER,
)


def post_answer(
    uow: UnitOfWork, key: str, conversation_id: str, *, asker: str, channel_district: str | None, about: str
) -> None:
    """Queue the answer kept under `key`; `about` is the task that was named, or nothing.

    A board counts what could not be sent: of a channel its own, of a chat the asker's. The task is noted so
    that nothing about a restricted subject is counted.
    """
    district = channel_district or home_district(uow, asker)
    named = task_named(uow, about)
    task_id = named.task.id if named else None
    name = f"answer:{key}"
    where = {"answer_key": key, "conversation_id": conversation_id}
    uow.effects(ANSWER.post(name, name, district, uow.now, task_id=task_id, **where))


def fold_posted(uow: UnitOfWork, reader: Reader, ref: str, key: str, conversation_id: str) -> None:
    """Fold a briefing or a copy away that was posted as an answer: after an hour, or with the outcome."""
    task = find_task(uow, reader, ref).task
    where = {"answer_key": key, "conversation_id": conversation_id}
    uow.effects(ANSWER.update_of(task, f"fold:{key}", f"answer:{key}", uow.now + FOLDS_AFTER, **where))


def task_named(uow: UnitOfWork, about: str) -> TaskBundle | None:
    """The task with this reference, whoever may see it: nothing of it may be shown for that."""
    ref = normalise_reference(about)
    return queries.bundle_by_ref(uow.connection, ref) if ref else None
