"""The composition root: the commands there are, and what has to be open for each to work."""

import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

# Everything else is imported when a command asks for it: the libraries of the service take seconds.
if TYPE_CHECKING:
    from tasking.opening import Opened
    from tasking.settings import Settings


class House(NamedTuple):
    """What the rooms of the upper floors bring; what those of the rules bring is read by name."""

    drawn: Sequence[Any]
    buttons: Sequence[Any]
    commands: Sequence[Any]
    jobs: Sequence[Any]


def all_rooms() -> House:
    """The house of the product: nothing is in it by being imported, each floor lists its rooms."""
    from bot.rooms import BUTTONS
    from bot.rooms import COMMANDS as TYPED
    from cards.rooms import DRAWN
    from scheduler.rooms import JOBS

    return House(DRAWN, BUTTONS, TYPED, JOBS)


Joined = Callable[[], House]
Opening = AbstractAsyncContextManager[Any]


def _units(_: Joined, settings: "Settings", *, is_patient: bool = False) -> Opening:
    from bot.reading.force_words import force_words
    from tasking.opening import open_units

    return open_units(settings, force_words, is_patient=is_patient)


@asynccontextmanager
async def _service(joined: Joined, settings: "Settings") -> AsyncIterator["Opened"]:
    from bot.shell import open_teams
    from graph.shell import open_graph
    from scheduler.shell import wired
    from tasking.opening import need_tables

    house = joined()
    async with _units(joined, settings) as opened:
        await need_tables(opened)
        async with open_graph(settings) as graph:
            outside = graph.credential, graph.documents
            async with open_teams(opened, *outside, house.commands, house.buttons) as (messenger, listening):
                parts = messenger, graph.records, graph.directory, listening
                yield wired(opened, *parts, house.drawn, house.jobs)


_PATIENT = partial(_units, is_patient=True)


class Command(NamedTuple):
    """What it is for, the function (module:name) that does it, what has to be open, and its options."""

    help: str
    does: str
    needs: Callable[[Joined, "Settings"], Opening] | None
    options: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    more: str = ""


COMMANDS = {
    "serve": Command("Run the service until it is stopped.", "scheduler.shell:serve", _service),
    "migrate": Command("Bring the database to this version's tables.", "tasking.opening:migrate", _PATIENT),
    "sync-records": Command(
        "One pass of the records sync job: hand over what is due, read what the desk decided.",
        "scheduler.records:sync_records",
        _service,
        lambda: {
            "--given-up": {
                "action": BooleanOptionalAction,
                "default": False,
                "help": "Also what was given up: the list is mended and nobody keys these by hand.",
            }
        },
        "Exit code 0: all done; 1: something could not be handed over or read now, and waits.",
    ),
    "accept-directory": Command(
        "Print how many people are missing from the directory, and say with --shown that they have left.",
        "scheduler.watch:accept_directory",
        _units,
        lambda: {
            "--shown": {
                "action": "append",
                "default": [],
                "help": "The code printed beside a district: exactly who is missing there has left.",
            },
            "--district": {"default": "", "help": "Only this one: its id in the policy."},
        },
        "Exit code 0: confirmed; 1: nothing was confirmed.",
    ),
    "remind": Command(
        "One pass of the reminders: queue a card for each officer with overdue work.",
        "scheduler.watch:remind_once",
        _units,
    ),
    "check-config": Command(
        "Check settings, policy, database, records list and directory without starting anything.",
        "graph.shell:check_config",
        _units,
    ),
    "understand": Command(
        "Print as JSON what RedLine would make of a message, without doing it.",
        "bot.reading.understand:answer",
        None,
        lambda: resolve_name("bot.reading.understand:OPTIONS"),
    ),
}


def main(words: list[str], joined: Joined = all_rooms) -> int:
    """Do one command as typed; returns the exit code. What cannot be is a line on standard error and 2."""
    parser = ArgumentParser(
        prog="app.py", description="RedLine: tasking in Teams for domestic abuse perpetrator management."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, dest="command")
    for name, command in COMMANDS.items():
        typed = commands.add_parser(name, help=command.help, description=command.help, epilog=command.more)
        for option, how in command.options().items() if [name] == words[:1] else ():
            typed.add_argument(option, **how)
    if not words:
        parser.print_help()
        return 2
    given = vars(parser.parse_args(words))
    command = COMMANDS[given.pop("command")]
    does = partial(resolve_name(command.does), **given)
    needs = partial(command.needs, joined) if command.needs else None
    code, said = resolve_name("tasking.opening:run")(needs, does) if needs else does()
    print(said, end="\n" * bool(said))
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
