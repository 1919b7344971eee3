"""Lists whose rows can be tapped, and the reminder of what is overdue."""

from collections.abc import Sequence
from datetime import datetime

from microsoft_teams.cards.core import Container

from cards.answers import ShowTask
from cards.base import Action, CardElement, banner, button, card, drawn, heading, marking, row, small, text
from cards.drawn import Drawn, counted
from cards.escaping import escape, plain
from cards.times import due_words
from cards.words import kind_words, outcome_words, state_words
from cards.work.outcome_buttons import one_tap_button
from cards.work.task_payloads import ShowBoard
from tasking.permissions import Act
from tasking.ports import Card
from tasking.views import OrderLine, OrderListView, ReminderView, TaskLine, TaskListView, TaskView
from tasking.when.local_time import short_day_time
from tasking.work.due import SupervisionView

MOST_TASKS = 20
MOST_ORDERS = 40
MOST_REFERENCES = 200
MOST_REMINDED = 8


def task_list_card(view: TaskListView, board_of: str = "") -> Card:
    """An answer to `/tasks`: each row opens its task. `board_of`: the district whose board led here."""
    shown = view.lines[:MOST_TASKS]
    body: list[CardElement] = [marking(), heading(escape(view.heading, 120))]
    body.extend(_task_row(line, view.now) for line in shown)
    if not shown:
        body.append(text("None"))
    body.extend(_and_more(max(view.total, len(view.lines)) - len(shown)))
    return card(body, _back(board_of), about="the list", full_width=True)


def _back(board_of: str) -> list[Action]:
    return [button(ShowBoard(district=board_of), "Back to the board")] if board_of else []


def _and_more(rest: int) -> list[CardElement]:
    return [small(f"and {rest} more: ask for fewer, for example /tasks overdue")] if rest > 0 else []


def _task_row(line: TaskLine, now: datetime) -> CardElement:
    first = _joined(line.ref, line.kind_words, line.order_ref or line.subject_ref or "")
    lines = [text(first, bold=True), _second(line, now)]
    shown = drawn(Container(items=[], separator=True, spacing="Medium"), items=lines)
    if not line.may_open:
        return shown
    return {**shown, "selectAction": button(ShowTask(task=line.ref), f"Open {plain(line.ref, 20)}")}


def _second(line: TaskLine, now: datetime) -> CardElement:
    due = f"{'OVERDUE since' if line.is_overdue else 'due'} {short_day_time(line.due_at, now)}"
    if line.is_sent_back:
        due = "sent back by the Athena desk"
    elif line.outcome_code:
        due = outcome_words(line.outcome_code)
    words = _joined(line.officer or "nobody", due, state_words(line.state))
    return text(words, color="Attention" if line.is_overdue else None)


def supervision_card(view: TaskListView) -> Card:
    """The tasks for which a supervisor answers from now on: each row opens its task."""
    shown, rest = view.lines[:MOST_TASKS], view.lines[MOST_TASKS:]
    title = f"You now answer for {view.total} task{'s' if view.total > 1 else ''}"
    body: list[CardElement] = [marking(), banner(title, "warning"), small("Who did before has left")]
    body.extend(_task_row(line, view.now) for line in shown)
    if rest:
        body.append(text(f"and {_references(rest)}"))
    return card(body, about="the list", full_width=True)


def _references(lines: Sequence[TaskLine]) -> str:
    refs = ", ".join(escape(line.ref, 20) for line in lines[:MOST_REFERENCES])
    rest = len(lines) - MOST_REFERENCES
    return f"{refs} and {rest} more" if rest > 0 else refs


def _joined(*parts: str) -> str:
    return " · ".join(escape(part, 80) for part in parts if part)


def order_list_card(view: OrderListView, board_of: str = "") -> Card:
    """The district's orders in force or on their way, the first to end first; `board_of` as for a list."""
    shown = view.lines[:MOST_ORDERS]
    body: list[CardElement] = [marking(), heading(f"Orders · {escape(view.district_name, 60)}")]
    body.extend(_order_row(line) for line in shown)
    if not shown:
        body.append(text("No order in force or on its way"))
    if len(view.lines) > len(shown):
        body.append(small(f"and {len(view.lines) - len(shown)} more"))
    return card(body, _back(board_of), about="the orders", full_width=True)


def _order_row(line: OrderLine) -> CardElement:
    alarms = _joined("" if line.is_served else "NOT SERVED", "" if line.is_covered else "NO VISIT TO COME")
    items: list[CardElement] = [
        text(_joined(line.ref, line.subject_ref), bold=True),
        text(_joined(line.status_words, line.last_day_words)),
    ]
    if alarms:
        items.append(text(alarms, bold=True, color="Attention"))
    return drawn(Container(items=[], separator=True, spacing="Small"), items=items)


def reminder_card(view: ReminderView) -> Card:
    """What is overdue for one officer, on one card: each with its usual one tap, and Open."""
    if not view.tasks:
        return card([marking(), text("Nothing of yours is past its due time now")], about="your tasks")
    shown = view.tasks[:MOST_REMINDED]
    count = len(view.tasks)
    title = f"{count} task{'s' if count > 1 else ''} past the due time"
    body: list[CardElement] = [marking(), banner(title, "warning")]
    body.extend(element for task in shown for element in _reminded(task))
    if count > len(shown):
        body.append(small(f"and {count - len(shown)} more: send /tasks"))
    return card(body, about="your tasks")


def _reminded(view: TaskView) -> Sequence[CardElement]:
    refs = _joined(view.task.ref, kind_words(view.task), view.subject.ref if view.subject else "")
    if not view.is_open:
        return (text(f"{refs}: {state_words(view.task.state).lower()}"),)
    due = due_words(view.task.due_at, view.now, view.is_overdue)
    return (text(refs, bold=True), text(due), *row(_reminder_buttons(view)))


def _reminder_buttons(view: TaskView) -> list[Action]:
    usual = one_tap_button(view) if Act.RECORD_OUTCOME in view.may else None
    open_it = button(ShowTask(task=view.task.ref), "Open")
    return [usual, open_it] if usual else [open_it]


DRAWN = (
    Drawn(ReminderView, reminder_card, lambda view: counted(len(view.tasks), "due")),
    Drawn(
        SupervisionView,
        lambda view: supervision_card(view.listed),
        lambda view: counted(view.listed.total, "to answer for"),
    ),
)
