"""The jobs about tasks: who must hear of danger, and whose work somebody else must take."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import structlog

from scheduler.job import Job
from tasking.unit_of_work import UnitOfWork, Units, code_of
from tasking.work import calls, held, leavers

T = TypeVar("T")

log = structlog.get_logger()


async def tell_of_danger(units: Units) -> int:
    """Tell supervisors of held messages and calls for help that are due; returns how many."""
    return await units.write(lambda uow: held.tell_of_held(uow) + calls.tell_of_calls(uow))


async def settle_work_of_leavers(units: Units) -> None:
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


JOBS = (Job("danger", 5, lambda at: tell_of_danger(at.units)),)
