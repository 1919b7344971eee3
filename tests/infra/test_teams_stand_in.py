"""The stand-in for Teams' connector, asked over HTTP as the bot and as `make demo` would."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.teams_connector import TeamsConnector

CHANNEL = "19:board@thread.tacv2"
ROOT = Path(__file__).parents[2]


def message(text: str) -> dict[str, Any]:
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": {"text": text}}
    return {"type": "message", "summary": text, "attachments": [card]}


class Caller:
    """Asks the stand-in as a bot would."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self.session = session
        self.base_url = base_url

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"{self.base_url}/v3/conversations{path}"
        async with self.session.request(method, url, json=body) as response:
            return (
                response.status,
                await response.json() if response.content_type == "application/json" else None,
            )

    async def post(self, conversation_id: str, text: str = "hello") -> str:
        _, answer = await self.ask("POST", f"/{conversation_id}/activities", message(text))
        return str(answer["id"])


@pytest.fixture
async def teams() -> AsyncIterator[TeamsConnector]:
    async with TeamsConnector() as teams:
        yield teams


@pytest.fixture
async def bot(teams: TeamsConnector) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(session, teams.base_url)


async def test_a_message_is_kept_with_every_version_of_it(teams: TeamsConnector, bot: Caller) -> None:
    posted = await bot.post("a:1", "first")
    await bot.ask("PUT", f"/a:1/activities/{posted}", message("second"))

    kept = teams.message(posted)
    assert (kept.card, kept.summary, kept.updates) == ({"text": "second"}, "second", 1)
    assert [version.summary for version in kept.history] == ["first", "second"]
    assert teams.latest() is teams.latest("a:1") is kept


async def test_a_deleted_message_is_gone_from_its_conversation(teams: TeamsConnector, bot: Caller) -> None:
    posted = await bot.post("a:1")

    assert await bot.ask("DELETE", f"/a:1/activities/{posted}") == (200, None)

    assert teams.in_conversation("a:1") == []
    assert teams.message(posted).deleted
    assert (await bot.ask("PUT", f"/a:1/activities/{posted}", message("x")))[0] == 404
    assert (await bot.ask("DELETE", f"/a:1/activities/{posted}"))[0] == 404


async def test_a_post_into_a_channel_begins_a_thread_either_way(teams: TeamsConnector, bot: Caller) -> None:
    created = {"isGroup": True, "channelData": {"channel": {"id": CHANNEL}}, "activity": message("one")}
    _, thread = await bot.ask("POST", "", created)
    second = await bot.post(CHANNEL, "two")

    assert thread["id"] == f"{CHANNEL};messageid={thread['activityId']}"
    assert teams.message(second).conversation_id == f"{CHANNEL};messageid={second}"
    assert [m.summary for m in teams.in_channel(CHANNEL)] == ["one", "two"]


async def test_a_message_in_a_thread_can_be_updated_through_its_channel(
    teams: TeamsConnector, bot: Caller
) -> None:
    posted = await bot.post(CHANNEL)

    assert (await bot.ask("PUT", f"/{CHANNEL}/activities/{posted}", message("new")))[0] == 200
    assert teams.latest().summary == "new"


async def test_a_reply_arrives_in_the_conversation(teams: TeamsConnector, bot: Caller) -> None:
    assert (await bot.ask("POST", "/a:1/activities/17", message("reply")))[0] == 201
    assert teams.in_conversation("a:1")[0].summary == "reply"


async def test_a_text_beside_a_card_gets_no_id(bot: Caller) -> None:
    assert await bot.ask("POST", "/a:1/activities", message("x") | {"text": "also a text"}) == (202, None)


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ([], 400), (message("x" * 110_000), 413)],
)
async def test_what_teams_would_not_take_is_not_kept(
    teams: TeamsConnector, bot: Caller, body: Any, status: int
) -> None:
    assert (await bot.ask("POST", "/a:1/activities", body))[0] == status
    assert teams.messages == []


@pytest.mark.parametrize(
    "body",
    [
        {"isGroup": False, "members": [{"id": "29:x"}]},
        {"isGroup": False, "members": [], "channelData": {"tenant": {"id": "t"}}},
        {"isGroup": True, "channelData": {"channel": {"id": CHANNEL}}},
        {"isGroup": True, "activity": message("x")},
    ],
)
async def test_half_a_conversation_is_not_created(bot: Caller, body: Any) -> None:
    assert (await bot.ask("POST", "", body))[0] == 400


async def test_people_are_on_the_roster_they_joined(teams: TeamsConnector, bot: Caller) -> None:
    person = teams.add_person("29:officer", "entra-1", "PC Example")
    teams.join(CHANNEL, "29:officer", "29:officer", "29:unknown")

    _, members = await bot.ask("GET", f"/{CHANNEL};messageid=1/members")
    assert [m["aadObjectId"] for m in members] == ["entra-1"]
    assert (await bot.ask("GET", f"/{person.chat_id}/members/29:officer"))[1]["name"] == "PC Example"
    assert (await bot.ask("GET", f"/{CHANNEL}/members/29:nobody"))[0] == 404


