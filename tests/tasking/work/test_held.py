"""A message with words of danger waits for its officer, then for nobody longer than policy says."""

from datetime import timedelta
from uuid import uuid4

import pytest

from infra.local.people import CONSTABLE, INSPECTOR, SECOND_CONSTABLE, SERGEANT, FictionalPerson
from storage.enums import HeldAnswer, OutboxKind, OutcomeCode, OutcomeState, Role, TaskKind, TaskState
from storage.rows import table_of
from storage.tables import (
    AuditEvent,
    CallForHelp,
    HeldMessage,
    Message,
    Outbox,
    Outcome,
    TaskBundle,
    TaskNote,
)
from tasking.deliveries import CardDelivery, Delivery, NothingToSend, prepare, remember_posted
from tasking.ports import Posted
from tasking.work.calls import call_for_help, put_down, tell_of_calls
from tasking.work.forms import supervisor_form_view
from tasking.work.held import Alarming, answer, hold, tell_of_held, what_came_of
from tasking.work.more import it_was_more, more_than
from tasking.work.outcomes import Report, record_outcome, undo_outcome
from tasking.work.showing import officer_view
from tasking.work.supervision import cancel, reassign
from tests.support.notice_names import CardPurpose
from tests.support.units import Force, reader_of

NOTE = "shouting inside"


async def holding(
    force: Force, made: TaskBundle, code: OutcomeCode | None = OutcomeCode.NO_ANSWER
) -> HeldMessage:
    message = Alarming(uuid4().hex, "chat", NOTE, code, force.clock.now() - timedelta(minutes=5))
    return (await force.do(CONSTABLE, hold, made.task.ref, message))[1]


async def now_held(force: Force) -> HeldMessage:
    return (await force.rows(HeldMessage))[0]


async def tell(force: Force) -> int:
    return await force.units.write(tell_of_held)


async def calls_told(force: Force) -> int:
    return await force.units.write(tell_of_calls)


async def delivered(force: Force, row: Outbox) -> Delivery:
    return await force.units.write(lambda uow: prepare(uow, row))


async def test_a_held_message_records_nothing_and_is_asked_about_on_its_officers_card(force: Force) -> None:
    made = await force.task()
    held = await holding(force, made)
    assert await force.rows(Outcome) == []
    view = await force.units.read(lambda uow: officer_view(uow, made, reader_of(uow, CONSTABLE)))
    assert view.held is not None
    assert view.held.id == held.id
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert [held.id.hex in row.key for row in updates] == [True]


async def test_nobody_else_is_asked(force: Force) -> None:
    made = await force.task()
    await holding(force, made)
    view = await force.units.read(lambda uow: officer_view(uow, made, reader_of(uow, SERGEANT)))
    assert view.held is None


async def test_the_same_message_again_is_one_row(force: Force) -> None:
    made = await force.task()
    message = Alarming("key", "chat", NOTE)
    rows = [(await force.do(CONSTABLE, hold, made.task.ref, message))[1] for _ in range(2)]
    assert rows[0].id == rows[1].id
    assert len(await force.rows(HeldMessage)) == 1


async def test_a_note_is_kept_as_far_as_it_may_be_long(force: Force) -> None:
    made = await force.task()
    _, held = await force.do(CONSTABLE, hold, made.task.ref, Alarming("key", "chat", "x" * 5000))
    assert len(held.note) == 4000


@pytest.mark.parametrize("person", [SECOND_CONSTABLE, SERGEANT])
async def test_who_may_not_record_holds_nothing(force: Force, person: FictionalPerson) -> None:
    made = await force.task()
    refusal = await force.refused(person, hold, made.task.ref, Alarming("key", "chat", NOTE))
    knows = person is SERGEANT
    assert refusal.code == ("not-allowed" if knows else "not-found")
    assert (CONSTABLE.collar_number in refusal.words) is knows


async def test_a_task_with_a_result_holds_nothing(force: Force) -> None:
    made = await force.done()
    refusal = await force.refused(CONSTABLE, hold, made.task.ref, Alarming("key", "chat", NOTE))
    assert refusal.code == "stale"


