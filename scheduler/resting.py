"""Lanes that rest for a moment after a send, so that what changes at every tap is drawn once for several."""

import asyncio
from collections.abc import Callable


class Resting:
    """Lanes and until when they rest. Known to this process alone: to forget it costs one more update."""

    def __init__(self, seconds: float, now: Callable[[], float] | None = None) -> None:
        """`now` gives seconds, by default of the running event loop."""
        self._seconds = seconds
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._until: dict[str, float] = {}

    def begin(self, lane: str) -> None:
        """This lane rests from now on."""
        self._until[lane] = self._now() + self._seconds

    def lanes(self) -> list[str]:
        """The lanes that rest now."""
        now = self._now()
        self._until = {lane: until for lane, until in self._until.items() if until > now}
        return list(self._until)

    def ends_in(self) -> float | None:
        """Seconds until the first lane has rested, or None where none rests."""
        now = self._now()
        return min((max(until - now, 0.0) for until in self._until.values()), default=None)
