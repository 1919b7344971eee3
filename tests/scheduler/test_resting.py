"""Lanes rest for a moment, each by itself."""

import pytest

from scheduler.resting import Resting
from tests.support.clocks import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def resting(clock: ManualClock) -> Resting:
    return Resting(clock)


def test_nothing_rests_at_first(resting: Resting) -> None:
    assert resting.names() == []
    assert resting.ends_in() is None


def test_a_lane_rests_for_its_time_and_no_longer(resting: Resting, clock: ManualClock) -> None:
    resting.begin("board:north", 2.0)
    clock.seconds += 1.9
    assert resting.names() == ["board:north"]
    clock.seconds += 0.2
    assert resting.names() == []
    assert resting.ends_in() is None


def test_the_first_lane_to_wake_sets_the_wait(resting: Resting, clock: ManualClock) -> None:
    resting.begin("board:north", 2.0)
    clock.seconds += 1.5
    resting.begin("board:south", 2.0)
    assert resting.names() == ["board:north", "board:south"]
    assert resting.ends_in() == pytest.approx(0.5)


def test_a_lane_that_begins_again_rests_anew(resting: Resting, clock: ManualClock) -> None:
    resting.begin("board:north", 2.0)
    clock.seconds += 1.5
    resting.begin("board:north", 2.0)
    clock.seconds += 1.5
    assert resting.names() == ["board:north"]
    assert resting.ends_in() == pytest.approx(0.5)


def test_a_lane_that_has_rested_and_was_not_asked_about_is_not_waited_for_in_the_past(
    resting: Resting, clock: ManualClock
) -> None:
    resting.begin("board:north", 2.0)
    clock.seconds += 60
    assert resting.ends_in() == 0.0
