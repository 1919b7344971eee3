"""Who can still see to a task, and who answers for it when its supervisor can do so no longer."""

from storage.enums import SENT_BACK, Role
from storage.people import queries as people_queries
from storage.people import roll
from storage.tables import TaskBundle
from tasking.lifecycle import OPEN
from tasking.people.actors import known_actor
from tasking.permissions import Act, Actor, can_be_given_work, may
from tasking.unit_of_work import UnitOfWork
from tasking.work.find import Reader, can_see, may_see_subject

_IN_TURN = (Role.SUPERVISOR, Role.LEAD_INSPECTOR, Role.CHAIR)


def needs_somebody(bundle: TaskBundle) -> bool:
    """Whether there is still something to do: it is open, or the desk sent its result back."""
    sent_back = bundle.outcome is not None and bundle.outcome.state in SENT_BACK
    return bundle.task.state in OPEN or sent_back


def can_work_on(uow: UnitOfWork, bundle: TaskBundle, actor: Actor | None) -> bool:
    """Whether this person takes work in the task's district, and may see what it is about."""
    if actor is None or not can_be_given_work(actor.roles_in(bundle.task.district_id)):
        return False
    return may_see_subject(uow, Reader(actor), bundle.subject)


def can_answer_for(uow: UnitOfWork, bundle: TaskBundle, actor: Actor | None) -> bool:
    """Whether this person may give out work in the task's district, and may see what it is about."""
    if actor is None or not may(actor, Act.ASSIGN, bundle.task.district_id, None):
        return False
    return can_see(uow, Reader(actor), bundle)


def who_answers(uow: UnitOfWork, bundle: TaskBundle) -> str | None:
    """The supervisor of the task while they can answer for it, else who would follow them.

    Nobody follows while too many people of the district are missing and nobody has confirmed that.
    """
    supervisor = bundle.task.supervisor_id
    if can_answer_for(uow, bundle, known_actor(uow, supervisor)):
        return supervisor
    return None if roll.is_braked(uow.connection, bundle.task.district_id) else successor_of(uow, bundle)


def successor_of(uow: UnitOfWork, bundle: TaskBundle) -> str | None:
    """A supervisor of the district by collar number, else its lead inspector, its chair, or (None) nobody."""
    district = [bundle.task.district_id]
    for role in _IN_TURN:
        for person in people_queries.people_with_roles(uow.connection, district, [role]):
            if can_answer_for(uow, bundle, known_actor(uow, person.entra_id)):
                return person.entra_id
    return None
