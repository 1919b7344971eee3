"""Reminders and other things that time makes true. All derive from rows, so a restart catches up."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from storage import outbox
from storage.tables import ProtectiveOrder, Subject
from storage.work import queries
from storage.work.writes import take_due_reminders
from tasking import effects
from tasking.orders.register import TO_BE_SERVED
from tasking.unit_of_work import UnitOfWork
from tasking.when.local_time import london
from tasking.work.audience import may_read_order

_AT_ONCE = 500


def remind(uow: UnitOfWork) -> int:
    """Queue one card for each person with everything of theirs that is overdue; returns how many tasks.

    Each is taken once, and again after the policy's repeat time (a day), whatever restarts or replicas do.
    """
    repeat = timedelta(hours=uow.policy.reminder_repeat_hours)
    taken = take_due_reminders(uow.connection, uow.now, repeat, _AT_ONCE)
    by_person: dict[str, list[tuple[str, UUID]]] = defaultdict(list)
    for task_id, person_id, district_id in taken:
        by_person[person_id].append((district_id, task_id))
    for person_id, due in by_person.items():
        _queue_reminder(uow, person_id, sorted(due))
    for district_id in sorted({district for _, _, district in taken}):
        uow.effects(effects.update_board(district_id, uow.now, f"reminders:{uow.now.isoformat()}"))
    return len(taken)


def _queue_reminder(uow: UnitOfWork, person_id: str, due: list[tuple[str, UUID]]) -> None:
    """One card whatever the districts; who could not be reached for days gets the newest alone."""
    row = effects.post_reminder(person_id, due[0][0], [task_id for _, task_id in due], uow.now)
    uow.effects(row)
    outbox.replace_unsent(uow.connection, row["lane"], row["key"], uow.now)


def watch_orders(uow: UnitOfWork) -> int:
    """Queue a post, once for each order that should be and is not served; returns how many there are."""
    districts = [district.id for district in uow.policy.districts]
    today = london(uow.now).date()
    unserved = queries.unserved_orders(uow.connection, districts, TO_BE_SERVED, today)
    for order, subject in unserved:
        uow.effects(*_not_served_posts(uow, order, subject))
    return len(unserved)


def _not_served_posts(uow: UnitOfWork, order: ProtectiveOrder, subject: Subject) -> list[effects.Row]:
    """In the district's channel; about a restricted subject only to those of the people named who see it."""
    if subject.restricted:
        named = queries.people_named_for(uow.connection, subject.id)
        readers = [person for person in named if may_read_order(uow, order, person)]
        return [effects.post_order_not_served(order, uow.now, person_id=person) for person in readers]
    channel_id = uow.policy.district(order.district_id).board_channel_id
    return [effects.post_order_not_served(order, uow.now, channel_id=channel_id)]


def refresh_boards(uow: UnitOfWork) -> None:
    """Queue a silent redraw of every board, so that its times and overdue work are true."""
    for district in uow.policy.districts:
        uow.effects(effects.update_board(district.id, uow.now, f"clock:{uow.now:%Y-%m-%dT%H:%M}"))
