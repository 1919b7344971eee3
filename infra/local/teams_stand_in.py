"""A stand-in for Teams' connector service on loopback: what the bot sends to arrives here and is kept.

    async with TeamsConnector() as teams:              # or: await teams.start() ... await teams.stop()
        chat = teams.add_person("29:officer", entra_id="…", name="PC Example").chat_id
        ...                                            # the bot posts to teams.base_url
        message = await teams.wait_for_message(conversation_id=chat)
        assert message.card["body"] and message.summary == "T-1042, due 18:00"

Looking things up
    `messages`                      every message ever posted, oldest first; each has `id`, `conversation_id`,
                                    `card`, `summary`, `activity` (the whole JSON), `history` (a Version for
                                    the post and for each update), `updates`, `deleted`
    `message(id)`, `in_conversation(id)`, `in_channel(id)`, `chat_of(teams_id)`, `latest(conversation_id=…)`
    `await wait_for_message(...)`   the first message that fits: `conversation_id=`, `channel_id=`, `where=`
                                    (any condition), `after=` (how many of the fitting to pass over)
    `await wait_until(condition)`   looks again after each request, for at most `within` seconds
    `requests`                      every request that came in, with the status it was answered with
    `most_at_once`                  the largest number of requests that were in hand at the same time

People
    `add_person(teams_id, entra_id=…, name=…)`, `join(conversation_id, teams_id)` for a team's or channel's
    roster. Personal chats are opened for anybody unless `installed_only` is set: then only for added people.
    `blocked` and `uninstalled` are sets of conversation ids that answer 403 as Teams does, `gone` 404.

Faults, each for the next `times` requests that fit (None: for good), first added first
    teams.faults.add(status=429, retry_after=2)                     an answer instead of the work
    teams.faults.add(status=403, code="MessageWritesBlocked", conversation_id=chat)
    teams.faults.add(status=500, after=True)                        the work is done, the answer is this
    teams.faults.add(delay=0.2)                                     slow, then as usual
    teams.faults.add(hang=True) / add(hang=True, after=True)        no answer at all, without or with the work
    teams.faults.add(drop=True) / add(drop=True, after=True)        the connection ends instead of an answer
    teams.faults.add(without_id=True)                               a success that names no message
    Narrow them with `method="PUT"` and `conversation_id=`; `teams.faults.clear()` ends them all.

Like Teams it answers 404 for messages and members it does not know, 413 beyond 100 KB, and with no id to a
message that has both text and an attachment. It takes posts to any conversation, so a test need not prepare
one. With `token=` it answers 401 to any other bearer.

In its own process: `python -m infra.local.teams_stand_in --port 56160`. Whoever cannot reach the object then
asks `GET /stand-in/messages`, and posts `/stand-in/faults` (the arguments of `faults.add`, as JSON),
`/stand-in/people` (those of `add_person`) and `/stand-in/reset`.
"""

import argparse
import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from infra.local.teams_faults import Fault, Faults, error_answer
from infra.local.teams_kept import THREAD_MARK, Message, Person, Received, Version

LARGEST_MESSAGE = 100 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANEW = "-anew"
"""What follows the id of a chat that was opened because the one before is gone."""


