"""More: the less usual outcomes, can't do, more time and a note, as sections that fold out one at a time."""

from functools import cache

from microsoft_teams.cards.core import ActionSet, Container, TargetElement, ToggleVisibilityAction

from cards.base import Action, CardElement, button, drawn, row, show_card
from cards.inputs import line_input, neutral_hint, note_input, pick, when_inputs
from cards.words import outcome_words
from cards.work.more_payloads import AddNote, CantDo, MoreForm, MoreTime, RecordOther
from cards.work.outcome_buttons import AS_TYPED, Usual, corrected, usual_outcomes
from cards.work.questions import questions_of
from storage.tables import Task
from tasking.permissions import Act
from tasking.views import TaskView
from tasking.work.outcome_rules import codes_for
from tasking.work.outcome_table import breaches

CANT_REASONS = (
    "Sent elsewhere",
    "Unsafe alone",
    "Needs a second officer",
    "Conflict: I know them",
    "No time this shift",
    "Off duty, leave or sick",
    "Not my area",
    "Duplicate",
    "Deceased",
    "Other, said below",
)
_OTHER, _CANT, _TIME, _NOTE = "more_other", "more_cant", "more_time_section", "more_note"
_TITLES = {_OTHER: "Other outcome", _CANT: "Can't do", _TIME: "More time", _NOTE: "Add note"}
_ACTS = {
    _OTHER: Act.RECORD_OUTCOME,
    _CANT: Act.CANT_DO,
    _TIME: Act.ASK_MORE_TIME,
    _NOTE: Act.ADD_NOTE,
}


def more_button(view: TaskView) -> list[Action]:
    """The More button with the sections that the reader may use; nothing where there are none."""
    sections = tuple(name for name, act in _ACTS.items() if act in view.may)
    return [show_card("More", _body(view, sections))] if sections else []


def correction_more_button(view: TaskView) -> Action:
    """More on a task whose outcome is corrected: the less usual outcomes alone."""
    return show_card("More", [_section(view, _OTHER, is_visible=True)])


def more_form(view: TaskView, payload: type[MoreForm], *, as_typed: bool = False) -> CardElement:
    """One section alone, open, with its own button: to be filled in again."""
    name = next(name for name, each in _PAYLOADS.items() if each is payload)
    return _section(view, name, is_visible=True, as_typed=as_typed)


def _body(view: TaskView, sections: tuple[str, ...]) -> list[CardElement]:
    if len(sections) == 1:
        return [_section(view, sections[0], is_visible=True)]
    toggles = [_toggle(name, sections) for name in sections]
    folded = [_section(view, name, is_visible=False) for name in sections]
    return [*row(toggles[:2]), *row(toggles[2:]), *folded]


@cache
def _toggle(name: str, sections: tuple[str, ...]) -> Action:
    targets = [TargetElement(element_id=each, is_visible=each == name) for each in sections]
    return drawn(ToggleVisibilityAction(title=_TITLES[name], target_elements=targets))


def _section(view: TaskView, name: str, *, is_visible: bool, as_typed: bool = False) -> CardElement:
    payload, title = _PAYLOADS[name], AS_TYPED if as_typed else _SUBMITS[name]
    filled = _filled(view, payload, as_typed=as_typed)
    submit = drawn(ActionSet(actions=[]), actions=[button(filled, title, "positive")])
    items = [*_inputs(name, _other_codes(view.task), corrects=corrected(view) is not None), submit]
    return drawn(Container(id=name, is_visible=None if is_visible else False, items=[]), items=items)


_PAYLOADS: dict[str, type[MoreForm]] = {_OTHER: RecordOther, _CANT: CantDo, _TIME: MoreTime, _NOTE: AddNote}
_SUBMITS = {_OTHER: "Record", _CANT: "Give it back", _TIME: "Ask for more time", _NOTE: "Save note"}


def _filled(view: TaskView, payload: type[MoreForm], *, as_typed: bool) -> MoreForm:
    before, ref, v = corrected(view), view.task.ref, view.task.version
    if payload is RecordOther:
        return RecordOther(
            task=ref, v=v, corrects=str(before.id) if before else None, as_typed=as_typed or None
        )
    return payload(task=ref, v=v)


def _other_codes(task: Task) -> tuple[str, ...]:
    return _without_forms(codes_for(task), usual_outcomes(task))


@cache
def _without_forms(possible: tuple[str, ...], usual: tuple[Usual, ...]) -> tuple[str, ...]:
    with_form = {each.code for each in usual if not each.one_tap}
    return tuple(code for code in possible if code not in with_form | breaches())


@cache
def _inputs(name: str, codes: tuple[str, ...], *, corrects: bool) -> tuple[CardElement, ...]:
    """The inputs of a section. None is required: a folded one that is empty would stop its neighbours."""
    if name == _OTHER:
        choices = [(code, _with_questions(code)) for code in codes]
        return (
            pick("other_code", "What happened?", choices),
            *when_inputs("other_when", "other_when_text", "", corrects=corrects),
            neutral_hint(),
            note_input("other_note", "", "Your answers, and a note"),
        )
    if name == _CANT:
        reasons = [(reason, reason) for reason in CANT_REASONS]
        return (
            pick("cant_reason", "Why?", reasons),
            neutral_hint(),
            note_input("cant_text", "", "More about it"),
        )
    if name == _TIME:
        until = line_input("more_until", "Until when?", placeholder="e.g. tomorrow 18:00 or in 4h")
        return (until, neutral_hint(), note_input("more_reason", "", "Why?"))
    return (neutral_hint(), note_input("note_text", "", "Note"))


def _with_questions(code: str) -> str:
    asked = " ".join(question.words for question in questions_of(code))
    return f"{outcome_words(code)} ({asked})" if asked else outcome_words(code)
