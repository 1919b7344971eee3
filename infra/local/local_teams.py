"""Microsoft's local Teams, one window per person: its configuration, its process, its end."""

import asyncio
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from infra.local.node import TEAMS_FOLDER, LocalTeamsUnavailable, Node
from infra.local.processes import end_group

OTHER_PEOPLE = 5
START_SECONDS = 60
PROGRAM = Path("@microsoft") / "m365agentsplayground" / "cli.js"
PRELOAD = TEAMS_FOLDER / "window.cjs"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class TeamsPerson:
    """Someone in the local tenant: the id Teams uses in mentions, and the Entra object id."""

    teams_id: str
    object_id: str
    given_name: str
    surname: str

    @property
    def name(self) -> str:
        """The display name, as a mention shows it."""
        return f"{self.given_name} {self.surname}"


@dataclass(frozen=True)
class TeamsChannel:
    """A channel beside General."""

    id: str
    name: str


@dataclass(frozen=True)
class TeamsTeam:
    """A team: General, whose channel id is the team's id, and at most one channel more."""

    id: str
    name: str
    group_id: str
    channel: TeamsChannel | None = None


@dataclass(frozen=True)
class TeamsWorld:
    """What every window of one run shares: the tenant and the bot."""

    tenant_id: str
    bot_id: str
    bot_name: str
    bot_endpoint: str


@dataclass(frozen=True)
class TeamsWindow:
    """One person's Teams. Without a team it gets an empty one of its own, as the local Teams insists on one.

    A team id must not be shown in two windows: the bot would answer in whichever spoke last.
    """

    person: TeamsPerson
    others: tuple[TeamsPerson, ...]
    personal_chat_id: str
    port: int
    team: TeamsTeam | None = None

    def __post_init__(self) -> None:
        if len(self.others) != OTHER_PEOPLE:
            raise ValueError(f"The local Teams takes {OTHER_PEOPLE} other people, not {len(self.others)}")


class LocalTeamsWindow:
    """One running local Teams process. Use it as an async context manager, or call start() and stop()."""

    def __init__(self, world: TeamsWorld, window: TeamsWindow, *, node: Node, modules: Path, folder: Path):
        self._world, self._window = world, window
        self._node, self._modules = node, modules
        self._stem = folder / f"teams-{window.person.given_name.lower()}-{window.port}"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """The page to open in a browser."""
        return f"http://127.0.0.1:{self._window.port}/"

    @property
    def service_url(self) -> str:
        """The connector the bot is told to answer to."""
        return f"http://localhost:{self._window.port}/_connector"

    @property
    def log(self) -> Path:
        """What the process prints."""
        return self._stem.with_suffix(".log")

    async def start(self) -> None:
        """Start the process and wait until its page answers.

        Raises LocalTeamsUnavailable, with one line that says why, when the port is taken or the process ends.
        """
        self._demand_free_port()
        self._write_configuration()
        self._process = await self._spawn()
        try:
            await asyncio.wait_for(self._until_it_answers(), START_SECONDS)
        except TimeoutError:
            await self.stop()
            raise LocalTeamsUnavailable(
                f"The local Teams did not answer in time (details: {self.log})"
            ) from None
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the whole process group; nothing happens when it has ended already."""
        process, self._process = self._process, None
        if process is not None:
            await end_group(process)

    async def ended(self) -> None:
        """Return once the process has ended by itself, or was stopped."""
        if self._process is not None:
            await self._process.wait()

    async def announce_install(self) -> None:
        """Have the install events sent for the personal chat and the channels, as an opened page would."""
        async with aiohttp.ClientSession() as http:
            for conversation in self._conversations():
                url = f"{self.url}_debug/conversation/{conversation}/installation"
                async with http.post(url, json={}) as answer:
                    answer.raise_for_status()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _conversations(self) -> list[str]:
        team = self._window.team
        channels = [team.id] if team else []
        if team and team.channel:
            channels.append(team.channel.id)
        return [self._window.personal_chat_id, *channels]

    def _demand_free_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self._window.port))
            except OSError:
                raise LocalTeamsUnavailable(
                    f"Port {self._window.port} is taken: the Teams of {self._window.person.name} needs it"
                ) from None

    def _write_configuration(self) -> None:
        self._stem.parent.mkdir(parents=True, exist_ok=True)
        # JSON is YAML, and nothing in it needs quoting rules of its own.
        self._stem.with_suffix(".yml").write_text(
            json.dumps(configuration(self._world, self._window), indent=1)
        )

    async def _spawn(self) -> asyncio.subprocess.Process:
        command = (str(self._node.executable), "--require", str(PRELOAD), str(self._modules / PROGRAM))
        options = ("-e", self._world.bot_endpoint, "-c", "msteams", "--dt", "-p", str(self._window.port))
        with self.log.open("wb") as output:
            return await asyncio.create_subprocess_exec(
                *command,
                *options,
                env=self._environment(),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        # It has no business beyond this machine, and a proxy would swallow its calls to the bot.
        direct = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
        return direct | {
            "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(self._stem.with_suffix(".yml").resolve()),
            "M365_AGENTS_PLAYGROUND_LOGFILE": str(self._stem.with_suffix(".messages.log").resolve()),
            "TEAMSAPPTESTER_BROWSER": "none",
        }

    async def _until_it_answers(self) -> None:
        async with aiohttp.ClientSession() as http:
            while not await _answers(http, f"{self.url}_debug/ping"):
                if self._process is None or self._process.returncode is not None:
                    raise LocalTeamsUnavailable(f"The local Teams ended at once (details: {self.log})")
                await asyncio.sleep(0.1)


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def configuration(world: TeamsWorld, window: TeamsWindow) -> dict[str, Any]:
    """The content of one window's `.m365agentsplayground.yml`."""
    return {
        "version": "0.1.1",
        "tenantId": world.tenant_id,
        "bot": {"id": world.bot_id, "name": world.bot_name},
        "currentUser": _user(window.person),
        "users": [_user(person) for person in window.others],
        "personalChat": {"id": window.personal_chat_id},
        "groupChat": {"id": f"19:group-{window.person.object_id}@thread.v2", "name": "Group chat"},
        "team": _team(window.team or _nobodys_team(window.person)),
    }


def _user(person: TeamsPerson) -> dict[str, str]:
    address = f"{person.given_name}.{person.surname}@example.invalid".lower().replace(" ", "-")
    return {
        "id": person.teams_id,
        "name": person.name,
        "userPrincipleName": address,
        "aadObjectId": person.object_id,
        "givenName": person.given_name,
        "surname": person.surname,
        "email": address,
    }


def _team(team: TeamsTeam) -> dict[str, Any]:
    channels = [{"id": team.channel.id, "name": team.channel.name}] if team.channel else []
    return {"id": team.id, "name": team.name, "aadGroupId": team.group_id, "channels": channels}


def _nobodys_team(person: TeamsPerson) -> TeamsTeam:
    return TeamsTeam(f"19:no-team-{person.object_id}@thread.tacv2", "No team", person.object_id)
