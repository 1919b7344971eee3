"""The real service as a process of its own, in production mode, with everything it needs on loopback."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientSession

from infra.local.graph import Group, LocalGraph, LocalGraphData, OrderDocument
from infra.local.graph import Person as GraphPerson
from infra.local.people import (
    BOT_ID,
    BOT_NAME,
    GROUPS,
    NORTH_CHANNEL,
    NORTH_TEAM,
    PEOPLE,
    TENANT,
    FictionalPerson,
)
from infra.local.seed import seed
from infra.local.teams_stand_in import TeamsConnector
from storage.database import open_database
from storage.migrate import migrate
from tasking.clock import SystemClock
from tasking.policy import load_policy
from tasking.unit_of_work import Units
from tests.support.identity_endpoint import IdentityEndpoint
from tests.support.token_issuer import APP_ID, TokenIssuer

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "infra/local/policy.toml"
_READY = b"ready on port "


class ServiceProcess:
    """`python app.py serve` (or another command) with a given environment."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0

    async def start(self) -> None:
        """Start it and wait until it says that it is ready; raises with its log where it ends instead."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "app.py",
                "serve",
                cwd=ROOT,
                env=self._environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout
        async with asyncio.timeout(60):
            while line := await self._process.stdout.readline():
                if _READY in line:
                    self.port = int(line.partition(_READY)[2].strip(b". \n"))
                    return
        raise AssertionError(f"the service did not start:\n{self._log.read_text()}")

    async def run(self, *command: str) -> tuple[int, str]:
        """Run another command of `app.py` to its end: exit code and everything it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "app.py",
            *command,
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    async def kill(self) -> None:
        """kill -9: no chance to finish anything."""
        assert self._process
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop, as a supervisor of processes would; returns its exit code."""
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), 30)

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None


class Stage:
    """A force on loopback: identity and token issuer, Teams' connector, Graph, a seeded database, the service.

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
        self._settings = settings
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.identity = await self._stack.enter_async_context(IdentityEndpoint())
        await self.teams.start()
        self._stack.push_async_callback(self.teams.stop)
        await self.graph.start()
        self._stack.push_async_callback(self.graph.stop)
        self.issuer = await self._stack.enter_async_context(
            TokenIssuer(app_id=APP_ID, service_url=self.teams.base_url)
        )
        await self._prepare_database()
        self.http = await self._stack.enter_async_context(ClientSession())
        self.service = ServiceProcess(self.environment(), self.folder / "service.log")
        await self.service.start()
        return self

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
            **self.identity.env,
            **self._settings,
        }

    async def _prepare_database(self) -> None:
        database = open_database(self.database_url)
        await database.start()
        try:
            await migrate(database)
            await Units(database, SystemClock(), load_policy(POLICY)).write(seed)
        finally:
            await database.stop()

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

    def activity(self, person: FictionalPerson, *, in_channel: bool = False, **fields: Any) -> dict[str, Any]:
        """An activity as Teams sends it; `fields` are added or replace."""
        conversation: dict[str, Any] = {"id": self.chat_of(person), "conversationType": "personal"}
        channel_data: dict[str, Any] = {"tenant": {"id": TENANT}}
        if in_channel:
            conversation = {"id": f"{NORTH_CHANNEL};messageid=1", "conversationType": "channel", "isGroup": True}
            channel_data |= {"team": {"id": NORTH_TEAM}, "channel": {"id": NORTH_CHANNEL}}
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
        return f"a:chat-{person.number}"

    async def install(self, person: FictionalPerson) -> None:
        """The app is installed for a person."""
        status, _ = await self.post(self.activity(person, type="installationUpdate", action="add"))
        assert status == 202

    async def install_in_channel(self, person: FictionalPerson) -> None:
        """The app is installed in the North team, by somebody."""
        activity = self.activity(person, in_channel=True, type="installationUpdate", action="add")
        activity["conversation"]["id"] = NORTH_CHANNEL
        status, _ = await self.post(activity)
        assert status == 202

    async def install_everybody(self) -> None:
        """Everybody of the force, and the North team's channel."""
        for person in PEOPLE:
            self.teams.add_person(person.teams_id, entra_id=person.entra_id, name=person.name)
            self.teams.join(NORTH_CHANNEL, person.teams_id)
            await self.install(person)
        await self.install_in_channel(PEOPLE[0])

    async def says(
        self, person: FictionalPerson, text: str, *mentioned: FictionalPerson, in_channel: bool = False, **more: Any
    ) -> None:
        """Somebody types a message; `@` in the text stands for the next person mentioned."""
        parts = [f"<at>{BOT_NAME}</at> {text}" if in_channel else text]
        entities = [{"type": "mention", "text": f"<at>{BOT_NAME}</at>", "mentioned": {"id": BOT_ID, "name": BOT_NAME}}]
        for other in mentioned:
            parts[0] = parts[0].replace("@", f"<at>{other.name}</at>", 1)
            who = {"id": other.teams_id, "name": other.name}
            entities.append({"type": "mention", "text": f"<at>{other.name}</at>", "mentioned": who})
        entities = entities if in_channel else entities[1:]
        message = {"type": "message", "text": parts[0], "textFormat": "plain", "entities": entities} | more
        status, _ = await self.post(self.activity(person, in_channel=in_channel, **message))
        assert status == 202

    async def tap(
        self, person: FictionalPerson, verb: str, data: Mapping[str, Any], *, in_channel: bool = False, **more: Any
    ) -> Any:
        """Somebody taps a button: the body of the answer (`statusCode`, `type`, `value`)."""
        action = {"type": "Action.Execute", "verb": verb, "data": dict(data)}
        value = {"action": action, "trigger": "manual"}
        invoke = {"type": "invoke", "name": "adaptiveCard/action", "value": value} | more
        status, body = await self.post(self.activity(person, in_channel=in_channel, **invoke))
        assert status == 200, status
        return body


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
