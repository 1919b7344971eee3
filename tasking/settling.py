"""What answers a held message besides its own buttons: any result of its task."""

from uuid import UUID

from storage import held_queries
from storage.enums import HeldAnswer
from storage.tables import Task
from tasking import effects
from tasking.unit_of_work import UnitOfWork


def answered_meanwhile(uow: UnitOfWork, task: Task) -> None:
    """Its task has a result now: nothing waits for an answer any more."""
    settle(uow, task, HeldAnswer.RECORDED_MEANWHILE)


def settle(uow: UnitOfWork, task: Task, answered_as: HeldAnswer, held_id: UUID | None = None) -> None:
    """Answer one held message of the task, or all, and redraw what the supervisor was told of them."""
    for held in held_queries.answer_open(uow.connection, task.id, answered_as, uow.now, held_id):
        if held.told_at is not None:
            uow.effects(effects.update_held_notice(task, held.id, uow.now))
