"""The real service as a process of its own, in production mode, with everything it needs on loopback."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Self

from aiohttp import ClientSession
from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel

from infra.local.graph import Group, LocalGraph, LocalGraphData, OrderDocument
from infra.local.graph import Person as GraphPerson
from infra.local.people import (
    BOT_ID,
    BOT_NAME,
    GROUPS,
    NORTH_CHANNEL,
    NORTH_TEAM,
    PEOPLE,
    SOUTH_CHANNEL,
    SOUTH_SERGEANT,
    SOUTH_TEAM,
    TENANT,
    FictionalPerson,
    group_id,
)
from infra.local.seed import seed
from infra.local.teams_kept import Message
from infra.local.teams_kept import Person as TeamsPerson
from infra.local.teams_stand_in import TeamsConnector
from storage.database import open_database
from storage.enums import OutboxState, Rank
from storage.migrate import migrate
from storage.rows import add, table_of
from storage.tables import AuditEvent, Outbox, Outcome, Person, PersonRole, SeenActivity, Task, TaskChange
from tasking.clock import SystemClock
from tasking.policy import load_policy
from tasking.unit_of_work import Units
from tests.support.identity_endpoint import IdentityEndpoint
from tests.support.token_issuer import APP_ID, TokenIssuer
from tests.support.warm_start import Process, start_warm

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "infra/local/policy.toml"
TEAM_OF = {NORTH_CHANNEL: NORTH_TEAM, SOUTH_CHANNEL: SOUTH_TEAM}
HANG = 60.0
"""Seconds after which a wait is given up: no measure of speed."""

_TIMES = ("_at", "_after", "_until")
_READY = b"ready on port "


class ServiceProcess:
    """`app.py serve` (or another command) with a given environment, started warm."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: Process | None = None
        self.port = 0

    async def start(self) -> None:
        """Start it and wait until it says that it is ready; raises with its log where it ends instead."""
        with self._log.open("ab") as log:
            self._process = await self._begin(("serve",), log)
        assert self._process.stdout
        async with asyncio.timeout(60):
            while line := await self._process.stdout.readline():
                if _READY in line:
                    self.port = int(line.partition(_READY)[2].strip(b". \n"))
                    return
        raise AssertionError(f"the service did not start:\n{self._log.read_text()}")

    async def run(self, *command: str) -> tuple[int, str]:
        """Run another command of `app.py` to its end: exit code and everything it printed."""
        process = await self._begin(command, None)
        assert process.stdout
        output = await process.stdout.read()
        return await process.wait(), output.decode()

    async def _begin(self, command: Sequence[str], log: IO[bytes] | None) -> Process:
        return await start_warm(command, self._environment, log)

    async def kill(self) -> None:
        """kill -9: no chance to finish anything."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop, as a supervisor of processes would; returns its exit code."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), 30)

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        assert self._process
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None


class ColdProcess(ServiceProcess):
    """The same by `python app.py`, as a force's engineers start it."""

    async def _begin(self, command: Sequence[str], log: IO[bytes] | None) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "app.py",
            *command,
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=log or asyncio.subprocess.STDOUT,
        )


