"""The one way from a typed message to its handler: settle what it means for this task, then carry it out."""

import re
from datetime import datetime
from typing import Any

from bot.asking import Asking
from bot.reading.force_words import force_words
from bot.reading.model import CryForHelp, Unknown
from bot.reading.settling import cry_for_help, settle
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.find import find_task
from tasking.work.outcome_table import Fits, kind_of_task

_LONGEST_OFFERED = 1000
"""A longer message is typed again: a card has room for no more."""


def carry_out(
    uow: UnitOfWork, asking: Asking, command: Any, typed: str, at: datetime | None = None
) -> Card | None:
    """Do what was understood at this time (default: now), or ask.

    Raises `Refusal` where the task is not the asker's to know; with the message as it may have been meant.
    """
    command = _danger_first(uow, asking, command)
    try:
        settled = settle(command, at or uow.now, _kind_of(uow, asking, command), force_words(uow.policy))
        return _do(uow, asking, settled)
    except Refusal as refusal:
        if cry := _cry_about_a_task(uow, command, typed):
            return _do(uow, asking, cry)
        if refusal.near and not asking.turn.is_in_channel and not asking.doors.command(command).fetch:
            refusal.again = _with_number(typed, getattr(command, "task", None), refusal.near)
        raise


def _danger_first(uow: UnitOfWork, asking: Asking, command: Any) -> Any:
    """Words of danger, also those of a force, beside what a room adds are what the message is about."""
    declared = asking.doors.command(command)
    said = declared.says(command) if declared.words else None
    if not said or not force_words(uow.policy).found(said):
        return command
    return Unknown(None, getattr(command, "task", None), alarm=True, typed=said)


def _do(uow: UnitOfWork, asking: Asking, command: Any) -> Card | None:
    return asking.doors.command(command).do(uow, asking, command)


def _cry_about_a_task(uow: UnitOfWork, command: Any, typed: str) -> CryForHelp | None:
    """Whoever calls for help is heard, also beside a number that is not theirs."""
    return cry_for_help(typed, force_words(uow.policy)) if isinstance(command, Unknown) else None


def _with_number(typed: str, task: str | None, near: str) -> str:
    number = (task or "").removeprefix("T-")
    again, count = re.subn(rf"(?<![0-9])0*{number}(?![0-9])", near.removeprefix("T-"), typed, count=1)
    return again if number and count and len(again) <= _LONGEST_OFFERED else ""


def _kind_of(uow: UnitOfWork, asking: Asking, command: Any) -> Fits | None:
    ref: str | None = getattr(command, "task", None)
    if not ref or not asking.doors.command(command).by_kind:
        return None
    task = find_task(uow, asking.reader, ref).task
    return kind_of_task(task.kind, task.visit_kind)
