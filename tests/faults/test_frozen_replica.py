"""One replica freezes inside a transaction: the other goes on, and nobody waits without end."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from cards.words import BREACH_NOT_SAVED
from storage.enums import OutboxState
from storage.tables import Outbox, Task
from tests.faults import truth
from tests.faults.support import OFFICERS, FaultStage, ref_in
from tests.support.running_service import ROOT

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("crowd", ["postgresql"], indirect=True),
]
PATIENCE = 20.0
"""Seconds. The frozen transaction is ended after ten; what waits for it gives up sooner."""


@asynccontextmanager
async def frozen(stage: FaultStage, ref: str) -> AsyncIterator[None]:
    """A replica that holds this task, and was stopped."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.faults.frozen_replica", stage.database_url, ref),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        assert await process.stdout.readline() == b"frozen\n"
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def lease_to(stage: FaultStage, ref: str, until: datetime) -> None:
    """A row about this task is under a lease that ends then."""
    task = (await stage.rows(Task, ref=ref))[0]
    row = max((each for each in await stage.rows(Outbox, task_id=task["id"])), key=lambda each: each["id"])
    await stage.change(Outbox, {"id": row["id"]}, state=OutboxState.SENDING, lease_until=until, done_at=None)


async def test_the_other_goes_on_assigning_and_delivering(stage: FaultStage) -> None:
    held = await stage.assigned(OFFICERS[0])
    await stage.everything_is_delivered()
    soon = datetime.now(UTC) + timedelta(seconds=6)
    await lease_to(stage, held, soon)
    async with frozen(stage, held):
        await asyncio.sleep((soon - datetime.now(UTC)).total_seconds())
        async with asyncio.timeout(PATIENCE):
            answers = await asyncio.gather(
                *(stage.post(stage.assignment(officer)) for officer in OFFICERS[1:])
            )
        refs = [ref_in(body) for _, body in answers]
        assert len(set(refs)) == len(OFFICERS) - 1

        def posted() -> bool:
            drawn = [str(message.history[0].card) for message in stage.teams.messages]
            return all(any(ref in card for card in drawn) for ref in refs)

        await stage.teams.wait_until(posted, within=PATIENCE)
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def test_who_needs_what_it_holds_is_told_in_time_and_can_do_it_soon(stage: FaultStage) -> None:
    officer = OFFICERS[0]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    async with frozen(stage, ref):
        async with asyncio.timeout(PATIENCE):
            status, body = await stage.post(stage.breach(officer, ref))
        assert (status, body["value"]) == (200, BREACH_NOT_SAVED)
        async with asyncio.timeout(PATIENCE):
            await stage.reported(officer, ref)
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def test_a_number_that_was_drawn_and_lost_is_left_out(stage: FaultStage) -> None:
    before = await stage.assigned(OFFICERS[0])
    async with frozen(stage, before):
        pass
    after = await stage.assigned(OFFICERS[1])
    assert int(after[2:]) == int(before[2:]) + 2
