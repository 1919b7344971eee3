"""A group is emptied by mistake, in production mode: no task is lost, and officers at doors still record."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from infra.local.people import CONSTABLE, INSPECTOR, group_id
from storage.tables import AcceptedRole, DirectoryBrake, GroupGone
from tests.flows.pressing import press
from tests.flows.telling import a_visit, only, outcomes, the_officers_card, words_of
from tests.support.postgres import Postgres
from tests.support.running_service import HANG, Stage, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

_MISSING = "people are missing from the directory’s groups"


@pytest_asyncio.fixture(loop_scope="session", params=["sqlite", "postgresql"])
async def own(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> AsyncIterator[Stage]:
    """A service of its own, whose directory was read once."""
    url = f"sqlite:///{tmp_path / 'redline.db'}" if request.param == "sqlite" else postgres.fresh_database()
    async with Stage(url, tmp_path) as stage:
        await stage.install_everybody()
        await eventually(lambda: stage.rows(AcceptedRole), HANG)
        await stage.settle()
        yield stage


async def read_again(stage: Stage) -> None:
    """The directory is read when the service starts."""
    await stage.service.stop()
    await stage.restart()


async def warnings(stage: Stage) -> list[str]:
    async with stage.http.get(f"http://127.0.0.1:{stage.service.port}/readyz") as answer:
        return list((await answer.json())["warnings"])


async def test_a_group_that_is_emptied_takes_nothing_from_anybody_until_it_is_confirmed(own: Stage) -> None:
    ref, typed = [await a_visit(own, CONSTABLE) for _ in range(2)]
    card = await the_officers_card(own, CONSTABLE, ref)
    officers = next(each for each in own.graph.data.groups if each.id == group_id("a1"))
    officers.members.clear()
    await read_again(own)
    await eventually(lambda: own.rows(DirectoryBrake), HANG)
    notice = await own.teams.wait_for_message(
        conversation_id=own.chat_of(INSPECTOR), where=lambda m: _MISSING in words_of(m.card), within=HANG
    )
    assert notice.summary == "RedLine: people are missing from the directory"
    assert "people-missing" in await warnings(own)

    recorded = await press(own, CONSTABLE, card.card, "No answer")
    assert "RedLine shows you no more until your access is confirmed" in words_of(recorded)
    await own.says(CONSTABLE, f"{typed} no answer")
    await own.settle()
    assert [only(await outcomes(own, each))["code"] for each in (ref, typed)] == ["NO_ANSWER"] * 2
    assert "has lost your access" in words_of(await own.asks(CONSTABLE, "tasks"))

    shown = await own.asks(INSPECTOR, "/directory accept")
    assert _MISSING in words_of(shown) and await own.rows(DirectoryBrake)
    confirmed = await press(own, INSPECTOR, shown, "It is right: confirm")
    assert "Confirmed for North team" in words_of(confirmed)
    assert await own.rows(DirectoryBrake) == []
    await own.teams.wait_for_message(
        conversation_id=own.chat_of(INSPECTOR),
        where=lambda m: "the directory was confirmed by" in words_of(m.card),
        within=HANG,
    )
    assert "people-missing" not in await warnings(own)
    assert "not set up" in words_of(await own.asks(CONSTABLE, "tasks"))


async def test_who_also_works_elsewhere_records_there_and_is_shown_nothing_of_it(own: Stage) -> None:
    ref, typed, other = [await a_visit(own, CONSTABLE) for _ in range(3)]
    card = await the_officers_card(own, CONSTABLE, ref)
    groups = {each.id: each for each in own.graph.data.groups}
    groups[group_id("b1")].members.append(CONSTABLE.entra_id)
    await read_again(own)
    groups[group_id("a1")].members.clear()
    await read_again(own)
    await eventually(lambda: own.rows(DirectoryBrake), HANG)
    assert "RedLine shows you no more" in words_of(await press(own, CONSTABLE, card.card, "No answer"))
    said = words_of(await own.asks(CONSTABLE, f"{typed} no answer"))
    assert "RedLine shows you no more" in said
    assert [only(await outcomes(own, each))["code"] for each in (ref, typed)] == ["NO_ANSWER"] * 2
    listed = words_of(await own.asks(CONSTABLE, "tasks"))
    assert other not in listed and "lost your access" not in listed


async def test_a_group_that_is_deleted_is_told_of_after_two_readings(own: Stage) -> None:
    ref = await a_visit(own, CONSTABLE)
    own.graph.data.groups[:] = [each for each in own.graph.data.groups if each.id != group_id("a1")]
    await read_again(own)
    await eventually(lambda: _warned(own, "group-missing"), HANG)
    assert await own.rows(DirectoryBrake) == []
    of_officers = {"group_id": group_id("a1")}
    await own.change(GroupGone, of_officers, since=datetime.now(UTC) - timedelta(minutes=3))
    await read_again(own)
    await eventually(lambda: own.rows(DirectoryBrake), HANG)
    assert "people-missing" in await warnings(own)
    await own.says(CONSTABLE, f"{ref} no answer")
    await own.settle()
    assert only(await outcomes(own, ref))["code"] == "NO_ANSWER"
    code, output = await own.service.run("check-config")
    assert (code, f"The directory has no group {group_id('a1')}" in output) == (1, True), output


async def _warned(stage: Stage, of: str) -> bool:
    return of in await warnings(stage)


async def test_an_engineer_confirms_it_from_the_command_line(own: Stage) -> None:
    assert await own.service.run("accept-directory") == (1, "No district waits for that.\n")
    next(each for each in own.graph.data.groups if each.id == group_id("a1")).members.clear()
    await read_again(own)
    await eventually(lambda: own.rows(DirectoryBrake), HANG)
    code, printed = await own.service.run("accept-directory")
    assert code == 1 and "north: 2 of 5 people are missing from the directory." in printed
    stale, _ = await own.service.run("accept-directory", "--shown", "0123456789ab")
    assert (stale, len(await own.rows(DirectoryBrake))) == (1, 1)
    shown = printed.split("--shown ")[1].strip()
    assert await own.service.run("accept-directory", "--shown", shown) == (0, "Confirmed: north.\n")
    assert await own.rows(DirectoryBrake) == []
