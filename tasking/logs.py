"""Logs: one JSON line an event, with the correlation id, and never a text that could hold personal data."""

import logging
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

from storage.trouble import Trouble

_ONCE_IN = 60.0
"""Seconds. While the database is away, what nobody asked for says so once in this time, not at each try."""
_TROUBLES = frozenset(trouble.value for trouble in Trouble)
_OF_THE_DATABASE = frozenset(
    {
        *("delivery.claim_failed", "delivery.database_away", "delivery.not_noted", "directory.not_settled"),
        *("job.not_done", "job.failed", "readiness.no_database"),
    }
)
"""Events that every try repeats while the database is away; Teams has a "busy" of its own."""


def configure_logging(level: str) -> None:
    """Log events of this level and above to standard error; libraries' warnings only by kind and place."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            SaidOnce(),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_OfLibraries()], level=logging.WARNING, force=True)


class SaidOnce:
    """Drops what is said again of the same trouble of the database; the next line says how often it was.

    A line that belongs to a request (it has a correlation id) is never dropped.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._said: dict[tuple[object, ...], tuple[float, int]] = {}

    def __call__(
        self, _logger: object, _method: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        trouble = line.get("problem", line.get("code"))
        of_database = line.get("event") in _OF_THE_DATABASE and trouble in _TROUBLES
        if "correlation_id" in line or not of_database:
            return line
        key = (line.get("event"), trouble, line.get("job"))
        at, again = self._said.get(key, (float("-inf"), 0))
        if self._now() - at < _ONCE_IN:
            self._said[key] = (at, again + 1)
            raise structlog.DropEvent
        self._said[key] = (self._now(), 0)
        if again:
            line["repeated"] = again
        return line


class _OfLibraries(logging.Handler):
    """What a library warns of: its name, the place, the kind of exception. Its words may quote a request."""

    def emit(self, record: logging.LogRecord) -> None:
        problem = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger().warning(
            "library.warning",
            library=record.name,
            where=f"{record.module}:{record.lineno}",
            severity=record.levelname.lower(),
            problem=problem,
        )
