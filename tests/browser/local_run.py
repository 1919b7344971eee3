"""`make run` as a test starts it: the same program, with ports and a folder of its own."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
_RUNNING = b"Ctrl-C stops"


class LocalRun:
    """The service, the local Graph and two local Teams windows, until the end of the `async with`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = _free_ports(4)

    @property
    def sergeant(self) -> str:
        """Where the sergeant's Teams is."""
        return f"http://127.0.0.1:{self._ports[2]}/"

    @property
    def constable(self) -> str:
        """Where the constable's phone is."""
        return f"http://127.0.0.1:{self._ports[3]}/"

    @property
    def desk(self) -> str:
        """Where the records desk is."""
        return f"http://127.0.0.1:{self._ports[1]}/desk"

    async def __aenter__(self) -> Self:
        names = ("PORT", "LOCAL_GRAPH_PORT", "LOCAL_SERGEANT_PORT", "LOCAL_CONSTABLE_PORT")
        ports = {f"REDLINE_{name}": str(port) for name, port in zip(names, self._ports, strict=True)}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "infra.local.run",
            cwd=ROOT,
            env={**os.environ, **ports, "REDLINE_LOCAL_FOLDER": str(self._folder)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout
        async with asyncio.timeout(120):
            while line := await self._process.stdout.readline():
                if _RUNNING in line:
                    return self
        raise AssertionError("the local run ended before it was ready")

    async def __aexit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        await asyncio.wait_for(self._process.communicate(), 30)

    def service_log(self) -> str:
        """Everything that the service logged."""
        return (self._folder / "logs/service.log").read_text()


def _free_ports(count: int) -> list[int]:
    """Ports below those that outgoing connections are given, so that none is taken before it is used."""
    free: list[int] = []
    for port in range(21000 + os.getpid() * 37 % 9000, 32000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                free.append(port)
        if len(free) == count:
            return free
    raise AssertionError("no free ports")
