"""What answers a held message besides its own buttons: any result of its task, or its end without one."""

from uuid import UUID

from storage.enums import HeldAnswer
from storage.tables import HeldMessage, Task, TaskBundle
from storage.work import held_queries
from tasking.unit_of_work import UnitOfWork
from tasking.work.held_notice import post_held, update_held
from tasking.work.putting_down import raises_alarm
from tasking.work.successors import who_answers


def answered_meanwhile(uow: UnitOfWork, bundle: TaskBundle, task: Task, code: str | None) -> None:
    """Its task has a result now (`code`), or None where it was cancelled: nothing waits any more.

    Words of danger are never put down silently: where no alarm took their place, who answers for the task
    is told of them at once.
    """
    answered = settle(uow, task, HeldAnswer.RECORDED_MEANWHILE)
    if code is not None and raises_alarm(code):
        return
    untold = [held for held in answered if held.told_at is None]
    held_queries.mark_told(uow.connection, [held.id for held in untold], uow.now)
    for held in untold:
        reader_id = who_answers(uow, bundle) or task.supervisor_id
        uow.effects(post_held(task, held.id, reader_id, uow.now))


def settle(
    uow: UnitOfWork, task: Task, answered_as: HeldAnswer, held_id: UUID | None = None
) -> list[HeldMessage]:
    """Answer one held message of the task, or all, and redraw what the supervisor was told of them.

    Returns those that were answered now.
    """
    answered = held_queries.answer_open(uow.connection, task.id, answered_as, uow.now, held_id)
    for held in answered:
        if held.told_at is not None:
            uow.effects(update_held(task, held.id, uow.now))
    return answered
