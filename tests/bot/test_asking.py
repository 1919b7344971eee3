"""The time of a visit, as a card's two inputs say it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.asking import chosen_time
from tasking.refusals import Refusal
from tasking.when.local_time import london
from tests.support.units import NOW, Force, open_force


@pytest.fixture
async def force(tmp_path: Path) -> AsyncIterator[Force]:
    async with open_force(tmp_path) as force:
        yield force


async def chosen(force: Force, choice: str, typed: str) -> datetime:
    return await force.units.read(lambda uow: chosen_time(choice, typed, uow))


@pytest.mark.parametrize(("choice", "minutes"), [("", 0), ("now", 0), ("before", 0), ("30", 30), ("60", 60)])
async def test_a_choice_alone_is_the_time(force: Force, choice: str, minutes: int) -> None:
    assert await chosen(force, choice, " ") == NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize("choice", ["", "now", "before", "other"])
async def test_a_typed_time_counts_beside_a_choice_that_nobody_made_on_purpose(
    force: Force, choice: str
) -> None:
    assert f"{london(await chosen(force, choice, 'yesterday 2115')):%d %H:%M}" == "11 21:15"


@pytest.mark.parametrize("choice", ["30", "60"])
async def test_two_different_times_are_asked_about(force: Force, choice: str) -> None:
    with pytest.raises(Refusal) as refusal:
        await chosen(force, choice, "2115")
    assert refusal.value.code == "two-times"


@pytest.mark.parametrize(
    ("choice", "typed", "code"), [("other", "", "no-time"), ("now", "25:99", "unclear-time")]
)
async def test_no_time_and_no_such_time_are_asked_about(
    force: Force, choice: str, typed: str, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        await chosen(force, choice, typed)
    assert refusal.value.code == code
