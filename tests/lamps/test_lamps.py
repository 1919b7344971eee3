"""A room that the product does not know works from end to end in a started service."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
import pytest_asyncio

from infra.local.people import NORTH_CHANNEL, SERGEANT, FictionalPerson
from infra.local.teams_kept import Message
from storage.enums import OutboxKind, OutboxState
from storage.rows import add
from storage.tables import Outbox, Subject, Task
from tests.conftest import fresh_database_url
from tests.flows.pressing import press
from tests.flows.telling import a_visit, the_officers_card, words_of
from tests.support.running_service import HANG, ROOT, ServiceProcess, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


class WithLamps(ServiceProcess):
    """The service with one room more: a later version, as the product sees it."""

    async def _begin(self, command: Sequence[str], log: IO[bytes] | None) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.lamps.run",
            *command,
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log or asyncio.subprocess.STDOUT,
        )


class LampStage(Stage):
    """The stage with that service."""

    def process(self, log: str) -> ServiceProcess:
        return WithLamps(self.environment(), self.folder / log)


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["sqlite", "postgresql"])
async def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LampStage]:
    folder = tmp_path_factory.mktemp("lamps")
    url = fresh_database_url(request.param, request, folder)
    async with LampStage(url, folder, REDLINE_SECOND_COPY_SECONDS="0.5") as running:
        await running.install_everybody()
        await running.settle()
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def officer(stage: LampStage) -> FictionalPerson:
    return await stage.recruit()


def lamps(stage: Stage, where: str, ref: str) -> list[Message]:
    """The notices of lamps that stand there, in a chat or in a new thread of a channel."""
    found = stage.teams.in_channel(where) if where == NORTH_CHANNEL else stage.teams.in_conversation(where)
    return [
        each for each in found if "Lamp" in words_of(each.history[0].card) and ref in each.history[0].summary
    ]


async def lamp(stage: Stage, where: str, ref: str, count: int = 1) -> Message:
    await stage.teams.wait_until(lambda: len(lamps(stage, where, ref)) >= count, within=HANG)
    return lamps(stage, where, ref)[count - 1]


async def lit(stage: Stage, ref: str) -> Message:
    number = ref.removeprefix("T-")
    await stage.says(SERGEANT, f"{number} lamp because red")
    return await lamp(stage, stage.chat_of(SERGEANT), ref)


async def test_a_command_with_a_form_posts_its_notice_where_it_belongs(
    stage: LampStage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    form = await stage.asks(SERGEANT, f"{ref.removeprefix('T-')} lamp")
    again = await press(stage, SERGEANT, form, "Light it", colour="blue")
    assert "Red or green?" in words_of(again)
    done = await press(stage, SERGEANT, again, "Light it", colour="green")
    assert "asked for" in words_of(done)
    for where in (stage.chat_of(SERGEANT), NORTH_CHANNEL):
        told = await lamp(stage, where, ref)
        assert f"Lamp green: {ref}" in words_of(told.card)
        assert told.summary.startswith(f"RedLine {ref}, due")


async def test_who_may_not_is_refused_in_words(stage: LampStage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    answer = await stage.asks(officer, f"{ref.removeprefix('T-')} lamp because red")
    assert "Only a supervisor lights lamps." in words_of(answer)
    await stage.settle()
    assert lamps(stage, stage.chat_of(SERGEANT), ref) == []


async def test_a_tap_redraws_it_wherever_it_stands(stage: LampStage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    told = await lit(stage, ref)
    in_channel = await lamp(stage, NORTH_CHANNEL, ref)
    await press(stage, SERGEANT, told.card, "Lit")
    for each in (told, in_channel):
        await stage.teams.wait_until(lambda each=each: "It is lit" in words_of(each.card), within=HANG)  # type: ignore[misc]
    await press(stage, SERGEANT, told.card, "Out")
    await stage.teams.wait_until(lambda: "It is out" in words_of(told.card), within=HANG)


async def test_it_is_withheld_from_who_may_not_read_it_any_more(
    stage: LampStage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await lit(stage, ref)
    in_channel = await lamp(stage, NORTH_CHANNEL, ref)
    (task,) = await stage.rows(Task, ref=ref)
    await stage.change(Subject, {"id": task["subject_id"]}, restricted=True)
    try:
        await stage.says(SERGEANT, f"{ref.removeprefix('T-')} note looked at it")
        await stage.database.write(lambda c: add(c, lamp_row(task, OutboxKind.UPDATE_CARD, "again")))
        await stage.nudge()
        gone = "No longer"
        await stage.teams.wait_until(lambda: gone in words_of(in_channel.card), within=HANG)
        assert "Lamp" not in words_of(in_channel.card)
    finally:
        await stage.change(Subject, {"id": task["subject_id"]}, restricted=False)


async def test_a_copy_after_an_unclear_send_is_marked(stage: LampStage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await stage.settle()
    stage.teams.faults.add(
        status=502, after=True, method="POST", conversation_id=stage.chat_of(SERGEANT), times=2
    )
    await lit(stage, ref)
    second = await lamp(stage, stage.chat_of(SERGEANT), ref, count=2)
    assert "copy" in words_of(second.card).casefold()


async def test_a_result_and_a_job_of_the_room_work_together(
    stage: LampStage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref.removeprefix('T-')} lamp dark")
    told = await lamp(stage, stage.chat_of(SERGEANT), ref)
    assert f"Lamp none: {ref}" in words_of(told.card)
    await asyncio.sleep(1)
    assert len(lamps(stage, stage.chat_of(SERGEANT), ref)) == 1
    (task,) = await stage.rows(Task, ref=ref)
    assert task["state"] == "DONE"


def lamp_row(task: dict[str, Any], kind: OutboxKind, name: str, **more: Any) -> Outbox:
    """A row of the room's notice, as it writes them."""
    now = datetime.now(UTC)
    return Outbox(
        key=f"lamp:{name}:{task['ref']}",
        kind=kind,
        purpose="LAMP",
        lane=f"lamp:{name}:{task['ref']}",
        district_id="north",
        task_id=task["id"],
        about_id=task["id"],
        facts={"colour": "green"},
        created_at=now,
        send_after=now,
        **more,
    )


