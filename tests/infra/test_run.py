"""`make run` without a browser: two runs over the same data, as a person at a terminal would have them.

The two runs happen once, in a fixture; each test looks at one thing that they showed.
"""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from infra.local.kept import DOWNLOADS, ROOT, InUse, Kept
from infra.local.node import LocalTeamsUnavailable, find_node, install_packages
from infra.local.people import (
    BOT_ID,
    BOT_NAME,
    CONSTABLE,
    NORTH_CHANNEL,
    NORTH_TEAM,
    SERGEANT,
    TENANT,
    FictionalPerson,
)
from infra.local.processes import CannotRun
from infra.local.run_settings import read_run_settings
from infra.local.windows import constables_window, sergeants_window

PORTS = ("PORT", "LOCAL_GRAPH_PORT", "LOCAL_SERGEANT_PORT", "LOCAL_CONSTABLE_PORT")
HANG_SECONDS = 120

# Two runs in one fixture, the first perhaps with a download.
pytestmark = pytest.mark.timeout(400)


def free_ports() -> dict[str, str]:
    probes = {name: socket.create_server(("127.0.0.1", 0)) for name in PORTS}
    ports = {f"REDLINE_{name}": str(probe.getsockname()[1]) for name, probe in probes.items()}
    for probe in probes.values():
        probe.close()
    return ports


def children_of(pid: int) -> set[int]:
    """Every process below this one."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return set()
    children = {int(child) for child in listed}
    return children.union(*(children_of(child) for child in children))


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


class AtTheTerminal:
    """One `python -m infra.local.run`, and what it prints."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self.printed = ""
        self.complaint = ""
        self.started: set[int] = set()

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "infra.local.run",
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout
        async with asyncio.timeout(HANG_SECONDS):
            while "Ctrl-C stops" not in self.printed:
                line = await self._process.stdout.readline()
                if not line:
                    await self.end()
                    raise AssertionError(f"it did not start: {self.printed}{self.complaint}")
                self.printed += line.decode()
        self.started = children_of(self._process.pid)

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    async def end(self) -> int:
        output, errors = await asyncio.wait_for(self._process.communicate(), HANG_SECONDS)
        self.printed += output.decode()
        self.complaint = errors.decode()
        return self._process.returncode or 0

    def pid_of(self, words: str) -> int:
        """The process whose command line holds these words."""
        commands = {pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in self.started}
        return next(pid for pid, command in commands.items() if words in command)


@dataclass
class TwoRuns:
    """What two runs over the same data showed."""

    first: AtTheTerminal
    second: AtTheTerminal
    folder: Path
    ports: Mapping[str, str]
    codes: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    meanwhile: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    officers_cards: list[int] = field(default_factory=list)


