"""The composition root: the commands there are, and what has to be open for each to work."""

import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

# Everything else is imported when a command asks for it: the libraries of the service take seconds.
if TYPE_CHECKING:
    from tasking.opening import Ended, Opened
    from tasking.settings import Settings


def _units(settings: "Settings", *, is_patient: bool = False) -> AbstractAsyncContextManager["Opened"]:
    from bot.reading.force_words import force_words
    from tasking.opening import open_units

    return open_units(settings, force_words, is_patient=is_patient)


@asynccontextmanager
async def _service(settings: "Settings") -> AsyncIterator["Opened"]:
    from bot.shell import open_teams
    from cards.rooms import DRAWN
    from graph.shell import open_graph
    from scheduler.shell import wired
    from tasking.opening import need_tables

    async with _units(settings) as opened:
        await need_tables(opened)
        async with (
            open_graph(settings) as graph,
            open_teams(opened, graph.credential, graph.documents) as (messenger, listening),
        ):
            yield wired(opened, messenger, graph.records, graph.directory, listening, DRAWN)


_PATIENT = partial(_units, is_patient=True)


class Command(NamedTuple):
    """What it is for, the function (module:name) that does it, what has to be open, and its options."""

    help: str
    does: str
    needs: Callable[["Settings"], AbstractAsyncContextManager[Any]] | None
    options: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    more: str = ""


COMMANDS = {
    "serve": Command("Run the service until it is stopped.", "scheduler.shell:serve", _service),
    "migrate": Command("Bring the database to this version's tables.", "tasking.opening:migrate", _PATIENT),
    "sync-records": Command(
        "One pass of the records sync job: hand over what is due, read what the desk decided.",
        "scheduler.shell:sync_records",
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
        "scheduler.shell:accept_directory",
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
        "scheduler.shell:remind",
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


def main(words: list[str]) -> int:
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
    does = resolve_name(command.does)
    code, said = _with_settings(command.needs, partial(does, **given)) if command.needs else does(**given)
    print(said, end="\n" * bool(said))
    return code


def _with_settings(needs: Callable[["Settings"], Any], does: Callable[[Any], Any]) -> "Ended":
    import uvloop

    from tasking.logs import configure_logging
    from tasking.opening import CannotStart
    from tasking.policy import PolicyError
    from tasking.settings import SettingsError, read_settings
    from tasking.unit_of_work import DatabaseTrouble

    async def work() -> "Ended":
        async with needs(settings) as opened:
            return await does(opened)  # type: ignore[no-any-return]

    try:
        settings = read_settings()
        configure_logging(settings.log_level)
        return uvloop.run(work())
    except SettingsError as problem:
        print(*problem.problems, sep="\n", file=sys.stderr)
    except (CannotStart, PolicyError, DatabaseTrouble) as problem:
        print(f"RedLine cannot start: {problem}.", file=sys.stderr)
    return 2, ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
