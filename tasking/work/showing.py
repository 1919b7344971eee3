"""Gathering what a card needs to know, for one reader."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from storage.enums import OutcomeState
from storage.people import queries as people_queries
from storage.tables import HeldMessage, OrderCondition, Outcome, Person, TaskBundle
from storage.work import held_queries, queries
from storage.work.own_cards import undelivered
from tasking.lifecycle import OPEN
from tasking.permissions import Act, allowed
from tasking.unit_of_work import UnitOfWork
from tasking.views import TaskView
from tasking.work.alarms import corrected_alarm
from tasking.work.find import Reader
from tasking.work.outcome_rules import can_be_corrected, can_still_undo
from tasking.work.outcome_table import attempts


def officer_view(
    uow: UnitOfWork, bundle: TaskBundle, reader: Reader, *, second_copy: bool = False
) -> TaskView:
    """The task for somebody's own card: with the subject, the order and the last visits while it is open.

    The conditions of the order stay for who may correct its result: a breach asks which one.
    """
    task = bundle.task
    may = _allowed(bundle, reader)
    if task.state not in OPEN:
        corrects = Act.CORRECT_OUTCOME in may
        conditions = _conditions(uow, bundle) if corrects else ()
        return _view(uow, bundle, may=may, is_second_copy=second_copy, conditions=conditions)
    visits = _earlier_visits(uow, bundle)
    return _view(
        uow,
        bundle,
        held=_held(uow, bundle, reader),
        may=may,
        is_second_copy=second_copy,
        conditions=_conditions(uow, bundle),
        lead_officer=_lead_officer(uow, bundle),
        last_visit=visits[0] if visits else None,
        last_corrected_alarm=corrected_alarm(uow, visits[0]) if visits else None,
        attempts_in_a_row=_attempts_in_a_row(visits),
        related_refs=related_refs(uow, bundle, reader),
    )


def _allowed(bundle: TaskBundle, reader: Reader) -> frozenset[str]:
    """What the table allows, and to take back what the reader recorded in correcting it."""
    task, outcome = bundle.task, bundle.outcome
    may = allowed(reader.actor, task.district_id, task.owner_id)
    own = outcome is not None and outcome.officer_id == reader.actor.entra_id
    return may | {Act.UNDO_OUTCOME} if own and Act.CORRECT_OUTCOME in may else may


def channel_view(uow: UnitOfWork, bundle: TaskBundle) -> TaskView:
    """The task for a card that everybody in a channel reads: no subject, no note, no reader's own rights."""
    failing = undelivered(uow.connection, [bundle.task.id])
    return _view(uow, bundle, undelivered=failing.get(bundle.task.id, ""))


def related_refs(uow: UnitOfWork, bundle: TaskBundle, reader: Reader) -> tuple[str, ...]:
    """Other open tasks about the same subject, so that nobody works in ignorance of a colleague.

    Of the reader's own districts: another district's are told to nobody here.
    """
    if bundle.subject is None:
        return ()
    others = queries.bundles_where(
        uow.connection,
        queries.about_subject(bundle.subject.id),
        queries.in_districts(
            [district for district in reader.actor.roles if not reader.is_elsewhere(district)]
        ),
        queries.is_open(),
        queries.visible_to(reader.named_as),
        limit=6,
    )
    return tuple(other.task.ref for other in others if other.task.id != bundle.task.id)


def reload(uow: UnitOfWork, task_id: UUID) -> TaskBundle:
    """The task as it stands now in this transaction."""
    bundle = queries.bundle_by_id(uow.connection, task_id)
    assert bundle is not None, "tasks are never deleted"
    return bundle


def _view(uow: UnitOfWork, bundle: TaskBundle, **more: Any) -> TaskView:
    outcome = bundle.outcome
    return TaskView(
        task=bundle.task,
        now=uow.now,
        owner=bundle.owner,
        supervisor=bundle.supervisor,
        subject=bundle.subject,
        order=bundle.order,
        outcome=outcome,
        recorded_by=_recorded_by(uow, bundle),
        corrected_alarm=corrected_alarm(uow, outcome),
        can_undo=outcome is not None and can_still_undo(outcome, uow.now, uow.policy),
        can_correct=outcome is not None and can_be_corrected(outcome, uow.now, uow.policy),
        undo_until=outcome.recorded_at + uow.policy.undo_window if outcome else None,
        desk_hours=uow.policy.records.desk_hours,
        **more,
    )


def _held(uow: UnitOfWork, bundle: TaskBundle, reader: Reader) -> HeldMessage | None:
    """The oldest message that waits for this reader, who can still answer it."""
    if bundle.task.owner_id != reader.actor.entra_id:
        return None
    waiting = held_queries.open_of_task(uow.connection, bundle.task.id)
    return next((held for held in waiting if held.person_id == bundle.task.owner_id), None)


def _recorded_by(uow: UnitOfWork, bundle: TaskBundle) -> Person | None:
    """From the row: a sergeant may have recorded it. Usually the owner, who is read already."""
    outcome = bundle.outcome
    if outcome is None or (bundle.owner and bundle.owner.entra_id == outcome.officer_id):
        return bundle.owner if outcome else None
    return people_queries.person_by_id(uow.connection, outcome.officer_id)


def _conditions(uow: UnitOfWork, bundle: TaskBundle) -> tuple[OrderCondition, ...]:
    return tuple(queries.conditions_of(uow.connection, bundle.order.id)) if bundle.order else ()


def _lead_officer(uow: UnitOfWork, bundle: TaskBundle) -> Person | None:
    lead = bundle.subject.lead_officer_id if bundle.subject else None
    return people_queries.person_by_id(uow.connection, lead) if lead else None


def _earlier_visits(uow: UnitOfWork, bundle: TaskBundle) -> list[Outcome]:
    if bundle.subject is None:
        return []
    visits = queries.last_visits(uow.connection, bundle.subject.id)
    return [visit for visit in visits if visit.task_id != bundle.task.id]


def _attempts_in_a_row(visits: Sequence[Outcome]) -> int:
    count = 0
    for visit in visits:
        if visit.code not in attempts() or visit.state == OutcomeState.WITHDRAWN:
            break
        count += 1
    return count
