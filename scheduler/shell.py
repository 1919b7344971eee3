"""The timer's door: the service at work, and the commands that run one pass of it."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog

from cards.drawn import Drawings, Drawn
from scheduler import jobs
from scheduler.delivery import Delivery
from scheduler.timetable import Entry, Timetable, guarded
from tasking.opening import CannotStart, Ended, Listening, Opened
from tasking.ports import DeliveryProblem, Directory, Messenger, RecordsSystem
from tasking.records import send_given_up_again
from tasking.unit_of_work import UnitOfWork
from tasking.views import BrakeView
from tasking.watch.brake import accept_shown
from tasking.watch.brake_view import brake_views

log = structlog.get_logger()

_COLLECT_SELDOM = (10_000, 20, 50)
_BAR = 36


@dataclass(frozen=True)
class Service(Opened):
    """Everything wired, not yet listening."""

    delivery: Delivery
    records: RecordsSystem
    directory: Directory
    listening: Listening

    def timetable(self) -> list[Entry]:
        """The jobs of this service and how often each runs, in seconds."""
        units, poll = self.units, self.settings.records_poll_seconds
        return [
            Entry("beat", 15, lambda: jobs.beat(units, "serve")),
            Entry("probe", 2, lambda: jobs.probe(units)),
            Entry("remind", 60, lambda: jobs.remind(units)),
            Entry("danger", 5, lambda: jobs.tell_of_danger(units)),
            Entry("watch-orders", 60, lambda: jobs.watch_orders(units)),
            Entry("boards", 300, lambda: jobs.refresh_boards(units)),
            Entry("directory", 300, lambda: jobs.refresh_directory(units, self.directory)),
            Entry("missing-people", 60, lambda: jobs.tell_of_missing_people(units)),
            Entry("answers", poll, lambda: jobs.read_answers(units, self.records)),
            Entry("parked", 3600, lambda: jobs.release_parked(units)),
            Entry("forget", 600, lambda: jobs.forget(units)),
        ]


def wired(
    opened: Opened,
    messenger: Messenger,
    records: RecordsSystem,
    directory: Directory,
    drawn: Iterable[Drawn[Any]],
    listening: Listening,
) -> Service:
    """The service, with a delivery that every commit wakes."""
    settings, units = opened.settings, opened.units
    drawings = Drawings(drawn)
    drawings.check(view for notice in units.house.notices.all for view in notice.shows)
    delivery = Delivery(
        units,
        messenger,
        records,
        drawings,
        opens_chats=not settings.is_local,
        second_copy_after=settings.second_copy_seconds,
    )
    units.after_write = delivery.wake
    return Service(settings, units, delivery, records, directory, listening)


async def serve(service: Service) -> Ended:
    """Serve until SIGINT or SIGTERM; what is under way is finished first. Raises `CannotStart`."""
    async with service.listening() as port:
        await _work(service, lambda: _say(f"RedLine is ready on port {port}.\n"))
    return 0, ""


async def _work(service: Service, started: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    entries = service.timetable()
    timetable = Timetable(entries)
    await jobs.beat(service.units, "serve")
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


async def sync_records(service: Service, given_up: bool) -> Ended:
    """Hand over what is due, read what the desk decided; 1 where something waits."""
    # Counted first: a running service takes what is released in the same moment.
    before = await service.delivery.records_waiting()
    if given_up:
        await service.units.write(send_given_up_again)
    await service.delivery.drain_records(_progress("Handing over", max(before, 1)))
    _say("\n")
    left = await service.delivery.records_waiting()
    try:
        changed = await jobs.read_answers(service.units, service.records)
    except DeliveryProblem as problem:
        sys.stderr.write(f"The desk's answers could not be read ({problem.code}).\n")
        return 1, ""
    return int(bool(left)), f"Handed over {before - left} of {before}; the desk changed {changed}."


def _progress(label: str, length: int) -> Callable[[], None]:
    """A bar that fills by one at each call; where nobody watches, its label alone."""
    steps = iter(range(1, length))
    _say(label)

    def draw() -> None:
        done = next(steps, length)
        _say(f"\r{label}  [{'#' * (_BAR * done // length):-<{_BAR}}]  {100 * done // length:>3}%")

    return draw if sys.stdout.isatty() else lambda: None


async def accept_directory(opened: Opened, shown: list[str], district: str) -> Ended:
    """Confirm that whoever is missing has left, where their code was given; says where others are missing."""
    confirmed, waiting = await opened.units.write(lambda uow: _accept_directory(uow, shown, district))
    lines = [f"Confirmed: {', '.join(confirmed)}."] if confirmed else []
    lines += [
        f"{view.district_id}: {view.missing} of {view.accepted} people are missing from the directory. "
        f"They have left? accept-directory --shown {view.state}"
        for view in waiting
    ]
    return int(not confirmed), "\n".join(lines) or "No district waits for that."


def _accept_directory(uow: UnitOfWork, shown: list[str], district: str) -> tuple[list[str], list[BrakeView]]:
    """The districts confirmed, and those that still wait; a code confirms only what it was printed for."""
    waiting = [each for each in brake_views(uow) if district in ("", each.district_id)]
    confirmed = [
        each.district_id
        for each in waiting
        if each.state in shown and accept_shown(uow, "command-line", each.district_id, each.state)
    ]
    return confirmed, [each for each in waiting if each.district_id not in confirmed]


async def remind(opened: Opened) -> Ended:
    """One pass of the reminders."""
    return 0, f"{await jobs.remind(opened.units)} tasks reminded of."


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
