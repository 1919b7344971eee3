"""The directory's brake: sight goes, and nothing is taken from anybody until a person confirms."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    INSPECTOR,
    OUTSIDER,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_SERGEANT,
    FictionalPerson,
    group_id,
)
from infra.local.seed import directory_snapshot
from storage.enums import OutboxKind, OutboxState, OutcomeCode, Role, TaskKind, TaskState
from storage.people.roll import brakes, unconfirmed_roles
from storage.tables import Outbox, Outcome, Task, TaskBundle
from tasking.deliveries import CardDelivery, NothingToSend, Unreachable, prepare, remember_posted
from tasking.people.actors import actor_of, as_recorder
from tasking.policy import DirectoryPolicy
from tasking.ports import DirectorySnapshot, Posted
from tasking.refusals import NotSetUp, Refusal
from tasking.watch import brake
from tasking.watch.brake_view import brake_view
from tasking.watch.directory_reading import take_snapshot
from tasking.watch.not_served import watch_orders
from tasking.watch.reminders import remind
from tasking.watch.upkeep import health_of
from tasking.work import leavers
from tasking.work.assign import Room, assign
from tasking.work.calls import call_for_help, tell_of_calls
from tasking.work.due import post_supervision
from tasking.work.find import Reader
from tasking.work.outcomes import Report, record_outcome
from tasking.work.own_card import TakenBackView
from tasking.work.successors import who_answers
from tasking.work.supervision import extend, reassign
from tests.support.card_reading import all_words
from tests.support.drawing import draw
from tests.support.notice_names import CardPurpose
from tests.support.units import Force
from tests.support.units import visit as assignment

OFFICERS = group_id("a1")
POLICY = DirectoryPolicy()
OFFICER = frozenset({Role.NEIGHBOURHOOD_OFFICER})


def roll_of(count: int, roles: frozenset[Role] = OFFICER) -> dict[str, frozenset[Role]]:
    return {f"person-{number}": roles for number in range(count)}


def without(*gone: FictionalPerson, group: str | None = None) -> DirectorySnapshot:
    """The directory without some people, in all of their groups or in one."""
    found = directory_snapshot()
    ids = {person.entra_id for person in gone}
    members = {each: who - ids if group in (None, each) else who for each, who in found.members.items()}
    return replace(found, members=members)


EMPTIED = without(CONSTABLE, SECOND_CONSTABLE)


async def read(force: Force, snapshot: DirectorySnapshot, minutes: int = 5) -> None:
    """One reading of the directory, and what follows it."""
    force.clock.advance(minutes=minutes)
    await force.units.write(lambda uow: take_snapshot(uow, snapshot))
    gone = await force.units.write(leavers.gone_for_good)
    left = await force.units.read(lambda uow: leavers.left_behind(uow, gone))
    for successor, ids in left.by_supervisors.items():
        await force.units.write(partial(leavers.hand_on, successor_id=successor, task_ids=ids))
    for task_id in left.by_officers:
        await force.units.write(partial(leavers.take_back, task_id=task_id))


async def owner(force: Force) -> str | None:
    return (await force.rows(Task))[0].owner_id


async def waiting(force: Force) -> list[str]:
    return [each.district_id for each in await force.units.read(lambda uow: brakes(uow.connection))]


async def told(force: Force) -> list[str]:
    rows = await force.outbox(purpose=CardPurpose.BRAKE_NOTICE, kind=OutboxKind.POST_CARD)
    return sorted(str(row.person_id) for row in rows)


async def state(force: Force) -> str:
    """What somebody is shown of the north who looks now."""
    return await force.units.read(lambda uow: brake_view(uow, "north", None).state)


async def confirmed(force: Force, person: FictionalPerson, shown: str | None = None) -> bool:
    """Whether it was confirmed by what the person sees now, or saw before."""
    saw = await state(force) if shown is None else shown
    actor = await force.units.read(lambda uow: actor_of(uow, person.entra_id))
    return await force.units.write(lambda uow: brake.confirm(uow, actor, "north", saw))


@pytest.fixture
async def visit(force: Force) -> TaskBundle:
    await read(force, directory_snapshot())
    return await force.task()


# --- how many are too many --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "gone", "is_too_many"),
    [
        (20, 4, False),
        (20, 5, True),
        (10, 2, False),
        (10, 3, True),
        (4, 1, False),
        (5, 3, True),
        (1, 1, False),
    ],
)
def test_more_than_a_fifth_and_at_least_three_people(count: int, gone: int, is_too_many: bool) -> None:
    everybody = roll_of(count)
    here = dict(list(everybody.items())[gone:])
    assert brake.trips(everybody, here, POLICY) is is_too_many


def test_a_whole_group_is_too_many_whatever_the_share() -> None:
    sergeants = {f"sergeant-{number}": frozenset({Role.SUPERVISOR}) for number in range(2)}
    everybody = roll_of(40) | sergeants
    assert brake.trips(everybody, roll_of(40), POLICY)
    assert not brake.trips(everybody, roll_of(40) | {"sergeant-0": sergeants["sergeant-0"]}, POLICY)


def test_policy_says_how_many() -> None:
    policy = DirectoryPolicy(brake_share=0.5, brake_at_least=1)
    assert not brake.trips(roll_of(4), dict(list(roll_of(4).items())[2:]), policy)
    assert brake.trips(roll_of(4), dict(list(roll_of(4).items())[3:]), policy)


# --- what it holds ------------------------------------------------------------------------------


async def test_a_group_that_is_emptied_takes_no_task_from_anybody(force: Force, visit: TaskBundle) -> None:
    for _ in range(4):
        await read(force, EMPTIED)
    assert await owner(force) == CONSTABLE.entra_id
    assert await waiting(force) == ["north"]


async def test_one_who_leaves_is_a_leaver(force: Force, visit: TaskBundle) -> None:
    for _ in range(3):
        await read(force, without(CONSTABLE))
    assert await waiting(force) == []
    assert await owner(force) is None


async def test_a_group_that_is_drained_one_by_one_counts_too(force: Force, visit: TaskBundle) -> None:
    await read(force, without(SECOND_CONSTABLE))
    await read(force, without(SECOND_CONSTABLE))
    assert await waiting(force) == []
    for _ in range(3):
        await read(force, EMPTIED)
    assert await waiting(force) == ["north"]
    assert await owner(force) == CONSTABLE.entra_id


async def test_nobody_follows_a_supervisor_who_is_missing_with_many(force: Force, visit: TaskBundle) -> None:
    gone = (SERGEANT, CONSTABLE, SECOND_CONSTABLE)
    for _ in range(3):
        await read(force, without(*gone))
    assert (await force.rows(Task))[0].supervisor_id == SERGEANT.entra_id
    assert await force.units.read(lambda uow: who_answers(uow, visit)) is None


async def test_once_they_are_back_all_is_as_before(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    await read(force, directory_snapshot())
    assert await waiting(force) == []
    actor = await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))
    assert not actor.only_records
    assert await owner(force) == CONSTABLE.entra_id


async def test_who_is_new_is_accepted_at_once_and_counts_from_then_on(
    force: Force, visit: TaskBundle
) -> None:
    found = directory_snapshot()
    newcomer = replace(found.people[0], entra_id=OUTSIDER.entra_id)
    members = {**found.members, OFFICERS: found.members[OFFICERS] | {OUTSIDER.entra_id}}
    await read(force, DirectorySnapshot([*found.people, newcomer], members))
    await read(force, EMPTIED)
    (held,) = await force.units.read(lambda uow: brakes(uow.connection))
    assert (held.missing, held.accepted) == (3, 6)


# --- a group that is deleted -----------------------------------------------------------------------


def deleted(group: str) -> DirectorySnapshot:
    """The directory without one group of those that policy names."""
    found = directory_snapshot()
    members = {each: who for each, who in found.members.items() if each != group}
    return replace(found, members=members, gone=frozenset({group}))


async def test_a_deleted_group_is_believed_after_two_minutes(force: Force, visit: TaskBundle) -> None:
    await read(force, deleted(OFFICERS))
    assert (await waiting(force), await owner(force)) == ([], CONSTABLE.entra_id)
    assert (await force.units.read(health_of)).groups_gone == 1
    await read(force, deleted(OFFICERS), minutes=1)  # another replica, which reads at the same time
    assert (await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))).roles
    for _ in range(3):
        await read(force, deleted(OFFICERS))
    assert (await waiting(force), await owner(force)) == (["north"], CONSTABLE.entra_id)
    assert (await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))).only_records


async def test_a_deleted_group_of_one_waits_too(force: Force) -> None:
    sergeants = group_id("a2")
    assert directory_snapshot().members[sergeants] == {SERGEANT.entra_id}
    await read(force, directory_snapshot())
    for _ in range(2):
        await read(force, deleted(sergeants))
    assert await waiting(force) == ["north"]


async def test_a_deleted_group_that_comes_back_or_is_confirmed_is_over(force: Force) -> None:
    await read(force, directory_snapshot())
    for _ in range(2):
        await read(force, deleted(OFFICERS))
    await read(force, directory_snapshot())
    assert (await waiting(force), (await force.units.read(health_of)).groups_gone) == ([], 0)
    for _ in range(2):
        await read(force, deleted(OFFICERS))
    assert await confirmed(force, INSPECTOR)
    await read(force, deleted(OFFICERS))
    assert await waiting(force) == []


async def test_a_group_that_never_was_there_waits_for_nobody(force: Force) -> None:
    for _ in range(2):
        await read(force, replace(directory_snapshot(), gone=frozenset({"mistyped"})))
    assert (await waiting(force), (await force.units.read(health_of)).groups_gone) == ([], 1)


# --- at the door --------------------------------------------------------------------------------


async def test_who_is_missing_records_on_their_own_task_and_reads_nothing(
    force: Force, visit: TaskBundle
) -> None:
    await read(force, EMPTIED)
    actor = await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))
    assert actor.only_records
    refusal = await force.refused(CONSTABLE, reassign, visit.task.ref, SERGEANT.entra_id, "me")
    assert refusal.code == "not-allowed"
    report = Report(OutcomeCode.BREACH_SUSPECTED, force.clock.now())
    await force.do(CONSTABLE, record_outcome, visit.task.ref, report)
    assert (await force.rows(Outcome))[0].officer_id == CONSTABLE.entra_id


async def test_only_on_their_own_and_only_where_somebody_is_asked(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    report = Report(OutcomeCode.NO_ANSWER, force.clock.now())
    refusal = await force.refused(SECOND_CONSTABLE, record_outcome, visit.task.ref, report)
    assert refusal.code == "not-found"
    with pytest.raises(NotSetUp):
        await force.units.read(lambda uow: actor_of(uow, OUTSIDER.entra_id))


async def test_who_works_elsewhere_too_records_on_their_own_task_and_sees_nothing_of_it(
    force: Force, visit: TaskBundle
) -> None:
    elsewhere = {**EMPTIED.members}
    south = next(each.group_id for each in force.units.policy.groups if each.district == "south")
    elsewhere[south] = elsewhere[south] | {CONSTABLE.entra_id}
    await read(force, replace(EMPTIED, members=elsewhere))
    actor = await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))
    assert not actor.only_records
    narrow = await force.units.read(lambda uow: as_recorder(uow, actor, visit))
    assert narrow.only_records and set(narrow.unconfirmed) == {"north"}
    others = await force.units.read(
        lambda uow: as_recorder(uow, actor, replace_owner(visit, SECOND_CONSTABLE.entra_id))
    )
    assert others == actor
    report = Report(OutcomeCode.NO_ANSWER, force.clock.now())
    await force.units.write(lambda uow: record_outcome(uow, Reader(narrow), visit.task.ref, report))
    assert (await force.rows(Outcome))[0].officer_id == CONSTABLE.entra_id


def replace_owner(bundle: TaskBundle, owner_id: str) -> TaskBundle:
    return replace(bundle, task=bundle.task.model_copy(update={"owner_id": owner_id}))


async def test_a_blocked_account_that_left_alone_records_nothing(force: Force, visit: TaskBundle) -> None:
    await read(force, without(CONSTABLE))
    with pytest.raises(NotSetUp):
        await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))


async def test_their_card_is_neither_taken_back_nor_lost(force: Force, visit: TaskBundle) -> None:
    await force.open_chat(CONSTABLE)
    post = (await force.outbox(purpose=CardPurpose.OFFICER_TASK, kind=OutboxKind.POST_CARD))[0]
    chat = f"chat-{CONSTABLE.number}"
    await force.units.write(lambda uow: remember_posted(uow, post, Posted(chat, "9")))
    await read(force, EMPTIED)
    report = Report(OutcomeCode.NO_ANSWER, force.clock.now())
    await force.do(CONSTABLE, record_outcome, visit.task.ref, report)
    update = (await force.outbox(purpose=CardPurpose.OFFICER_TASK, kind=OutboxKind.UPDATE_CARD))[-1]
    assert isinstance(await force.units.write(lambda uow: prepare(uow, update)), Unreachable)
    await read(force, directory_snapshot())
    shown = await force.units.write(lambda uow: prepare(uow, update))
    assert isinstance(shown, CardDelivery) and not isinstance(shown.view, TakenBackView)


async def test_what_is_told_to_who_is_missing_waits_for_them(force: Force, visit: TaskBundle) -> None:
    await force.open_chat(CONSTABLE)
    await read(force, EMPTIED)
    until = force.clock.now() + timedelta(days=2)
    await force.do(SERGEANT, extend, visit.task.ref, until, "court ran late")
    (decision,) = await force.outbox(purpose=CardPurpose.DECISION)
    assert isinstance(await force.units.write(lambda uow: prepare(uow, decision)), Unreachable)
    await read(force, directory_snapshot())
    assert isinstance(await force.units.write(lambda uow: prepare(uow, decision)), CardDelivery)


async def test_a_reminder_that_was_on_its_way_waits_for_them(force: Force, visit: TaskBundle) -> None:
    await force.open_chat(CONSTABLE)
    now = force.clock.now()
    await force.change_task(visit, due_at=now, next_reminder_at=now)
    assert await force.units.write(remind) == 1
    await read(force, EMPTIED)
    (row,) = await force.outbox(purpose=CardPurpose.REMINDER)
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), Unreachable)
    await read(force, directory_snapshot())
    shown = await force.units.write(lambda uow: prepare(uow, row))
    assert isinstance(shown, CardDelivery) and shown.view
    assert [each.task.id for each in shown.view.tasks] == [visit.task.id]


async def test_a_reminder_that_falls_due_meanwhile_comes_once_they_are_back(
    force: Force, visit: TaskBundle
) -> None:
    await read(force, EMPTIED)
    now = force.clock.now()
    await force.change_task(visit, due_at=now, next_reminder_at=now)
    for _ in range(3):
        assert await force.units.write(remind) == 0
        force.clock.advance(hours=1)
    await read(force, directory_snapshot())
    assert await force.units.write(remind) == 1
    (row,) = await force.outbox(purpose=CardPurpose.REMINDER)
    assert row.task_ids == [visit.task.id.hex]


async def test_who_sees_one_of_two_districts_is_reminded_of_the_other_once_it_is_back(
    force: Force, visit: TaskBundle
) -> None:
    snapshot = directory_snapshot()
    in_south = {group_id("b1"): snapshot.members[group_id("b1")] | {CONSTABLE.entra_id}}
    both = replace(snapshot, members={**snapshot.members, **in_south})
    north_emptied = replace(EMPTIED, members={**EMPTIED.members, **in_south})
    await read(force, both)
    action = assignment(kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Call")
    south = (await force.do(SOUTH_SERGEANT, assign, action, Room("south-chat", "south"))).bundle
    await read(force, north_emptied)
    now = force.clock.now()
    for each in (visit, south):
        await force.change_task(each, due_at=now, next_reminder_at=now)
    assert await force.units.write(remind) == 1
    await read(force, both)
    assert await force.units.write(remind) == 1
    rows = await force.outbox(purpose=CardPurpose.REMINDER)
    assert [row.task_ids for row in rows] == [[south.task.id.hex], [visit.task.id.hex]]


async def test_what_a_missing_sergeant_answers_for_since_lately_waits_for_them(
    force: Force, visit: TaskBundle
) -> None:
    await force.open_chat(SERGEANT)
    notice = post_supervision(SERGEANT.entra_id, "north", [visit.task.id], force.clock.now())
    await force.units.write(lambda uow: uow.effects(notice))
    (row,) = await force.outbox(purpose=CardPurpose.SUPERVISION_NOTICE)
    await read(force, without(SERGEANT, CONSTABLE, SECOND_CONSTABLE))
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), Unreachable)
    await read(force, directory_snapshot())
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), CardDelivery)


async def test_an_order_that_is_not_served_is_told_once_and_so_waits_for_who_is_missing(force: Force) -> None:
    await force.open_chat(SERGEANT)
    await read(force, directory_snapshot())
    await force.restrict("S-02")
    await force.name_for("S-02", SERGEANT)
    await force.units.write(watch_orders)
    (row,) = await force.outbox(purpose=CardPurpose.ORDER_NOT_SERVED_NOTICE)
    await read(force, without(SERGEANT, CONSTABLE, SECOND_CONSTABLE))
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), Unreachable)
    await read(force, directory_snapshot())
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), CardDelivery)


async def test_neither_waits_once_somebody_else_has_the_task(force: Force, visit: TaskBundle) -> None:
    notice = post_supervision(SERGEANT.entra_id, "north", [visit.task.id], force.clock.now())
    now = force.clock.now()
    await force.change_task(visit, due_at=now, next_reminder_at=now)
    await force.units.write(lambda uow: uow.effects(notice))
    await force.units.write(remind)
    rows = [
        *await force.outbox(purpose=CardPurpose.REMINDER),
        *await force.outbox(purpose=CardPurpose.SUPERVISION_NOTICE),
    ]
    for _ in "123":
        await read(force, without(CONSTABLE))
    await force.change_task(visit, supervisor_id=INSPECTOR.entra_id)
    for row in rows:
        gone = await force.units.write(partial(prepare, row=row))
        assert gone == NothingToSend("no-longer-wanted")


async def test_a_call_for_help_that_nobody_is_there_to_hear_is_told_once_somebody_is(
    force: Force, visit: TaskBundle
) -> None:
    await read(force, without(CONSTABLE, SECOND_CONSTABLE, SERGEANT, INSPECTOR))
    await force.do(CONSTABLE, call_for_help, "key", "chat", None)
    force.clock.advance(minutes=1)
    assert await force.units.write(tell_of_calls) == 0
    assert await force.outbox(purpose=CardPurpose.CALL_NOTICE) == []
    await read(force, directory_snapshot())
    assert [await force.units.write(tell_of_calls) for _ in "12"] == [1, 0]
    calls = await force.outbox(purpose=CardPurpose.CALL_NOTICE)
    assert [row.person_id for row in calls] == [SERGEANT.entra_id]


async def test_the_duty_inspector_hears_a_call_for_help_that_nobody_else_is_there_to_hear(
    force: Force, visit: TaskBundle
) -> None:
    duty = DirectoryPolicy(duty_inspector=SOUTH_SERGEANT.entra_id)
    force.units.policy = force.units.policy.model_copy(update={"directory": duty})
    await read(force, without(CONSTABLE, SECOND_CONSTABLE, SERGEANT, INSPECTOR))
    await force.do(CONSTABLE, call_for_help, "key", "chat", None)
    force.clock.advance(minutes=1)
    assert await force.units.write(tell_of_calls) == 1
    calls = await force.outbox(purpose=CardPurpose.CALL_NOTICE)
    assert [row.person_id for row in calls] == [SOUTH_SERGEANT.entra_id]


async def test_a_call_for_help_on_its_way_to_who_is_missing_waits_for_them(
    force: Force, visit: TaskBundle
) -> None:
    await force.open_chat(SERGEANT)
    await force.do(CONSTABLE, call_for_help, "key", "chat", None)
    force.clock.advance(minutes=1)
    await force.units.write(tell_of_calls)
    (row,) = await force.outbox(purpose=CardPurpose.CALL_NOTICE)
    await read(force, without(CONSTABLE, SECOND_CONSTABLE, SERGEANT))
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), Unreachable)
    await read(force, directory_snapshot())
    assert isinstance(await force.units.write(lambda uow: prepare(uow, row)), CardDelivery)


async def test_a_call_for_help_of_who_is_missing_is_heard_in_their_district(
    force: Force, visit: TaskBundle
) -> None:
    await read(force, EMPTIED)
    await force.do(CONSTABLE, call_for_help, "key", "chat", None)
    force.clock.advance(minutes=1)
    await force.units.write(tell_of_calls)
    calls = await force.outbox(purpose=CardPurpose.CALL_NOTICE)
    assert [row.person_id for row in calls] == [SERGEANT.entra_id]


# --- who hears ----------------------------------------------------------------------------------


async def test_the_lead_inspector_hears_at_once_and_every_hour(force: Force) -> None:
    await read(force, directory_snapshot())
    await read(force, EMPTIED)
    assert await told(force) == [INSPECTOR.entra_id]
    force.clock.advance(minutes=54)
    assert await force.units.write(brake.tell) == 0
    force.clock.advance(minutes=6)
    assert await force.units.write(brake.tell) == 1
    assert await told(force) == [INSPECTOR.entra_id] * 2


async def test_the_administrator_hears_too_whatever_their_district(force: Force) -> None:
    await read(force, directory_snapshot())
    await force.give_role(ANALYST, Role.ADMIN, "south")
    await force.units.write(brake.watch)
    found = EMPTIED
    await force.units.write(lambda uow: take_snapshot(uow, found))
    assert ANALYST.entra_id in await told(force)


async def test_the_sergeant_hears_of_work_that_is_due_and_unseen(force: Force, visit: TaskBundle) -> None:
    await force.change_task(visit, due_at=force.clock.now() + timedelta(hours=20))
    await force.open_chat(SERGEANT)
    await read(force, EMPTIED)
    assert SERGEANT.entra_id in await told(force)
    rows = await force.outbox(purpose=CardPurpose.BRAKE_NOTICE)
    row = next(row for row in rows if row.person_id == SERGEANT.entra_id)
    words = await words_of(force, row)
    assert visit.task.ref in words and "2 of 5 people are missing" in words
    assert (
        CONSTABLE.name not in words
        and "confirm" not in words.partition("If it is right")[2].partition(":")[2]
    )


async def words_of(force: Force, row: Outbox) -> str:
    delivery = await force.units.write(lambda uow: prepare(uow, row))
    assert isinstance(delivery, CardDelivery)
    card, summary = draw(delivery)
    assert summary == "RedLine: people are missing from the directory"
    return all_words(card)


async def test_who_cannot_be_reached_for_hours_gets_the_newest_notice_alone(force: Force) -> None:
    await read(force, directory_snapshot())
    await read(force, EMPTIED)
    for _ in range(5):
        force.clock.advance(hours=1)
        await force.units.write(brake.tell)
    rows = await force.outbox(purpose=CardPurpose.BRAKE_NOTICE, person_id=INSPECTOR.entra_id)
    waiting = [row for row in rows if row.state == OutboxState.WAITING]
    assert [row.created_at for row in waiting] == [force.clock.now()]
    await force.open_chat(INSPECTOR)
    assert isinstance(await force.units.write(lambda uow: prepare(uow, waiting[0])), CardDelivery)


async def test_after_four_hours_the_duty_inspector_has_it_once(force: Force) -> None:
    await read(force, directory_snapshot())
    await read(force, EMPTIED)
    await force.give_role(SOUTH_SERGEANT, Role.LEAD_INSPECTOR, "south")
    force.clock.advance(hours=3, minutes=59)
    await force.units.write(brake.tell)
    assert SOUTH_SERGEANT.entra_id not in await told(force)
    force.clock.advance(minutes=2)
    for _ in range(2):
        await force.units.write(brake.tell)
    assert (await told(force)).count(SOUTH_SERGEANT.entra_id) == 1


# --- somebody confirms --------------------------------------------------------------------------


async def test_once_it_is_confirmed_the_work_goes_back(force: Force, visit: TaskBundle) -> None:
    await force.open_chat(INSPECTOR)
    await read(force, EMPTIED)
    post = (await force.outbox(purpose=CardPurpose.BRAKE_NOTICE))[0]
    assert "It is right: confirm" in await words_of(force, post)
    await force.units.write(lambda uow: remember_posted(uow, post, Posted(f"chat-{INSPECTOR.number}", "7")))
    assert await confirmed(force, INSPECTOR)
    assert await force.units.read(lambda uow: unconfirmed_roles(uow.connection, CONSTABLE.entra_id)) == {}
    for _ in range(3):
        await read(force, EMPTIED)
    assert await owner(force) is None
    assert (await force.rows(Task))[0].state == TaskState.UNALLOCATED
    (update,) = await force.outbox(purpose=CardPurpose.BRAKE_NOTICE, kind=OutboxKind.UPDATE_CARD)
    assert "confirmed by INSP 9400" in await words_of(force, update)
    assert isinstance(await force.units.write(lambda uow: prepare(uow, post)), NothingToSend)


async def test_once_it_is_over_everybody_who_was_told_is_told_that_however_often_they_were(
    force: Force,
) -> None:
    await force.open_chat(INSPECTOR)
    await force.open_chat(SOUTH_SERGEANT)
    await read(force, directory_snapshot())
    await read(force, EMPTIED)
    post = (await force.outbox(purpose=CardPurpose.BRAKE_NOTICE))[0]
    once = post.model_copy(update={"person_id": SOUTH_SERGEANT.entra_id})
    chat = f"chat-{SOUTH_SERGEANT.number}"
    await force.units.write(lambda uow: remember_posted(uow, once, Posted(chat, "first")))
    for number in range(12):
        posted = Posted(f"chat-{INSPECTOR.number}", str(number))
        await force.units.write(partial(remember_posted, row=post, posted=posted))
    await read(force, directory_snapshot())
    (update,) = await force.outbox(purpose=CardPurpose.BRAKE_NOTICE, kind=OutboxKind.UPDATE_CARD)
    delivery = await force.units.write(lambda uow: prepare(uow, update))
    assert isinstance(delivery, CardDelivery)
    told_of_the_end = {message.activity_id for _, message in delivery.standing}
    assert {"first", "11"} <= told_of_the_end, told_of_the_end


@pytest.mark.parametrize("person", [SERGEANT, ANALYST])
async def test_nobody_else_confirms(force: Force, person: FictionalPerson) -> None:
    await read(force, directory_snapshot())
    await read(force, EMPTIED)
    with pytest.raises(Refusal, match="not-allowed"):
        await confirmed(force, person)
    assert await waiting(force) == ["north"]


async def test_where_nothing_waits_nothing_is_confirmed(force: Force) -> None:
    await read(force, directory_snapshot())
    with pytest.raises(Refusal, match="nothing-waits"):
        await confirmed(force, INSPECTOR)
    assert not await force.units.write(lambda uow: brake.accept_shown(uow, "command-line", "north", ""))


async def test_an_engineer_confirms_from_the_command_line(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    shown = await state(force)
    assert await force.units.write(lambda uow: brake.accept_shown(uow, "command-line", "north", shown))
    assert await waiting(force) == []


# --- it is latched, role by role -------------------------------------------------------------------


async def test_some_of_them_coming_back_releases_nothing(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    for _ in range(4):
        await read(force, without(CONSTABLE))
    assert (await waiting(force), await owner(force)) == (["north"], CONSTABLE.entra_id)
    (held,) = await force.units.read(lambda uow: brakes(uow.connection))
    assert held.missing == 1
    await read(force, directory_snapshot())
    assert await waiting(force) == []


async def test_who_vanishes_while_it_waits_has_to_be_back_too(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    await read(force, without(CONSTABLE, SECOND_CONSTABLE, SERGEANT))
    await read(force, without(SERGEANT))
    assert await waiting(force) == ["north"]
    assert (await force.rows(Task))[0].supervisor_id == SERGEANT.entra_id
    await read(force, directory_snapshot())
    assert await waiting(force) == []


async def test_the_hours_go_on_whatever_the_count(force: Force) -> None:
    await read(force, directory_snapshot())
    await read(force, EMPTIED)
    (before,) = await force.units.read(lambda uow: brakes(uow.connection))
    await read(force, without(CONSTABLE))
    (after,) = await force.units.read(lambda uow: brakes(uow.connection))
    assert (after.since, after.told_at) == (before.since, before.told_at)
    assert await told(force) == [INSPECTOR.entra_id]


def moved(
    person: FictionalPerson, role: Role, snapshot: DirectorySnapshot, force: Force
) -> DirectorySnapshot:
    """The same with a person in the group of another role of the north."""
    groups = force.units.policy.groups
    group = next(each.group_id for each in groups if (each.district, each.role) == ("north", role))
    members = {**snapshot.members, group: snapshot.members[group] | {person.entra_id}}
    return replace(snapshot, members=members)


async def test_who_keeps_another_role_of_the_district_records_by_the_lost_one(
    force: Force, visit: TaskBundle
) -> None:
    await read(force, moved(CONSTABLE, Role.ANALYST, EMPTIED, force))
    actor = await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))
    assert actor.roles_in("north") == {Role.ANALYST}
    (held,) = await force.units.read(lambda uow: brakes(uow.connection))
    assert held.missing == 2
    narrow = await force.units.read(lambda uow: as_recorder(uow, actor, visit))
    assert narrow.only_records
    report = Report(OutcomeCode.NO_ANSWER, force.clock.now())
    await force.units.write(lambda uow: record_outcome(uow, Reader(narrow), visit.task.ref, report))
    assert (await force.rows(Outcome))[0].officer_id == CONSTABLE.entra_id


async def test_the_card_of_who_keeps_another_role_keeps_its_buttons(force: Force, visit: TaskBundle) -> None:
    await force.open_chat(CONSTABLE)
    post = (await force.outbox(purpose=CardPurpose.OFFICER_TASK, kind=OutboxKind.POST_CARD))[0]
    chat = f"chat-{CONSTABLE.number}"
    await force.units.write(lambda uow: remember_posted(uow, post, Posted(chat, "9")))
    await read(force, moved(CONSTABLE, Role.ANALYST, EMPTIED, force))
    until = force.clock.now() + timedelta(days=2)
    await force.do(SERGEANT, extend, visit.task.ref, until, "court ran late")
    update = (await force.outbox(purpose=CardPurpose.OFFICER_TASK, kind=OutboxKind.UPDATE_CARD))[-1]
    assert isinstance(await force.units.write(lambda uow: prepare(uow, update)), Unreachable)


async def test_what_is_settled_when_the_brake_is_put_stays_as_it_is(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    assert not await force.units.write(lambda uow: leavers.take_back(uow, visit.task.id))
    ids = [visit.task.id]
    await force.units.write(lambda uow: leavers.hand_on(uow, INSPECTOR.entra_id, ids))
    task = (await force.rows(Task))[0]
    assert (task.owner_id, task.supervisor_id) == (CONSTABLE.entra_id, SERGEANT.entra_id)


# --- only what was shown is confirmed --------------------------------------------------------------


async def test_a_confirmation_of_what_was_shown_before_confirms_nothing(
    force: Force, visit: TaskBundle
) -> None:
    await read(force, EMPTIED)
    shown = await state(force)
    await read(force, without(CONSTABLE, SECOND_CONSTABLE, SERGEANT))
    assert not await confirmed(force, INSPECTOR, shown)
    assert await waiting(force) == ["north"]
    assert await confirmed(force, INSPECTOR)


async def test_who_came_back_and_vanished_again_is_the_same_state(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    shown = await state(force)
    await read(force, without(CONSTABLE))
    assert await state(force) != shown
    await read(force, EMPTIED)
    assert await state(force) == shown


async def test_what_was_shown_of_an_earlier_wait_confirms_nothing(force: Force, visit: TaskBundle) -> None:
    await read(force, EMPTIED)
    shown = await state(force)
    await read(force, directory_snapshot())
    await read(force, EMPTIED)
    assert not await confirmed(force, INSPECTOR, shown)


# --- who left before hears nothing; who may not know is told nothing ---------------------------------


async def test_an_administrator_who_left_before_it_hears_nothing(force: Force) -> None:
    await read(force, directory_snapshot())
    await force.give_role(ANALYST, Role.ADMIN, "south")
    await force.units.write(brake.watch)
    await read(force, directory_snapshot())
    assert await waiting(force) == []
    await read(force, EMPTIED)
    assert await told(force) == [INSPECTOR.entra_id]


async def test_the_inspector_who_vanished_with_the_others_hears(force: Force) -> None:
    await read(force, directory_snapshot())
    await read(force, without(CONSTABLE, SECOND_CONSTABLE, INSPECTOR))
    assert INSPECTOR.entra_id in await told(force)


async def test_restricted_work_is_counted_for_nobody_who_may_not_know_of_it(force: Force) -> None:
    await read(force, directory_snapshot())
    made = await force.task()
    await force.change_task(made, due_at=force.clock.now() + timedelta(hours=20))
    assert made.subject is not None
    await force.restrict(made.subject.ref)
    await read(force, EMPTIED)
    assert SERGEANT.entra_id not in await told(force)
    view = await force.units.read(lambda uow: brake_view(uow, "north", SERGEANT.entra_id))
    assert (view.due, view.due_count) == ((), 0)


# --- groups that are gone, each by itself -----------------------------------------------------------


def gone(*groups: str) -> DirectorySnapshot:
    """The directory without these groups, and without whoever is in no other."""
    found = directory_snapshot()
    members = {each: who for each, who in found.members.items() if each not in groups}
    left = set().union(*members.values())
    people = [person for person in found.people if person.entra_id in left]
    return replace(found, people=people, members=members, gone=frozenset(groups))


async def test_groups_that_are_gone_in_turns_keep_nobody_from_being_read(
    force: Force, visit: TaskBundle
) -> None:
    south = group_id("b2")
    for number in range(4):
        snapshot = gone(south if number % 2 else group_id("b1"))
        emptied = {**snapshot.members, OFFICERS: frozenset[str]()}
        await read(force, replace(snapshot, members=emptied))
    assert (await waiting(force), await owner(force)) == (["north"], CONSTABLE.entra_id)


async def test_people_of_a_group_in_doubt_keep_what_they_have(force: Force, visit: TaskBundle) -> None:
    await read(force, gone(OFFICERS))
    actor = await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))
    assert actor.roles_in("north") == OFFICER
    for _ in range(2):
        await read(force, gone(OFFICERS, group_id("b2")))
    assert await waiting(force) == ["north", "south"]


async def test_where_every_group_is_gone_nothing_changes(force: Force, visit: TaskBundle) -> None:
    nothing = DirectorySnapshot([], {}, frozenset(each.group_id for each in force.units.policy.groups))
    for _ in range(3):
        await read(force, nothing)
    health = await force.units.read(health_of)
    assert health.all_groups_gone and health.groups_gone == len(nothing.gone)
    assert (await force.units.read(lambda uow: actor_of(uow, CONSTABLE.entra_id))).roles
    await read(force, directory_snapshot())
    health = await force.units.read(health_of)
    assert (health.all_groups_gone, health.groups_gone) == (False, 0)


# --- policy that changes meanwhile ------------------------------------------------------------------


def with_groups(force: Force, **changed: str) -> None:
    """Policy with other group ids; "" leaves a group out."""
    groups = [
        each.model_copy(update={"group_id": changed.get(each.group_id, each.group_id)})
        for each in force.units.policy.groups
        if changed.get(each.group_id) != ""
    ]
    force.units.policy = force.units.policy.model_copy(update={"groups": groups})


async def test_a_group_that_policy_leaves_out_waits_for_a_confirmation(
    force: Force, visit: TaskBundle
) -> None:
    with_groups(force, **{OFFICERS: ""})
    for _ in range(3):
        await read(force, directory_snapshot())
    assert (await waiting(force), await owner(force)) == (["north"], CONSTABLE.entra_id)


async def test_a_group_that_policy_names_anew_is_the_same_people(force: Force, visit: TaskBundle) -> None:
    with_groups(force, **{OFFICERS: "another"})
    found = directory_snapshot()
    members = {"another" if each == OFFICERS else each: who for each, who in found.members.items()}
    await read(force, replace(found, members=members))
    assert await waiting(force) == []


async def test_a_district_that_policy_leaves_out_waits_and_can_be_confirmed(
    force: Force, visit: TaskBundle
) -> None:
    policy = force.units.policy
    districts = [each for each in policy.districts if each.id != "north"]
    groups = [each for each in policy.groups if each.district != "north"]
    force.units.policy = policy.model_copy(update={"districts": districts, "groups": groups})
    for _ in range(3):
        await read(force, directory_snapshot())
    assert (await waiting(force), await owner(force)) == (["north"], CONSTABLE.entra_id)
    shown = await state(force)
    assert await force.units.write(lambda uow: brake.accept_shown(uow, "command-line", "north", shown))
    await read(force, directory_snapshot())
    assert await waiting(force) == []
