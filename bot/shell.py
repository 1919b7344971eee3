"""The Teams door: opening it, and letting people in."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from ipaddress import ip_address
from typing import Any

from aiohttp import ClientSession, web

from bot.activities import Activities
from bot.answering import Answering
from bot.declared import Button, Command, Doors, Sources
from bot.teams.arrivals import Arrivals
from bot.teams.connector import Connector
from bot.teams.door import RUNNER_LIMITS, Admission, Door, LocalDoor, is_local_service_url, service_url_check
from bot.teams.endpoint import Endpoint
from bot.teams.gate import Gate, limits_of_this_process, listen
from bot.teams.messenger import BotMessenger
from bot.teams.pace import Pace
from bot.teams.roster import TeamsRoster
from bot.teams.signing_keys import SigningKeys
from bot.teams.tokens import TokenVerifier
from bot.unsaved import Unsaved
from tasking.opening import CannotStart, Listening, Opened
from tasking.ports import Documents
from tasking.settings import Settings

_LOCAL_APP_ID = "00000000-0000-0000-0000-000000000000"


@asynccontextmanager
async def open_teams(
    opened: Opened,
    credential: Any,
    documents: Documents,
    commands: Sequence[Command[Any]],
    buttons: Sequence[Button[Any]],
) -> AsyncIterator[tuple[BotMessenger, Listening]]:
    """What sends, and how to begin to listen; everything opened here is closed again."""
    settings, units = opened.settings, opened.units
    async with AsyncExitStack() as stack:
        door, keys_loaded = await _door(settings, stack)
        connector = Connector(allowed=_may_answer(settings), credential=credential)
        stack.push_async_callback(connector.close)
        messenger = BotMessenger(connector, app_id=settings.app_id or _LOCAL_APP_ID, pace=Pace())
        arrivals = Arrivals(units, TeamsRoster(connector))
        sources, doors = Sources(units, documents), Doors(commands, buttons)
        activities = Activities(units.policy, Answering(units), arrivals, sources, Unsaved(messenger), doors)
        key = settings.operator_key.get_secret_value()
        yield messenger, partial(_listening, Endpoint(door, activities, units, keys_loaded, key), settings)


async def _door(settings: Settings, stack: AsyncExitStack) -> tuple[Admission, Callable[[], bool]]:
    if settings.is_local:
        return LocalDoor(), lambda: True
    session = await stack.enter_async_context(ClientSession())
    keys = SigningKeys(settings.openid_url, session)
    stack.push_async_callback(keys.close)
    await keys.warm()
    verifier = TokenVerifier(settings.app_id, keys)
    door = Door(verifier, tenant_id=settings.tenant_id, service_url_hosts=settings.allowed_hosts)
    return door, lambda: keys.loaded


def _may_answer(settings: Settings) -> Callable[[str], bool]:
    return is_local_service_url if settings.is_local else service_url_check(settings.allowed_hosts)


@asynccontextmanager
async def _listening(endpoint: Endpoint, settings: Settings) -> AsyncIterator[int]:
    """The port that people come to, while they may; what is under way at the end is finished."""
    runner = web.AppRunner(
        endpoint.application(), access_log=None, handle_signals=False, shutdown_timeout=20, **RUNNER_LIMITS
    )
    await runner.setup()
    try:
        async with _port(runner, settings) as port:
            if not settings.is_local:
                await _refuse_if_open(port, settings)
            yield port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _port(runner: web.AppRunner, settings: Settings) -> AsyncIterator[int]:
    assert runner.server is not None
    gate = Gate(runner.server, limits_of_this_process())
    try:
        listening = await listen(gate, settings.host, settings.port)
    except OSError as problem:
        raise CannotStart(
            f"port {settings.port} on {settings.host} is in use or not allowed: set REDLINE_PORT to another"
        ) from problem
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        gate.close()


async def _refuse_if_open(port: int, settings: Settings) -> None:
    """Outside local mode an unsigned request must be refused, or the service does not run."""
    url = f"http://{_reached_at(settings.host)}:{port}/api/messages"
    async with ClientSession() as session, session.post(url, json={"type": "message"}) as answer:
        if answer.status not in (401, 403):
            raise CannotStart("an unsigned request was not refused: the service will not run like this")


def _reached_at(host: str) -> str:
    """The host of a URL that leads to where we listen."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return f"[{address}]" if address.version == 6 else str(address)
