"""What time makes true: reminders once and again, orders not served, boards redrawn."""

from datetime import timedelta

from infra.local.people import CONSTABLE, NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT, SOUTH_SERGEANT
from storage.enums import OutboxState, Role, TaskKind
from storage.rows import table_of
from storage.tables import Outbox, Subject
from tasking.watch.not_served import watch_orders
from tasking.watch.reminders import refresh_boards, remind
from tasking.work.assign import Room, assign
from tasking.work.outcomes import undo_outcome
from tasking.work.supervision import cancel, extend
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, TOMORROW, Force, visit


async def reminded(force: Force) -> list[tuple[str | None, int]]:
    rows = await force.outbox(purpose=CardPurpose.REMINDER)
    return [(row.person_id, len(row.task_ids)) for row in rows]


async def run(force: Force) -> int:
    return await force.units.write(remind)


async def test_nothing_is_reminded_of_before_its_time(force: Force) -> None:
    await force.task()
    force.clock.at = TOMORROW - timedelta(seconds=1)
    assert await run(force) == 0
    assert await reminded(force) == []


async def test_an_overdue_task_is_reminded_of_once(force: Force) -> None:
    await force.task()
    force.clock.at = TOMORROW
    assert [await run(force), await run(force)] == [1, 0]
    force.clock.advance(hours=23, minutes=59)
    assert await run(force) == 0
    assert await reminded(force) == [(CONSTABLE.entra_id, 1)]


async def test_it_is_reminded_of_again_after_a_day(force: Force) -> None:
    await force.task()
    force.clock.at = TOMORROW
    await run(force)
    force.clock.advance(hours=24)
    assert await run(force) == 1
    assert len(await reminded(force)) == 2


async def test_tasks_due_together_come_on_one_card_for_each_officer(force: Force) -> None:
    await force.task()
    await force.task()
    await force.task(SECOND_CONSTABLE)
    force.clock.at = TOMORROW
    assert await run(force) == 3
    assert sorted(await reminded(force), key=str) == sorted(
        [(CONSTABLE.entra_id, 2), (SECOND_CONSTABLE.entra_id, 1)], key=str
    )


