"""The officer's card once an outcome is in: what was recorded, its way to Athena, and undo."""

from cards.answers import ShowTask
from cards.base import (
    Action,
    CardElement,
    banner,
    button,
    card,
    heading,
    marking,
    row,
    show_card,
    small,
    text,
)
from cards.escaping import cut, escape
from cards.inputs import line_input, neutral_hint, note_input
from cards.times import time_words
from cards.words import kind_words, outcome_words, records_words
from cards.work.held import more_button
from cards.work.more import correction_more_button
from cards.work.more_payloads import AddNote
from cards.work.outcome_buttons import outcome_buttons
from cards.work.putting_down import corrected_words
from cards.work.result_payloads import KeyReference, OpenCorrection, UndoOutcome
from cards.work.task_payloads import BriefMe
from storage.enums import SENT_BACK, OutcomeState
from storage.tables import Outcome
from tasking.permissions import Act
from tasking.ports import Card
from tasking.views import TaskView
from tasking.when.local_time import time_of_day
from tasking.work.outcome_rules import waits_to_be_keyed

_NOTE_SHOWN = 160
"""Of what was typed beside a result, to see that it was understood."""


def correction_card(view: TaskView) -> Card:
    """The result that stands, and the buttons to record what really happened as a new entry."""
    body: list[CardElement] = [marking(escape(view.task.ref, 20), kind_words(view.task))]
    if view.outcome:
        body.append(text(f"Recorded: {outcome_words(view.outcome.code)}"))
    body.append(heading("Correct it: what happened?"))
    back = button(ShowTask(task=view.task.ref), "Back, change nothing")
    return card(
        [*body, *row(outcome_buttons(view))], [correction_more_button(view), back], about=view.task.ref
    )


def done_card(view: TaskView, line: str = "") -> Card:
    """What was recorded and what happens to it; what could be seen over a shoulder is folded away."""
    task = view.task
    body: list[CardElement] = [banner(escape(line, 300))] if line else []
    body.append(marking(escape(task.ref, 20), kind_words(task)))
    if view.outcome:
        body.extend(_recorded(view, view.outcome))
    else:
        body.append(heading("Done"))
    return card(body, _actions(view), about=task.ref)


def _recorded(view: TaskView, outcome: Outcome) -> list[CardElement]:
    references = (view.subject.ref if view.subject else "", view.order.ref if view.order else "")
    about = " · ".join(escape(ref, 30) for ref in references if ref)
    lines: list[CardElement] = [heading(outcome_words(outcome.code)), text(_when(view, outcome, about))]
    if view.is_second_copy:
        lines.append(small("Second copy: either works"))
    if outcome.message_key and outcome.note:
        lines.append(text(f"Note: {escape(cut(outcome.note, _NOTE_SHOWN), _NOTE_SHOWN)}"))
    if view.corrected_alarm:
        lines.append(text(corrected_words(view.corrected_alarm)))
    return [*lines, *_records(view, outcome)]


def _when(view: TaskView, outcome: Outcome, about: str) -> str:
    happened = time_words(outcome.happened_at, view.now)
    recorded = time_words(outcome.recorded_at, view.now)
    late = f"recorded {recorded}" if recorded != happened else ""
    return " · ".join(part for part in (happened, late, about) if part)


def _records(view: TaskView, outcome: Outcome) -> list[CardElement]:
    words = records_words(outcome, view.desk_hours)
    if waits_to_be_keyed(outcome):
        return [banner(words, "attention"), *_why_given_up(outcome)]
    if not _is_sent_back(outcome):
        return [text(words)]
    fix = [text("Correct it: what happened?"), *row(outcome_buttons(view))] if _may_correct(view) else []
    return [banner(words, "attention"), *fix]


def _why_given_up(outcome: Outcome) -> list[CardElement]:
    reason = escape(outcome.desk_reason, 300)
    return [small(f"RedLine could not send it: {reason}")] if reason else []


def _is_sent_back(outcome: Outcome) -> bool:
    return outcome.state in SENT_BACK and not outcome.athena_ref


def _may_correct(view: TaskView) -> bool:
    return Act.CORRECT_OUTCOME in view.may


def _actions(view: TaskView) -> list[Action]:
    outcome = view.outcome
    actions: list[Action] = []
    if outcome and _is_sent_back(outcome) and _may_correct(view):
        actions.extend(_correction(view))
    elif outcome and view.can_correct and _may_correct(view):
        actions.append(button(OpenCorrection(task=view.task.ref, v=view.task.version), "Correct it"))
    if outcome and _wants_reference(view, outcome):
        actions.append(_reference_form(view, outcome))
    if outcome and view.can_undo and Act.UNDO_OUTCOME in view.may:
        actions.append(_undo(view, outcome))
    actions.extend(more_button(view))
    if Act.ADD_NOTE in view.may:
        actions.append(_note_form(view))
    return actions


def _undo(view: TaskView, outcome: Outcome) -> Action:
    payload = UndoOutcome(task=view.task.ref, v=view.task.version, outcome=str(outcome.id))
    until = f" (until {time_of_day(view.undo_until)})" if view.undo_until else ""
    return button(payload, f"Undo{until}")


def _correction(view: TaskView) -> list[Action]:
    more = [correction_more_button(view)]
    if Act.SEE_BRIEFING not in view.may:
        return more
    return [*more, button(BriefMe(task=view.task.ref, v=view.task.version), "Brief me")]


def _wants_reference(view: TaskView, outcome: Outcome) -> bool:
    return (
        outcome.state is OutcomeState.KEYED_BY_HAND
        and not outcome.athena_ref
        and Act.KEY_REFERENCE in view.may
    )


def _reference_form(view: TaskView, outcome: Outcome) -> Action:
    payload = KeyReference(task=view.task.ref, v=view.task.version, outcome=str(outcome.id))
    field = line_input(
        "athena_ref",
        "Athena reference",
        placeholder="e.g. 36/21858/19",
        missing="Type the reference that Athena gave",
    )
    save = button(payload, "Save reference", "positive")
    return show_card("Athena reference", [field], [save], "positive")


def _note_form(view: TaskView) -> Action:
    payload = AddNote(task=view.task.ref, v=view.task.version)
    return show_card(
        "Add note", [neutral_hint(), note_input("note_text", "", "Note")], [button(payload, "Save note")]
    )
