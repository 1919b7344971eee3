"""Lanes rest for a moment, each by itself."""

import pytest

from scheduler.resting import Resting


class Hands:
    """A clock that is moved by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def resting(hands: Hands) -> Resting:
    return Resting(2.0, hands)


def test_nothing_rests_at_first(resting: Resting) -> None:
    assert resting.lanes() == []
    assert resting.ends_in() is None


def test_a_lane_rests_for_its_time_and_no_longer(resting: Resting, hands: Hands) -> None:
    resting.begin("board:north")
    hands.at += 1.9
    assert resting.lanes() == ["board:north"]
    hands.at += 0.2
    assert resting.lanes() == []
    assert resting.ends_in() is None


def test_the_first_lane_to_wake_sets_the_wait(resting: Resting, hands: Hands) -> None:
    resting.begin("board:north")
    hands.at += 1.5
    resting.begin("board:south")
    assert resting.lanes() == ["board:north", "board:south"]
    assert resting.ends_in() == pytest.approx(0.5)


def test_a_lane_that_begins_again_rests_anew(resting: Resting, hands: Hands) -> None:
    resting.begin("board:north")
    hands.at += 1.5
    resting.begin("board:north")
    hands.at += 1.5
    assert resting.lanes() == ["board:north"]
    assert resting.ends_in() == pytest.approx(0.5)


def test_a_lane_that_has_rested_and_was_not_asked_about_is_not_waited_for_in_the_past(
    resting: Resting, hands: Hands
) -> None:
    resting.begin("board:north")
    hands.at += 60
    assert resting.ends_in() == 0.0
