"""The briefing and the copy of the order: to the person who asks, alone, and logged."""

from datetime import timedelta

from storage.enums import AuditOperation, TaskState
from storage.people.queries import person_by_id
from storage.tables import TaskBundle
from storage.work.queries import last_visits, notes_of, reasons_of
from tasking.lifecycle import OPEN
from tasking.naming import called
from tasking.people.actors import require
from tasking.permissions import Act
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import BriefingView, Remark
from tasking.work.alarms import corrected_alarm
from tasking.work.changes import refuse_stale
from tasking.work.find import Reader, find_task
from tasking.work.officer_requests import take_on
from tasking.work.own_card import update_own_card
from tasking.work.showing import officer_view, related_refs

_MOST_REMARKS = 6
FOLDS_AFTER = timedelta(hours=1)


def brief(uow: UnitOfWork, reader: Reader, ref: str) -> BriefingView:
    """The briefing for one task, logged. For its officer, opening it is accepting the task.

    Raises `Refusal` for somebody who may not read it, and `Stale` once the outcome is in.
    """
    bundle = find_task(uow, reader, ref)
    task = bundle.task
    require(
        reader.actor, Act.SEE_BRIEFING, task.district_id, task.owner_id, f"{task.ref} is not yours to read."
    )
    if task.state not in OPEN and task.owner_id == reader.actor.entra_id:
        refuse_stale(uow, reader, bundle)
    if task.state == TaskState.ASSIGNED and task.owner_id == reader.actor.entra_id:
        bundle = take_on(uow, reader, bundle, "accept-by-briefing", officers_card=False)
    uow.audit(AuditOperation.CONSULTATION, "brief", reader.actor.entra_id, task=task)
    _fold_later(uow, reader, bundle)
    recent = last_visits(uow.connection, bundle.subject.id) if bundle.subject else []
    return BriefingView(
        view=officer_view(uow, bundle, reader),
        open_tasks=related_refs(uow, bundle, reader),
        recent=tuple(recent[:3]),
        remarks=_remarks(uow, bundle),
        corrected={
            outcome.id: corrected
            for outcome in recent[:3]
            if (corrected := corrected_alarm(uow, outcome)) is not None
        },
    )


def _remarks(uow: UnitOfWork, bundle: TaskBundle) -> tuple[Remark, ...]:
    task_id = bundle.task.id
    notes = [(note.at, note.author_id, note.text) for note in notes_of(uow.connection, task_id)]
    reasons = [(change.at, change.actor_id, change.reason) for change in reasons_of(uow.connection, task_id)]
    latest = sorted([*notes, *reasons], reverse=True)[:_MOST_REMARKS]
    return tuple(Remark(at, called(person_by_id(uow.connection, who)), words) for at, who, words in latest)


def where_copy_is(uow: UnitOfWork, reader: Reader, ref: str) -> tuple[TaskBundle, str]:
    """Where the copy of the order is, for somebody who may read it. Raises `Refusal` where there is none."""
    bundle = find_task(uow, reader, ref)
    task = bundle.task
    require(
        reader.actor, Act.SEE_ORDER_COPY, task.district_id, task.owner_id, f"{task.ref} is not yours to read."
    )
    if bundle.order is None or bundle.order.document_key is None:
        raise Refusal("no-copy", f"No copy is stored for {task.ref}.", "Ask the orders desk.")
    return bundle, bundle.order.document_key


def order_copy_key(uow: UnitOfWork, reader: Reader, ref: str) -> tuple[TaskBundle, str]:
    """Like `where_copy_is`, logged as a consultation; the card folds away after an hour."""
    bundle, key = where_copy_is(uow, reader, ref)
    uow.audit(AuditOperation.CONSULTATION, "copy-of-order", reader.actor.entra_id, task=bundle.task)
    _fold_later(uow, reader, bundle)
    return bundle, key


def _fold_later(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> None:
    """An hour later the reader's own card is drawn as usual again."""
    at = uow.now + FOLDS_AFTER
    occasion = f"fold:{uow.now.isoformat()}"
    uow.effects(update_own_card(bundle.task, reader.actor.entra_id, at, occasion))
