"""The seeded force on both databases, for everything that rows and transactions promise."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.postgres import Postgres
from tests.support.units import Force, open_force


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Postgres | None:
    """None for SQLite; the run's PostgreSQL server for the other half."""
    return request.getfixturevalue("postgres") if request.param == "postgresql" else None


@pytest.fixture
async def force(tmp_path: Path, server: Postgres | None) -> AsyncIterator[Force]:
    async with open_force(tmp_path, server) as opened:
        yield opened
