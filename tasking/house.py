"""What all rooms bring to the rules: the lists of `tasking.rooms` and its neighbour, or of a test's.

A rule does not know the rooms. It names the list that it reads, and works out once what it needs of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pkgutil import resolve_name
from typing import Any, Generic, TypeVar

T = TypeVar("T")

RULES = "tasking.rooms:HOUSE"
NOTICES = "tasking.notice_rooms:TOLD"
_others: tuple[object, ...] = ()


@cache
def _own(listed: str) -> object:
    # By name: people, say, may not know work, though both read the table of who may do what.
    house: object = resolve_name(listed)
    return house


@contextmanager
def another_house(*houses: object) -> Iterator[None]:
    """Let what is brought be that of other houses for a while; what these do not list stays."""
    global _others
    before, _others = _others, (*houses, *_others)
    try:
        yield
    finally:
        _others = before


class Brought(Generic[T]):
    """What is read from all that the rooms bring of one kind; call it to get it."""

    def __init__(self, kind: str, read: Callable[[tuple[Any, ...]], T], listed: str = RULES) -> None:
        """`listed`: where the list of this kind stands in the product."""
        self._kind = kind
        self._listed = listed
        self._read = read
        self._of: object = None

    def __call__(self) -> T:
        house = next((each for each in _others if hasattr(each, self._kind)), None) or _own(self._listed)
        if house is not self._of:
            self._known = self._read(getattr(house, self._kind))
            self._of = house
        return self._known
