"""The work of people who left: it never lies with somebody who will not see it."""

from infra.local.people import CONSTABLE, SECOND_CONSTABLE, SERGEANT
from storage.bundles import TaskBundle
from storage.enums import CardPurpose, TaskState
from tasking.leavers import take_back, tasks_of_leavers
from tasking.supervision import cancel
from tests.support.units import Force


async def take(force: Force, made: TaskBundle) -> bool:
    return await force.units.write(lambda uow: take_back(uow, made.task.id))


async def test_the_tasks_of_who_left_are_found_and_no_others(force: Force) -> None:
    made = await force.task()
    await force.task(SECOND_CONSTABLE)
    await force.task(None)
    assert await force.units.read(tasks_of_leavers) == []
    await force.leaves(CONSTABLE)
    assert await force.units.read(tasks_of_leavers) == [made.task.id]


async def test_who_is_no_longer_named_for_a_restricted_subject_has_left_its_task(force: Force) -> None:
    made = await force.restricted_task()
    assert await force.units.read(tasks_of_leavers) == []
    await force.unname("S-04", CONSTABLE)
    assert await force.units.read(tasks_of_leavers) == [made.task.id]


async def test_open_work_of_somebody_who_left_goes_back_to_the_sergeant_and_the_channel(force: Force) -> None:
    made = await force.task()
    await force.leaves(CONSTABLE)
    assert await take(force, made)
    task = await force.reload(made)
    assert (task.state, task.owner_id) == (TaskState.UNALLOCATED, None)
    purposes = {row.purpose for row in await force.outbox()}
    assert {CardPurpose.GIVEN_BACK, CardPurpose.UNALLOCATED_NOTICE} <= purposes
    assert not await take(force, made)
    assert len(await force.outbox(purpose=CardPurpose.GIVEN_BACK)) == 1


async def test_what_was_settled_meanwhile_is_not_taken_back(force: Force) -> None:
    kept, cancelled = await force.task(), await force.task()
    await force.leaves(CONSTABLE)
    await force.do(SERGEANT, cancel, cancelled.task.ref, "over")
    assert not await take(force, cancelled)
    await force.change_task(kept, owner_id=SECOND_CONSTABLE.entra_id)
    assert not await take(force, kept)


async def test_work_in_a_district_that_policy_no_longer_lists_is_taken_back_without_a_notice(
    force: Force,
) -> None:
    made = await force.task()
    await force.change_task(made, district_id="east")
    assert await take(force, made)
    assert (await force.reload(made)).state == TaskState.UNALLOCATED
    assert await force.outbox(purpose=CardPurpose.UNALLOCATED_NOTICE) == []
    assert len(await force.outbox(purpose=CardPurpose.GIVEN_BACK)) == 1
