"""The one way from a typed message to its handler: settle what it means for this task, then carry it out."""

import re
from datetime import datetime, timedelta

from bot.asking import Asking
from bot.reading import parse_command
from bot.reading.force_words import force_words
from bot.reading.model import AddNote, Command, CryForHelp, Doubted, Outcome, Unknown
from bot.reading.settling import cry_for_help, settle
from bot.typed import HANDLERS
from bot.work.cards_for import own_or_confirmation
from cards.answers import message_card
from cards.payloads import TypedAgain
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work import lists
from tasking.work.find import find_task
from tasking.work.outcome_table import Fits, kind_of_task

_OFFERED_FOR = timedelta(hours=12)
_LONGEST_OFFERED = 1000
"""A longer message is typed again: a card has room for no more."""


def carry_out(
    uow: UnitOfWork, asking: Asking, command: Command, typed: str, at: datetime | None = None
) -> Card | None:
    """Do what was understood at this time (default: now), or ask.

    Raises `Refusal` where the task is not the asker's to know; with the message as it may have been meant.
    """
    try:
        settled = settle(command, at or uow.now, _kind_of(uow, asking, command), force_words(uow.policy))
        return HANDLERS[type(settled)](uow, asking, settled)
    except Refusal as refusal:
        if cry := _cry_about_a_task(uow, command, typed):
            return HANDLERS[CryForHelp](uow, asking, cry)
        if refusal.near and not asking.turn.is_in_channel:
            refusal.again = _with_number(typed, getattr(command, "task", None), refusal.near)
        raise


def _cry_about_a_task(uow: UnitOfWork, command: Command, typed: str) -> CryForHelp | None:
    """Whoever calls for help is heard, also beside a number that is not theirs."""
    return cry_for_help(typed, force_words(uow.policy)) if isinstance(command, Unknown) else None


def typed_again(uow: UnitOfWork, asking: Asking, tap: TypedAgain) -> Card:
    """A message with the number that was meant: read again from the start, as at the time it was typed."""
    command = parse_command(tap.text, [])
    card = carry_out(uow, asking, command, tap.text, _typed_at(uow, tap.at))
    task = getattr(command, "task", None)
    if card is None and task:
        return own_or_confirmation(lists.show_task(uow, asking.reader, task), asking)
    return card or message_card("Done.")


def _typed_at(uow: UnitOfWork, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise Refusal("no-time", "When was it?", "Type it again as a new message.") from problem
    if at.tzinfo is None or not uow.now - _OFFERED_FOR < at <= uow.now:
        raise Refusal("no-time", "That was typed too long ago.", "Type it again as a new message.")
    return at


def _with_number(typed: str, task: str | None, near: str) -> str:
    number = (task or "").removeprefix("T-")
    again, count = re.subn(rf"(?<![0-9])0*{number}(?![0-9])", near.removeprefix("T-"), typed, count=1)
    return again if number and count and len(again) <= _LONGEST_OFFERED else ""


def _kind_of(uow: UnitOfWork, asking: Asking, command: Command) -> Fits | None:
    if not isinstance(command, Outcome | Doubted | AddNote | Unknown) or not command.task:
        return None
    task = find_task(uow, asking.reader, command.task).task
    return kind_of_task(task.kind, task.visit_kind)
