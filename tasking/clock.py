"""The time that rules see: passed in, so that a local run or a test can move it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time by which rules and due times are judged."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)


class MovedClock:
    """A clock that was set to another time and runs on from there; for local runs and tests only."""

    def __init__(self, start: datetime) -> None:
        self._offset = start - datetime.now(UTC)

    def now(self) -> datetime:
        """The moved time, aware, in UTC."""
        return datetime.now(UTC) + self._offset
