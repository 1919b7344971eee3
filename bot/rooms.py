"""What every room brings to the Teams door, in the order of the rooms."""

from typing import Any

from bot import watch
from bot.declared import Button, Command
from bot.work import buttons as work_buttons
from bot.work import commands as work_commands

COMMANDS: tuple[Command[Any], ...] = (*work_commands.COMMANDS, *work_commands.SAID_INSTEAD, *watch.COMMANDS)
BUTTONS: tuple[Button[Any], ...] = (*work_buttons.BUTTONS, *watch.BUTTONS)
