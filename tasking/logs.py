"""Logs: one JSON line an event, with the correlation id, and never a text that could hold personal data."""

import logging
import sys

import structlog


def configure_logging(level: str) -> None:
    """Log events of this level and above to standard error; libraries' warnings only by kind and place."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_OfLibraries()], level=logging.WARNING, force=True)


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
