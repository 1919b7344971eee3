"""Teams' limits on sending, kept under a clock that only the tests move."""

import asyncio
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.teams.pace import OVERALL, PER_CONVERSATION, Limit, Pace
from tasking.ports import NotSent


class FakeTime:
    """Monotonic seconds that pass only in `sleep`, and never by less than a clock can show."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now = max(self.now + seconds, math.nextafter(self.now, math.inf))
        await asyncio.sleep(0)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def patient(time: FakeTime, **limits: tuple[Limit, ...]) -> Pace:
    return Pace(clock=time.clock, sleep=time.sleep, longest_wait=math.inf, **limits)


async def send(pace: Pace, conversation_id: str, count: int) -> None:
    for _ in range(count):
        await pace.wait_turn(conversation_id)


def most_in_a_window(moments: list[float], limit: Limit) -> int:
    """How many of these moments lie in the fullest window of the limit (its end is outside)."""
    starts = sorted(moments)
    return max(sum(1 for m in starts if start <= m < start + limit.seconds) for start in starts)


arrivals = st.lists(
    st.tuples(st.sampled_from("abc"), st.floats(0, 2, allow_nan=False).map(lambda gap: gap**8)),
    min_size=1,
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(arrivals)
async def test_no_window_ever_holds_more_than_its_limit(sends: list[tuple[str, float]]) -> None:
    time = FakeTime()
    pace = patient(time)
    taken: dict[str, list[float]] = {}
    for conversation_id, gap in sends:
        time.now += gap
        await pace.wait_turn(conversation_id)
        taken.setdefault(conversation_id, []).append(time.now)

    everything = [moment for moments in taken.values() for moment in moments]
    assert all(most_in_a_window(everything, limit) <= limit.count for limit in OVERALL)
    for moments in taken.values():
        assert all(most_in_a_window(moments, limit) <= limit.count for limit in PER_CONVERSATION)


@settings(max_examples=60, deadline=None)
@given(arrivals)
async def test_nobody_waits_longer_than_a_limit_demands(sends: list[tuple[str, float]]) -> None:
    time = FakeTime()
    pace = patient(time)
    taken: dict[str, list[float]] = {"": []}
    for conversation_id, gap in sends:
        time.now += gap
        asked_at = time.now
        await pace.wait_turn(conversation_id)
        moments = taken.setdefault(conversation_id, [])
        if time.now > asked_at:
            assert is_full(moments, PER_CONVERSATION, time.now) or is_full(taken[""], OVERALL, time.now)
        moments.append(time.now)
        taken[""].append(time.now)


def is_full(moments: list[float], limits: tuple[Limit, ...], now: float) -> bool:
    """Whether some limit has only just made room: a moment ago, one more would have been too many."""
    return any(
        len(moments) >= limit.count and now - (moments[-limit.count] + limit.seconds) < 1e-6
        for limit in limits
    )


@pytest.mark.parametrize(
    ("sends", "seconds"),
    [(7, 0), (8, 1), (9, 2), (15, 2), (16, 3), (60, 14), (61, 30), (120, 44), (121, 60)],
)
async def test_a_burst_to_one_conversation_takes_as_long_as_teams_limits_say(
    time: FakeTime, sends: int, seconds: float
) -> None:
    pace = patient(time)

    await send(pace, "a", sends)

    assert time.now - 1000.0 == pytest.approx(seconds)


async def test_a_conversation_gets_no_more_than_1800_an_hour(time: FakeTime) -> None:
    pace = patient(time)

    await send(pace, "a", 1800)
    assert time.now < 1000 + 3600
    await send(pace, "a", 1)

    assert time.now == pytest.approx(1000 + 3600)


async def test_all_conversations_together_get_thirty_a_second(time: FakeTime) -> None:
    pace = patient(time)

    for number in range(31):
        await pace.wait_turn(f"conversation-{number}")

    assert time.slept == [1.0]


async def test_one_busy_conversation_does_not_hold_up_another(time: FakeTime) -> None:
    pace = patient(time)
    await send(pace, "busy", 7)

    assert pace.delay("busy") == 1.0
    assert pace.delay("quiet") == 0.0


async def test_asking_for_the_delay_takes_no_turn(time: FakeTime) -> None:
    pace = patient(time)
    for _ in range(50):
        assert pace.delay("a") == 0.0

    await send(pace, "a", 7)

    assert time.slept == []


async def test_several_who_wait_at_once_still_keep_the_limit(time: FakeTime) -> None:
    pace = patient(time, per_conversation=(Limit(2, 1.0),), overall=(Limit(100, 1.0),))
    taken: list[float] = []

    async def one() -> None:
        await pace.wait_turn("a")
        taken.append(time.now)

    await asyncio.gather(*(one() for _ in range(9)))

    assert len(taken) == 9
    assert most_in_a_window(taken, Limit(2, 1.0)) == 2


async def test_a_long_wait_is_refused_with_its_length_and_takes_no_turn(time: FakeTime) -> None:
    pace = Pace(clock=time.clock, sleep=time.sleep, longest_wait=3.0, per_conversation=(Limit(1, 10.0),))
    await pace.wait_turn("a")

    for _ in range(2):
        with pytest.raises(NotSent) as caught:
            await pace.wait_turn("a")
        assert (caught.value.code, caught.value.retry_after) == ("pace", 10.0)

    assert time.slept == []
    time.now += 10
    await pace.wait_turn("a")


async def test_who_is_overtaken_again_and_again_does_not_wait_for_ever(time: FakeTime) -> None:
    pace = Pace(clock=time.clock, sleep=time.sleep, longest_wait=3.0, per_conversation=(Limit(1, 1.0),))
    outcomes = await asyncio.gather(*(pace.wait_turn("a") for _ in range(9)), return_exceptions=True)

    assert any(isinstance(outcome, NotSent) for outcome in outcomes)
    assert all(outcome is None or isinstance(outcome, NotSent) for outcome in outcomes)


async def test_conversations_are_forgotten_when_their_hour_has_passed(time: FakeTime) -> None:
    pace = patient(time)
    for number in range(500):
        await pace.wait_turn(f"conversation-{number}")
    assert len(pace) == 500

    time.now += 3700
    await pace.wait_turn("another")

    assert len(pace) == 1


async def test_a_conversation_still_in_use_is_not_forgotten(time: FakeTime) -> None:
    pace = patient(time)
    await send(pace, "used", 1)
    await pace.wait_turn("unused")
    time.now += 3599
    await send(pace, "used", 7)
    time.now += 0.9

    await pace.wait_turn("another")
    assert len(pace) == 3
    time.now += 0.05
    assert pace.delay("used") == pytest.approx(0.05)
    time.now += 0.1
    await pace.wait_turn("another")
    assert len(pace) == 2
    await send(pace, "used", 1)
    assert pace.delay("used") == pytest.approx(0.95)