@pytest.mark.parametrize(
    ("choice", "code", "reason"),
    [
        (HeldAnswer.BREACH, OutcomeCode.BREACH_SUSPECTED, "breach-after-alarm"),
        (HeldAnswer.CONCERN, OutcomeCode.SEEN_OTHER_CONCERN, "concern-after-alarm"),
        (HeldAnswer.AS_TYPED, OutcomeCode.NO_ANSWER, "as-typed-after-alarm"),
    ],
)
async def test_one_tap_records_it_with_its_words_and_its_time(
    force: Force, choice: HeldAnswer, code: OutcomeCode, reason: str
) -> None:
    made = await force.task()
    held = await holding(force, made)
    await force.do(CONSTABLE, answer, made.task.ref, held.id, choice)
    outcome = (await force.rows(Outcome))[0]
    assert (outcome.code, outcome.note, outcome.happened_at) == (code, NOTE, held.happened_at)
    assert (await now_held(force)).answered_as == choice
    logged = await force.rows(AuditEvent, table_of(AuditEvent).c.action == "answer-held")
    assert [event.reason_code for event in logged] == [reason]


async def test_without_a_result_it_can_be_a_note_and_the_task_stays_open(force: Force) -> None:
    made = await force.task()
    held = await holding(force, made, None)
    after = await force.do(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.NOTE)
    assert after.outcome is None
    assert [note.text for note in await force.rows(TaskNote)] == [NOTE]
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert any(row.key.endswith(f"answered:{held.id.hex}") for row in updates)


@pytest.mark.parametrize("choice", [HeldAnswer.BREACH, HeldAnswer.CONCERN, HeldAnswer.NOTE])
async def test_an_action_offers_no_reading_that_it_cannot_end_with(force: Force, choice: HeldAnswer) -> None:
    made = await force.task(kind=TaskKind.GENERAL_ACTION, title="Call the desk", target_ref=None)
    held = await holding(force, made, OutcomeCode.DONE)
    refusal = await force.refused(CONSTABLE, answer, made.task.ref, held.id, choice)
    assert refusal.code == "wrong-outcome"


async def test_the_same_answer_again_changes_nothing_and_another_is_stale(force: Force) -> None:
    made = await force.task()
    held = await holding(force, made)
    for _ in range(2):
        await force.do(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.BREACH)
    assert len(await force.rows(Outcome)) == 1
    refusal = await force.refused(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.AS_TYPED)
    assert refusal.code == "stale"


async def test_an_answer_names_a_message_of_that_task(force: Force) -> None:
    made, other = await force.task(), await force.task()
    held = await holding(force, made)
    for ref, id_ in ((other.task.ref, held.id), (made.task.ref, uuid4()), (made.task.ref, None)):
        refusal = await force.refused(CONSTABLE, answer, ref, id_, HeldAnswer.BREACH)
        assert refusal.code == "not-found"


async def test_who_lost_the_task_cannot_answer_for_it(force: Force) -> None:
    made = await force.task()
    held = await holding(force, made)
    await force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "cover")
    await force.refused(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.AS_TYPED)
    refusal = await force.refused(SERGEANT, answer, made.task.ref, held.id, HeldAnswer.AS_TYPED)
    assert refusal.code == "not-allowed"


async def test_any_result_answers_it(force: Force) -> None:
    made = await force.task()
    await holding(force, made)
    await force.close(made, OutcomeCode.SEEN_NO_CONCERN)
    held = await now_held(force)
    assert (held.answered_as, held.tell_at) == (HeldAnswer.RECORDED_MEANWHILE, None)


async def notices(force: Force) -> list[Outbox]:
    return await force.outbox(purpose=CardPurpose.HELD_NOTICE)


@pytest.mark.parametrize("code", [OutcomeCode.NO_ANSWER, OutcomeCode.SEEN_NO_CONCERN])
async def test_a_harmless_result_in_its_place_is_told_at_once(force: Force, code: OutcomeCode) -> None:
    made = await force.task()
    await holding(force, made)
    await force.close(made, code)
    posted = (await notices(force))[0]
    assert (posted.kind, posted.person_id) == (OutboxKind.POST_CARD, SERGEANT.entra_id)
    assert (await now_held(force)).told_at is not None
    await force.open_chat(SERGEANT)
    shown = await delivered(force, posted)
    assert isinstance(shown, CardDelivery)
    assert shown.view is not None
    assert await tell(force) == 0


