"""The way of an outcome to the records system: what goes out, and what the desk makes of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from infra.local.people import CONSTABLE, INSPECTOR, SERGEANT, FictionalPerson
from storage.enums import OutboxKind, OutboxState, OutcomeCode, OutcomeState, RecordsState, TaskKind
from storage.rows import table_of
from storage.tables import AuditEvent, Message, Outcome, Person, TaskBundle
from tasking.deliveries import CardDelivery, prepare
from tasking.outbox_steps import claim_hand_overs, park_row
from tasking.ports import RecordsAnswer, RecordsAnswers, RecordsReceipt, RecordsRow
from tasking.records import (
    bookmark_of_answers,
    give_up,
    row_to_hand_over,
    send_given_up_again,
    stamp_handed_over,
    take_answers,
)
from tasking.work.officer_requests import add_note, where_a_note_goes
from tasking.work.outcomes import Report, key_reference, record_outcome, undo_outcome
from tasking.work.questions import ARREST_AT
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, Force


async def row_of(force: Force, made: TaskBundle) -> RecordsRow | None:
    return await force.units.write(lambda uow: row_to_hand_over(uow, made.task.outcome_id))  # type: ignore[arg-type]


async def hand_over(force: Force, made: TaskBundle, item: str = "item-1") -> None:
    receipt = RecordsReceipt(item, '"1"')
    await force.units.write(lambda uow: stamp_handed_over(uow, made.task.outcome_id, receipt))  # type: ignore[arg-type]


async def take(force: Force, *rows: RecordsAnswer, bookmark: str = "1") -> int:
    return await force.units.write(lambda uow: take_answers(uow, RecordsAnswers(list(rows), bookmark)))


async def outcome(force: Force, made: TaskBundle) -> Outcome:
    return (await force.rows(Outcome, table_of(Outcome).c.id == made.task.outcome_id))[0]


def answer(made: TaskBundle, state: RecordsState, ref: str | None = None, why: str = "") -> RecordsAnswer:
    return RecordsAnswer(str(made.task.outcome_id), "item-1", state, ref, why)


# --- what goes out ---------------------------------------------------------------------------


async def test_a_row_says_what_happened_by_reference_and_collar_number(force: Force) -> None:
    made = await force.task()
    answers = {"answer_1": "a light went out"}
    said = Report(OutcomeCode.NO_ANSWER, NOW - timedelta(minutes=30), "Lights off", answers)
    done = await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    row = await row_of(force, done)
    assert row == RecordsRow(
        key=str(done.task.outcome_id),
        corrects_key=None,
        task_ref="T-1042",
        subject_ref="S-01",
        order_ref="DVPO-3",
        kind="COMPLIANCE_VISIT",
        code="NO_ANSWER",
        happened_at=NOW - timedelta(minutes=30),
        recorded_at=NOW,
        officer_id="9187",
        note="Lights off\nSign of anyone? a light went out",
    )


async def test_work_about_nobody_goes_out_without_references(force: Force) -> None:
    made = await force.done()
    await force.change_task(made, subject_id=None, order_id=None)
    row = await row_of(force, made)
    assert row and (row.subject_ref, row.order_ref, row.note) == (None, None, "")


async def test_a_correction_by_the_sergeant_names_the_first_row_and_who_corrected(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    said = Report(OutcomeCode.SEEN_NO_CONCERN, NOW, corrects=made.task.outcome_id)
    corrected = await force.do(SERGEANT, record_outcome, made.task.ref, said)
    row = await row_of(force, corrected)
    assert row and row.corrects_key == str(made.task.outcome_id)
    assert row.officer_id == SERGEANT.collar_number


async def test_a_correction_names_the_latest_row_that_went_to_the_list(force: Force) -> None:
    by_hand = await force.done(OutcomeCode.ARRESTED)
    said = Report(OutcomeCode.BREACH_SUSPECTED, NOW, corrects=by_hand.task.outcome_id)
    sent = await force.do(CONSTABLE, record_outcome, by_hand.task.ref, said)
    row = await row_of(force, sent)
    assert row and row.corrects_key is None, "the arrest was keyed by hand"
    await hand_over(force, sent)
    answers = {ARREST_AT: NOW.isoformat()}
    arrested = Report(OutcomeCode.ARRESTED, NOW, answers=answers, corrects=sent.task.outcome_id)
    again = await force.do(CONSTABLE, record_outcome, sent.task.ref, arrested)
    after_all = Report(OutcomeCode.BREACH_SUSPECTED, NOW, corrects=again.task.outcome_id)
    last = await force.do(CONSTABLE, record_outcome, sent.task.ref, after_all)
    row = await row_of(force, last)
    assert row and row.corrects_key == str(sent.task.outcome_id)


async def test_once_it_begins_to_leave_it_cannot_be_undone(force: Force) -> None:
    made = await force.done()
    assert await row_of(force, made) is not None
    assert (await outcome(force, made)).leaving_at == NOW
    assert (await force.refused(CONSTABLE, undo_outcome, made.task.ref, None)).code == "too-late-to-undo"
    assert await row_of(force, made) is not None


async def test_what_was_taken_back_or_sent_already_does_not_go_out(force: Force) -> None:
    made = await force.done()
    await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    assert await row_of(force, made) is None
    again = await force.close(made)
    await hand_over(force, again)
    assert await row_of(force, again) is None
    assert await force.units.write(lambda uow: row_to_hand_over(uow, uuid4())) is None


async def test_the_receipt_is_noted_once_and_the_cards_follow(force: Force) -> None:
    made = await force.done()
    await force.boards_drawn()
    before = len(await force.outbox())
    await hand_over(force, made)
    stamped = await outcome(force, made)
    assert (stamped.state, stamped.list_item_id, stamped.list_item_etag) == (
        OutcomeState.HANDED_OVER,
        "item-1",
        '"1"',
    )
    updates = (await force.outbox())[before:]
    assert {row.purpose for row in updates} == {
        CardPurpose.OFFICER_TASK,
        CardPurpose.CONFIRMATION,
        CardPurpose.BOARD,
    }
    await hand_over(force, made, "item-2")
    assert (await outcome(force, made)).list_item_id == "item-1"


# --- what is given up ------------------------------------------------------------------------

WHY = "its Note is too short"


async def gives_up(force: Force, made: TaskBundle) -> None:
    await force.units.write(lambda uow: give_up(uow, made.task.outcome_id, WHY))  # type: ignore[arg-type]


async def given_up(force: Force) -> TaskBundle:
    """A result whose hand-over was parked."""
    made = await force.done()
    force.clock.advance(minutes=10)
    for row in await force.units.write(lambda uow: claim_hand_overs(uow, 10)):
        await force.units.write(lambda uow, row=row: park_row(uow, row, "refused", WHY))  # type: ignore[misc]
    return made


async def test_what_is_given_up_comes_to_its_officer_as_a_new_card(force: Force) -> None:
    made = await given_up(force)
    assert (await outcome(force, made)).state == OutcomeState.KEYED_BY_HAND
    assert (await outcome(force, made)).desk_reason == WHY
    posts = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert [row.person_id for row in posts] == [CONSTABLE.entra_id] * 2
    event = (await force.rows(AuditEvent, table_of(AuditEvent).c.action == "not-handed-over"))[0]
    assert (event.actor_id, event.outcome_id) == ("records-list", made.task.outcome_id)
    assert WHY not in str(event.__dict__)


async def test_what_is_given_up_after_its_officer_left_goes_to_whoever_answers_for_it(force: Force) -> None:
    made = await force.done()
    await force.leaves(CONSTABLE)
    await gives_up(force, made)
    notices = await force.outbox(purpose=CardPurpose.SENT_BACK_NOTICE)
    assert [row.person_id for row in notices] == [SERGEANT.entra_id]
    await force.open_chat(SERGEANT)
    wanted = await force.units.write(lambda uow: prepare(uow, notices[0]))
    assert isinstance(wanted, CardDelivery) and wanted.view is not None


async def test_what_was_given_up_is_keyed_by_hand_like_any_other(force: Force) -> None:
    made = await given_up(force)
    keyed = await force.do(CONSTABLE, key_reference, made.task.ref, None, "36/1/19")
    assert keyed.outcome and keyed.outcome.athena_ref == "36/1/19"
    row = (await force.outbox(kind=OutboxKind.HAND_OVER))[0]
    assert (row.state, row.proof, row.last_error) == (OutboxState.DONE, "keyed-by-hand", None)
    assert await force.units.write(send_given_up_again) == 0


async def test_what_was_given_up_can_no_longer_be_undone_and_its_correction_names_no_row(
    force: Force,
) -> None:
    made = await given_up(force)
    assert (await force.refused(CONSTABLE, undo_outcome, made.task.ref, None)).code == "too-late-to-undo"
    said = Report(OutcomeCode.SEEN_NO_CONCERN, NOW, corrects=made.task.outcome_id)
    corrected = await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    row = await row_of(force, corrected)
    assert row and row.corrects_key is None
    assert await force.units.write(send_given_up_again) == 0, "its correction goes"


async def test_what_is_sent_again_promises_again_that_nobody_need_key_it(force: Force) -> None:
    made = await given_up(force)
    await force.boards_drawn()
    before = len(await force.outbox())
    assert await force.units.write(send_given_up_again) == 1
    again = await outcome(force, made)
    assert (again.state, again.desk_reason) == (OutcomeState.TO_HAND_OVER, "")
    assert {row.purpose for row in (await force.outbox())[before:]} == {
        CardPurpose.OFFICER_TASK,
        CardPurpose.CONFIRMATION,
        CardPurpose.BOARD,
    }
    assert await row_of(force, made)


async def test_the_desk_answers_for_what_arrived_although_it_was_given_up(force: Force) -> None:
    made = await given_up(force)
    assert await take(force, answer(made, RecordsState.RECORDED, "36/1/19")) == 1
    assert (await outcome(force, made)).state == OutcomeState.RECORDED
    row = (await force.outbox(kind=OutboxKind.HAND_OVER))[0]
    assert (row.state, row.proof) == (OutboxState.DONE, "item-1")


async def test_what_has_left_already_is_not_given_up(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    await gives_up(force, made)
    assert (await outcome(force, made)).state == OutcomeState.HANDED_OVER


async def test_what_has_become_restricted_since_never_goes_to_the_shared_list(force: Force) -> None:
    made = await force.done()
    await force.restrict("S-01")
    assert await row_of(force, made) is None
    kept = await outcome(force, made)
    assert (kept.state, kept.leaving_at) == (OutcomeState.KEYED_BY_HAND, None)
    assert "restricted" in kept.desk_reason


# --- what the desk makes of it ---------------------------------------------------------------


async def test_a_recorded_outcome_carries_its_reference(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    assert await take(force, answer(made, RecordsState.RECORDED, "36/21858/19", "left over")) == 1
    taken = await outcome(force, made)
    assert (taken.state, taken.athena_ref, taken.desk_reason) == (OutcomeState.RECORDED, "36/21858/19", "")
    posts = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert len(posts) == 1


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (RecordsState.REJECTED, OutcomeState.REJECTED),
        (RecordsState.RETURNED, OutcomeState.RETURNED),
    ],
)
async def test_what_the_desk_sends_back_comes_as_a_new_card_with_the_reason(
    force: Force, state: RecordsState, expected: OutcomeState
) -> None:
    made = await force.done()
    await hand_over(force, made)
    await take(force, answer(made, state, None, "Which address?"))
    taken = await outcome(force, made)
    assert (taken.state, taken.desk_reason) == (expected, "Which address?")
    posts = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert [row.person_id for row in posts] == [CONSTABLE.entra_id] * 2
    event = (await force.rows(AuditEvent, table_of(AuditEvent).c.reason_code == expected))[0]
    assert event.actor_id == "records-desk"
    assert "address" not in str(event.__dict__)


async def sent_back(force: Force) -> list[tuple[str | None, str | None]]:
    """The desk rejects a result; returns the cards that are posted about it."""
    made = await force.done()
    await hand_over(force, made)
    before = len(await force.outbox(kind=OutboxKind.POST_CARD))
    await take(force, answer(made, RecordsState.REJECTED, None, "Which address?"))
    return [(row.purpose, row.person_id) for row in (await force.outbox(kind=OutboxKind.POST_CARD))[before:]]


async def test_what_is_sent_back_while_its_officer_is_there_goes_to_them_alone(force: Force) -> None:
    assert await sent_back(force) == [(CardPurpose.OFFICER_TASK, CONSTABLE.entra_id)]


@pytest.mark.parametrize("gone", [[CONSTABLE], [CONSTABLE, SERGEANT], [CONSTABLE, SERGEANT, INSPECTOR]])
async def test_what_is_sent_back_after_its_officer_left_goes_to_whoever_answers_for_it(
    force: Force, gone: list[FictionalPerson]
) -> None:
    made = await force.done()
    await hand_over(force, made)
    for person in gone:
        await force.leaves(person)
    await take(force, answer(made, RecordsState.RETURNED, None, "Which address?"))
    notices = await force.outbox(purpose=CardPurpose.SENT_BACK_NOTICE)
    expected = INSPECTOR if len(gone) == 2 else SERGEANT
    assert [row.person_id for row in notices] == [expected.entra_id]
    assert len(await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)) == 1


async def test_the_notice_that_it_was_sent_back_follows_its_result_wherever_it_stands(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    await force.leaves(CONSTABLE)
    await take(force, answer(made, RecordsState.REJECTED, None, "Which address?"))
    await force.insert(
        Message(
            purpose=CardPurpose.SENT_BACK_NOTICE,
            district_id="north",
            conversation_id="chat-1",
            activity_id="notice",
            task_id=made.task.id,
            person_id=SERGEANT.entra_id,
            posted_at=NOW,
        )
    )
    said = Report(OutcomeCode.SEEN_NO_CONCERN, NOW, corrects=made.task.outcome_id)
    await force.do(SERGEANT, record_outcome, made.task.ref, said)
    await take(force, answer(made, RecordsState.RECORDED, "36/1/19"))
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.SENT_BACK_NOTICE)
    assert [row.person_id for row in updates] == [SERGEANT.entra_id] * 2


async def test_the_same_answer_again_changes_nothing(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    said = answer(made, RecordsState.RECORDED, "36/1/19")
    await take(force, said)
    before = await force.counts()
    assert await take(force, said, said, bookmark="2") == 0
    assert await force.counts() == before


async def test_a_changed_mind_of_the_desk_is_taken_each_time(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    await take(force, answer(made, RecordsState.REJECTED, None, "Why?"))
    await take(force, answer(made, RecordsState.RECORDED, "36/1/19"))
    await take(force, answer(made, RecordsState.RECORDED, "36/2/19"))
    assert (await outcome(force, made)).athena_ref == "36/2/19"
    await take(force, answer(made, RecordsState.REJECTED, None, "Why?"))
    posts = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert len(posts) == 3


async def test_an_answer_that_outran_our_receipt_counts(force: Force) -> None:
    made = await force.done()
    assert await take(force, answer(made, RecordsState.RECORDED, "36/1/19")) == 1
    assert await row_of(force, made) is None
    await hand_over(force, made)
    assert (await outcome(force, made)).state == OutcomeState.RECORDED


async def test_rows_that_are_not_ours_are_passed_over(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    recorded = answer(made, RecordsState.RECORDED, "36/1/19")
    strange = [
        replace(recorded, key=str(uuid4())),
        replace(recorded, key="no key of ours"),
        replace(recorded, key=""),
        answer(made, RecordsState.WAITING),
    ]
    assert await take(force, *strange) == 0
    assert (await outcome(force, made)).state == OutcomeState.HANDED_OVER


async def test_what_never_went_to_the_desk_takes_no_answer_from_it(force: Force) -> None:
    made = await force.done(OutcomeCode.ARRESTED)
    assert await take(force, answer(made, RecordsState.RECORDED, "36/1/19")) == 0
    assert (await outcome(force, made)).state == OutcomeState.KEYED_BY_HAND


async def test_an_answer_about_a_row_that_was_corrected_since_posts_no_card(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    said = Report(OutcomeCode.SEEN_NO_CONCERN, NOW, corrects=made.task.outcome_id)
    await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    assert await take(force, answer(made, RecordsState.REJECTED, None, "late")) == 1
    posts = await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert len(posts) == 1


async def test_an_answer_about_a_task_without_an_owner_still_counts(force: Force) -> None:
    made = await force.done()
    await hand_over(force, made)
    await force.change_task(made, owner_id=None)
    assert await take(force, answer(made, RecordsState.REJECTED, None, "why")) == 1
    row = await row_of(force, made)
    assert row is None


async def test_an_officer_who_no_longer_owns_the_task_is_still_named(force: Force) -> None:
    made = await force.done()
    await force.change_task(made, owner_id=None)
    row = await row_of(force, made)
    assert row and row.officer_id == CONSTABLE.collar_number


@pytest.mark.parametrize("owns", [True, False])
async def test_somebody_without_a_collar_number_is_named_to_the_list_by_the_directorys_id(
    force: Force, owns: bool
) -> None:
    made = await force.done()
    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, collar_number="")
    if not owns:
        await force.change_task(made, owner_id=None)
    row = await row_of(force, made)
    assert row and row.officer_id == CONSTABLE.entra_id


async def test_somebody_whom_no_row_describes_is_named_by_id(force: Force) -> None:
    made = await force.done()
    await force.change(Outcome, table_of(Outcome).c.id == made.task.outcome_id, officer_id="unknown-id")
    row = await row_of(force, made)
    assert row and row.officer_id == "unknown-id"


async def test_the_bookmark_moves_with_the_answers(force: Force) -> None:
    assert await force.units.read(bookmark_of_answers) is None
    await take(force, bookmark="page-1")
    await take(force, bookmark="page-2")
    assert await force.units.read(bookmark_of_answers) == "page-2"


async def test_general_work_is_keyed_by_hand_and_gets_no_row(force: Force) -> None:
    made = await force.task(kind=TaskKind.GENERAL_ACTION, title="Call")
    done = await force.close(made, OutcomeCode.DONE)
    assert await row_of(force, done) is None


async def test_notes_added_before_it_leaves_go_along_and_the_one_who_adds_is_told(force: Force) -> None:
    done = await force.done()
    noted = await force.do(CONSTABLE, add_note, done.task.ref, "Lights were on")
    assert await goes(force, noted) == "It goes to Athena with the result."
    assert done.outcome
    outcome_id = done.outcome.id
    row = await force.units.write(lambda uow: row_to_hand_over(uow, outcome_id))
    assert row and row.note.splitlines()[-1] == "Lights were on"
    late = await force.do(CONSTABLE, add_note, done.task.ref, "Dog barked")
    assert await goes(force, late) == "The result has left for Athena without it: put it there yourself."


async def test_a_note_to_what_the_desk_sent_back_goes_along_with_the_correction(force: Force) -> None:
    done = await force.done()
    await hand_over(force, done)
    await take(force, answer(done, RecordsState.REJECTED, why="wrong person"))
    noted = await force.do(CONSTABLE, add_note, done.task.ref, "It was the brother")
    assert await goes(force, noted) == "It goes to Athena with the correction."


async def test_a_note_to_what_will_be_keyed_by_hand_is_not_promised_to_athena(force: Force) -> None:
    general = await force.task(kind=TaskKind.GENERAL_ACTION, title="Call")
    about_restricted = await force.task()
    await force.name_for("S-01", CONSTABLE)
    await force.restrict("S-01")
    for made in (general, about_restricted):
        noted = await force.do(CONSTABLE, add_note, made.task.ref, "Dog barked")
        assert await goes(force, noted) == "Put it on Athena yourself, with the result."


async def goes(force: Force, noted: TaskBundle) -> str:
    """What the one who added the note is told of it."""
    return await force.units.read(lambda uow: where_a_note_goes(uow, noted))


async def test_what_is_leaving_can_no_longer_be_undone(force: Force) -> None:
    done = await force.done()
    assert done.outcome
    outcome_id = done.outcome.id
    await force.units.write(lambda uow: row_to_hand_over(uow, outcome_id))
    refusal = await force.refused(CONSTABLE, undo_outcome, done.task.ref, done.outcome.id)
    assert refusal.code == "too-late-to-undo"
