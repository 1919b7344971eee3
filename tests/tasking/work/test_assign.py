"""Giving work to somebody, or to nobody yet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    INSPECTOR,
    NORTH_CHANNEL,
    OUTSIDER,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_CONSTABLE,
    SOUTH_SERGEANT,
)
from storage.enums import (
    AuditOperation,
    DisruptionType,
    OrderStatus,
    OutboxKind,
    Role,
    TaskKind,
    TaskState,
    VisitKind,
)
from storage.rows import table_of
from storage.tables import AuditEvent, Message, ProtectiveOrder, Task, TaskChange
from tasking.refusals import NotSetUp, Stale
from tasking.work.assign import Room, assign
from tests.support.notice_names import CardPurpose
from tests.support.units import CHAT, NOW, ROOM, TOMORROW, Force, some_order, visit


async def test_a_visit_is_the_officers_with_everything_that_was_asked(force: Force) -> None:
    made = await force.do(SERGEANT, assign, visit(note=" Ring twice "), ROOM, in_channel=True)
    task = made.bundle.task
    assert (task.ref, task.state, task.kind) == ("T-1042", TaskState.ASSIGNED, TaskKind.COMPLIANCE_VISIT)
    assert task.visit_kind == VisitKind.PERPETRATOR_CHECK
    assert (task.owner_id, task.supervisor_id) == (CONSTABLE.entra_id, SERGEANT.entra_id)
    assert (task.due_at, task.next_reminder_at) == (TOMORROW, TOMORROW)
    assert (task.district_id, task.note) == ("north", "Ring twice")
    assert made.bundle.order and made.bundle.order.ref == "DVPO-3"
    assert made.hints == ""


async def test_numbers_go_up_by_one(force: Force) -> None:
    refs = [
        (await force.task(target_ref=ref, kind=TaskKind.GENERAL_ACTION, title="Call")).task.ref
        for ref in ("S-01", "S-02")
    ]
    assert refs == ["T-1042", "T-1043"]


async def test_a_visit_sends_the_card_the_confirmation_and_the_board(force: Force) -> None:
    await force.task()
    sent = {(row.kind, row.purpose): row for row in await force.outbox()}
    assert set(sent) == {
        (OutboxKind.POST_CARD, CardPurpose.CONFIRMATION),
        (OutboxKind.UPDATE_CARD, CardPurpose.BOARD),
        (OutboxKind.POST_CARD, CardPurpose.OFFICER_TASK),
    }
    assert sent[OutboxKind.POST_CARD, CardPurpose.OFFICER_TASK].person_id == CONSTABLE.entra_id
    assert sent[OutboxKind.POST_CARD, CardPurpose.CONFIRMATION].conversation_id == ROOM.conversation_id


async def test_the_history_and_the_audit_say_who_assigned(force: Force) -> None:
    made = await force.task(note="words that stay out of the log")
    change = (await force.rows(TaskChange))[0]
    assert (change.actor_id, change.action, change.from_state) == (SERGEANT.entra_id, "assign", None)
    event = (await force.rows(AuditEvent, table_of(AuditEvent).c.action == "assign"))[0]
    assert (event.actor_id, event.task_id) == (SERGEANT.entra_id, made.task.id)
    assert event.operation == AuditOperation.COLLECTION
    assert "words" not in str(event.__dict__)


async def test_work_for_nobody_yet_is_unallocated_and_the_channel_hears_of_it(force: Force) -> None:
    made = await force.task(None)
    assert (made.task.state, made.task.owner_id) == (TaskState.UNALLOCATED, None)
    notice = (await force.outbox(purpose=CardPurpose.UNALLOCATED_NOTICE))[0]
    assert notice.conversation_id == NORTH_CHANNEL
    assert await force.outbox(purpose=CardPurpose.OFFICER_TASK) == []


async def test_unallocated_work_about_a_restricted_subject_stays_out_of_the_channel(force: Force) -> None:
    await force.restricted_task(None)
    assert await force.outbox(purpose=CardPurpose.UNALLOCATED_NOTICE) == []


async def test_a_subject_with_one_order_in_force_means_that_order(force: Force) -> None:
    made = await force.task(target_ref="s1")
    assert made.order and made.order.ref == "DVPO-3"


async def test_a_subject_with_two_orders_in_force_is_asked_about(force: Force) -> None:
    subject_id = (await force.rows(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == "DVPO-3"))[
        0
    ].subject_id
    await force.insert(some_order(subject_id=subject_id))
    refusal = await force.refused(SERGEANT, assign, visit(target_ref="S-01"), ROOM)
    assert (refusal.code, refusal.hint) == ("which-order", "DVPO-3 or DVPO-90")


async def test_a_subject_without_an_order_in_force_cannot_be_checked(force: Force) -> None:
    refusal = await force.refused(SERGEANT, assign, visit(target_ref="S-02"), ROOM)
    assert refusal.code == "no-order"
    assert "S-02" in refusal.words


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"target_ref": None}, "no-target"),
        ({"target_ref": "DVPN-4"}, "not-in-force"),
        ({"target_ref": "DVPO-99"}, "not-found"),
        ({"due_at": NOW}, "due-past"),
        ({"due_at": NOW - timedelta(hours=1)}, "due-past"),
        ({"due_at": NOW + timedelta(days=366, minutes=1)}, "due-too-far"),
        ({"due_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}, "due-too-far"),
        ({"kind": TaskKind.DISRUPTION_ACTION}, "no-type"),
        ({"kind": TaskKind.GENERAL_ACTION, "target_ref": None, "title": "  "}, "no-title"),
        ({"visit_kind": VisitKind.PROTECTED_PERSON_CONTACT}, "no-safe-contact-plan"),
        ({"visit_kind": VisitKind.EXCLUDED_ADDRESS_CHECK}, "no-safe-contact-plan"),
        ({"officer_id": OUTSIDER.entra_id}, "officer-unknown"),
        ({"officer_id": SOUTH_CONSTABLE.entra_id}, "officer-elsewhere"),
        ({"officer_id": ANALYST.entra_id}, "officer-elsewhere"),
    ],
)
async def test_what_cannot_be_asked_is_refused_and_changes_nothing(
    force: Force, changes: dict[str, Any], code: str
) -> None:
    assert (await force.refused(SERGEANT, assign, visit(**changes), ROOM)).code == code


async def test_somebody_who_left_is_given_no_work(force: Force) -> None:
    from storage.tables import Person

    await force.change(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id, active=False)
    assert (await force.refused(SERGEANT, assign, visit(), ROOM)).code == "officer-unknown"


async def test_a_due_time_may_be_the_last_minute_of_the_order_and_not_a_second_later(force: Force) -> None:
    end = datetime(2026, 4, 2, 23, 0, tzinfo=UTC)  # midnight after Thu 2 April, British Summer Time
    refusal = await force.refused(SERGEANT, assign, visit(due_at=end + timedelta(seconds=1)), ROOM)
    assert refusal.code == "due-after-end"
    assert "Thu 2 Apr" in refusal.words
    assert (await force.task(due_at=end)).task.due_at == end


async def test_an_order_without_an_end_allows_any_due_time_of_the_coming_year(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=None)
    far = NOW + timedelta(days=366)
    assert (await force.task(due_at=far)).task.due_at == far


async def test_a_contact_visit_needs_its_plan_and_then_can_be_assigned(force: Force) -> None:
    await force.change_order("DVPO-3", safe_contact_plan_at=NOW)
    made = await force.task(visit_kind=VisitKind.PROTECTED_PERSON_CONTACT)
    assert made.task.visit_kind == VisitKind.PROTECTED_PERSON_CONTACT


async def test_a_disruption_needs_no_order_in_force(force: Force) -> None:
    await force.change_order("DVPO-3", status=OrderStatus.DISCHARGED)
    made = await force.task(kind=TaskKind.DISRUPTION_ACTION, disruption_type=DisruptionType.WARRANT)
    assert (made.task.disruption_type, made.task.visit_kind) == (DisruptionType.WARRANT, None)


async def test_the_same_work_twice_is_done_and_warned_of(force: Force) -> None:
    first = await force.task()
    again = await force.do(SERGEANT, assign, visit(), ROOM, in_channel=True)
    assert first.task.ref in again.hints
    assert again.bundle.task.ref != first.task.ref


async def test_closed_work_and_another_officers_work_are_no_twin(force: Force) -> None:
    await force.done()
    await force.task(SECOND_CONSTABLE)
    assert (await force.do(SERGEANT, assign, visit(), ROOM)).hints == ""


async def test_work_about_nobody_belongs_to_the_channels_district(force: Force) -> None:
    request = visit(kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print the leaflets")
    made = (await force.do(SERGEANT, assign, request, ROOM)).bundle
    assert (made.task.district_id, made.task.subject_id, made.task.title) == (
        "north",
        None,
        "Print the leaflets",
    )


async def test_work_about_nobody_in_a_chat_belongs_to_the_askers_only_district(force: Force) -> None:
    request = visit(SOUTH_CONSTABLE, kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    made = (await force.do(SOUTH_SERGEANT, assign, request, CHAT)).bundle
    assert made.task.district_id == "south"


async def test_work_about_nobody_in_a_chat_of_two_districts_is_asked_about(force: Force) -> None:
    await force.give_role(SERGEANT, Role.SUPERVISOR, "south")
    request = visit(kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    assert (await force.refused(SERGEANT, assign, request, CHAT)).code == "which-district"


async def test_a_constable_assigns_nothing_even_without_a_target(force: Force) -> None:
    request = visit(kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    assert (await force.refused(CONSTABLE, assign, request, CHAT)).code == "not-allowed"
    assert (await force.refused(ANALYST, assign, visit(), ROOM)).code == "not-allowed"


async def test_a_lead_inspector_assigns_too(force: Force) -> None:
    assert (await force.do(INSPECTOR, assign, visit(), ROOM)).bundle.task.supervisor_id == INSPECTOR.entra_id


async def test_another_districts_work_is_assigned_in_its_own_channel(force: Force) -> None:
    await force.give_role(SERGEANT, Role.SUPERVISOR, "south")
    order = await force.refused(SERGEANT, assign, visit(target_ref="NMO-2"), ROOM)
    assert order.code == "other-district"
    south = Room("south-thread", "south")
    subject = visit(kind=TaskKind.GENERAL_ACTION, target_ref="S-01", title="Call")
    assert (await force.refused(SERGEANT, assign, subject, south)).code == "other-district"


async def test_another_districts_order_looks_like_none_to_who_may_not_see_it(force: Force) -> None:
    hidden = await force.refused(SERGEANT, assign, visit(target_ref="NMO-2"), ROOM)
    nothing = await force.refused(SERGEANT, assign, visit(target_ref="NMO-9"), ROOM)
    assert (hidden.code, hidden.words) == (nothing.code, nothing.words)
    assert hidden.code == "not-found"


async def test_a_restricted_subject_cannot_be_named_in_a_channel(force: Force) -> None:
    request = visit(None, kind=TaskKind.GENERAL_ACTION, target_ref="S-04", title="Call")
    assert (await force.refused(SERGEANT, assign, request, ROOM, in_channel=True)).code == "not-found"


async def test_an_officer_who_is_not_named_gets_no_restricted_work(force: Force) -> None:
    request = visit(kind=TaskKind.GENERAL_ACTION, target_ref="S-04", title="Call")
    assert (await force.refused(SERGEANT, assign, request, CHAT)).code == "officer-not-named"
    await force.name_for("S-04", CONSTABLE)
    assert (await force.do(SERGEANT, assign, request, CHAT)).bundle.task.owner_id == CONSTABLE.entra_id


async def test_somebody_without_a_role_is_not_set_up(force: Force) -> None:
    with pytest.raises(NotSetUp):
        await force.do(OUTSIDER, assign, visit(), ROOM)


async def test_a_room_with_a_district_is_a_channel() -> None:
    assert ROOM.in_channel
    assert not CHAT.in_channel
    assert replace(CHAT, channel_district="north").in_channel


async def test_a_form_makes_one_task_however_often_it_is_sent(force: Force) -> None:
    first = await force.task(form_id="form-1")
    refusal = await force.refused(SERGEANT, assign, visit(form_id="form-1"), ROOM)
    assert isinstance(refusal, Stale)
    assert f"has made {first.task.ref} already" in refusal.words
    assert len(await force.rows(Task)) == 1


async def test_a_used_form_tells_nobody_of_a_task_that_they_may_not_know(force: Force) -> None:
    await force.name_for("S-04", CONSTABLE)
    request = visit(
        CONSTABLE, kind=TaskKind.GENERAL_ACTION, target_ref="S-04", title="Call the desk", form_id="form-1"
    )
    await force.do(SERGEANT, assign, request, CHAT)
    for person in (SOUTH_SERGEANT, ANALYST, SECOND_CONSTABLE):
        for target in ("S-04", "DVPO-3"):
            about = replace(request, target_ref=target)
            told, of_a_new_one = [
                await force.refused(person, assign, replace(about, form_id=form), CHAT)
                for form in ("form-1", "form-2")
            ]
            assert (told.code, told.words, told.hint) == (
                of_a_new_one.code,
                of_a_new_one.words,
                of_a_new_one.hint,
            )


async def test_a_form_of_a_task_that_they_may_not_know_makes_theirs_as_a_new_one_does(force: Force) -> None:
    await force.name_for("S-04", CONSTABLE)
    hidden = visit(
        CONSTABLE, kind=TaskKind.GENERAL_ACTION, target_ref="S-04", title="Call the desk", form_id="form-1"
    )
    await force.do(SERGEANT, assign, hidden, CHAT)
    theirs = replace(hidden, officer_id=SOUTH_CONSTABLE.entra_id, target_ref=None, title="Count the keys")
    made = (await force.do(SOUTH_SERGEANT, assign, theirs, CHAT)).bundle
    assert (made.task.district_id, made.task.title, made.task.form_id) == ("south", "Count the keys", None)


async def test_the_message_of_a_form_becomes_the_confirmation(force: Force) -> None:
    made = await force.do(SERGEANT, assign, visit(), replace(ROOM, form_message_id="the form"))
    standing = await force.rows(Message)
    assert [(row.purpose, row.activity_id) for row in standing] == [(CardPurpose.CONFIRMATION, "the form")]
    sent = await force.outbox(purpose=CardPurpose.CONFIRMATION)
    assert [row.kind for row in sent] == [OutboxKind.UPDATE_CARD]
    assert sent[0].task_id == made.bundle.task.id


async def test_a_message_with_a_purpose_of_its_own_is_not_taken_for_the_form(force: Force) -> None:
    board = Message(
        purpose=CardPurpose.BOARD,
        district_id="north",
        conversation_id=ROOM.conversation_id,
        activity_id="board",
        posted_at=NOW,
    )
    await force.insert(board)
    await force.do(SERGEANT, assign, visit(), replace(ROOM, form_message_id="board"))
    sent = await force.outbox(purpose=CardPurpose.CONFIRMATION)
    assert [row.kind for row in sent] == [OutboxKind.POST_CARD]
