"""What an outbox row amounts to when it is delivered, from the state as it is then."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.local.people import (
    CONSTABLE,
    INSPECTOR,
    NORTH_CHANNEL,
    SECOND_CONSTABLE,
    SERGEANT,
    FictionalPerson,
)
from storage.enums import OutboxKind, OutboxState, OutcomeCode, OutcomeState, TaskKind, TaskState, VisitKind
from storage.rows import table_of
from storage.tables import (
    Message,
    Outbox,
    Outcome,
    Person,
    PersonRole,
    ProtectiveOrder,
    SeenActivity,
    SubjectAccess,
    TaskBundle,
)
from tasking.answers import ANSWER, fold_posted
from tasking.deliveries import (
    CardDelivery,
    Delivery,
    NothingToSend,
    Unreachable,
    finish_or_prepare,
    note_updated,
    prepare,
    remember_posted,
)
from tasking.notices import View
from tasking.outbox_steps import claim_rows
from tasking.permissions import Act
from tasking.ports import Place, Posted, RecordsRow
from tasking.reports import update_board
from tasking.unit_of_work import UnitOfWork
from tasking.views import DecisionView, ReminderView
from tasking.watch.not_served import watch_orders
from tasking.watch.reminders import remind
from tasking.work.assign import Room, assign
from tasking.work.leavers import hand_on
from tasking.work.noticing import NoLongerHere, NoLongerYours
from tasking.work.officer_requests import ask_more_time, give_back
from tasking.work.outcomes import undo_outcome
from tasking.work.own_card import TakenBackView
from tasking.work.sent_back import post_sent_back, redraw_sent_back
from tasking.work.supervision import answer_more_time, cancel, extend, reassign
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, ROOM, TOMORROW, Force, reader_of, visit

POST, UPDATE = OutboxKind.POST_CARD, OutboxKind.UPDATE_CARD


async def prepared(force: Force, row: Outbox) -> Delivery:
    return await force.units.write(lambda uow: prepare(uow, row))


async def row_for(force: Force, kind: OutboxKind, purpose: CardPurpose | None = None, **more: Any) -> Outbox:
    return (await force.outbox(kind=kind, purpose=purpose, **more))[-1]


async def card(force: Force, row: Outbox) -> CardDelivery:
    found = await prepared(force, row)
    assert isinstance(found, CardDelivery), found
    return found


async def drawing(force: Force, row: Outbox) -> View:
    return (await card(force, row)).view


async def posted(force: Force, row: Outbox, activity_id: str = "activity-1") -> None:
    place = (await card(force, row)).place
    assert place
    proof = Posted(place.conversation_id, activity_id)
    await force.units.write(lambda uow: remember_posted(uow, row, proof))


async def messages(force: Force) -> list[Message]:
    return await force.rows(Message)


# --- the officer's card ----------------------------------------------------------------------


async def test_the_officers_card_goes_to_their_chat_and_knows_everything(force: Force) -> None:
    chat = await force.open_chat(CONSTABLE)
    await force.task(note="Ring twice")
    found = await card(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    assert found.place and found.place.conversation_id == chat
    view = found.view.view
    assert view and view.subject and view.task.note == "Ring twice"
    assert view.may and not view.is_second_copy


async def test_a_card_after_an_unclear_send_says_that_it_is_a_second_copy(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    await force.task()
    await force.change(Outbox, table_of(Outbox).c.purpose == CardPurpose.OFFICER_TASK, unclear=1)
    found = await drawing(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    assert found.view and found.view.is_second_copy


async def test_somebody_without_a_chat_is_unreachable_with_the_way_to_open_one(force: Force) -> None:
    await force.task()
    row = await row_for(force, POST, CardPurpose.OFFICER_TASK)
    assert await prepared(force, row) == Unreachable("not-installed")
    await force.open_channel()
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, teams_id="29:x")
    found = await prepared(force, row)
    assert isinstance(found, Unreachable)
    assert found.teams_id == "29:x"
    assert found.through and found.through.conversation_id == NORTH_CHANNEL


async def test_a_card_is_not_posted_to_who_has_lost_the_task_meanwhile(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    await force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "leave")
    row = await row_for(force, POST, CardPurpose.OFFICER_TASK, person_id=CONSTABLE.entra_id)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


async def test_a_standing_card_of_who_has_lost_the_task_becomes_one_line(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    await posted(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    await force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "leave")
    row = await row_for(force, UPDATE, CardPurpose.OFFICER_TASK, person_id=CONSTABLE.entra_id)
    found = await drawing(force, row)
    assert isinstance(found, TakenBackView)
    assert found.view.may == frozenset()


@pytest.mark.parametrize("lost", ["role", "access"])
async def test_who_lost_the_role_or_the_access_gets_no_details(force: Force, lost: str) -> None:
    await force.open_chat(CONSTABLE)
    await force.restricted_task()
    row = await row_for(force, POST, CardPurpose.OFFICER_TASK)
    if lost == "role":
        await force.change(PersonRole, table_of(PersonRole).c.entra_id == CONSTABLE.entra_id, district_id="x")
    else:
        access = table_of(SubjectAccess).c.entra_id == CONSTABLE.entra_id
        await force.change(SubjectAccess, access, entra_id="somebody-else")
    assert await prepared(force, row) == Unreachable("reader-not-seen")


async def test_somebody_without_any_role_gets_nothing_while_that_lasts(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    await force.task()
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, active=False)
    row = await row_for(force, POST, CardPurpose.OFFICER_TASK)
    assert await prepared(force, row) == Unreachable("reader-not-seen"), "one reading may have missed them"
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, active=True)
    assert (await drawing(force, row)).view


async def test_an_update_without_a_standing_card_sends_nothing(force: Force) -> None:
    await force.done()
    row = await row_for(force, UPDATE, CardPurpose.OFFICER_TASK)
    assert await prepared(force, row) == NothingToSend("nothing-stands")


async def test_an_update_draws_every_standing_card_and_takes_later_updates_with_it(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    first = await row_for(force, POST, CardPurpose.OFFICER_TASK)
    await posted(force, first, "one")
    await posted(force, first, "two")
    await force.close(made)
    await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    await force.change(Outbox, table_of(Outbox).c.kind == POST, state=OutboxState.DONE)
    await force.units.write(lambda uow: claim_rows(uow, 20))
    rows = await force.outbox(kind=UPDATE, purpose=CardPurpose.OFFICER_TASK)
    found = await card(force, rows[0])
    assert sorted(message.activity_id for _, message in found.standing) == ["one", "two"]
    assert found.view.view and found.view.view.is_open
    assert [row.state for row in rows] == [OutboxState.SENDING, OutboxState.DONE]


async def test_a_message_in_a_conversation_nobody_knows_any_more_is_passed_over(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    await posted(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    await force.change(Message, table_of(Message).c.activity_id == "activity-1", conversation_id="gone")
    await force.close(made)
    row = await row_for(force, UPDATE, CardPurpose.OFFICER_TASK)
    assert await prepared(force, row) == NothingToSend("nothing-stands")


# --- the channel's cards ---------------------------------------------------------------------


async def test_a_confirmation_goes_to_its_thread_and_shows_what_everybody_may_see(force: Force) -> None:
    await force.open_channel()
    await force.task(note="Ring twice")
    found = await card(force, await row_for(force, POST, CardPurpose.CONFIRMATION))
    assert found.place and found.place.conversation_id == ROOM.conversation_id
    assert not found.place.is_channel
    assert found.view.view and found.view.view.may == frozenset()


async def test_a_channel_that_was_never_met_is_unreachable(force: Force) -> None:
    await force.task(None)
    row = await row_for(force, POST, CardPurpose.UNALLOCATED_NOTICE)
    assert await prepared(force, row) == Unreachable("channel-not-met")


async def test_a_notice_of_unallocated_work_starts_a_thread_in_the_channel(force: Force) -> None:
    await force.open_channel()
    await force.task(None)
    found = await card(force, await row_for(force, POST, CardPurpose.UNALLOCATED_NOTICE))
    assert found.place and found.place.is_channel


async def test_a_breach_is_told_in_the_channel_and_to_the_supervisor(force: Force) -> None:
    await force.open_channel()
    chat = await force.open_chat(SERGEANT)
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    places = set()
    for row in await force.outbox(purpose=CardPurpose.BREACH_NOTICE):
        found = await card(force, row)
        assert found.place and found.view.view and found.view.view.outcome
        places.add(found.place.conversation_id)
    assert places == {chat, NORTH_CHANNEL}


async def test_the_board_is_posted_where_none_stands_and_edited_where_one_does(force: Force) -> None:
    await force.open_channel()
    await force.task()
    row = await row_for(force, UPDATE, CardPurpose.BOARD)
    first = await card(force, row)
    assert first.place and first.place.conversation_id == NORTH_CHANNEL
    assert first.view and first.view.district_id == "north"
    await posted(force, row, "old-board")
    force.clock.advance(minutes=1)
    await force.insert(
        Message(
            purpose=CardPurpose.BOARD,
            district_id="north",
            conversation_id=NORTH_CHANNEL,
            activity_id="board",
            posted_at=force.clock.now(),
        )
    )
    again = await card(force, row)
    assert [message.activity_id for _, message in again.standing] == ["board"]


async def test_an_order_not_served_is_posted_and_no_more_once_it_is(force: Force) -> None:
    await force.open_channel()
    await force.units.write(watch_orders)
    row = await row_for(force, POST, CardPurpose.ORDER_NOT_SERVED_NOTICE)
    found = await drawing(force, row)
    assert found.order and (found.order.ref, found.now) == ("DVPN-4", NOW)
    await force.change_order("DVPN-4", served_at=NOW)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")
    await force.change(Outbox, table_of(Outbox).c.id == row.id, order_id=None)
    assert await prepared(force, (await force.outbox())[0]) == NothingToSend("no-longer-wanted")
    assert await force.rows(ProtectiveOrder) != []


async def test_a_request_for_time_goes_to_the_supervisor_with_its_reason(force: Force) -> None:
    chat = await force.open_chat(SERGEANT)
    made = await force.task()
    later = TOMORROW.replace(hour=21)
    await force.do(CONSTABLE, ask_more_time, made.task.ref, later, "at court")
    row = await row_for(force, POST, CardPurpose.MORE_TIME_REQUEST)
    found = await card(force, row)
    assert found.place and found.place.conversation_id == chat
    assert found.view.reason == "at court"
    from storage.tables import TaskChange

    await force.change(TaskChange, table_of(TaskChange).c.action == "ask-more-time", action="other")
    assert (await drawing(force, row)).reason == ""


# --- who may no longer read it ---------------------------------------------------------------


async def notices_for_the_sergeant(force: Force) -> list[Outbox]:
    """A row of every sort that goes to the sergeant about the restricted S-04."""
    asked, given_back, breached = [await force.restricted_task(each) for each in (CONSTABLE, None, None)]
    for made in (given_back, breached):
        await force.change_task(made, owner_id=CONSTABLE.entra_id, state=TaskState.ASSIGNED)
    await force.do(CONSTABLE, ask_more_time, asked.task.ref, TOMORROW.replace(hour=21), "at court")
    await force.do(CONSTABLE, give_back, given_back.task.ref, "at court")
    check = {"kind": TaskKind.COMPLIANCE_VISIT, "visit_kind": VisitKind.PERPETRATOR_CHECK}
    await force.change_task(breached, **check)
    await force.close(breached, OutcomeCode.BREACH_SUSPECTED)
    rows = await force.outbox(kind=POST, person_id=SERGEANT.entra_id)
    assert len({row.purpose for row in rows}) == 3
    return rows


async def lose(force: Force, person: FictionalPerson, what: str) -> None:
    """Somebody leaves, works in another district, or is no longer named for S-04."""
    if what == "left":
        await force.leaves(person)
    elif what == "role":
        await force.change(PersonRole, table_of(PersonRole).c.entra_id == person.entra_id, district_id="x")
    else:
        await force.unname("S-04", person)


@pytest.mark.parametrize("lost", ["left", "role", "access"])
async def test_no_notice_is_posted_to_who_may_no_longer_see_its_task(force: Force, lost: str) -> None:
    await force.open_chat(SERGEANT)
    rows = await notices_for_the_sergeant(force)
    assert all([(await drawing(force, row)).view for row in rows])
    await lose(force, SERGEANT, lost)
    assert [await prepared(force, row) for row in rows] == [Unreachable("reader-not-seen")] * 3


async def test_what_a_supervisor_may_no_longer_read_is_put_before_who_follows_at_once(force: Force) -> None:
    chat = await force.open_chat(INSPECTOR)
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    await force.leaves(SERGEANT)
    rows = await force.units.write(lambda uow: claim_rows(uow, 20))
    to_the_sergeant = next(row for row in rows if row.person_id == SERGEANT.entra_id)
    await force.units.write(lambda uow: finish_or_prepare(uow, to_the_sergeant))
    again = await row_for(force, POST, CardPurpose.BREACH_NOTICE, person_id=INSPECTOR.entra_id)
    assert (again.id, again.state) == (to_the_sergeant.id, OutboxState.WAITING)
    place = (await card(force, again)).place
    assert place and place.conversation_id == chat


async def test_what_nobody_may_read_now_waits_for_somebody_who_may(force: Force) -> None:
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    await force.leaves(SERGEANT)
    await force.leaves(INSPECTOR)
    rows = await force.units.write(lambda uow: claim_rows(uow, 20))
    to_the_sergeant = next(row for row in rows if row.person_id == SERGEANT.entra_id)
    wanted = await force.units.write(lambda uow: finish_or_prepare(uow, to_the_sergeant))
    assert wanted == Unreachable("reader-not-seen")
    kept = await row_for(force, POST, CardPurpose.BREACH_NOTICE, person_id=SERGEANT.entra_id)
    assert (kept.state, kept.proof) == (OutboxState.SENDING, None)


async def test_a_notice_of_supervision_lists_what_its_reader_still_answers_for(force: Force) -> None:
    await force.open_chat(INSPECTOR)
    tasks = [await force.task() for _ in range(4)]
    await force.leaves(SERGEANT)
    ids = [made.task.id for made in tasks]
    await force.units.write(lambda uow: hand_on(uow, INSPECTOR.entra_id, ids))
    row = await row_for(force, POST, CardPurpose.SUPERVISION_NOTICE)
    await force.do(INSPECTOR, cancel, tasks[0].task.ref, "over")
    await force.change_task(tasks[1], supervisor_id=SERGEANT.entra_id)
    found = (await drawing(force, row)).listed
    assert found and [line.ref for line in found.lines] == [made.task.ref for made in tasks[2:]]
    assert found.total == 2
    await force.restrict("S-01")
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")
    await force.leaves(INSPECTOR)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


async def test_who_answers_for_a_result_that_was_sent_back_may_correct_it(force: Force) -> None:
    await force.open_chat(SERGEANT)
    done = await force.done()
    result = table_of(Outcome).c.id == done.task.outcome_id
    await force.change(Outcome, result, state=OutcomeState.REJECTED, desk_reason="Which address?")
    assert done.outcome
    notice = post_sent_back(done.task, done.outcome, SERGEANT.entra_id, NOW)
    await force.units.write(lambda uow: uow.effects(notice))
    row = await row_for(force, POST, CardPurpose.SENT_BACK_NOTICE)
    view = (await drawing(force, row)).view
    assert view and view.outcome and view.outcome.desk_reason == "Which address?"
    assert Act.CORRECT_OUTCOME in view.may
    await posted(force, row)
    await force.change(Outcome, result, state=OutcomeState.RECORDED)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")
    again = await force.units.read(lambda uow: redraw_sent_back(uow, done.task, "again"))
    await force.units.write(lambda uow: uow.effects(*again))
    update = await row_for(force, UPDATE, CardPurpose.SENT_BACK_NOTICE)
    assert len((await card(force, update)).standing) == 1
    await force.leaves(SERGEANT)
    assert [isinstance(left, NoLongerYours) for _, _, left in (await card(force, update)).withheld] == [True]


async def test_a_request_that_stands_with_two_shows_only_who_may_see_it(force: Force) -> None:
    chats = [await force.open_chat(person) for person in (SERGEANT, INSPECTOR)]
    await force.name_for("S-04", INSPECTOR)
    made = await force.restricted_task()
    await force.do(CONSTABLE, ask_more_time, made.task.ref, TOMORROW.replace(hour=21), "at court")
    row = await row_for(force, POST, CardPurpose.MORE_TIME_REQUEST)
    await posted(force, row)
    await force.change(Outbox, table_of(Outbox).c.id == row.id, person_id=INSPECTOR.entra_id)
    await posted(force, await row_for(force, POST, CardPurpose.MORE_TIME_REQUEST), "activity-2")
    await force.leaves(SERGEANT)
    await force.do(INSPECTOR, answer_more_time, made.task.ref, True)
    found = await card(force, await row_for(force, UPDATE, CardPurpose.MORE_TIME_REQUEST))
    assert [place.conversation_id for place, _ in found.standing] == chats[1:]
    withheld = [(place.conversation_id, isinstance(left, NoLongerYours)) for place, _, left in found.withheld]
    assert withheld == [(chats[0], True)]


async def test_a_reminder_leaves_out_what_its_reader_may_no_longer_see(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    due = await force.task()
    await force.restricted_task()
    force.clock.at = TOMORROW
    await force.units.write(remind)
    row = await row_for(force, POST, CardPurpose.REMINDER)
    assert len(row.task_ids) == 2
    await force.unname("S-04", CONSTABLE)
    found = await drawing(force, row)
    assert isinstance(found, ReminderView)
    assert [view.task.ref for view in found.tasks] == [due.task.ref]


async def test_an_order_about_a_restricted_subject_is_posted_only_to_who_may_see_it(force: Force) -> None:
    await force.open_chat(SERGEANT)
    await force.open_channel()
    await force.units.write(watch_orders)
    in_channel = await row_for(force, POST, CardPurpose.ORDER_NOT_SERVED_NOTICE)
    await force.restrict("S-02")
    await force.name_for("S-02", SERGEANT)
    await force.units.write(watch_orders)
    to_the_sergeant = await row_for(force, POST, CardPurpose.ORDER_NOT_SERVED_NOTICE)
    assert await prepared(force, in_channel) == NothingToSend("no-longer-wanted")
    assert (await drawing(force, to_the_sergeant)).order
    await force.leaves(SERGEANT)
    assert await prepared(force, to_the_sergeant) == NothingToSend("no-longer-wanted")


async def test_a_channel_is_posted_nothing_of_a_subject_that_has_become_restricted(force: Force) -> None:
    await force.open_channel()
    await force.task(None)
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    rows = [row for row in await force.outbox(kind=POST) if row.conversation_id]
    assert {row.purpose for row in rows} == {
        CardPurpose.CONFIRMATION,
        CardPurpose.UNALLOCATED_NOTICE,
        CardPurpose.BREACH_NOTICE,
    }
    await force.restrict("S-01")
    assert {await prepared(force, row) for row in rows} == {NothingToSend("no-longer-wanted")}


async def test_a_channels_notice_that_is_no_longer_wanted_is_put_before_nobody_else(force: Force) -> None:
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    await force.restrict("S-01")
    await force.open_channel()
    rows = await force.units.write(lambda uow: claim_rows(uow, 20))
    row = next(each for each in rows if each.purpose == CardPurpose.BREACH_NOTICE and each.conversation_id)
    await force.units.write(lambda uow: finish_or_prepare(uow, row))
    done = await row_for(force, POST, CardPurpose.BREACH_NOTICE, conversation_id=row.conversation_id)
    assert (done.state, done.proof, done.person_id) == (OutboxState.DONE, "no-longer-wanted", None)


async def test_a_board_of_a_district_that_policy_no_longer_lists_is_not_drawn(force: Force) -> None:
    await force.units.write(lambda uow: uow.effects(update_board("east", NOW, "test")))
    row = await row_for(force, UPDATE, CardPurpose.BOARD)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


async def withheld_in_the_channel(force: Force) -> tuple[Outbox, CardDelivery]:
    """The update of a confirmation whose subject has become restricted since it was posted."""
    await force.open_channel()
    made = await force.task(None)
    await posted(force, await row_for(force, POST, CardPurpose.CONFIRMATION))
    await force.restrict("S-01")
    await force.name_for("S-01", SERGEANT)
    await force.do(SERGEANT, cancel, made.task.ref, "over")
    row = await row_for(force, UPDATE, CardPurpose.CONFIRMATION)
    return row, await card(force, row)


async def test_what_stands_in_a_channel_of_a_subject_since_restricted_is_withheld(force: Force) -> None:
    _, found = await withheld_in_the_channel(force)
    assert found.standing == ()
    assert [isinstance(left, NoLongerHere) for _, _, left in found.withheld] == [True]


async def test_a_withheld_card_that_is_gone_is_not_posted_afresh(force: Force) -> None:
    row, found = await withheld_in_the_channel(force)
    gone = [message for _, message, _ in found.withheld]
    await force.units.write(lambda uow: note_updated(uow, row, found, gone))
    assert [each.gone for each in await messages(force)] == [True]
    assert not [each for each in await force.outbox() if each.key.startswith("afresh")]


async def test_a_confirmation_in_the_askers_own_chat_is_shown_while_they_may_see_its_task(
    force: Force,
) -> None:
    chat = await force.open_chat(SERGEANT)
    await force.name_for("S-04", CONSTABLE)
    request = visit(CONSTABLE, kind=TaskKind.GENERAL_ACTION, target_ref="S-04", title="Call the desk")
    await force.do(SERGEANT, assign, request, Room(chat))
    row = await row_for(force, POST, CardPurpose.CONFIRMATION)
    assert (await card(force, row)).place
    await force.unname("S-04", SERGEANT)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


# --- reminders -------------------------------------------------------------------------------


async def test_a_reminder_lists_what_is_still_due_of_theirs(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    due, done, moved = await force.task(), await force.task(), await force.task()
    force.clock.at = TOMORROW
    await force.units.write(remind)
    await force.close(done)
    await force.do(SERGEANT, reassign, moved.task.ref, SECOND_CONSTABLE.entra_id, "leave")
    found = await drawing(force, await row_for(force, POST, CardPurpose.REMINDER))
    assert isinstance(found, ReminderView)
    assert [view.task.ref for view in found.tasks] == [due.task.ref]


async def test_a_reminder_lists_everything_that_is_due_whenever_it_was_queued(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    morning, later = await force.task(), await force.task(due_at=TOMORROW + timedelta(hours=3))
    await force.task(due_at=TOMORROW + timedelta(days=3))
    await force.task(None)
    force.clock.at = TOMORROW
    await force.units.write(remind)
    force.clock.advance(hours=3)
    await force.units.write(remind)
    found = await drawing(
        force, await row_for(force, POST, CardPurpose.REMINDER, person_id=CONSTABLE.entra_id)
    )
    assert isinstance(found, ReminderView)
    assert [view.task.ref for view in found.tasks] == [morning.task.ref, later.task.ref]


async def test_a_reminder_of_nothing_that_is_still_due_is_not_sent(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    force.clock.at = TOMORROW
    await force.units.write(remind)
    await force.close(made)
    row = await row_for(force, POST, CardPurpose.REMINDER)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


async def test_a_reminder_for_somebody_who_left_is_not_sent(force: Force) -> None:
    await force.task()
    force.clock.at = TOMORROW
    await force.units.write(remind)
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, active=False)
    row = await row_for(force, POST, CardPurpose.REMINDER)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


# --- decisions -------------------------------------------------------------------------------


async def decided(force: Force) -> DecisionView:
    found = await drawing(force, await row_for(force, POST, CardPurpose.DECISION))
    assert isinstance(found, DecisionView)
    return found


async def test_a_decision_is_drawn_as_it_was_made_whatever_was_decided_since(force: Force) -> None:
    chat = await force.open_chat(CONSTABLE)
    made = await force.task()
    later = TOMORROW + timedelta(hours=3)
    await force.do(SERGEANT, extend, made.task.ref, later, "court first")
    row = await row_for(force, POST, CardPurpose.DECISION)
    force.clock.advance(minutes=1)
    await force.do(SERGEANT, extend, made.task.ref, later + timedelta(days=1), "court again")
    found = await card(force, row)
    assert found.place and found.place.conversation_id == chat
    assert found.view
    shown = found.view
    assert (shown.ref, shown.action, shown.due_at, shown.reason) == (
        made.task.ref,
        "extend",
        later,
        "court first",
    )


async def test_who_lost_the_task_is_told_why(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    await force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "you are at court")
    assert (await decided(force)).reason == "you are at court"


@pytest.mark.parametrize("lost", ["role", "access"])
async def test_who_may_not_read_about_the_subject_any_more_is_told_without_the_reason(
    force: Force, lost: str
) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.restricted_task()
    await force.do(SERGEANT, cancel, made.task.ref, "unsafe")
    assert (await decided(force)).reason == "unsafe"
    if lost == "role":
        await force.change(
            PersonRole, table_of(PersonRole).c.entra_id == CONSTABLE.entra_id, district_id="south"
        )
    else:
        access = table_of(SubjectAccess).c.entra_id == CONSTABLE.entra_id
        await force.change(SubjectAccess, access, entra_id="somebody-else")
    assert ((await decided(force)).action, (await decided(force)).reason) == ("cancel", "")


async def test_who_has_left_is_told_of_no_decision(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    await force.do(SERGEANT, cancel, made.task.ref, "over")
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, active=False)
    row = await row_for(force, POST, CardPurpose.DECISION)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


# --- answers ---------------------------------------------------------------------------------


def answer_row(chat: str, task_id: UUID | None = None) -> dict[str, Any]:
    where = {"answer_key": "key", "conversation_id": chat}
    return ANSWER.post("answer:key", "answer:key", "north", NOW, task_id=task_id, **where)


def fold(uow: UnitOfWork, made: TaskBundle, chat: str) -> None:
    fold_posted(uow, reader_of(uow, CONSTABLE), made.task.ref, "key", chat)


async def test_an_answer_is_posted_as_it_was_kept(force: Force) -> None:
    chat = await force.open_chat(CONSTABLE)
    await force.insert(SeenActivity(key="key", at=NOW, answer=b'{"type":"AdaptiveCard"}'))
    await force.units.write(lambda uow: uow.effects(answer_row(chat)))
    row = await row_for(force, POST, CardPurpose.ANSWER)
    assert (await drawing(force, row)).card == b'{"type":"AdaptiveCard"}'
    await force.change(SeenActivity, table_of(SeenActivity).c.key == "key", answer=None)
    assert await prepared(force, row) == NothingToSend("no-longer-wanted")


async def test_a_folded_answer_shows_the_task_and_nothing_of_the_briefing(force: Force) -> None:
    chat = await force.open_chat(CONSTABLE)
    made = await force.task()
    await force.insert(SeenActivity(key="key", at=NOW, answer=b"{}"))
    await force.units.write(
        lambda uow: uow.effects(
            ANSWER.post(
                "answer:key",
                "answer:key",
                "north",
                NOW,
                task_id=made.task.id,
                answer_key="key",
                conversation_id=chat,
            )
        )
    )
    await posted(force, await row_for(force, POST, CardPurpose.ANSWER), "briefing")
    await force.change(
        Outbox, table_of(Outbox).c.key == "answer:key", proof="briefing", state=OutboxState.DONE
    )
    await force.units.write(lambda uow: fold(uow, made, chat))
    found = await card(force, await row_for(force, UPDATE, CardPurpose.ANSWER))
    assert [message.activity_id for _, message in found.standing] == ["briefing"]
    assert found.view.view and found.view.view.conditions == ()


# --- hand-overs, and what came of a delivery -------------------------------------------------


async def test_a_hand_over_is_a_row_of_the_records_list_while_it_is_wanted(force: Force) -> None:
    made = await force.done()
    row = await row_for(force, OutboxKind.HAND_OVER)
    await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    assert await prepared(force, row) == NothingToSend("not-to-be-handed-over")
    again = await force.close(made)
    row = await row_for(force, OutboxKind.HAND_OVER, outcome_id=again.task.outcome_id)
    assert isinstance(await prepared(force, row), RecordsRow)


async def test_a_posted_card_is_remembered_with_where_it_stands(force: Force) -> None:
    chat = await force.open_chat(CONSTABLE)
    made = await force.task()
    await posted(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    message = (await messages(force))[0]
    assert (message.conversation_id, message.activity_id, message.task_id) == (
        chat,
        "activity-1",
        made.task.id,
    )
    assert (message.purpose, message.person_id, message.gone) == (
        CardPurpose.OFFICER_TASK,
        CONSTABLE.entra_id,
        False,
    )


async def gone(force: Force, row: Outbox) -> None:
    message = (await messages(force))[0]
    await updated(force, row, [message], [message])
    assert [each.gone for each in await messages(force)] == [True]


async def updated(force: Force, row: Outbox, standing: list[Message], gone: list[Message]) -> None:
    """The standing cards were updated, and these were found to be gone."""
    assert row.purpose
    place = Place("conversation", "http://localhost", "tenant")
    wanted = CardDelivery(None, None, tuple((place, each) for each in standing))
    await force.units.write(lambda uow: note_updated(uow, row, wanted, gone))


async def test_a_card_that_is_gone_is_posted_once_afresh(force: Force) -> None:
    chat = await force.open_chat(CONSTABLE)
    made = await force.task()
    await posted(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    await force.close(made)
    row = await row_for(force, UPDATE, CardPurpose.OFFICER_TASK)
    await gone(force, row)
    await gone(force, row)
    fresh = [each for each in await force.outbox(kind=POST) if each.key.startswith("afresh")]
    assert len(fresh) == 1
    found = await card(force, fresh[0])
    assert found.place and found.place.conversation_id == chat


async def test_a_card_that_arrives_after_a_failure_clears_the_board(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    await force.task()
    await force.boards_drawn()
    boards = len(await force.outbox(purpose=CardPurpose.BOARD))
    await posted(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    assert len(await force.outbox(purpose=CardPurpose.BOARD)) == boards
    await force.change(Outbox, table_of(Outbox).c.purpose == CardPurpose.OFFICER_TASK, last_error="busy")
    await posted(force, await row_for(force, POST, CardPurpose.OFFICER_TASK))
    assert len(await force.outbox(purpose=CardPurpose.BOARD)) == boards + 1


async def test_nothing_to_send_is_stamped_at_once_and_anything_else_is_not(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    await force.units.write(lambda uow: claim_rows(uow, 10))
    row = await row_for(force, POST, CardPurpose.OFFICER_TASK)
    assert isinstance(await force.units.write(lambda uow: finish_or_prepare(uow, row)), CardDelivery)
    assert (await row_for(force, POST, CardPurpose.OFFICER_TASK)).state == OutboxState.SENDING
    await force.change_task(made, owner_id=SECOND_CONSTABLE.entra_id)
    await force.units.write(lambda uow: finish_or_prepare(uow, row))
    done = await row_for(force, POST, CardPurpose.OFFICER_TASK)
    assert (done.state, done.proof) == (OutboxState.DONE, "no-longer-wanted")


@pytest.mark.parametrize("unclear", [0, 1])
async def test_a_second_copy_of_any_other_card_is_marked_by_its_drawing(force: Force, unclear: int) -> None:
    await force.open_channel()
    await force.task()
    await force.change(Outbox, table_of(Outbox).c.purpose == CardPurpose.CONFIRMATION, unclear=unclear)
    found = await card(force, await row_for(force, POST, CardPurpose.CONFIRMATION))
    assert found.is_second_copy is bool(unclear)


async def test_a_confirmation_that_is_gone_comes_back_in_its_thread(force: Force) -> None:
    await force.open_channel()
    made = await force.task()
    await posted(force, await row_for(force, POST, CardPurpose.CONFIRMATION))
    await force.close(made)
    await gone(force, await row_for(force, UPDATE, CardPurpose.CONFIRMATION))
    fresh = [each for each in await force.outbox(kind=POST) if each.key.startswith("afresh")]
    assert [each.conversation_id for each in fresh] == [ROOM.conversation_id]


async def test_where_one_of_two_cards_still_stands_none_is_posted_afresh(force: Force) -> None:
    await force.open_chat(CONSTABLE)
    made = await force.task()
    first = await row_for(force, POST, CardPurpose.OFFICER_TASK)
    await posted(force, first, "one")
    await posted(force, first, "two")
    await force.close(made)
    row = await row_for(force, UPDATE, CardPurpose.OFFICER_TASK)
    standing = sorted(await messages(force), key=lambda each: each.activity_id)
    await updated(force, row, standing, standing[:1])
    assert not [each for each in await force.outbox() if each.key.startswith("afresh")]
    await updated(force, row, standing, [])
    assert {each.activity_id: each.gone for each in await messages(force)} == {"one": True, "two": False}


async def test_a_board_that_is_gone_is_asked_for_again(force: Force) -> None:
    await force.open_channel()
    await force.task()
    row = await row_for(force, UPDATE, CardPurpose.BOARD)
    await posted(force, row)
    await force.boards_drawn()
    await gone(force, row)
    again = await row_for(force, UPDATE, CardPurpose.BOARD)
    assert "afresh" in again.key
    assert (await card(force, again)).place


async def test_an_answer_that_is_gone_stays_gone(force: Force) -> None:
    chat = await force.open_chat(CONSTABLE)
    await force.insert(SeenActivity(key="key", at=NOW, answer=b"{}"))
    await force.units.write(lambda uow: uow.effects(answer_row(chat)))
    row = await row_for(force, POST, CardPurpose.ANSWER)
    await posted(force, row)
    before = len(await force.outbox())
    await gone(force, row)
    assert len(await force.outbox()) == before
