"""Keeps what is sent within Teams' limits, so that Teams never has to refuse it."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tasking.ports import NotSent


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` sends in any window of `seconds`."""

    count: int
    seconds: float


PER_CONVERSATION = (Limit(7, 1.0), Limit(8, 2.0), Limit(60, 30.0), Limit(1800, 3600.0))
OVERALL = (Limit(30, 1.0),)


class SlidingWindows:
    """The moments of recent sends, and how long the next must wait. Holds no more than its limits count."""

    __slots__ = ("_limits", "_moments")

    def __init__(self, limits: Sequence[Limit]) -> None:
        self._limits = limits
        self._moments: deque[float] = deque(maxlen=max(limit.count for limit in limits))

    @property
    def latest(self) -> float:
        """The moment of the last send."""
        return self._moments[-1]

    def delay(self, now: float) -> float:
        """Seconds until one more send is within every limit; 0 if it is now."""
        return max(self._delay_of(limit, now) for limit in self._limits)

    def record(self, now: float) -> None:
        """Count a send at this moment."""
        self._moments.append(now)

    def _delay_of(self, limit: Limit, now: float) -> float:
        if len(self._moments) < limit.count:
            return 0.0
        # The send at `opens` is outside the window by the very same sum, so no rounding can stall it.
        opens = self._moments[-limit.count] + limit.seconds
        return opens - now if now < opens else 0.0


class Pace:
    """The turns of all sends of one process: some limits for each conversation, one for them together.

    The clock is monotonic and in seconds. Conversations are forgotten when their longest window has
    passed; the overall limit bounds how many can be remembered until then.
    """

    def __init__(
        self,
        *,
        per_conversation: Sequence[Limit] = PER_CONVERSATION,
        overall: Sequence[Limit] = OVERALL,
        longest_wait: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`longest_wait`: seconds beyond which `wait_turn` does not wait but says when to come again."""
        self._limits = per_conversation
        self._memory = max(limit.seconds for limit in per_conversation)
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._overall = SlidingWindows(overall)
        self._conversations: OrderedDict[str, SlidingWindows] = OrderedDict()

    def __len__(self) -> int:
        return len(self._conversations)

    def delay(self, conversation_id: str) -> float:
        """Seconds until this conversation may be sent to; 0 if now."""
        now = self._clock()
        windows = self._conversations.get(conversation_id)
        return max(self._overall.delay(now), windows.delay(now) if windows else 0.0)

    async def wait_turn(self, conversation_id: str) -> None:
        """Wait for a turn and take it; raise NotSent with `retry_after` where the wait would be long."""
        give_up_at = self._clock() + self._longest_wait
        while (delay := self.delay(conversation_id)) > 0:
            if self._clock() + delay > give_up_at:
                raise NotSent("pace", delay)
            await self._sleep(delay)
        self._take(conversation_id)

    def _take(self, conversation_id: str) -> None:
        now = self._clock()
        windows = self._conversations.pop(conversation_id, None) or SlidingWindows(self._limits)
        windows.record(now)
        self._conversations[conversation_id] = windows
        self._overall.record(now)
        self._forget_before(now - self._memory)

    def _forget_before(self, moment: float) -> None:
        while next(iter(self._conversations.values())).latest < moment:
            self._conversations.popitem(last=False)