class Stage:
    """A force on loopback: identity, token issuer, Teams' connector, Graph, a seeded database, the service.

    async with Stage(database_url, folder) as stage:
        await stage.install_everybody()
        await stage.says(SERGEANT, "/assign …", in_channel=True)
        card = await stage.tap(CONSTABLE, "record_outcome", {...})
    """

    def __init__(self, database_url: str, folder: Path, **settings: str) -> None:
        self.database_url = database_url
        self.folder = folder
        self.teams = TeamsConnector()
        self.graph = LocalGraph(graph_data(), require_token=True)
        self.database = open_database(database_url)
        self._settings = settings
        self._recruits = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._set_up()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _set_up(self) -> None:
        self.identity = await self._stack.enter_async_context(IdentityEndpoint())
        await self.teams.start()
        self._stack.push_async_callback(self.teams.stop)
        await self.graph.start()
        self._stack.push_async_callback(self.graph.stop)
        self.issuer = await self._stack.enter_async_context(
            TokenIssuer(app_id=APP_ID, service_url=self.teams.base_url)
        )
        await self._open_database()
        self.http = await self._stack.enter_async_context(ClientSession())
        self.service = self.process("service.log")
        await self.service.start()

    async def __aexit__(self, *_: object) -> None:
        if self.service.is_running:
            await self.service.stop()
        await self._stack.aclose()

    def environment(self) -> dict[str, str]:
        """The environment of the service: production mode, a managed identity, everything on loopback."""
        return {
            "REDLINE_MODE": "production",
            "REDLINE_APP_ID": APP_ID,
            "REDLINE_APP_TYPE": "UserAssignedMSI",
            "REDLINE_TENANT_ID": TENANT,
            "REDLINE_DATABASE_URL": self.database_url,
            "REDLINE_PORT": "0",
            "REDLINE_POLICY_FILE": str(POLICY),
            "REDLINE_OPENID_URL": self.issuer.openid_url,
            "REDLINE_SERVICE_URL_HOSTS": "127.0.0.1",
            "REDLINE_GRAPH_URL": self.graph.url,
            "REDLINE_SITE_ID": self.graph.data.site_id,
            "REDLINE_LIST_ID": self.graph.data.list_id,
            "REDLINE_RECORDS_POLL_SECONDS": "0.3",
            "REDLINE_OPERATOR_KEY": "0123456789abcdef",
            **self.identity.env,
            **self._settings,
        }

    def process(self, log: str) -> ServiceProcess:
        """Another process of the service, with a log of this name."""
        return ServiceProcess(self.environment(), self.folder / log)

    async def _open_database(self) -> None:
        await self.database.start()
        self._stack.push_async_callback(self.database.stop)
        await migrate(self.database)
        await Units(self.database, SystemClock(), load_policy(POLICY)).write(seed)

    async def restart(self) -> None:
        """Start the service again after it was stopped or killed."""
        await self.service.start()

    # --- what people do ----------------------------------------------------------------------

    async def post(self, activity: Mapping[str, Any], authorization: str | None = None) -> tuple[int, Any]:
        """Deliver one activity with a signed token: HTTP status and JSON body (None where there is none)."""
        headers = {"Authorization": authorization or self.issuer.authorization()}
        url = f"http://127.0.0.1:{self.service.port}/api/messages"
        async with self.http.post(url, json=activity, headers=headers) as answer:
            body = await answer.read()
            return answer.status, await answer.json() if body else None

    def activity(
        self,
        person: FictionalPerson,
        *,
        in_channel: bool = False,
        channel: str = NORTH_CHANNEL,
        thread: str = "1",
        **fields: Any,
    ) -> dict[str, Any]:
        """An activity as Teams sends it; `fields` are added or replace."""
        conversation: dict[str, Any] = {"id": self.chat_of(person), "conversationType": "personal"}
        channel_data: dict[str, Any] = {"tenant": {"id": TENANT}}
        if in_channel:
            thread_id = self.thread_of(channel, thread)
            conversation = {"id": thread_id, "conversationType": "channel", "isGroup": True}
            channel_data |= {"team": {"id": TEAM_OF.get(channel, channel)}, "channel": {"id": channel}}
        return {
            "id": uuid.uuid4().hex,
            "timestamp": datetime.now(UTC).isoformat(),
            "channelId": "msteams",
            "serviceUrl": self.teams.base_url,
            "from": {"id": person.teams_id, "name": person.name, "aadObjectId": person.entra_id},
            "recipient": {"id": BOT_ID, "name": BOT_NAME},
            "conversation": conversation | {"tenantId": TENANT},
            "channelData": channel_data,
            **fields,
        }

    @staticmethod
    def chat_of(person: FictionalPerson) -> str:
        """The id of somebody's personal chat with the bot."""
        return TeamsPerson(person.teams_id, person.entra_id).chat_id

    @staticmethod
    def thread_of(channel: str, thread: str) -> str:
        """The conversation id of a thread in a channel."""
        return f"{channel};messageid={thread}"

    async def install(self, person: FictionalPerson) -> None:
        """The app is installed for a person."""
        status, _ = await self.post(self.activity(person, type="installationUpdate", action="add"))
        assert status == 202

    async def install_in_channel(self, person: FictionalPerson, channel: str = NORTH_CHANNEL) -> None:
        """The app is installed in a team's channel (the North team's), by somebody."""
        event = {"type": "installationUpdate", "action": "add"}
        activity = self.activity(person, in_channel=True, channel=channel, **event)
        activity["conversation"]["id"] = channel
        status, _ = await self.post(activity)
        assert status == 202

    async def install_everybody(self) -> None:
        """Everybody of the force, and the channels of both teams."""
        for person in PEOPLE:
            self.teams.add_person(person.teams_id, entra_id=person.entra_id, name=person.name)
            self.teams.join(NORTH_CHANNEL, person.teams_id)
            await self.install(person)
        await self.install_in_channel(PEOPLE[0])
        await self.install_in_channel(SOUTH_SERGEANT, SOUTH_CHANNEL)
        await self.teams.wait_until(self._has_a_board, within=HANG)

    def _has_a_board(self) -> bool:
        return any(message.summary == "RedLine board" for message in self.teams.in_channel(NORTH_CHANNEL))

    async def recruit(self, group: str = "a1") -> FictionalPerson:
        """Somebody new, in a group of the North team (its officers), who has installed the app.

        Teams takes only so many messages a minute in one chat: long journeys have people of their own.
        """
        self._recruits += 1
        number = 100 + self._recruits
        person = FictionalPerson(number, f"Invented Recruit {number} (fictional)", f"9{number}")
        await self._add_to_directory(person, group_id(group))
        self.teams.add_person(person.teams_id, entra_id=person.entra_id, name=person.name)
        self.teams.join(NORTH_CHANNEL, person.teams_id)
        await self.install(person)
        return person

    async def _add_to_directory(self, person: FictionalPerson, group: str) -> None:
        entra_id, collar = person.entra_id, person.collar_number
        self.graph.data.people.append(GraphPerson(entra_id, person.name, collar))
        next(each for each in self.graph.data.groups if each.id == group).members.append(entra_id)
        means = next(each for each in load_policy(POLICY).groups if each.group_id == group)
        row = Person(entra_id=entra_id, display_name=person.name, collar_number=collar, rank=Rank.PC)
        role = PersonRole(entra_id=entra_id, district_id=means.district, role=means.role)
        await self.database.write(lambda connection: add(connection, row))
        await self.database.write(lambda connection: add(connection, role))

    async def says(
        self,
        person: FictionalPerson,
        text: str,
        *mentioned: FictionalPerson,
        in_channel: bool = False,
        **more: Any,
    ) -> None:
        """Somebody types a message; `@` in the text stands for the next person mentioned."""
        typed = message_typed(text, mentioned, to_bot=in_channel)
        status, _ = await self.post(self.activity(person, in_channel=in_channel, **(typed | more)))
        assert status == 202

    async def asks(
        self,
        person: FictionalPerson,
        text: str,
        *mentioned: FictionalPerson,
        in_channel: bool = False,
        thread: str = "1",
        channel: str = NORTH_CHANNEL,
    ) -> Any:
        """Like `says`, in a command that is answered by a card of its own: that card."""
        where = self.thread_of(channel, thread) if in_channel else self.chat_of(person)
        earlier = sum(map(is_answer, self.teams.in_conversation(where)))
        await self.says(person, text, *mentioned, in_channel=in_channel, thread=thread, channel=channel)
        answer = await self.teams.wait_for_message(
            conversation_id=where, where=is_answer, after=earlier, within=HANG
        )
        return answer.card

    async def tap(
        self,
        person: FictionalPerson,
        verb: str,
        data: Mapping[str, Any],
        *,
        in_channel: bool = False,
        **more: Any,
    ) -> Any:
        """Somebody taps a button: the body of the answer (`statusCode`, `type`, `value`)."""
        invoke = tap_of(verb, data)
        status, body = await self.post(self.activity(person, in_channel=in_channel, **(invoke | more)))
        assert status == 200, status
        return body

    # --- what only the database knows --------------------------------------------------------

    async def rows(self, table: type[SQLModel], **equal: Any) -> list[dict[str, Any]]:
        """The rows of a table, or those whose columns have these values."""
        columns = table_of(table)
        query = select(columns).where(*(columns.c[name] == value for name, value in equal.items()))
        found = await self.database.read(lambda connection: connection.execute(query).mappings().all())
        return [dict(row) for row in found]

    async def change(self, table: type[SQLModel], where: Mapping[str, Any], **values: Any) -> None:
        """Change rows behind the service's back."""
        columns = table_of(table)
        conditions = [columns.c[name] == value for name, value in where.items()]
        await self.database.write(
            lambda connection: connection.execute(update(columns).where(*conditions).values(**values))
        )

    async def time_passes(self, **how_long: float) -> None:
        """Let every row become older by a `timedelta(**how_long)`, and the delivery look at once.

        The clock of a production service cannot be moved; what it compares with the clock can.
        """
        await self.database.write(lambda connection: _make_older(connection, timedelta(**how_long)))
        if self.service.is_running:
            await self.nudge()

    async def nudge(self) -> None:
        """Something that changes nothing and wakes the delivery: an app installed where it is already."""
        await self.install(PEOPLE[0])

    async def settle(self) -> None:
        """Wait until every effect that is due and can be sent has been sent."""

        async def nothing_due() -> bool:
            if await self.rows(Outbox, state=OutboxState.SENDING):
                return False
            now = datetime.now(UTC)
            due = [r for r in await self.rows(Outbox, state=OutboxState.WAITING) if r["send_after"] <= now]
            held_up = {row["lane"] for row in due if row["retry_at"]}
            return all(row["lane"] in held_up for row in due)

        await eventually(nothing_due)


