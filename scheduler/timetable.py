"""When the jobs run. The truth is in rows; the timetable only asks often enough."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from tasking.ports import DeliveryProblem
from tasking.unit_of_work import DatabaseTrouble

log = structlog.get_logger()
# A pass that outlasts its interval is not news, and these lines would be no JSON.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Entry:
    """A job and how often it runs, in seconds."""

    name: str
    every: float
    job: Callable[[], Awaitable[Any]]


class Timetable:
    """Runs entries at UTC intervals: never twice at once, never dropped for being late."""

    def __init__(self, entries: list[Entry]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for entry in entries:
            self._scheduler.add_job(guarded(entry), "interval", seconds=entry.every, id=entry.name)

    def start(self) -> None:
        """Begin; the first run of each job is one interval from now."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; a job under way is not waited for, its transaction either commits or does not."""
        self._scheduler.shutdown(wait=False)


def guarded(entry: Entry) -> Callable[[], Awaitable[None]]:
    """The entry's job with every failure logged in one line, so that the next run is not lost."""

    async def run() -> None:
        try:
            await entry.job()
        except DeliveryProblem as problem:
            log.warning("job.not_done", job=entry.name, code=problem.code)
        except DatabaseTrouble as trouble:
            log.warning("job.not_done", job=entry.name, code=trouble.code)
        except Exception as problem:
            log.error("job.failed", job=entry.name, problem=type(problem).__name__)

    return run
