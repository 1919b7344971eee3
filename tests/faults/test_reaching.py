"""Reaching people at the real socket: an address is a guess until it has worked."""

import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from infra.local.people import SERGEANT, FictionalPerson
from infra.local.teams_kept import Message
from storage.tables import Conversation
from tests.faults import truth
from tests.faults.support import LONG, OFFICERS, FaultStage
from tests.support.running_service import HANG, eventually

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("crowd", ["sqlite", "postgresql"], indirect=True),
]
SILENT: dict[str, Any] = {"status": 404, "code": "ConversationNotFound"}
BUSY: dict[str, Any] = {"status": 429, "code": "TooManyRequests"}
"""Trouble that says nothing about the place."""


def cards_of(stage: FaultStage, ref: str) -> list[Message]:
    """The officer's own cards of a task, wherever they stand."""
    return [m for m in stage.teams.messages if f"open {ref} " in m.history[0].card["fallbackText"]]


def own(stage: FaultStage, officer: FictionalPerson, ref: str) -> list[Message]:
    chat = stage.chat_of(officer)
    return [card for card in cards_of(stage, ref) if card.conversation_id.startswith(chat)]


def is_live(message: Message) -> bool:
    return "Action.Execute" in str(message.card)


async def all_well(stage: FaultStage) -> None:
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def test_a_chat_that_is_no_longer_there_is_made_anew(stage: FaultStage) -> None:
    officer = OFFICERS[0]
    chat = stage.chat_of(officer)
    stage.teams.gone.add(chat)
    try:
        ref = await stage.assigned(officer)
        await stage.everything_is_delivered()
        assert [card.conversation_id for card in own(stage, officer, ref)] == [f"{chat}-anew"]
        assert await stage.deliver(stage.no_answer(officer, ref))
        stage.answered.add(ref)
        await stage.everything_is_delivered()
        assert "No answer" in str(own(stage, officer, ref)[-1].card)
    finally:
        stage.teams.gone.discard(chat)
        await stage.install(officer)
    await all_well(stage)


async def test_a_place_that_does_not_answer_for_a_moment_costs_no_second_card(stage: FaultStage) -> None:
    officer = OFFICERS[1]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    stage.teams.faults.add(**SILENT, method="PUT", conversation_id=stage.chat_of(officer), times=2)
    await stage.reported(officer, ref)
    await stage.everything_is_delivered()
    (card,) = own(stage, officer, ref)
    assert "Breach" in str(card.card)
    await all_well(stage)


async def test_a_post_that_finds_no_place_for_a_moment_arrives_there(stage: FaultStage) -> None:
    officer = OFFICERS[2]
    stage.teams.faults.add(**SILENT, method="POST", conversation_id=stage.chat_of(officer))
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    assert [card.conversation_id for card in own(stage, officer, ref)] == [stage.chat_of(officer)]
    await all_well(stage)


async def test_a_card_that_was_replaced_is_not_live_when_its_place_answers_again(stage: FaultStage) -> None:
    officer = OFFICERS[3]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    first = own(stage, officer, ref)[0]
    silent = {"conversation_id": stage.chat_of(officer), "message_id": first.id}
    stage.teams.faults.add(**SILENT, **silent, method="PUT", times=None)
    await stage.reported(officer, ref)

    async def posted_afresh() -> bool:
        await stage.back_off_is_over()
        await stage.nudge()
        return len(own(stage, officer, ref)) == 2

    await eventually(posted_afresh, LONG)
    assert is_live(first)
    stage.all_is_well()
    await all_well(stage)
    old, new = own(stage, officer, ref)
    assert (is_live(old), "This card was replaced" in str(old.card)) == (False, True)
    assert "Breach" in str(new.card)


async def test_an_answer_in_a_thread_that_does_not_answer_for_a_moment_comes(stage: FaultStage) -> None:
    where = stage.activity(SERGEANT, in_channel=True, thread="91")["conversation"]["id"]
    stage.teams.faults.add(**SILENT, method="POST", conversation_id=where, times=2)
    await stage.says(SERGEANT, "help", in_channel=True, thread="91")
    await stage.everything_is_delivered()
    assert len(stage.teams.in_conversation(where)) == 1


