"""RedLine on one machine, for trying it: `make run`. Ctrl-C stops everything that it started."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from infra.local.database import POLICY, after_restart, local_units, make_database
from infra.local.directory import graph_data
from infra.local.kept import DOWNLOADS, ROOT, InUse, Kept
from infra.local.local_teams import LocalTeamsWindow
from infra.local.node import LocalTeamsUnavailable, find_node, install_packages
from infra.local.people import CONSTABLE, SERGEANT
from infra.local.processes import CannotRun, Child, Processes, Program
from infra.local.run_settings import RunSettings, read_run_settings
from infra.local.windows import constables_window, sergeants_window, world

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LocalRun:
    """The service, the local Graph and two local Teams windows, over the data in one folder."""

    def __init__(self, settings: RunSettings, kept: Kept) -> None:
        self._settings = settings
        self._kept = kept
        self._processes = Processes()

    async def play(self) -> None:
        """Start everything, say where it is, and wait until something ends; always raises `CannotRun`."""
        self._settings.demand_free_ports()
        windows = await self._prepare_windows()
        is_new = await make_database(self._kept.database_url, self._settings.local_clock)
        say("Made a database with fictional data." if is_new else "The data of the last run is still there.")
        say("Starting the service, the local Graph and two local Teams ...")
        programs = {"the local Graph": self._graph(), "the service": self._service()}
        await self._processes.start(programs | windows)
        for window in windows.values():
            await window.announce_install()
        say(self._where_it_is(0 if is_new else await self._after_restart()))
        raise CannotRun(f"{await self._processes.first_to_end()} has ended (see {self._kept.logs})")

    async def stop(self) -> None:
        """Stop everything."""
        await self._processes.stop()

    async def _prepare_windows(self) -> dict[str, "Window"]:
        say("Getting the local Teams ready (the first time it comes from npm: half a minute or so) ...")
        try:
            node = find_node()
            modules = await install_packages(node, DOWNLOADS)
        except LocalTeamsUnavailable as problem:
            raise CannotRun(str(problem).removesuffix(".")) from None
        ours = world(self._settings.port)
        shown = {
            "the sergeant's Teams": sergeants_window(self._settings.local_sergeant_port),
            "the constable's phone": constables_window(self._settings.local_constable_port),
        }
        return {
            name: Window(LocalTeamsWindow(ours, each, node=node, modules=modules, folder=self._kept.logs))
            for name, each in shown.items()
        }

    def _graph(self) -> Child:
        port = self._settings.local_graph_port
        self._kept.directory.write_text(graph_data().to_json())
        files = ("--data", str(self._kept.records), "--seed", str(self._kept.directory))
        command = (sys.executable, "-m", "infra.local.graph", "--port", str(port), *files)
        return self._program("graph", command, f"http://127.0.0.1:{port}/desk", {})

    def _service(self) -> Child:
        url = f"http://127.0.0.1:{self._settings.port}/healthz"
        environment = service_environment(self._settings, self._kept)
        return self._program("service", (sys.executable, "app.py", "serve"), url, environment)

    def _program(self, name: str, command: tuple[str, ...], url: str, more: dict[str, str]) -> Child:
        log = self._kept.logs / f"{name}.log"
        return Program(command, ready_url=url, log=log, cwd=ROOT, environment={**os.environ, **more})

    async def _after_restart(self) -> int:
        async with local_units(self._kept.database_url, self._settings.local_clock) as units:
            return await units.write(after_restart)

    def _where_it_is(self, cards_back: int) -> str:
        settings = self._settings
        back = (
            f"  Open cards of the last run come back to their officers ({cards_back}).\n"
            if cards_back
            else ""
        )
        return f"""
RedLine is running. Everybody and everything in it is invented.

  the sergeant's Teams    http://127.0.0.1:{settings.local_sergeant_port}/
  the constable's phone   http://127.0.0.1:{settings.local_constable_port}/
  the records desk        http://127.0.0.1:{settings.local_graph_port}/desk
  health                  http://127.0.0.1:{settings.port}/readyz

  You are {SERGEANT.name} in the first and {CONSTABLE.name} in the second.
  In the channel RedLine of the North team, type:
      @RedLine /assign @{CONSTABLE.name.partition(" (")[0]} visit DVPO-3 by tomorrow 18:00

{back}  Data is kept in {self._kept.folder} (make reset clears it), logs in {self._kept.logs}.
  Ctrl-C stops everything.
"""


class Window:
    """A local Teams window as a child that is watched."""

    def __init__(self, window: LocalTeamsWindow) -> None:
        self._window = window

    async def start(self) -> None:
        """Start it; raises `CannotRun`."""
        try:
            await self._window.start()
        except LocalTeamsUnavailable as problem:
            raise CannotRun(str(problem)) from None

    async def ended(self) -> None:
        """Return when it has ended."""
        await self._window.ended()

    async def stop(self) -> None:
        """End it."""
        await self._window.stop()

    async def announce_install(self) -> None:
        """Tell the service that the app is installed, as an opened page would."""
        await self._window.announce_install()


def service_environment(settings: RunSettings, kept: Kept) -> dict[str, str]:
    """The service's settings in a local run. What a `.env` says for production must not get in."""
    data = graph_data()
    return {
        "REDLINE_MODE": "local",
        "REDLINE_HOST": "127.0.0.1",
        "REDLINE_PORT": str(settings.port),
        "REDLINE_APP_ID": "",
        "REDLINE_APP_PASSWORD": "",
        "REDLINE_TENANT_ID": "",
        "REDLINE_DATABASE_URL": kept.database_url,
        "REDLINE_POLICY_FILE": str(POLICY),
        "REDLINE_GRAPH_URL": f"http://127.0.0.1:{settings.local_graph_port}/v1.0",
        "REDLINE_SITE_ID": data.site_id,
        "REDLINE_LIST_ID": data.list_id,
        "REDLINE_RECORDS_POLL_SECONDS": "2",
        "REDLINE_LOCAL_CLOCK": settings.local_clock,
        "PYTHONUNBUFFERED": "1",
    }


def say(words: str) -> None:
    """Tell the person at the terminal."""
    print(words, flush=True)


async def until_stopped(run: LocalRun) -> None:
    """Play until a signal comes; raises `CannotRun` where it cannot start or something ends."""
    stopped = asyncio.Event()
    for number in _STOPPING:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    playing, stopping = _task(run.play()), _task(stopped.wait())
    try:
        await asyncio.wait((playing, stopping), return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            await playing
        say("\nStopping ...")
    finally:
        playing.cancel()
        stopping.cancel()
        await asyncio.gather(playing, stopping, return_exceptions=True)
        await run.stop()


def _task(work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    return asyncio.create_task(work)


def main() -> int:
    """Run until Ctrl-C (exit code 0); 2 and one line where it cannot start or something ends by itself."""
    try:
        settings = read_run_settings()
        kept = Kept(settings.folder)
        kept.lock()
        asyncio.run(until_stopped(LocalRun(settings, kept)))
    except InUse:
        print("RedLine is running already, from this folder.", file=sys.stderr)
        return 2
    except CannotRun as problem:
        print(f"RedLine cannot run: {problem}.", file=sys.stderr)
        return 2
    say("Everything has been stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
