"""The briefing and the copy of the order: to the person who asks, and logged."""

from datetime import timedelta

import pytest

from infra.local.people import ANALYST, CONSTABLE, SECOND_CONSTABLE, SERGEANT
from storage.enums import AuditOperation, OutcomeCode, TaskKind, TaskState
from storage.rows import table_of
from storage.tables import AuditEvent, TaskChange
from tasking.refusals import Stale
from tasking.work.briefing import brief, order_copy_key, where_copy_is
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, Force


async def logged(force: Force, action: str) -> list[AuditEvent]:
    return await force.rows(AuditEvent, table_of(AuditEvent).c.action == action)


async def test_reading_the_briefing_is_logged_and_accepts_the_task(force: Force) -> None:
    made = await force.task()
    view = await force.do(CONSTABLE, brief, made.task.ref)
    assert view.view.task.state == TaskState.ACCEPTED
    assert view.view.subject and "Denied entry" in view.view.subject.briefing
    assert [c.short_form for c in view.view.conditions] == ["No contact", "no entry", "100 m"]
    event = (await logged(force, "brief"))[0]
    assert (event.operation, event.actor_id) == (AuditOperation.CONSULTATION, CONSTABLE.entra_id)
    assert "accept-by-briefing" in {row.action for row in await force.rows(TaskChange)}


async def test_the_card_it_was_opened_from_is_left_alone_and_folds_after_an_hour(force: Force) -> None:
    made = await force.task()
    await force.do(CONSTABLE, brief, made.task.ref)
    rows = await force.outbox(purpose=CardPurpose.OFFICER_TASK)
    assert [row.send_after for row in rows] == [NOW, NOW + timedelta(hours=1)]


async def test_reading_again_is_logged_again_and_changes_nothing(force: Force) -> None:
    made = await force.task()
    first = await force.do(CONSTABLE, brief, made.task.ref)
    force.clock.advance(minutes=1)
    again = await force.do(CONSTABLE, brief, made.task.ref)
    assert again.view.task.version == first.view.task.version
    assert len(await logged(force, "brief")) == 2


async def test_a_supervisor_who_reads_does_not_accept(force: Force) -> None:
    made = await force.task()
    view = await force.do(SERGEANT, brief, made.task.ref)
    assert view.view.task.state == TaskState.ASSIGNED


async def test_who_only_sees_that_there_is_a_task_does_not_read_its_briefing(force: Force) -> None:
    made = await force.task()
    assert (await force.refused(ANALYST, brief, made.task.ref)).code == "not-allowed"
    assert (await force.refused(ANALYST, order_copy_key, made.task.ref)).code == "not-allowed"
    assert (await force.refused(SECOND_CONSTABLE, brief, made.task.ref)).code == "not-found"


async def test_a_closed_task_is_briefed_no_more(force: Force) -> None:
    done = await force.done()
    assert isinstance(await force.refused(CONSTABLE, brief, done.task.ref), Stale)


async def test_the_briefing_knows_the_last_visits_and_the_other_open_work(force: Force) -> None:
    for hours in range(4):
        force.clock.advance(hours=1)
        await force.done(OutcomeCode.NO_ANSWER if hours else OutcomeCode.SEEN_NO_CONCERN)
    other = await force.task(SECOND_CONSTABLE)
    made = await force.task()
    view = await force.do(CONSTABLE, brief, made.task.ref)
    assert [visit.code for visit in view.recent] == [OutcomeCode.NO_ANSWER] * 3
    assert view.open_tasks == (other.task.ref,)
    assert view.view.attempts_in_a_row == 3
    assert view.view.last_visit and view.view.last_visit.code == OutcomeCode.NO_ANSWER


async def test_work_about_nobody_has_a_briefing_without_a_subject(force: Force) -> None:
    made = await force.task(kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    view = await force.do(CONSTABLE, brief, made.task.ref)
    assert (view.view.subject, view.recent, view.open_tasks) == (None, (), ())


# --- the copy of the order -------------------------------------------------------------------


async def test_the_copy_is_named_by_its_key_and_logged(force: Force) -> None:
    made = await force.task()
    _, key = await force.do(CONSTABLE, order_copy_key, made.task.ref)
    assert key == "orders/DVPO-3.pdf"
    assert [event.actor_id for event in await logged(force, "copy-of-order")] == [CONSTABLE.entra_id]


async def test_looking_where_the_copy_is_logs_nothing(force: Force) -> None:
    made = await force.task()
    before = await force.counts()
    await force.do(CONSTABLE, where_copy_is, made.task.ref)
    assert await force.counts() == before


@pytest.mark.parametrize("without", ["order", "document"])
async def test_without_an_order_or_its_document_there_is_no_copy(force: Force, without: str) -> None:
    if without == "order":
        made = await force.task(kind=TaskKind.GENERAL_ACTION, target_ref="S-01", title="Call")
    else:
        made = await force.task()
        await force.change_order("DVPO-3", document_key=None)
    assert (await force.refused(CONSTABLE, order_copy_key, made.task.ref)).code == "no-copy"
