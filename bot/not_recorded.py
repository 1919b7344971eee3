"""Typed messages of which nothing is recorded: each is answered with what to type instead."""

from bot.asking import Asking
from bot.reading.model import Doubted, Several, TooLong, Unknown
from cards.answers import message_card
from cards.words import RADIO_FIRST
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.held import what_came_of

_MOST_PARTS = 10
_EDITED = "RedLine does not read a message again when you change it."


def not_understood(_uow: UnitOfWork, _asking: Asking, command: Unknown) -> Card:
    """What to type instead; what was typed is never guessed at."""
    if command.alarm:
        return _radio_first(command)
    task = f"{_number(command.task)} " if command.task else ""
    if command.text_guess:
        return message_card(
            "RedLine did not understand that.",
            f"Did you mean: {task}{command.text_guess}? Type help for examples.",
        )
    return message_card(
        "RedLine did not understand that.", "Type help to see what you can do, with examples."
    )


def _radio_first(command: Unknown) -> Card:
    """Words that sound like trouble are never answered as if somebody had been told."""
    hint = f"For a breach type: {_number(command.task)} breach. For a result, say it without those words."
    return message_card(f"{RADIO_FIRST} Nothing was recorded.", hint)


def doubted(_uow: UnitOfWork, _asking: Asking, command: Doubted) -> Card:
    """A result that its own words deny, or whose time stands apart from it."""
    instead = f" Type {_number(command.task)} {command.instead}." if command.instead else ""
    raise Refusal(
        "doubted",
        "RedLine is not sure what happened. Nothing was recorded.",
        f"{command.question}{instead} If not, type it again in other words.",
    )


def several(_uow: UnitOfWork, _asking: Asking, command: Several) -> Card:
    """Not even the first is carried out: nobody may think that the others were."""
    parts = command.parts[:_MOST_PARTS] if len(command.parts) > 1 else ()
    one_by_one = " Then: ".join(f"{part}." for part in parts)
    raise Refusal(
        "several-commands",
        "That message asks for more than one thing. Nothing was recorded.",
        " ".join(filter(None, ("Type one message for each task.", one_by_one, "Write a time like 21:15."))),
    )


def too_long(_uow: UnitOfWork, _asking: Asking, _command: TooLong) -> Card:
    """Such a message is not even read."""
    raise Refusal(
        "message-too-long",
        "That message is too long for RedLine. Nothing was recorded.",
        "Keep it under 4,000 characters, with one message for each task.",
    )


def edited(uow: UnitOfWork, asking: Asking, first_key: str, sounds_dangerous: bool) -> Card:
    """A message that was changed is not read again; what it said first is looked up, or not said."""
    came_of = what_came_of(uow, asking.reader, first_key)
    hint = f"{came_of} Type it again as a new message.".strip()
    if sounds_dangerous:
        raise Refusal("edited", _EDITED, hint)
    return message_card(_EDITED, hint)


def _number(task: str | None) -> str:
    return (task or "T-1042").removeprefix("T-")
