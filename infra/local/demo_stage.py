"""The stage of the demo: the real service and a local Graph, with a scripted Teams in place of windows."""

import os
import socket
import sys
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientSession

from infra.local.database import POLICY, make_database
from infra.local.directory import graph_data
from infra.local.graph import LocalGraph
from infra.local.graph.store import Item
from infra.local.kept import ROOT
from infra.local.people import BOT_ID, BOT_NAME, NORTH_CHANNEL, NORTH_TEAM, PEOPLE, TENANT, FictionalPerson
from infra.local.processes import CannotRun, Processes, Program
from infra.local.teams_stand_in import TeamsConnector

Card = dict[str, Any]


class DemoStage:
    """A force on one machine for a few seconds. `async with DemoStage(folder, at) as stage:`.

    `at` (aware) is what the service's clock says at the start; `restart_at` moves it.
    """

    def __init__(self, folder: Path, at: datetime) -> None:
        self.teams = TeamsConnector()
        self.graph = LocalGraph(graph_data())
        self._at = at
        self._folder = folder
        self._port = _free_port()
        self._processes = Processes()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.teams)
            await self.graph.start()
            stack.push_async_callback(self.graph.stop)
            self._http = await stack.enter_async_context(ClientSession())
            stack.push_async_callback(self._processes.stop)
            await make_database(self._database_url, self._at.isoformat())
            await self._start_service(self._at)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def restart_at(self, at: datetime) -> None:
        """Stop the service and start it again at another time; what fell due meanwhile is caught up with."""
        await self._processes.stop()
        await self._start_service(at)

    @property
    def _database_url(self) -> str:
        return f"sqlite:///{self._folder / 'demo.sqlite3'}"

    async def _start_service(self, at: datetime) -> None:
        url = f"http://127.0.0.1:{self._port}/healthz"
        environment = {**os.environ, **self._environment(at)}
        command = (sys.executable, "app.py", "serve")
        log = self._folder / "service.log"
        service = Program(command, ready_url=url, log=log, cwd=ROOT, environment=environment)
        await self._processes.start({"the service": service})

    def _environment(self, at: datetime) -> dict[str, str]:
        return {
            "REDLINE_MODE": "local",
            "REDLINE_HOST": "127.0.0.1",
            "REDLINE_PORT": str(self._port),
            "REDLINE_APP_ID": "",
            "REDLINE_APP_PASSWORD": "",
            "REDLINE_TENANT_ID": "",
            "REDLINE_DATABASE_URL": self._database_url,
            "REDLINE_POLICY_FILE": str(POLICY),
            "REDLINE_GRAPH_URL": self.graph.url,
            "REDLINE_SITE_ID": self.graph.data.site_id,
            "REDLINE_LIST_ID": self.graph.data.list_id,
            "REDLINE_RECORDS_POLL_SECONDS": "0.3",
            "REDLINE_LOCAL_CLOCK": at.isoformat(),
        }

    # --- what people do ---

    async def install_everybody(self) -> None:
        """The app is installed for everybody, and in the North team."""
        for person in PEOPLE:
            chat = self.teams.add_person(person.teams_id, person.entra_id, person.name, TENANT).chat_id
            self.teams.join(NORTH_CHANNEL, person.teams_id)
            await self._post(_activity(self, person, chat, type="installationUpdate", action="add"))
        in_team = _activity(self, PEOPLE[0], NORTH_CHANNEL, type="installationUpdate", action="add")
        await self._post(in_team)

    async def says_in_channel(
        self, person: FictionalPerson, text: str, mentioned: FictionalPerson | None = None
    ) -> str:
        """Somebody posts `@RedLine text` in the channel; `@` in it stands for the one mentioned."""
        thread = f"{NORTH_CHANNEL};messageid={uuid.uuid4().int % 10**12}"
        message = _message(text, mentioned)
        message["text"] = f"<at>{BOT_NAME}</at> {message['text']}"
        message["entities"].insert(0, _mention(BOT_ID, BOT_NAME))
        await self._post(_activity(self, person, thread, **message))
        return thread

    async def says(
        self, person: FictionalPerson, text: str, mentioned: FictionalPerson | None = None
    ) -> None:
        """Somebody types in their own chat with RedLine."""
        await self._post(_activity(self, person, chat_of(person), **_message(text, mentioned)))

    async def taps(
        self, person: FictionalPerson, card: Card, title: str, conversation: str = "", **inputs: str
    ) -> Card:
        """Somebody fills in what they want of a card and taps a button of it: the card they get."""
        button = find_button(card, title)
        action = {"type": "Action.Execute", "verb": button["verb"], "data": {**button["data"], **inputs}}
        value = {"action": action, "trigger": "manual"}
        place = conversation or chat_of(person)
        invoke = _activity(self, person, place, type="invoke", name="adaptiveCard/action", value=value)
        answer = await self._post(invoke)
        return (
            dict(answer["value"]) if isinstance(answer.get("value"), dict) else {"text": answer.get("value")}
        )

    async def desk(self, task: str, **form: str) -> None:
        """The records desk decides on the latest row of a task: `action=` record, reject or return."""
        url = f"{self.graph.desk_url}/{self.rows_of(task)[0].id}"
        async with self._http.post(url, data=form, allow_redirects=False) as answer:
            if answer.status != 303:
                raise CannotRun(f"the desk answered {answer.status}")

    def rows_of(self, task: str) -> list[Item]:
        """The rows of the records list about a task, the latest first."""
        return [row for row in self.graph.store.all() if row.fields["TaskRef"] == task]

    async def opens(self, link: str) -> int:
        """Somebody opens a link: the HTTP status."""
        async with self._http.get(link) as answer:
            return answer.status

    async def _post(self, activity: Mapping[str, Any]) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self._port}/api/messages"
        async with self._http.post(url, json=activity) as answer:
            if answer.status not in (200, 202):
                raise CannotRun(f"the service answered {answer.status}")
            return dict(await answer.json()) if answer.status == 200 else {}


