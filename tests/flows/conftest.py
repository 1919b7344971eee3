"""The stage of the journeys: the real service in production mode, once for each module and database.

Every journey's part of the service's log is read when the journey is over: JSON lines, no failure, and
nothing personal in it.
"""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.local.people import PEOPLE, SOUTH_CHANNEL, SOUTH_SERGEANT, FictionalPerson
from tests.conftest import fresh_database_url
from tests.support.running_service import Stage

PERSONAL = (
    *(person.name.partition(" (")[0] for person in PEOPLE),
    "Invented Recruit",
    *("J. EXAMPLE", "K. SPECIMEN", "L. PLACEHOLDER", "M. RESERVED"),
    *("Imaginary Lane", "Pretend Court", "Notional Road", "Undisclosed Street"),
    *("Knife", "Self-harm", "Denied entry", "Usually in after", "must not contact", "no entry"),
    "canary",
)
"""Names, addresses, warnings and briefings of the seed; journeys put "canary" into what they type."""

_FAILURES = ("request.failed", "delivery.failed", "delivery.claim_failed", "job.failed", "Traceback")


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["sqlite", "postgresql"])
async def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """A running service with everybody installed, in both districts."""
    folder = tmp_path_factory.mktemp("stage")
    async with Stage(fresh_database_url(request.param, request, folder), folder) as running:
        await running.install_everybody()
        await running.install_in_channel(SOUTH_SERGEANT, SOUTH_CHANNEL)
        await running.settle()
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def officer(stage: Stage) -> FictionalPerson:
    """A constable of this journey's own, with an empty chat."""
    return await stage.recruit()


@pytest.fixture(autouse=True)
def clean_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the service logs during a journey is readable by machines and says nothing of anybody."""
    if "stage" not in request.fixturenames:
        yield
        return
    log: Path = request.getfixturevalue("stage").folder / "service.log"
    before = log.stat().st_size
    yield
    assert_clean(log.read_bytes()[before:].decode())


def assert_clean(log: str) -> None:
    """Fail for a line that is no event, for a failure, and for anything personal."""
    for line in log.splitlines():
        assert json.loads(line)["event"]
    assert [word for word in (*PERSONAL, *_FAILURES) if word.lower() in log.lower()] == [], log
