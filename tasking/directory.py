"""Keeping people and their roles as the force's directory has them."""

from collections import defaultdict

from storage import people_queries
from storage import task_queries as queries
from storage.bundles import TaskBundle
from storage.enums import Role, TaskState
from storage.tables import Person
from tasking.officer_requests import give_back_for
from tasking.people import known_actor
from tasking.permissions import Actor, can_be_given_work
from tasking.policy import Policy
from tasking.ports import DirectorySnapshot
from tasking.unit_of_work import UnitOfWork

DIRECTORY = "directory"
_MOST_OPEN = 10_000


def group_ids(policy: Policy) -> list[str]:
    """The Entra groups that policy names."""
    return sorted({group.group_id for group in policy.groups})


def store_snapshot(uow: UnitOfWork, snapshot: DirectorySnapshot) -> int:
    """Store everybody in the named groups with their roles; returns how many people there are.

    Who is in none of the groups any more becomes inactive and holds no role. A snapshot without anybody is
    taken for a fault of the directory and changes nothing.
    """
    if not snapshot.people:
        return 0
    people = [
        Person(
            entra_id=person.entra_id,
            display_name=person.display_name,
            collar_number=person.collar_number,
            rank=uow.policy.rank_of(person.entra_id),
            active=person.active,
        )
        for person in snapshot.people
    ]
    people_queries.store_people(uow.connection, people, uow.now)
    people_queries.replace_roles(uow.connection, _roles(uow.policy, snapshot))
    take_back_from_leavers(uow)
    return len(people)


def take_back_from_leavers(uow: UnitOfWork) -> int:
    """Open tasks whose officer can work on them no more go back to the sergeant; returns how many.

    Somebody who left the force, the team or the list of people named for a restricted subject would never
    see the task again, and nobody else would know.
    """
    open_tasks = queries.bundles_where(
        uow.connection, queries.in_state(TaskState.ASSIGNED, TaskState.ACCEPTED), limit=_MOST_OPEN
    )
    owners = {bundle.task.owner_id or "" for bundle in open_tasks}
    actors = {owner: known_actor(uow, owner) for owner in owners}
    orphans = [
        bundle
        for bundle in open_tasks
        if not _can_still_work_on(uow, bundle, actors[bundle.task.owner_id or ""])
    ]
    for bundle in orphans:
        give_back_for(uow, bundle, DIRECTORY, "its officer has left")
    return len(orphans)


def _can_still_work_on(uow: UnitOfWork, bundle: TaskBundle, actor: Actor | None) -> bool:
    task, subject = bundle.task, bundle.subject
    if actor is None or not can_be_given_work(actor.roles_in(task.district_id)):
        return False
    if subject is None or not subject.restricted:
        return True
    return queries.has_access(uow.connection, subject.id, actor.entra_id)


def _roles(policy: Policy, snapshot: DirectorySnapshot) -> dict[str, set[tuple[str, Role]]]:
    known = {person.entra_id for person in snapshot.people if person.active}
    roles: dict[str, set[tuple[str, Role]]] = defaultdict(set)
    for group in policy.groups:
        for entra_id in snapshot.members.get(group.group_id, frozenset()) & known:
            roles[entra_id].add((group.district, group.role))
    return roles
