"""One crowded stage for each database, shared by all tests here: a service takes seconds to start."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import fresh_database_url
from tests.faults.support import FaultStage


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["sqlite", "postgresql"])
async def crowd(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FaultStage]:
    """The stage, whatever state the test before left it in."""
    folder = tmp_path_factory.mktemp("faults")
    async with FaultStage(fresh_database_url(request.param, request, folder), folder) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def stage(crowd: FaultStage) -> FaultStage:
    """The stage with a running service, no faults, and nothing left to deliver."""
    await crowd.revive()
    await crowd.everything_is_delivered()
    return crowd
