"""Orders: in force, not served, when they end, and whether another visit is owed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from storage.enums import OrderStatus
from tasking.orders.register import ends_at, is_in_force, is_not_served, needs_no_more_visits
from tests.support.units import NOW, POLICY, some_order

COUNTING = {
    OrderStatus.SERVED,
    OrderStatus.HEARING_LISTED,
    OrderStatus.ADJOURNED,
    OrderStatus.IN_FORCE,
}


@pytest.mark.parametrize(
    ("last_day", "end"),
    [
        (date(2026, 3, 12), datetime(2026, 3, 13, 0, 0, tzinfo=UTC)),
        (
            date(2026, 3, 28),
            datetime(2026, 3, 29, 0, 0, tzinfo=UTC),
        ),  # clocks go forward at 01:00 on the 29th
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, 0, tzinfo=UTC)),
        (date(2026, 4, 6), datetime(2026, 4, 6, 23, 0, tzinfo=UTC)),  # a 28-day order made on 10 March
        (date(2026, 10, 24), datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),  # clocks go back on the 25th
        (date(2026, 10, 25), datetime(2026, 10, 26, 0, 0, tzinfo=UTC)),
    ],
)
def test_an_order_ends_at_london_midnight_after_its_last_day(last_day: date, end: datetime) -> None:
    order = some_order(last_day=last_day)
    assert ends_at(order) == end
    assert is_in_force(order, end - timedelta(microseconds=1))
    assert not is_in_force(order, end)


def test_an_order_without_a_last_day_has_no_end() -> None:
    order = some_order(last_day=None)
    assert ends_at(order) is None
    assert is_in_force(order, NOW + timedelta(days=4000))


@pytest.mark.parametrize("status", OrderStatus)
def test_only_four_statuses_are_in_force(status: OrderStatus) -> None:
    assert is_in_force(some_order(status=status), NOW) is (status in COUNTING)


@pytest.mark.parametrize("status", OrderStatus)
def test_what_is_authorised_or_in_force_and_not_served_is_an_alarm(status: OrderStatus) -> None:
    alarm = status in COUNTING | {OrderStatus.AUTHORISED}
    assert is_not_served(some_order(status=status, served_at=None), NOW) is alarm
    assert not is_not_served(some_order(status=status), NOW)


def test_an_order_that_has_ended_need_not_be_served() -> None:
    ended = some_order(served_at=None, last_day=date(2026, 3, 11))
    end = datetime(2026, 3, 12, 0, 0, tzinfo=UTC)
    assert is_not_served(ended, end - timedelta(seconds=1))
    assert not is_not_served(ended, end)
    assert is_not_served(some_order(served_at=None, last_day=None), NOW)


def test_no_visit_is_owed_once_the_next_would_fall_after_the_end() -> None:
    order = some_order(last_day=date(2026, 3, 14))  # ends Sun 15 March 00:00; visits every 72 h
    end = datetime(2026, 3, 15, tzinfo=UTC)
    assert needs_no_more_visits(order, POLICY, end - timedelta(hours=72))
    assert not needs_no_more_visits(order, POLICY, end - timedelta(hours=72, seconds=1))


@pytest.mark.parametrize("changes", [{"last_day": None}, {"order_type": "SPO"}])
def test_without_an_end_or_a_policy_a_visit_stays_owed(changes: dict[str, object]) -> None:
    assert not needs_no_more_visits(some_order(**changes), POLICY, NOW)


def test_an_order_never_visited_owes_a_visit() -> None:
    assert not needs_no_more_visits(some_order(last_day=date(2026, 3, 12)), POLICY, None)
