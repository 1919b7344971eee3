"""The cards that stand in a channel: reference, kind, order, collar number, due and state, nothing else."""

from cards.base import Action, CardElement, banner, button, card, heading, marking, row, small, text
from cards.drawn import Drawn, task_due
from cards.escaping import escape
from cards.times import due_words, time_words
from cards.words import kind_words, person_words, records_words, state_words
from cards.work.task_payloads import GiveMoreTime, OpenSupervisorForm
from storage.enums import SENT_BACK, TaskState
from storage.tables import Outcome
from tasking.ports import Card
from tasking.views import TaskView
from tasking.work.confirmations import ConfirmationView

_NOT_ADDED = "they have not added RedLine in Teams yet"
_BLOCKED = "they have blocked RedLine in Teams"
_UNDELIVERED = {
    "not-installed": _NOT_ADDED,
    "BotNotInConversationRoster": _NOT_ADDED,
    "MessageWritesBlocked": _BLOCKED,
    "ConversationBlockedByUser": _BLOCKED,
    "BotDisabledByUser": _BLOCKED,
    "BotDisabledByAdmin": "RedLine is switched off for them",
}
_NOT_DELIVERED = "Not delivered to the officer yet"


def confirmation_card(view: TaskView, warning: str = "") -> Card:
    """The card in the asker's thread. It is drawn once for everybody; who may tap is checked at the tap."""
    task = view.task
    body: list[CardElement] = [
        marking(escape(task.ref, 20)),
        heading(_title(view)),
        text(_who_and_when(view), color="Attention" if view.is_overdue else None),
        text(_state(view)),
        *_undelivered(view),
        *_asked_for_time(view),
    ]
    if warning:
        body.append(small(escape(warning, 300)))
    return card(body, _supervisor_buttons(view), about=task.ref)


def _title(view: TaskView) -> str:
    parts = (
        escape(view.task.ref, 20),
        kind_words(view.task),
        escape(view.order.ref, 30) if view.order else "",
    )
    return " · ".join(part for part in parts if part)


def _who_and_when(view: TaskView) -> str:
    who = person_words(view.owner) if view.owner else "Nobody yet"
    if not view.is_open:
        return who
    return f"{who} · {due_words(view.task.due_at, view.now, view.is_overdue)}"


def _state(view: TaskView) -> str:
    words = state_words(view.task.state)
    if view.task.state is TaskState.DONE and view.outcome:
        return f"{words} {time_words(view.outcome.recorded_at, view.now)}. {_records(view.outcome)}"
    return words


def _records(outcome: Outcome) -> str:
    if outcome.athena_ref or outcome.state not in SENT_BACK:
        return records_words(outcome)
    return "The Athena desk sent it back to the officer"


def _undelivered(view: TaskView) -> list[CardElement]:
    if not view.undelivered:
        return []
    why = _UNDELIVERED.get(view.undelivered, "")
    return [text(f"{_NOT_DELIVERED}: {why}" if why else _NOT_DELIVERED, bold=True, color="Attention")]


def _asked_for_time(view: TaskView) -> list[CardElement]:
    until, task = view.task.asked_until, view.task
    if until is None or not view.is_open:
        return []
    who = person_words(view.owner) if view.owner else "The officer"
    return [
        banner(f"{who} asks for more time, until {time_words(until, view.now)}", "warning"),
        *row(
            [
                button(GiveMoreTime(task=task.ref, v=task.version, give=True), "Give more time", "positive"),
                button(GiveMoreTime(task=task.ref, v=task.version, give=False), "No"),
            ]
        ),
    ]


def _supervisor_buttons(view: TaskView) -> list[Action]:
    if not view.is_open:
        return []
    ref, v = view.task.ref, view.task.version
    first = "Allocate" if view.task.state is TaskState.UNALLOCATED else "Reassign"
    return [
        button(OpenSupervisorForm(task=ref, v=v, form="reassign"), first),
        button(OpenSupervisorForm(task=ref, v=v, form="extend"), "Extend"),
        button(OpenSupervisorForm(task=ref, v=v, form="cancel"), "Cancel task"),
    ]


DRAWN = (
    Drawn(
        ConfirmationView,
        lambda asked: confirmation_card(asked.view, asked.hint),
        lambda asked: task_due(asked.view),
    ),
)
