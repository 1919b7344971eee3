"""Orders that have ended are closed, so that what is in force is found without reading what is over.

Nothing that people see changes: whoever reads an order asks for its end as well.
"""

from storage.enums import AuditOperation
from storage.work.writes import close_orders, reopen_orders
from tasking.unit_of_work import UnitOfWork
from tasking.when.local_time import london

AT_ONCE = 200
_WATCH = "watch-orders"


def close_ended(uow: UnitOfWork) -> int:
    """Close orders whose last day is past, and open again whose last day is not; returns how many."""
    today = london(uow.now).date()
    changed = {
        "reopen-order": reopen_orders(uow.connection, today, AT_ONCE),
        "close-order": close_orders(uow.connection, today, uow.now, AT_ONCE),
    }
    for action, orders in changed.items():
        for order_id, district_id, subject_id in orders:
            uow.audit(
                AuditOperation.ALTERATION,
                action,
                _WATCH,
                district_id=district_id,
                subject_id=subject_id,
                order_id=order_id,
            )
    return sum(len(orders) for orders in changed.values())
