"""A typed message with the number that was meant: read again from the start, as at the time it was typed."""

from datetime import datetime, timedelta

from bot.asking import Asking
from bot.understood import carry_out
from bot.work.cards_for import own_or_confirmation
from cards.answers import TypedAgain, message_card
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work import lists

_OFFERED_FOR = timedelta(hours=12)


def typed_again(uow: UnitOfWork, asking: Asking, tap: TypedAgain) -> Card:
    """What it asks for is done, and its task shown."""
    command = asking.doors.read(tap.text)
    card = carry_out(uow, asking, command, tap.text, _typed_at(uow, tap.at))
    task = getattr(command, "task", None)
    if card is None and task:
        return own_or_confirmation(lists.show_task(uow, asking.reader, task), asking)
    return card or message_card("Done.")


def _typed_at(uow: UnitOfWork, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise Refusal("no-time", "When was it?", "Type it again as a new message.") from problem
    if at.tzinfo is None or not uow.now - _OFFERED_FOR < at <= uow.now:
        raise Refusal("no-time", "That was typed too long ago.", "Type it again as a new message.")
    return at
