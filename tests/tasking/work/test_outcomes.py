"""Recording what came of a task, taking it back, correcting it, and giving its Athena reference."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from infra.local.people import ANALYST, CONSTABLE, NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT
from storage.enums import (
    OutboxKind,
    OutboxState,
    OutcomeCode,
    OutcomeState,
    RecordsRoute,
    Role,
    TaskKind,
    TaskState,
)
from storage.rows import table_of
from storage.tables import AuditEvent, Outbox, Outcome, Task, TaskChange
from tasking.refusals import Stale
from tasking.work.briefing import brief
from tasking.work.outcomes import Report, key_reference, record_outcome, undo_outcome
from tasking.work.questions import ARREST_AT
from tasking.work.supervision import cancel, extend
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, Force

NO_ANSWER = OutcomeCode.NO_ANSWER
ACTION: dict[str, Any] = {"kind": TaskKind.GENERAL_ACTION, "title": "Call the desk"}


def report(code: OutcomeCode = NO_ANSWER, **changes: Any) -> Report:
    values: dict[str, Any] = {"code": code, "happened_at": NOW}
    if code == OutcomeCode.ARRESTED:
        values["answers"] = {ARREST_AT: NOW.isoformat()}
    return Report(**(values | changes))


async def outcome_rows(force: Force) -> list[Outcome]:
    return sorted(await force.rows(Outcome), key=lambda row: row.recorded_at)


async def test_an_outcome_closes_the_task_and_goes_to_the_records_list_after_the_undo_window(
    force: Force,
) -> None:
    made = await force.task()
    said = report(note="Lights off", answers={"answer_1": "At the door", "answer_2": ""})
    done = await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    assert done.task.state == TaskState.DONE
    assert (done.task.next_reminder_at, done.task.outcome_id) == (None, (await outcome_rows(force))[0].id)
    outcome = (await outcome_rows(force))[0]
    assert (outcome.code, outcome.officer_id, outcome.note) == (NO_ANSWER, CONSTABLE.entra_id, "Lights off")
    assert outcome.answers == {"answer_1": "At the door"}
    assert (outcome.state, outcome.route) == (OutcomeState.TO_HAND_OVER, RecordsRoute.REDLINE_SENDS)
    row = (await force.outbox(kind=OutboxKind.HAND_OVER))[0]
    assert row.send_after == outcome.hand_over_after == NOW + timedelta(minutes=10)


async def test_a_breach_in_a_district_that_policy_no_longer_lists_is_told_to_its_supervisor(
    force: Force,
) -> None:
    made = await force.task()
    await force.change_task(made, district_id="east")
    await force.give_role(CONSTABLE, Role.NEIGHBOURHOOD_OFFICER, "east")
    await force.do(CONSTABLE, record_outcome, made.task.ref, report(OutcomeCode.BREACH_SUSPECTED))
    notices = await force.outbox(purpose=CardPurpose.BREACH_NOTICE)
    assert [row.person_id for row in notices] == [SERGEANT.entra_id]


async def test_the_history_and_the_audit_hold_codes_and_no_words(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, record_outcome, made.task.ref, report(note="words of a note"))
    change = (await force.rows(TaskChange, table_of(TaskChange).c.action == "record-outcome"))[0]
    assert (change.from_state, change.to_state, change.reason) == (TaskState.ASSIGNED, TaskState.DONE, "")
    event = (await force.rows(AuditEvent, table_of(AuditEvent).c.action == "record-outcome"))[0]
    assert (event.reason_code, event.actor_id) == (NO_ANSWER, CONSTABLE.entra_id)
    assert "words" not in str(event.__dict__)


async def test_the_cards_that_stand_follow_the_outcome(force: Force) -> None:
    await force.done()
    updates = {row.purpose for row in await force.outbox(kind=OutboxKind.UPDATE_CARD)}
    assert updates == {CardPurpose.OFFICER_TASK, CardPurpose.CONFIRMATION, CardPurpose.BOARD}


async def test_a_breach_leaves_at_once_and_is_told_to_the_supervisor_and_the_channel(force: Force) -> None:
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    row = (await force.outbox(kind=OutboxKind.HAND_OVER))[0]
    assert row.send_after == NOW
    notices = await force.outbox(purpose=CardPurpose.BREACH_NOTICE)
    assert {(row.person_id, row.conversation_id) for row in notices} == {
        (SERGEANT.entra_id, None),
        (None, NORTH_CHANNEL),
    }


async def test_an_arrest_is_keyed_by_hand_by_policy(force: Force) -> None:
    done = await force.done(OutcomeCode.ARRESTED)
    assert done.outcome and done.outcome.state == OutcomeState.KEYED_BY_HAND
    assert await force.outbox(kind=OutboxKind.HAND_OVER) == []


async def test_work_about_a_restricted_subject_is_keyed_by_hand(force: Force) -> None:
    made = await force.restricted_task()
    done = await force.close(made, OutcomeCode.DONE)
    assert done.outcome and done.outcome.route == RecordsRoute.KEYED_BY_HAND
    assert await force.outbox(kind=OutboxKind.HAND_OVER) == []


async def test_a_breach_of_a_restricted_subject_stays_out_of_the_channel(force: Force) -> None:
    from storage.tables import Subject

    made = await force.task()
    await force.change(Subject, table_of(Subject).c.ref == "S-01", restricted=True)
    await force.name_for("S-01", CONSTABLE)
    await force.close(made, OutcomeCode.BREACH_SUSPECTED)
    notices = await force.outbox(purpose=CardPurpose.BREACH_NOTICE)
    assert [row.person_id for row in notices] == [SERGEANT.entra_id]


async def test_the_outcome_is_taken_whichever_version_its_card_was_drawn_from(force: Force) -> None:
    made = await force.task()
    await force.do(SERGEANT, extend, made.task.ref, made.task.due_at + timedelta(hours=1), "court")
    assert (await force.close(made)).task.state == TaskState.DONE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": OutcomeCode.ACHIEVED}, "wrong-outcome"),
        ({"code": OutcomeCode.NO_REPLY}, "wrong-outcome"),
        ({"happened_at": NOW + timedelta(minutes=1, seconds=1)}, "time-in-future"),
        ({"happened_at": NOW - timedelta(days=7, seconds=1)}, "time-too-old"),
        ({"note": "x" * 4001}, "note-too-long"),
    ],
)
async def test_a_report_that_cannot_be_is_refused(force: Force, changes: dict[str, Any], code: str) -> None:
    made = await force.task()
    refusal = await force.refused(CONSTABLE, record_outcome, made.task.ref, report(**changes))
    assert refusal.code == code
    assert (await force.reload(made)).state == TaskState.ASSIGNED


@pytest.mark.parametrize(
    "changes",
    [
        {"happened_at": NOW + timedelta(minutes=1)},
        {"happened_at": NOW - timedelta(days=7)},
        {"note": "x" * 4000},
    ],
)
async def test_the_edges_of_what_can_be_are_taken(force: Force, changes: dict[str, Any]) -> None:
    made = await force.task()
    done = await force.do(CONSTABLE, record_outcome, made.task.ref, report(**changes))
    assert done.task.state == TaskState.DONE


async def test_nobody_closes_somebody_elses_task(force: Force) -> None:
    made = await force.task()
    assert (await force.refused(SERGEANT, record_outcome, made.task.ref, report())).code == "not-allowed"
    assert (
        await force.refused(SECOND_CONSTABLE, record_outcome, made.task.ref, report())
    ).code == "not-found"


async def test_a_second_result_gets_the_fresh_card_and_changes_nothing(force: Force) -> None:
    done = await force.done()
    refusal = await force.refused(
        CONSTABLE, record_outcome, done.task.ref, report(OutcomeCode.SEEN_NO_CONCERN)
    )
    assert isinstance(refusal, Stale)
    assert refusal.view and refusal.view.outcome and refusal.view.outcome.code == NO_ANSWER
    assert "already has a result" in refusal.words


async def test_a_cancelled_task_takes_no_result(force: Force) -> None:
    made = await force.task()
    await force.do(SERGEANT, cancel, made.task.ref, "order discharged")
    refusal = await force.refused(CONSTABLE, record_outcome, made.task.ref, report())
    assert "was cancelled" in refusal.words


async def test_an_outcome_brings_the_folding_of_the_briefing_forward(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, brief, made.task.ref)
    folds = [row for row in await force.outbox() if "fold" in row.key]
    assert [row.send_after for row in folds] == [NOW + timedelta(hours=1)]
    force.clock.advance(minutes=5)
    await force.close(made)
    folds = [row for row in await force.outbox() if "fold" in row.key]
    assert [row.send_after for row in folds] == [force.clock.now()]


# --- undo ------------------------------------------------------------------------------------


async def test_undo_opens_the_task_again_and_withdraws_the_outcome(force: Force) -> None:
    done = await force.done()
    force.clock.advance(minutes=10, seconds=-1)
    open_again = await force.do(CONSTABLE, undo_outcome, done.task.ref, done.task.outcome_id)
    assert (open_again.task.state, open_again.task.outcome_id) == (TaskState.ACCEPTED, None)
    assert open_again.task.accepted_at == force.clock.now()
    assert open_again.task.next_reminder_at == done.task.due_at
    assert open_again.outcome is None
    assert [row.state for row in await outcome_rows(force)] == [OutcomeState.WITHDRAWN]


async def test_undo_keeps_the_time_at_which_the_task_was_accepted(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, brief, made.task.ref)
    force.clock.advance(minutes=5)
    await force.close(made)
    open_again = await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    assert open_again.task.accepted_at == NOW


async def test_an_overdue_task_that_is_undone_is_reminded_of_from_now(force: Force) -> None:
    made = await force.task()
    force.clock.advance(days=2)
    await force.close(made)
    open_again = await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    assert open_again.task.next_reminder_at == force.clock.now()


async def test_undo_ends_with_the_tenth_minute(force: Force) -> None:
    done = await force.done()
    force.clock.advance(minutes=10)
    refusal = await force.refused(CONSTABLE, undo_outcome, done.task.ref, None)
    assert refusal.code == "too-late-to-undo"
    assert (await outcome_rows(force))[0].state == OutcomeState.TO_HAND_OVER


async def test_a_breach_cannot_be_undone(force: Force) -> None:
    done = await force.done(OutcomeCode.BREACH_SUSPECTED)
    assert (await force.refused(CONSTABLE, undo_outcome, done.task.ref, None)).code == "too-late-to-undo"


async def test_what_is_keyed_by_hand_can_be_undone_until_its_reference_is_in(force: Force) -> None:
    made = await force.task(**ACTION)
    done = await force.close(made, OutcomeCode.DONE)
    await force.do(CONSTABLE, key_reference, done.task.ref, None, "36/1/19")
    assert (await force.refused(CONSTABLE, undo_outcome, done.task.ref, None)).code == "too-late-to-undo"


async def test_a_handed_over_outcome_cannot_be_undone_even_within_the_window(force: Force) -> None:
    done = await force.done()
    await force.change(Outcome, table_of(Outcome).c.id == done.task.outcome_id, leaving_at=NOW)
    assert (await force.refused(CONSTABLE, undo_outcome, done.task.ref, None)).code == "too-late-to-undo"


async def test_undoing_twice_or_another_outcome_changes_nothing(force: Force) -> None:
    done = await force.done()
    assert isinstance(await force.refused(CONSTABLE, undo_outcome, done.task.ref, uuid4()), Stale)
    await force.do(CONSTABLE, undo_outcome, done.task.ref, done.task.outcome_id)
    again = await force.refused(CONSTABLE, undo_outcome, done.task.ref, done.task.outcome_id)
    assert isinstance(again, Stale)


async def test_a_supervisor_does_not_undo_for_the_officer(force: Force) -> None:
    done = await force.done()
    assert (await force.refused(SERGEANT, undo_outcome, done.task.ref, None)).code == "not-allowed"


async def test_after_undo_the_next_result_counts(force: Force) -> None:
    done = await force.done()
    await force.do(CONSTABLE, undo_outcome, done.task.ref, None)
    force.clock.advance(minutes=1)
    await force.close(done, OutcomeCode.SEEN_NO_CONCERN)
    rows = await outcome_rows(force)
    assert [row.state for row in rows] == [OutcomeState.WITHDRAWN, OutcomeState.TO_HAND_OVER]
    assert (await force.reload(done)).outcome_id == rows[1].id


async def test_who_may_not_close_a_task_is_told_whom_to_ask(force: Force) -> None:
    made = await force.task()
    by_sergeant = await force.refused(SERGEANT, record_outcome, made.task.ref, report())
    assert by_sergeant.code == "not-allowed"
    assert by_sergeant.hint == "Only its officer can do that."
    by_analyst = await force.refused(ANALYST, record_outcome, made.task.ref, report())
    assert by_analyst.hint == "Ask your sergeant."


# --- correction ------------------------------------------------------------------------------


async def handed_over(force: Force, state: OutcomeState = OutcomeState.REJECTED) -> Task:
    done = await force.done()
    await force.change(Outcome, table_of(Outcome).c.id == done.task.outcome_id, state=state)
    return done.task


@pytest.mark.parametrize(
    "state",
    [OutcomeState.REJECTED, OutcomeState.RETURNED, OutcomeState.HANDED_OVER, OutcomeState.RECORDED],
)
async def test_a_correction_is_a_new_row_that_names_the_one_it_corrects(
    force: Force, state: OutcomeState
) -> None:
    task = await handed_over(force, state)
    force.clock.advance(hours=1)
    said = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id)
    corrected = await force.do(CONSTABLE, record_outcome, task.ref, said)
    first, second = await outcome_rows(force)
    assert (first.state, first.code) == (state, NO_ANSWER)
    assert (second.corrects_id, second.state) == (first.id, OutcomeState.TO_HAND_OVER)
    assert (corrected.task.state, corrected.task.outcome_id) == (TaskState.DONE, second.id)
    actions = [row.action for row in await force.rows(TaskChange)]
    assert "correct-outcome" in actions


async def test_a_supervisor_corrects_too_and_nobody_else(force: Force) -> None:
    task = await handed_over(force)
    said = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id)
    assert (await force.refused(SECOND_CONSTABLE, record_outcome, task.ref, said)).code == "not-found"
    corrected = await force.do(SERGEANT, record_outcome, task.ref, said)
    assert corrected.outcome and corrected.outcome.officer_id == SERGEANT.entra_id


async def test_what_has_not_left_is_undone_and_not_corrected(force: Force) -> None:
    done = await force.done()
    said = report(corrects=done.task.outcome_id)
    assert (await force.refused(CONSTABLE, record_outcome, done.task.ref, said)).code == "not-correctable"


async def test_what_was_corrected_already_gets_the_fresh_card(force: Force) -> None:
    task = await handed_over(force)
    said = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id)
    await force.do(CONSTABLE, record_outcome, task.ref, said)
    assert isinstance(await force.refused(CONSTABLE, record_outcome, task.ref, said), Stale)


async def test_a_task_without_a_result_has_nothing_to_correct(force: Force) -> None:
    made = await force.task()
    refusal = await force.refused(CONSTABLE, record_outcome, made.task.ref, report(corrects=uuid4()))
    assert isinstance(refusal, Stale)


async def test_undoing_a_correction_brings_back_what_it_corrected(force: Force) -> None:
    task = await handed_over(force)
    said = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id)
    await force.do(CONSTABLE, record_outcome, task.ref, said)
    back = await force.do(CONSTABLE, undo_outcome, task.ref, None)
    assert (back.task.state, back.task.outcome_id) == (TaskState.DONE, task.outcome_id)
    assert back.outcome and back.outcome.code == NO_ANSWER


async def told_again(force: Force) -> set[tuple[str, str | None]]:
    """Lane and reader of the notices of a breach that are to be drawn again."""
    rows = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.BREACH_NOTICE)
    return {(row.lane.rpartition(":")[2], row.person_id) for row in rows}


async def breach_that_was_handed_over(force: Force) -> Task:
    done = await force.done(OutcomeCode.BREACH_SUSPECTED)
    await force.change(
        Outcome, table_of(Outcome).c.id == done.task.outcome_id, state=OutcomeState.HANDED_OVER
    )
    return done.task


async def test_a_breach_that_is_corrected_is_told_to_whom_it_was_told(force: Force) -> None:
    task = await breach_that_was_handed_over(force)
    assert await told_again(force) == set()
    said = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id, reason="Wrong task")
    await force.do(CONSTABLE, record_outcome, task.ref, said)
    assert await told_again(force) == {("channel", None), (SERGEANT.entra_id, SERGEANT.entra_id)}


async def posted_of_breaches(force: Force) -> list[str | None]:
    """Whom, or which channel, each notice of a breach is posted to."""
    rows = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.BREACH_NOTICE)
    return [row.person_id or row.conversation_id for row in rows]


@pytest.mark.parametrize("code", [OutcomeCode.ARRESTED, OutcomeCode.BREACH_SUSPECTED])
async def test_what_becomes_of_a_breach_is_posted_to_who_answers_for_it_and_no_second_alarm_to_the_channel(
    force: Force, code: OutcomeCode
) -> None:
    task = await breach_that_was_handed_over(force)
    first = await posted_of_breaches(force)
    assert sorted(map(str, first)) == sorted([SERGEANT.entra_id, NORTH_CHANNEL])
    await force.do(CONSTABLE, record_outcome, task.ref, report(code, corrects=task.outcome_id))
    assert await posted_of_breaches(force) == [*first, SERGEANT.entra_id]


async def test_a_breach_after_a_harmless_result_is_a_new_alarm(force: Force) -> None:
    done = await force.done(OutcomeCode.SEEN_NO_CONCERN)
    force.clock.advance(minutes=11)
    said = report(OutcomeCode.BREACH_SUSPECTED, corrects=done.task.outcome_id)
    await force.do(CONSTABLE, record_outcome, done.task.ref, said)
    assert set(await posted_of_breaches(force)) == {SERGEANT.entra_id, NORTH_CHANNEL}


async def test_a_breach_that_stands_again_is_told_again(force: Force) -> None:
    task = await breach_that_was_handed_over(force)
    said = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id, reason="Wrong task")
    await force.do(CONSTABLE, record_outcome, task.ref, said)
    await force.change(Outbox, table_of(Outbox).c.id.is_not(None), state=OutboxState.DONE)
    await force.do(CONSTABLE, undo_outcome, task.ref, None)
    waiting = await force.outbox(state=OutboxState.WAITING, purpose=CardPurpose.BREACH_NOTICE)
    assert {row.kind for row in waiting} == {OutboxKind.UPDATE_CARD}
    assert len(waiting) == 2


async def test_a_breach_after_all_is_told_where_the_first_was_told(force: Force) -> None:
    task = await breach_that_was_handed_over(force)
    harmless = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id, reason="Wrong task")
    second = await force.do(CONSTABLE, record_outcome, task.ref, harmless)
    gone = OutcomeState.HANDED_OVER
    await force.change(Outcome, table_of(Outcome).c.id == second.task.outcome_id, state=gone)
    await force.change(Outbox, table_of(Outbox).c.id.is_not(None), state=OutboxState.DONE)
    after_all = report(OutcomeCode.ARRESTED, corrects=second.task.outcome_id)
    await force.do(CONSTABLE, record_outcome, task.ref, after_all)
    waiting = await force.outbox(state=OutboxState.WAITING, purpose=CardPurpose.BREACH_NOTICE)
    again = {row.lane for row in waiting if row.kind == OutboxKind.UPDATE_CARD}
    assert task.outcome_id is not None
    assert again == {
        f"breach:{task.outcome_id.hex}:channel",
        f"breach:{task.outcome_id.hex}:{SERGEANT.entra_id}",
    }


async def test_a_correction_of_something_else_redraws_no_notice(force: Force) -> None:
    task = await handed_over(force)
    said = report(OutcomeCode.SEEN_NO_CONCERN, corrects=task.outcome_id, reason="Wrong task")
    await force.do(CONSTABLE, record_outcome, task.ref, said)
    assert await told_again(force) == set()


# --- the Athena reference --------------------------------------------------------------------


async def keyed(force: Force) -> Task:
    made = await force.task(**ACTION)
    return (await force.close(made, OutcomeCode.DONE)).task


async def test_the_reference_is_kept_as_it_was_typed_without_spare_space(force: Force) -> None:
    task = await keyed(force)
    done = await force.do(CONSTABLE, key_reference, task.ref, task.outcome_id, "  36/21858/19   A ")
    assert done.outcome and done.outcome.athena_ref == "36/21858/19 A"
    assert done.task.version == task.version + 1
    assert done.outcome.state == OutcomeState.KEYED_BY_HAND


async def test_a_supervisor_may_key_it_too(force: Force) -> None:
    task = await keyed(force)
    done = await force.do(SERGEANT, key_reference, task.ref, None, "36/1/19")
    assert done.outcome and done.outcome.athena_ref == "36/1/19"


async def test_a_reference_that_is_given_again_leaves_the_first_in_the_history(force: Force) -> None:
    task = await keyed(force)
    await force.do(CONSTABLE, key_reference, task.ref, None, "36/1/19")
    await force.do(CONSTABLE, key_reference, task.ref, None, "36/1/19")
    await force.do(CONSTABLE, key_reference, task.ref, None, "36/2/19")
    changes = await force.rows(TaskChange, table_of(TaskChange).c.action == "key-reference")
    assert {change.reason for change in changes} == {"", "Athena reference before: 36/1/19"}


@pytest.mark.parametrize("text", ["", "   ", "x" * 61])
async def test_what_is_no_reference_is_refused(force: Force, text: str) -> None:
    task = await keyed(force)
    assert (await force.refused(CONSTABLE, key_reference, task.ref, None, text)).code == "no-reference"


async def test_what_redline_sends_is_not_keyed_again(force: Force) -> None:
    done = await force.done()
    refusal = await force.refused(CONSTABLE, key_reference, done.task.ref, None, "36/1/19")
    assert refusal.code == "not-keyed-by-hand"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OutcomeState.HANDED_OVER, "RedLine sent T-1042 to the Athena desk: don’t re-key it."),
        (OutcomeState.RECORDED, "T-1042 is on Athena already."),
        (OutcomeState.REJECTED, "The Athena desk sent T-1042 back."),
        (OutcomeState.RETURNED, "The Athena desk sent T-1042 back."),
    ],
)
async def test_a_reference_that_is_not_taken_says_where_the_result_stands(
    force: Force, state: OutcomeState, words: str
) -> None:
    done = await force.done()
    await force.change(Outcome, table_of(Outcome).c.id == done.task.outcome_id, state=state)
    refusal = await force.refused(CONSTABLE, key_reference, done.task.ref, None, "36/1/19")
    assert (refusal.code, refusal.words) == ("not-keyed-by-hand", words)


async def test_a_reference_for_another_outcome_or_none_gets_the_fresh_card(force: Force) -> None:
    task = await keyed(force)
    assert isinstance(await force.refused(CONSTABLE, key_reference, task.ref, uuid4(), "36/1/19"), Stale)
    made = await force.task()
    assert isinstance(await force.refused(CONSTABLE, key_reference, made.task.ref, None, "36/1/19"), Stale)


async def test_somebody_else_keys_no_reference(force: Force) -> None:
    task = await keyed(force)
    refusal = await force.refused(SECOND_CONSTABLE, key_reference, task.ref, None, "36/1/19")
    assert refusal.code == "not-found"
