"""Lists of tasks for who asks, and what they may do."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_CONSTABLE,
    SOUTH_SERGEANT,
)
from storage.enums import DisruptionType, Role, TaskKind, VisitKind
from storage.rows import table_of
from storage.tables import AuditEvent, Task, TaskBundle
from tasking.views import HelpView, TaskListView
from tasking.work.assign import Room, assign
from tasking.work.find import Reader
from tasking.work.kind_words import words_for_kind
from tasking.work.lists import (
    help_for,
    overdue_tasks,
    own_tasks,
    show_task,
    tasks_of_district,
    tasks_of_officer,
    tasks_of_subject,
)
from tests.support.buttons import DOORS
from tests.support.units import NOW, TOMORROW, Force, some_order, visit


def refs(view: TaskListView) -> list[str]:
    return [line.ref for line in view.lines]


async def test_own_open_tasks_come_soonest_due_first(force: Force) -> None:
    late = await force.task(due_at=TOMORROW + timedelta(days=1))
    soon = await force.task()
    await force.task(SECOND_CONSTABLE)
    await force.done()
    view = await force.do(CONSTABLE, own_tasks)
    assert refs(view) == [soon.task.ref, late.task.ref]
    assert (view.total, view.heading) == (2, "Your tasks")


async def test_a_line_holds_references_and_no_names(force: Force) -> None:
    await force.task(note="Ring twice")
    line = (await force.do(CONSTABLE, own_tasks)).lines[0]
    assert (line.subject_ref, line.order_ref, line.officer) == ("S-01", "DVPO-3", "9187")
    assert (line.kind_words, line.is_overdue, line.outcome_code) == ("Order check", False, None)
    assert "Ring" not in str(line) and "EXAMPLE" not in str(line)


async def test_work_about_nobody_by_nobody_still_makes_a_line(force: Force) -> None:
    await force.task(None, kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    line = (await force.do(SERGEANT, tasks_of_district, "north", "unallocated")).lines[0]
    assert (line.subject_ref, line.order_ref, line.officer) == (None, None, None)
    assert line.kind_words == "Action"


async def test_a_long_list_shows_the_first_and_counts_them_all(force: Force) -> None:
    for _ in range(16):
        await force.task()
    view = await force.do(CONSTABLE, own_tasks)
    assert (len(view.lines), view.total) == (15, 16)


async def test_overdue_is_of_the_district_for_who_reads_it_and_else_their_own(force: Force) -> None:
    mine = await force.task(due_at=NOW + timedelta(hours=1))
    theirs = await force.task(SECOND_CONSTABLE, due_at=NOW + timedelta(hours=1))
    await force.task()
    force.clock.advance(hours=1)
    assert refs(await force.do(SERGEANT, overdue_tasks)) == [mine.task.ref, theirs.task.ref]
    assert refs(await force.do(CONSTABLE, overdue_tasks)) == [mine.task.ref]
    assert refs(await force.do(SOUTH_SERGEANT, overdue_tasks)) == []


async def test_somebodys_tasks_are_seen_by_who_reads_the_district(force: Force) -> None:
    made = await force.task()
    view = await force.do(ANALYST, tasks_of_officer, CONSTABLE.entra_id)
    assert (refs(view), view.heading) == ([made.task.ref], "Tasks of PC 9187")
    assert refs(await force.do(SOUTH_SERGEANT, tasks_of_officer, CONSTABLE.entra_id)) == []


async def test_asking_for_oneself_is_always_allowed_and_for_another_is_not(force: Force) -> None:
    made = await force.task()
    assert refs(await force.do(CONSTABLE, tasks_of_officer, CONSTABLE.entra_id)) == [made.task.ref]
    refusal = await force.refused(SECOND_CONSTABLE, tasks_of_officer, CONSTABLE.entra_id)
    assert refusal.code == "not-allowed"


async def test_somebody_unknown_has_no_tasks(force: Force) -> None:
    assert refs(await force.do(SERGEANT, tasks_of_officer, "nobody-we-know")) == []


@pytest.mark.parametrize("ref", ["S-01", "DVPO-3"])
async def test_the_tasks_about_a_subject_are_found_by_its_order_too_and_logged(
    force: Force, ref: str
) -> None:
    made = await force.task()
    view = await force.do(SERGEANT, tasks_of_subject, ref)
    assert (refs(view), view.heading) == ([made.task.ref], "Tasks about S-01")
    events = await force.rows(AuditEvent, table_of(AuditEvent).c.action == "tasks-of-subject")
    assert [event.actor_id for event in events] == [SERGEANT.entra_id]
    assert events[0].subject_id == made.task.subject_id


async def test_restricted_tasks_are_in_no_list_and_no_count_for_others(force: Force) -> None:
    hidden = await force.restricted_task()
    assert refs(await force.do(CONSTABLE, own_tasks)) == [hidden.task.ref]
    channel = await force.do(CONSTABLE, own_tasks, in_channel=True)
    assert (channel.lines, channel.total) == ((), 0)
    analyst = await force.do(ANALYST, tasks_of_district, "north", "to_do")
    assert (analyst.lines, analyst.total) == ((), 0)
    assert refs(await force.do(SERGEANT, tasks_of_district, "north", "to_do")) == [hidden.task.ref]


async def test_the_boards_lists_are_of_the_district(force: Force) -> None:
    nobody = await force.task(None)
    mine = await force.task()
    assert refs(await force.do(SERGEANT, tasks_of_district, "north", "unallocated")) == [nobody.task.ref]
    assert refs(await force.do(SERGEANT, tasks_of_district, "north", "to_do")) == [
        nobody.task.ref,
        mine.task.ref,
    ]
    refusal = await force.refused(SOUTH_SERGEANT, tasks_of_district, "north", "to_do")
    assert refusal.code == "not-allowed"


async def test_a_neighbourhood_officer_sees_the_list_and_opens_what_is_their_own(force: Force) -> None:
    mine, theirs = await force.task(), await force.task(SECOND_CONSTABLE)
    listed = await force.do(CONSTABLE, tasks_of_district, "north", "to_do")
    assert {line.ref: line.may_open for line in listed.lines} == {theirs.task.ref: False, mine.task.ref: True}
    by_sergeant = await force.do(SERGEANT, tasks_of_district, "north", "to_do")
    assert all(line.may_open for line in by_sergeant.lines)


async def test_looking_at_a_task_is_logged(force: Force) -> None:
    made = await force.task()
    view = await force.do(CONSTABLE, show_task, "1042")
    assert view.task.id == made.task.id
    events = await force.rows(AuditEvent, table_of(AuditEvent).c.action == "show-task")
    assert [event.actor_id for event in events] == [CONSTABLE.entra_id]


# --- help ------------------------------------------------------------------------------------


async def examples(force: Force, person: object, in_channel: bool = False) -> set[str]:
    def all_topics(_uow: object, reader: Reader) -> list[HelpView]:
        first = help_for(reader, DOORS.help)
        return [first, *(help_for(reader, DOORS.help, topic) for topic in first.topics)]

    views = await force.do(person, all_topics, in_channel=in_channel)  # type: ignore[arg-type]
    assert all(view.in_channel is in_channel for view in views)
    assert len(views[0].lines) <= 5
    return {line.example for view in views for line in view.lines}


async def test_help_begins_with_what_one_does_most(force: Force) -> None:
    view = await force.do(CONSTABLE, lambda _uow, reader: help_for(reader, DOORS.help))
    assert [line.example for line in view.lines] == [
        "1042 no answer 2115",
        "1042 seen 2115 at the door, alone",
        "1042 breach",
        "1042 brief",
        "/tasks",
    ]
    view = await force.do(SERGEANT, lambda _uow, reader: help_for(reader, DOORS.help))
    assert view.lines[0].example == "/assign @officer visit DVPO-3 by tomorrow 18:00"


async def test_help_says_only_what_the_asker_may_do(force: Force) -> None:
    officer = await examples(force, CONSTABLE)
    assert "1042 no answer 2115" in officer
    assert not any(example.startswith(("/assign", "/cancel", "/extend")) for example in officer)
    analyst = await examples(force, ANALYST)
    assert "/board" in analyst and "1042 no answer 2115" not in analyst
    sergeant = await examples(force, SERGEANT, in_channel=True)
    assert "/assign" in sergeant and "1042 no answer 2115" in sergeant


async def test_a_partner_is_offered_nothing(force: Force) -> None:
    from storage.tables import PersonRole

    await force.change(PersonRole, table_of(PersonRole).c.entra_id == ANALYST.entra_id, role=Role.PARTNER)
    assert await examples(force, ANALYST) == set()


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        (TaskKind.COMPLIANCE_VISIT, {}, "Order check"),
        (
            TaskKind.COMPLIANCE_VISIT,
            {"visit_kind": VisitKind.EXCLUDED_ADDRESS_CHECK},
            "Excluded address check",
        ),
        (TaskKind.DISRUPTION_ACTION, {"disruption_type": DisruptionType.ANPR_MARKER}, "ANPR marker"),
        (TaskKind.DISRUPTION_ACTION, {"disruption_type": DisruptionType.CURFEW_CHECK}, "Curfew check"),
        (TaskKind.DISRUPTION_ACTION, {}, "Action"),
        (TaskKind.GENERAL_ACTION, {"title": "secret words"}, "Action"),
    ],
)
def test_a_kind_has_plain_words_without_a_title(kind: TaskKind, more: dict[str, Any], words: str) -> None:
    assert words_for_kind(Task(**{"kind": kind, **more})) == words


# --- two districts ---------------------------------------------------------------------------


async def a_task_of_the_south_about_the_same_subject(force: Force) -> TaskBundle:
    """The north's S-01 has an order in the south too, which is checked there."""
    made = await force.task()
    assert made.order and made.subject
    second = some_order(ref="DVPO-77", district_id="south", subject_id=made.subject.id)
    await force.insert(second)
    asked = visit(SOUTH_CONSTABLE, target_ref="DVPO-77")
    return (await force.do(SOUTH_SERGEANT, assign, asked, Room("chat-of-the-south"))).bundle


