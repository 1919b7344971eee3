"""Until when a piece of work is wanted: what nobody waits for any more is not begun."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Wanted:
    """Until when the caller waits, in the running loop's time, and how far its last write has come."""

    until: float
    may_be_done: bool = False
    """Its commit was begun: who waits no longer cannot know whether it stands."""


_wanted: ContextVar[Wanted | None] = ContextVar("wanted", default=None)


@contextmanager
def wanted_within(seconds: float) -> Iterator[Wanted]:
    """Work that is asked for in this block is wanted for so many seconds from now."""
    wanted = Wanted(asyncio.get_running_loop().time() + seconds)
    before = _wanted.set(wanted)
    try:
        yield wanted
    finally:
        _wanted.reset(before)


@contextmanager
def beside_it() -> Iterator[None]:
    """What is written in this block says nothing of what the caller asked for; it is wanted as long."""
    asked = _wanted.get()
    before = _wanted.set(Wanted(asked.until) if asked else None)
    try:
        yield
    finally:
        _wanted.reset(before)


def wanted_until() -> float | None:
    """The running loop's time until which the caller waits; None where it waits as long as it takes."""
    wanted = _wanted.get()
    return wanted.until if wanted else None


def note_commit(*, begun: bool) -> None:
    """The commit of the write that the caller waits for is begun, or (False) the write only begins."""
    wanted = _wanted.get()
    if wanted is not None:
        wanted.may_be_done = begun
