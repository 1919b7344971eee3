"""SIGTERM during load: what was acknowledged is kept, and the process ends within its limit."""

import asyncio

import pytest

from storage.enums import OutboxState
from storage.tables import Outbox
from tests.faults import truth
from tests.faults.support import OFFICERS, FaultStage, seeded_random
from tests.faults.test_random_kills import Shift

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_stop_during_load_keeps_everything_and_leaves_nothing_under_lease(stage: FaultStage) -> None:
    extra, before = await truth.cards_arrived(stage), len(stage.answered)
    stage.teams.faults.add(delay=0.1, times=None)
    shift = Shift(stage, seeded_random())
    officers = [asyncio.create_task(shift.work(officer)) for officer in OFFICERS]
    await asyncio.sleep(1.5)
    assert await stage.service.stop() == 0
    assert len(stage.answered) > before, "nothing happened before the stop"
    assert not await stage.rows(Outbox, state=OutboxState.SENDING), "a lease that nobody will use"
    await truth.nothing_is_half(stage)
    await truth.outcomes_are(stage, stage.answered, stage.unanswered)
    shift.over = True
    await stage.restart()
    await asyncio.gather(*officers)
    await stage.everything_is_delivered()
    assert await truth.everything(stage) == extra, "a clean stop makes no second copies"
