"""What a command opens before it works: the database with policy and clock, and its tables."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import uvloop

from storage.database import open_database
from storage.migrate import is_current
from storage.migrate import migrate as migrate_database
from storage.trouble import told_apart
from tasking.clock import Clock, MovedClock, SystemClock
from tasking.logs import configure_logging
from tasking.policy import Policy, PolicyError, load_policy
from tasking.settings import Settings, SettingsError, read_settings
from tasking.unit_of_work import DatabaseTrouble, Units

Ended = tuple[int, str]
"""How a command of the command line ended: its exit code, and what it says at last."""
Listening = Callable[[], AbstractAsyncContextManager[int]]
"""Opens the port that people come to, while they may."""


class CannotStart(Exception):
    """One clear line about why the service does not start."""


@dataclass(frozen=True)
class Opened:
    """The settings, and what was opened by them."""

    settings: Settings
    units: Units


@asynccontextmanager
async def open_units(
    settings: Settings, check: Callable[[Policy], object], *, is_patient: bool = False
) -> AsyncIterator[Opened]:
    """The database, opened; `check` may refuse the policy. Raises `PolicyError` or `DatabaseTrouble`.

    `is_patient` lets statements take as long as they need.
    """
    policy = load_policy(settings.policy_file)
    check(policy)
    database = open_database(settings.database_url, settings.database_pooler, is_patient=is_patient)
    try:
        with told_apart():
            await database.start()
        yield Opened(settings, Units(database, _clock(settings), policy))
    finally:
        await database.stop()


def _clock(settings: Settings) -> Clock:
    if settings.is_local and settings.local_clock:
        return MovedClock(datetime.fromisoformat(settings.local_clock).astimezone(UTC))
    return SystemClock()


async def has_tables(opened: Opened) -> bool:
    """Whether the database has this version's tables."""
    with told_apart():
        return await is_current(opened.units.database)


async def need_tables(opened: Opened) -> None:
    """Make the tables of a local run; elsewhere raise `CannotStart` without them."""
    if await has_tables(opened):
        return
    if not opened.settings.is_local:
        raise CannotStart(
            "the database does not have this version's tables: run `python app.py migrate` first"
        )
    await migrate(opened)


async def migrate(opened: Opened) -> Ended:
    """Bring the database to this version's tables."""
    with told_apart():
        await migrate_database(opened.units.database)
    return 0, "The database has this version's tables."


def run(needs: Callable[[Settings], Any], does: Callable[[Any], Awaitable[Ended]]) -> Ended:
    """Do one command with what it needs open. What cannot be is a line on standard error and 2."""

    async def work() -> Ended:
        async with needs(settings) as opened:
            return await does(opened)

    try:
        settings = read_settings()
        configure_logging(settings.log_level)
        return uvloop.run(work())
    except SettingsError as problem:
        sys.stderr.write("".join(f"{line}\n" for line in problem.problems))
    except (CannotStart, PolicyError, DatabaseTrouble) as problem:
        sys.stderr.write(f"RedLine cannot start: {problem}.\n")
    return 2, ""
