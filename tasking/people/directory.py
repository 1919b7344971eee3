"""Keeping people and their roles as the force's directory has them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from storage import journal
from storage.enums import Role
from storage.people import queries as people_queries
from storage.people import roll
from storage.tables import Person
from storage.work import queries
from tasking.policy import Policy
from tasking.ports import DirectoryPerson, DirectorySnapshot
from tasking.unit_of_work import UnitOfWork

DIRECTORY = "directory"
_ALL_GONE = "directory-all-groups-gone"
_YES = "yes"
_BELIEVED_AFTER = timedelta(minutes=2)


def group_ids(policy: Policy) -> list[str]:
    """The Entra groups that policy names."""
    return sorted({group.group_id for group in policy.groups})


def groups_gone(uow: UnitOfWork) -> list[str]:
    """The groups of policy that the directory did not have at its last reading."""
    return group_ids(uow.policy) if all_groups_gone(uow) else sorted(roll.groups_gone(uow.connection))


def all_groups_gone(uow: UnitOfWork) -> bool:
    """Whether the directory had none of the groups at its last reading, so that it changed nothing."""
    found = journal.bookmark(uow.connection, _ALL_GONE)
    return found is not None and found[0] == _YES


def note_whether_all_are_gone(uow: UnitOfWork, is_so: bool) -> None:
    """Note whether the directory had none of the groups."""
    if is_so != all_groups_gone(uow):
        journal.set_bookmark(uow.connection, _ALL_GONE, _YES if is_so else "", uow.now)


def doubtful_groups(uow: UnitOfWork, gone: Collection[str]) -> frozenset[str]:
    """The groups that are gone, and not for long enough to be believed."""
    roll.set_groups_gone(uow.connection, gone, uow.now)
    if journal.bookmark(uow.connection, DIRECTORY) is None:
        return frozenset()
    since = roll.groups_gone(uow.connection)
    return frozenset(each for each in gone if uow.now - since[each] < _BELIEVED_AFTER)


def store_snapshot(uow: UnitOfWork, snapshot: DirectorySnapshot, doubtful: Collection[str] = ()) -> int:
    """Store everybody in the named groups with their roles; returns how many people there are.

    Who is in none of the groups any more becomes inactive and holds no role. Who holds a role by a group that
    is `doubtful` keeps it. A snapshot without anybody is taken for a fault of the directory and changes
    nothing. The work of who left is `tasking.work.leavers`'.
    """
    if not snapshot.people:
        return 0
    kept = _kept(uow, snapshot, doubtful)
    people = [_values(uow.policy, person) for person in snapshot.people]
    read = {person.entra_id for person in snapshot.people}
    unread = [people_queries.person_by_id(uow.connection, each) for each in sorted(set(kept) - read)]
    people += [_values(uow.policy, person) for person in unread if person is not None]
    people_queries.store_people(uow.connection, people, uow.now)
    roles = _roles(uow.policy, snapshot)
    for entra_id, held in kept.items():
        roles[entra_id] |= held
    people_queries.replace_roles(uow.connection, roles)
    return len(people)


def _values(policy: Policy, person: DirectoryPerson | Person) -> dict[str, Any]:
    """Plain values: ten thousand records would hold up everybody for half a second."""
    return {
        "entra_id": person.entra_id,
        "display_name": person.display_name,
        "collar_number": person.collar_number,
        "rank": policy.rank_of(person.entra_id),
        "active": person.active,
    }


def _kept(
    uow: UnitOfWork, snapshot: DirectorySnapshot, doubtful: Collection[str]
) -> dict[str, set[tuple[str, Role]]]:
    """What people hold by groups that are doubtful, but for an account that is blocked."""
    by_these = {(each.district, each.role) for each in uow.policy.groups if each.group_id in doubtful}
    if not by_these:
        return {}
    blocked = {person.entra_id for person in snapshot.people if not person.active}
    held = roll.holders(uow.connection, by_these)
    return {person: roles for person, roles in held.items() if person not in blocked}


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
