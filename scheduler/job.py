"""A job as its room declares it: what it is called, how often it runs, and what one pass of it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tasking.opening import Opened
from tasking.ports import Directory, RecordsSystem
from tasking.settings import Settings


@dataclass(frozen=True)
class Reach(Opened):
    """What a job can get at; each takes of it what it needs."""

    records: RecordsSystem
    directory: Directory


@dataclass(frozen=True)
class Job:
    """One line of a room's `JOBS`. `every` is in seconds, or says where the settings have it.

    `is_first` says that one pass must have worked before the service is ready.
    """

    name: str
    every: float | Callable[[Settings], float]
    run: Callable[[Reach], Awaitable[Any]]
    is_first: bool = False

    def seconds(self, settings: Settings) -> float:
        """How often it runs with these settings."""
        return self.every(settings) if callable(self.every) else self.every