async def test_a_new_officers_harmless_result_is_told_at_once(force: Force) -> None:
    made = await force.task()
    await holding(force, made)
    moved = await force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "cover")
    report = Report(OutcomeCode.NO_ANSWER, force.clock.now())
    await force.do(SECOND_CONSTABLE, record_outcome, moved.task.ref, report)
    assert [row.kind for row in await notices(force)] == [OutboxKind.POST_CARD]


@pytest.mark.parametrize("code", [OutcomeCode.BREACH_SUSPECTED, OutcomeCode.SEEN_OTHER_CONCERN])
async def test_a_result_that_raises_an_alarm_itself_needs_no_second_one(
    force: Force, code: OutcomeCode
) -> None:
    made = await force.task()
    await holding(force, made)
    await force.close(made, code)
    assert await notices(force) == []


async def test_one_that_was_told_is_redrawn_and_not_told_twice(force: Force) -> None:
    made = await force.task()
    await holding(force, made)
    force.clock.advance(minutes=11)
    await tell(force)
    await force.close(made, OutcomeCode.NO_ANSWER)
    kinds = [row.kind for row in await notices(force)]
    assert sorted(kinds) == [OutboxKind.POST_CARD, OutboxKind.UPDATE_CARD]


async def test_a_task_with_one_that_waits_is_cancelled_only_by_who_was_shown_that(force: Force) -> None:
    made = await force.task()
    await holding(force, made)
    refusal = await force.refused(SERGEANT, cancel, made.task.ref, "order discharged")
    assert refusal.code == "message-waits"
    view = await force.units.read(
        lambda uow: supervisor_form_view(uow, reader_of(uow, SERGEANT), made.task.ref, "cancel")
    )
    assert view.message_waits
    ended = await force.do(SERGEANT, cancel, made.task.ref, "order discharged", although=True)
    assert ended.task.state == TaskState.CANCELLED
    assert (await now_held(force)).answered_as == HeldAnswer.RECORDED_MEANWHILE
    assert [row.kind for row in await notices(force)] == [OutboxKind.POST_CARD]


# --- the supervisor --------------------------------------------------------------------------


async def test_after_ten_minutes_the_supervisor_is_told_once(force: Force) -> None:
    made = await force.task()
    await holding(force, made)
    assert await tell(force) == 0
    force.clock.advance(minutes=10)
    assert [await tell(force), await tell(force)] == [1, 0]
    posts = await force.outbox(purpose=CardPurpose.HELD_NOTICE)
    assert [(row.kind, row.person_id) for row in posts] == [(OutboxKind.POST_CARD, SERGEANT.entra_id)]


async def test_what_is_answered_in_time_is_told_to_nobody(force: Force) -> None:
    made = await force.task()
    held = await holding(force, made)
    await force.do(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.AS_TYPED)
    force.clock.advance(minutes=11)
    assert await tell(force) == 0


async def test_what_is_answered_before_the_notice_leaves_is_not_posted(force: Force) -> None:
    made = await force.task()
    held = await holding(force, made)
    force.clock.advance(minutes=11)
    await tell(force)
    await force.open_chat(SERGEANT)
    post = (await force.outbox(purpose=CardPurpose.HELD_NOTICE))[0]
    assert isinstance(await delivered(force, post), CardDelivery)
    await force.do(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.AS_TYPED)
    assert isinstance(await delivered(force, post), NothingToSend)


async def standing_notice(force: Force, made: TaskBundle) -> HeldMessage:
    held = await holding(force, made)
    force.clock.advance(minutes=11)
    await tell(force)
    await force.open_chat(SERGEANT)
    post = (await force.outbox(purpose=CardPurpose.HELD_NOTICE))[0]
    await force.units.write(lambda uow: remember_posted(uow, post, Posted(f"chat-{SERGEANT.number}", "9")))
    assert await force.rows(Message)
    return held


async def redrawn(force: Force) -> Delivery:
    updates = await force.outbox(purpose=CardPurpose.HELD_NOTICE, kind=OutboxKind.UPDATE_CARD)
    return await delivered(force, updates[-1])


async def test_the_notice_is_redrawn_when_it_is_answered(force: Force) -> None:
    made = await force.task()
    held = await standing_notice(force, made)
    await force.do(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.BREACH)
    wanted = await redrawn(force)
    assert isinstance(wanted, CardDelivery)
    assert wanted.view is not None
    assert [each.answered_as for each in wanted.view.messages] == [HeldAnswer.BREACH]
    assert [person.collar_number for person in wanted.view.writers.values()] == [CONSTABLE.collar_number]


