"""The copy of an order: its link is fetched between the check and the log of who was given it."""

from bot.asking import Asking
from bot.declared import Sources
from bot.reading.model import CopyOfOrder as TypedCopy
from bot.turns import Turn
from bot.work.officer_taps import refuse_in_channel
from cards.work.briefing import order_copy_card
from cards.work.task_payloads import CopyOfOrder
from tasking.people.actors import actor_of
from tasking.ports import Card, DeliveryProblem, DocumentLink
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import OrderCopyView
from tasking.work.briefing import order_copy_key, where_copy_is
from tasking.work.find import Reader


async def link_of_copy(sources: Sources, turn: Turn, asked: CopyOfOrder | TypedCopy) -> DocumentLink | None:
    """The link that the asker may have; None where there is none, or it cannot be fetched now."""
    if turn.is_in_channel or turn.entra_id is None:
        return None
    entra_id, ref = turn.entra_id, asked.task or ""
    try:
        key = await sources.units.read(lambda uow: _key_for(uow, entra_id, ref))
        return await sources.documents.link(key)
    except (Refusal, DeliveryProblem):
        return None


def _key_for(uow: UnitOfWork, entra_id: str, ref: str) -> str:
    return where_copy_is(uow, Reader(actor_of(uow, entra_id)), ref)[1]


def give_copy(uow: UnitOfWork, asking: Asking, asked: CopyOfOrder | TypedCopy) -> Card:
    """Check again, log the look, answer the asker alone; raises `Refusal` where there is nothing to give."""
    refuse_in_channel(asking)
    bundle, _ = order_copy_key(uow, asking.reader, asked.task or "")
    link: DocumentLink | None = asking.fetched
    if link is None:
        raise Refusal("copy-not-fetched", "The copy cannot be fetched just now.", "Try again in a minute.")
    order_ref = bundle.order.ref if bundle.order else ""
    return order_copy_card(OrderCopyView(order_ref, bundle.task.ref, link.name, link.url))
