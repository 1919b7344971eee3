"""The house: what the rooms bring to the rules, joined by `app.py` and handed to every unit of work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tasking.effects import Row
from tasking.notices import Notices


@dataclass(frozen=True)
class House:
    """All rooms together. Nothing is here by being imported: `tasking.rooms` lists it."""

    notices: Notices
    redrawn: tuple[Callable[[str, datetime, str], Row], ...] = ()
    """Of a district (its id, now, the cause): what is drawn again when something there has changed."""
