"""Orders: in force, covered, and when they end."""

from datetime import UTC, datetime, time, timedelta

from storage.enums import OrderStatus
from storage.tables import ProtectiveOrder
from tasking.policy import Policy
from tasking.when.local_time import LONDON

IN_FORCE = frozenset(
    {OrderStatus.SERVED, OrderStatus.HEARING_LISTED, OrderStatus.ADJOURNED, OrderStatus.IN_FORCE}
)
OVER = frozenset({OrderStatus.EXPIRED, OrderStatus.REFUSED, OrderStatus.WITHDRAWN, OrderStatus.DISCHARGED})
TO_BE_SERVED = IN_FORCE | {OrderStatus.AUTHORISED}


def ends_at(order: ProtectiveOrder) -> datetime | None:
    """The first moment (UTC) at which the order is no longer in force, or None where no end is set.

    An order is in force to the end of its last day, Europe/London (domain rule D6).
    """
    if order.last_day is None:
        return None
    midnight = datetime.combine(order.last_day + timedelta(days=1), time(), LONDON)
    return midnight.astimezone(UTC)


def is_in_force(order: ProtectiveOrder, now: datetime) -> bool:
    """SERVED, HEARING_LISTED, ADJOURNED or IN_FORCE, and not past its end."""
    end = ends_at(order)
    return order.status in IN_FORCE and (end is None or now < end)


def is_not_served(order: ProtectiveOrder, now: datetime) -> bool:
    """Authorised or in force, not past its end, and its subject has not been given it."""
    end = ends_at(order)
    return order.status in TO_BE_SERVED and order.served_at is None and (end is None or now < end)


def needs_no_more_visits(order: ProtectiveOrder, policy: Policy, last_seen: datetime | None) -> bool:
    """Whether the next visit by policy would fall after the order's end."""
    end = ends_at(order)
    rule = policy.visits.get(order.order_type)
    if end is None or rule is None or last_seen is None:
        return False
    return last_seen + timedelta(hours=rule.every_hours) >= end