async def test_a_notice_is_withheld_from_who_may_no_longer_read_it(force: Force) -> None:
    made = await force.task()
    held = await standing_notice(force, made)
    await force.do(CONSTABLE, answer, made.task.ref, held.id, HeldAnswer.AS_TYPED)
    await force.restrict("S-01")
    subject = made.subject
    assert subject is not None
    await force.restrict(subject.ref)
    wanted = await redrawn(force)
    assert isinstance(wanted, CardDelivery)
    assert (len(wanted.standing), len(wanted.withheld)) == (0, 1)


# --- calls for help --------------------------------------------------------------------------


async def calling(force: Force, person: FictionalPerson = CONSTABLE, ref: str | None = None) -> CallForHelp:
    return await force.do(person, call_for_help, uuid4().hex, "chat", ref)


async def told(force: Force) -> list[str]:
    return sorted(str(row.person_id) for row in await force.outbox(purpose=CardPurpose.CALL_NOTICE))


async def test_supervisors_are_told_of_a_call_after_a_minute_and_once(force: Force) -> None:
    await calling(force)
    force.clock.advance(seconds=59)
    assert await calls_told(force) == 0
    force.clock.advance(seconds=1)
    assert [await calls_told(force), await calls_told(force)] == [1, 0]
    assert SERGEANT.entra_id in await told(force)
    assert CONSTABLE.entra_id not in await told(force)


async def test_who_only_asked_how_redline_works_alarms_nobody(force: Force) -> None:
    call = await calling(force)
    await force.do(SECOND_CONSTABLE, put_down, call.id)
    assert (await force.rows(CallForHelp))[0].menu_at is None
    await force.do(CONSTABLE, put_down, call.id)
    force.clock.advance(minutes=2)
    assert await calls_told(force) == 0


async def test_after_supervisors_were_told_nothing_is_taken_back(force: Force) -> None:
    call = await calling(force)
    force.clock.advance(minutes=1)
    await calls_told(force)
    await force.do(CONSTABLE, put_down, call.id)
    assert (await force.rows(CallForHelp))[0].menu_at is None


async def test_calls_within_five_minutes_are_one(force: Force) -> None:
    first = await calling(force)
    force.clock.advance(minutes=4)
    assert (await calling(force)).id == first.id
    assert (await calling(force, SECOND_CONSTABLE)).id != first.id
    force.clock.advance(minutes=2)
    assert (await calling(force)).id != first.id


async def test_a_call_after_one_that_was_put_down_is_a_new_one(force: Force) -> None:
    first = await calling(force)
    await force.do(CONSTABLE, put_down, first.id)
    assert (await calling(force)).id != first.id


async def test_with_a_task_named_its_supervisor_is_told(force: Force) -> None:
    made = await force.task()
    await force.give_role(INSPECTOR, Role.SUPERVISOR)
    await calling(force, ref=made.task.ref)
    force.clock.advance(minutes=1)
    await calls_told(force)
    assert await told(force) == [SERGEANT.entra_id]


async def test_where_no_other_supervisor_is_there_it_goes_above(force: Force) -> None:
    await calling(force, SERGEANT)
    force.clock.advance(minutes=1)
    await calls_told(force)
    assert INSPECTOR.entra_id in await told(force)
    assert SERGEANT.entra_id not in await told(force)


async def test_a_call_names_a_task_only_to_who_may_know_of_it(force: Force) -> None:
    made = await force.restricted_task()
    await calling(force, ref=made.task.ref)
    force.clock.advance(minutes=1)
    await calls_told(force)
    row = (await force.outbox(purpose=CardPurpose.CALL_NOTICE))[0]
    await force.open_chat(SERGEANT)
    wanted = await delivered(force, row)
    assert isinstance(wanted, CardDelivery)
    assert wanted.view is not None
    assert (row.person_id, wanted.view.ref) == (SERGEANT.entra_id, made.task.ref)
    await force.unname("S-04", SERGEANT)
    wanted = await delivered(force, row)
    assert isinstance(wanted, CardDelivery)
    assert wanted.view is not None
    assert wanted.view.ref is None
    await force.leaves(SERGEANT)
    assert isinstance(await delivered(force, row), NothingToSend)


# --- it was more than that -------------------------------------------------------------------


