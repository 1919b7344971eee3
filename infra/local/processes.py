"""Processes that are started one by one, watched together and stopped together."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import aiohttp

START_SECONDS = 60
STOP_SECONDS = 5


class CannotRun(Exception):
    """Why a local run does not start or go on: one line for the person at the terminal."""


class Child(Protocol):
    """Something with a process of its own."""

    async def start(self) -> None:
        """Start it and return when it is ready; raises with one line where it does not come up."""
        ...

    async def ended(self) -> None:
        """Return when it has ended."""
        ...

    async def stop(self) -> None:
        """End it, and whatever it started; nothing happens when it has ended already."""
        ...


class Program:
    """A command in a process group of its own, ready when `ready_url` answers; it prints into `log`."""

    def __init__(
        self, command: Sequence[str], *, ready_url: str, log: Path, cwd: Path, environment: Mapping[str, str]
    ) -> None:
        self._command = tuple(command)
        self._ready_url = ready_url
        self._log = log
        self._cwd = cwd
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers; raises `CannotRun` with the last line it printed."""
        with self._log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._cwd,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            await asyncio.wait_for(self._until_it_answers(), START_SECONDS)
        except TimeoutError:
            raise CannotRun(f"it did not answer within {START_SECONDS} s (details: {self._log})") from None

    async def ended(self) -> None:
        """Return when the process has ended."""
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> None:
        """Ask it to end, and end the whole group when it does not within five seconds."""
        if self._process is not None:
            await end_group(self._process)

    async def _until_it_answers(self) -> None:
        async with aiohttp.ClientSession() as http:
            while not await _answers(http, self._ready_url):
                if self._process is None or self._process.returncode is not None:
                    raise CannotRun(f"{self._last_words()} (details: {self._log})")
                await asyncio.sleep(0.1)

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it ended at once"


class Processes:
    """Everything a run has started. `async with Processes() as processes:` stops it all at the end."""

    def __init__(self) -> None:
        self._children: dict[str, Child] = {}

    async def start(self, children: Mapping[str, Child]) -> None:
        """Start children side by side; raises `CannotRun` as soon as one of them does not come up."""
        self._children.update(children)
        try:
            async with asyncio.TaskGroup() as group:
                for name, child in children.items():
                    group.create_task(_start(name, child))
        except* CannotRun as problems:
            raise CannotRun(str(problems.exceptions[0])) from None

    async def first_to_end(self) -> str:
        """Wait until any of them ends, and return its name."""
        watching = {asyncio.create_task(child.ended()): name for name, child in self._children.items()}
        try:
            done, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in watching:
                task.cancel()
        return watching[done.pop()]

    async def stop(self) -> None:
        """Stop them all at once; returns when no process is left."""
        stopping = [child.stop() for child in self._children.values()]
        self._children = {}
        await asyncio.gather(*stopping, return_exceptions=True)

    async def __aenter__(self) -> "Processes":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def _start(name: str, child: Child) -> None:
    try:
        await child.start()
    except CannotRun as problem:
        raise CannotRun(f"{name} did not start: {problem}") from None


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def end_group(process: asyncio.subprocess.Process) -> None:
    """Ask a process group to end, and end the whole of it when it does not within five seconds."""
    _signal_group(process, signal.SIGTERM)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
    finally:
        _signal_group(process, signal.SIGKILL)
    await process.wait()


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