async def eventually(condition: Callable[[], Awaitable[Any]], within: float = HANG) -> Any:
    """What the condition gave as soon as that is something; fails where it is not within so many seconds."""
    async with asyncio.timeout(within):
        while not (found := await condition()):  # noqa: ASYNC110 (another process gives no event to wait for)
            await asyncio.sleep(0.03)
        return found


def _make_older(connection: Connection, age: timedelta) -> None:
    for table in (Task, Outcome, Outbox, SeenActivity, TaskChange, AuditEvent):
        columns = table_of(table)
        key = next(iter(columns.primary_key))
        times = [column for column in columns.c if column.name.endswith(_TIMES) or column.name == "at"]
        for row in connection.execute(select(key, *times)).all():
            older = {c: at - age for c, at in zip(times, row[1:], strict=True) if at is not None}
            connection.execute(update(columns).where(key == row[0]).values(older))


def message_typed(text: str, mentioned: Sequence[FictionalPerson] = (), *, to_bot: bool) -> dict[str, Any]:
    """A message activity's own fields; `@` in the text stands for the next person mentioned."""
    names = [(person.teams_id, person.name) for person in mentioned]
    for _, name in names:
        text = text.replace("@", f"<at>{name}</at>", 1)
    if to_bot:
        names.insert(0, (BOT_ID, BOT_NAME))
        text = f"<at>{BOT_NAME}</at> {text}"
    entities = [
        {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": id_, "name": name}}
        for id_, name in names
    ]
    return {"type": "message", "text": text, "textFormat": "plain", "entities": entities}


def tap_of(verb: str, data: Any) -> dict[str, Any]:
    """An invoke activity's own fields: a button with this verb and data."""
    action = {"type": "Action.Execute", "verb": verb, "data": data}
    return {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": action, "trigger": "manual"}}


def is_answer(message: Message) -> bool:
    """Whether a message answers a typed command: its summary says nothing but who sent it."""
    return message.summary == "RedLine"


def graph_data() -> LocalGraphData:
    """The fictional people, groups and order copies for the local Graph."""
    return LocalGraphData(
        people=[GraphPerson(p.entra_id, p.name, p.collar_number) for p in PEOPLE],
        groups=[Group(id, name, [p.entra_id for p in members]) for id, (name, members) in GROUPS.items()],
        documents=[
            OrderDocument(f"orders/{ref}.pdf", f"{ref} (FICTIONAL)", ["Invented for practice."])
            for ref in ("DVPO-3", "DVPN-4")
        ],
        site_id="fictional-site",
        list_id="records-hand-off",
    )
