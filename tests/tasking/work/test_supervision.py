"""What a supervisor does with a task: reassign, extend, cancel, answer a request for time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from infra.local.people import (
    CONSTABLE,
    INSPECTOR,
    OUTSIDER,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_CONSTABLE,
    SOUTH_SERGEANT,
    FictionalPerson,
)
from storage.enums import OutboxKind, TaskKind, TaskState
from storage.rows import table_of
from storage.tables import Outbox, TaskBundle, TaskChange
from tasking.refusals import Stale
from tasking.work.officer_requests import accept, ask_more_time, give_back
from tasking.work.supervision import answer_more_time, cancel, extend, reassign
from tests.support.notice_names import CardPurpose
from tests.support.units import TOMORROW, Force

LATER = TOMORROW + timedelta(hours=6)
SECOND = SECOND_CONSTABLE.entra_id


async def test_the_next_officer_gets_the_card_and_the_one_before_sees_that_it_is_gone(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, accept, made.task.ref)
    moved = await force.do(INSPECTOR, reassign, made.task.ref, SECOND, "on leave")
    task = moved.task
    assert (task.state, task.owner_id, task.accepted_at) == (TaskState.ASSIGNED, SECOND, None)
    assert task.supervisor_id == INSPECTOR.entra_id
    posts = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert [row.person_id for row in posts] == [CONSTABLE.entra_id, SECOND]
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert CONSTABLE.entra_id in {row.person_id for row in updates}
    change = (await force.rows(TaskChange, table_of(TaskChange).c.action == "reassign"))[0]
    assert (change.reason, change.actor_id) == ("on leave", INSPECTOR.entra_id)


async def test_unallocated_work_is_allocated_and_its_notice_drawn_afresh(force: Force) -> None:
    made = await force.task(None)
    moved = await force.do(SERGEANT, reassign, made.task.ref, SECOND, "free")
    assert moved.task.state == TaskState.ASSIGNED
    notice = {"kind": OutboxKind.UPDATE_CARD, "purpose": CardPurpose.UNALLOCATED_NOTICE}
    assert len(await force.outbox(**notice)) == 1


async def test_overdue_work_reminds_its_new_officer_from_now(force: Force) -> None:
    made = await force.task()
    force.clock.advance(days=2)
    moved = await force.do(SERGEANT, reassign, made.task.ref, SECOND, "leave")
    assert moved.task.next_reminder_at == force.clock.now()


@pytest.mark.parametrize(
    ("officer", "reason", "code"),
    [
        (CONSTABLE, "x", "already-theirs"),
        (SOUTH_CONSTABLE, "x", "officer-elsewhere"),
        (OUTSIDER, "x", "officer-unknown"),
        (SECOND_CONSTABLE, " ", "no-reason"),
        (SECOND_CONSTABLE, "x" * 1001, "text-too-long"),
    ],
)
async def test_who_cannot_take_it_is_refused(force: Force, officer: Any, reason: str, code: str) -> None:
    made = await force.task()
    assert (await force.refused(SERGEANT, reassign, made.task.ref, officer.entra_id, reason)).code == code


async def test_restricted_work_goes_only_to_the_people_named_for_it(force: Force) -> None:
    made = await force.restricted_task()
    refusal = await force.refused(SERGEANT, reassign, made.task.ref, SECOND, "leave")
    assert refusal.code == "officer-not-named"
    await force.name_for("S-04", SECOND_CONSTABLE)
    moved = await force.do(SERGEANT, reassign, made.task.ref, SECOND, "leave")
    assert moved.task.owner_id == SECOND


async def test_more_time_moves_the_due_time_and_the_reminder(force: Force) -> None:
    made = await force.task()
    later = await force.do(SERGEANT, extend, made.task.ref, LATER, "court ran late")
    assert (later.task.due_at, later.task.next_reminder_at) == (LATER, LATER)


@pytest.mark.parametrize(
    ("hours", "reason", "code"),
    [
        *((0, "x", "not-later"), (6, "", "no-reason")),
        *((24 * 60, "x", "due-after-end"), (24 * 366, "x", "due-too-far")),
    ],
)
async def test_an_extension_that_cannot_be_is_refused(
    force: Force, hours: int, reason: str, code: str
) -> None:
    made = await force.task()
    until = TOMORROW + timedelta(hours=hours)
    assert (await force.refused(SERGEANT, extend, made.task.ref, until, reason)).code == code


async def test_cancelled_work_is_closed_without_a_result_or_a_reminder(force: Force) -> None:
    made = await force.task()
    ended = await force.do(SERGEANT, cancel, made.task.ref, "order discharged")
    assert (ended.task.state, ended.task.next_reminder_at) == (TaskState.CANCELLED, None)
    assert (ended.task.owner_id, ended.outcome) == (CONSTABLE.entra_id, None)
    assert (await force.refused(SERGEANT, cancel, made.task.ref, " ")).code == "stale"


async def test_work_about_nobody_can_be_given_any_time(force: Force) -> None:
    made = await force.task(kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    far = TOMORROW + timedelta(days=300)
    later = await force.do(SERGEANT, extend, made.task.ref, far, "no hurry")
    assert later.task.due_at == far


async def test_cancelling_needs_a_reason(force: Force) -> None:
    made = await force.task()
    assert (await force.refused(SERGEANT, cancel, made.task.ref, " ")).code == "no-reason"


async def test_the_time_that_was_asked_for_is_given(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, ask_more_time, made.task.ref, LATER, "court")
    given = await force.do(SERGEANT, answer_more_time, made.task.ref, True)
    assert (given.task.due_at, given.task.asked_until) == (LATER, None)
    assert {row.action for row in await force.rows(TaskChange)} >= {"give-more-time"}


async def test_a_no_leaves_the_due_time_as_it_is(force: Force) -> None:
    made = await force.task()
    asked = await force.do(CONSTABLE, ask_more_time, made.task.ref, LATER, "court")
    told = await force.do(SERGEANT, answer_more_time, made.task.ref, False, asked.task.version)
    assert (told.task.due_at, told.task.asked_until) == (TOMORROW, None)
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.MORE_TIME_REQUEST)
    assert len(updates) == 1


async def test_a_request_that_was_answered_gets_the_fresh_card(force: Force) -> None:
    made = await force.task()
    assert isinstance(await force.refused(SERGEANT, answer_more_time, made.task.ref, True), Stale)


async def test_time_that_has_passed_meanwhile_is_not_given(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, ask_more_time, made.task.ref, LATER, "court")
    force.clock.advance(days=3)
    assert (await force.refused(SERGEANT, answer_more_time, made.task.ref, True)).code == "due-past"


CHANGES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (reassign, (SECOND, "leave")),
    (extend, (LATER, "court")),
    (cancel, ("over",)),
    (answer_more_time, (True,)),
]


@pytest.mark.parametrize(("act", "args"), CHANGES)
async def test_an_officer_and_another_districts_sergeant_change_nothing(
    force: Force, act: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    made = await force.task()
    assert (await force.refused(CONSTABLE, act, made.task.ref, *args)).code == "not-allowed"
    assert (await force.refused(SOUTH_SERGEANT, act, made.task.ref, *args)).code == "not-found"


@pytest.mark.parametrize(("act", "args"), CHANGES)
async def test_a_card_drawn_from_another_version_changes_nothing(
    force: Force, act: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    made = await force.task()
    await force.do(CONSTABLE, ask_more_time, made.task.ref, LATER, "court")
    refusal = await force.refused(SERGEANT, act, made.task.ref, *args, version=made.task.version)
    assert isinstance(refusal, Stale)
    assert refusal.view and refusal.view.task.asked_until == LATER


@pytest.mark.parametrize(("act", "args"), CHANGES)
async def test_closed_work_is_left_as_it_is(
    force: Force, act: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    done = await force.done()
    assert isinstance(await force.refused(SERGEANT, act, done.task.ref, *args), Stale)


async def test_a_tap_on_a_card_of_work_given_back_hears_where_it_went(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, give_back, made.task.ref, "court")
    refusal = await force.refused(SERGEANT, cancel, made.task.ref, "x", version=made.task.version)
    assert "gone back to the sergeant" in refusal.words


@pytest.mark.parametrize("end", [cancel, reassign])
async def test_a_request_for_time_that_came_to_nothing_is_drawn_afresh(
    force: Force, end: Callable[..., Any]
) -> None:
    made = await force.task()
    await force.do(CONSTABLE, ask_more_time, made.task.ref, LATER, "court")
    args = ("over",) if end is cancel else (SECOND, "leave")
    await force.do(SERGEANT, end, made.task.ref, *args)
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.MORE_TIME_REQUEST)
    assert len(updates) == 1


@pytest.mark.parametrize(
    ("decide", "args"),
    [(reassign, (SECOND, "free")), (cancel, ("over",)), (extend, (LATER, "tomorrow"))],
)
async def test_what_was_given_back_is_drawn_afresh_once_it_was_decided(
    force: Force, decide: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    made = await force.task()
    await force.do(CONSTABLE, give_back, made.task.ref, "at court")
    await force.do(SERGEANT, decide, made.task.ref, *args)
    post, update = await force.outbox(purpose=CardPurpose.GIVEN_BACK)
    assert (update.kind, update.lane, update.task_id) == (OutboxKind.UPDATE_CARD, post.lane, made.task.id)


# --- what the officer is told ----------------------------------------------------------------

DECIDED: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
    ("cancel", cancel, ("unsafe",)),
    ("reassign", reassign, (SECOND, "on leave")),
    ("extend", extend, (LATER, "court first")),
    ("give-more-time", answer_more_time, (True,)),
    ("refuse-more-time", answer_more_time, (False,)),
]
each_decision = pytest.mark.parametrize(("action", "decide", "args"), DECIDED)


async def decisions(force: Force) -> list[Outbox]:
    return await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.DECISION)


async def asked_for_time(force: Force, officer: FictionalPerson = CONSTABLE) -> TaskBundle:
    made = await force.task(officer)
    await force.do(officer, ask_more_time, made.task.ref, LATER, "at court")
    return made


@each_decision
async def test_the_officer_is_told_of_each_decision_once_in_a_new_post(
    force: Force, action: str, decide: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    made = await asked_for_time(force)
    await force.do(SERGEANT, decide, made.task.ref, *args)
    told = await decisions(force)
    assert [(row.person_id, row.conversation_id) for row in told] == [(CONSTABLE.entra_id, None)]
    due_at = (await force.reload(made)).due_at
    assert told[0].hint == f"{action} {due_at.isoformat()}"


@each_decision
async def test_nobody_is_told_of_what_they_decided_themselves(
    force: Force, action: str, decide: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    made = await asked_for_time(force, SERGEANT)
    await force.do(SERGEANT, decide, made.task.ref, *args)
    assert await decisions(force) == [], action


async def test_a_decision_about_work_that_nobody_has_is_told_to_nobody(force: Force) -> None:
    made = await force.task(None)
    await force.do(SERGEANT, extend, made.task.ref, LATER, "wait")
    await force.do(SERGEANT, reassign, made.task.ref, SECOND, "free")
    assert await decisions(force) == []


async def test_each_decision_about_a_task_is_told_for_itself(force: Force) -> None:
    made = await force.task()
    await force.do(SERGEANT, extend, made.task.ref, LATER, "court first")
    await force.do(SERGEANT, cancel, made.task.ref, "unsafe")
    assert [row.hint.split()[0] for row in await decisions(force)] == ["extend", "cancel"]
