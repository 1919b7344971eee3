"""Processes that are started side by side, watched together and stopped together."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from infra.local.processes import CannotRun, Processes, Program

SLEEPS = "import time; time.sleep(60)"
WILL_NOT_END = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print(os.getpid(), flush=True); time.sleep(60)"
)
WILL_END = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
HAS_A_CHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)"
)

Make = Callable[..., Program]


@pytest_asyncio.fixture
async def answering_url() -> AsyncIterator[str]:
    """Something that answers at once, so that a program counts as ready."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.fixture
def make(tmp_path: Path, answering_url: str) -> Make:
    def program(code: str, name: str = "program", url: str = answering_url) -> Program:
        log = tmp_path / f"{name}.log"
        return Program(
            (sys.executable, "-c", code), ready_url=url, log=log, cwd=tmp_path, environment=os.environ
        )

    return program


def said(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


async def printed(file: Path) -> str:
    async with asyncio.timeout(20):
        while not said(file):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.02)
    return said(file)


def is_running(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


async def test_the_one_that_ends_is_named(make: Make) -> None:
    async with Processes() as processes:
        await processes.start({"the sleeper": make(SLEEPS, "a"), "the quitter": make("pass", "b")})

        assert await asyncio.wait_for(processes.first_to_end(), 20) == "the quitter"


async def test_one_that_ends_before_it_is_ready_is_named_with_its_last_words(make: Make) -> None:
    nobody = "http://127.0.0.1:9/"
    async with Processes() as processes:
        with pytest.raises(CannotRun, match="the service did not start: port 1 is taken"):
            await processes.start({"the service": make("print('port 1 is taken')", url=nobody)})


async def test_what_had_started_before_a_failure_is_stopped(make: Make, tmp_path: Path) -> None:
    async with Processes() as processes:
        slow = {"slow": make(f"import os; print(os.getpid(), flush=True); {SLEEPS}", "slow")}
        await processes.start(slow)
        pid = int(await printed(tmp_path / "slow.log"))
        with pytest.raises(CannotRun):
            await processes.start({"bad": make("raise SystemExit(1)", "bad", "http://127.0.0.1:9/")})

    assert not is_running(pid)


async def test_what_a_program_started_is_stopped_with_it(make: Make, tmp_path: Path) -> None:
    async with Processes() as processes:
        await processes.start({"parent": make(HAS_A_CHILD)})
        pid = int(await printed(tmp_path / "program.log"))
        assert is_running(pid)

    async with asyncio.timeout(10):
        while is_running(pid):  # noqa: ASYNC110 - the system reaps it
            await asyncio.sleep(0.02)


async def test_one_that_does_not_listen_is_ended_all_the_same(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.processes.STOP_SECONDS", 0.2)
    deaf = make(WILL_NOT_END)
    await deaf.start()
    pid = int(await printed(tmp_path / "program.log"))

    await deaf.stop()

    assert not is_running(pid)


async def test_all_are_stopped_at_once_not_one_after_the_other(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.processes.STOP_SECONDS", 60)
    processes = Processes()
    await processes.start({"deaf": make(WILL_NOT_END, "deaf"), "good": make(WILL_END, "good")})
    deaf, good = [int(await printed(tmp_path / f"{name}.log")) for name in ("deaf", "good")]

    stopping = asyncio.create_task(processes.stop())

    async with asyncio.timeout(20):
        while is_running(good):  # noqa: ASYNC110 - the system reaps it
            await asyncio.sleep(0.02)
    assert is_running(deaf)
    os.kill(deaf, signal.SIGKILL)
    await stopping


async def test_stopping_twice_is_stopping_once(make: Make) -> None:
    processes = Processes()
    await processes.start({"sleeper": make(SLEEPS)})

    await processes.stop()
    await processes.stop()


async def test_one_that_never_answers_is_given_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.processes.START_SECONDS", 0.3)
    async with Processes() as processes:
        with pytest.raises(CannotRun, match="silent did not start: it did not answer"):
            await processes.start({"silent": make(SLEEPS, url="http://127.0.0.1:9/")})