def another(module: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a module to its end."""
    command = (sys.executable, "-m", module)
    surroundings = {**os.environ, **environment}
    return subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=HANG_SECONDS, check=False
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two_runs(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TwoRuns]:
    try:
        await install_packages(find_node(), DOWNLOADS)
    except LocalTeamsUnavailable as reason:
        pytest.skip(f"`make run` was not tried: {reason}")
    folder = tmp_path_factory.mktemp("local")
    ports = free_ports()
    environment = {**ports, "REDLINE_LOCAL_FOLDER": str(folder)}
    runs = TwoRuns(AtTheTerminal(environment), AtTheTerminal(environment), folder, ports)

    await runs.first.start()
    runs.pages = await pages(ports)
    for module in ("infra.local.run", "infra.local.reset"):
        runs.meanwhile[module] = await asyncio.to_thread(another, module, environment)
    await assign_a_visit(ports)
    await until(lambda: officers_cards(folder, gone=False) == 1)
    runs.first.interrupt()
    runs.codes["first"] = await runs.first.end()

    await runs.second.start()
    await until(lambda: officers_cards(folder, gone=True) == officers_cards(folder, gone=False) == 1)
    os.kill(runs.second.pid_of("infra.local.graph"), signal.SIGKILL)
    runs.codes["second"] = await runs.second.end()

    runs.left = {pid for pid in runs.first.started | runs.second.started if is_running(pid)}
    yield runs


async def pages(ports: Mapping[str, str]) -> dict[str, int]:
    service, graph, sergeant, constable = (ports[f"REDLINE_{name}"] for name in PORTS)
    paths = {
        "health": f"{service}/readyz",
        "the records desk": f"{graph}/desk",
        "the sergeant's Teams": f"{sergeant}/",
        "the constable's phone": f"{constable}/",
    }
    found = {}
    async with ClientSession() as http:
        for name, path in paths.items():
            async with http.get(f"http://127.0.0.1:{path}") as answer:
                found[name] = answer.status
    return found


async def assign_a_visit(ports: Mapping[str, str]) -> None:
    text = f"<at>{BOT_NAME}</at> /assign <at>{CONSTABLE.name}</at> visit DVPO-3 by tomorrow 18:00"
    activity: dict[str, Any] = {
        "type": "message",
        "id": uuid.uuid4().hex,
        "channelId": "msteams",
        "serviceUrl": f"http://localhost:{ports['REDLINE_LOCAL_SERGEANT_PORT']}/_connector",
        "from": {"id": SERGEANT.teams_id, "aadObjectId": SERGEANT.entra_id},
        "recipient": {"id": BOT_ID},
        "conversation": {
            "id": f"{NORTH_CHANNEL};messageid=1",
            "conversationType": "channel",
            "isGroup": True,
        },
        "channelData": {
            "tenant": {"id": TENANT},
            "team": {"id": NORTH_TEAM},
            "channel": {"id": NORTH_CHANNEL},
        },
        "text": text,
        "entities": [mention(BOT_ID, BOT_NAME), mention(CONSTABLE.teams_id, CONSTABLE.name)],
    }
    url = f"http://127.0.0.1:{ports['REDLINE_PORT']}/api/messages"
    async with ClientSession() as http, http.post(url, json=activity) as answer:
        assert answer.status == 202


def mention(teams_id: str, name: str) -> dict[str, Any]:
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": teams_id, "name": name}}


def officers_cards(folder: Path, *, gone: bool) -> int:
    """How many cards stand in officers' chats, or stood there before Teams forgot them."""
    query = "SELECT count(*) FROM message WHERE purpose = 'OFFICER_TASK' AND gone = ?"
    with closing(sqlite3.connect(folder / "redline.sqlite3")) as database:
        return int(database.execute(query, (gone,)).fetchone()[0])


async def until(condition: Any) -> None:
    async with asyncio.timeout(HANG_SECONDS):
        while not condition():  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.1)


# --- what the two runs showed ---


@pytest.mark.slow
def test_it_prints_where_everything_is_and_everything_is_there(two_runs: TwoRuns) -> None:
    for name, port in zip(
        ("health", "the records desk", "the sergeant's Teams", "the constable's phone"), PORTS, strict=True
    ):
        (line,) = [
            line for line in two_runs.first.printed.splitlines() if line.strip().startswith(f"{name}  ")
        ]
        assert f"http://127.0.0.1:{two_runs.ports[f'REDLINE_{port}']}/" in line
    assert set(two_runs.pages.values()) == {200}


@pytest.mark.slow
def test_ctrl_c_stops_it_cleanly(two_runs: TwoRuns) -> None:
    assert two_runs.codes["first"] == 0
    assert two_runs.first.complaint == ""
    assert two_runs.first.printed.endswith("Everything has been stopped.\n")


@pytest.mark.slow
def test_no_process_is_left_behind(two_runs: TwoRuns) -> None:
    assert len(two_runs.first.started) >= 4
    assert two_runs.left == set()


@pytest.mark.slow
def test_the_data_is_still_there_in_the_second_run(two_runs: TwoRuns) -> None:
    assert "Made a database" in two_runs.first.printed
    assert "The data of the last run is still there." in two_runs.second.printed


@pytest.mark.slow
def test_open_cards_come_back_after_a_restart(two_runs: TwoRuns) -> None:
    assert "come back to their officers (1)" in two_runs.second.printed
    assert officers_cards(two_runs.folder, gone=False) == 1


@pytest.mark.slow
def test_a_second_run_at_the_same_time_is_one_line(two_runs: TwoRuns) -> None:
    answer = two_runs.meanwhile["infra.local.run"]

    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "RedLine is running already, from this folder.\n"


@pytest.mark.slow
def test_a_reset_while_it_runs_is_refused_in_one_line(two_runs: TwoRuns) -> None:
    answer = two_runs.meanwhile["infra.local.reset"]

    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("RedLine is running: stop it first")


