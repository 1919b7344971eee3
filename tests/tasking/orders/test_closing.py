"""Orders that have ended are closed: found without reading what is over; nothing that people see changes."""

from datetime import date, timedelta

import pytest

from infra.local.people import SERGEANT
from scheduler import watch as jobs
from storage.enums import AuditOperation
from storage.rows import table_of
from storage.tables import AuditEvent, ProtectiveOrder
from tasking.orders import closing
from tasking.orders.closing import close_ended
from tasking.reports import board_of, order_list
from tasking.work.find import not_found
from tests.support.units import NOW, Force, some_order

LAST_DAY = NOW.date()


async def is_closed(force: Force, ref: str = "DVPO-3") -> bool:
    (order,) = await force.rows(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == ref)
    return order.closed_at is not None


async def test_an_order_is_closed_once_its_last_day_in_london_is_past(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=LAST_DAY)
    force.clock.at = NOW.replace(hour=23, minute=59)
    assert (await force.units.write(close_ended), await is_closed(force)) == (0, False)
    force.clock.advance(minutes=1)
    assert (await force.units.write(close_ended), await is_closed(force)) == (1, True)
    assert await force.units.write(close_ended) == 0


async def test_an_order_without_an_end_is_never_closed(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=None)
    force.clock.advance(days=300)
    await force.units.write(close_ended)
    assert not await is_closed(force)


@pytest.mark.parametrize("last_day", [LAST_DAY, None], ids=["moved", "removed"])
async def test_an_order_whose_end_was_moved_is_open_again(force: Force, last_day: date | None) -> None:
    await force.change_order("DVPO-3", last_day=LAST_DAY - timedelta(days=1))
    await force.units.write(close_ended)
    assert await is_closed(force)
    await force.change_order("DVPO-3", last_day=last_day)
    await force.units.write(close_ended)
    assert not await is_closed(force)


async def test_closing_is_logged_with_ids_and_times_alone(force: Force) -> None:
    await force.change_order("DVPO-3", last_day=LAST_DAY - timedelta(days=1))
    await force.units.write(close_ended)
    (event,) = await force.rows(AuditEvent, table_of(AuditEvent).c.action == "close-order")
    (order,) = await force.rows(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == "DVPO-3")
    assert (event.order_id, event.subject_id, event.district_id) == (order.id, order.subject_id, "north")
    assert (event.at, event.operation, event.reason_code) == (NOW, AuditOperation.ALTERATION, None)


async def test_an_order_that_has_ended_is_not_in_force_before_the_job_ran_and_nothing_changes_after(
    force: Force,
) -> None:
    await force.change_order("DVPO-3", last_day=LAST_DAY - timedelta(days=1))
    before = await seen(force)
    assert "DVPO-3" not in str(before[:2])
    await force.units.write(close_ended)
    assert await seen(force) == before


async def seen(force: Force) -> tuple[object, object, str]:
    board = await force.units.read(lambda uow: board_of(uow, "north"))
    listed = await force.do(SERGEANT, order_list, "north")
    return board, listed, (await force.do(SERGEANT, not_found, "DVPO-33")).hint


async def test_the_watch_of_orders_closes_all_that_have_ended(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    (order,) = await force.rows(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == "DVPO-3")
    ended = {"subject_id": order.subject_id, "last_day": LAST_DAY - timedelta(days=9)}
    await force.insert(*(some_order(ref=f"DVPO-{900 + n}", **ended) for n in range(5)))
    await jobs.watch_orders(force.units)
    assert all([await is_closed(force, f"DVPO-{900 + n}") for n in range(5)])
