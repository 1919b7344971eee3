"""kill -9 at random moments, again and again, while officers tap and Teams delivers what was not answered."""

import asyncio
import random
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from infra.local.people import FictionalPerson
from tests.faults import truth
from tests.faults.support import LONG, OFFICERS, FaultStage, ref_in, seeded_random, size
from tests.support.running_service import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROUNDS = size(5, 50)
TASKS_A_ROUND = 3
"""For each officer: what Teams' pace for one chat lets through before the test is given up."""


@dataclass
class Shift:
    """What the officers do at the same time, and what of it was answered."""

    stage: FaultStage
    chance: random.Random
    rounds: int | None = None
    """How many rounds have begun; None for a shift without rounds, in which officers never rest."""
    over: bool = False

    async def work(self, officer: FictionalPerson) -> None:
        """One officer: a visit is assigned, its result is tapped; a few in every round."""
        done = 0
        while not self.over:
            if self.rounds is not None and done == TASKS_A_ROUND * self.rounds:
                await asyncio.sleep(0.02)
                continue
            done += 1
            assignment = await self._delivered(self.stage.assignment(officer))
            if assignment:
                await self._tap(officer, ref_in(assignment))
            await asyncio.sleep(self.chance.uniform(0, 0.2))

    async def _tap(self, officer: FictionalPerson, ref: str) -> None:
        make = self.chance.choice([self.stage.breach, self.stage.no_answer])
        activity = make(officer, ref)
        self.stage.unanswered.add(ref)
        answer = await self._delivered(activity)
        if answer:
            self.stage.answered.add(ref)
        if answer and self.chance.random() < 0.2:
            again = await self.stage.deliver(activity)
            assert again in (answer, None), "the same activity was answered in two ways"

    async def _delivered(self, activity: dict[str, Any]) -> Any:
        # Teams gives up after a few times: some of what is sent during a kill is never answered.
        return await self.stage.deliver(activity, tries=self.chance.choice([1, 5, 60]))


def _trouble(stage: FaultStage, chance: random.Random) -> None:
    """Something that goes wrong outside as well, differently each round."""
    stage.all_is_well()
    stage.graph_fault(delay=chance.uniform(0, 1), when=chance.choice(["before", "after"]), count=None)
    stage.teams.faults.add(hang=True, after=True, method="POST", times=chance.randrange(4))
    stage.teams.faults.add(status=500, after=chance.random() < 0.5, times=chance.randrange(3))
    stage.teams.faults.add(delay=chance.uniform(0, 0.3), times=None)


async def _answered(stage: FaultStage, count: int) -> bool:
    """Something was done in every round: kills of an idle service prove nothing."""
    return len(stage.answered) >= count


@pytest.mark.timeout(120 + 30 * ROUNDS)
async def test_random_kills_lose_nothing_and_double_nothing(stage: FaultStage) -> None:
    chance, before = seeded_random(), len(stage.answered)
    shift = Shift(stage, chance, rounds=0)
    officers = [asyncio.create_task(shift.work(officer)) for officer in OFFICERS]
    for number in range(1, ROUNDS + 1):
        shift.rounds = number
        _trouble(stage, chance)
        await eventually(partial(_answered, stage, before + number), LONG)
        await asyncio.sleep(chance.uniform(0, 1.3))
        await stage.service.kill()
        await stage.leases_run_out()
        await stage.restart()
    stage.all_is_well()
    shift.over = True
    await asyncio.gather(*officers)
    await stage.everything_is_delivered(within=LONG + 3 * ROUNDS)
    await truth.everything(stage)
