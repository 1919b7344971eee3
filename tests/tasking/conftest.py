"""The seeded force on SQLite, for the use cases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.units import Force, open_force


@pytest.fixture
async def force(tmp_path: Path) -> AsyncIterator[Force]:
    async with open_force(tmp_path) as opened:
        yield opened
