"""People and their roles as the force's directory has them."""

from dataclasses import replace

from infra.local.people import CONSTABLE, GROUPS, OUTSIDER, SERGEANT, group_id
from infra.local.seed import directory_snapshot
from storage.enums import Rank, Role, TaskState
from storage.rows import table_of
from storage.tables import Bookmark, Person, PersonRole
from tasking.people.directory import (
    DIRECTORY,
    group_ids,
    store_snapshot,
    unlisted_districts,
)
from tasking.ports import DirectoryPerson, DirectorySnapshot
from tasking.watch.directory_reading import take_snapshot
from tests.support.units import POLICY, Force


async def store(force: Force, snapshot: DirectorySnapshot) -> int:
    return await force.units.write(lambda uow: store_snapshot(uow, snapshot))


async def person(force: Force, entra_id: str) -> Person:
    return (await force.rows(Person, table_of(Person).c.entra_id == entra_id))[0]


async def roles(force: Force, entra_id: str) -> set[tuple[str, Role]]:
    rows = await force.rows(PersonRole, table_of(PersonRole).c.entra_id == entra_id)
    return {(row.district_id, row.role) for row in rows}


def without(snapshot: DirectorySnapshot, entra_id: str) -> DirectorySnapshot:
    people = [each for each in snapshot.people if each.entra_id != entra_id]
    members = {group: ids - {entra_id} for group, ids in snapshot.members.items()}
    return DirectorySnapshot(people, members)


def test_the_groups_that_policy_names_are_asked_for_once_each() -> None:
    assert group_ids(POLICY) == sorted(GROUPS)


async def test_everybody_is_stored_with_rank_by_policy_and_roles_by_group(force: Force) -> None:
    assert await store(force, directory_snapshot()) == 7
    assert (await person(force, SERGEANT.entra_id)).rank == Rank.PS
    assert await roles(force, SERGEANT.entra_id) == {("north", Role.SUPERVISOR)}
    assert await roles(force, CONSTABLE.entra_id) == {("north", Role.NEIGHBOURHOOD_OFFICER)}


async def test_who_left_every_group_becomes_inactive_and_holds_no_role(force: Force) -> None:
    await store(force, without(directory_snapshot(), CONSTABLE.entra_id))
    assert not (await person(force, CONSTABLE.entra_id)).active
    assert await roles(force, CONSTABLE.entra_id) == set()
    await store(force, directory_snapshot())
    assert (await person(force, CONSTABLE.entra_id)).active
    assert await roles(force, CONSTABLE.entra_id) == {("north", Role.NEIGHBOURHOOD_OFFICER)}


async def test_a_blocked_account_is_inactive_and_holds_no_role(force: Force) -> None:
    found = directory_snapshot()
    people = [replace(each, active=each.entra_id != CONSTABLE.entra_id) for each in found.people]
    await store(force, replace(found, people=people))
    assert not (await person(force, CONSTABLE.entra_id)).active
    assert await roles(force, CONSTABLE.entra_id) == set()


async def test_a_change_of_group_replaces_the_role(force: Force) -> None:
    found = directory_snapshot()
    officers, supervisors = group_id("a1"), group_id("a2")
    members = dict(found.members)
    members[officers] = members[officers] - {CONSTABLE.entra_id}
    members[supervisors] = members[supervisors] | {CONSTABLE.entra_id}
    await store(force, replace(found, members=members))
    assert await roles(force, CONSTABLE.entra_id) == {("north", Role.SUPERVISOR)}


async def test_somebody_new_and_a_new_name_are_taken_and_the_teams_id_is_kept(force: Force) -> None:
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, teams_id="29:x")
    found = directory_snapshot()
    people = [
        *(replace(each, collar_number="4711") for each in found.people),
        DirectoryPerson(OUTSIDER.entra_id, "New (fictional)", "9999", True),
    ]
    members = {**found.members, group_id("a1"): found.members[group_id("a1")] | {OUTSIDER.entra_id}}
    assert await store(force, DirectorySnapshot(people, members)) == 8
    known = await person(force, CONSTABLE.entra_id)
    assert (known.collar_number, known.teams_id) == ("4711", "29:x")
    assert (await person(force, OUTSIDER.entra_id)).rank == Rank.PC


async def test_an_empty_directory_is_taken_for_a_fault_and_locks_nobody_out(force: Force) -> None:
    assert await store(force, DirectorySnapshot([])) == 0
    assert (await person(force, CONSTABLE.entra_id)).active
    assert await roles(force, CONSTABLE.entra_id) == {("north", Role.NEIGHBOURHOOD_OFFICER)}


async def test_a_member_whom_the_directory_does_not_describe_gets_no_role(force: Force) -> None:
    found = directory_snapshot()
    members = {**found.members, group_id("a1"): frozenset({"unknown-id"})}
    await store(force, replace(found, members=members))
    assert await roles(force, "unknown-id") == set()


async def test_a_directory_without_anybody_is_taken_for_a_fault(force: Force) -> None:
    assert await force.units.write(lambda uow: store_snapshot(uow, DirectorySnapshot([], {}))) == 0
    assert all(person.active for person in await force.rows(Person))


async def test_only_a_directory_with_people_counts_as_read(force: Force) -> None:
    await force.units.write(lambda uow: take_snapshot(uow, DirectorySnapshot([])))
    assert await force.rows(Bookmark) == []
    assert await force.units.write(lambda uow: take_snapshot(uow, directory_snapshot())) == 7
    assert [row.name for row in await force.rows(Bookmark)] == [DIRECTORY]


async def test_open_tasks_of_a_district_that_policy_no_longer_lists_are_noticed(force: Force) -> None:
    made = await force.task()
    assert await force.units.read(unlisted_districts) == []
    await force.change_task(made, district_id="east")
    assert await force.units.read(unlisted_districts) == ["east"]
    await force.change_task(made, state=TaskState.CANCELLED)
    assert await force.units.read(unlisted_districts) == []
