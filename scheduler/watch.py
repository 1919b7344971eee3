"""What is watched: overdue work, orders, boards and the directory; and the commands that run one pass."""

from scheduler.job import Job
from scheduler.work import settle_work_of_leavers
from tasking.opening import Ended, Opened
from tasking.orders import closing
from tasking.people import arrivals, directory
from tasking.ports import Directory
from tasking.unit_of_work import UnitOfWork, Units
from tasking.views import BrakeView
from tasking.watch import brake, not_served, reminders
from tasking.watch.brake_view import brake_views
from tasking.watch.directory_reading import take_snapshot


async def remind(units: Units) -> int:
    """One pass of the reminders; returns how many tasks were reminded of."""
    return await units.write(reminders.remind)


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
        await settle_work_of_leavers(units)
    return count


async def tell_of_missing_people(units: Units) -> int:
    """Say again where too many people are missing from the directory; returns of how many districts."""
    return await units.write(brake.tell)


JOBS = (
    Job("remind", 60, lambda at: remind(at.units)),
    Job("watch-orders", 60, lambda at: watch_orders(at.units)),
    Job("boards", 300, lambda at: refresh_boards(at.units)),
    Job("directory", 300, lambda at: refresh_directory(at.units, at.directory)),
    Job("missing-people", 60, lambda at: tell_of_missing_people(at.units)),
)


async def remind_once(opened: Opened) -> Ended:
    """One pass of the reminders."""
    return 0, f"{await remind(opened.units)} tasks reminded of."


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
        if each.state in shown and brake.accept_shown(uow, "command-line", each.district_id, each.state)
    ]
    return confirmed, [each for each in waiting if each.district_id not in confirmed]
