"""Taps that cannot be taken as they came: whether they may have told of danger, and their answer."""

from collections.abc import Iterator

from bot.asking import Asking
from bot.reading.danger import looked_at, sounds_dangerous
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork

_DEEPEST = 8
_MOST_LOOKED_AT = 16_000
"""Characters: more than any form of ours has room for."""


def may_be_danger(data: object) -> bool:
    """Whether any words in it tell of danger."""
    return any(sounds_dangerous(text) for text in looked_at(_texts_in(data, _DEEPEST), _MOST_LOOKED_AT))


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
