"""kill -9 between commit and send, and between send and stamp: real processes, both databases."""

import asyncio

import pytest

from infra.local.people import FictionalPerson
from tests.faults import truth
from tests.faults.support import LONG, OFFICERS, FaultStage
from tests.support.running_service import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _assign_to_all(stage: FaultStage) -> list[str]:
    return list(await asyncio.gather(*(stage.assigned(officer) for officer in OFFICERS)))


async def _come_back(stage: FaultStage) -> None:
    stage.all_is_well()
    await stage.leases_run_out()
    await stage.restart()
    await stage.everything_is_delivered()


async def test_a_kill_between_commit_and_send_loses_nothing_and_doubles_nothing(stage: FaultStage) -> None:
    extra = await truth.cards_arrived(stage)
    stage.teams.faults.add(hang=True, times=None)
    stage.graph_fault(delay=LONG, drop=True, count=None)
    refs = await _assign_to_all(stage)
    pairs = list(zip(OFFICERS, refs, strict=True))
    for officer, ref in pairs[:3]:
        await stage.reported(officer, ref)
    stage.unanswered |= set(refs[3:])
    in_flight = [asyncio.create_task(_try_to_report(stage, *pair)) for pair in pairs[3:]]
    await asyncio.sleep(0.01)
    await stage.service.kill()
    await asyncio.gather(*in_flight)
    await truth.nothing_is_half(stage)
    await _come_back(stage)
    assert await truth.everything(stage) == extra, "what hung was never posted, so nothing is there twice"


async def _try_to_report(stage: FaultStage, officer: FictionalPerson, ref: str) -> None:
    if await stage.deliver_once(stage.breach(officer, ref)):
        stage.answered.add(ref)


async def test_a_kill_between_send_and_stamp_makes_at_most_a_marked_second_copy(stage: FaultStage) -> None:
    extra, posted = await truth.cards_arrived(stage), len(stage.teams.messages)
    rows = len(stage.graph.store.all())
    stage.teams.faults.add(hang=True, after=True, method="POST", times=None)
    stage.graph_fault(delay=LONG, when="after", count=None)
    refs = await _assign_to_all(stage)
    for officer, ref in zip(OFFICERS, refs, strict=True):
        await stage.reported(officer, ref)
    await stage.teams.wait_until(lambda: len(stage.teams.messages) >= posted + 8, within=LONG)
    await eventually(lambda: _has_more_rows(stage, rows), LONG)
    await stage.service.kill()
    await _come_back(stage)
    assert await truth.everything(stage) > extra, "the kill came after some cards were taken"


async def _has_more_rows(stage: FaultStage, rows: int) -> bool:
    return len(stage.graph.store.all()) > rows
