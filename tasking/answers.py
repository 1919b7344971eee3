"""Answers that are posted: where each is counted if Teams never takes it."""

from storage.tables import TaskBundle
from storage.work import queries
from tasking import effects
from tasking.people.actors import home_district
from tasking.references import normalise_reference
from tasking.unit_of_work import UnitOfWork


def post_answer(
    uow: UnitOfWork, key: str, conversation_id: str, *, asker: str, channel_district: str | None, about: str
) -> None:
    """Queue the answer kept under `key`; `about` is the task that was named, or nothing.

    A board counts what could not be sent: of a channel its own, of a chat the asker's. The task is noted so
    that nothing about a restricted subject is counted.
    """
    district = channel_district or home_district(uow, asker)
    named = task_named(uow, about)
    task = named.task if named else None
    uow.effects(effects.post_answer(key, conversation_id, district, uow.now, task))


def task_named(uow: UnitOfWork, about: str) -> TaskBundle | None:
    """The task with this reference, whoever may see it: nothing of it may be shown for that."""
    ref = normalise_reference(about)
    return queries.bundle_by_ref(uow.connection, ref) if ref else None
