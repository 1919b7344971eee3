"""The officer's own card: what to do, in at most eight lines, and the usual outcomes as buttons."""

from cards.base import MARKING, Action, CardElement, banner, button, card, marking, row, text
from cards.drawn import of_task
from cards.escaping import escape
from cards.times import due_words, time_words
from cards.words import kind_words
from cards.work.done import done_card
from cards.work.held import ANSWER_ME, held_lines
from cards.work.more import more_button
from cards.work.officer_lines import task_lines
from cards.work.outcome_buttons import outcome_buttons
from cards.work.task_payloads import BriefMe, CopyOfOrder
from storage.enums import TaskState
from tasking.permissions import Act
from tasking.ports import Card
from tasking.views import TaskView
from tasking.work.own_card import OwnCardView, TakenBackView

MOST_LINES = 8
_TAKEN_BACK = {
    TaskState.UNALLOCATED: "No longer with you: it is back with the sergeant.",
    TaskState.CANCELLED: "Cancelled. There is nothing to do.",
}


def officer_card(view: TaskView, line: str = "") -> Card:
    """The card of the task's owner in any state; `line` says in one line what just happened."""
    if view.task.state in _TAKEN_BACK:
        return taken_back_card(view, line)
    if view.task.state is TaskState.DONE:
        return done_card(view, line)
    actions = [*more_button(view), *reading_buttons(view)]
    usual = outcome_buttons(view) if Act.RECORD_OUTCOME in view.may else []
    return card([*_lines(view, line), *row(usual)], actions, about=view.task.ref)


def taken_back_card(view: TaskView, line: str = "") -> Card:
    """For somebody whose task it is no more: one line and nothing personal."""
    words = _TAKEN_BACK.get(view.task.state, "No longer with you: another officer has it.")
    above = [banner(escape(line, 300))] if line else []
    return card([*above, marking(view.task.ref), text(words)], about=view.task.ref)


def reading_buttons(view: TaskView) -> list[Action]:
    """What is fetched by the reader alone, and logged."""
    task = view.task
    buttons: list[Action] = []
    if Act.SEE_BRIEFING in view.may:
        buttons.append(button(BriefMe(task=task.ref, v=task.version), "Brief me"))
    if Act.SEE_ORDER_COPY in view.may and view.order and view.order.document_key:
        buttons.append(button(CopyOfOrder(task=task.ref, v=task.version), "Copy of order"))
    return buttons


def _lines(view: TaskView, line: str) -> list[CardElement]:
    happened = escape(line, 300) or _waiting_for(view)
    above: list[CardElement] = [banner(happened)] if happened else []
    asked = held_lines(view)
    if asked:
        above = [banner(ANSWER_ME, "attention")]
    room = MOST_LINES - len(above) - len(asked) - 1
    return [*above, _headline(view), *asked, *task_lines(view, room)]


def _headline(view: TaskView) -> CardElement:
    task = view.task
    parts = [MARKING, task.ref, kind_words(task), due_words(task.due_at, view.now, view.is_overdue)]
    if view.is_second_copy:
        parts.append("Second copy: either works")
    return text(" · ".join(parts), bold=True, color="Attention" if view.is_overdue else None)


def _waiting_for(view: TaskView) -> str:
    until = view.task.asked_until
    return f"You asked for more time, until {time_words(until, view.now)}. Not decided yet" if until else ""


DRAWN = (of_task(OwnCardView, officer_card), of_task(TakenBackView, taken_back_card))
