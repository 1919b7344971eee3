"""Typed commands that show something: lists, the board and help."""

from bot.asking import Asking
from bot.reading.model import Board, Help, Tasks, TaskScope
from cards.answers import help_card
from cards.reports import board_card
from cards.work.lists import task_list_card
from tasking import reports as board
from tasking.permissions import Act
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work import lists


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
    return help_card(lists.help_for(asking.reader, asking.doors.help))
