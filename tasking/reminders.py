"""Reminders and other things that time makes true. All derive from rows, so a restart catches up."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from storage import task_queries as queries
from storage.task_writes import take_due_reminders
from tasking import effects
from tasking.orders import is_not_served
from tasking.unit_of_work import UnitOfWork

_AT_ONCE = 500


def remind(uow: UnitOfWork) -> int:
    """Queue one card for each officer with everything of theirs that is overdue; returns how many tasks.

    Each is taken once, and again after the policy's repeat time (a day), whatever restarts or replicas do.
    """
    repeat = timedelta(hours=uow.policy.reminder_repeat_hours)
    taken = take_due_reminders(uow.connection, uow.now, repeat, _AT_ONCE)
    by_officer: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for task_id, owner_id, district_id in taken:
        by_officer[owner_id, district_id].append(task_id)
    uow.effects(
        *(
            effects.post_reminder(owner, district, ids, uow.now)
            for (owner, district), ids in by_officer.items()
        )
    )
    for district_id in sorted({district for _, district in by_officer}):
        uow.effects(effects.update_board(district_id, uow.now, f"reminders:{uow.now.isoformat()}"))
    return len(taken)


def watch_orders(uow: UnitOfWork) -> int:
    """Queue a post, once for each order that should be and is not served; returns how many there are."""
    found = 0
    for district in uow.policy.districts:
        for order, _ in queries.orders_of_districts(uow.connection, [district.id], None):
            if is_not_served(order, uow.now):
                found += 1
                uow.effects(effects.post_order_not_served(order, district.board_channel_id, uow.now))
    return found


def refresh_boards(uow: UnitOfWork) -> None:
    """Queue a silent redraw of every board, so that its times and overdue work are true."""
    for district in uow.policy.districts:
        uow.effects(effects.update_board(district.id, uow.now, f"clock:{uow.now:%Y-%m-%dT%H:%M}"))
