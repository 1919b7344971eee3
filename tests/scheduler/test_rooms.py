"""A job is declared in its room and nowhere else; the machinery runs one that no product file knows."""

import ast
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from inspect import getsource, iscoroutinefunction
from pathlib import Path
from types import ModuleType

import pytest

from cards.rooms import DRAWN
from scheduler import job, records, shell, timetable, watch, work
from scheduler.job import Job, Reach
from scheduler.rooms import JOBS
from scheduler.shell import Service, wired
from scheduler.timetable import Timetable
from tasking.opening import Opened
from tasking.ports import DirectorySnapshot
from tasking.settings import Settings
from tests.support.fakes import FakeDirectory, FakeMessenger, FakeRecords
from tests.support.units import Force, open_force

ROOMS = (records, watch, work)
AS_EVER = {
    "beat": 15,
    "probe": 2,
    "remind": 60,
    "danger": 5,
    "watch-orders": 60,
    "boards": 300,
    "directory": 300,
    "missing-people": 60,
    "answers": 30,
    "parked": 3600,
    "forget": 600,
}


@pytest.fixture
async def force(tmp_path: Path) -> AsyncIterator[Force]:
    async with open_force(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def on_port_one() -> AsyncIterator[int]:
    yield 1


def service(force: Force, *jobs: Job, poll: float = 30) -> Service:
    settings = Settings(_env_file=None, records_poll_seconds=poll)
    opened = Opened(settings, force.units)
    return wired(
        opened,
        FakeMessenger(),
        FakeRecords(),
        FakeDirectory(DirectorySnapshot([])),
        on_port_one,
        DRAWN,
        jobs or JOBS,
    )


def said_in(code: ast.AST) -> set[str]:
    nodes = ast.walk(code)
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def named_in(code: ast.AST) -> set[str]:
    nodes = list(ast.walk(code))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("part", [job, shell, timetable], ids=lambda part: part.__name__)
def test_the_machinery_names_no_job(part: ModuleType) -> None:
    code = ast.parse(getsource(part))
    passes = {name for room in ROOMS for name, each in vars(room).items() if iscoroutinefunction(each)}
    assert {"remind", "read_answers", "tell_of_danger"} <= passes
    assert said_in(code) & set(AS_EVER) == set()
    assert named_in(code) & passes == set()


async def test_the_timetable_is_as_it_was(force: Force) -> None:
    entries = service(force).timetable()
    assert {entry.name: entry.every for entry in entries} == AS_EVER
    assert len(entries) == len(AS_EVER)


async def test_how_often_may_stand_in_the_settings(force: Force) -> None:
    entries = service(force, poll=7).timetable()
    assert [entry.every for entry in entries if entry.name == "answers"] == [7]


async def test_an_invented_job_is_run_by_a_real_timetable_with_what_it_needs(force: Force) -> None:
    ran: asyncio.Queue[Reach] = asyncio.Queue()
    at_work = service(force, *JOBS, Job("count-lighthouses", 0.02, ran.put))
    started = Timetable([entry for entry in at_work.timetable() if entry.name == "count-lighthouses"])
    started.start()
    async with asyncio.timeout(20):
        reaches = [await ran.get(), await ran.get()]
    started.stop()
    assert [(each.units, each.records, each.directory) for each in reaches] == [
        (force.units, at_work.records, at_work.directory)
    ] * 2


async def test_two_jobs_of_one_name_are_refused(force: Force) -> None:
    twice = Job("count-lighthouses", 60, lambda at: asyncio.sleep(0))
    with pytest.raises(Exception, match="count-lighthouses"):
        async with _started(service(force, twice, twice)):
            pass


@asynccontextmanager
async def _started(at_work: Service) -> AsyncIterator[None]:
    timetable_ = Timetable(at_work.timetable())
    timetable_.start()
    try:
        yield
    finally:
        timetable_.stop()


async def test_the_service_is_not_ready_before_what_is_first_has_worked(
    force: Force, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(_: Reach) -> None:
        raise ValueError("no lighthouse")

    with pytest.raises(ValueError, match="no lighthouse"):
        await shell.serve(service(force, Job("lighthouse", 60, fail, is_first=True)))
    assert "ready" not in capsys.readouterr().out
