"""Sending cards over real sockets, to a stand-in for Teams' connector that fails as Teams does."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import pytest

from bot.teams.connector import Connector
from bot.teams.messenger import BotMessenger
from bot.teams.pace import Limit, Pace
from tasking.ports import (
    CannotReach,
    ConversationGone,
    DeliveryProblem,
    MessageGone,
    Messenger,
    NotSent,
    Place,
    Refused,
    RefusedAnyway,
    Unanswered,
    Unclear,
)
from tests.support.teams_connector import TeamsConnector

TENANT = "00000000-0000-4000-8000-00000000cafe"
CHANNEL = "19:board@thread.tacv2"
OFFICER = "29:1-fictional officer/ä"
CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": "OFFICIAL-SENSITIVE · T-1042 – “by 22:00”", "wrap": True},
        {"type": "Input.Toggle", "id": "seen", "title": "Seen?", "isRequired": False, "value": None},
        {"type": "ColumnSet", "columns": [], "spacing": 3, "ratio": 1.5},
    ],
}
SUMMARY = "T-1042, due 22:00"
UNHURRIED = (Limit(100_000, 1.0),)


class IssuedToken(NamedTuple):
    token: str
    expires_on: int


class Credential:
    """A credential whose tokens are numbered, good for ever unless told otherwise."""

    def __init__(self, expires_on: int = 2**40) -> None:
        self.asked: list[str] = []
        self.expires_on = expires_on

    async def get_token(self, *scopes: str) -> IssuedToken:
        self.asked.extend(scopes)
        await asyncio.sleep(0)
        return IssuedToken(f"token-{len(self.asked)}", self.expires_on)


class BrokenCredential:
    async def get_token(self, *scopes: str) -> IssuedToken:
        raise RuntimeError("the identity endpoint is down")


@pytest.fixture
async def teams() -> AsyncIterator[TeamsConnector]:
    async with TeamsConnector() as teams:
        yield teams


@pytest.fixture
async def connector() -> AsyncIterator[Connector]:
    async with Connector(allowed=lambda _: True, credential=None, timeout=2) as connector:
        yield connector


@pytest.fixture
def messenger(connector: Connector) -> BotMessenger:
    return messenger_over(connector)


def messenger_over(connector: Connector) -> BotMessenger:
    """A messenger that is in no hurry with anybody: pace has tests of its own."""
    return BotMessenger(connector, app_id="redline", pace=Pace(per_conversation=UNHURRIED, overall=UNHURRIED))


def chat_in(teams: TeamsConnector, conversation_id: str = "a:chat-1") -> Place:
    return Place(conversation_id, teams.base_url, TENANT)


def channel_in(teams: TeamsConnector) -> Place:
    return Place(CHANNEL, teams.base_url, TENANT, is_channel=True)


async def problem_of(call: Any) -> DeliveryProblem:
    with pytest.raises(DeliveryProblem) as caught:
        await call
    return caught.value


# --- what arrives ----------------------------------------------------------------------------


async def test_a_card_arrives_in_a_chat_as_it_was_drawn(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    posted = await messenger.post(chat_in(teams), CARD, SUMMARY)

    message = teams.message(posted.activity_id)
    assert posted.conversation_id == message.conversation_id == "a:chat-1"
    assert message.card == CARD
    assert message.summary == SUMMARY


async def test_a_card_goes_alone_so_that_teams_names_it_and_no_lock_screen_shows_more(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    await messenger.post(chat_in(teams), CARD, SUMMARY)

    activity = teams.latest().activity
    assert set(activity) == {"type", "summary", "attachments"}
    assert activity["type"] == "message"
    assert activity["attachments"] == [
        {"contentType": "application/vnd.microsoft.card.adaptive", "content": CARD}
    ]


async def test_a_card_for_a_channel_starts_a_thread_there(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    posted = await messenger.post(channel_in(teams), CARD, SUMMARY)

    assert posted.conversation_id == f"{CHANNEL};messageid={posted.activity_id}"
    assert teams.in_channel(CHANNEL)[0].card == CARD
    request = teams.requests[0].body
    assert request["isGroup"] is True
    assert request["channelData"] == {"channel": {"id": CHANNEL}, "tenant": {"id": TENANT}}


async def test_a_card_for_a_thread_joins_that_thread(messenger: BotMessenger, teams: TeamsConnector) -> None:
    thread = await messenger.post(channel_in(teams), CARD, SUMMARY)

    await messenger.post(chat_in(teams, thread.conversation_id), CARD, "T-1043")

    assert [m.summary for m in teams.in_conversation(thread.conversation_id)] == [SUMMARY, "T-1043"]


@pytest.mark.parametrize("place", [chat_in, channel_in])
async def test_an_update_replaces_the_card_in_its_place(
    messenger: BotMessenger, teams: TeamsConnector, place: Callable[[TeamsConnector], Place]
) -> None:
    posted = await messenger.post(place(teams), CARD, SUMMARY)
    changed = CARD | {"body": [{"type": "TextBlock", "text": "Done"}]}

    await messenger.update(
        chat_in(teams, posted.conversation_id), posted.activity_id, changed, "T-1042, done"
    )

    (message,) = teams.messages
    assert (message.card, message.summary, message.updates) == (changed, "T-1042, done", 1)
    assert message.history[0].card == CARD


async def test_ids_with_odd_characters_reach_teams_unchanged(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    odd = "19:a/b%2Fc [d] é+&?#=@thread.v2;messageid=17"

    posted = await messenger.post(chat_in(teams, odd), CARD, SUMMARY)
    await messenger.update(chat_in(teams, odd), posted.activity_id, CARD, "again")

    assert teams.latest().conversation_id == odd
    assert teams.latest().updates == 1


async def test_a_chat_is_opened_with_one_member_and_the_tenant_where_teams_reads_it(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    place = await messenger.open_chat(OFFICER, teams.base_url, TENANT)
    await messenger.post(place, CARD, SUMMARY)

    assert place == Place(teams.latest().conversation_id, teams.base_url, TENANT)
    assert teams.chat_of(OFFICER)[0].card == CARD
    assert teams.requests[0].body == {
        "isGroup": False,
        "bot": {"id": "28:redline"},
        "members": [{"id": OFFICER}],
        "channelData": {"tenant": {"id": TENANT}},
    }


async def test_opening_a_chat_again_finds_the_same_chat(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    first = await messenger.open_chat(OFFICER, teams.base_url, TENANT)

    assert await messenger.open_chat(OFFICER, teams.base_url + "/", TENANT) == Place(
        first.conversation_id, teams.base_url + "/", TENANT
    )


async def test_nobody_without_the_app_is_reached(messenger: BotMessenger, teams: TeamsConnector) -> None:
    teams.installed_only = True

    problem = await problem_of(messenger.open_chat(OFFICER, teams.base_url, TENANT))

    assert (type(problem), problem.code) == (CannotReach, "ForbiddenOperationException")


# --- what goes wrong with a post -------------------------------------------------------------


@pytest.mark.parametrize("status", [412, 429])
async def test_a_post_that_teams_put_off_was_not_sent(
    messenger: BotMessenger, teams: TeamsConnector, status: int
) -> None:
    teams.faults.add(status=status, code="Throttled", retry_after=7)

    problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert (type(problem), problem.code, problem.retry_after) == (NotSent, "Throttled", 7.0)
    assert teams.messages == []
    assert len(teams.requests) == 1


@pytest.mark.parametrize("place", [chat_in, channel_in])
@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"hang": True}, {"drop": True}, {"status": 501}, {"without_id": True}]
)
async def test_a_post_that_may_have_arrived_is_unclear_and_not_repeated(
    messenger: BotMessenger,
    teams: TeamsConnector,
    place: Callable[[TeamsConnector], Place],
    fault: dict[str, Any],
) -> None:
    teams.faults.add(**fault, after=True)

    problem = await problem_of(messenger.post(place(teams), CARD, SUMMARY))

    assert type(problem) is Unclear
    assert len(teams.messages) == 1
    assert len(teams.requests) == 1


@pytest.mark.parametrize("fault", [{"hang": True}, {"drop": True}])
async def test_a_post_that_was_lost_without_a_word_is_unclear_too(
    messenger: BotMessenger, teams: TeamsConnector, fault: dict[str, Any]
) -> None:
    teams.faults.add(**fault)

    assert type(await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))) is Unclear
    assert teams.messages == []


async def test_a_post_dropped_on_a_connection_that_served_before_is_not_resent(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    await messenger.post(chat_in(teams), CARD, SUMMARY)
    teams.faults.add(drop=True)

    await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert [r.method for r in teams.requests] == ["POST", "POST"]


@pytest.mark.parametrize(
    "code", ["BotNotInConversationRoster", "MessageWritesBlocked", "ConversationBlockedByUser"]
)
async def test_somebody_who_is_not_there_for_the_bot_cannot_be_reached(
    messenger: BotMessenger, teams: TeamsConnector, code: str
) -> None:
    teams.faults.add(status=403, code=code)

    problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert (type(problem), problem.code) == (CannotReach, code)


async def test_a_chat_that_blocked_the_bot_is_told_apart_from_one_without_it(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    teams.blocked.add("a:blocked")
    teams.uninstalled.add("a:uninstalled")

    blocked = await problem_of(messenger.post(chat_in(teams, "a:blocked"), CARD, SUMMARY))
    uninstalled = await problem_of(messenger.post(chat_in(teams, "a:uninstalled"), CARD, SUMMARY))

    assert (blocked.code, uninstalled.code) == ("MessageWritesBlocked", "BotNotInConversationRoster")


async def test_a_conversation_that_is_gone_cannot_be_reached(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    teams.faults.add(status=404, code="ConversationNotFound")

    problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert (type(problem), problem.code) == (ConversationGone, "ConversationNotFound")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (403, Refused),
        (405, Refused),
        (401, RefusedAnyway),
        (413, RefusedAnyway),
        (302, RefusedAnyway),
    ],
)
async def test_what_teams_will_never_take_is_refused(
    messenger: BotMessenger, teams: TeamsConnector, status: int, kind: type[Refused]
) -> None:
    teams.faults.add(status=status, code="BadArgument")

    problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert (type(problem), problem.code) == (kind, "BadArgument")


async def test_a_card_beyond_what_teams_carries_is_refused(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    problem = await problem_of(messenger.post(chat_in(teams), {"text": "x" * 110_000}, SUMMARY))

    assert (type(problem), problem.code) == (RefusedAnyway, "MessageSizeTooBig")


async def test_a_gateways_web_page_is_judged_by_its_status(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    teams.faults.add(status=502, body="<html>Bad gateway</html>")

    problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert (type(problem), problem.code) == (Unclear, "http_502")


@pytest.mark.parametrize("body", ["<html>Signed in</html>", "[1]", "{", ""])
async def test_a_success_that_is_no_answer_of_teams_is_unclear(
    messenger: BotMessenger, teams: TeamsConnector, body: str
) -> None:
    teams.faults.add(status=201, body=body)

    problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert (type(problem), problem.code) == (Unclear, "no_message_id")


async def test_nobody_listening_means_not_sent(messenger: BotMessenger) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = Place("a:chat-1", f"http://127.0.0.1:{closed.getsockname()[1]}", TENANT)

        problem = await problem_of(messenger.post(nobody, CARD, SUMMARY))

    assert (type(problem), problem.code) == (NotSent, "no_connection")


async def test_a_connection_that_never_comes_about_means_not_sent(messenger: BotMessenger) -> None:
    with socket.socket() as deaf, contextlib.ExitStack() as queue:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(3):
            caller = queue.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(deaf.getsockname())
        place = Place("a:chat-1", f"http://127.0.0.1:{deaf.getsockname()[1]}", TENANT)

        problem = await problem_of(messenger.post(place, CARD, SUMMARY))

    assert (type(problem), problem.code) == (NotSent, "no_connection")


async def test_a_problem_names_no_conversation_and_keeps_no_cause(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    teams.faults.add(status=400, code="", message="PC Example in a:chat-1 is unknown", body='{"error": 1}')

    problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))

    assert str(problem) == "http_400"
    assert problem.__suppress_context__


# --- what goes wrong with an update, or with opening a chat ----------------------------------


async def test_an_update_of_what_is_gone_says_so(messenger: BotMessenger, teams: TeamsConnector) -> None:
    problem = await problem_of(messenger.update(chat_in(teams), "170", CARD, SUMMARY))

    assert (type(problem), problem.code) == (MessageGone, "ActivityNotFoundInConversation")


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 429}, {"hang": True}, {"drop": True, "times": None}, {"status": 504}],
)
async def test_an_update_that_may_have_arrived_can_be_sent_again(
    messenger: BotMessenger, teams: TeamsConnector, fault: dict[str, Any]
) -> None:
    posted = await messenger.post(chat_in(teams), CARD, SUMMARY)
    teams.faults.add(**fault, method="PUT", after=True)

    problem = await problem_of(messenger.update(chat_in(teams), posted.activity_id, CARD, "again"))

    assert type(problem) is (NotSent if fault == {"status": 429} else Unanswered)
    assert teams.latest().summary == "again"
    teams.faults.clear()
    await messenger.update(chat_in(teams), posted.activity_id, CARD, "and again")
    assert teams.latest().summary == "and again"


async def test_an_update_in_a_chat_that_blocked_the_bot_cannot_reach_it(
    messenger: BotMessenger, teams: TeamsConnector
) -> None:
    posted = await messenger.post(chat_in(teams), CARD, SUMMARY)
    teams.blocked.add("a:chat-1")

    problem = await problem_of(messenger.update(chat_in(teams), posted.activity_id, CARD, SUMMARY))

    assert (type(problem), problem.code) == (CannotReach, "MessageWritesBlocked")


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": True}, {"hang": True}, {"without_id": True}])
async def test_a_chat_that_may_have_been_opened_can_be_asked_for_again(
    messenger: BotMessenger, teams: TeamsConnector, fault: dict[str, Any]
) -> None:
    teams.faults.add(**fault, after=True)

    problem = await problem_of(messenger.open_chat(OFFICER, teams.base_url, TENANT))

    assert type(problem) is (NotSent if "without_id" in fault else Unanswered)
    assert await messenger.open_chat(OFFICER, teams.base_url, TENANT)


# --- pace, concurrency, addresses, tokens ----------------------------------------------------


async def test_a_conversation_that_has_had_its_share_must_wait_without_a_request(
    connector: Connector, teams: TeamsConnector
) -> None:
    pace = Pace(clock=lambda: 100.0, longest_wait=0.5)
    messenger: Messenger = BotMessenger(connector, app_id="redline", pace=pace)
    for _ in range(7):
        await messenger.post(chat_in(teams), CARD, SUMMARY)

    problem = await problem_of(messenger.update(chat_in(teams), teams.latest().id, CARD, SUMMARY))

    assert (type(problem), problem.code, problem.retry_after) == (NotSent, "pace", 1.0)
    assert len(teams.requests) == 7
    assert await messenger.post(chat_in(teams, "a:chat-2"), CARD, SUMMARY)


async def test_no_more_requests_than_agreed_are_under_way_at_once(teams: TeamsConnector) -> None:
    teams.faults.add(delay=0.02, times=None)
    async with Connector(allowed=lambda _: True, credential=None, concurrency=3) as connector:
        messenger = messenger_over(connector)

        await asyncio.gather(*(messenger.post(chat_in(teams), CARD, SUMMARY) for _ in range(12)))

    assert len(teams.messages) == 12
    assert teams.most_at_once == 3


async def test_waiting_for_ones_turn_is_not_counted_as_teams_time(teams: TeamsConnector) -> None:
    teams.faults.add(delay=0.6, times=None)
    async with Connector(allowed=lambda _: True, credential=None, concurrency=1, timeout=1.5) as connector:
        messenger = messenger_over(connector)

        await asyncio.gather(*(messenger.post(chat_in(teams), CARD, SUMMARY) for _ in range(4)))

    assert len(teams.messages) == 4


@pytest.mark.parametrize("address", ["{}", "{}/{{conversationId}}"])
async def test_neither_card_nor_token_leaves_for_an_address_that_is_not_allowed(
    teams: TeamsConnector, address: str
) -> None:
    credential = Credential()
    place = Place("a:chat-1", address.format(teams.base_url), TENANT)
    async with Connector(allowed=lambda url: "conversationId" in url, credential=credential) as connector:
        messenger = messenger_over(connector)

        problem = await problem_of(messenger.post(place, CARD, SUMMARY))

    assert (type(problem), problem.code) == (RefusedAnyway, "service_url_not_allowed")
    assert teams.requests == []
    assert credential.asked == []


async def test_no_redirect_takes_the_card_or_the_token_elsewhere(teams: TeamsConnector) -> None:
    async with TeamsConnector() as elsewhere:
        teams.faults.add(status=307)
        original = teams.faults.waiting[0].answer
        teams.faults.waiting[0].answer = lambda: redirected(original(), elsewhere.base_url)  # type: ignore[method-assign]
        async with Connector(allowed=lambda _: True, credential=Credential()) as connector:
            problem = await problem_of(messenger_over(connector).post(chat_in(teams), CARD, SUMMARY))

        assert type(problem) is RefusedAnyway
        assert elsewhere.requests == []


def redirected(response: Any, base_url: str) -> Any:
    response.headers["Location"] = f"{base_url}/v3/conversations/a/activities"
    return response


async def test_many_sends_share_one_token(teams: TeamsConnector) -> None:
    credential = Credential()
    teams.token = "token-1"
    async with Connector(allowed=lambda _: True, credential=credential) as connector:
        messenger = messenger_over(connector)

        posted = await asyncio.gather(*(messenger.post(chat_in(teams), CARD, SUMMARY) for _ in range(40)))
        await messenger.update(chat_in(teams), posted[0].activity_id, CARD, SUMMARY)

    assert len(teams.messages) == 40
    assert credential.asked == ["https://api.botframework.com/.default"]


async def test_two_addresses_of_teams_share_the_token_too(teams: TeamsConnector) -> None:
    credential = Credential()
    async with (
        TeamsConnector(token="token-1") as other,
        Connector(allowed=lambda _: True, credential=credential, most_clients=1) as connector,
    ):
        messenger = messenger_over(connector)
        for place in (chat_in(teams), chat_in(other), chat_in(teams)):
            await messenger.post(place, CARD, SUMMARY)

    assert (len(teams.messages), len(other.messages)) == (2, 1)
    assert len(credential.asked) == 1


async def test_a_token_that_teams_no_longer_takes_is_replaced_for_the_next_send(
    teams: TeamsConnector,
) -> None:
    teams.token = "token-2"
    async with Connector(allowed=lambda _: True, credential=Credential()) as connector:
        messenger = messenger_over(connector)

        problem = await problem_of(messenger.post(chat_in(teams), CARD, SUMMARY))
        await messenger.post(chat_in(teams), CARD, SUMMARY)

    assert (type(problem), problem.code) == (RefusedAnyway, "BotNotRegistered")
    assert len(teams.messages) == 1


async def test_without_a_token_nothing_is_sent(teams: TeamsConnector) -> None:
    async with Connector(allowed=lambda _: True, credential=BrokenCredential()) as connector:
        problem = await problem_of(messenger_over(connector).post(chat_in(teams), CARD, SUMMARY))

    assert (type(problem), problem.code) == (NotSent, "token_unavailable")
    assert teams.requests == []


async def test_local_mode_sends_no_token(messenger: BotMessenger, teams: TeamsConnector) -> None:
    await messenger.post(chat_in(teams), CARD, SUMMARY)

    assert teams.requests[0].authorization is None
