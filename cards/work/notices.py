"""What needs somebody now: the few cards that are posted anew rather than edited in silence."""

from cards.base import Action, CardElement, banner, button, card, marking, small, text
from cards.drawn import Drawn, about, of_task, task_due
from cards.escaping import escape
from cards.times import due_words, time_words
from cards.words import (
    RADIO_FIRST,
    kind_words,
    outcome_words,
    person_words,
    state_words,
)
from cards.work.done import done_card
from cards.work.putting_down import who_corrected
from cards.work.task_payloads import GiveMoreTime, OpenSupervisorForm
from storage.enums import SENT_BACK, TaskState
from storage.tables import Outcome
from tasking.ports import Card
from tasking.views import TaskView
from tasking.work.breaches import BreachView
from tasking.work.given_back import GivenBackView
from tasking.work.more_time import MoreTimeView
from tasking.work.noticing import NoLongerHere, NoLongerYours
from tasking.work.outcome_rules import waits_to_be_keyed
from tasking.work.outcome_table import breaches
from tasking.work.sent_back import SentBackView
from tasking.work.unallocated import UnallocatedView


def unallocated_notice(view: TaskView) -> Card:
    """Work that nobody has; once somebody has it, the same card says who."""
    task = view.task
    about = f"{kind_words(task)}{_order_ref(view)} · {due_words(task.due_at, view.now, view.is_overdue)}"
    if task.state is not TaskState.UNALLOCATED:
        return card([marking(task.ref), text(f"Settled: {_settled(view)}"), small(about)], about=task.ref)
    allocate = OpenSupervisorForm(task=task.ref, v=task.version, form="reassign")
    body = [marking(task.ref), banner(f"{escape(task.ref, 20)} has nobody", "warning"), text(about)]
    return card(body, [button(allocate, "Allocate", "positive")], about=task.ref)


def given_back_notice(view: TaskView, reason: str) -> Card:
    """To the supervisor alone: an officer cannot do it, and why."""
    notice = unallocated_notice(view)
    return {**notice, "body": [*notice["body"], text(f"Given back: {escape(reason, 300)}")]}


def sent_back_notice(view: TaskView) -> Card:
    """To whoever answers for the task: the desk sent its result back, and the officer is not there for it."""
    outcome = view.outcome
    return done_card(view, _what_is_asked(outcome) if outcome else "")


def _what_is_asked(outcome: Outcome) -> str:
    if waits_to_be_keyed(outcome):
        return "Its officer is not there to key this: please do"
    return "Its officer can no longer correct this: please do" if outcome.state in SENT_BACK else ""


def no_longer_yours_card(view: TaskView) -> Card:
    """For somebody who may no longer know of the task: one line and its reference."""
    return card([marking(view.task.ref), text("No longer with you.")], about=view.task.ref)


def no_longer_shown_card(view: TaskView) -> Card:
    """For a channel whose readers may no longer know of the task: one line and its reference."""
    return card([marking(view.task.ref), text("No longer shown here.")], about=view.task.ref)


def _settled(view: TaskView) -> str:
    if view.owner and view.is_open:
        return f"{person_words(view.owner)} has it"
    return state_words(view.task.state).lower()


def _order_ref(view: TaskView) -> str:
    return f" · {escape(view.order.ref, 30)}" if view.order else ""


def breach_notice(view: TaskView) -> Card:
    """A breach, for the duty sergeant and inspector; once it was corrected, the same card says by whom."""
    task, outcome = view.task, view.outcome
    refs = f"{escape(view.order.ref, 30)} / {task.ref}" if view.order else task.ref
    if outcome is None or outcome.code not in breaches():
        return card([marking(task.ref), *_no_breach(view, refs)], about=task.ref)
    who = person_words(view.recorded_by) if view.recorded_by else "the officer"
    body = [
        marking(task.ref),
        banner(f"{outcome_words(outcome.code)} – {refs}", "attention"),
        text(RADIO_FIRST, bold=True),
        text(f"{time_words(outcome.happened_at, view.now)} · recorded by {who}"),
        text("Duty sergeant: speak to the officer and decide"),
        small(f"What the officer answered: type {task.number} brief in your own chat with RedLine"),
    ]
    return card(body, about=task.ref)


def _no_breach(view: TaskView, refs: str) -> list[CardElement]:
    corrected = view.corrected_alarm
    if corrected is None or corrected.before.code not in breaches():
        return [text(f"No breach stands for {refs}")]
    what = text(f"{outcome_words(corrected.before.code)} – {refs}")
    now = f"Corrected by {who_corrected(corrected)}: now {outcome_words(corrected.now_code)}"
    return [what, text(now, bold=True), small(time_words(corrected.correction.recorded_at, view.now))]


def more_time_request_card(view: TaskView, reason: str) -> Card:
    """For the sergeant alone: what the officer asks and why; once decided, the card says so."""
    task, until = view.task, view.task.asked_until
    body: list[CardElement] = [marking(task.ref, kind_words(task)), *_asks(view, reason)]
    return card(body, _yes_and_no(view) if until and view.is_open else [], about=task.ref)


def _asks(view: TaskView, reason: str) -> list[CardElement]:
    task, until = view.task, view.task.asked_until
    due = text(f"Due {time_words(task.due_at, view.now)}{_order_ref(view)}")
    if until is None or not view.is_open:
        return [text("Decided" if view.is_open else f"Settled: {state_words(task.state).lower()}"), due]
    who = person_words(view.owner) if view.owner else "The officer"
    why = [text(f"Why: {escape(reason, 500)}")] if reason else []
    asks = banner(f"{who} asks for more time, until {time_words(until, view.now)}", "warning")
    return [asks, due, *why]


def _yes_and_no(view: TaskView) -> list[Action]:
    ref, v = view.task.ref, view.task.version
    return [
        button(GiveMoreTime(task=ref, v=v, give=True), "Give more time", "positive"),
        button(GiveMoreTime(task=ref, v=v, give=False), "No, as it was"),
    ]


DRAWN = (
    of_task(UnallocatedView, unallocated_notice),
    of_task(SentBackView, sent_back_notice),
    of_task(BreachView, breach_notice),
    Drawn(
        GivenBackView,
        lambda told: given_back_notice(told.view, told.reason),
        lambda told: task_due(told.view),
    ),
    Drawn(
        MoreTimeView,
        lambda asked: more_time_request_card(asked.view, asked.reason),
        lambda asked: task_due(asked.view),
    ),
    Drawn(NoLongerYours, lambda it: no_longer_yours_card(it.view), lambda it: about(it.view.task.ref)),
    Drawn(NoLongerHere, lambda it: no_longer_shown_card(it.view), lambda it: about(it.view.task.ref)),
)
