"""What a notification says while the phone is locked: a reference and a due time, never more."""

from cards.escaping import plain
from cards.times import time_words
from storage.enums import CardPurpose
from tasking.views import TaskView


def summary_of(
    purpose: CardPurpose, view: TaskView | None = None, *, reference: str = "", count: int = 0
) -> str:
    """The neutral summary of a card: `view` for cards of a task, `reference` or `count` for others."""
    if purpose is CardPurpose.BOARD:
        return "RedLine board"
    if purpose is CardPurpose.REPLACED:
        return "RedLine: replaced by a newer card"
    if purpose is CardPurpose.REMINDER:
        return f"RedLine: {count or 'some'} task{'' if count == 1 else 's'} due"
    if purpose is CardPurpose.SUPERVISION_NOTICE:
        return f"RedLine: {count or 'some'} task{'' if count == 1 else 's'} to answer for"
    if purpose is CardPurpose.BRAKE_NOTICE:
        return "RedLine: people are missing from the directory"
    if purpose is CardPurpose.CALL_NOTICE:
        return "RedLine: urgent, open it"
    if purpose is CardPurpose.HELD_NOTICE and view is not None:
        return f"RedLine {plain(view.task.ref, 20)}"
    if view is not None:
        return f"RedLine {plain(view.task.ref, 20)}{_due(view)}"
    return f"RedLine {plain(reference, 30)}".rstrip()


def _due(view: TaskView) -> str:
    return f", due {time_words(view.task.due_at, view.now)}" if view.is_open else ""
