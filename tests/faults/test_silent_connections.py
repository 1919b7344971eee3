"""A thousand clients that connect, say nothing and come again: nobody who speaks waits for them."""

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Sequence
from typing import IO

import aiohttp
import pytest
import pytest_asyncio

from tests.faults.support import OFFICERS, FaultStage, ref_in, size
from tests.support.running_service import ROOT, ColdProcess
from tests.support.silence import silent_crowd

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("crowd", ["sqlite"], indirect=True),
]
MOST_SILENT = 3000
TAPS = 20
TEAMS_WAITS = 10.0


class AsUsual(ColdProcess):
    """A process that may open as many files as one usually may at first: 1,024."""

    async def _begin(self, command: Sequence[str], log: IO[bytes] | None) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *("sh", "-c", 'ulimit -S -n 1024; exec "$@"', "sh", sys.executable, "app.py", *command),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log or asyncio.subprocess.STDOUT,
        )


@pytest_asyncio.fixture(loop_scope="session")
async def service(stage: FaultStage) -> AsyncIterator[AsUsual]:
    started = AsUsual(stage.environment(), stage.folder / "silence.log")
    await started.start()
    yield started
    if started.is_running:
        await started.stop()


@pytest.fixture(autouse=True)
def many_files() -> None:
    """The clients are files of this process, all of them."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_SILENT if hard == resource.RLIM_INFINITY else min(hard, 2 * MOST_SILENT)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def tap(stage: FaultStage, service: AsUsual) -> str:
    """A sergeant's tap over a connection of its own; the reference of the task that it made."""
    url = f"http://127.0.0.1:{service.port}/api/messages"
    headers = {"Authorization": stage.issuer.authorization()}
    async with asyncio.timeout(TEAMS_WAITS), aiohttp.ClientSession() as client:
        answer = await client.post(url, json=stage.assignment(OFFICERS[0]), headers=headers)
        return ref_in(await answer.json())


@pytest.mark.parametrize("silent", [size(1000, MOST_SILENT)])
async def test_silent_clients_that_come_again_stop_no_tap(
    stage: FaultStage, service: AsUsual, silent: int
) -> None:
    async with silent_crowd(service.port, silent):
        refs = [await tap(stage, service) for _ in range(TAPS)]
        url = f"http://127.0.0.1:{service.port}/healthz"
        async with asyncio.timeout(TEAMS_WAITS), stage.http.get(url) as answer:
            assert answer.status == 200
    assert len(set(refs)) == TAPS


async def test_a_service_with_silent_clients_stops_when_it_is_asked_to(
    stage: FaultStage, service: AsUsual
) -> None:
    async with silent_crowd(service.port, 50), asyncio.timeout(TEAMS_WAITS):
        assert await service.stop() == 0
