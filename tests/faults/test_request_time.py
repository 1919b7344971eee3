"""A request has ten seconds, whatever it does inside: then it is answered in words, and not done later."""

import asyncio
import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy.engine import make_url

from cards.words import BREACH_NOT_SAVED, NOT_SAVED
from infra.local.people import SERGEANT
from storage.tables import Outcome, Task
from tests.faults import truth
from tests.faults.support import OFFICERS, FaultStage, ref_in
from tests.support.postgres import server_in
from tests.support.running_service import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
TEAMS_WAITS = 15.0
"""Seconds. Each answer here has to come before Teams gives up."""


@contextmanager
def locked(stage: FaultStage) -> Iterator[None]:
    """Another process writes to the SQLite file, and does not end."""
    holder = sqlite3.connect(str(make_url(stage.database_url).database), isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
    finally:
        holder.close()


@contextmanager
def stopped(server: Any) -> Iterator[None]:
    """Every process of a PostgreSQL server stands still: its connections stay open and say nothing."""
    head = psutil.Process(int((server.pgdata / "postmaster.pid").read_text().split()[0]))
    everybody = [head, *head.children(recursive=True)]
    for each in everybody:
        os.kill(each.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in everybody:
            os.kill(each.pid, signal.SIGCONT)


async def asked(stage: FaultStage, path: str) -> tuple[int, float]:
    began = time.monotonic()
    async with stage.http.get(f"http://127.0.0.1:{stage.service.port}{path}") as answer:
        return answer.status, time.monotonic() - began


async def answered_in_words(stage: FaultStage, activities: list[dict[str, Any]]) -> list[str]:
    async with asyncio.timeout(TEAMS_WAITS):
        answers = await asyncio.gather(*(stage.post(each) for each in activities))
    assert [status for status, _ in answers] == [200] * len(activities)
    return [body["value"] for _, body in answers]


@pytest.mark.parametrize("crowd", ["sqlite"], indirect=True)
async def test_taps_that_wait_for_a_locked_file_are_answered_and_not_done_later(stage: FaultStage) -> None:
    ref = await stage.assigned(OFFICERS[0])
    await stage.everything_is_delivered()
    taps = [stage.assignment(officer) for officer in OFFICERS]
    before = len(await stage.rows(Task))
    with locked(stage):
        words = await answered_in_words(stage, [*taps, stage.breach(OFFICERS[0], ref)])
        assert words == [NOT_SAVED] * len(taps) + [BREACH_NOT_SAVED]
        assert (await asked(stage, "/healthz"))[0] == 200
    assert ref_in(await stage.deliver(stage.assignment(OFFICERS[1])))
    assert len(await stage.rows(Task)) == before + 1, "a tap was carried out after it was answered"
    task = (await stage.rows(Task, ref=ref))[0]
    assert await stage.rows(Outcome, task_id=task["id"]) == []
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def test_a_server_that_stands_still_is_answered_for_and_readiness_says_so() -> None:
    folder = Path(tempfile.mkdtemp(prefix="redline-faults-"))
    with server_in(folder) as server:
        async with FaultStage(server.get_uri(), folder) as stage:
            await stage.everything_is_delivered()
            with stopped(server):
                words = await answered_in_words(stage, [stage.assignment(each) for each in OFFICERS])
                assert words == [NOT_SAVED] * len(OFFICERS)
                for path, status in (("/healthz", 200), ("/readyz", 503)):
                    found, seconds = await asked(stage, path)
                    assert found == status
                    assert seconds < 5, f"{path} is asked for every few seconds"
            ref = ref_in(await stage.deliver(stage.assignment(OFFICERS[0])))
            assert len(await stage.rows(Task)) == 1, "a tap was carried out after it was answered"
            await stage.reported(OFFICERS[0], ref)
            await eventually(lambda: _is_ready(stage))
            await stage.everything_is_delivered()
            await truth.everything(stage)


async def _is_ready(stage: FaultStage) -> bool:
    return (await asked(stage, "/readyz"))[0] == 200


async def test_twelve_people_whom_nobody_knows_cost_one_wait_for_the_roster(stage: FaultStage) -> None:
    names = [f"N{number}" for number in range(12)]
    entities = [
        {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": f"29:{name}", "name": name}}
        for name in names
    ]
    text = "/assign " + " ".join(f"<at>{name}</at>" for name in names) + " visit DVPO-11 by tomorrow 18:00"
    typed = stage.activity(SERGEANT, type="message", text=text, textFormat="plain", entities=entities)
    stage.teams.faults.add(method="GET", hang=True, times=None)
    try:
        async with asyncio.timeout(TEAMS_WAITS):
            status, _ = await stage.post(typed)
    finally:
        stage.all_is_well()
    assert status == 202
    await stage.everything_is_delivered()
