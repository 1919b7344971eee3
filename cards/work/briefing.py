"""What the visiting officer reads alone: the briefing, and the way to the copy of the order."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from microsoft_teams.cards.core import OpenUrlAction

from cards.answers import ShowTask
from cards.base import Action, CardElement, banner, button, card, drawn, heading, marking, small, text
from cards.escaping import escape, paragraphs, plain
from cards.times import due_words, time_words
from cards.words import NEUTRAL_HINT, RADIO_FIRST, kind_words, outcome_words
from cards.work.officer_lines import (
    breach_words,
    hands_off_words,
    lead_words,
    order_words,
    warning_words,
    who_words,
)
from cards.work.putting_down import corrected_words
from cards.work.questions import answered
from storage.tables import Outcome
from tasking.ports import Card
from tasking.views import BriefingView, CorrectedAlarm, OrderCopyView, TaskView

MOST_CONDITIONS = 10
MOST_RECENT = 5
_BRIEFING_BYTES = 2500
_CONDITIONS_BYTES = 5000
_NOTE_BYTES = 1000


def briefing_card(view: BriefingView) -> Card:
    """Who, what to beware of, the court's exact words, and what happened last. Reading it is logged."""
    task = view.view.task
    body = [
        *_first(view.view),
        *_exact_words(view.view),
        *_told(view.view),
        *_remarks(view),
        *_recent(view.recent, view.view, view.corrected),
        *_open_tasks(view.open_tasks),
        small(f"{NEUTRAL_HINT} Reading this was logged."),
    ]
    return card(body, [_back(task.ref)], about=task.ref)


def _first(view: TaskView) -> list[CardElement]:
    task = view.task
    due = due_words(task.due_at, view.now, view.is_overdue)
    lines: list[CardElement] = [
        marking(escape(task.ref, 20), "for you alone"),
        heading(f"Briefing · {kind_words(task)} · {due}"),
        *_if(who_words(view)),
        *_if(lead_words(view)),
    ]
    if warning_words(view):
        lines.append(text(warning_words(view), bold=True, color="Attention"))
    if hands_off_words(view):
        lines.append(banner(hands_off_words(view), "warning"))
    return lines


def _if(words: str) -> list[CardElement]:
    return [text(words)] if words else []


def _exact_words(view: TaskView) -> list[CardElement]:
    if view.order is None:
        return []
    lines: list[CardElement] = [_section("Order"), text(order_words(view))]
    share = _CONDITIONS_BYTES // max(1, min(len(view.conditions), MOST_CONDITIONS))
    for number, condition in enumerate(view.conditions[:MOST_CONDITIONS], start=1):
        lines.append(text(f"({number}) {escape(condition.exact_wording, share)}"))
    if len(view.conditions) > MOST_CONDITIONS:
        lines.append(small("More conditions: see the copy of the order"))
    breach = breach_words(view)
    return [*lines, text(f"{breach}. {RADIO_FIRST}", bold=True)] if breach else lines


def _told(view: TaskView) -> list[CardElement]:
    lines = paragraphs(view.subject.briefing, _BRIEFING_BYTES) if view.subject else []
    if view.task.title:
        lines.insert(0, escape(view.task.title, 200))
    if view.task.note:
        lines.append(f"Note: {escape(view.task.note, _NOTE_BYTES)}")
    return [_section("What to know"), *(text(line) for line in lines)] if lines else []


def _remarks(view: BriefingView) -> list[CardElement]:
    """What colleagues added: notes, and why the task was given back or changed."""
    lines = [
        f"{time_words(remark.at, view.view.now)} {escape(remark.who, 40)}: {escape(remark.words, 300)}"
        for remark in view.remarks
    ]
    return [_section("Notes and reasons"), *(text(line) for line in lines)] if lines else []


def _recent(
    recent: tuple[Outcome, ...], view: TaskView, corrected: Mapping[UUID, CorrectedAlarm]
) -> list[CardElement]:
    lines = [_result(outcome, view, corrected.get(outcome.id)) for outcome in recent[:MOST_RECENT]]
    return [_section("Last results"), *(text(line) for line in lines)] if lines else []


def _result(outcome: Outcome, view: TaskView, corrected: CorrectedAlarm | None) -> str:
    words = corrected_words(corrected) if corrected else outcome_words(outcome.code)
    said = [f"{time_words(outcome.happened_at, view.now)} {words}"]
    if corrected and corrected.correction.reason:
        said.append(f"Why: {escape(corrected.correction.reason, 200)}")
    said += answered(outcome.code, outcome.answers, limit=120)[:2]
    if outcome.note:
        said.append(escape(outcome.note, 200))
    return " · ".join(said)


def _open_tasks(refs: tuple[str, ...]) -> list[CardElement]:
    if not refs:
        return []
    shown = ", ".join(escape(ref, 60) for ref in refs[:8])
    rest = f" and {len(refs) - 8} more" if len(refs) > 8 else ""
    return [_section("Other open tasks"), text(f"{shown}{rest}")]


def _section(words: str) -> CardElement:
    return text(words, bold=True, color="Accent")


def _back(ref: str) -> Action:
    return button(ShowTask(task=ref), "Back to the task", "positive")


def order_copy_card(view: OrderCopyView) -> Card:
    """A link to the copy of the order, for the person who asked."""
    name = escape(view.document_name, 120)
    body: list[CardElement] = [
        marking(escape(view.order_ref, 30), "for you alone"),
        heading(f"Copy of {escape(view.order_ref, 30)}"),
        text(name),
        small("Opening it was logged. Do not pass the link on."),
    ]
    actions: list[Action] = []
    if urlsplit(view.url).scheme in ("https", "http"):
        title = f"Open {plain(view.order_ref, 30)}"
        actions.append(drawn(OpenUrlAction(title=title, url=view.url, style="positive")))
    return card(
        body, [*actions, button(ShowTask(task=view.task_ref), "Back to the task")], about=view.order_ref
    )
