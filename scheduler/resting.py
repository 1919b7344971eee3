"""What rests for a moment after a send: a lane that changes at every tap, a chat that has had its turns."""

import asyncio
from collections.abc import Callable


class Resting:
    """Names and until when they rest. Known to this process alone: to forget it costs one more try."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        """`now` gives seconds, by default of the running event loop."""
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._until: dict[str, float] = {}

    def begin(self, name: str, seconds: float) -> None:
        """It rests from now on for so long."""
        self._until[name] = self._now() + seconds

    def names(self) -> list[str]:
        """What rests now."""
        now = self._now()
        self._until = {name: until for name, until in self._until.items() if until > now}
        return list(self._until)

    def ends_in(self) -> float | None:
        """Seconds until the first has rested, or None where nothing rests."""
        now = self._now()
        return min((max(until - now, 0.0) for until in self._until.values()), default=None)
