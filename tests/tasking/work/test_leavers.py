"""The work of people who left: it never lies with somebody who will not see it."""

from collections.abc import Sequence
from typing import Any

import pytest

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    INSPECTOR,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_SERGEANT,
    FictionalPerson,
)
from infra.local.seed import directory_snapshot
from storage.enums import OutboxKind, OutboxState, OutcomeState, Role, TaskState
from storage.rows import table_of
from storage.tables import AuditEvent, Outbox, Outcome, Task, TaskBundle, TaskChange
from tasking.people.directory import store_snapshot
from tasking.unit_of_work import UnitOfWork
from tasking.work import leavers
from tasking.work.changes import change_task
from tasking.work.find import Reader
from tasking.work.leavers import (
    LeftBehind,
    gone_for_good,
    hand_on,
    left_behind,
    missing_people,
    take_back,
)
from tasking.work.officer_requests import ask_more_time, give_back
from tasking.work.supervision import cancel
from tests.support.notice_names import CardPurpose
from tests.support.units import TOMORROW, Force

NOTHING = LeftBehind((), {}, 0)


async def left(force: Force) -> LeftBehind:
    return await force.units.read(lambda uow: left_behind(uow, missing_people(uow)))


async def gone(force: Force) -> set[str]:
    return set(await force.units.write(gone_for_good))


async def take(force: Force, made: TaskBundle) -> bool:
    return await force.units.write(lambda uow: take_back(uow, made.task.id))


async def hand(force: Force, to: FictionalPerson, *tasks: TaskBundle) -> list[str]:
    ids = [made.task.id for made in tasks]
    return await force.units.write(lambda uow: hand_on(uow, to.entra_id, ids))


# --- who is gone ---------------------------------------------------------------------------


async def test_who_is_missing_in_two_passes_in_a_row_is_gone(force: Force) -> None:
    await force.task()
    assert await gone(force) == set()
    await force.leaves(CONSTABLE)
    force.clock.advance(minutes=5)
    assert await gone(force) == set()
    force.clock.advance(minutes=5)
    assert await gone(force) == {CONSTABLE.entra_id}


async def test_who_was_on_the_way_from_one_group_to_another_keeps_their_tasks(force: Force) -> None:
    await force.task()
    await force.leaves(CONSTABLE)
    assert await gone(force) == set()
    await force.units.write(lambda uow: store_snapshot(uow, directory_snapshot()))
    force.clock.advance(minutes=5)
    assert await gone(force) == set()
    await force.leaves(CONSTABLE)
    force.clock.advance(minutes=5)
    assert await gone(force) == set()


async def test_passes_of_two_replicas_at_the_same_time_count_as_one(force: Force) -> None:
    await force.task()
    await force.leaves(CONSTABLE)
    assert await gone(force) == set()
    force.clock.advance(seconds=59)
    assert await gone(force) == set()
    force.clock.advance(seconds=1)
    assert await gone(force) == {CONSTABLE.entra_id}


async def test_only_what_lies_with_who_is_gone_is_settled(force: Force) -> None:
    made = await force.task()
    await force.task(SECOND_CONSTABLE)
    for person in (CONSTABLE, SECOND_CONSTABLE, SERGEANT):
        await force.leaves(person)
    found = await force.units.read(lambda uow: left_behind(uow, {CONSTABLE.entra_id}))
    assert found == LeftBehind((made.task.id,), {}, 0)


# --- officers --------------------------------------------------------------------------------


async def test_the_tasks_of_who_left_are_found_and_no_others(force: Force) -> None:
    made = await force.task()
    await force.task(SECOND_CONSTABLE)
    await force.task(None)
    assert await left(force) == NOTHING
    await force.leaves(CONSTABLE)
    assert (await left(force)).by_officers == (made.task.id,)


async def test_who_is_no_longer_named_for_a_restricted_subject_has_left_its_task(force: Force) -> None:
    made = await force.restricted_task()
    assert await left(force) == NOTHING
    await force.unname("S-04", CONSTABLE)
    assert (await left(force)).by_officers == (made.task.id,)


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


