"""The card that answers somebody about a task: their own card in a chat, the short one in a channel."""

from bot.asking import Asking
from cards.answers import message_card
from cards.work.confirmation import confirmation_card
from cards.work.officer import officer_card, taken_back_card
from storage.tables import TaskBundle
from tasking.permissions import Act
from tasking.ports import Card
from tasking.unit_of_work import UnitOfWork
from tasking.views import TaskView
from tasking.work.showing import channel_view, officer_view

NO_MORE_IS_SHOWN = "RedLine shows you no more until your access is confirmed. If it cannot wait: radio."


def task_card(uow: UnitOfWork, asking: Asking, bundle: TaskBundle, line: str = "") -> Card:
    """The task as the asker may see it, where they asked."""
    if asking.turn.is_in_channel:
        return confirmation_card(channel_view(uow, bundle), line)
    view = officer_view(uow, bundle, asking.reader)
    return own_or_confirmation(view, asking, line)


def own_or_confirmation(view: TaskView, asking: Asking, line: str = "") -> Card:
    """The officer's card for its officer; for others the short card with what a supervisor can do.

    Who may only record is shown nothing of the task.
    """
    if asking.reader.actor.only_records:
        return message_card(f"{view.task.ref}: {line or _of_theirs(view, asking)}", NO_MORE_IS_SHOWN)
    if asking.turn.is_in_channel:
        return confirmation_card(view, line)
    if view.task.owner_id == asking.reader.actor.entra_id or _can_correct(view):
        return officer_card(view, line)
    return confirmation_card(view, line)


def _of_theirs(view: TaskView, asking: Asking) -> str:
    """What stands of who may only record: a tap that comes again may have been refused the first time."""
    outcome = view.outcome
    is_theirs = outcome is not None and outcome.officer_id == asking.reader.actor.entra_id
    return "a result of yours stands." if is_theirs else "NOT recorded. Record it again."


def _can_correct(view: TaskView) -> bool:
    """A supervisor sees what was recorded, and can correct it or take their own correction back."""
    return (view.can_correct and Act.CORRECT_OUTCOME in view.may) or (
        view.can_undo and Act.UNDO_OUTCOME in view.may
    )


def given_back_card(uow: UnitOfWork, bundle: TaskBundle) -> Card:
    """What stays with an officer who gave a task back."""
    return taken_back_card(channel_view(uow, bundle))
