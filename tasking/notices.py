"""Notices: whatever is posted or edited by itself. Each is declared once, in its room; delivery reads these.

A notice is stored by its name. A name that a replica does not know waits for one that does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any
from uuid import UUID

from storage import messages
from storage.enums import OutboxKind
from storage.parked import Matter
from storage.tables import Message, Outbox, Task
from tasking.effects import Row, row_of
from tasking.house import NOTICES, Brought
from tasking.unit_of_work import Redraw as Redraw
from tasking.unit_of_work import UnitOfWork

View = Any
"""What a card shows; its type says which card (`cards.drawn`)."""
MOST_STANDING = 10
"""Of many cards of one matter in one chat the latest are kept up to date: Teams limits the pace."""


def never(_uow: UnitOfWork, _row: Outbox) -> bool:
    """It does not wait."""
    return False


def nobody(_uow: UnitOfWork, _row: Outbox) -> str | None:
    """Nobody reads it instead."""
    return None


@dataclass(frozen=True)
class Lost:
    """What becomes of a notice whose reader may not read it any more, so that it has no view."""

    waits: Callable[[UnitOfWork, Outbox], bool] = never
    """Whether it waits for its reader: one reading of the directory may have missed them."""
    instead: Callable[[UnitOfWork, Outbox], str | None] = nobody
    """Who gets a post instead, or None: it is dropped."""
    goes_with_the_work: bool = False
    """It is for whoever answers for the work, and goes to the next one with it.

    What stands where that person can be reached no more holds up no other card.
    """


DROPPED = Lost()


class Afresh(Enum):
    """What becomes of a notice whose message is gone from Teams."""

    POSTED = auto()
    """It is posted once again where it stood."""
    ASKED_FOR = auto()
    """It is drawn as after any other change, which posts it where there is none."""
    NEVER = auto()


def of_its_task(uow: UnitOfWork, row: Outbox) -> list[Message]:
    """The cards of the same task, of one person if the row names one."""
    name = row.purpose or ""
    found = messages.standing(uow.connection, name, task_id=row.task_id, person_id=row.person_id)
    return found[-MOST_STANDING:]


def latest_of_its_reader(uow: UnitOfWork, row: Outbox) -> list[Message]:
    """The one card that its reader had last."""
    return messages.standing(uow.connection, row.purpose or "", person_id=row.person_id, latest=1)


def about_its_matter(uow: UnitOfWork, row: Outbox) -> list[Message]:
    """The cards about the same thing, whatever it is, of one person if the row names one."""
    name = row.purpose or ""
    found = messages.standing(uow.connection, name, about_id=row.about_id, person_id=row.person_id)
    return found[-MOST_STANDING:]


@dataclass(frozen=True)
class Notice:
    """One notice, and all that its delivery has to know."""

    name: str
    """As it is stored: never changed."""
    view: Callable[[UnitOfWork, Outbox], View | None]
    """What it says, from the rows as they are now; None where it is no longer wanted, or not readable."""
    shows: tuple[type, ...]
    """The types of its views, and of what is left of it: each has a card."""
    standing: Callable[[UnitOfWork, Outbox], list[Message]] = of_its_task
    """The messages that an update edits."""
    lost: Lost = DROPPED
    left: Callable[[UnitOfWork, Outbox, Message], View | None] = lambda _uow, _row, _message: None
    """What is left of a message that stands where it may no longer be read; None where it may."""
    matter: Callable[[UnitOfWork, Outbox], Matter | None] = lambda _uow, row: Matter.of(row)
    """What it is about, so that nothing restricted is counted; None: it may be about anything."""
    posted_in: Callable[[UnitOfWork, Outbox], str] | None = None
    """The conversation in which an update posts it where there is none yet."""
    afresh: Afresh = Afresh.POSTED
    stays_in_its_place: bool = False
    """An update is not given up where its place does not answer."""
    marks_itself: bool = False
    """Its own card says that it is a second copy."""
    is_urgent: bool = False
    """It goes out before all else."""
    joins: bool = False
    """A change finds its update waiting already, and needs no second row."""
    takes_later_along: bool = False
    """A post that leaves takes along those behind it in its lane."""
    rests: float = 0.0
    """Seconds between two updates."""
    delivered: Callable[[UnitOfWork, Outbox], None] = lambda _uow, _row: None
    """What follows, in the same transaction, when a post has arrived."""

    def post(self, key: str, lane: str, district_id: str, at: datetime, **more: Any) -> Row:
        """A new post; the key makes it happen once. To `person_id`, or in `conversation_id`."""
        return row_of(OutboxKind.POST_CARD, key, lane, district_id, at, purpose=self.name, **more)

    def update(self, key: str, lane: str, district_id: str, at: datetime, **more: Any) -> Row:
        """What stands of it, edited in silence."""
        return row_of(
            OutboxKind.UPDATE_CARD,
            key,
            lane,
            district_id,
            at,
            purpose=self.name,
            **more,
            **({"joins": True} if self.joins else {}),
        )

    def post_of(self, task: Task, key: str, lane: str, at: datetime, **more: Any) -> Row:
        """A new post about a task."""
        return self.post(key, lane, task.district_id, at, task_id=task.id, **more)

    def update_of(self, task: Task, key: str, lane: str, at: datetime, **more: Any) -> Row:
        """What stands of it about a task, edited in silence."""
        return self.update(key, lane, task.district_id, at, task_id=task.id, **more)


class Notices:
    """The notices of the house, by name."""

    def __init__(self, every: Iterable[Notice]) -> None:
        self.all = tuple(every)
        self.by_name = {notice.name: notice for notice in self.all}

    def of(self, row: Outbox | Message) -> Notice:
        """The notice that a row or a message is of."""
        return self.by_name[row.purpose or ""]

    def names(self, which: Callable[[Notice], bool] = lambda _: True) -> list[str]:
        """The names of those for which `which` holds."""
        return [notice.name for notice in self.all if which(notice)]


notices = Brought("notices", Notices, NOTICES)
"""The notices of the house that is open: call it to get them."""


def ids_of(tasks: Iterable[UUID]) -> list[str]:
    """Ids as a row keeps them."""
    return [task_id.hex for task_id in tasks]
