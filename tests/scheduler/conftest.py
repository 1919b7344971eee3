"""The seeded force with a delivery to doubles of Teams and the records list."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduler.delivery import Delivery
from tests.support.drawing import DRAWINGS
from tests.support.fakes import FakeMessenger, FakeRecords
from tests.support.units import Force, open_force


@dataclass
class Posting:
    """A force, the outside world as doubles, and the delivery between them."""

    force: Force
    teams: FakeMessenger
    records: FakeRecords
    delivery: Delivery

    async def running(self) -> "asyncio.Task[None]":
        """The delivery as it runs in the service."""
        self.force.units.after_write = self.delivery.wake
        return asyncio.create_task(self.delivery.run())


async def stop(task: "asyncio.Task[None]") -> None:
    """End a running delivery as the service does."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def posting(tmp_path: Path) -> AsyncIterator[Posting]:
    async with open_force(tmp_path) as force:
        teams, records = FakeMessenger(), FakeRecords()
        yield Posting(force, teams, records, Delivery(force.units, teams, records, DRAWINGS))
