"""The health of the service, and forgetting what is no longer owed."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from storage import journal, outbox
from storage.database import database_now
from storage.people import roll
from tasking.people.arrivals import districts_without_board
from tasking.people.directory import DIRECTORY, all_groups_gone, groups_gone
from tasking.unit_of_work import UnitOfWork

_FORGET_SEEN_AFTER = timedelta(days=7)
HEARTBEAT = "scheduler"


@dataclass(frozen=True)
class Health:
    """What readiness is judged by. Ages are in seconds."""

    outbox_age: float
    parked: int
    unreachable: int
    heartbeat_age: float | None
    directory_age: float | None
    """Since the directory was last read; None where it never was."""
    without_board: int = 0
    """Districts in whose board's channel nothing can be posted."""
    brakes: int = 0
    """Districts of whose people too many are missing from the directory."""
    groups_gone: int = 0
    """Groups of policy that the directory does not have."""
    all_groups_gone: bool = False
    """It had none of them when it was read last: nothing was changed, and access is as it was before."""


def health_of(uow: UnitOfWork) -> Health:
    """The age of the oldest effect that should have gone out, and of the scheduler's last sign of life."""
    uow.connection.execute(text("SELECT 1"))
    oldest = outbox.oldest_waiting(uow.connection, uow.now)
    return Health(
        outbox_age=(uow.now - oldest).total_seconds() if oldest else 0.0,
        parked=outbox.parked_count(uow.connection),
        unreachable=outbox.unreachable_count(uow.connection),
        heartbeat_age=_age_of(uow, HEARTBEAT),
        directory_age=_age_of(uow, DIRECTORY),
        without_board=len(districts_without_board(uow)),
        brakes=len(roll.brakes(uow.connection)),
        groups_gone=len(groups_gone(uow)),
        all_groups_gone=all_groups_gone(uow),
    )


def _age_of(uow: UnitOfWork, name: str) -> float | None:
    """Seconds since a bookmark was set, by database time, whatever the clock says."""
    found = journal.bookmark(uow.connection, name)
    return (database_now(uow.connection) - found[1]).total_seconds() if found else None


def beat(uow: UnitOfWork, process: str) -> None:
    """The scheduler's sign of life, by database time."""
    journal.set_bookmark(uow.connection, HEARTBEAT, process, database_now(uow.connection))


def forget(uow: UnitOfWork) -> None:
    """Drop answers that nobody can ask for again."""
    journal.forget_answers(uow.connection, uow.now - journal.ANSWER_OWED_FOR, uow.now - _FORGET_SEEN_AFTER)
