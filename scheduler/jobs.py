"""The plain jobs that the timetable runs; the command line runs some of them too."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import structlog

from tasking import outbox_steps, records
from tasking.orders import closing
from tasking.people import arrivals, directory
from tasking.ports import Directory, RecordsSystem
from tasking.unit_of_work import UnitOfWork, Units, code_of
from tasking.watch import brake, not_served, reminders, upkeep
from tasking.watch.directory_reading import take_snapshot
from tasking.work import calls, held, leavers

T = TypeVar("T")

log = structlog.get_logger()


async def remind(units: Units) -> int:
    """One pass of the reminders; returns how many tasks were reminded of."""
    return await units.write(reminders.remind)


async def tell_of_danger(units: Units) -> int:
    """Tell supervisors of held messages and calls for help that are due; returns how many."""
    return await units.write(lambda uow: held.tell_of_held(uow) + calls.tell_of_calls(uow))


async def watch_orders(units: Units) -> int:
    """Post about orders that are not served, close those that have ended; returns how many are not served."""
    unserved = await units.write(not_served.watch_orders)
    while await units.write_quietly(closing.close_ended) >= closing.AT_ONCE:
        continue
    return unserved


async def refresh_boards(units: Units) -> None:
    """Redraw every board, and find channels that policy lists and no installation has named."""
    await units.write(arrivals.meet_listed_channels)
    await units.write(reminders.refresh_boards)


async def refresh_directory(units: Units, people: Directory) -> int:
    """Read the directory, store it, then settle the work of who left; returns how many people there are.

    Access follows the directory at once, whatever becomes of the tasks. Raises a `DeliveryProblem`.
    """
    snapshot = await people.snapshot(directory.group_ids(units.policy))
    count = await units.write(lambda uow: take_snapshot(uow, snapshot))
    if count:
        await _settle_work_of_leavers(units)
    return count


async def tell_of_missing_people(units: Units) -> int:
    """Say again where too many people are missing from the directory; returns of how many districts."""
    return await units.write(brake.tell)


async def _settle_work_of_leavers(units: Units) -> None:
    """First who answers for it, so that what officers leave behind goes to somebody who is there."""
    missing = await units.read(leavers.missing_people)
    gone = await units.write_quietly(lambda uow: leavers.gone_for_good(uow, missing))
    left = await units.read(lambda uow: leavers.left_behind(uow, gone))
    for successor, tasks in left.by_supervisors.items():
        work = partial(leavers.hand_on, successor_id=successor, task_ids=tasks)
        for problem in await _settled(units, "hand-on", work) or []:
            log.error("directory.not_settled", step="hand-on", problem=problem)
    for task_id in left.by_officers:
        await _settled(units, "take-back", partial(leavers.take_back, task_id=task_id))
    if left.with_nobody:
        log.warning("directory.nobody_answers", tasks=left.with_nobody)


async def _settled(units: Units, step: str, work: Callable[[UnitOfWork], T]) -> T | None:
    """One step in a transaction of its own: where it fails the others go on; the next pass tries it again."""
    try:
        return await units.write(work)
    except Exception as problem:
        log.error("directory.not_settled", step=step, problem=code_of(problem))
        return None


async def read_answers(units: Units, system: RecordsSystem) -> int:
    """Read what the records desk decided; returns how many outcomes changed. Raises a `DeliveryProblem`."""
    bookmark = await units.read(records.bookmark_of_answers)
    answers = await system.answers(bookmark)
    if not answers.rows and answers.bookmark == bookmark:
        return 0
    return await units.write(lambda uow: records.take_answers(uow, answers))


async def release_parked(units: Units) -> int:
    """Try again what was refused for good: somebody may have mended the reason since."""
    return await units.write(outbox_steps.release_parked)


async def beat(units: Units, process: str) -> None:
    """Give a sign of life."""
    await units.write_quietly(lambda uow: upkeep.beat(uow, process))


async def forget(units: Units) -> None:
    """Drop answers that nobody can ask for again."""
    await units.write_quietly(upkeep.forget)


async def probe(units: Units) -> None:
    """Where a write has failed, find out whether one works again, also where nobody asks for anything."""
    await units.probe()
