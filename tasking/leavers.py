"""The work of people who left: it goes back to the sergeant, so that it never lies with nobody to see it.

The directory's pass asks first what lies with whom; every task is then settled in a transaction of its own.
"""

from uuid import UUID

from storage import task_queries as queries
from storage.bundles import TaskBundle
from storage.enums import TaskState
from tasking.directory import DIRECTORY
from tasking.officer_requests import give_back_for
from tasking.people import known_actor
from tasking.permissions import Actor, can_be_given_work
from tasking.showing import reload
from tasking.unit_of_work import UnitOfWork

_MOST_OPEN = 10_000
_WITH_AN_OFFICER = (TaskState.ASSIGNED, TaskState.ACCEPTED)


def tasks_of_leavers(uow: UnitOfWork) -> list[UUID]:
    """Open tasks whose officer can work on them no more.

    Somebody who left the force, the team or the list of people named for a restricted subject would never
    see the task again, and nobody else would know.
    """
    with_officers = queries.bundles_where(
        uow.connection, queries.in_state(*_WITH_AN_OFFICER), limit=_MOST_OPEN
    )
    owners = {bundle.task.owner_id or "" for bundle in with_officers}
    actors = {owner: known_actor(uow, owner) for owner in owners}
    return [
        bundle.task.id
        for bundle in with_officers
        if not _can_still_work_on(uow, bundle, actors[bundle.task.owner_id or ""])
    ]


def take_back(uow: UnitOfWork, task_id: UUID) -> bool:
    """Give a task back to the sergeant if its officer can still not work on it; returns whether it was."""
    bundle = reload(uow, task_id)
    if bundle.task.state not in _WITH_AN_OFFICER:
        return False
    if _can_still_work_on(uow, bundle, known_actor(uow, bundle.task.owner_id or "")):
        return False
    give_back_for(uow, bundle, DIRECTORY, "its officer has left")
    return True


def _can_still_work_on(uow: UnitOfWork, bundle: TaskBundle, actor: Actor | None) -> bool:
    if actor is None or not can_be_given_work(actor.roles_in(bundle.task.district_id)):
        return False
    return _may_see_subject(uow, bundle, actor)


def _may_see_subject(uow: UnitOfWork, bundle: TaskBundle, actor: Actor) -> bool:
    subject = bundle.subject
    if subject is None or not subject.restricted:
        return True
    return queries.has_access(uow.connection, subject.id, actor.entra_id)