@pytest.mark.slow
def test_when_one_of_them_ends_it_is_named_and_the_others_are_stopped(two_runs: TwoRuns) -> None:
    assert two_runs.codes["second"] == 2
    (line,) = two_runs.second.complaint.splitlines()
    assert line.startswith("RedLine cannot run: the local Graph has ended")


@pytest.mark.slow
def test_logs_are_kept_apart_from_what_is_printed(two_runs: TwoRuns) -> None:
    assert "service.started" in (two_runs.folder / "logs/service.log").read_text()
    assert "service.started" not in two_runs.first.printed


# --- without starting anything ---


@contextmanager
def taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


def test_a_port_in_use_is_one_line_that_names_its_setting(tmp_path: Path) -> None:
    with taken_port() as port:
        environment = {
            **free_ports(),
            "REDLINE_LOCAL_GRAPH_PORT": port,
            "REDLINE_LOCAL_FOLDER": str(tmp_path),
        }
        answer = another("infra.local.run", environment)

    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert f"port {port} is in use" in line
    assert "REDLINE_LOCAL_GRAPH_PORT" in line


def test_the_same_port_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = free_ports()
    for name in ports:
        monkeypatch.setenv(name, ports["REDLINE_PORT"])

    with pytest.raises(CannotRun, match="REDLINE_PORT"):
        read_run_settings().demand_free_ports()


@pytest.mark.parametrize(
    ("name", "value"),
    [("REDLINE_PORT", "many"), ("REDLINE_LOCAL_GRAPH_PORT", "0"), ("REDLINE_LOCAL_CLOCK", "at night")],
)
def test_a_setting_that_is_not_understood_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(CannotRun, match=name):
        read_run_settings()


def test_reset_clears_data_and_logs_and_keeps_what_was_downloaded(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.lock()
    kept.unlock()
    gone = (
        kept.database,
        tmp_path / "redline.sqlite3-wal",
        kept.records,
        kept.directory,
        kept.logs / "service.log",
    )
    stays = (tmp_path / "local-teams.stamp", tmp_path / "something-else")
    for file in (*gone, *stays):
        file.write_text("")

    answer = another("infra.local.reset", {"REDLINE_LOCAL_FOLDER": str(tmp_path)})

    assert answer.returncode == 0
    assert answer.stdout.startswith("Cleared")
    assert not any(file.exists() for file in gone)
    assert all(file.exists() for file in stays)


def test_resetting_nothing_says_so(tmp_path: Path) -> None:
    answer = another("infra.local.reset", {"REDLINE_LOCAL_FOLDER": str(tmp_path / "never-used")})

    assert (answer.returncode, answer.stdout) == (0, "There was nothing to clear.\n")


def test_a_folder_is_used_by_one_run_at_a_time(tmp_path: Path) -> None:
    first, second = Kept(tmp_path), Kept(tmp_path)
    first.lock()
    with pytest.raises(InUse):
        second.lock()

    first.unlock()

    second.lock()
    second.unlock()


def test_ctrl_c_while_it_is_loading_ends_it_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "slow_to_load.py").write_text("import time; print('loading', flush=True); time.sleep(60)")
    process = subprocess.Popen(
        (sys.executable, "-m", "infra.local.start", "slow_to_load"),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()

    process.send_signal(signal.SIGINT)

    assert process.communicate(timeout=HANG_SECONDS) == (b"", b"")
    assert process.returncode == -signal.SIGINT


def test_the_team_is_in_the_sergeants_window_alone() -> None:
    """A team in two windows would make the bot answer in whichever spoke last."""
    sergeants, constables = sergeants_window(1), constables_window(2)

    assert sergeants.team
    assert sergeants.team.channel
    assert (sergeants.team.id, sergeants.team.channel.id) == (NORTH_TEAM, NORTH_CHANNEL)
    assert constables.team is None
    assert sergeants.personal_chat_id != constables.personal_chat_id


@pytest.mark.parametrize(
    ("me", "other"),
    [(sergeants_window(1), CONSTABLE), (constables_window(2), SERGEANT)],
    ids=["sergeant", "constable"],
)
def test_each_can_mention_the_other(me: Any, other: FictionalPerson) -> None:
    shown = {person.teams_id: (person.object_id, person.name) for person in me.others}

    assert shown[other.teams_id] == (other.entra_id, other.name)
