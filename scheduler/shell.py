"""The timer's door: the service at work. Rooms declare what runs when; nothing here knows a job."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from cards.drawn import Drawings, Drawn
from scheduler.delivery import Delivery
from scheduler.job import Job, Reach
from scheduler.timetable import Entry, Timetable, guarded
from tasking.notices import notices
from tasking.opening import CannotStart, Ended, Listening, Opened
from tasking.ports import Directory, Messenger, RecordsSystem

log = structlog.get_logger()

_COLLECT_SELDOM = (10_000, 20, 50)


@dataclass(frozen=True)
class Service(Reach):
    """Everything wired, not yet listening."""

    delivery: Delivery
    listening: Listening
    jobs: Sequence[Job]

    def timetable(self) -> list[Entry]:
        """The jobs of this service and how often each runs, in seconds."""
        return [Entry(job.name, job.seconds(self.settings), partial(job.run, self)) for job in self.jobs]


def wired(
    opened: Opened,
    messenger: Messenger,
    records: RecordsSystem,
    directory: Directory,
    listening: Listening,
    drawn: Iterable[Drawn[Any]],
    jobs: Sequence[Job],
) -> Service:
    """The service, with a delivery that every commit wakes."""
    settings, units = opened.settings, opened.units
    drawings = Drawings(drawn)
    drawings.check(view for notice in notices().all for view in notice.shows)
    delivery = Delivery(
        units,
        messenger,
        records,
        drawings,
        opens_chats=not settings.is_local,
        second_copy_after=settings.second_copy_seconds,
    )
    units.after_write = delivery.wake
    return Service(settings, units, records, directory, delivery, listening, jobs)


async def serve(service: Service) -> Ended:
    """Serve until SIGINT or SIGTERM; what is under way is finished first. Raises `CannotStart`."""

    def say_so() -> None:
        sys.stdout.write(f"RedLine is ready on port {port}.\n")
        sys.stdout.flush()

    async with service.listening() as port:
        await _work(service, say_so)
    return 0, ""


async def _work(service: Service, started: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    entries = service.timetable()
    timetable = Timetable(entries)
    for job in service.jobs:
        if job.is_first:
            await job.run(service)
    delivering = asyncio.create_task(service.delivery.run())
    catching_up = asyncio.create_task(_catch_up(entries))
    timetable.start()
    # What is loaded by now stays, and what a tap leaves behind needs no more than counting references: nobody
    # should wait while the garbage collector looks through it.
    gc.freeze()
    gc.set_threshold(*_COLLECT_SELDOM)
    started()
    log.info("service.started", mode=service.settings.mode.value)
    try:
        await _until_stopped(stop, delivering)
    finally:
        timetable.stop()
        catching_up.cancel()
        delivering.cancel()
        await asyncio.gather(delivering, catching_up, return_exceptions=True)
        log.info("service.stopped")


async def _until_stopped(stop: asyncio.Event, delivering: "asyncio.Task[None]") -> None:
    """Wait for the signal. A delivery that ends by itself must not go unnoticed: the process ends too."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((stopping, delivering), return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        stopping.cancel()
        raise CannotStart("the delivery of messages has ended unexpectedly: start the service again")


async def _catch_up(entries: list[Entry]) -> None:
    """What fell due while the service was down is done at once."""
    for entry in entries:
        await guarded(entry)()