async def test_tasks_of_two_districts_come_on_one_card(force: Force) -> None:
    await force.give_role(CONSTABLE, Role.NEIGHBOURHOOD_OFFICER, "south")
    await force.task()
    action = visit(CONSTABLE, kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Call")
    await force.do(SOUTH_SERGEANT, assign, action, Room("south-chat", "south"))
    await force.boards_drawn()
    boards = len(await force.outbox(purpose=CardPurpose.BOARD))
    force.clock.at = TOMORROW
    assert await run(force) == 2
    assert await reminded(force) == [(CONSTABLE.entra_id, 2)]
    redrawn = (await force.outbox(purpose=CardPurpose.BOARD))[boards:]
    assert {row.district_id for row in redrawn} == {"north", "south"}


async def test_of_reminders_that_could_not_be_sent_only_the_newest_waits(force: Force) -> None:
    await force.task()
    force.clock.at = TOMORROW
    for _ in range(7):
        await run(force)
        force.clock.advance(hours=24)
    reminders = await force.outbox(purpose=CardPurpose.REMINDER)
    newest = reminders[-1]
    assert [row.state for row in reminders] == [OutboxState.DONE] * 6 + [OutboxState.WAITING]
    assert reminders[-2].proof == f"with:{newest.id}"


async def test_a_reminder_replaces_nobody_elses(force: Force) -> None:
    await force.task()
    await force.task(SECOND_CONSTABLE, due_at=TOMORROW + timedelta(hours=1))
    force.clock.at = TOMORROW
    await run(force)
    force.clock.advance(hours=1)
    await run(force)
    states = [row.state for row in await force.outbox(purpose=CardPurpose.REMINDER)]
    assert states == [OutboxState.WAITING] * 2


async def test_a_restart_catches_up_with_one_card(force: Force) -> None:
    await force.task()
    force.clock.at = TOMORROW + timedelta(days=5)
    assert await run(force) == 1
    assert await run(force) == 0


async def test_the_board_is_redrawn_with_a_reminder_and_not_without(force: Force) -> None:
    await force.task()
    await force.boards_drawn()
    before = len(await force.outbox(purpose=CardPurpose.BOARD))
    await run(force)
    assert len(await force.outbox(purpose=CardPurpose.BOARD)) == before
    force.clock.at = TOMORROW
    await run(force)
    assert len(await force.outbox(purpose=CardPurpose.BOARD)) == before + 1


async def test_work_that_nobody_has_is_reminded_of_to_its_supervisor(force: Force) -> None:
    await force.task(None)
    force.clock.advance(days=3)
    assert await run(force) == 1
    reminder = (await force.outbox(purpose=CardPurpose.REMINDER))[0]
    assert reminder.person_id == SERGEANT.entra_id


async def test_closed_and_cancelled_work_is_not_reminded_of(force: Force) -> None:
    await force.done()
    cancelled = await force.task()
    await force.do(SERGEANT, cancel, cancelled.task.ref, "over")
    force.clock.advance(days=3)
    assert await run(force) == 0


async def test_work_that_was_given_more_time_is_reminded_of_later(force: Force) -> None:
    made = await force.task()
    await force.do(SERGEANT, extend, made.task.ref, TOMORROW + timedelta(hours=6), "court")
    force.clock.at = TOMORROW
    assert await run(force) == 0
    force.clock.advance(hours=6)
    assert await run(force) == 1


async def test_work_whose_result_was_taken_back_is_reminded_of_again(force: Force) -> None:
    done = await force.done()
    await force.do(CONSTABLE, undo_outcome, done.task.ref, None)
    force.clock.at = TOMORROW
    assert await run(force) == 1


# --- orders and boards -----------------------------------------------------------------------


async def test_an_order_not_served_is_posted_once_in_its_channel(force: Force) -> None:
    assert await force.units.write(watch_orders) == 1
    force.clock.advance(days=1)
    assert await force.units.write(watch_orders) == 1
    rows = await force.outbox(purpose=CardPurpose.ORDER_NOT_SERVED_NOTICE)
    assert [row.conversation_id for row in rows] == [NORTH_CHANNEL]


async def test_a_served_order_is_not_posted_about(force: Force) -> None:
    await force.change_order("DVPN-4", served_at=NOW)
    assert await force.units.write(watch_orders) == 0
    assert await force.outbox() == []


async def test_an_order_about_a_restricted_subject_is_told_only_to_the_people_named_for_it(
    force: Force,
) -> None:
    await force.change(Subject, table_of(Subject).c.ref == "S-02", restricted=True)
    await force.name_for("S-02", SERGEANT)
    assert await force.units.write(watch_orders) == 1
    posts = await force.outbox(purpose=CardPurpose.ORDER_NOT_SERVED_NOTICE)
    assert [(row.person_id, row.conversation_id) for row in posts] == [(SERGEANT.entra_id, None)]


async def test_an_order_about_a_restricted_subject_is_told_to_nobody_who_left_or_may_not_see_it(
    force: Force,
) -> None:
    await force.restrict("S-02")
    for person in (SERGEANT, CONSTABLE, SOUTH_SERGEANT):
        await force.name_for("S-02", person)
    await force.leaves(CONSTABLE)
    assert await force.units.write(watch_orders) == 1
    posts = await force.outbox(purpose=CardPurpose.ORDER_NOT_SERVED_NOTICE)
    assert [row.person_id for row in posts] == [SERGEANT.entra_id]


async def test_every_board_is_redrawn_once_a_minute_at_most(force: Force) -> None:
    await force.units.write(refresh_boards)
    force.clock.advance(seconds=20)
    await force.units.write(refresh_boards)
    assert len(await force.rows(Outbox)) == 2
    force.clock.advance(minutes=1)
    await force.boards_drawn()
    await force.units.write(refresh_boards)
    assert {row.district_id for row in await force.rows(Outbox)} == {"north", "south"}
    assert len(await force.rows(Outbox)) == 4