async def test_the_tasks_about_a_subject_are_those_of_the_readers_districts(force: Force) -> None:
    elsewhere = await a_task_of_the_south_about_the_same_subject(force)
    assert elsewhere.task.ref not in refs(await force.do(SERGEANT, tasks_of_subject, "S-01"))
    await force.give_role(SERGEANT, Role.SUPERVISOR, "south")
    assert elsewhere.task.ref in refs(await force.do(SERGEANT, tasks_of_subject, "S-01"))
    in_channel = await force.do(SERGEANT, tasks_of_subject, "S-01", in_channel=True)
    assert elsewhere.task.ref not in refs(in_channel)


async def test_another_districts_task_is_no_other_open_task_on_a_card(force: Force) -> None:
    elsewhere = await a_task_of_the_south_about_the_same_subject(force)
    mine = (await force.do(CONSTABLE, own_tasks)).lines[0].ref
    assert elsewhere.task.ref not in (await force.do(CONSTABLE, show_task, mine)).related_refs
    colleague = await force.task(SECOND_CONSTABLE)
    assert (await force.do(CONSTABLE, show_task, mine)).related_refs == (colleague.task.ref,)


@pytest.mark.parametrize("which", ["to_do", "unallocated"])
async def test_a_channel_shows_no_list_of_another_district_whoever_asks(force: Force, which: str) -> None:
    await force.give_role(SERGEANT, Role.SUPERVISOR, "south")
    assert (await force.do(SERGEANT, tasks_of_district, "south", which)).total == 0
    refusal = await force.refused(SERGEANT, tasks_of_district, "south", which, in_channel=True)
    assert refusal.code == "other-district"


async def test_ones_own_tasks_in_a_channel_are_those_of_its_district(force: Force) -> None:
    mine = await force.task()
    await force.give_role(CONSTABLE, Role.NEIGHBOURHOOD_OFFICER, "south")
    action = visit(CONSTABLE, kind=TaskKind.GENERAL_ACTION, target_ref=None, title="Print")
    await force.do(SOUTH_SERGEANT, assign, action, Room("chat-of-the-south", "south"))
    assert (await force.do(CONSTABLE, own_tasks)).total == 2
    assert refs(await force.do(CONSTABLE, own_tasks, in_channel=True)) == [mine.task.ref]
