"""Everything that Teams' connector can do wrong at the socket, in one running service."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from infra.local.people import CONSTABLE, FictionalPerson
from infra.local.teams_kept import Message
from storage.enums import OutboxState
from storage.tables import Outbox
from tests.faults import truth
from tests.faults.support import LONG, OFFICERS, FaultStage, databases, ref_in
from tests.support.running_service import eventually

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("crowd", databases("sqlite"), indirect=True),
]

WAYS: tuple[dict[str, Any], ...] = (
    {"status": 412},
    {"status": 429, "retry_after": 1},
    {"status": 500},
    {"status": 500, "after": True},
    {"status": 502},
    {"status": 504},
    {"drop": True},
    {"drop": True, "after": True},
    {"hang": True},
    {"hang": True, "after": True},
    {"without_id": True},
    {"status": 413},
)


def _about(ref: str) -> Any:
    def fits(message: Message) -> bool:
        return f"open {ref} " in message.history[0].card["fallbackText"]

    return fits


async def _card_of(stage: FaultStage, officer: FictionalPerson, ref: str, within: float = LONG) -> Message:
    chat = stage.chat_of(officer)
    return await stage.teams.wait_for_message(conversation_id=chat, where=_about(ref), within=within)


async def _assign_constable(stage: FaultStage) -> str:
    activity = stage.assignment(OFFICERS[0])
    activity["value"]["action"]["data"] |= {"officer": CONSTABLE.entra_id, "target": "DVPO-3"}
    return ref_in(await stage.deliver(activity))


async def test_whatever_the_connector_does_no_card_is_lost_and_no_other_chat_waits(stage: FaultStage) -> None:
    for number, way in enumerate(WAYS):
        officer = OFFICERS[number % len(OFFICERS)]
        stage.teams.faults.add(**way, method="POST", conversation_id=stage.chat_of(officer))
    twice = [officer for officer in OFFICERS for _ in range(2)]
    refs = await asyncio.gather(*(stage.assigned(officer) for officer in twice))
    ref = await _assign_constable(stage)
    await _card_of(stage, CONSTABLE, ref)
    waiting = [r for r in await stage.due_rows() if r["person_id"] in {o.entra_id for o in OFFICERS}]
    assert waiting, "a chat without faults waited for those with faults"
    for officer, faulty in zip(twice, refs, strict=True):
        await _card_of(stage, officer, faulty)
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def test_an_update_that_fails_is_made_again_and_posts_nothing(stage: FaultStage) -> None:
    ways = [way for way in WAYS if not (way.get("hang") or way.get("without_id"))][: len(OFFICERS)]
    refs = await asyncio.gather(*(stage.assigned(officer) for officer in OFFICERS))
    await stage.everything_is_delivered()
    posted = len(stage.teams.messages)
    for officer, ref, way in zip(OFFICERS, refs, ways, strict=True):
        stage.teams.faults.add(**way, method="PUT", conversation_id=stage.chat_of(officer))
        assert await stage.deliver(stage.no_answer(officer, ref))
        stage.answered.add(ref)
    await stage.everything_is_delivered()
    assert len(stage.teams.messages) == posted
    for officer, ref in zip(OFFICERS, refs, strict=True):
        assert "No answer" in str((await _card_of(stage, officer, ref)).card)


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [(40, 30, 41), ("in 50 s", 30, 51), ("soon", 0, 10)],
    ids=["seconds", "a date", "nonsense"],
)
async def test_a_retry_after_is_kept_to(stage: FaultStage, retry_after: Any, least: int, most: int) -> None:
    officer = OFFICERS[0]
    if retry_after == "in 50 s":
        retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    fault = {"status": 429, "retry_after": retry_after, "conversation_id": stage.chat_of(officer)}
    stage.teams.faults.add(**fault, method="POST")
    await stage.assigned(officer)
    row = await eventually(lambda: _put_back(stage, officer))
    wait = (row["retry_at"] - datetime.now(UTC)).total_seconds()
    assert least <= wait <= most


async def _put_back(stage: FaultStage, officer: FictionalPerson) -> Any:
    rows = await stage.rows(Outbox, person_id=officer.entra_id, state=OutboxState.WAITING)
    return next((row for row in rows if row["retry_at"]), None)


async def test_a_card_for_somebody_without_the_app_goes_out_when_it_is_installed(stage: FaultStage) -> None:
    officer = OFFICERS[1]
    stage.teams.uninstalled.add(stage.chat_of(officer))
    ref = await stage.assigned(officer)
    row = await eventually(lambda: _put_back(stage, officer))
    assert row["last_error"] == "BotNotInConversationRoster"
    stage.teams.uninstalled.clear()
    await stage.install(officer)
    await _card_of(stage, officer, ref)
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def test_a_card_that_is_gone_is_posted_once_afresh(stage: FaultStage) -> None:
    officer = OFFICERS[2]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    chat = stage.chat_of(officer)
    gone = {"status": 404, "code": "ActivityNotFoundInConversation"}
    stage.teams.faults.add(**gone, method="PUT", conversation_id=chat)
    await stage.reported(officer, ref)
    await stage.everything_is_delivered()
    copies = [message for message in stage.teams.in_conversation(chat) if _about(ref)(message)]
    assert len(copies) == 2
    assert "Breach" in str(copies[1].card) or "breach" in str(copies[1].card)
    await truth.everything(stage)


async def test_a_card_that_teams_refuses_to_edit_is_posted_once_afresh(stage: FaultStage) -> None:
    officer = OFFICERS[0]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    chat = stage.chat_of(officer)
    first = await _card_of(stage, officer, ref)
    stage.teams.faults.add(status=403, method="PUT", conversation_id=chat, message_id=first.id, times=None)
    await stage.reported(officer, ref)
    await stage.everything_is_delivered()
    stage.teams.faults.clear()
    copies = [message for message in stage.teams.in_conversation(chat) if _about(ref)(message)]
    assert len(copies) == 2
    assert "Breach" in str(copies[1].card) or "breach" in str(copies[1].card)
    await truth.everything(stage)


async def test_a_card_that_teams_refuses_is_parked_counted_and_can_still_go_out(
    stage: FaultStage,
) -> None:
    officer, other = OFFICERS[3], OFFICERS[4]
    stage.teams.faults.add(status=413, method="POST", conversation_id=stage.chat_of(officer), times=None)
    ref = await stage.assigned(officer)
    await eventually(lambda: _parked(stage), LONG)
    await _card_of(stage, other, await stage.assigned(other))
    async with stage.http.get(f"http://127.0.0.1:{stage.service.port}/readyz") as answer:
        body = await answer.json()
    assert (answer.status, body["parked"], body["warnings"]) == (200, 1, ["parked"])
    stage.teams.faults.clear()
    await stage.install(officer)
    await _card_of(stage, officer, ref)
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def _parked(stage: FaultStage) -> bool:
    await stage.back_off_is_over()
    return bool(await stage.rows(Outbox, state=OutboxState.PARKED))
