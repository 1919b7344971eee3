"""Saying that the directory is right where too many people are missing from it."""

from bot.asking import Asking
from bot.commands.model import ConfirmDirectory
from cards.answers import message_card
from cards.payloads import ConfirmDirectory as ConfirmTap
from tasking.brake import confirm
from tasking.ports import Card
from tasking.unit_of_work import UnitOfWork


def confirm_typed(uow: UnitOfWork, asking: Asking, _command: ConfirmDirectory) -> Card:
    """`directory accept`: every district that waits and that the asker may confirm."""
    return _confirmed(uow, confirm(uow, asking.reader.actor))


def confirm_tapped(uow: UnitOfWork, asking: Asking, tap: ConfirmTap) -> Card:
    """The button of the notice."""
    return _confirmed(uow, confirm(uow, asking.reader.actor, tap.district))


def _confirmed(uow: UnitOfWork, districts: list[str]) -> Card:
    names = ", ".join(district.name for district in uow.policy.districts if district.id in districts)
    return message_card(
        f"Confirmed for {names}.", "The work of who left goes to their sergeants within ten minutes."
    )