async def test_a_fault_is_used_up_by_the_requests_that_it_is_for(teams: TeamsConnector, bot: Caller) -> None:
    teams.faults.add(status=503, conversation_id="a:2", times=2)

    statuses = [
        (await bot.ask("POST", f"/{place}/activities", message("x")))[0]
        for place in ("a:1", "a:2", "a:2", "a:2")
    ]

    assert statuses == [201, 503, 503, 201]
    assert [request.status for request in teams.requests] == statuses


async def test_faults_for_another_method_stay_and_can_be_cleared(teams: TeamsConnector, bot: Caller) -> None:
    teams.faults.add(status=500, method="PUT", times=None)
    posted = await bot.post("a:1")

    assert (await bot.ask("PUT", f"/a:1/activities/{posted}", message("x")))[0] == 500
    teams.faults.clear()
    assert (await bot.ask("PUT", f"/a:1/activities/{posted}", message("x")))[0] == 200


async def test_the_work_is_done_before_a_fault_that_comes_after(teams: TeamsConnector, bot: Caller) -> None:
    teams.faults.add(drop=True, after=True)
    teams.faults.add(drop=True)

    for _ in range(2):
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await bot.post("a:1")

    assert len(teams.messages) == 1
    assert [request.status for request in teams.requests] == [None, None]


async def test_conversations_that_refuse_say_why(teams: TeamsConnector, bot: Caller) -> None:
    teams.blocked.add("a:1")
    teams.uninstalled.add("a:2")
    teams.gone.add("a:3")

    answers = [await bot.ask("POST", f"/a:{n}/activities", message("x")) for n in (1, 2, 3)]

    assert [(status, answer["error"]["code"]) for status, answer in answers] == [
        (403, "MessageWritesBlocked"),
        (403, "BotNotInConversationRoster"),
        (404, "ConversationNotFound"),
    ]


async def test_only_the_agreed_token_is_taken(teams: TeamsConnector, bot: Caller) -> None:
    teams.token = "secret"

    assert (await bot.ask("POST", "/a:1/activities", message("x")))[0] == 401
    bot.session.headers["Authorization"] = "Bearer secret"
    assert (await bot.ask("POST", "/a:1/activities", message("x")))[0] == 201


async def test_a_test_can_wait_for_the_message_it_means(teams: TeamsConnector, bot: Caller) -> None:
    waiting = asyncio.create_task(
        teams.wait_for_message(channel_id=CHANNEL, where=lambda m: m.summary == "breach", after=1)
    )
    for conversation_id, text in (
        (CHANNEL, "breach"),
        ("a:1", "breach"),
        (CHANNEL, "x"),
        (CHANNEL, "breach"),
    ):
        await bot.post(conversation_id, text)

    assert await waiting is teams.messages[-1]


async def test_a_wait_in_vain_ends(teams: TeamsConnector) -> None:
    with pytest.raises(TimeoutError):
        await teams.wait_for_message(conversation_id="a:1", within=0.05)


async def test_a_hanging_request_does_not_hold_up_stopping(teams: TeamsConnector, bot: Caller) -> None:
    teams.faults.add(hang=True)
    hanging = asyncio.create_task(bot.post("a:1"))
    await teams.wait_until(lambda: len(teams.requests) == 1)

    async with asyncio.timeout(5):
        await teams.stop()

    with pytest.raises(aiohttp.ClientError):
        await hanging


async def test_it_comes_back_at_the_same_address_with_what_it_kept(
    teams: TeamsConnector, bot: Caller
) -> None:
    await bot.post("a:1")
    address = teams.base_url
    await teams.stop()

    await teams.start()

    assert teams.base_url == address
    await bot.post("a:1")
    assert len(teams.messages) == 2
    teams.reset()
    assert (teams.messages, teams.requests) == ([], [])


async def test_in_its_own_process_it_is_looked_into_and_led_over_http() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "infra.local.teams_stand_in", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        base_url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as session:
            await lead_over_http(session, base_url)
    finally:
        process.terminate()
        await process.wait()


async def lead_over_http(session: aiohttp.ClientSession, base_url: str) -> None:
    bot, control = Caller(session, base_url), f"{base_url}/stand-in"
    async with session.post(f"{control}/people", json={"teams_id": "29:x", "entra_id": "e"}) as response:
        chat_id = (await response.json())["chat_id"]
    await session.post(f"{control}/faults", json={"status": 503})
    assert (await bot.ask("POST", f"/{chat_id}/activities", message("lost")))[0] == 503
    posted = await bot.post(chat_id, "kept")
    async with session.get(f"{control}/messages") as response:
        shown = await response.json()
    assert [(m["id"], m["summary"], m["card"]) for m in shown] == [(posted, "kept", {"text": "kept"})]
    await session.post(f"{control}/reset")
    async with session.get(f"{control}/messages") as response:
        assert await response.json() == []
