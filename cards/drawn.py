"""Which card and which lock-screen line a view has. A room lists its own; the type of the view decides."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cards.escaping import plain
from cards.times import time_words
from tasking.ports import Card
from tasking.views import TaskView

V = TypeVar("V", bound=Any)


@dataclass(frozen=True)
class Drawn(Generic[V]):
    """How one type of view is drawn.

    `lock_screen` is what a notification says while the phone is locked: a reference and a due time, or a
    count, never more.
    """

    view: type[V]
    card: Callable[[V], Card]
    lock_screen: Callable[[V], str]


class Drawings:
    """The cards of a house. Raises ValueError where a type of view has two."""

    def __init__(self, drawn: Iterable[Drawn[Any]]) -> None:
        every = tuple(drawn)
        self._by_view = {each.view: each for each in every}
        if len(self._by_view) < len(every):
            raise ValueError("a view is drawn in two ways")

    def check(self, shown: Iterable[type]) -> None:
        """Raise ValueError where one of these types of view has no card."""
        missing = sorted({view.__name__ for view in shown} - {view.__name__ for view in self._by_view})
        if missing:
            raise ValueError(f"views without a card: {', '.join(missing)}")

    def draw(self, view: object) -> tuple[Card, str]:
        """The card, and the summary that a lock screen may show."""
        drawn = self._by_view[type(view)]
        return drawn.card(view), drawn.lock_screen(view)


def about(ref: str) -> str:
    """The line for something with a reference."""
    return f"RedLine {plain(ref, 30)}".rstrip()


def task_due(view: TaskView) -> str:
    """The line for a task: its reference, and while it is open when it is due."""
    due = f", due {time_words(view.task.due_at, view.now)}" if view.is_open else ""
    return f"RedLine {plain(view.task.ref, 20)}{due}"


def of_task(view: type[V], card: Callable[[TaskView], Card]) -> Drawn[V]:
    """The card of a notice that shows one task, summed up by its reference and due time."""
    return Drawn(view, lambda shown: card(shown.view), lambda shown: task_due(shown.view))


def counted(count: int, what: str) -> str:
    """The line for several tasks: how many, and what of them."""
    return f"RedLine: {count or 'some'} task{'' if count == 1 else 's'} {what}"