# --- supervisors: who follows ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "follows"),
    [
        ([(ANALYST, Role.SUPERVISOR), (SECOND_CONSTABLE, Role.SUPERVISOR)], SECOND_CONSTABLE),
        ([], INSPECTOR),
        ([(ANALYST, Role.CHAIR)], INSPECTOR),
    ],
)
async def test_a_sergeant_follows_by_collar_number_else_the_inspector(
    force: Force, roles: Sequence[tuple[FictionalPerson, Role]], follows: FictionalPerson
) -> None:
    made = await force.task()
    for person, role in roles:
        await force.give_role(person, role)
    await force.leaves(SERGEANT)
    assert (await left(force)).by_supervisors == {follows.entra_id: (made.task.id,)}


async def test_where_there_is_neither_sergeant_nor_inspector_the_chair_follows(force: Force) -> None:
    made = await force.task()
    await force.give_role(ANALYST, Role.CHAIR)
    await force.leaves(SERGEANT)
    await force.leaves(INSPECTOR)
    assert (await left(force)).by_supervisors == {ANALYST.entra_id: (made.task.id,)}


async def test_where_nobody_can_follow_the_task_stays_and_is_counted(force: Force) -> None:
    made = await force.task()
    await force.leaves(SERGEANT)
    await force.leaves(INSPECTOR)
    assert await left(force) == LeftBehind((), {}, 1)
    assert (await force.reload(made)).supervisor_id == SERGEANT.entra_id


async def test_only_somebody_named_follows_for_a_restricted_subject(force: Force) -> None:
    made = await force.restricted_task()
    await force.leaves(SERGEANT)
    assert (await left(force)).with_nobody == 1
    await force.name_for("S-04", SOUTH_SERGEANT)
    assert (await left(force)).with_nobody == 1
    await force.name_for("S-04", INSPECTOR)
    assert (await left(force)).by_supervisors == {INSPECTOR.entra_id: (made.task.id,)}


async def test_a_supervisor_who_may_no_longer_assign_or_see_has_left_the_task(force: Force) -> None:
    made, restricted = await force.task(), await force.restricted_task()
    await force.unname("S-04", SERGEANT)
    assert await left(force) == LeftBehind((), {}, 1)
    await force.name_for("S-04", INSPECTOR)
    assert (await left(force)).by_supervisors == {INSPECTOR.entra_id: (restricted.task.id,)}
    await force.leaves(SERGEANT)
    await force.give_role(SERGEANT, Role.NEIGHBOURHOOD_OFFICER)
    found = (await left(force)).by_supervisors[INSPECTOR.entra_id]
    assert set(found) == {made.task.id, restricted.task.id}


@pytest.mark.parametrize(
    ("state", "is_found"),
    [
        (OutcomeState.REJECTED, True),
        (OutcomeState.RETURNED, True),
        (OutcomeState.HANDED_OVER, False),
        (OutcomeState.RECORDED, False),
    ],
)
async def test_of_what_is_done_only_what_the_desk_sent_back_needs_a_supervisor(
    force: Force, state: OutcomeState, is_found: bool
) -> None:
    done = await force.done()
    await force.change(Outcome, table_of(Outcome).c.id == done.task.outcome_id, state=state)
    await force.leaves(SERGEANT)
    assert bool((await left(force)).by_supervisors) is is_found
    await hand(force, INSPECTOR, done)
    assert ((await force.reload(done)).supervisor_id == INSPECTOR.entra_id) is is_found


# --- supervisors: handing on -----------------------------------------------------------------


async def test_the_task_is_handed_on_once_with_its_history_and_an_audit_row(force: Force) -> None:
    made = await force.task()
    await force.leaves(SERGEANT)
    assert await hand(force, INSPECTOR, made) == []
    assert (await force.reload(made)).supervisor_id == INSPECTOR.entra_id
    assert await left(force) == NOTHING
    assert await hand(force, INSPECTOR, made) == []
    history = await force.rows(TaskChange, table_of(TaskChange).c.action == "supervisor-left")
    audit = await force.rows(AuditEvent, table_of(AuditEvent).c.action == "supervisor-left")
    assert [(row.task_id, row.actor_id) for row in history] == [(made.task.id, "directory")]
    assert [(row.task_id, row.actor_id) for row in audit] == [(made.task.id, "directory")]


