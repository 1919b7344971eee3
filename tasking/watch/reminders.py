"""Reminders and other things that time makes true. All derive from rows, so a restart catches up."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from storage import outbox
from storage.people import roll
from storage.work.writes import DueReminder, put_off_reminders, take_due_reminders
from tasking.people.actors import lost_sight
from tasking.unit_of_work import UnitOfWork
from tasking.work.due import post_reminder

_AT_ONCE = 500
_LOOKED_AT_AGAIN = timedelta(minutes=5)


def remind(uow: UnitOfWork) -> int:
    """Queue one card for each person with everything of theirs that is overdue; returns how many tasks.

    Each is taken once, and again after the policy's repeat time (a day), whatever restarts or replicas do.
    What its reader cannot see while their district's brake is on comes soon after they are back.
    """
    repeat = timedelta(hours=uow.policy.reminder_repeat_hours)
    fallen_due = take_due_reminders(uow.connection, uow.now, repeat, _AT_ONCE)
    unseen = _unseen(uow, fallen_due)
    put_off_reminders(uow.connection, [task_id for task_id, _, _ in unseen], uow.now + _LOOKED_AT_AGAIN)
    taken = [each for each in fallen_due if each not in unseen]
    by_person: dict[str, list[tuple[str, UUID]]] = defaultdict(list)
    for task_id, person_id, district_id in taken:
        by_person[person_id].append((district_id, task_id))
    for person_id, due in by_person.items():
        _queue_reminder(uow, person_id, sorted(due))
    for district_id in sorted({district for _, _, district in taken}):
        uow.touched(district_id, f"reminders:{uow.now.isoformat()}")
    return len(taken)


def _unseen(uow: UnitOfWork, due: Sequence[DueReminder]) -> set[DueReminder]:
    """Those whose readers vanished with too many others, and nobody has confirmed it."""
    braked = {each.district_id for each in roll.brakes(uow.connection)}
    missing = {
        (person_id, district_id)
        for person_id, district_id in {(each[1], each[2]) for each in due if each[2] in braked}
        if lost_sight(uow, person_id, district_id)
    }
    return {each for each in due if each[1:] in missing}


def _queue_reminder(uow: UnitOfWork, person_id: str, due: list[tuple[str, UUID]]) -> None:
    """One card whatever the districts; who could not be reached for days gets the newest alone."""
    row = post_reminder(person_id, due[0][0], [task_id for _, task_id in due], uow.now)
    uow.effects(row)
    outbox.replace_unsent(uow.connection, row["lane"], row["key"], uow.now)


def refresh_boards(uow: UnitOfWork) -> None:
    """Queue a silent redraw of every board, so that its times and overdue work are true."""
    for district in uow.policy.districts:
        uow.touched(district.id, f"clock:{uow.now:%Y-%m-%dT%H:%M}")
