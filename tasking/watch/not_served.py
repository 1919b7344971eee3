"""Orders that should be served and are not: told once for each."""

from dataclasses import dataclass
from datetime import datetime

from storage.tables import Outbox, ProtectiveOrder, Subject
from storage.work import queries
from tasking.effects import Row
from tasking.notices import Notice
from tasking.orders.register import TO_BE_SERVED
from tasking.unit_of_work import UnitOfWork
from tasking.when.local_time import london
from tasking.work.audience import may_read_order
from tasking.work.noticing import WAITS_FOR_SIGHT


@dataclass(frozen=True)
class NotServedView:
    """An order that the person has not been given, and the present time."""

    order: ProtectiveOrder
    now: datetime


def watch_orders(uow: UnitOfWork) -> int:
    """Queue a post, once for each order that should be and is not served; returns how many there are."""
    districts = [district.id for district in uow.policy.districts]
    today = london(uow.now).date()
    unserved = queries.unserved_orders(uow.connection, districts, TO_BE_SERVED, today)
    for order, subject in unserved:
        uow.effects(*_not_served_posts(uow, order, subject))
    return len(unserved)


def _not_served_posts(uow: UnitOfWork, order: ProtectiveOrder, subject: Subject) -> list[Row]:
    """In the district's channel; about a restricted subject only to those of the people named who see it."""
    if subject.restricted:
        named = queries.people_named_for(uow.connection, subject.id)
        readers = [person for person in named if may_read_order(uow, order, person)]
        return [_post(order, uow.now, person_id=person) for person in readers]
    channel_id = uow.policy.district(order.district_id).board_channel_id
    return [_post(order, uow.now, channel_id=channel_id)]


def _view(uow: UnitOfWork, row: Outbox) -> NotServedView | None:
    """Not told any more once it is served."""
    order = queries.order_by_id(uow.connection, row.order_id) if row.order_id else None
    if order is None or order.served_at or not may_read_order(uow, order, row.person_id):
        return None
    return NotServedView(order, uow.now)


NOT_SERVED = Notice(name="ORDER_NOT_SERVED_NOTICE", view=_view, shows=(NotServedView,), lost=WAITS_FOR_SIGHT)


def _post(
    order: ProtectiveOrder, at: datetime, *, channel_id: str | None = None, person_id: str | None = None
) -> Row:
    """A new post, once for each order: in force or authorised, and not served."""
    key = f"not-served:{order.id.hex}:{person_id or 'channel'}"
    reader = {"conversation_id": channel_id, "person_id": person_id}
    return NOT_SERVED.post(key, key, order.district_id, at, order_id=order.id, **reader)
