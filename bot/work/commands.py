"""The typed commands of the work, and what reading answers by itself."""

from typing import Any

from bot import not_recorded
from bot.declared import Command, always
from bot.reading import model as c
from bot.work import assign_commands, danger, list_commands, order_copies, task_commands
from tasking.permissions import Act
from tasking.views import HelpEntry, Often
from tasking.work.outcome_table import breaches

_GIVE, _RESULTS, _LISTS = "Give work", "Results", "Lists"
_BEFORE, _CANNOT = "Before you go", "If you can't"
_OFFICERS, _SUPERVISORS = Often.OFFICERS, Often.SUPERVISORS


def _reason(command: c.Reassign | c.Extend | c.Cancel | c.CannotDo | c.MoreTime) -> str | None:
    return command.reason


_ASSIGN = "/assign @officer visit DVPO-3 by tomorrow 18:00"
_REASSIGN = "/reassign T-1042 @officer because on leave"
_EXTEND = "/extend T-1042 to fri 18:00 because court ran late"
_MORE_TIME = "1042 more time tomorrow 18:00 at court"
_TASKS_OF = "/tasks @officer or /tasks S-07"

COMMANDS: tuple[Command[Any], ...] = (
    Command(
        c.Assign,
        do=assign_commands.assign_typed,
        act=Act.ASSIGN,
        help=(HelpEntry("Give work to somebody", _ASSIGN, _GIVE, _SUPERVISORS),),
    ),
    Command(
        c.AssignForm,
        do=assign_commands.open_form,
        act=Act.ASSIGN,
        help=(HelpEntry("Open the form instead", "/assign", _GIVE, _SUPERVISORS),),
    ),
    Command(
        c.Reassign,
        do=task_commands.reassign,
        says=_reason,
        act=Act.REASSIGN,
        help=(HelpEntry("Give it to somebody else", _REASSIGN, _GIVE, _SUPERVISORS),),
    ),
    Command(
        c.Extend,
        do=task_commands.extend,
        says=_reason,
        act=Act.EXTEND,
        help=(HelpEntry("Give it more time", _EXTEND, _GIVE),),
    ),
    Command(
        c.Cancel,
        do=task_commands.cancel,
        says=_reason,
        act=Act.CANCEL,
        help=(HelpEntry("Cancel it", "/cancel T-1042 because order discharged", _GIVE),),
    ),
    Command(
        c.Outcome,
        do=task_commands.outcome,
        reports=True,
        by_kind=True,
        says=lambda command: command.beside,
        is_breach=lambda command: command.code in breaches(),
        act=Act.RECORD_OUTCOME,
        help=(
            HelpEntry("Say what came of it", "1042 no answer 2115", _RESULTS, _OFFICERS),
            HelpEntry("Seen, with a note", "1042 seen 2115 at the door, alone", _RESULTS, _OFFICERS),
            HelpEntry("Report a breach (radio first)", "1042 breach", _RESULTS, _OFFICERS),
        ),
    ),
    Command(
        c.Undo,
        do=task_commands.undo,
        act=Act.UNDO_OUTCOME,
        help=(HelpEntry("Take it back within ten minutes", "1042 undo", _RESULTS),),
    ),
    Command(
        c.Correct,
        do=task_commands.correct,
        act=Act.CORRECT_OUTCOME,
        help=(HelpEntry("Correct a result later", "1042 correct", _RESULTS),),
    ),
    Command(
        c.AthenaReference,
        do=task_commands.athena_reference,
        act=Act.KEY_REFERENCE,
        help=(HelpEntry("Give the Athena reference", "1042 ref 36/21858/19", _RESULTS),),
    ),
    Command(c.Accept, do=task_commands.accept),
    Command(
        c.Brief,
        do=task_commands.brief,
        folds=True,
        act=Act.SEE_BRIEFING,
        help=(HelpEntry("Read the briefing", "1042 brief", _BEFORE, _OFFICERS),),
    ),
    Command(
        c.CopyOfOrder,
        do=order_copies.give_copy,
        fetch=order_copies.link_of_copy,
        folds=True,
        act=Act.SEE_ORDER_COPY,
        help=(HelpEntry("Open the copy of the order", "1042 copy", _BEFORE),),
    ),
    Command(
        c.CannotDo,
        do=task_commands.cannot_do,
        says=_reason,
        act=Act.CANT_DO,
        help=(HelpEntry("Give it back", "1042 can't do at court until six", _CANNOT),),
    ),
    Command(
        c.MoreTime,
        do=task_commands.more_time,
        says=_reason,
        act=Act.ASK_MORE_TIME,
        help=(HelpEntry("Ask for more time", _MORE_TIME, _CANNOT),),
    ),
    Command(
        c.AddNote,
        do=task_commands.add_note,
        by_kind=True,
        says=lambda command: command.note,
        act=Act.ADD_NOTE,
        help=(HelpEntry("Add a note", "1042 note van outside, no lights", _CANNOT),),
    ),
    Command(
        c.Tasks,
        do=list_commands.tasks,
        act=Act.SEE_TASK,
        help=(
            HelpEntry("Your own tasks", "/tasks", _LISTS, _OFFICERS),
            HelpEntry("One task", "/task T-1042", _LISTS),
            HelpEntry("What is overdue", "/tasks overdue", _LISTS, _SUPERVISORS),
            HelpEntry("Somebody’s tasks, or about a subject", _TASKS_OF, _LISTS, act=Act.ASSIGN),
        ),
    ),
    Command(c.ShowTask, do=task_commands.show_task),
    Command(
        c.Board,
        do=list_commands.show_board,
        act=Act.SEE_BOARD,
        help=(HelpEntry("The board", "/board", _LISTS, _SUPERVISORS),),
    ),
    Command(c.Help, do=list_commands.show_help),
)

SAID_INSTEAD: tuple[Command[Any], ...] = (
    Command(
        c.Unknown,
        do=not_recorded.not_understood,
        reports=True,
        by_kind=True,
        says=lambda command: command.typed,
    ),
    Command(
        c.Doubted, do=not_recorded.doubted, reports=True, by_kind=True, says=lambda command: command.beside
    ),
    Command(c.Endangered, do=danger.endangered, reports=True, is_alarm=always),
    Command(c.CryForHelp, do=danger.cry_for_help, reports=True, is_alarm=always),
    Command(c.Several, do=not_recorded.several, reports=True, is_alarm=lambda command: command.alarm),
    Command(c.TooLong, do=not_recorded.too_long, reports=True, is_alarm=lambda command: command.alarm),
)
"""What a message may be read as besides a command: doubt, danger, or nothing that is known."""