def chat_of(person: FictionalPerson) -> str:
    """The id of somebody's chat with RedLine."""
    return f"a:chat-with-{person.teams_id}"


def find_button(card: Card, title: str) -> dict[str, Any]:
    """The first button whose title begins so, also folded ones; raises `CannotRun` where there is none."""
    for part in _parts(card):
        if part.get("type") == "Action.Execute" and str(part.get("title")).startswith(title):
            return part
    raise CannotRun(f"there is no button {title!r} on the card")


def link_of(card: Card) -> str:
    """The first link that a card opens; raises `CannotRun` where there is none."""
    for part in _parts(card):
        if part.get("type") == "Action.OpenUrl":
            return str(part["url"])
    raise CannotRun("there is no link on the card")


def words_of(card: Card) -> str:
    """Everything that can be read on a card, a line each, folded parts included."""
    texts = (part.get("text") or part.get("title") or part.get("label") for part in _parts(card))
    return "\n".join(str(text) for text in texts if text).replace("\u200b", "")


def lines_of(card: Card) -> list[str]:
    """The lines that stand on a card before anything is unfolded."""
    return [str(part["text"]) for part in card.get("body", []) if part.get("type") == "TextBlock"]


def _parts(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for each in part for found in _parts(each)]
    if not isinstance(part, dict):
        return []
    inner = (value for name, value in part.items() if name not in ("fallback", "data"))
    return [part, *(found for value in inner for found in _parts(value))]


def _message(text: str, mentioned: FictionalPerson | None) -> dict[str, Any]:
    entities = [_mention(mentioned.teams_id, mentioned.name)] if mentioned else []
    text = text.replace("@", f"<at>{mentioned.name}</at>", 1) if mentioned else text
    return {"type": "message", "text": text, "entities": entities}


def _mention(teams_id: str, name: str) -> dict[str, Any]:
    return {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": teams_id, "name": name}}


def _activity(stage: DemoStage, person: FictionalPerson, place: str, **fields: Any) -> dict[str, Any]:
    in_channel = place.startswith(NORTH_CHANNEL)
    kind = (
        {"conversationType": "channel", "isGroup": True} if in_channel else {"conversationType": "personal"}
    )
    team = {"team": {"id": NORTH_TEAM}, "channel": {"id": NORTH_CHANNEL}} if in_channel else {}
    return {
        "id": uuid.uuid4().hex,
        "channelId": "msteams",
        "serviceUrl": stage.teams.base_url,
        "from": {"id": person.teams_id, "name": person.name, "aadObjectId": person.entra_id},
        "recipient": {"id": BOT_ID, "name": BOT_NAME},
        "conversation": {"id": place, "tenantId": TENANT, **kind},
        "channelData": {"tenant": {"id": TENANT}, **team},
        "textFormat": "plain",
        **fields,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
