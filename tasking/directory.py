"""Keeping people and their roles as the force's directory has them."""

from collections import defaultdict
from datetime import timedelta

from storage import journal, people_queries
from storage import task_queries as queries
from storage.database import database_now
from storage.enums import Role
from storage.tables import Person
from tasking import brake
from tasking.policy import Policy
from tasking.ports import DirectorySnapshot
from tasking.unit_of_work import UnitOfWork

DIRECTORY = "directory"
_GONE = "directory-groups-gone"
_BELIEVED_AFTER = timedelta(minutes=2)


def group_ids(policy: Policy) -> list[str]:
    """The Entra groups that policy names."""
    return sorted({group.group_id for group in policy.groups})


def take_snapshot(uow: UnitOfWork, snapshot: DirectorySnapshot) -> int:
    """Store what was read just now, and note when that was; returns how many people there are.

    A group that is gone is believed once it was gone for two minutes: a directory that misses it once, while
    its machines agree, takes nobody's sight, however many replicas read it. Until then no reading counts.
    """
    if not _is_believed(uow, snapshot):
        return 0
    count = store_snapshot(uow, snapshot)
    if count:
        brake.watch(uow, snapshot.gone)
        brake.tell(uow)
        journal.set_bookmark(uow.connection, DIRECTORY, str(count), database_now(uow.connection))
    return count


def groups_gone(uow: UnitOfWork) -> list[str]:
    """The groups of policy that the directory did not have at its last reading."""
    found = journal.bookmark(uow.connection, _GONE)
    return found[0].split() if found else []


def _is_believed(uow: UnitOfWork, snapshot: DirectorySnapshot) -> bool:
    before = set(groups_gone(uow))
    if before != snapshot.gone:
        journal.set_bookmark(uow.connection, _GONE, " ".join(sorted(snapshot.gone)), uow.now)
    found = journal.bookmark(uow.connection, _GONE)
    was_read_before = journal.bookmark(uow.connection, DIRECTORY) is not None
    if not snapshot.gone or found is None or not was_read_before:
        return True
    return snapshot.gone <= before and uow.now - found[1] >= _BELIEVED_AFTER


def store_snapshot(uow: UnitOfWork, snapshot: DirectorySnapshot) -> int:
    """Store everybody in the named groups with their roles; returns how many people there are.

    Who is in none of the groups any more becomes inactive and holds no role. A snapshot without anybody is
    taken for a fault of the directory and changes nothing. The work of who left is `tasking.leavers`'.
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
    return len(people)


def unlisted_districts(uow: UnitOfWork) -> list[str]:
    """Districts that policy does not list, and that have open tasks: nobody can see or do these."""
    listed = {district.id for district in uow.policy.districts}
    return sorted(set(queries.districts_with_open_tasks(uow.connection)) - listed)


def _roles(policy: Policy, snapshot: DirectorySnapshot) -> dict[str, set[tuple[str, Role]]]:
    known = {person.entra_id for person in snapshot.people if person.active}
    roles: dict[str, set[tuple[str, Role]]] = defaultdict(set)
    for group in policy.groups:
        for entra_id in snapshot.members.get(group.group_id, frozenset()) & known:
            roles[entra_id].add((group.district, group.role))
    return roles
