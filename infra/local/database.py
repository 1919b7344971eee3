"""The local database: made and seeded before the service starts, and cards brought back after a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import or_

from infra.local.seed import seed
from storage import messages
from storage.database import open_database
from storage.enums import OutcomeState
from storage.migrate import migrate
from storage.work.queries import bundles_where, is_open, outcome_in_state
from tasking.clock import Clock, MovedClock, SystemClock
from tasking.notices import notices
from tasking.policy import load_policy
from tasking.ports import THREAD_MARK
from tasking.unit_of_work import UnitOfWork, Units
from tasking.work.own_card import update_own_card

POLICY = Path(__file__).with_name("policy.toml")

_WITH_ITS_OFFICER = outcome_in_state(OutcomeState.TO_HAND_OVER, OutcomeState.REJECTED, OutcomeState.RETURNED)


@asynccontextmanager
async def local_units(database_url: str, moved_to: str = "") -> AsyncIterator[Units]:
    """Units of work on a local database; `moved_to` is an ISO 8601 time to set the clock to."""
    clock: Clock = MovedClock(datetime.fromisoformat(moved_to).astimezone(UTC)) if moved_to else SystemClock()
    database = open_database(database_url)
    await database.start()
    try:
        yield Units(database, clock, load_policy(POLICY))
    finally:
        await database.stop()


async def make_database(database_url: str, moved_to: str = "") -> bool:
    """Bring the database to this version's tables and fill it once; returns whether it was empty."""
    async with local_units(database_url, moved_to) as units:
        await migrate(units.database)
        return await units.write(seed)


def after_restart(uow: UnitOfWork) -> int:
    """Mend what a local Teams forgot that was started afresh; returns how many officers' cards come back.

    An update of a card in a chat posts it anew. Threads are gone with all that stood in them.
    """
    _forget_threads(uow)
    needed = [bundle.task for bundle in bundles_where(uow.connection, or_(is_open(), _WITH_ITS_OFFICER))]
    rows = [
        update_own_card(task, task.owner_id, uow.now, f"restart:{uow.now.isoformat()}")
        for task in needed
        if task.owner_id
    ]
    uow.effects(*rows)
    return len(rows)


def _forget_threads(uow: UnitOfWork) -> None:
    in_threads = [
        message.id
        for name in notices().names(lambda notice: notice.posted_in is None)
        for message in messages.standing(uow.connection, name)
        if THREAD_MARK in message.conversation_id
    ]
    messages.mark_gone(uow.connection, in_threads)
