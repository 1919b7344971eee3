"""The typed commands: which handler each has."""

from collections.abc import Callable
from typing import Any

from bot import watch
from bot.asking import Asking
from bot.reading import model as c
from bot.work import (
    assign_commands,
    danger,
    list_commands,
    not_recorded,
    task_commands,
)
from tasking.ports import Card
from tasking.unit_of_work import UnitOfWork

Handler = Callable[[UnitOfWork, Asking, Any], Card | None]

HANDLERS: dict[type[Any], Handler] = {
    c.AssignForm: assign_commands.open_form,
    c.Assign: assign_commands.assign_typed,
    c.Outcome: task_commands.outcome,
    c.Undo: task_commands.undo,
    c.Correct: task_commands.correct,
    c.Accept: task_commands.accept,
    c.AddNote: task_commands.add_note,
    c.CannotDo: task_commands.cannot_do,
    c.MoreTime: task_commands.more_time,
    c.AthenaReference: task_commands.athena_reference,
    c.Brief: task_commands.brief,
    c.ShowTask: task_commands.show_task,
    c.Reassign: task_commands.reassign,
    c.Extend: task_commands.extend,
    c.Cancel: task_commands.cancel,
    c.Tasks: list_commands.tasks,
    c.Board: list_commands.show_board,
    c.Help: list_commands.show_help,
    c.ConfirmDirectory: watch.confirm_typed,
    c.Unknown: not_recorded.not_understood,
    c.Endangered: danger.endangered,
    c.CryForHelp: danger.cry_for_help,
    c.Doubted: not_recorded.doubted,
    c.Several: not_recorded.several,
    c.TooLong: not_recorded.too_long,
}
"""`CopyOfOrder` is answered by `bot.order_copies`: its link has to be fetched first."""
