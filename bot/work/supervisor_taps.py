"""Taps of a supervisor: the forms and what they submit, the board and its lists."""

from bot.asking import Asking, due_on
from bot.work.again import FORMS
from bot.work.cards_for import task_card
from cards.reports import board_card
from cards.work.forms import assign_form
from cards.work.lists import order_list_card, task_list_card
from cards.work.task_payloads import (
    Assign,
    Cancel,
    Extend,
    GiveMoreTime,
    OpenAssign,
    OpenSupervisorForm,
    Reassign,
    ShowBoard,
    ShowList,
)
from storage.enums import DisruptionType, TaskKind, VisitKind
from tasking import reports as board
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work import lists, supervision
from tasking.work.assign import AssignRequest, assign
from tasking.work.forms import NOBODY, assign_form_view, supervisor_form_view

_VISITS = {
    "visit": VisitKind.PERPETRATOR_CHECK,
    "address_check": VisitKind.EXCLUDED_ADDRESS_CHECK,
    "contact_visit": VisitKind.PROTECTED_PERSON_CONTACT,
}


def open_assign(uow: UnitOfWork, asking: Asking, _tap: OpenAssign) -> Card:
    """The `/assign` form."""
    return assign_form(assign_form_view(uow, asking.reader, asking.turn.room))


def assign_from_form(uow: UnitOfWork, asking: Asking, tap: Assign) -> Card:
    """The `/assign` form, filled in."""
    made = assign(uow, asking.reader, _request(tap, uow), asking.turn.room)
    return task_card(uow, asking, made.bundle, made.hints)


def _request(tap: Assign, uow: UnitOfWork) -> AssignRequest:
    if not tap.officer:
        raise Refusal("no-officer", "Who should do it?", "Choose an officer, or nobody yet.")
    kind, visit, disruption = _kind(tap.kind)
    return AssignRequest(
        officer_id=None if tap.officer == NOBODY else tap.officer,
        kind=kind,
        target_ref=tap.target or None,
        due_at=due_on(tap.due_date, tap.due_time, uow),
        visit_kind=visit,
        disruption_type=disruption,
        title=tap.title,
        note=tap.note,
        form_id=tap.form or None,
    )


def _kind(word: str) -> tuple[TaskKind, VisitKind | None, DisruptionType | None]:
    if word in _VISITS:
        return TaskKind.COMPLIANCE_VISIT, _VISITS[word], None
    if word in DisruptionType.__members__:
        return TaskKind.DISRUPTION_ACTION, None, DisruptionType(word)
    if word == "action":
        return TaskKind.GENERAL_ACTION, None, None
    raise Refusal("no-kind", "What is to be done?", "Choose a kind of work.")


def open_form(uow: UnitOfWork, asking: Asking, tap: OpenSupervisorForm) -> Card:
    """The form behind Reassign, Extend or Cancel."""
    return FORMS[tap.form](supervisor_form_view(uow, asking.reader, tap.task, tap.form, tap.v))


def reassign(uow: UnitOfWork, asking: Asking, tap: Reassign) -> Card:
    """Give the task to somebody else."""
    if not tap.officer:
        raise Refusal("no-officer", "Who should do it?", "Choose an officer.")
    bundle = supervision.reassign(uow, asking.reader, tap.task, tap.officer, tap.reason, tap.v)
    return task_card(uow, asking, bundle, "Reassigned.")


def extend(uow: UnitOfWork, asking: Asking, tap: Extend) -> Card:
    """Give the task more time."""
    until = due_on(tap.until_date, tap.until_time, uow)
    bundle = supervision.extend(uow, asking.reader, tap.task, until, tap.reason, tap.v)
    return task_card(uow, asking, bundle, "Extended.")


def cancel(uow: UnitOfWork, asking: Asking, tap: Cancel) -> Card:
    """Cancel the task."""
    although = bool(tap.although)
    bundle = supervision.cancel(uow, asking.reader, tap.task, tap.reason, tap.v, although=although)
    return task_card(uow, asking, bundle, "Cancelled.")


def give_more_time(uow: UnitOfWork, asking: Asking, tap: GiveMoreTime) -> Card:
    """Say yes or no to more time."""
    bundle = supervision.answer_more_time(uow, asking.reader, tap.task, tap.give, tap.v)
    return task_card(uow, asking, bundle, "Time given." if tap.give else "The due time stands.")


def show_list(uow: UnitOfWork, asking: Asking, tap: ShowList) -> Card:
    """A list behind a button of the board."""
    if tap.list == "orders":
        return order_list_card(board.order_list(uow, asking.reader, tap.district), tap.district)
    listed = lists.tasks_of_district(uow, asking.reader, tap.district, tap.list)
    return task_list_card(listed, tap.district)


def show_board(uow: UnitOfWork, asking: Asking, tap: ShowBoard) -> Card:
    """The board."""
    return board_card(board.show_board(uow, asking.reader, tap.district))
