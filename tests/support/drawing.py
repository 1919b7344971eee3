"""What a delivery draws, with the cards of the whole house."""

from cards.base import marked_second_copy
from cards.drawn import Drawings
from cards.rooms import DRAWN
from tasking.deliveries import CardDelivery
from tasking.ports import Card

DRAWINGS = Drawings(DRAWN)


def draw(delivery: CardDelivery) -> tuple[Card, str]:
    """The card as it is sent, and its line for a lock screen."""
    card, summary = DRAWINGS.draw(delivery.view)
    return (marked_second_copy(card) if delivery.is_second_copy else card), summary
