"""The Graph door: opening it, and the commands that ask about what is behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from graph.client import GraphClient
from graph.directory import GraphDirectory
from graph.documents import GraphDocuments
from graph.records import GraphRecords
from tasking.opening import Ended, Opened, has_tables
from tasking.orders.powers import powers_reminder
from tasking.people.arrivals import boards_reminder
from tasking.people.directory import group_ids, unlisted_districts
from tasking.ports import DeliveryProblem
from tasking.settings import Settings


@dataclass(frozen=True)
class Graph:
    """What is behind Graph, and the credential that opens it (locally none)."""

    credential: Any
    records: GraphRecords
    directory: GraphDirectory
    documents: GraphDocuments


@asynccontextmanager
async def open_graph(settings: Settings) -> AsyncIterator[Graph]:
    """The Graph door; everything opened here is closed again."""
    credential = _credential(settings)
    client = GraphClient(settings.graph_url, credential)
    try:
        yield Graph(
            credential,
            GraphRecords(client, settings.site_id, settings.list_id),
            GraphDirectory(client, settings.collar_number_in),
            GraphDocuments(client, settings.site_id),
        )
    finally:
        await client.close()
        if credential is not None:
            await credential.close()


def _credential(settings: Settings) -> Any:
    if settings.is_local:
        return None
    # azure.identity is heavy: only production needs it.
    from graph.credentials import credential_for

    password = settings.app_password.get_secret_value()
    return credential_for(
        settings.app_type, settings.tenant_id, settings.app_id, password, settings.login_url
    )


async def check_config(opened: Opened) -> Ended:
    """What is wrong, and which boards have no channel yet.

    The last is no fault of the configuration: it is so until the app is installed in the team.
    """
    units = opened.units
    if not await has_tables(opened):
        return 1, "The tables are missing: run migrate."
    boards = await units.read(boards_reminder)
    unlisted = await units.read(unlisted_districts)
    problems = await _problems(opened)
    if unlisted:
        problems.append(
            f"There are open tasks in districts that the policy does not list: {', '.join(unlisted)}."
        )
    order = f"Settings, policy, database ({units.database.described}) and records list are in order."
    powers = "" if problems else powers_reminder(units.policy)
    return int(bool(problems)), "\n".join(filter(None, [*(problems or [order]), boards, powers]))


async def _problems(opened: Opened) -> list[str]:
    settings = opened.settings
    if settings.is_local and not settings.list_id:
        return []
    async with open_graph(settings) as graph:
        return [
            *await _problems_of("records list", graph.records.faults),
            *await _problems_of("directory", partial(_faults_of_directory, graph.directory, opened)),
        ]


async def _problems_of(what: str, faults: Callable[[], Awaitable[list[str]]]) -> list[str]:
    try:
        return [f"{fault[0].upper()}{fault[1:]}." for fault in await faults()]
    except DeliveryProblem as problem:
        return [f"The {what} could not be read ({problem.code})."]


async def _faults_of_directory(directory: GraphDirectory, opened: Opened) -> list[str]:
    """Groups that are not there; where nobody at all has a collar number, it stands elsewhere."""
    snapshot = await directory.snapshot(group_ids(opened.units.policy))
    gone = [f"the directory has no group {each}, which the policy names" for each in sorted(snapshot.gone)]
    if not snapshot.people or any(person.collar_number for person in snapshot.people):
        return gone
    where = opened.settings.collar_number_in
    hint = "set REDLINE_COLLAR_NUMBER_ATTRIBUTE to where it stands"
    return [*gone, f"nobody has a collar number in {where}: {hint}"]
