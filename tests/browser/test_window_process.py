"""The process behind one window of the local Teams: how it starts, refuses, and ends."""

import asyncio
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.local_teams import LocalTeamsWindow, TeamsWindow, configuration
from infra.local.node import LocalTeamsUnavailable, Node
from tests.browser.local_people import BOARD, CASEY, NORTH, OTHERS, SAM, free_port, window_of, world_of

Maker = Callable[[int], LocalTeamsWindow]


def window(node: Node, modules: Path, folder: Path, port: int) -> LocalTeamsWindow:
    world = world_of("http://127.0.0.1:9/")
    return LocalTeamsWindow(world, window_of(SAM, port), node=node, modules=modules, folder=folder)


@pytest.fixture
def make(node: Node, node_modules: Path, tmp_path: Path) -> Maker:
    return lambda port: window(node, node_modules, tmp_path, port)


def is_open(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.02)


async def test_it_listens_on_this_machine_alone(make: Maker) -> None:
    port = free_port()
    async with make(port):
        assert is_open("127.0.0.1", port)
        assert not is_open("127.0.0.2", port)


async def test_a_taken_port_gives_one_clear_line(make: Maker) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        teams = make(port)
        with pytest.raises(LocalTeamsUnavailable, match=f"Port {port} is taken") as refused:
            await teams.start()

    assert "\n" not in str(refused.value)


async def test_a_window_that_dies_at_once_says_where_its_log_is(node: Node, tmp_path: Path) -> None:
    teams = window(node, tmp_path / "nothing", tmp_path, free_port())

    with pytest.raises(LocalTeamsUnavailable, match="ended at once") as refused:
        await teams.start()

    assert str(teams.log) in str(refused.value)
    assert "Cannot find module" in teams.log.read_text()


async def test_stopping_frees_the_port_and_stopping_twice_is_harmless(make: Maker) -> None:
    port = free_port()
    teams = make(port)
    await teams.start()
    await teams.stop()
    await teams.stop()

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))


async def test_a_start_that_is_interrupted_leaves_nothing_running(make: Maker) -> None:
    port = free_port()
    teams = make(port)
    starting = asyncio.create_task(teams.start())
    await until(teams.log.exists)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))


STARTER = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = sys.argv[5:]
from infra.local.local_teams import LocalTeamsWindow, TeamsPerson, TeamsWindow, TeamsWorld
from infra.local.node import Node
people = [TeamsPerson(f"29:p{n}", f"id-{n}", f"P{n}", "Example") for n in range(6)]
window = TeamsWindow(people[0], tuple(people[1:]), "a:personal", int(sys.argv[1]))
world = TeamsWorld("tenant", "28:bot", "Bot", "http://127.0.0.1:9/")
async def main():
    node = Node(Path(sys.argv[2]), ())
    modules, folder = Path(sys.argv[3]), Path(sys.argv[4])
    await LocalTeamsWindow(world, window, node=node, modules=modules, folder=folder).start()
    print("up", flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_a_window_goes_when_its_starter_is_killed(
    node: Node, node_modules: Path, tmp_path: Path
) -> None:
    port, root = free_port(), str(Path(__file__).parents[2])
    told = (str(port), str(node.executable), str(node_modules), str(tmp_path), root)
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTER, *told, stdout=asyncio.subprocess.PIPE
    )
    assert starter.stdout is not None
    assert await starter.stdout.readline() == b"up\n"
    starter.kill()
    await starter.wait()

    await until(lambda: not is_open("127.0.0.1", port))


def test_the_constables_window_has_a_team_of_its_own_that_no_other_window_shows() -> None:
    world = world_of("http://127.0.0.1:9/")
    sergeants = configuration(world, window_of(SAM, 1, NORTH))["team"]
    constables = configuration(world, window_of(CASEY, 2))["team"]

    assert sergeants["channels"] == [{"id": BOARD.id, "name": "RedLine"}]
    assert constables["channels"] == []
    assert constables["id"] != sergeants["id"]


def test_the_number_of_other_people_is_checked_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="takes 5 other people, not 4"):
        TeamsWindow(SAM, OTHERS, "a:personal-sam", 1)
