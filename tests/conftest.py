"""What every test can ask for: both databases, a PostgreSQL server, Node.js with the pinned npm packages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.local.node import LocalTeamsUnavailable, Node, find_node, install_packages
from tests.support.postgres import Postgres, running_postgres

STATE = Path(__file__).parents[1] / ".local"
_WITH_PROCESSES = ("browser", "faults", "flows", "bench", "infra")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start processes first: begun last they would keep one worker while the others have done."""
    items.sort(key=lambda item: not any(folder in item.path.parts for folder in _WITH_PROCESSES))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run, started for the first test that needs it."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    return fresh_database_url(request.param, request, tmp_path)


def fresh_database_url(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database: a file in `folder`, or one on the run's PostgreSQL server."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'redline.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh_database()


@pytest.fixture(scope="session")
def node() -> Node:
    try:
        return find_node()
    except LocalTeamsUnavailable as reason:
        pytest.skip(str(reason))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def node_modules(node: Node) -> Path:
    """The packages that infra/local/teams pins, installed once."""
    try:
        return await install_packages(node, STATE)
    except LocalTeamsUnavailable as reason:
        pytest.skip(str(reason))