async def test_a_service_url_that_refuses_is_left_for_the_newest_of_the_tenant(stage: FaultStage) -> None:
    officer = OFFICERS[4]
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        await stage.change(Conversation, {"id": stage.chat_of(officer)}, service_url=nobody)
        ref = await stage.assigned(officer)
        await stage.everything_is_delivered()
    assert len(own(stage, officer, ref)) == 1
    (chat,) = await stage.rows(Conversation, id=stage.chat_of(officer))
    assert chat["service_url"] == stage.teams.base_url
    await all_well(stage)


@pytest.mark.parametrize("status", [408, 502, 503, 504])
async def test_what_a_gateway_gave_up_on_may_have_arrived_and_the_next_copy_says_so(
    stage: FaultStage, status: int
) -> None:
    officer = OFFICERS[5]
    stage.teams.faults.add(status=status, after=True, method="POST", conversation_id=stage.chat_of(officer))
    ref = await stage.assigned(officer)
    await stage.teams.wait_until(lambda: bool(own(stage, officer, ref)), within=HANG)
    await stage.everything_is_delivered(LONG)
    first, second = own(stage, officer, ref)
    assert [truth.says_second_copy(card) for card in (first, second)] == [False, True]
    await all_well(stage)


async def test_after_other_trouble_a_chat_that_is_gone_is_made_anew_all_the_same(stage: FaultStage) -> None:
    officer = OFFICERS[0]
    chat = stage.chat_of(officer)
    stage.teams.faults.add(**BUSY, method="POST", conversation_id=chat, times=5)
    stage.teams.gone.add(chat)
    try:
        ref = await stage.assigned(officer)
        await stage.everything_is_delivered()
        assert [card.conversation_id for card in own(stage, officer, ref)] == [f"{chat}-anew"]
    finally:
        stage.teams.gone.discard(chat)
        await stage.install(officer)
    await all_well(stage)


async def test_a_chat_that_cannot_be_opened_at_once_is_opened_later(stage: FaultStage) -> None:
    officer = OFFICERS[1]
    chat = stage.chat_of(officer)
    stage.teams.gone.add(chat)
    busy = stage.teams.faults.add(status=503, method="POST", conversation_id="", times=3)
    try:
        ref = await stage.assigned(officer)
        await stage.everything_is_delivered()
        assert [card.conversation_id for card in own(stage, officer, ref)] == [f"{chat}-anew"]
        assert busy.times == 0
    finally:
        stage.teams.gone.discard(chat)
        await stage.install(officer)
    await all_well(stage)


async def test_after_other_trouble_one_silence_makes_no_second_card(stage: FaultStage) -> None:
    officer = OFFICERS[2]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    where = {"method": "PUT", "conversation_id": stage.chat_of(officer)}
    stage.teams.faults.add(**BUSY, **where, times=5)
    stage.teams.faults.add(**SILENT, **where)
    await stage.reported(officer, ref)
    await stage.everything_is_delivered()
    (card,) = own(stage, officer, ref)
    assert "Breach" in str(card.card)
    await all_well(stage)


async def test_after_other_trouble_one_silence_ends_no_thread(stage: FaultStage) -> None:
    where = stage.activity(SERGEANT, in_channel=True, thread="92")["conversation"]["id"]
    stage.teams.faults.add(**BUSY, method="POST", conversation_id=where, times=5)
    stage.teams.faults.add(**SILENT, method="POST", conversation_id=where)
    await stage.says(SERGEANT, "help", in_channel=True, thread="92")
    await stage.everything_is_delivered()
    assert len(stage.teams.in_conversation(where)) == 1


@contextlib.asynccontextmanager
async def another_service(status: int, code: str) -> AsyncIterator[str]:
    """A server that is there and answers everything so: an address that was once the right one."""

    async def refuse(_request: web.Request) -> web.Response:
        return web.json_response({"error": {"code": code, "message": "no"}}, status=status)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


WRONG = [(404, "ConversationNotFound"), (403, "BadArgument"), (400, "BadSyntax")]