async def test_the_new_supervisor_gets_one_card_about_all_of_them(force: Force) -> None:
    tasks = [await force.task(), await force.task(None)]
    await force.leaves(SERGEANT)
    await hand(force, INSPECTOR, *tasks)
    notices = await force.outbox(purpose=CardPurpose.SUPERVISION_NOTICE)
    assert [(row.person_id, row.task_ids) for row in notices] == [
        (INSPECTOR.entra_id, [made.task.id.hex for made in tasks])
    ]


async def test_a_task_that_cannot_be_handed_on_holds_up_no_other(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, made = await force.task(), await force.task()
    await force.leaves(SERGEANT)

    def fails_for_the_first(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, **values: Any) -> Task:
        changed = change_task(uow, reader, bundle, **values)
        if changed.ref == stuck.task.ref:
            raise ZeroDivisionError
        return changed

    monkeypatch.setattr(leavers, "change_task", fails_for_the_first)
    assert await hand(force, INSPECTOR, stuck, made) == ["ZeroDivisionError"]
    assert (await force.reload(stuck)).supervisor_id == SERGEANT.entra_id
    assert (await force.reload(made)).supervisor_id == INSPECTOR.entra_id
    notice = (await force.outbox(purpose=CardPurpose.SUPERVISION_NOTICE))[0]
    assert notice.task_ids == [made.task.id.hex]


async def test_nothing_is_handed_to_somebody_who_may_no_longer_answer_either(force: Force) -> None:
    made = await force.task()
    await force.leaves(SERGEANT)
    await force.leaves(INSPECTOR)
    assert await hand(force, INSPECTOR, made) == []
    assert (await force.reload(made)).supervisor_id == SERGEANT.entra_id
    assert await force.outbox(purpose=CardPurpose.SUPERVISION_NOTICE) == []


@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.PARKED])
async def test_what_the_old_supervisor_has_not_got_yet_goes_to_the_new_one(
    force: Force, state: OutboxState
) -> None:
    made, other = await force.task(), await force.task()
    for each in (made, other):
        await force.do(CONSTABLE, give_back, each.task.ref, "at court")
    rows = table_of(Outbox).c.purpose == CardPurpose.GIVEN_BACK
    await force.change(Outbox, rows, state=state, last_error="http_401", unclear=1, attempts=3)
    await force.leaves(SERGEANT)
    await hand(force, INSPECTOR, made)
    found = {row.task_id: row for row in await force.outbox(purpose=CardPurpose.GIVEN_BACK)}
    moved = found[made.task.id]
    assert (moved.person_id, moved.state, moved.unclear) == (INSPECTOR.entra_id, OutboxState.WAITING, 0)
    assert found[other.task.id].person_id == SERGEANT.entra_id


async def test_what_the_old_supervisor_got_as_the_officer_of_a_task_stays_theirs(force: Force) -> None:
    made = await force.task(SERGEANT)
    await force.leaves(SERGEANT)
    await hand(force, INSPECTOR, made)
    cards = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert [row.person_id for row in cards] == [SERGEANT.entra_id]


@pytest.mark.parametrize("was_sent", [True, False])
async def test_a_request_for_time_that_waits_is_put_before_the_new_supervisor_once(
    force: Force, was_sent: bool
) -> None:
    made = await force.task()
    await force.do(CONSTABLE, ask_more_time, made.task.ref, TOMORROW.replace(hour=21), "at court")
    if was_sent:
        request = table_of(Outbox).c.purpose == CardPurpose.MORE_TIME_REQUEST
        await force.change(Outbox, request, state=OutboxState.DONE)
    await force.leaves(SERGEANT)
    await hand(force, INSPECTOR, made)
    posts = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.MORE_TIME_REQUEST)
    waiting = [row.person_id for row in posts if row.state == OutboxState.WAITING]
    assert waiting == [INSPECTOR.entra_id]
    assert len(await force.rows(Task, table_of(Task).c.asked_until.is_not(None))) == 1
