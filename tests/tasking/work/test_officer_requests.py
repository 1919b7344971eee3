"""What an officer does with their own task besides closing it: accept, note, give back, ask for time."""

from datetime import timedelta

import pytest

from infra.local.people import CONSTABLE, NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT
from storage.enums import OutboxKind, TaskState
from storage.rows import table_of
from storage.tables import AuditEvent, TaskChange, TaskNote
from tasking.refusals import Stale
from tasking.work.officer_requests import accept, add_note, ask_more_time, give_back
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, TOMORROW, Force

LATER = TOMORROW + timedelta(hours=3)


async def test_accepting_is_noted_with_its_time(force: Force) -> None:
    made = await force.task()
    force.clock.advance(minutes=5)
    taken = await force.do(CONSTABLE, accept, made.task.ref)
    assert (taken.task.state, taken.task.accepted_at) == (TaskState.ACCEPTED, force.clock.now())


async def test_accepting_twice_changes_nothing(force: Force) -> None:
    made = await force.task()
    first = await force.do(CONSTABLE, accept, made.task.ref)
    before = await force.counts()
    again = await force.do(CONSTABLE, accept, made.task.ref)
    assert again.task.version == first.task.version
    assert await force.counts() == before


async def test_nobody_accepts_for_another(force: Force) -> None:
    made = await force.task()
    assert (await force.refused(SERGEANT, accept, made.task.ref)).code == "not-allowed"


async def test_closed_work_cannot_be_accepted(force: Force) -> None:
    done = await force.done()
    assert isinstance(await force.refused(CONSTABLE, accept, done.task.ref), Stale)


# --- notes -----------------------------------------------------------------------------------


async def test_the_words_of_a_note_stay_in_its_own_row(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, add_note, made.task.ref, "  van outside  ")
    note = (await force.rows(TaskNote))[0]
    assert (note.text, note.author_id, note.at) == ("van outside", CONSTABLE.entra_id, NOW)
    events = await force.rows(AuditEvent, table_of(AuditEvent).c.action == "add-note")
    assert len(events) == 1
    assert "van" not in str(events[0].__dict__)


async def test_a_note_can_be_added_to_closed_work_and_by_a_supervisor(force: Force) -> None:
    done = await force.done()
    await force.do(SERGEANT, add_note, done.task.ref, "read")
    assert [row.author_id for row in await force.rows(TaskNote)] == [SERGEANT.entra_id]


@pytest.mark.parametrize(("text", "code"), [("  ", "no-note"), ("x" * 4001, "text-too-long")])
async def test_an_empty_or_endless_note_is_refused(force: Force, text: str, code: str) -> None:
    made = await force.task()
    assert (await force.refused(CONSTABLE, add_note, made.task.ref, text)).code == code


async def test_a_colleague_adds_nothing_to_a_task_they_cannot_see(force: Force) -> None:
    made = await force.task()
    assert (await force.refused(SECOND_CONSTABLE, add_note, made.task.ref, "x")).code == "not-found"


# --- giving back -----------------------------------------------------------------------------


async def test_work_given_back_is_unallocated_and_the_channel_hears_of_it(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, accept, made.task.ref)
    back = await force.do(CONSTABLE, give_back, made.task.ref, "at court until six")
    assert (back.task.state, back.task.owner_id, back.task.accepted_at) == (TaskState.UNALLOCATED, None, None)
    notice = (await force.outbox(purpose=CardPurpose.UNALLOCATED_NOTICE))[0]
    assert notice.conversation_id == NORTH_CHANNEL
    change = (await force.rows(TaskChange, table_of(TaskChange).c.action == "cant-do"))[0]
    assert change.reason == "at court until six"


async def test_the_card_of_who_gave_it_back_is_drawn_afresh(force: Force) -> None:
    made = await force.task()
    back = await force.do(CONSTABLE, give_back, made.task.ref, "at court")
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.OFFICER_TASK)
    assert [row.person_id for row in updates] == [CONSTABLE.entra_id]
    assert str(back.task.version) in updates[0].key


async def test_restricted_work_given_back_stays_out_of_the_channel(force: Force) -> None:
    made = await force.restricted_task()
    await force.do(CONSTABLE, give_back, made.task.ref, "at court")
    assert await force.outbox(purpose=CardPurpose.UNALLOCATED_NOTICE) == []


async def test_work_about_nobody_can_be_given_back_too(force: Force) -> None:
    from storage.enums import TaskKind

    made = await force.task(kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    back = await force.do(CONSTABLE, give_back, made.task.ref, "no paper")
    assert back.task.state == TaskState.UNALLOCATED
    assert len(await force.outbox(purpose=CardPurpose.UNALLOCATED_NOTICE)) == 1


async def test_giving_back_needs_a_reason_and_the_current_card(force: Force) -> None:
    made = await force.task()
    assert (await force.refused(CONSTABLE, give_back, made.task.ref, " ")).code == "no-reason"
    stale = await force.refused(CONSTABLE, give_back, made.task.ref, "court", version=made.task.version + 1)
    assert isinstance(stale, Stale)
    assert "has changed since" in stale.words


async def test_a_second_giving_back_is_not_theirs_to_do(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, give_back, made.task.ref, "court")
    assert (await force.refused(CONSTABLE, give_back, made.task.ref, "court")).code == "not-found"


# --- more time -------------------------------------------------------------------------------


async def test_asking_for_time_leaves_the_due_time_and_asks_the_supervisor(force: Force) -> None:
    made = await force.task()
    asked = await force.do(CONSTABLE, ask_more_time, made.task.ref, LATER, "at court")
    assert (asked.task.due_at, asked.task.asked_until) == (TOMORROW, LATER)
    request = (await force.outbox(purpose=CardPurpose.MORE_TIME_REQUEST))[0]
    assert (request.kind, request.person_id) == (OutboxKind.POST_CARD, SERGEANT.entra_id)


@pytest.mark.parametrize(
    ("hours", "reason", "code"),
    [
        (0, "court", "not-later"),
        (-1, "court", "not-later"),
        (3, " ", "no-reason"),
        (24 * 60, "x", "due-after-end"),
        (24 * 366, "x", "due-too-far"),
    ],
)
async def test_time_that_cannot_be_given_is_refused(force: Force, hours: int, reason: str, code: str) -> None:
    made = await force.task()
    until = TOMORROW + timedelta(hours=hours)
    assert (await force.refused(CONSTABLE, ask_more_time, made.task.ref, until, reason)).code == code


async def test_time_that_has_passed_cannot_be_asked_for(force: Force) -> None:
    made = await force.task()
    force.clock.advance(days=3)
    until = TOMORROW + timedelta(hours=1)
    assert (await force.refused(CONSTABLE, ask_more_time, made.task.ref, until, "court")).code == "due-past"


async def test_a_request_that_the_work_outran_is_drawn_afresh(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, ask_more_time, made.task.ref, LATER, "at court")
    await force.close(made)
    updates = await force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.MORE_TIME_REQUEST)
    assert len(updates) == 1
