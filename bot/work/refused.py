"""What a refused tap or message is answered."""

from bot.asking import Asking
from bot.work.cards_for import own_or_confirmation
from cards.answers import message_card, not_set_up_card, typed_again_card
from cards.payloads import NamesTask, Payload
from cards.words import NOT_RECORDED
from tasking.ports import Card
from tasking.refusals import NotSetUp, Refusal
from tasking.unit_of_work import UnitOfWork

_NO_USE_AGAIN = frozenset(
    {
        "breach-needs-check",
        "needs-reason",
        "no-longer-yours",
        "not-allowed",
        "not-correctable",
        "not-found",
        "not-in-channel",
        "not-set-up",
        "somebody-elses",
        "other-district",
        "stale",
        "wrong-outcome",
    }
)
"""Refusals after which showing the same form again would not help."""


def breach_not_recorded_card(uow: UnitOfWork, asking: Asking, refusal: Refusal, tap: Payload | None) -> Card:
    """A breach that could not be recorded: the radio comes first, and nobody may think that it was told."""
    words = f"{NOT_RECORDED} {refusal.words}"
    if refusal.again:
        return typed_again_card(words, refusal.hint, refusal.again, uow.now)
    again = _form_again(uow, asking, Refusal(refusal.code, words, refusal.hint), tap)
    return again or message_card(words, refusal.hint or _way_on(refusal))


def _way_on(refusal: Refusal) -> str:
    """What can be typed about a task that has a result already."""
    view = refusal.view
    if view is None or not (view.can_correct or view.can_undo):
        return ""
    what, word = ("correct it", "correct") if view.can_correct else ("take it back", "undo")
    return f"To {what}, type {view.task.number} {word}."


def refused_card(
    uow: UnitOfWork, asking: Asking | None, refusal: Refusal, tap: Payload | None, contact: str
) -> Card:
    """What a refused request is answered: the fresh card, the form with what was typed, or plain words."""
    if isinstance(refusal, NotSetUp) or asking is None:
        return not_set_up_card(contact)
    if refusal.view is not None and tap is None:
        # Nobody tapped a card that grew old: a whole one in the chat would only be one more to grow old.
        return message_card(refusal.words, refusal.hint or _way_on(refusal), refusal.view.task.ref)
    if refusal.view is not None:
        return own_or_confirmation(refusal.view, asking, refusal.words)
    if refusal.again:
        return typed_again_card(refusal.words, refusal.hint, refusal.again, uow.now)
    again = _form_again(uow, asking, refusal, tap)
    if again is not None:
        return again
    back_to = tap.task if isinstance(tap, NamesTask) and refusal.code != "not-found" else None
    return message_card(refusal.words, refusal.hint, back_to)


def _form_again(uow: UnitOfWork, asking: Asking, refusal: Refusal, tap: Payload | None) -> Card | None:
    if tap is None or refusal.code in _NO_USE_AGAIN or asking.reader.actor.only_records:
        return None
    again = asking.doors.button(tap).again
    return again(uow, asking, tap, refusal) if again else None
