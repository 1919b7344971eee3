"""People whom RedLine has not met: cards wait for them, and a mention is looked up in the roster."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.local.people import (
    CONSTABLE,
    NORTH_CHANNEL,
    NORTH_TEAM,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_SERGEANT,
    SOUTH_TEAM,
)
from storage.tables import Person
from tests.conftest import fresh_database_url
from tests.flows.conftest import assert_clean
from tests.flows.telling import a_visit, assigned, only, reads, the_confirmation, the_officers_card, words_of
from tests.support.card_reading import titles
from tests.support.running_service import HANG, Stage, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(params=["sqlite", "postgresql"], loop_scope="session")
async def bare(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """A service that knows the sergeant and the channel, in whose team the constable is."""
    async with Stage(fresh_database_url(request.param, request, tmp_path), tmp_path) as stage:
        stage.teams.installed_only = True
        stage.teams.add_person(SERGEANT.teams_id, entra_id=SERGEANT.entra_id, name=SERGEANT.name)
        stage.teams.join(NORTH_CHANNEL, SERGEANT.teams_id)
        await stage.install(SERGEANT)
        await stage.install_in_channel(SERGEANT)
        yield stage
        assert_clean((tmp_path / "service.log").read_text())


async def warnings_of(stage: Stage) -> list[str]:
    async with stage.http.get(f"http://127.0.0.1:{stage.service.port}/readyz") as answer:
        warnings: list[str] = (await answer.json())["warnings"]
        return warnings


async def test_a_card_waits_until_its_officer_has_installed_the_app(bare: Stage) -> None:
    stage = bare
    # Somebody who is in the team, and for whom the app is not installed: on the roster, without a chat.
    stage.teams.add_person(CONSTABLE.teams_id, entra_id=CONSTABLE.entra_id, name=CONSTABLE.name)
    stage.teams.join(NORTH_CHANNEL, CONSTABLE.teams_id)
    stage.teams.uninstalled.add(stage.chat_of(CONSTABLE))
    text = "/assign @ visit DVPO-3 by tomorrow 18:00"
    ref = await assigned(stage, text, CONSTABLE, thread="waits")
    known = only(await stage.rows(Person, entra_id=CONSTABLE.entra_id))
    assert known["teams_id"] == CONSTABLE.teams_id

    async def not_delivered() -> bool:
        return f"{ref} not delivered to PC 9187" in words_of(await stage.asks(SERGEANT, "/board"))

    await eventually(not_delivered)
    assert stage.teams.in_conversation(stage.chat_of(CONSTABLE)) == []
    stage.teams.uninstalled.clear()
    await stage.install(CONSTABLE)
    card = await the_officers_card(stage, CONSTABLE, ref)
    assert titles(card.card)[0] == "No answer"
    await reads(stage, await the_confirmation(stage, ref, "waits"), "PC 9187")
    await stage.settle()
    assert "not delivered" not in words_of(await stage.asks(SERGEANT, "/board"))
    only(stage.teams.in_conversation(stage.chat_of(CONSTABLE)))


async def test_a_mention_that_nobody_can_look_up_is_said_so(bare: Stage) -> None:
    answer = await bare.asks(
        SERGEANT,
        "/assign @ visit DVPO-3 by tomorrow 18:00",
        SECOND_CONSTABLE,
        in_channel=True,
        thread="unknown",
    )
    assert "RedLine does not know that person yet" in words_of(answer)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_after_a_fresh_installation_in_the_team_a_breach_is_told_in_the_boards_channel(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with Stage(fresh_database_url(kind, request, tmp_path), tmp_path) as fresh:
        for person in (SERGEANT, CONSTABLE):
            fresh.teams.add_person(person.teams_id, entra_id=person.entra_id, name=person.name)
            await fresh.install(person)
        assert await warnings_of(fresh) == ["board-channel"]
        await fresh.install_in_channel(SERGEANT, NORTH_TEAM)
        await fresh.install_in_channel(SOUTH_SERGEANT, SOUTH_TEAM)
        assert await warnings_of(fresh) == []
        ref = await a_visit(fresh, CONSTABLE)
        await fresh.says(CONSTABLE, f"{ref} breach yes canary")
        await fresh.teams.wait_for_message(
            channel_id=NORTH_CHANNEL, where=lambda m: "Breach" in words_of(m.card), within=HANG
        )
        await fresh.teams.wait_for_message(
            channel_id=NORTH_CHANNEL, where=lambda m: m.summary == "RedLine board", within=HANG
        )
