"""What the forms offer: only what the asker may choose."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.people import CONSTABLE, SECOND_CONSTABLE, SERGEANT, SOUTH_SERGEANT
from storage.enums import Role
from storage.rows import table_of
from storage.tables import Task
from tasking.refusals import Stale
from tasking.work.forms import assign_form_view, supervisor_form_view
from tests.support.units import CHAT, ROOM, Force


async def test_the_form_offers_the_districts_officers_and_targets(force: Force) -> None:
    view = await force.do(SERGEANT, assign_form_view, ROOM, in_channel=True)
    values = [choice.value for choice in view.officers]
    assert {CONSTABLE.entra_id, SECOND_CONSTABLE.entra_id, SERGEANT.entra_id} <= set(values)
    assert SOUTH_SERGEANT.entra_id not in values
    assert [choice.value for choice in view.targets] == ["DVPO-3", "S-01", "S-02"]
    casey = next(choice for choice in view.officers if choice.value == CONSTABLE.entra_id)
    assert casey.words == f"PC {CONSTABLE.collar_number} {CONSTABLE.name}"


async def test_restricted_subjects_are_offered_in_a_chat_to_the_people_named(force: Force) -> None:
    view = await force.do(SERGEANT, assign_form_view, CHAT)
    assert "S-04" in [choice.value for choice in view.targets]
    await force.give_role(SECOND_CONSTABLE, Role.SUPERVISOR)
    view = await force.do(SECOND_CONSTABLE, assign_form_view, CHAT)
    assert "S-04" not in [choice.value for choice in view.targets]


async def test_the_default_day_is_by_policy_in_london(force: Force) -> None:
    force.clock.at = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # half past midnight BST, a day later
    view = await force.do(SERGEANT, assign_form_view, ROOM)
    assert (view.default_date, view.default_time) == ("2026-03-30", "18:00")


async def test_what_was_typed_stands_again(force: Force) -> None:
    view = await force.do(SERGEANT, assign_form_view, CHAT, {"note": "Ring"}, "That time has passed.")
    assert (view.typed, view.problem, view.in_channel) == ({"note": "Ring"}, "That time has passed.", False)


async def test_a_supervisor_of_two_districts_chooses_from_both_in_a_chat_and_one_in_a_channel(
    force: Force,
) -> None:
    await force.give_role(SERGEANT, Role.SUPERVISOR, "south")
    chat = [choice.value for choice in (await force.do(SERGEANT, assign_form_view, CHAT)).targets]
    channel = [choice.value for choice in (await force.do(SERGEANT, assign_form_view, ROOM)).targets]
    assert "NMO-2" in chat
    assert "NMO-2" not in channel


async def test_who_may_not_assign_gets_no_form(force: Force) -> None:
    assert (await force.refused(CONSTABLE, assign_form_view, CHAT)).code == "not-allowed"
    assert (await force.refused(SOUTH_SERGEANT, assign_form_view, ROOM)).code == "not-allowed"


@pytest.mark.parametrize("form", ["reassign", "extend", "cancel"])
async def test_a_supervisors_form_offers_other_officers_and_a_later_time(force: Force, form: str) -> None:
    made = await force.task()
    view = await force.do(SERGEANT, supervisor_form_view, made.task.ref, form, made.task.version)
    assert CONSTABLE.entra_id not in [choice.value for choice in view.officers]
    assert SECOND_CONSTABLE.entra_id in [choice.value for choice in view.officers]
    assert (view.default_date, view.default_time) == ("2026-03-14", "18:00")


async def test_the_default_time_of_overdue_work_is_to_come(force: Force) -> None:
    made = await force.task()
    force.clock.advance(days=10)
    view = await force.do(SERGEANT, supervisor_form_view, made.task.ref, "extend")
    later = force.clock.now() + timedelta(days=1)
    assert view.default_date == f"{later:%Y-%m-%d}"


@pytest.mark.parametrize("form", ["reassign", "extend", "cancel"])
async def test_a_form_opens_for_work_that_an_earlier_release_let_be_due_in_the_year_9999(
    force: Force, form: str
) -> None:
    made = await force.task()
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    await force.change(Task, table_of(Task).c.id == made.task.id, due_at=last)
    view = await force.do(SERGEANT, supervisor_form_view, made.task.ref, form)
    assert view.default_date == f"{force.clock.now() + timedelta(days=366):%Y-%m-%d}"


async def test_a_supervisors_form_refuses_as_the_act_itself_would(force: Force) -> None:
    made = await force.task()
    refusal = await force.refused(CONSTABLE, supervisor_form_view, made.task.ref, "cancel")
    assert refusal.code == "not-allowed"
    stale = await force.refused(SERGEANT, supervisor_form_view, made.task.ref, "cancel", 99)
    assert isinstance(stale, Stale)
