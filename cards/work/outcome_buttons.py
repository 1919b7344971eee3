"""The usual outcomes of a task as buttons: one tap, a short form, or the breach form."""

from dataclasses import dataclass
from functools import cache

from microsoft_teams.cards.core import ActionStyle

from cards.base import Action, CardElement, button, show_card, text
from cards.escaping import kept
from cards.inputs import NOTE_LENGTH, answer_inputs, filled_note, neutral_hint, note_input, when_inputs
from cards.words import outcome_words
from cards.work.breach import breach_button
from cards.work.questions import questions_of
from cards.work.result_payloads import RecordOutcome
from storage.enums import OutcomeCode, TaskKind, VisitKind
from storage.tables import Outcome, Task
from tasking.views import TaskView

AS_TYPED = "Record it as typed"


@dataclass(frozen=True)
class Usual:
    """One usual outcome: its short title and whether a single tap records it."""

    code: str
    title: str
    one_tap: bool = False
    style: ActionStyle | None = None


_VISIT = (
    Usual(OutcomeCode.NO_ANSWER, "No answer", one_tap=True),
    Usual(OutcomeCode.SEEN_NO_CONCERN, "Seen"),
    Usual(OutcomeCode.SEEN_OTHER_CONCERN, "Concern"),
    Usual(OutcomeCode.BREACH_SUSPECTED, "Breach", style="destructive"),
)
_PROTECTED_PERSON = (
    Usual(OutcomeCode.NO_REPLY, "No reply", one_tap=True),
    Usual(OutcomeCode.SPOKE_ALONE_NO_CONCERNS, "Spoke alone"),
    Usual(OutcomeCode.CONCERNS, "Concerns"),
    Usual(OutcomeCode.BREACH_SUSPECTED, "Breach", style="destructive"),
)
_DISRUPTION = (
    Usual(OutcomeCode.ACHIEVED, "Achieved"),
    Usual(OutcomeCode.NO_EFFECT, "No effect"),
    Usual(OutcomeCode.NOT_POSSIBLE, "Not possible"),
)
_GENERAL = (
    Usual(OutcomeCode.DONE, "Done", one_tap=True, style="positive"),
    Usual(OutcomeCode.PARTLY_DONE, "Partly done"),
    Usual(OutcomeCode.NOT_POSSIBLE, "Not possible"),
)


def is_contact_visit(task: Task) -> bool:
    """Whether the task is a visit to a protected person."""
    return task.visit_kind is VisitKind.PROTECTED_PERSON_CONTACT


def usual_outcomes(task: Task) -> tuple[Usual, ...]:
    """The outcomes that stand as buttons of their own, the most usual first."""
    if task.kind is TaskKind.COMPLIANCE_VISIT:
        return _PROTECTED_PERSON if is_contact_visit(task) else _VISIT
    return _DISRUPTION if task.kind is TaskKind.DISRUPTION_ACTION else _GENERAL


def one_tap_button(view: TaskView) -> Action | None:
    """The usual outcome that needs no form, where the kind of task has one."""
    return next((_one_tap(view, usual) for usual in usual_outcomes(view.task) if usual.one_tap), None)


def outcome_buttons(view: TaskView) -> list[Action]:
    """A button for each usual outcome."""
    return [_button(view, usual) for usual in usual_outcomes(view.task)]


def corrected(view: TaskView) -> Outcome | None:
    """The outcome that anything recorded now would correct."""
    return None if view.is_open else view.outcome


def _button(view: TaskView, usual: Usual) -> Action:
    if usual.code == OutcomeCode.BREACH_SUSPECTED:
        return breach_button(view, corrected(view))
    return _one_tap(view, usual) if usual.one_tap else _form(view, usual)


def _one_tap(view: TaskView, usual: Usual) -> Action:
    return button(_payload(view, usual.code), usual.title, usual.style)


def _payload(view: TaskView, code: str, *, as_typed: bool = False) -> RecordOutcome:
    before = corrected(view)
    return RecordOutcome(
        task=view.task.ref,
        v=view.task.version,
        code=code,
        corrects=str(before.id) if before else None,
        as_typed=as_typed or None,
    )


def _form(view: TaskView, usual: Usual) -> Action:
    return show_card(
        usual.title, outcome_form(view, usual.code), [record_button(view, usual.code)], usual.style
    )


def record_button(view: TaskView, code: str, *, as_typed: bool = False) -> Action:
    """Records what the form of an outcome holds; `as_typed` even where its words tell of danger."""
    title = AS_TYPED if as_typed else "Record"
    return button(_payload(view, code, as_typed=as_typed), title, "positive")


def outcome_form(view: TaskView, code: str) -> tuple[CardElement, ...]:
    """The inputs of an outcome; in a correction of the same outcome with its note."""
    before = corrected(view)
    blank = _blank_form(code, corrects=before is not None)
    if before is None or before.code != code:
        return blank
    note = filled_note("note", code.lower(), "Note (optional)", kept(before.note, NOTE_LENGTH))
    return (*blank[:-1], note)


@cache
def _blank_form(code: str, *, corrects: bool) -> tuple[CardElement, ...]:
    form = code.lower()
    return (
        text(outcome_words(code), bold=True),
        *answer_inputs(questions_of(code), form),
        *when_inputs("when", "when_other", form, corrects=corrects),
        neutral_hint(),
        note_input("note", form),
    )
