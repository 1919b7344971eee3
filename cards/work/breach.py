"""The breach form and its check-your-answers step: the only outcome that is read back before it counts."""

from collections.abc import Mapping
from functools import lru_cache

from cards.answers import ShowTask
from cards.base import Action, CardElement, banner, button, card, heading, marking, show_card, small, text
from cards.escaping import cut, escape, kept, plain
from cards.inputs import (
    ANSWER_LENGTH,
    NOTE_LENGTH,
    filled_note,
    line_input,
    neutral_hint,
    note_input,
    pick,
    pick_several,
    when_filled,
    when_inputs,
)
from cards.times import time_words
from cards.words import RADIO_FIRST, kind_words, outcome_words
from cards.work.questions import answered
from cards.work.result_payloads import CheckBreach, ConfirmBreach
from storage.enums import OutcomeCode
from storage.tables import Outcome
from tasking.ports import Card
from tasking.views import ReadBackView, TaskView
from tasking.when.local_time import short_day_time
from tasking.work.outcome_table import OF_A_BREACH, breaches, codes
from tasking.work.questions import ARREST_AT, arrest_time

Choices = tuple[tuple[str, str], ...]

_WHEN = ("breach_when", "breach_when_text")
_NOTE = ("breach_note", "", "Note (after an arrest: the custody reference)")
_CHILDREN = tuple((each, each) for each in ("Yes", "No", "Not known"))
_VIDEO = tuple((each, each) for each in ("Yes", "No"))
_TYPED = ("is_she_safe", "where_is_he")
_CHOSEN = ("children", "video")


def breach_button(view: TaskView, corrects: Outcome | None) -> Action:
    """Opens the short breach form; its own button asks for the answers to be checked first."""
    return show_card("Breach", breach_form(view, corrects), [check_button(view, corrects)], "destructive")


def check_button(view: TaskView, corrects: Outcome | None) -> Action:
    """Asks for the answers of the breach form to be read back."""
    return button(_check(view, corrects), "Check answers", "destructive")


def _check(view: TaskView, corrects: Outcome | None) -> CheckBreach:
    task = view.task
    return CheckBreach(task=task.ref, v=task.version, corrects=str(corrects.id) if corrects else None)


def breach_form(view: TaskView, corrects: Outcome | None) -> tuple[CardElement, ...]:
    """The inputs of the breach form."""
    return _blank_form(_conditions_of(view), _kinds(), corrects=corrects is not None)


def _kinds() -> Choices:
    return tuple((code, outcome_words(code)) for code in codes() if code in breaches())


def _conditions_of(view: TaskView) -> Choices:
    return tuple((each.id.hex, plain(each.short_form, 60)) for each in view.conditions)


@lru_cache(maxsize=256)
def _blank_form(conditions: Choices, kinds: Choices, *, corrects: bool) -> tuple[CardElement, ...]:
    return _form(conditions, kinds, {}, when_inputs(*_WHEN, "", corrects=corrects), note_input(*_NOTE))


def _form(
    conditions: Choices,
    kinds: Choices,
    given: Mapping[str, str],
    when: tuple[CardElement, ...],
    note: CardElement,
) -> tuple[CardElement, ...]:
    is_she_safe, where_is_he = OF_A_BREACH
    missing = "Say what you know, or 'not known'"
    which = [pick_several("conditions", "Which condition?", conditions, value=given.get("conditions", ""))]
    return (
        banner(RADIO_FIRST, "attention"),
        line_input("is_she_safe", is_she_safe.words, value=given.get("is_she_safe"), missing=missing),
        line_input("where_is_he", where_is_he.words, value=given.get("where_is_he"), missing=missing),
        pick("breach_code", "What is it?", kinds, value=given.get("code", kinds[0][0])),
        line_input(
            "breach_arrest",
            "If arrested: when?",
            placeholder="e.g. 21:15",
            value=given.get("breach_arrest"),
        ),
        *(which if conditions else []),
        pick("children", "Children present?", _CHILDREN, value=given.get("children")),
        pick("video", "Body-worn video on?", _VIDEO, value=given.get("video")),
        *when,
        neutral_hint(),
        note,
    )