async def typed(force: Force, note: str = "dog barking") -> TaskBundle:
    made = await force.task()
    report = Report(OutcomeCode.NO_ANSWER, force.clock.now(), note, message_key="key")
    return await force.do(CONSTABLE, record_outcome, made.task.ref, report)


@pytest.mark.parametrize("code", [OutcomeCode.BREACH_SUSPECTED, OutcomeCode.SEEN_OTHER_CONCERN])
async def test_while_it_can_be_undone_the_result_is_replaced(force: Force, code: OutcomeCode) -> None:
    made = await typed(force)
    assert made.outcome is not None
    after = await force.do(CONSTABLE, it_was_more, made.task.ref, made.outcome.id, code)
    assert after.outcome is not None
    assert (after.outcome.code, after.outcome.note, after.outcome.corrects_id) == (code, "dog barking", None)
    assert after.outcome.happened_at == made.outcome.happened_at
    first = await force.rows(Outcome, table_of(Outcome).c.id == made.outcome.id)
    assert first[0].state == OutcomeState.WITHDRAWN


async def test_later_it_is_corrected(force: Force) -> None:
    made = await typed(force)
    assert made.outcome is not None
    force.clock.advance(minutes=20)
    breach = OutcomeCode.BREACH_SUSPECTED
    after = await force.do(CONSTABLE, it_was_more, made.task.ref, made.outcome.id, breach)
    assert after.outcome is not None
    assert (after.outcome.corrects_id, after.outcome.note) == (made.outcome.id, "dog barking")
    posts = await force.outbox(purpose=CardPurpose.BREACH_NOTICE, kind=OutboxKind.POST_CARD)
    assert SERGEANT.entra_id in {row.person_id for row in posts}


async def test_only_the_result_that_stands_can_have_been_more(force: Force) -> None:
    made = await typed(force)
    breach = OutcomeCode.BREACH_SUSPECTED
    refusal = await force.refused(CONSTABLE, it_was_more, made.task.ref, uuid4(), breach)
    assert refusal.code == "stale"
    assert made.outcome is not None
    concerns = OutcomeCode.CONCERNS
    refusal = await force.refused(CONSTABLE, it_was_more, made.task.ref, made.outcome.id, concerns)
    assert refusal.code == "wrong-outcome"
    refusal = await force.refused(SECOND_CONSTABLE, it_was_more, made.task.ref, made.outcome.id, breach)
    assert refusal.code == "not-found"


async def test_nothing_is_more_than_a_breach(force: Force) -> None:
    made = await force.task()
    assert more_than(made.task, OutcomeCode.BREACH_SUSPECTED) == ()
    assert more_than(made.task, OutcomeCode.SEEN_OTHER_CONCERN) == (OutcomeCode.BREACH_SUSPECTED,)


# --- what a message led to -------------------------------------------------------------------


async def test_what_a_message_led_to_is_looked_up_or_not_said(force: Force) -> None:
    made = await typed(force)
    said = f"What it said first stands: {made.task.ref} recorded"
    assert await force.do(CONSTABLE, what_came_of, "key") == f"{said}: No answer."
    assert await force.do(CONSTABLE, what_came_of, "key", in_channel=True) == f"{said}."
    assert await force.do(SERGEANT, what_came_of, "key") == ""
    assert await force.do(CONSTABLE, what_came_of, "another") == ""
    await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    assert "has been changed since" in await force.do(CONSTABLE, what_came_of, "key")


async def test_a_message_that_waits_is_said_to_wait(force: Force) -> None:
    held = await holding(force, await force.task())
    words = await force.do(CONSTABLE, what_came_of, held.message_key)
    assert words == "Nothing of it was recorded: it waits for your answer."


async def test_what_put_a_breach_down_can_still_have_been_a_concern(force: Force) -> None:
    made = await force.done(OutcomeCode.BREACH_SUSPECTED)
    said = Report(
        OutcomeCode.NO_ANSWER, force.clock.now(), corrects=made.task.outcome_id, reason="Wrong person"
    )
    down = await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    assert down.outcome
    concern = OutcomeCode.SEEN_OTHER_CONCERN
    after = await force.do(CONSTABLE, it_was_more, made.task.ref, down.outcome.id, concern)
    assert after.outcome
    assert (after.outcome.code, after.outcome.reason) == (concern, "Wrong person")
    assert after.outcome.corrects_id == made.task.outcome_id
