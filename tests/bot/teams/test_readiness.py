"""What `/readyz` leaves in the log: a line when the database cannot be read, and one when it can."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from bot.teams.door import LocalDoor
from bot.teams.endpoint import Endpoint
from storage.trouble import DatabaseTrouble, Trouble
from tests.support.talking import Talking
from tests.support.units import Force, open_force


@pytest.fixture
async def force(tmp_path: Path) -> AsyncIterator[Force]:
    async with open_force(tmp_path) as force:
        yield force


async def test_a_database_that_goes_away_and_comes_back_is_said_once_each(
    force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = Endpoint(LocalDoor(), Talking(force).activities, force.units)
    read = force.units.read

    async def fails(_work: Any) -> Any:
        raise DatabaseTrouble(Trouble.CANNOT_BE_REACHED)

    with capture_logs() as logged:
        for reads in (fails, fails, read, read):
            monkeypatch.setattr(force.units, "read", reads)
            await endpoint.readyz(make_mocked_request("GET", "/readyz"))
    assert [line["event"] for line in logged] == ["readiness.no_database", "readiness.database_again"]
