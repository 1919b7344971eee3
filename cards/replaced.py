"""What is left of a card that was posted afresh elsewhere."""

from cards.base import card, marking, text
from cards.drawn import Drawn
from tasking.ports import Card
from tasking.replaced import ReplacedView


def replaced_card() -> Card:
    """What is left of a card that was posted afresh elsewhere: nothing on it is live any more."""
    words = "This card was replaced: use the newer one, or type tasks."
    return card([marking(), text(words, bold=True)])


DRAWN = (
    Drawn(ReplacedView, lambda _view: replaced_card(), lambda _view: "RedLine: replaced by a newer card"),
)
