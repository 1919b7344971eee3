"""Processes of `app.py` that begin warm: forked from one that has imported everything already.

A cold start imports for seconds, a hundred times in a run of the tests, and shows the same each time. What is
forked is a process like any other: it can be killed, stopped and frozen. What a cold start does is shown by
the tests that run `make` and `python app.py` themselves.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Protocol

ROOT = Path(__file__).parents[2]


class Process(Protocol):
    """What the tests use of `asyncio.subprocess.Process`."""

    pid: int
    stdout: asyncio.StreamReader | None

    @property
    def returncode(self) -> int | None:
        """Its exit code once it has ended; negative where a signal ended it."""
        ...

    def send_signal(self, signal: int) -> None:
        """Send it a signal; nothing where it has ended."""
        ...

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        ...


class WarmProcess:
    """A process that was forked warm."""

    def __init__(self, pid: int, told: asyncio.StreamReader, stdout: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout: asyncio.StreamReader | None = stdout
        self._ended = asyncio.create_task(_exit_code(told))

    @property
    def returncode(self) -> int | None:
        """Its exit code once it has ended; negative where a signal ended it."""
        return self._ended.result() if self._ended.done() else None

    def send_signal(self, signal: int) -> None:
        """Send it a signal; nothing where it has ended."""
        if self.returncode is None:
            os.kill(self.pid, signal)

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        return await asyncio.shield(self._ended)


async def start_warm(
    command: Sequence[str], environment: Mapping[str, str], stderr: IO[bytes] | None
) -> Process:
    """A process that runs this command of `app.py`; without a file for it, errors go where output goes."""
    stdout, its_stdout = os.pipe()
    told, its_ending = os.pipe()
    asked = json.dumps({"command": list(command), "environment": dict(environment)}).encode()
    files = [its_stdout, stderr.fileno() if stderr else its_stdout, its_ending]
    try:
        socket.send_fds(_starter()[0], [asked], files)
    finally:
        os.close(its_stdout)
        os.close(its_ending)
    told_reader = await _reader(told)
    return WarmProcess(int(await told_reader.readline()), told_reader, await _reader(stdout))


async def _exit_code(told: asyncio.StreamReader) -> int:
    line = await told.readline()
    return int(line) if line else -signal.SIGKILL


async def _reader(file: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(file, "rb"))
    return reader


@cache
def _starter() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The starter and the socket to it: it ends once the socket is closed, with the run itself."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.support.warm_starter", str(its.fileno())]
    with its:
        return ours, subprocess.Popen(command, cwd=ROOT, pass_fds=[its.fileno()])
