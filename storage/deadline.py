"""Until when a piece of work is wanted: what nobody waits for any more is not begun."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def wanted_within(seconds: float) -> Iterator[None]:
    """Work that is asked for in this block is wanted for so many seconds from now."""
    before = _until.set(asyncio.get_running_loop().time() + seconds)
    try:
        yield
    finally:
        _until.reset(before)


def wanted_until() -> float | None:
    """The running loop's time until which the caller waits; None where it waits as long as it takes."""
    return _until.get()
