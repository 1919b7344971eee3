"""Typed commands that show something: lists, the board, help, and what was not understood."""

from bot.asking import Asking
from bot.commands import Board, Help, Tasks, TaskScope, Unknown
from cards.answers import help_card, message_card
from cards.board import board_card
from cards.lists import task_list_card
from cards.words import RADIO_FIRST
from tasking import board, lists
from tasking.permissions import Act
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork


def tasks(uow: UnitOfWork, asking: Asking, command: Tasks) -> Card:
    """`tasks`, of whom or what was asked."""
    reader = asking.reader
    if command.typed_name:
        raise Refusal("please-mention", "A typed name is not enough.", "Please @mention the officer.")
    if command.person:
        return task_list_card(lists.tasks_of_officer(uow, reader, asking.entra_id_of(command.person)))
    if command.subject:
        return task_list_card(lists.tasks_of_subject(uow, reader, command.subject))
    overdue = command.scope == TaskScope.OVERDUE
    return task_list_card(lists.overdue_tasks(uow, reader) if overdue else lists.own_tasks(uow, reader))


def show_board(uow: UnitOfWork, asking: Asking, _command: Board) -> Card:
    """`board`: of the channel's district, or of the asker's own."""
    roles = asking.reader.actor.roles
    readable = asking.reader.districts_where(Act.SEE_BOARD) or sorted(roles)
    return board_card(board.show_board(uow, asking.reader, asking.turn.channel_district or readable[0]))


def show_help(_uow: UnitOfWork, asking: Asking, _command: Help) -> Card:
    """`help`: only what the asker may do."""
    return help_card(lists.help_for(asking.reader))


def not_understood(_uow: UnitOfWork, _asking: Asking, command: Unknown) -> Card:
    """What to type instead; what was typed is never guessed at."""
    if command.alarm:
        return _radio_first(command)
    task = f"{command.task.removeprefix('T-')} " if command.task else ""
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
    number = (command.task or "T-1042").removeprefix("T-")
    hint = f"For a breach type: {number} breach. For a result, say it without those words."
    return message_card(f"{RADIO_FIRST} Nothing was recorded.", hint)
