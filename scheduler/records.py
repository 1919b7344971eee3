"""The records desk: its answers are read in a job, and a command runs one pass both ways."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduler.job import Job
from tasking import records
from tasking.opening import Ended
from tasking.ports import DeliveryProblem, RecordsSystem
from tasking.unit_of_work import Units

if TYPE_CHECKING:
    from scheduler.shell import Service

_BAR = 36


async def read_answers(units: Units, system: RecordsSystem) -> int:
    """Read what the records desk decided; returns how many outcomes changed. Raises a `DeliveryProblem`."""
    bookmark = await units.read(records.bookmark_of_answers)
    answers = await system.answers(bookmark)
    if not answers.rows and answers.bookmark == bookmark:
        return 0
    return await units.write(lambda uow: records.take_answers(uow, answers))


JOBS = (
    Job(
        "answers",
        lambda settings: settings.records_poll_seconds,
        lambda at: read_answers(at.units, at.records),
    ),
)


async def sync_records(service: "Service", given_up: bool) -> Ended:
    """Hand over what is due, read what the desk decided; 1 where something waits."""
    # Counted first: a running service takes what is released in the same moment.
    before = await service.delivery.records_waiting()
    if given_up:
        await service.units.write(records.send_given_up_again)
    await service.delivery.drain_records(_progress("Handing over", max(before, 1)))
    _say("\n")
    left = await service.delivery.records_waiting()
    try:
        changed = await read_answers(service.units, service.records)
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


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
