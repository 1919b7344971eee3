"""Many clients that connect, say nothing or very little, and come again: nobody who speaks waits for them."""

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
from tests.support.silence import dripping_crowd, silent_crowd

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("crowd", ["sqlite"], indirect=True),
]
MOST_SILENT = 3000
TAPS = 20
TEAMS_WAITS = 10.0


class AsUsual(ColdProcess):
    """A process that may open as many files as one usually may at first: 1,024."""

    files = "ulimit -S -n 1024"

    async def _begin(self, command: Sequence[str], log: IO[bytes] | None) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *("sh", "-c", f'{self.files}; exec "$@"', "sh", sys.executable, "app.py", *command),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log or asyncio.subprocess.STDOUT,
        )


class WithFewFiles(AsUsual):
    """A process that has room for 32 who speak, and may not ask for more."""

    files = "ulimit -n 320"


@pytest_asyncio.fixture(loop_scope="session")
async def small_service(stage: FaultStage) -> AsyncIterator[AsUsual]:
    started = WithFewFiles(stage.environment(), stage.folder / "small.log")
    await started.start()
    yield started
    if started.is_running:
        await started.stop()


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


@pytest.mark.parametrize(
    "first",
    [
        b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET /nowhere HTTP/1.1\r\nHost: here\r\n\r\n",
        b"POST /api/messages HTTP/1.1\r\nHost: here\r\nContent-Length: 90\r\n\r\nx",
    ],
    ids=["health", "nothing", "no token"],
)
async def test_clients_that_say_a_letter_now_and_then_stop_no_tap(
    stage: FaultStage, small_service: AsUsual, first: bytes
) -> None:
    async with dripping_crowd(small_service.port, 60, first):
        refs = [await tap(stage, small_service) for _ in range(8)]
    assert len(set(refs)) == 8


async def test_a_service_with_silent_clients_stops_when_it_is_asked_to(
    stage: FaultStage, service: AsUsual
) -> None:
    async with silent_crowd(service.port, 50), asyncio.timeout(TEAMS_WAITS):
        assert await service.stop() == 0