@pytest_asyncio.fixture(loop_scope="session")
async def two_versions(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[LampStage, ServiceProcess]]:
    """The service with the room and, on the same PostgreSQL, the product as it is, which does not know it."""
    async with LampStage(fresh_database_url("postgresql", request, tmp_path), tmp_path) as running:
        await running.install_everybody()
        older = ServiceProcess(running.environment(), tmp_path / "older.log")
        await older.start()
        yield running, older
        assert await older.stop() == 0
    assert "failed" not in (tmp_path / "older.log").read_text()


async def test_beside_a_version_that_does_not_know_it_nothing_is_lost_doubled_or_held_up(
    two_versions: tuple[LampStage, ServiceProcess],
) -> None:
    stage, older = two_versions
    officer, chat = await stage.recruit(), stage.chat_of(SERGEANT)
    ref = await a_visit(stage, officer)
    await lit(stage, ref)
    await stage.settle()
    newer, stage.service = stage.service, older
    await newer.kill()
    await stage.change(Outbox, {"state": OutboxState.SENDING}, lease_until=datetime.now(UTC))
    (task,) = await stage.rows(Task, ref=ref)
    left = lamp_row(task, OutboxKind.POST_CARD, "left", conversation_id=chat)
    await stage.database.write(lambda c: add(c, left))
    other = await a_visit(stage, officer, due="tomorrow 19:00")
    await the_officers_card(stage, officer, other)
    (waiting,) = await stage.rows(Outbox, key=left.key)
    assert (waiting["state"], waiting["attempts"]) == (OutboxState.WAITING, 0)
    await newer.start()
    await lamp(stage, chat, ref, count=2)
    await stage.settle()
    assert len(lamps(stage, chat, ref)) == 2
    stage.service = newer