def breach_check_card(view: ReadBackView) -> Card:
    """What would be recorded, read back word for word; nothing is recorded until it is confirmed."""
    task = view.view.task
    confirm = _confirmation(view)
    body = [
        marking(escape(task.ref, 20), kind_words(task)),
        banner(RADIO_FIRST, "attention"),
        heading("Check, then record. Nothing is recorded yet"),
        *_read_back(view, confirm),
    ]
    actions = [
        button(confirm, "Record and tell the sergeant", "destructive"),
        _change(view, confirm),
        button(ShowTask(task=task.ref), "Back, record nothing"),
    ]
    return card(body, actions, about=task.ref)


def _change(view: ReadBackView, confirm: ConfirmBreach) -> Action:
    now, arrested = view.view.now, arrest_time(view.answers)
    given = {
        "code": confirm.code,
        **{key: kept(getattr(confirm, key), ANSWER_LENGTH) for key in (*_TYPED, *_CHOSEN)},
        "conditions": confirm.conditions,
        "breach_arrest": short_day_time(arrested, now) if arrested else "",
    }
    form = _form(
        _conditions_of(view.view),
        _kinds(),
        given,
        when_filled(*_WHEN, "other", short_day_time(view.happened_at, now)),
        filled_note(*_NOTE, kept(confirm.note, NOTE_LENGTH)),
    )
    return show_card("Change it", form, [button(_check(view.view, _before(view)), "Check answers")])


def _before(view: ReadBackView) -> Outcome | None:
    return None if view.view.is_open else view.view.outcome


def _confirmation(view: ReadBackView) -> ConfirmBreach:
    task = view.view.task
    before = _before(view)
    return ConfirmBreach(
        task=task.ref,
        v=task.version,
        corrects=str(before.id) if before else None,
        code=view.code,
        happened_at=view.happened_at.isoformat(),
        arrest_at=view.answers.get(ARREST_AT, ""),
        is_she_safe=cut(view.answers.get("is_she_safe", ""), ANSWER_LENGTH * 2),
        where_is_he=cut(view.answers.get("where_is_he", ""), ANSWER_LENGTH * 2),
        conditions=view.conditions,
        children=view.answers.get("children", ""),
        video=view.answers.get("video", ""),
        note=cut(view.note, NOTE_LENGTH * 2),
    )


def _read_back(view: ReadBackView, confirm: ConfirmBreach) -> list[CardElement]:
    task, order = view.view.task, view.view.order
    safe, where = OF_A_BREACH
    of_order = order and view.code == OutcomeCode.BREACH_SUSPECTED
    about = f"{' of' if of_order else ','} {escape(order.ref if order else task.ref, 30)}"
    others = {key: words for key, words in view.answers.items() if key not in _TYPED}
    lines = [
        f"{outcome_words(view.code)}{about}",
        f"When? {time_words(view.happened_at, view.view.now)}",
        f"{safe.words} {_said(confirm.is_she_safe)}",
        f"{where.words} {_said(confirm.where_is_he)}",
        *answered(view.code, others),
    ]
    if confirm.note:
        lines.append(f"Note: {escape(confirm.note, NOTE_LENGTH * 2)}")
    return [*(text(line) for line in lines), *_shortened(view, confirm)]


def _said(answer: str) -> str:
    return escape(answer, ANSWER_LENGTH * 2) or "not said"


def _shortened(view: ReadBackView, confirm: ConfirmBreach) -> list[CardElement]:
    recorded = (confirm.is_she_safe, confirm.where_is_he, confirm.note)
    given = (view.answers.get("is_she_safe", ""), view.answers.get("where_is_he", ""), view.note)
    if recorded == given:
        return []
    return [small("Too long for a card: only what stands here is recorded. Add the rest as a note.")]
