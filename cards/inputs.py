"""The inputs that several forms share. They never change after they are made, so each is made once.

Every id names its field and, after `__`, its form: phones refuse a card that uses an id twice.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from microsoft_teams.cards.core import Choice, ChoiceSetInput, DateInput, TextInput, TimeInput

from cards.base import CardElement, drawn, small
from cards.base import text as text_line
from cards.escaping import escape
from cards.payloads import FORM_MARK
from cards.words import NEUTRAL_HINT
from tasking.when.form_times import form_clock, form_day
from tasking.work.outcome_table import Question

NOTE_LENGTH = 1000
"""Characters that a note may have on a card; typed commands may be longer."""
ANSWER_LENGTH = 200
WHEN_CHOICES = (("now", "Now"), ("30", "30 min ago"), ("60", "1 h ago"), ("other", "Other: type it below"))
_AS_BEFORE = ("before", "As recorded before")


def input_id(field: str, form: str) -> str:
    """The id of an input: unique in its card, and its field is found again by `parse_payload`."""
    return f"{field}{FORM_MARK}{form}" if form else field


@cache
def neutral_hint() -> CardElement:
    """The prompt beside free text."""
    return small(NEUTRAL_HINT)


@cache
def when_inputs(
    field: str, other_field: str, form: str, *, corrects: bool = False
) -> tuple[CardElement, ...]:
    """When it happened: usually now (in a correction as before), else one choice or a typed time."""
    choice = _AS_BEFORE[0] if corrects else "now"
    return when_filled(input_id(field, form), input_id(other_field, form), choice, "", corrects=corrects)


def when_filled(
    id_: str, other_id: str, choice: str, typed: str, *, corrects: bool = False
) -> tuple[CardElement, ...]:
    """The same inputs, holding what was chosen and typed before."""
    hint = "e.g. 21:15 or yesterday 21:15"
    choices = (_AS_BEFORE, *WHEN_CHOICES) if corrects else WHEN_CHOICES
    return (
        pick(id_, "When?", choices, value=choice),
        line_input(other_id, "Other time", placeholder=hint, value=typed),
    )


@cache
def note_input(field: str, form: str, label: str = "Note (optional)") -> CardElement:
    """A note of several lines."""
    return _note(input_id(field, form), label, None)


def filled_note(field: str, form: str, label: str, value: str, most: int = NOTE_LENGTH) -> CardElement:
    """A text of several lines that begins with what was written before; at most `most` characters."""
    return _note(input_id(field, form), label, value or None, most)


def _note(id_: str, label: str, value: str | None, most: int = NOTE_LENGTH) -> CardElement:
    note = TextInput(id=id_, label=label, value=value, is_multiline=True, max_length=most, spacing="Small")
    return drawn(note)


def line_input(
    id_: str, label: str, *, placeholder: str | None = None, value: str | None = None, missing: str = ""
) -> CardElement:
    """One line of text; `missing` is what is said where it must be filled and is not."""
    line = TextInput(
        id=id_,
        label=label,
        placeholder=placeholder,
        value=value or None,
        max_length=ANSWER_LENGTH,
        is_required=True if missing else None,
        error_message=missing or None,
        spacing="Small",
    )
    return drawn(line)


def pick(
    id_: str,
    label: str,
    options: Iterable[tuple[str, str]],
    *,
    value: str | None = None,
    missing: str = "",
) -> CardElement:
    """A choice from a list, opened by the phone's own picker."""
    choice = ChoiceSetInput(
        id=id_,
        label=label,
        style="compact",
        choices=_choices(options),
        value=value or None,
        placeholder="Choose",
        is_required=True if missing else None,
        error_message=missing or None,
        spacing="Small",
    )
    return drawn(choice)


def pick_several(id_: str, label: str, options: Iterable[tuple[str, str]], *, value: str = "") -> CardElement:
    """Any number of choices from a list; `value` are those chosen, with commas between."""
    choice = ChoiceSetInput(
        id=id_,
        label=label,
        is_multi_select=True,
        choices=_choices(options),
        value=value or None,
        spacing="Small",
    )
    return drawn(choice)


def _choices(options: Iterable[tuple[str, str]]) -> list[Choice]:
    return [Choice(title=words, value=value) for value, words in options]


def day_and_time(date_field: str, time_field: str, day: str, time: str) -> tuple[CardElement, ...]:
    """A day and a time of day, both required, in whatever spelling they were given before."""
    known, clock = form_day(day), form_clock(time)
    asked = DateInput(
        id=date_field,
        label="Day",
        value=f"{known:%Y-%m-%d}" if known else None,
        is_required=True,
        error_message="Choose a day",
    )
    at = TimeInput(
        id=time_field,
        label="Time",
        value=f"{clock:%H:%M}" if clock else None,
        is_required=True,
        error_message="Choose a time",
    )
    unread = [
        escape(text, 60) for text, read in ((day, known), (time, clock)) if text.strip() and read is None
    ]
    was = [text_line(f"You had given: {', '.join(unread)}")] if unread else []
    return (*was, drawn(asked), drawn(at))


@cache
def answer_inputs(questions: Sequence[Question], form: str) -> tuple[CardElement, ...]:
    """The follow-up questions of an outcome; the first must be answered, and whatever is a choice."""
    return tuple(
        _answer(question, input_id(f"answer_{number}", form), is_first=number == 1)
        for number, question in enumerate(questions, start=1)
    )


def _answer(question: Question, id_: str, *, is_first: bool) -> CardElement:
    if question.choices:
        return pick(id_, question.words, [(each, each) for each in question.choices], missing="Choose one")
    return line_input(id_, question.words, missing="Please answer in a word or two" if is_first else "")
