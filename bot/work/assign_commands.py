"""`assign` as typed, in a channel or a chat."""

from datetime import datetime

from bot.asking import Asking, due_time
from bot.reading.model import (
    ActionWork,
    Assign,
    Assignee,
    AssignForm,
    DisruptionWork,
    VisitWork,
)
from cards.work.forms import assign_form
from storage.enums import DisruptionType, TaskKind, VisitKind
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.when.local_time import london
from tasking.work.assign import AssignRequest, assign
from tasking.work.forms import NOBODY, assign_form_view

_CHANNEL_HINT = "The note is with the task. Everybody in a channel can read what is typed there."
_VISIT_WORDS = {
    VisitKind.PERPETRATOR_CHECK: "visit",
    VisitKind.EXCLUDED_ADDRESS_CHECK: "address_check",
    VisitKind.PROTECTED_PERSON_CONTACT: "contact_visit",
}
_FORM_HELPS = frozenset(
    {
        *("no-officer", "please-mention", "several-officers", "mention-unknown", "unclear-time", "no-kind"),
        *("no-target", "no-type", "no-title", "due-past", "due-after-end", "due-too-far", "which-order"),
        "officer-unknown",
        "which-visit",
    }
)


def open_form(uow: UnitOfWork, asking: Asking, _command: AssignForm) -> Card:
    """`assign` alone: the form."""
    return assign_form(assign_form_view(uow, asking.reader, asking.turn.room))


def assign_typed(uow: UnitOfWork, asking: Asking, command: Assign) -> Card | None:
    """Make the task; its confirmation, with any hint, is posted from the outbox."""
    hint = _CHANNEL_HINT if command.note and asking.turn.is_in_channel else ""
    try:
        if command.question:
            raise Refusal("which-visit", command.question, "Choose the kind of work.")
        assign(uow, asking.reader, _request(uow, asking, command), asking.turn.room, hint)
    except Refusal as refusal:
        if refusal.code in _FORM_HELPS:
            return _form_with(uow, asking, command, refusal)
        raise
    return None


def officer_named(asking: Asking, assignee: Assignee | None) -> str | None:
    """The Entra id of who was mentioned, or None for work that has nobody yet; never from a typed name."""
    if assignee is None:
        raise Refusal("no-officer", "Who should do it?", "@mention the officer.")
    if assignee.several:
        raise Refusal("several-officers", "One officer leads a task.", "@mention one officer.")
    if assignee.unallocated:
        return None
    if assignee.me:
        return asking.reader.actor.entra_id
    if assignee.mention is None:
        raise Refusal("please-mention", "A typed name is not enough.", "Please @mention the officer.")
    return asking.entra_id_of(assignee.mention)


def _request(uow: UnitOfWork, asking: Asking, command: Assign) -> AssignRequest:
    officer_id = officer_named(asking, command.assignee)
    kind, visit, disruption, title = _work(command)
    return AssignRequest(
        officer_id=officer_id,
        kind=kind,
        target_ref=command.reference,
        due_at=due_time(command.due_text, uow),
        visit_kind=visit,
        disruption_type=disruption,
        title=title,
        note=command.note or "",
    )


def _work(command: Assign) -> tuple[TaskKind, VisitKind | None, DisruptionType | None, str]:
    match command.work:
        case VisitWork(kind):
            return TaskKind.COMPLIANCE_VISIT, kind, None, ""
        case DisruptionWork(disruption):
            return TaskKind.DISRUPTION_ACTION, None, disruption, ""
        case ActionWork(title):
            return TaskKind.GENERAL_ACTION, None, None, title or ""
        case None:
            raise Refusal("no-kind", "What is to be done?", "For example: visit DVPO-3.")


def _form_with(uow: UnitOfWork, asking: Asking, command: Assign, refusal: Refusal) -> Card:
    problem = f"{refusal.words} {refusal.hint}".strip()
    typed = _typed(uow, asking, command)
    return assign_form(assign_form_view(uow, asking.reader, asking.turn.room, typed, problem))


def _typed(uow: UnitOfWork, asking: Asking, command: Assign) -> dict[str, str]:
    typed = {"target": command.reference or "", "note": command.note or "", "kind": _kind_word(command)}
    if isinstance(command.work, ActionWork):
        typed["title"] = command.work.title or ""
    try:
        typed["officer"] = officer_named(asking, command.assignee) or NOBODY
    except Refusal:
        typed["officer"] = ""
    return typed | (_due_words(_due_or_none(uow, command.due_text)) or _day_alone(uow, command.due_text))


def _kind_word(command: Assign) -> str:
    match command.work:
        case VisitWork(kind):
            return _VISIT_WORDS[kind]
        case DisruptionWork(kind):
            return kind or ""
        case ActionWork():
            return "action"
        case None:
            return ""


def _due_or_none(uow: UnitOfWork, text: str | None) -> datetime | None:
    try:
        return due_time(text, uow)
    except Refusal:
        return None


def _day_alone(uow: UnitOfWork, text: str | None) -> dict[str, str]:
    """A day without a time ("by 11/12") stands in the form, which asks for the time alone."""
    day = _due_or_none(uow, f"{text} 23:59") if text else None
    return {"due_date": f"{london(day):%Y-%m-%d}", "due_time": ""} if day else {}


def _due_words(due: datetime | None) -> dict[str, str]:
    if due is None:
        return {}
    local = london(due)
    return {"due_date": f"{local:%Y-%m-%d}", "due_time": f"{local:%H:%M}"}
