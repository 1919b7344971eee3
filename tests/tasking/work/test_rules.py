"""The small rules: which outcomes fit, when they leave, what can be undone; who is who; what a view holds."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    OUTSIDER,
    SECOND_CONSTABLE,
    SERGEANT,
    FictionalPerson,
)
from storage.enums import OutcomeCode, OutcomeState, RecordsRoute, TaskKind, TaskState, VisitKind
from storage.rows import table_of
from storage.tables import Outbox, Outcome, Subject, Task
from storage.work.writes import LostRace
from tasking.people.actors import actor_of, known_actor, officers_of
from tasking.refusals import NotSetUp, Refusal, Stale
from tasking.unit_of_work import UnitOfWork
from tasking.views import TaskView
from tasking.work.changes import guarded
from tasking.work.outcome_rules import (
    can_be_corrected,
    can_still_undo,
    codes_for,
    first_state,
    leaves_at,
    route_of,
    waits_to_be_keyed,
    was_given_up,
)
from tasking.work.outcome_table import Fits, fitting
from tasking.work.showing import channel_view, officer_view
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, POLICY, TOMORROW, Force, reader_of

TEN = timedelta(minutes=10)


def task_of(**values: Any) -> Task:
    return Task(**values)


def outcome(**changes: Any) -> Outcome:
    values: dict[str, Any] = {
        "code": OutcomeCode.NO_ANSWER,
        "state": OutcomeState.TO_HAND_OVER,
        "recorded_at": NOW,
    }
    return Outcome(**(values | changes))


@pytest.mark.parametrize(
    ("task", "codes"),
    [
        (
            task_of(kind=TaskKind.COMPLIANCE_VISIT, visit_kind=VisitKind.PERPETRATOR_CHECK),
            fitting(Fits.ORDER_CHECK),
        ),
        (
            task_of(kind=TaskKind.COMPLIANCE_VISIT, visit_kind=VisitKind.EXCLUDED_ADDRESS_CHECK),
            fitting(Fits.ORDER_CHECK),
        ),
        (
            task_of(kind=TaskKind.COMPLIANCE_VISIT, visit_kind=VisitKind.PROTECTED_PERSON_CONTACT),
            fitting(Fits.CONTACT),
        ),
        (task_of(kind=TaskKind.DISRUPTION_ACTION), fitting(Fits.DISRUPTION)),
        (task_of(kind=TaskKind.GENERAL_ACTION), fitting(Fits.ACTION)),
    ],
)
def test_each_kind_of_work_ends_in_its_own_ways(task: Task, codes: tuple[OutcomeCode, ...]) -> None:
    assert codes_for(task) == codes


def test_a_restricted_subject_never_goes_to_the_shared_list() -> None:
    task = task_of(kind=TaskKind.COMPLIANCE_VISIT)
    sent = route_of(task, OutcomeCode.NO_ANSWER, restricted=False, policy=POLICY)
    kept = route_of(task, OutcomeCode.NO_ANSWER, restricted=True, policy=POLICY)
    assert (sent, kept) == (RecordsRoute.REDLINE_SENDS, RecordsRoute.KEYED_BY_HAND)
    assert (first_state(sent), first_state(kept)) == (OutcomeState.TO_HAND_OVER, OutcomeState.KEYED_BY_HAND)


@pytest.mark.parametrize("code", OutcomeCode)
def test_only_a_breach_leaves_at_once(code: OutcomeCode) -> None:
    at_once = code in (OutcomeCode.BREACH_SUSPECTED, OutcomeCode.ARRESTED)
    assert leaves_at(code, NOW, POLICY) == (NOW if at_once else NOW + TEN)


@pytest.mark.parametrize("state", OutcomeState)
def test_what_has_left_is_corrected_and_what_has_not_is_undone(state: OutcomeState) -> None:
    undoable = state in (OutcomeState.TO_HAND_OVER, OutcomeState.KEYED_BY_HAND)
    withdrawn = state == OutcomeState.WITHDRAWN
    assert can_still_undo(outcome(state=state), NOW, POLICY) is undoable
    assert can_be_corrected(outcome(state=state), NOW, POLICY) is not (undoable or withdrawn)
    assert can_be_corrected(outcome(state=state), NOW + TEN, POLICY) is not withdrawn


def test_undo_is_open_for_ten_minutes_to_the_second() -> None:
    assert can_still_undo(outcome(), NOW + TEN - timedelta(seconds=1), POLICY)
    assert not can_still_undo(outcome(), NOW + TEN, POLICY)
    assert not can_still_undo(outcome(code=OutcomeCode.BREACH_SUSPECTED), NOW, POLICY)
    assert not can_still_undo(outcome(leaving_at=NOW), NOW, POLICY)
    assert not can_still_undo(outcome(athena_ref="36/1/19"), NOW, POLICY)


@pytest.mark.parametrize("route", RecordsRoute)
@pytest.mark.parametrize("state", OutcomeState)
def test_what_redline_was_to_send_and_is_keyed_by_hand_was_given_up(
    route: RecordsRoute, state: OutcomeState
) -> None:
    given_up = route == RecordsRoute.REDLINE_SENDS and state == OutcomeState.KEYED_BY_HAND
    assert was_given_up(outcome(route=route, state=state)) is given_up
    assert waits_to_be_keyed(outcome(route=route, state=state)) is given_up
    assert not waits_to_be_keyed(outcome(route=route, state=state, athena_ref="36/1/19"))


# --- people ----------------------------------------------------------------------------------


async def test_the_actor_has_the_roles_that_the_rows_give(force: Force) -> None:
    actor = await force.units.read(lambda uow: actor_of(uow, SERGEANT.entra_id))
    assert (actor.collar_number, set(actor.roles)) == ("9001", {"north"})
    with pytest.raises(NotSetUp) as caught:
        await force.units.read(lambda uow: actor_of(uow, OUTSIDER.entra_id))
    assert caught.value.code == "not-set-up"


async def test_somebody_inactive_is_nobody_even_with_a_role(force: Force) -> None:
    from storage.tables import Person

    await force.change(Person, table_of(Person).c.entra_id == SERGEANT.entra_id, active=False)
    assert await force.units.read(lambda uow: known_actor(uow, SERGEANT.entra_id)) is None


async def test_the_officers_of_a_district_come_by_collar_number(force: Force) -> None:
    found = await force.units.read(lambda uow: officers_of(uow, "north"))
    assert [person.collar_number for person in found] == ["9001", "9187", "9188", "9400"]


# --- views -----------------------------------------------------------------------------------


async def own_view(force: Force, ref: str = "T-1042", person: FictionalPerson = CONSTABLE) -> TaskView:
    def read(uow: UnitOfWork) -> TaskView:
        from storage.work.queries import bundle_by_ref

        bundle = bundle_by_ref(uow.connection, ref)
        assert bundle
        return officer_view(uow, bundle, reader_of(uow, person))

    return await force.units.read(read)


async def test_an_open_task_is_shown_with_what_the_visit_needs(force: Force) -> None:
    await force.task()
    other = await force.task(SECOND_CONSTABLE)
    view = await own_view(force)
    assert view.lead_officer and view.lead_officer.entra_id == CONSTABLE.entra_id
    assert view.related_refs == (other.task.ref,)
    assert (view.last_visit, view.attempts_in_a_row, view.can_undo) == (None, 0, False)
    assert view.is_open and not view.is_overdue


async def test_a_subject_without_a_lead_is_shown_without_one(force: Force) -> None:
    await force.task()
    await force.change(Subject, table_of(Subject).c.ref == "S-01", lead_officer_id=None)
    assert (await own_view(force)).lead_officer is None


async def test_attempts_are_counted_back_to_the_last_time_they_were_seen(force: Force) -> None:
    for code in (OutcomeCode.NO_ANSWER, OutcomeCode.SEEN_NO_CONCERN, OutcomeCode.NO_ANSWER):
        force.clock.advance(hours=1)
        await force.done(code)
    await force.task()
    view = await own_view(force, "T-1045")
    assert view.attempts_in_a_row == 1
    assert view.last_visit and view.last_visit.code == OutcomeCode.NO_ANSWER


async def test_a_closed_task_is_shown_with_the_conditions_to_who_may_correct_it(force: Force) -> None:
    await force.done()
    view = await own_view(force)
    assert (view.lead_officer, view.related_refs) == (None, ())
    assert view.conditions
    assert (await own_view(force, person=ANALYST)).conditions == ()
    assert view.can_undo and view.undo_until == NOW + TEN
    assert not view.is_open and not view.is_overdue


async def test_a_card_that_was_not_delivered_shows_on_the_channels_card(force: Force) -> None:
    made = await force.task()
    assert (await force.units.read(lambda uow: channel_view(uow, made))).undelivered == ""
    await force.change(
        Outbox, table_of(Outbox).c.purpose == CardPurpose.OFFICER_TASK, last_error="not-installed"
    )
    assert (await force.units.read(lambda uow: channel_view(uow, made))).undelivered == "not-installed"


async def test_an_open_task_past_its_time_is_overdue(force: Force) -> None:
    await force.task()
    force.clock.at = TOMORROW
    assert (await own_view(force)).is_overdue


# --- races -----------------------------------------------------------------------------------


async def test_a_lost_race_is_answered_with_what_the_winner_did(force: Force) -> None:
    made = await force.task()
    done = await force.close(made)

    def lose(uow: UnitOfWork) -> None:
        def write() -> None:
            raise LostRace

        guarded(uow, reader_of(uow, CONSTABLE), made, write)

    with pytest.raises(Stale) as caught:
        await force.units.write(lose)
    assert caught.value.view and caught.value.view.task.state == TaskState.DONE
    assert caught.value.view.task.version == done.task.version


def test_a_refusal_carries_its_code_and_not_its_words_as_message() -> None:
    refusal = Refusal("code", "J. EXAMPLE is not …")
    assert str(refusal) == "code"
    assert (refusal.hint, refusal.view) == ("", None)