class TeamsConnector:
    """The connector service of one Teams; see the module's docstring for how to use it."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        installed_only: bool = False,
    ) -> None:
        """`port` 0 takes a free one. With `token`, every request must carry exactly that bearer token."""
        self.token = token
        self.installed_only = installed_only
        self.faults = Faults()
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self._unheard = asyncio.Event()
        self._happened = asyncio.Condition()
        self.reset()

    def reset(self) -> None:
        """Forget everything, as a Teams that was started afresh would."""
        self.messages: list[Message] = []
        self.requests: list[Received] = []
        self.people: dict[str, Person] = {}
        self.rosters: dict[str, list[str]] = {}
        self.chats: dict[str, str] = {}
        self.blocked: set[str] = set()
        self.uninstalled: set[str] = set()
        self.gone: set[str] = set()
        self.most_at_once = 0
        self._at_once = 0
        self._numbers = itertools.count(1_700_000_000_001)
        self.faults.clear()

    # --- starting and stopping ---

    async def start(self) -> Self:
        """Listen; afterwards `base_url` is the service URL for activities."""
        self._unheard.clear()
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Stop listening; what was kept stays. A later `start` uses the same port."""
        self._unheard.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def base_url(self) -> str:
        """The service URL."""
        return f"http://{self._host}:{self._port}"

    # --- people ---

    def add_person(self, teams_id: str, entra_id: str, name: str = "", tenant_id: str = "") -> Person:
        """Add somebody for whom the app is installed; their chat is open."""
        person = Person(teams_id, entra_id, name, tenant_id)
        self.people[teams_id] = person
        self.chats[person.chat_id] = teams_id
        self.join(person.chat_id, teams_id)
        return person

    def join(self, conversation_id: str, *teams_ids: str) -> None:
        """Put people on the roster of a team, a channel or a chat."""
        roster = self.rosters.setdefault(conversation_id, [])
        roster.extend(teams_id for teams_id in teams_ids if teams_id not in roster)

    # --- looking things up ---

    def message(self, message_id: str) -> Message:
        """The message of that id; KeyError where there is none."""
        for message in self.messages:
            if message.id == message_id:
                return message
        raise KeyError(message_id)

    def in_conversation(self, conversation_id: str) -> list[Message]:
        """What is in a chat or thread, oldest first."""
        return [m for m in self.messages if m.conversation_id == conversation_id and not m.deleted]

    def in_channel(self, channel_id: str) -> list[Message]:
        """What is in a channel, in all its threads, oldest first."""
        return [m for m in self.messages if m.channel_id == channel_id and not m.deleted]

    def chat_of(self, teams_id: str) -> list[Message]:
        """What is in the chat with somebody, oldest first."""
        return self.in_conversation(Person(teams_id, "").chat_id)

    def latest(self, conversation_id: str | None = None) -> Message:
        """The last message posted, in all or in one conversation; IndexError where there is none."""
        return (self.messages if conversation_id is None else self.in_conversation(conversation_id))[-1]

    async def wait_for_message(
        self,
        *,
        conversation_id: str | None = None,
        channel_id: str | None = None,
        where: Callable[[Message], bool] = lambda _: True,
        after: int = 0,
        within: float = 10.0,
    ) -> Message:
        """The first message that fits, once it is there, after `after` that fit as well.

        Raises TimeoutError when it is not there `within` that many seconds.
        """

        def fitting() -> list[Message]:
            found = self.messages if channel_id is None else self.in_channel(channel_id)
            in_place = (m for m in found if conversation_id in (None, m.conversation_id))
            return [m for m in in_place if not m.deleted and where(m)]

        await self.wait_until(lambda: len(fitting()) > after, within=within)
        return fitting()[after]

    async def wait_until(self, condition: Callable[[], bool], *, within: float = 10.0) -> None:
        """Return once the condition holds, looked at after each request; TimeoutError if it does not."""
        async with asyncio.timeout(within), self._happened:
            await self._happened.wait_for(condition)

    # --- serving ---

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._receive], client_max_size=16 * LARGEST_MESSAGE)
        conversation = "/v3/conversations/{conversation_id}"
        app.add_routes(
            [
                web.post("/v3/conversations", self._create),
                web.post(f"{conversation}/activities", self._post),
                web.post(f"{conversation}/activities/{{activity_id}}", self._post),
                web.put(f"{conversation}/activities/{{activity_id}}", self._update),
                web.delete(f"{conversation}/activities/{{activity_id}}", self._delete),
                web.get(f"{conversation}/members", self._members),
                web.get(f"{conversation}/members/{{member_id}}", self._member),
                web.get(f"{conversation}/pagedmembers", self._paged_members),
                *_remote_control(self),
            ]
        )
        return app

    @web.middleware
    async def _receive(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/stand-in/"):
            return await handler(request)
        received = await _received(request)
        self.requests.append(received)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            response = await self._answer(received, request, handler)
            dropped = request.transport is None or request.transport.is_closing()
            received.status = None if dropped else response.status
            return response
        finally:
            self._at_once -= 1
            await self._tell()

    async def _tell(self) -> None:
        async with self._happened:
            self._happened.notify_all()

    async def _answer(self, received: Received, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = self.faults.take(received)
        await asyncio.sleep(fault.delay)
        wrong = fault.hang or fault.drop or fault.status is not None
        if wrong and not fault.after:
            return await self._go_wrong(fault, request)
        response = self._refusal(received) or await handler(request)
        if wrong:
            return await self._go_wrong(fault, request)
        return web.json_response({}, status=response.status) if fault.without_id else response

    async def _go_wrong(self, fault: Fault, request: web.Request) -> web.Response:
        if fault.hang:
            await self._tell()
            await self._unheard.wait()
        if (fault.hang or fault.drop) and request.transport is not None:
            request.transport.abort()
        return fault.answer()

    def _refusal(self, received: Received) -> web.Response | None:
        if self.token is not None and received.authorization != f"Bearer {self.token}":
            return error_answer(401, "BotNotRegistered", "no registration found for this bot")
        if received.conversation_id in self.blocked:
            return error_answer(403, "MessageWritesBlocked", "the conversation is blocked")
        if received.conversation_id in self.gone:
            return error_answer(404, "ConversationNotFound", "conversation not found")
        if received.conversation_id in self.uninstalled:
            return error_answer(
                403, "BotNotInConversationRoster", "the bot is not part of the conversation roster"
            )
        return None

    # --- conversations and messages ---

    async def _create(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        if wanted.get("isGroup"):
            return self._create_thread(wanted)
        members = wanted.get("members") or []
        if len(members) != 1 or not _tenant_of(wanted):
            return error_answer(400, "BadArgument", "one member and a tenant are needed")
        return self._open_chat(str(members[0].get("id")))

    def _create_thread(self, wanted: dict[str, Any]) -> web.Response:
        channel = (wanted.get("channelData") or {}).get("channel") or {}
        if not channel.get("id") or not wanted.get("activity"):
            return error_answer(400, "BadArgument", "a channel and an activity are needed")
        message_id = self._new_id()
        thread = f"{channel['id']}{THREAD_MARK}{message_id}"
        refusal = self._keep(message_id, thread, wanted["activity"])
        return refusal or web.json_response({"id": thread, "activityId": message_id}, status=201)

    def _open_chat(self, teams_id: str) -> web.Response:
        if self.installed_only and teams_id not in self.people:
            return error_answer(
                403, "ForbiddenOperationException", "the bot is not installed in the personal scope"
            )
        chat_id = Person(teams_id, "").chat_id
        if chat_id in self.gone:
            chat_id = f"{chat_id}{ANEW}"
        self.chats[chat_id] = teams_id
        return web.json_response({"id": chat_id}, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        message_id = self._new_id()
        activity = await request.json()
        conversation_id = request.match_info["conversation_id"]
        # What is posted into a channel itself becomes the first message of a new thread.
        if conversation_id.endswith("@thread.tacv2"):
            conversation_id += THREAD_MARK + message_id
        refusal = self._keep(message_id, conversation_id, activity)
        if refusal is not None:
            return refusal
        # Teams makes two messages of a text with an attachment, and names neither.
        split = activity.get("text") and activity.get("attachments")
        return web.Response(status=202) if split else web.json_response({"id": message_id}, status=201)

    def _keep(self, message_id: str, conversation_id: str, activity: Any) -> web.Response | None:
        refusal = _unacceptable(activity)
        if refusal is None:
            version = Version(activity, datetime.now(UTC))
            self.messages.append(Message(message_id, conversation_id, [version]))
        return refusal

    async def _update(self, request: web.Request) -> web.Response:
        activity = await request.json()
        message = self._find(request)
        if message is None:
            return _not_found()
        refusal = _unacceptable(activity)
        if refusal is None:
            message.history.append(Version(activity, datetime.now(UTC)))
        return refusal or web.json_response({"id": message.id})

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._find(request)
        if message is None:
            return _not_found()
        message.deleted = True
        return web.Response(status=200)

    def _find(self, request: web.Request) -> Message | None:
        here = self.in_channel(_channel_of(request))
        return next((m for m in here if m.id == request.match_info["activity_id"]), None)

    def _new_id(self) -> str:
        return str(next(self._numbers))

    # --- rosters ---

    def _roster(self, request: web.Request) -> list[dict[str, Any]]:
        teams_ids = self.rosters.get(_channel_of(request), [])
        return [self.people[teams_id].account() for teams_id in teams_ids if teams_id in self.people]

    async def _members(self, request: web.Request) -> web.Response:
        return web.json_response(self._roster(request))

    async def _member(self, request: web.Request) -> web.Response:
        wanted = request.match_info["member_id"]
        for account in self._roster(request):
            if wanted in (account["id"], account["aadObjectId"]):
                return web.json_response(account)
        return error_answer(404, "MemberNotFoundInConversation", "no such member")

    async def _paged_members(self, request: web.Request) -> web.Response:
        size = int(request.query.get("pageSize", 200))
        start = int(request.query.get("continuationToken", 0))
        roster = self._roster(request)
        page: dict[str, Any] = {"members": roster[start : start + size]}
        if start + size < len(roster):
            page["continuationToken"] = str(start + size)
        return web.json_response(page)


async def _received(request: web.Request) -> Received:
    body = None
    if request.can_read_body:
        with suppress(ValueError):
            body = await request.json()
    parameters = (body.get("channelData") or {}) if isinstance(body, dict) else {}
    conversation_id = request.match_info.get("conversation_id") or (parameters.get("channel") or {}).get(
        "id", ""
    )
    authorization = request.headers.get("Authorization")
    return Received(request.method, request.path, conversation_id, authorization, body)


def _channel_of(request: web.Request) -> str:
    return request.match_info["conversation_id"].partition(THREAD_MARK)[0]


def _tenant_of(wanted: dict[str, Any]) -> str | None:
    tenant = (wanted.get("channelData") or {}).get("tenant") or {}
    return tenant.get("id") or wanted.get("tenantId")


def _unacceptable(activity: Any) -> web.Response | None:
    if not isinstance(activity, dict) or not activity.get("type"):
        return error_answer(400, "BadArgument", "an activity needs a type")
    if len(web.json_response(activity).body or b"") > LARGEST_MESSAGE:  # type: ignore[arg-type]
        return error_answer(413, "MessageSizeTooBig", "message size too large")
    return None


def _not_found() -> web.Response:
    return error_answer(404, "ActivityNotFoundInConversation", "no such message")


# --- in its own process ----------------------------------------------------------------------


def _remote_control(teams: TeamsConnector) -> Iterable[web.RouteDef]:
    async def messages(_: web.Request) -> web.Response:
        shown = [
            asdict(m) | {"card": m.card, "summary": m.summary, "history": m.updates} for m in teams.messages
        ]
        return web.json_response(shown)

    async def faults(request: web.Request) -> web.Response:
        return web.json_response(asdict(teams.faults.add(**await request.json())))

    async def people(request: web.Request) -> web.Response:
        person = teams.add_person(**await request.json())
        return web.json_response(asdict(person) | {"chat_id": person.chat_id})

    async def reset(_: web.Request) -> web.Response:
        teams.reset()
        return web.json_response({})

    return [
        web.get("/stand-in/messages", messages),
        web.post("/stand-in/faults", faults),
        web.post("/stand-in/people", people),
        web.post("/stand-in/reset", reset),
    ]


async def _serve(port: int) -> None:
    async with TeamsConnector(port=port) as teams:
        print(teams.base_url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Run a stand-in until Ctrl-C; its address is the first line printed."""
    parser = argparse.ArgumentParser(description="A stand-in for Teams' connector service, on loopback.")
    parser.add_argument("--port", type=int, default=0)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
