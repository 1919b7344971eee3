"""The database goes away while the service runs: it says so, loses nothing, and recovers by itself."""

import asyncio
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from cards.words import NOT_SAVED
from tests.faults import truth
from tests.faults.support import LONG, OFFICERS, FaultStage, ref_in, seeded_random
from tests.faults.test_random_kills import Shift
from tests.support.postgres import server_in
from tests.support.running_service import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _ready(stage: FaultStage) -> int:
    url = f"http://127.0.0.1:{stage.service.port}/readyz"
    async with stage.http.get(url) as answer:
        return answer.status


@pytest.mark.parametrize("crowd", ["sqlite"], indirect=True)
async def test_a_file_that_another_process_locks_means_errors_and_then_goes_on(stage: FaultStage) -> None:
    officer = OFFICERS[0]
    tap = stage.assignment(officer)
    holder = sqlite3.connect(str(make_url(stage.database_url).database), isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        status, body = await stage.post(tap)
        assert (status, body["value"]) == (200, NOT_SAVED)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    ref = ref_in(await stage.deliver(tap))
    await stage.reported(officer, ref)
    await stage.everything_is_delivered()
    assert stage.service.is_running
    await truth.everything(stage)


async def test_a_postgresql_that_stops_and_starts_costs_no_acknowledged_tap() -> None:
    folder = Path(tempfile.mkdtemp(prefix="redline-faults-"))
    with server_in(folder) as server:
        async with FaultStage(server.get_uri(), folder) as stage:
            await stage.everything_is_delivered()
            await _work_through_an_outage(stage, server)


async def _work_through_an_outage(stage: FaultStage, server: Any) -> None:
    shift = Shift(stage, seeded_random())
    officers = [asyncio.create_task(shift.work(officer)) for officer in OFFICERS]
    try:
        await eventually(lambda: _answered(stage, 3), LONG)
        await asyncio.to_thread(server.stop)
        status, body = await stage.post(stage.assignment(OFFICERS[0]))
        assert (status, body["value"]) == (200, NOT_SAVED)
        assert await _ready(stage) == 503
        await asyncio.to_thread(server.start)
        before = len(stage.answered)
        await eventually(lambda: _answered(stage, before + 3), LONG)
    finally:
        shift.over = True
        await asyncio.gather(*officers)
    assert stage.service.is_running
    await stage.leases_run_out()
    await stage.everything_is_delivered()
    await truth.everything(stage)
    assert await _ready(stage) == 200


async def _answered(stage: FaultStage, count: int) -> bool:
    return len(stage.answered) >= count
