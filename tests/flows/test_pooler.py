"""The main job in production mode, with the real pgbouncer in transaction mode before PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.local.people import CONSTABLE
from tests.flows.pressing import press
from tests.flows.telling import a_visit, handed_over, outcomes, the_officers_card
from tests.support.pgbouncer import pooled
from tests.support.postgres import Postgres
from tests.support.running_service import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def behind(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Stage]:
    with pooled(postgres.fresh_database(), tmp_path) as url:
        async with Stage(url, tmp_path) as stage:
            await stage.install_everybody()
            yield stage


async def test_a_task_is_assigned_tapped_and_handed_over(behind: Stage) -> None:
    ref = await a_visit(behind, CONSTABLE)
    card = await the_officers_card(behind, CONSTABLE, ref)
    await press(behind, CONSTABLE, card.card, "No answer")
    assert [each["code"] for each in await outcomes(behind, ref)] == ["NO_ANSWER"]
    await behind.time_passes(minutes=11)
    assert [row["Code"] for row in await handed_over(behind, ref)] == ["NO_ANSWER"]
    code, output = await behind.service.run("check-config")
    assert (code, "PostgreSQL through a pooler in transaction mode" in output) == (0, True)
