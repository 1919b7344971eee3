"""Taps that cannot be taken as they came: whether they may have told of danger, and their answer."""

from collections.abc import Iterator

from bot.asking import Asking
from bot.reading.danger import looked_at, sounds_dangerous
from cards.payloads import (
    AnswerHeld,
    CheckBreach,
    ConfirmBreach,
    ItWasMore,
    MoreForm,
    Payload,
    RecordOutcome,
    SayWhoItWas,
    TypedAgain,
)
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.company import NOT_THEM

_DEEPEST = 8
_MOST_LOOKED_AT = 16_000
"""Characters: more than any form of ours has room for."""
_TYPED = ("answer_1", "answer_2", "note", "other_note", "note_text", "cant_text", "more_reason")
"""The inputs of an officer's forms that hold words of their own."""


def may_be_danger(verb: object, data: object) -> bool:
    """Whether somebody may think that this told of a breach or of danger."""
    is_breach = verb in (CheckBreach.verb, ConfirmBreach.verb)
    if is_breach or _may_be_them(verb, data):
        return True
    return any(sounds_dangerous(text) for text in looked_at(_texts_in(data, _DEEPEST), _MOST_LOOKED_AT))


def _may_be_them(verb: object, data: object) -> bool:
    """Somebody has just said that the protected person may have been there."""
    return verb == SayWhoItWas.verb and isinstance(data, dict) and data.get("could_be") != NOT_THEM


def tells_of_danger(tap: Payload) -> bool:
    """Whether somebody may think that this tap told of a breach or of danger: if it fails, they must know."""
    if isinstance(tap, CheckBreach | ConfirmBreach | AnswerHeld | ItWasMore):
        return True
    if isinstance(tap, SayWhoItWas):
        return tap.could_be != NOT_THEM or sounds_dangerous(tap.note)
    if isinstance(tap, TypedAgain):
        return sounds_dangerous(tap.text)
    return isinstance(tap, RecordOutcome | MoreForm) and any(
        sounds_dangerous(getattr(tap, name)) for name in _TYPED if getattr(tap, name, "")
    )


def _texts_in(data: object, depth: int) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif depth and isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _texts_in(value, depth - 1)


def not_a_button(_uow: UnitOfWork, _asking: Asking) -> Card:
    """Card data that no button of ours sends."""
    raise Refusal("bad-tap", "RedLine did not understand that button.", "Type help to see what you can do.")


def not_read(_uow: UnitOfWork, _asking: Asking) -> Card:
    """A form with an answer that its input cannot hold: it comes back with all the others."""
    raise Refusal(
        "input-not-read",
        "RedLine could not read one of the answers: nothing was recorded.",
        "Fill it in again.",
    )


def too_much_typed(_uow: UnitOfWork, _asking: Asking) -> Card:
    """A form with more in it than can be taken: it comes back with as much of it as a card holds."""
    raise Refusal(
        "text-too-long",
        "That is too long: nothing was recorded.",
        "What you typed is cut here to what fits. Put the rest into a second note.",
    )
