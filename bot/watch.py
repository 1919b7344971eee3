"""Saying that the directory is right where too many people are missing from it."""

from typing import Any

from bot.asking import Asking
from bot.declared import Button, Command
from bot.reading.model import ConfirmDirectory
from cards.answers import message_card
from cards.watch import ConfirmDirectory as ConfirmTap
from cards.watch import brake_notice
from tasking.ports import Card
from tasking.unit_of_work import UnitOfWork
from tasking.watch.brake import check_may_confirm, confirm
from tasking.watch.brake_view import brake_view

_CHANGED = "This has changed since. Nothing was confirmed: look at it again."


def confirm_typed(uow: UnitOfWork, asking: Asking, _command: ConfirmDirectory) -> Card:
    """`directory accept`: what is missing now, with the button; the words alone confirm nothing.

    Of several districts one after the other: the next one comes once this one is confirmed.
    """
    first, *more = check_may_confirm(uow, asking.reader.actor)
    line = f"{len(more)} more after this one: type /directory accept again." if more else ""
    return brake_notice(brake_view(uow, first, asking.reader), line)


def confirm_tapped(uow: UnitOfWork, asking: Asking, tap: ConfirmTap) -> Card:
    """The button of the notice: it confirms what stood beside it."""
    if not confirm(uow, asking.reader.actor, tap.district, tap.state):
        return brake_notice(brake_view(uow, tap.district, asking.reader), _CHANGED)
    names = [district.name for district in uow.policy.districts if district.id == tap.district]
    return message_card(
        f"Confirmed for {(*names, tap.district)[0]}.",
        "The work of who left goes to their sergeants within ten minutes.",
    )


COMMANDS: tuple[Command[Any], ...] = (Command(ConfirmDirectory, do=confirm_typed),)
BUTTONS: tuple[Button[Any], ...] = (Button(ConfirmTap, do=confirm_tapped),)
