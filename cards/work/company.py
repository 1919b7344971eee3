"""Seen with somebody who could be the protected person: asked first."""

from typing import Literal

from cards.answers import ShowTask
from cards.base import Action, banner, button, card, heading, marking, row, show_card, text
from cards.escaping import escape
from cards.times import time_words
from cards.words import NOT_RECORDED, kind_words, outcome_words
from cards.work.again import filled_in
from cards.work.breach import breach_form, check_button
from cards.work.outcome_buttons import corrected, outcome_form, record_button
from cards.work.questions import answered
from cards.work.result_payloads import CheckBreach, RecordOutcome, SayWhoItWas
from tasking.ports import Card
from tasking.views import ReadBackView
from tasking.work.held import concern_for
from tasking.work.outcome_rules import codes_for

Answer = Literal["No", "Yes", "Not sure"]
_ANSWERS: tuple[tuple[Answer, str], ...] = (
    ("No", "No: record it"),
    ("Yes", "Yes"),
    ("Not sure", "Not sure"),
)


def who_was_it_card(view: ReadBackView) -> Card:
    """The question, with what would be recorded; an answer of no records it in one tap."""
    task = view.view.task
    body = [
        marking(escape(task.ref, 20), kind_words(task)),
        heading("Could this be the protected person?"),
        text(f"{outcome_words(view.code)} · {time_words(view.happened_at, view.view.now)}"),
        *(text(line) for line in answered(view.code, view.answers)),
        text("Nothing is recorded yet", bold=True),
        *row([button(_payload(view, answer), title) for answer, title in _ANSWERS]),
    ]
    return card(body, [button(ShowTask(task=task.ref), "Back, record nothing")], about=task.ref)


def _payload(view: ReadBackView, answer: Answer) -> SayWhoItWas:
    task = view.view.task
    before = corrected(view.view)
    return SayWhoItWas(
        task=task.ref,
        v=task.version,
        could_be=answer,
        code=view.code,
        corrects=str(before.id) if before else None,
        happened_at=view.happened_at.isoformat(),
        note=view.note,
        answer_1=view.answers.get("answer_1", ""),
        answer_2=view.answers.get("answer_2", ""),
    )


def it_may_be_them_card(view: ReadBackView, when: str, note: str) -> Card:
    """Not recorded as it was filled in: a breach or another concern, with what was said as its note.

    `when` is the time as it is typed.
    """
    task = view.view.task
    body = [
        marking(escape(task.ref, 20), kind_words(task)),
        banner(NOT_RECORDED, "attention"),
        heading("It may be the protected person. What was it?"),
        text("The time and what you said are kept"),
    ]
    ways = [_breach(view, when, note), *_concern(view, when, note)]
    return card(body, [*ways, button(ShowTask(task=task.ref), "Back, record nothing")], about=task.ref)


def _breach(view: ReadBackView, when: str, note: str) -> Action:
    shown, before = view.view, corrected(view.view)
    tap = CheckBreach(
        task=shown.task.ref,
        v=shown.task.version,
        breach_when="other",
        breach_when_text=when,
        breach_note=note,
    )
    form = filled_in(breach_form(shown, before), tap)
    return show_card("Breach", form, [check_button(shown, before)], "destructive")


def _concern(view: ReadBackView, when: str, note: str) -> list[Action]:
    shown = view.view
    code = concern_for(codes_for(shown.task))
    if code is None:
        return []
    ref, v = shown.task.ref, shown.task.version
    tap = RecordOutcome(task=ref, v=v, code=code, when="other", when_other=when, note=note)
    return [
        show_card("Another concern", filled_in(outcome_form(shown, code), tap), [record_button(shown, code)])
    ]
