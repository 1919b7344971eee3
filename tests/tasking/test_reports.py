"""The board: each of its sections, and nothing about a restricted subject in any line or count."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.local.people import CONSTABLE, SECOND_CONSTABLE, SERGEANT, SOUTH_SERGEANT
from storage.enums import (
    OrderStatus,
    OutboxKind,
    OutboxState,
    OutcomeCode,
    OutcomeState,
    Role,
    TaskKind,
    VisitKind,
)
from storage.rows import add, table_of
from storage.tables import CallForHelp, Outbox, Outcome, Person, ProtectiveOrder, Subject, Task, TaskBundle
from tasking.outbox_steps import claim_hand_overs, park_row
from tasking.reports import board_of, order_list, show_board
from tasking.views import BoardView
from tasking.work import calls
from tasking.work.lists import overdue_tasks
from tasking.work.officer_requests import ask_more_time
from tasking.work.outcomes import Report, key_reference, record_outcome, undo_outcome
from tasking.work.supervision import reassign
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, TOMORROW, Force

TODAY = datetime(2026, 3, 12, 20, 0, tzinfo=UTC)


ABOUT_A_RESTRICTED_SUBJECT = {
    "an order that is not served": lambda made, order, call: {
        "purpose": CardPurpose.ORDER_NOT_SERVED_NOTICE,
        "order_id": order,
    },
    "a task's card": lambda made, order, call: {
        "purpose": CardPurpose.CONFIRMATION,
        "task_id": made.task.id,
    },
    "an answer": lambda made, order, call: {"purpose": CardPurpose.ANSWER, "task_id": made.task.id},
    "a reminder": lambda made, order, call: {
        "purpose": CardPurpose.REMINDER,
        "task_ids": [made.task.id.hex],
    },
    "tasks to answer for": lambda made, order, call: {
        "purpose": CardPurpose.SUPERVISION_NOTICE,
        "task_ids": [made.task.id.hex],
    },
    "a call for help": lambda made, order, call: {
        "purpose": CardPurpose.CALL_NOTICE,
        "hint": call.hex,
    },
}


async def give_up_hand_overs(force: Force) -> None:
    """The records list refuses every hand-over that waits."""
    force.clock.advance(minutes=10)
    while rows := await force.units.write(lambda uow: claim_hand_overs(uow, 10)):
        for row in rows:
            await force.units.write(lambda uow, row=row: park_row(uow, row, "refused", "why"))  # type: ignore[misc]


async def board(force: Force, district: str = "north") -> BoardView:
    return await force.units.read(lambda uow: board_of(uow, district))


async def test_a_quiet_board_has_only_what_the_orders_say(force: Force) -> None:
    view = await board(force)
    assert (view.district_name, view.now_lines, view.athena_lines) == ("North team", (), ())
    assert view.cover_lines == ("DVPO-3 has no visit to come",)
    assert view.order_lines == ("DVPN-4 not served",)
    assert (view.due_today, view.seen_today, view.attempted_today, view.to_do_today, view.overdue) == (
        0,
        0,
        0,
        0,
        0,
    )


async def test_only_who_may_sees_the_board(force: Force) -> None:
    assert (await force.do(CONSTABLE, show_board, "north")).district_id == "north"
    assert (await force.do(SERGEANT, show_board, "north", in_channel=True)).district_id == "north"
    refused = await force.refused(SOUTH_SERGEANT, show_board, "north")
    assert (refused.code, refused.words) == ("not-allowed", "You cannot see that board.")
    assert (await force.refused(SERGEANT, show_board, "no-such-district")).code == "not-allowed"


async def test_the_board_says_when_it_was_true(force: Force) -> None:
    force.clock.at = TODAY
    assert (await board(force)).now == TODAY


async def test_the_work_of_another_district_is_in_no_line_and_no_count(force: Force) -> None:
    made = await force.task(None, due_at=TODAY)
    await force.change_task(made, district_id="south")
    view = await board(force)
    assert (view.now_lines, view.to_do_today) == ((), 0)


# --- now -------------------------------------------------------------------------------------


async def test_unallocated_work_stands_under_now(force: Force) -> None:
    await force.task(None, due_at=TODAY)
    assert (await board(force)).now_lines == ("T-1042 unallocated, due today 20:00",)


async def test_overdue_work_stands_under_now_with_its_officer(force: Force) -> None:
    await force.task(due_at=TODAY)
    force.clock.at = TODAY
    view = await board(force)
    assert view.now_lines == ("T-1042 overdue since today 20:00, PC 9187",)
    assert view.overdue == 1


async def test_an_officer_without_a_collar_number_is_named(force: Force) -> None:
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, collar_number="")
    await force.task(due_at=TODAY)
    force.clock.at = TODAY
    assert (await board(force)).now_lines == (f"T-1042 overdue since today 20:00, PC {CONSTABLE.name}",)
    listed = await force.do(SERGEANT, overdue_tasks)
    assert listed.lines[0].officer == CONSTABLE.name


async def test_a_request_for_time_stands_under_now(force: Force) -> None:
    made = await force.task(due_at=TODAY)
    await force.do(CONSTABLE, ask_more_time, made.task.ref, TOMORROW, "court")
    assert (await board(force)).now_lines == ("T-1042: PC 9187 asks for time to tomorrow 18:00",)


async def test_a_card_that_was_not_delivered_stands_under_now(force: Force) -> None:
    made = await force.task()
    card = table_of(Outbox).c.purpose == CardPurpose.OFFICER_TASK
    await force.change(Outbox, card, last_error="not-installed")
    assert (await board(force)).now_lines == (f"{made.task.ref} not delivered to PC 9187",)


async def test_parked_messages_are_counted_under_now(force: Force) -> None:
    await force.task()
    confirmation = table_of(Outbox).c.purpose == CardPurpose.CONFIRMATION
    await force.change(Outbox, confirmation, state=OutboxState.PARKED)
    assert (await board(force)).now_lines == ("1 message could not be sent",)
    await force.task()
    await force.change(Outbox, confirmation, state=OutboxState.PARKED)
    assert (await board(force)).now_lines == ("2 messages could not be sent",)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min ago"), (119, "119 min ago"), (120, "2 h ago"), (1440, "24 h ago")]
)
async def test_a_breach_stands_first_for_a_day(force: Force, minutes: int, words: str) -> None:
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    force.clock.advance(minutes=minutes)
    await force.task(None, due_at=force.clock.now() + timedelta(hours=1))
    first, second = (await board(force)).now_lines
    assert first == f"Breach DVPO-3 (T-1042), {words}"
    assert "unallocated" in second


async def test_a_breach_leaves_the_board_after_a_day(force: Force) -> None:
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    force.clock.advance(days=1, seconds=1)
    assert (await board(force)).now_lines == ()


async def test_a_breach_without_an_order_names_only_its_task(force: Force) -> None:
    made = await force.done(OutcomeCode.BREACH_SUSPECTED)
    await force.change_task(made, order_id=None)
    assert (await board(force)).now_lines == ("Breach (T-1042), 0 min ago",)


async def test_a_long_section_is_cut_and_says_how_much_more_there_is(force: Force) -> None:
    for minute in range(6):
        await force.task(None, due_at=TODAY + timedelta(minutes=minute))
    assert (await board(force)).now_lines[-1] == "T-1047 unallocated, due today 20:05"
    await force.task(None, due_at=TODAY + timedelta(minutes=6))
    lines = (await board(force)).now_lines
    assert len(lines) == 6
    assert lines[-1] == "and 2 more"


# --- cover and orders ------------------------------------------------------------------------


async def test_an_open_visit_covers_its_order_even_when_it_is_overdue(force: Force) -> None:
    await force.task(due_at=TODAY)
    assert (await board(force)).cover_lines == ()
    force.clock.at = TODAY + timedelta(hours=1)
    assert (await board(force)).cover_lines == ()


async def test_an_action_covers_nothing(force: Force) -> None:
    await force.task(kind=TaskKind.GENERAL_ACTION, title="Call")
    assert (await board(force)).cover_lines == ("DVPO-3 has no visit to come",)


async def test_an_order_whose_next_visit_would_fall_after_its_end_is_covered(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=(NOW + timedelta(days=2)).date())
    assert (await board(force)).cover_lines == ("DVPO-3 has no visit to come",)
    await force.done(OutcomeCode.SEEN_NO_CONCERN)
    assert (await board(force)).cover_lines == ()


async def test_an_attempt_covers_nothing(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=(NOW + timedelta(days=2)).date())
    await force.done(OutcomeCode.NO_ANSWER)
    assert (await board(force)).cover_lines == ("DVPO-3 has no visit to come",)


async def test_a_discharged_order_needs_no_cover(force: Force) -> None:
    await force.change_order("DVPO-3", status=OrderStatus.DISCHARGED)
    assert (await board(force)).cover_lines == ()


async def test_an_order_that_ends_within_three_days_is_named(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=(NOW + timedelta(days=2)).date())
    assert "DVPO-3 ends Sat 14 Mar" in (await board(force)).order_lines
    await force.change_order("DVPO-3", last_day=(NOW + timedelta(days=3)).date())
    assert "DVPO-3 ends Sun 15 Mar" not in (await board(force)).order_lines
    await force.change_order("DVPO-3", last_day=None)
    assert (await board(force)).order_lines == ("DVPN-4 not served",)


async def test_an_order_ends_soon_from_exactly_three_days_before(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=date(2026, 3, 15))
    force.clock.at = datetime(2026, 3, 13, 0, 0, tzinfo=UTC)
    assert "DVPO-3 ends Sun 15 Mar" in (await board(force)).order_lines
    force.clock.advance(seconds=-1)
    assert "DVPO-3 ends Sun 15 Mar" not in (await board(force)).order_lines


async def test_an_order_that_was_never_served_is_named_to_its_end(force: Force) -> None:
    await force.change_order("DVPN-4", last_day=NOW.date())
    assert "DVPN-4 not served" in (await board(force)).order_lines
    assert "DVPN-4" in {line.ref for line in (await force.do(SERGEANT, order_list, "north")).lines}
    force.clock.advance(days=1)
    assert "DVPN-4 not served" not in (await board(force)).order_lines
    assert "DVPN-4" not in {line.ref for line in (await force.do(SERGEANT, order_list, "north")).lines}


async def test_a_card_that_its_former_officer_never_got_is_not_said_of_who_has_it_now(force: Force) -> None:
    made = await force.task()
    card = table_of(Outbox).c.purpose == CardPurpose.OFFICER_TASK
    await force.change(Outbox, card, last_error="not-installed")
    await force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "leave")
    assert not any("not delivered" in line for line in (await board(force)).now_lines)


# --- today -----------------------------------------------------------------------------------


async def test_today_counts_what_was_seen_attempted_and_is_to_do(force: Force) -> None:
    await force.done(OutcomeCode.SEEN_NO_CONCERN)
    await force.done(OutcomeCode.NO_ANSWER)
    await force.done(OutcomeCode.WOULD_NOT_ENGAGE)
    for due in (TODAY, TODAY, TOMORROW):
        await force.task(due_at=due)
    view = await board(force)
    assert (view.seen_today, view.attempted_today, view.other_today) == (1, 2, 0)
    assert (view.to_do_today, view.due_today) == (2, 5)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (NOW, datetime(2026, 3, 13, 0, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 23, 0, tzinfo=UTC)),  # 23 hours long
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), datetime(2026, 7, 1, 23, 0, tzinfo=UTC)),
        (
            datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
            datetime(2026, 10, 26, 0, 0, tzinfo=UTC),
        ),  # 25 hours long
    ],
)
async def test_what_is_due_before_londons_midnight_is_due_today(
    force: Force, now: datetime, midnight: datetime
) -> None:
    late, next_day = await force.task(), await force.task()
    force.clock.at = now
    await force.change_task(late, due_at=midnight - timedelta(seconds=1))
    await force.change_task(next_day, due_at=midnight)
    view = await board(force)
    assert (view.to_do_today, view.due_today) == (1, 1)


@pytest.mark.parametrize("code", [OutcomeCode.NOT_ATTEMPTED, OutcomeCode.NOT_LIVING_HERE])
async def test_a_visit_that_met_nobody_is_neither_seen_nor_cover(force: Force, code: OutcomeCode) -> None:
    await force.change_order("DVPO-3", last_day=(NOW + timedelta(days=2)).date())
    await force.done(code)
    view = await board(force)
    assert (view.seen_today, view.attempted_today, view.other_today, view.due_today) == (0, 0, 1, 1)
    assert view.cover_lines == ("DVPO-3 has no visit to come",)


async def test_a_result_that_was_taken_back_is_not_counted(force: Force) -> None:
    done = await force.done(OutcomeCode.SEEN_NO_CONCERN)
    await force.do(CONSTABLE, undo_outcome, done.task.ref, None)
    assert (await board(force)).seen_today == 0


async def test_a_correction_counts_once(force: Force) -> None:
    done = await force.done(OutcomeCode.NO_ANSWER)
    state = table_of(Outcome).c.id == done.task.outcome_id
    await force.change(Outcome, state, state=OutcomeState.REJECTED)
    said = Report(OutcomeCode.SEEN_NO_CONCERN, NOW, corrects=done.task.outcome_id)
    await force.do(CONSTABLE, record_outcome, done.task.ref, said)
    view = await board(force)
    assert (view.seen_today, view.attempted_today) == (1, 0)


async def test_today_begins_at_london_midnight(force: Force) -> None:
    force.clock.at = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)  # 23:30 BST on the day the clocks went forward
    await force.done(OutcomeCode.SEEN_NO_CONCERN, due_at=datetime(2026, 3, 30, 12, 0, tzinfo=UTC))
    assert (await board(force)).seen_today == 1
    force.clock.at = datetime(2026, 3, 29, 23, 0, tzinfo=UTC)  # midnight
    assert (await board(force)).seen_today == 0


async def test_what_was_seen_just_after_londons_midnight_counts_all_day(force: Force) -> None:
    force.clock.at = datetime(2026, 3, 29, 23, 30, tzinfo=UTC)  # half past midnight on the 30th, summer time
    await force.done(OutcomeCode.SEEN_NO_CONCERN, due_at=datetime(2026, 3, 30, 12, 0, tzinfo=UTC))
    force.clock.at = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
    assert (await board(force)).seen_today == 1


# --- Athena ----------------------------------------------------------------------------------


async def test_the_way_to_athena_is_counted_by_where_it_stands(force: Force) -> None:
    done = await force.done()
    assert (await board(force)).athena_lines == ("1 on the way",)
    handed = table_of(Outcome).c.id == done.task.outcome_id
    await force.change(Outcome, handed, state=OutcomeState.HANDED_OVER)
    force.clock.advance(hours=24)
    assert (await board(force)).athena_lines == ("1 on the way",)
    force.clock.advance(seconds=1)
    assert (await board(force)).athena_lines == ("1 over 24 h",)


async def test_what_the_desk_sent_back_is_counted_until_it_is_corrected(force: Force) -> None:
    done = await force.done()
    row = table_of(Outcome).c.id == done.task.outcome_id
    await force.change(Outcome, row, state=OutcomeState.REJECTED)
    assert (await board(force)).athena_lines == ("Sent back by the desk: T-1042",)
    said = Report(OutcomeCode.SEEN_NO_CONCERN, NOW, corrects=done.task.outcome_id)
    await force.do(CONSTABLE, record_outcome, done.task.ref, said)
    assert (await board(force)).athena_lines == ("1 on the way",)


async def test_the_board_names_three_that_were_sent_back_and_counts_the_rest(force: Force) -> None:
    back = table_of(Outcome).c.state == OutcomeState.TO_HAND_OVER
    for _ in range(3):
        await force.done()
    await force.change(Outcome, back, state=OutcomeState.RETURNED)
    assert (await board(force)).athena_lines == ("Sent back by the desk: T-1042, T-1043, T-1044",)
    for _ in range(2):
        await force.done()
    await force.change(Outcome, back, state=OutcomeState.RETURNED)
    assert (await board(force)).athena_lines == ("Sent back by the desk: T-1042, T-1043, T-1044 and 2 more",)
    await force.restrict("S-01")
    assert (await board(force)).athena_lines == ()


async def test_what_is_to_be_keyed_by_hand_is_counted_until_its_reference_is_in(force: Force) -> None:
    done = await force.done(OutcomeCode.ARRESTED)
    assert (await board(force)).athena_lines == ("1 to key by hand",)
    await force.do(CONSTABLE, key_reference, done.task.ref, None, "36/1/19")
    assert (await board(force)).athena_lines == ()


async def test_what_was_keyed_long_ago_hides_nothing_that_is_to_be_keyed(force: Force) -> None:
    done = await force.done(OutcomeCode.ARRESTED)
    assert done.outcome is not None
    keyed = done.outcome.model_dump() | {"athena_ref": "36/1/19", "recorded_at": NOW - timedelta(days=30)}
    old = [Outcome(**keyed | {"id": uuid4(), "key": uuid4()}) for _ in range(505)]
    await force.units.write(lambda uow: add(uow.connection, *old))
    assert (await board(force)).athena_lines == ("1 to key by hand",)


async def test_what_is_overdue_is_counted_whatever_the_list_holds(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await force.task()
    monkeypatch.setattr("tasking.reports._MOST_LINES", 2)
    force.clock.advance(days=2)
    view = await board(force)
    assert (view.overdue, view.to_do_today) == (3, 3)


async def test_a_visit_covers_its_order_however_many_tasks_are_open(force: Force) -> None:
    made = await force.task()
    await force.change_task(made, due_at=TOMORROW + timedelta(days=30))
    values = (await force.reload(made)).model_dump() | {"order_id": None, "due_at": TOMORROW, "form_id": None}
    others = [values | {"id": uuid4(), "number": 5000 + n, "ref": f"T-{5000 + n}"} for n in range(505)]
    await force.insert(*(Task(**each) for each in others))
    assert (await board(force)).cover_lines == ()
    listed = await force.do(SERGEANT, order_list, "north")
    assert [line.is_covered for line in listed.lines if line.ref == "DVPO-3"] == [True]


async def test_an_order_is_covered_by_its_last_check_however_many_attempts_came_after_it(
    force: Force,
) -> None:
    await force.change_order("DVPO-3", last_day=(NOW + timedelta(days=1)).date())
    await force.done(OutcomeCode.SEEN_NO_CONCERN)
    for _ in range(7):
        force.clock.advance(minutes=1)
        await force.done(OutcomeCode.NO_ANSWER)
    assert (await board(force)).cover_lines == ()


async def test_what_came_of_today_is_counted_however_much_it_is(force: Force) -> None:
    done = await force.done()
    assert done.outcome is not None
    values = (await force.reload(done)).model_dump() | {"form_id": None}
    tasks, outcomes = [], []
    for n in range(505):
        ids = {"id": uuid4(), "outcome_id": uuid4()}
        tasks.append(Task(**values | ids | {"number": 5000 + n, "ref": f"T-{5000 + n}"}))
        more = {"id": ids["outcome_id"], "task_id": ids["id"], "key": uuid4()}
        outcomes.append(Outcome(**done.outcome.model_dump() | more))
    await force.insert(*tasks)
    await force.insert(*outcomes)
    assert (await board(force)).attempted_today == 506


async def test_a_cut_list_says_how_many_more_there_are_of_all(force: Force) -> None:
    made = await force.task()
    values = (await force.reload(made)).model_dump() | {"form_id": None}
    others = [values | {"id": uuid4(), "number": 5000 + n, "ref": f"T-{5000 + n}"} for n in range(600)]
    await force.insert(*(Task(**each) for each in others))
    force.clock.advance(days=3)
    lines = (await board(force)).now_lines
    assert len(lines) == 6 and lines[-1] == "and 596 more"


async def test_what_redline_gave_up_is_named_and_counted_until_its_reference_is_in(force: Force) -> None:
    first, second = await force.done(), await force.done()
    await give_up_hand_overs(force)
    lines = ("NOT on Athena, key by hand: T-1042, T-1043", "2 to key by hand")
    assert (await board(force)).athena_lines == lines
    assert (await board(force)).now_lines == ()
    await force.do(CONSTABLE, key_reference, first.task.ref, None, "36/1/19")
    assert (await board(force)).athena_lines == (
        f"NOT on Athena, key by hand: {second.task.ref}",
        "1 to key by hand",
    )


async def test_what_redline_gave_up_of_a_restricted_subject_is_not_named(force: Force) -> None:
    await force.done()
    await give_up_hand_overs(force)
    await force.restrict("S-01")
    view = await board(force)
    assert (view.athena_lines, view.now_lines) == ((), ())


async def test_what_was_to_be_keyed_by_hand_and_was_corrected_is_not_counted_any_more(force: Force) -> None:
    done = await force.done(OutcomeCode.ARRESTED)
    force.clock.advance(minutes=11)
    said = Report(OutcomeCode.NO_ANSWER, NOW, corrects=done.task.outcome_id, reason="Wrong person")
    await force.do(CONSTABLE, record_outcome, done.task.ref, said)
    assert (await board(force)).athena_lines == ("1 on the way",)


# --- restricted ------------------------------------------------------------------------------


async def test_a_restricted_subject_is_in_no_line_and_no_count(force: Force) -> None:
    quiet = await board(force)
    await force.restricted_task(None)
    open_one = await force.restricted_task()
    closed = await force.restricted_task(SECOND_CONSTABLE)
    await force.close(closed, OutcomeCode.DONE, SECOND_CONSTABLE)
    await force.change(Outbox, table_of(Outbox).c.task_id == open_one.task.id, state=OutboxState.PARKED)
    assert asdict(await board(force)) == asdict(quiet)


PARKED: dict[str, Any] = {
    "key": "parked",
    "lane": "parked",
    "district_id": "north",
    "kind": OutboxKind.POST_CARD,
    "state": OutboxState.PARKED,
    "created_at": NOW,
    "send_after": NOW,
}


@pytest.mark.parametrize("about", ABOUT_A_RESTRICTED_SUBJECT.values(), ids=ABOUT_A_RESTRICTED_SUBJECT)
async def test_no_parked_message_about_a_restricted_subject_is_counted(
    force: Force, about: Callable[[TaskBundle, UUID, UUID], dict[str, Any]]
) -> None:
    made = await force.task()
    order = (await force.rows(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == "DVPO-3"))[0]
    call = CallForHelp(
        message_key="key", person_id=CONSTABLE.entra_id, district_id="north", task_id=made.task.id, at=NOW
    )
    await force.insert(call)
    quiet = (await board(force)).now_lines
    await force.insert(Outbox(**PARKED, **about(made, order.id, call.id)))
    assert (await board(force)).now_lines == ("1 message could not be sent", *quiet)
    await force.restrict("S-01")
    assert (await board(force)).now_lines == ()


@pytest.mark.parametrize(
    "purpose", [CardPurpose.ANSWER, CardPurpose.REMINDER, CardPurpose.SUPERVISION_NOTICE]
)
async def test_a_parked_message_that_may_be_about_anything_is_not_counted(
    force: Force, purpose: CardPurpose
) -> None:
    await force.insert(Outbox(**PARKED, purpose=purpose))
    assert (await board(force)).now_lines == ()


async def test_a_call_about_no_task_hints_at_nobody_and_is_counted(force: Force) -> None:
    call = CallForHelp(message_key="key", person_id=CONSTABLE.entra_id, district_id="north", at=NOW)
    await force.insert(call)
    notice = calls._post(call, SERGEANT.entra_id, NOW)
    await force.units.write(lambda uow: uow.effects(notice))
    await force.change(Outbox, table_of(Outbox).c.key == notice["key"], state=OutboxState.PARKED)
    assert (await board(force)).now_lines == ("1 message could not be sent",)


async def test_a_restricted_breach_is_in_no_line_and_no_count(force: Force) -> None:
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    await force.change(Subject, table_of(Subject).c.ref == "S-01", restricted=True)
    view = await board(force)
    assert (view.now_lines, view.cover_lines, view.athena_lines) == ((), (), ())
    assert (view.seen_today, view.due_today) == (0, 0)


# --- the list of orders ----------------------------------------------------------------------


async def test_the_orders_that_count_are_listed_by_their_end(force: Force) -> None:
    view = await force.do(SERGEANT, order_list, "north")
    assert (view.district_name, view.now) == ("North team", NOW)
    found = {line.ref: line for line in view.lines}
    assert set(found) == {"DVPO-3", "DVPN-4"}
    assert (found["DVPO-3"].subject_ref, found["DVPO-3"].status_words) == ("S-01", "In force")
    assert found["DVPO-3"].last_day_words == "Thu 2 Apr"
    assert found["DVPN-4"].last_day_words == "no end set"
    assert (found["DVPO-3"].is_served, found["DVPN-4"].is_served) == (True, False)
    assert found["DVPN-4"].status_words == "Authorised"
    assert not found["DVPO-3"].is_covered
    made = await force.task()
    view = await force.do(SERGEANT, order_list, "north")
    assert {line.ref: line.is_covered for line in view.lines}["DVPO-3"]
    await force.close(made)
    view = await force.do(SERGEANT, order_list, "north")
    assert not {line.ref: line.is_covered for line in view.lines}["DVPO-3"]


async def test_an_order_that_is_over_is_not_listed(force: Force) -> None:
    await force.change_order("DVPO-3", status=OrderStatus.EXPIRED)
    assert [line.ref for line in (await force.do(SERGEANT, order_list, "north")).lines] == ["DVPN-4"]


async def test_an_order_about_a_restricted_subject_is_listed_only_for_the_people_named(force: Force) -> None:
    await force.change(Subject, table_of(Subject).c.ref == "S-01", restricted=True)
    assert [line.ref for line in (await force.do(SERGEANT, order_list, "north")).lines] == ["DVPN-4"]
    await force.name_for("S-01", SERGEANT)
    assert len((await force.do(SERGEANT, order_list, "north")).lines) == 2
    assert len((await force.do(SERGEANT, order_list, "north", in_channel=True)).lines) == 1


async def test_only_who_may_sees_the_orders(force: Force) -> None:
    refused = await force.refused(SOUTH_SERGEANT, order_list, "north")
    assert (refused.code, refused.words) == ("not-allowed", "You cannot see those orders.")


async def test_a_visit_to_the_protected_person_counts_as_a_visit_to_come(force: Force) -> None:
    await force.change_order("DVPO-3", safe_contact_plan_at=NOW)
    await force.task(visit_kind=VisitKind.PROTECTED_PERSON_CONTACT)
    assert (await board(force)).cover_lines == ()


async def test_a_channel_shows_neither_board_nor_orders_of_another_district(force: Force) -> None:
    await force.give_role(SERGEANT, Role.SUPERVISOR, "south")
    for show, what in ((show_board, "That board"), (order_list, "That list")):
        assert await force.do(SERGEANT, show, "south")
        refused = await force.refused(SERGEANT, show, "south", in_channel=True)
        assert refused.code == "other-district"
        assert refused.words == f"{what} belongs to another district than this channel."
