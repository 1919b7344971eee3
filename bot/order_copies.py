"""The copy of an order: its link is fetched between the check and the log of who was given it."""

from bot.asking import Asking
from bot.turns import Turn
from bot.work.officer_taps import refuse_in_channel
from cards.work.briefing import order_copy_card
from tasking.people.actors import actor_of
from tasking.ports import Card, DeliveryProblem, DocumentLink, Documents
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork, Units
from tasking.views import OrderCopyView
from tasking.work.briefing import order_copy_key, where_copy_is
from tasking.work.find import Reader


class OrderCopies:
    """Answers "copy of order", from a button or typed."""

    def __init__(self, units: Units, documents: Documents) -> None:
        self._units = units
        self._documents = documents

    async def link_for(self, turn: Turn, ref: str) -> DocumentLink | None:
        """The link that the asker may have; None where there is none, or it cannot be fetched now."""
        if turn.is_in_channel or turn.entra_id is None:
            return None
        entra_id = turn.entra_id
        try:
            key = await self._units.read(lambda uow: _key_for(uow, entra_id, ref))
            return await self._documents.link(key)
        except (Refusal, DeliveryProblem):
            return None


def _key_for(uow: UnitOfWork, entra_id: str, ref: str) -> str:
    return where_copy_is(uow, Reader(actor_of(uow, entra_id)), ref)[1]


def give_copy(uow: UnitOfWork, asking: Asking, ref: str, link: DocumentLink | None) -> Card:
    """Check again, log the look, answer the asker alone; raises `Refusal` where there is nothing to give."""
    refuse_in_channel(asking)
    bundle, _ = order_copy_key(uow, asking.reader, ref)
    if link is None:
        raise Refusal("copy-not-fetched", "The copy cannot be fetched just now.", "Try again in a minute.")
    order_ref = bundle.order.ref if bundle.order else ""
    return order_copy_card(OrderCopyView(order_ref, bundle.task.ref, link.name, link.url))