@pytest.mark.parametrize(("status", "code"), WRONG)
async def test_a_kept_service_url_that_answers_wrongly_is_left_for_the_one_seen_there(
    stage: FaultStage, status: int, code: str
) -> None:
    officer = OFFICERS[3]
    async with another_service(status, code) as wrong:
        ours = {"id": stage.chat_of(officer)}
        await stage.change(Conversation, ours, service_url=wrong, seen_service_url=stage.teams.base_url)
        ref = await stage.assigned(officer)
        await stage.everything_is_delivered()
    assert [card.conversation_id for card in own(stage, officer, ref)] == [stage.chat_of(officer)]
    (chat,) = await stage.rows(Conversation, id=stage.chat_of(officer))
    assert chat["service_url"] == stage.teams.base_url
    await all_well(stage)


@pytest.mark.parametrize(("status", "code"), WRONG)
async def test_where_the_one_seen_there_is_wrong_too_the_newest_of_the_tenant_is_tried(
    stage: FaultStage, status: int, code: str
) -> None:
    officer = OFFICERS[4]
    async with another_service(status, code) as wrong, another_service(status, code) as seen:
        ours = {"id": stage.chat_of(officer)}
        await stage.change(Conversation, ours, service_url=wrong, seen_service_url=seen)
        ref = await stage.assigned(officer)
        await stage.everything_is_delivered()
    assert [card.conversation_id for card in own(stage, officer, ref)] == [stage.chat_of(officer)]
    await all_well(stage)


NO_USE = [
    *((status, "Unavailable") for status in (408, 500, 502, 503, 504)),
    *((403, code) for code in ("BotNotInConversationRoster", "BotDisabledByAdmin")),
]
OF_NO_MESSAGE = [(404, "ActivityNotFoundInConversation"), (200, "NoMessageId")]
"""To an edit these say that the message is gone, or that it was edited."""


@pytest.mark.parametrize(("status", "code"), [*NO_USE, *OF_NO_MESSAGE])
async def test_a_kept_service_url_behind_which_nobody_is_is_left_for_the_one_seen_there(
    stage: FaultStage, status: int, code: str
) -> None:
    officer = OFFICERS[5]
    async with another_service(status, code) as wrong:
        await kept_is(stage, officer, wrong)
        ref = await stage.assigned(officer)
        await stage.everything_is_delivered()
    assert len(own(stage, officer, ref)) == 1
    (chat,) = await stage.rows(Conversation, id=stage.chat_of(officer))
    assert chat["service_url"] == stage.teams.base_url
    await all_well(stage)


@pytest.mark.parametrize(("status", "code"), NO_USE)
async def test_an_edit_leaves_such_an_address_too_and_makes_no_second_card(
    stage: FaultStage, status: int, code: str
) -> None:
    officer = OFFICERS[0]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    async with another_service(status, code) as wrong:
        await kept_is(stage, officer, wrong)
        await stage.reported(officer, ref)
        await stage.everything_is_delivered()
    (card,) = own(stage, officer, ref)
    assert "Breach" in str(card.card)
    await all_well(stage)


async def test_a_place_that_another_address_does_not_know_is_not_taken_for_gone(stage: FaultStage) -> None:
    """The right address is out of order for long, and the other one of the tenant serves other people."""
    officer = OFFICERS[1]
    ref = await stage.assigned(officer)
    await stage.everything_is_delivered()
    here = {"method": "PUT", "conversation_id": stage.chat_of(officer)}
    stage.teams.faults.add(status=503, **here, times=8)
    async with another_service(404, "ConversationNotFound") as other:
        await stage.change(Conversation, {"id": stage.chat_of(officer)}, seen_service_url=other)
        await stage.reported(officer, ref)
        await stage.everything_is_delivered()
    (card,) = own(stage, officer, ref)
    assert "Breach" in str(card.card)
    await all_well(stage)


async def kept_is(stage: FaultStage, officer: FictionalPerson, url: str) -> None:
    """The address that is kept for somebody's chat; their own came from the right one lately."""
    ours = {"id": stage.chat_of(officer)}
    await stage.change(Conversation, ours, service_url=url, seen_service_url=stage.teams.base_url)
