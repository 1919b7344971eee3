"""What comes of editing several standing cards: each is tried by itself, and one holds up no other."""

import math
import time
from collections.abc import Callable

from storage.tables import Message
from tasking.ports import (
    CannotReach,
    ConversationGone,
    DeliveryProblem,
    MessageGone,
    Place,
    Refused,
    RefusedAnyway,
)

_AT_THAT_TIME = 10.0
"""Seconds before a refusal in which another card counts: one tap has several, sent together."""


class Edits:
    """What came of the edits of one update so far."""

    def __init__(self, *, leaves_unreachable: bool = False, gives_up_places: bool = False) -> None:
        """`leaves_unreachable`: a card that nobody can be reached with any more holds up no other.

        `gives_up_places`: a conversation that still does not answer is taken for one that is gone.
        """
        self._leaves_unreachable = leaves_unreachable
        self._gives_up_places = gives_up_places
        self.left_behind: list[Message] = []
        """What stands in places that were given up: should they answer again, it must not be live there."""
        self._gone: list[Message] = []
        self._refused: list[tuple[Message, Refused]] = []
        self._in_trouble: dict[str, DeliveryProblem] = {}

    def should_try(self, place: Place) -> bool:
        """Whether to go on there: after a problem that may pass, a conversation is left alone."""
        return place.conversation_id not in self._in_trouble

    def note(
        self, place: Place, message: Message, problem: DeliveryProblem | None, *, hides: bool = False
    ) -> None:
        """One message was tried. `hides`: only its edit hides what stands there, so it is never given up."""
        if isinstance(problem, MessageGone):
            self._gone.append(message)
        elif isinstance(problem, ConversationGone) and self._gives_up_places and not hides:
            self._gone.append(message)
            self.left_behind.append(message)
        elif isinstance(problem, ConversationGone):
            self._in_trouble[place.conversation_id] = problem
        elif isinstance(problem, CannotReach) and self._leaves_unreachable:
            return
        elif problem is not None and hides:
            self._in_trouble[place.conversation_id] = problem
        elif isinstance(problem, Refused) and not isinstance(problem, RefusedAnyway):
            self._refused.append((message, problem))
        elif problem is not None:
            self._in_trouble[place.conversation_id] = problem

    @property
    def refusals(self) -> list[str]:
        """The codes with which single messages were refused."""
        return [problem.code for _, problem in self._refused]

    def give_up_refused(self) -> None:
        """The refusals were about these messages: they are as good as gone."""
        self._gone += [message for message, _ in self._refused]
        self._refused.clear()

    def gone(self) -> list[Message]:
        """The messages that can be edited no more; raises where another has to be tried again."""
        problems = (*self._in_trouble.values(), *(problem for _, problem in self._refused))
        if problems:
            raise problems[0]
        return self._gone


class Refusals:
    """Tells a refusal of one message from a refusal of everything that the service sends.

    The edit of a message that somebody deleted is answered with the same 400 or 403 as one for want of a
    permission. If Teams takes other cards at that time, the refusal is about that message.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_taken = -math.inf
        self._first_refused: dict[int | None, float] = {}

    def note_taken(self) -> None:
        """Teams took a card."""
        self._last_taken = self._clock()

    def are_of_messages(self, row_id: int | None) -> bool:
        """Edits of this row were refused: whether Teams takes others, since just before the first time."""
        first_refused = self._first_refused.setdefault(row_id, self._clock())
        return self._last_taken >= first_refused - _AT_THAT_TIME

    def forget(self, row_id: int | None) -> None:
        """The row is done with."""
        self._first_refused.pop(row_id, None)
