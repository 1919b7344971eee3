"""From what a delivery shows to the card and its neutral summary."""

from collections.abc import Callable

import orjson

from cards.answers import message_card
from cards.base import marked_second_copy
from cards.reports import board_card
from cards.summaries import summary_of
from cards.watch import brake_notice
from cards.work.confirmation import confirmation_card
from cards.work.decision import decision_card, decision_summary
from cards.work.held import call_notice, held_notice
from cards.work.lists import reminder_card, supervision_card
from cards.work.notices import (
    breach_notice,
    given_back_notice,
    more_time_request_card,
    no_longer_shown_card,
    no_longer_yours_card,
    order_not_served_notice,
    replaced_card,
    sent_back_notice,
    unallocated_notice,
)
from cards.work.officer import officer_card, taken_back_card
from cards.work.putting_down import alarm_change_card, alarm_change_summary
from cards.work.results import result_notice
from storage.enums import CardPurpose
from tasking.deliveries import Drawing
from tasking.ports import Card
from tasking.views import TaskView


def draw(drawing: Drawing) -> tuple[Card, str]:
    """The card, and the summary that a lock screen may show."""
    card, summary = _drawn(drawing)
    return (marked_second_copy(card) if drawing.is_second_copy else card), summary


def _drawn(drawing: Drawing) -> tuple[Card, str]:
    if drawing.board is not None:
        return board_card(drawing.board), summary_of(CardPurpose.BOARD)
    if drawing.purpose is CardPurpose.REPLACED:
        return replaced_card(), summary_of(drawing.purpose)
    if drawing.reminder is not None:
        count = len(drawing.reminder.tasks)
        return reminder_card(drawing.reminder), summary_of(CardPurpose.REMINDER, count=count)
    if drawing.decision is not None:
        return decision_card(drawing.decision), decision_summary(drawing.decision)
    if drawing.alarm is not None:
        return alarm_change_card(drawing.alarm), alarm_change_summary(drawing.alarm)
    if drawing.listed is not None:
        count = drawing.listed.total
        return supervision_card(drawing.listed), summary_of(drawing.purpose, count=count)
    if drawing.order is not None and drawing.at is not None:
        card = order_not_served_notice(drawing.order, drawing.at)
        return card, summary_of(drawing.purpose, reference=drawing.order.ref)
    if drawing.brake is not None:
        return brake_notice(drawing.brake), summary_of(drawing.purpose)
    if drawing.call is not None:
        return call_notice(drawing.call), summary_of(drawing.purpose)
    if drawing.kept is not None:
        return orjson.loads(drawing.kept), summary_of(CardPurpose.ANSWER)
    assert drawing.task is not None, "every other card is about a task"
    left = _what_is_left(drawing, drawing.task)
    if left is not None:
        return left, summary_of(drawing.purpose, reference=drawing.task.task.ref)
    return _OF_TASK[drawing.purpose](drawing, drawing.task), summary_of(drawing.purpose, drawing.task)


def _what_is_left(drawing: Drawing, view: TaskView) -> Card | None:
    """The one line for readers who may no longer know of the task; None while they may."""
    if drawing.not_here:
        return no_longer_shown_card(view)
    is_the_officers = drawing.purpose is CardPurpose.OFFICER_TASK
    return no_longer_yours_card(view) if drawing.taken_back and not is_the_officers else None


def _officers_own(drawing: Drawing, view: TaskView) -> Card:
    return taken_back_card(view) if drawing.taken_back else officer_card(view)


def _held(drawing: Drawing, _view: TaskView) -> Card:
    assert drawing.held is not None, "a notice of held messages holds them"
    return held_notice(drawing.held)


def _folded(_drawing: Drawing, view: TaskView) -> Card:
    number = view.task.number
    again = f"Type {number} brief or {number} copy to read it again." if view.is_open else ""
    return message_card(f"{view.task.ref}: folded away.", again)


_OF_TASK: dict[CardPurpose, Callable[[Drawing, TaskView], Card]] = {
    CardPurpose.OFFICER_TASK: _officers_own,
    CardPurpose.CONFIRMATION: lambda drawing, view: confirmation_card(view, drawing.reason),
    CardPurpose.UNALLOCATED_NOTICE: lambda _drawing, view: unallocated_notice(view),
    CardPurpose.BREACH_NOTICE: lambda _drawing, view: breach_notice(view),
    CardPurpose.MORE_TIME_REQUEST: lambda drawing, view: more_time_request_card(view, drawing.reason),
    CardPurpose.GIVEN_BACK: lambda drawing, view: given_back_notice(view, drawing.reason),
    CardPurpose.SENT_BACK_NOTICE: lambda _drawing, view: sent_back_notice(view),
    CardPurpose.HELD_NOTICE: _held,
    CardPurpose.RESULT_NOTICE: lambda _drawing, view: result_notice(view),
    CardPurpose.SAFEGUARDING_NOTICE: lambda _drawing, view: result_notice(view),
    CardPurpose.ANSWER: _folded,
}
