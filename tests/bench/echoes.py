"""The echo bots to compare with, each a process of its own on loopback."""

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_PEERS = Path(__file__).with_name("peers")
_START_LIMIT = 60.0


@dataclass(frozen=True)
class Echo:
    """An echo bot: its name in the table, its script and the script's further arguments."""

    name: str
    script: str
    arguments: tuple[str, ...] = ()


BARE = Echo("plain aiohttp", "bare.py")
SHIPPED = Echo("botbuilder echo as shipped", "botbuilder_echo.py")
CURED = Echo("botbuilder echo with the cure", "botbuilder_echo.py", ("cured",))
TEAMS_SDK = Echo("Teams SDK echo as shipped", "teams_sdk_echo.py")
QUIET_TEAMS_SDK = Echo("Teams SDK echo without its access log", "teams_sdk_echo.py", ("quiet",))
ECHO_MARKER = "Echo"


@dataclass(frozen=True)
class Running:
    """A process that listens."""

    port: int
    pid: int


@asynccontextmanager
async def running(echo: Echo, log: Path) -> AsyncIterator[Running]:
    """The echo bot, listening; ended on the way out."""
    port = _free_port()
    script = str(_PEERS / echo.script)
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, script, str(port), *echo.arguments, stdout=output, stderr=output
        )
    try:
        if not await _listens(process, port):
            raise RuntimeError(f"{echo.name} did not start: see {log}")
        yield Running(port, process.pid)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _listens(process: asyncio.subprocess.Process, port: int) -> bool:
    until = time.monotonic() + _START_LIMIT
    while process.returncode is None and time.monotonic() < until:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return True
    return False
