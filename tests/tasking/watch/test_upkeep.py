"""The health that readiness is judged by, and clocks."""

from datetime import UTC, datetime, timedelta

from infra.local.seed import directory_snapshot
from storage.enums import OutboxState
from storage.rows import table_of
from storage.tables import Outbox
from tasking.clock import MovedClock, SystemClock
from tasking.unit_of_work import Units
from tasking.watch.directory_reading import take_snapshot
from tasking.watch.upkeep import beat, health_of
from tests.support.units import POLICY, Force


async def test_a_service_with_nothing_to_send_and_no_scheduler_yet(force: Force) -> None:
    health = await force.units.read(health_of)
    assert (health.outbox_age, health.parked, health.heartbeat_age) == (0.0, 0, None)


async def test_the_age_of_the_oldest_unsent_effect_and_the_parked_ones_show(force: Force) -> None:
    await force.task()
    force.clock.advance(minutes=3)
    await force.change(Outbox, table_of(Outbox).c.person_id.is_not(None), state=OutboxState.PARKED)
    health = await force.units.read(health_of)
    assert (health.outbox_age, health.parked) == (180.0, 1)


async def test_an_effect_that_is_to_wait_is_not_late(force: Force) -> None:
    await force.done()
    await force.change(Outbox, table_of(Outbox).c.lane.not_like("records%"), state=OutboxState.DONE)
    assert (await force.units.read(health_of)).outbox_age == 0.0
    force.clock.advance(minutes=11)
    assert (await force.units.read(health_of)).outbox_age == 60.0


async def test_a_beat_is_judged_by_database_time_whatever_the_clock_says(force: Force) -> None:
    await force.units.write(lambda uow: beat(uow, "serve"))
    force.clock.advance(days=400)
    age = (await force.units.read(health_of)).heartbeat_age
    assert age is not None and 0 <= age < 30


async def test_the_age_of_the_directory_is_since_it_was_last_read(force: Force) -> None:
    assert (await force.units.read(health_of)).directory_age is None
    await force.units.write(lambda uow: take_snapshot(uow, directory_snapshot()))
    force.clock.advance(days=400)
    age = (await force.units.read(health_of)).directory_age
    assert age is not None and 0 <= age < 30


async def test_a_committed_write_wakes_the_delivery_and_its_own_stamps_do_not(force: Force) -> None:
    woken: list[str] = []
    units = Units(force.units.database, force.clock, POLICY)
    await units.write(lambda _uow: None)
    units.after_write = lambda: woken.append("woken")
    await units.write(lambda _uow: None)
    await units.write_quietly(lambda _uow: None)
    await units.read(lambda _uow: None)
    assert woken == ["woken"]


async def test_a_failed_write_wakes_nobody(force: Force) -> None:
    woken: list[str] = []
    force.units.after_write = lambda: woken.append("woken")
    try:
        await force.units.write(lambda _uow: 1 // 0)
    except ZeroDivisionError:
        assert woken == []


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_moved_clock_starts_where_it_was_set_and_runs_on() -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    clock = MovedClock(start)
    first, second = clock.now(), clock.now()
    assert start <= first <= second < start + timedelta(seconds=30)
