"""Telling somebody that what they typed was not saved, or may not be: a post past the outbox."""

import asyncio
from collections import OrderedDict

import structlog

from bot.turns import Turn
from cards.answers import message_card
from tasking.ports import DeliveryProblem, Messenger, Unclear

log = structlog.get_logger()

_WITHIN = 6.0
_MOST_REMEMBERED = 2_000
_SUMMARIES = {False: "RedLine: NOT recorded", True: "RedLine: not clear whether it was recorded"}
"""By whether it may have been recorded all the same: a locked phone shows no more than this."""


class Unsaved:
    """Posts the words at once, and remembers whom it told: Teams may deliver the same message again."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self._told: OrderedDict[str, None] = OrderedDict()

    def was_told(self, turn: Turn) -> bool:
        """Whether the sender was told so of this message: from then on it is not carried out any more."""
        return turn.key in self._told

    async def tell(self, turn: Turn, words: str, until: float, *, unclear: bool) -> bool:
        """Post the words where they were typed, within seconds; whether they arrived, or may have.

        `until` is the running loop's time at which the request must have been answered; `unclear` whether
        it may have been recorded.
        """
        try:
            async with asyncio.timeout(min(_WITHIN, until - asyncio.get_running_loop().time())):
                await self._messenger.post(turn.place, message_card(words), _SUMMARIES[unclear])
        except (TimeoutError, Unclear):
            log.warning("unsaved.unclear")  # it may stand there: said twice is worse than said once
        except DeliveryProblem as problem:
            log.warning("unsaved.not_told", code=problem.code)
            return False
        self._remember(turn.key)
        return True

    def _remember(self, key: str) -> None:
        self._told[key] = None
        if len(self._told) > _MOST_REMEMBERED:
            self._told.popitem(last=False)
