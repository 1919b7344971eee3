"""The composition root and the command line: reads the settings, wires everything, starts it."""

import sys

if __name__ == "__main__" and sys.argv[1:2] == ["understand"]:
    # Neither settings nor a database: it answers in less time than the rest takes to import.
    from bot.understand import main as understand

    sys.exit(understand(sys.argv[2:]))

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, TypeVar

import structlog
import typer
import uvloop
from aiohttp import ClientSession, web

from bot.activities import Activities
from bot.answering import Answering
from bot.arrivals import Arrivals
from bot.commands.danger import UnknownDangerGroup
from bot.connector import Connector
from bot.door import RUNNER_LIMITS, Admission, Door, LocalDoor, is_local_service_url, service_url_check
from bot.endpoint import Endpoint
from bot.force_words import force_words
from bot.gate import Gate, limits_of_this_process, listen
from bot.messenger import BotMessenger
from bot.order_copies import OrderCopies
from bot.pace import Pace
from bot.roster import TeamsRoster
from bot.signing_keys import SigningKeys
from bot.tokens import TokenVerifier
from bot.unsaved import Unsaved
from graph.client import GraphClient
from graph.directory import GraphDirectory
from graph.documents import GraphDocuments
from graph.records import GraphRecords
from scheduler import jobs
from scheduler.delivery import Delivery
from scheduler.timetable import Entry, Timetable, guarded
from storage.database import Database, open_database
from storage.migrate import is_current
from storage.migrate import migrate as migrate_database
from storage.trouble import DatabaseTrouble, told_apart
from tasking.arrivals import boards_reminder
from tasking.brake import accept_waiting
from tasking.clock import Clock, MovedClock, SystemClock
from tasking.directory import group_ids, unlisted_districts
from tasking.logs import configure_logging
from tasking.policy import PolicyError, load_policy
from tasking.ports import DeliveryProblem
from tasking.powers import powers_reminder
from tasking.records import send_given_up_again
from tasking.settings import Settings, SettingsError, read_settings
from tasking.unit_of_work import Units

T = TypeVar("T")

log = structlog.get_logger()
cli = typer.Typer(
    help="RedLine: tasking in Teams for domestic abuse perpetrator management.", no_args_is_help=True
)

_COLLECT_SELDOM = (10_000, 20, 50)
_LOCAL_APP_ID = "00000000-0000-0000-0000-000000000000"


class CannotStart(Exception):
    """One clear line about why the service does not start."""


@dataclass(frozen=True)
class Service:
    """Everything wired, not yet listening."""

    settings: Settings
    units: Units
    endpoint: Endpoint
    delivery: Delivery
    records: GraphRecords
    directory: GraphDirectory

    def timetable(self) -> list[Entry]:
        """The jobs of this service and how often each runs, in seconds."""
        units = self.units
        return [
            Entry("beat", 15, lambda: jobs.beat(units, "serve")),
            Entry("probe", 2, lambda: jobs.probe(units)),
            Entry("remind", 60, lambda: jobs.remind(units)),
            Entry("danger", 5, lambda: jobs.tell_of_danger(units)),
            Entry("watch-orders", 60, lambda: jobs.watch_orders(units)),
            Entry("boards", 300, lambda: jobs.refresh_boards(units)),
            Entry("directory", 300, lambda: jobs.refresh_directory(units, self.directory)),
            Entry("missing-people", 60, lambda: jobs.tell_of_missing_people(units)),
            Entry(
                "answers", self.settings.records_poll_seconds, lambda: jobs.read_answers(units, self.records)
            ),
            Entry("parked", 3600, lambda: jobs.release_parked(units)),
            Entry("forget", 600, lambda: jobs.forget(units)),
        ]


@asynccontextmanager
async def open_units(settings: Settings, *, is_patient: bool = False) -> AsyncIterator[Units]:
    """The database, opened, with policy and clock; raises `CannotStart` in one line.

    `is_patient` lets statements take as long as they need.
    """
    try:
        policy = load_policy(settings.policy_file)
        force_words(policy)
    except (PolicyError, UnknownDangerGroup) as problem:
        raise CannotStart(str(problem)) from problem
    database = open_database(settings.database_url, settings.database_pooler, is_patient=is_patient)
    try:
        with told_apart():
            await database.start()
        yield Units(database, _clock(settings), policy)
    finally:
        await database.stop()


def _clock(settings: Settings) -> Clock:
    if settings.is_local and settings.local_clock:
        return MovedClock(datetime.fromisoformat(settings.local_clock).astimezone(UTC))
    return SystemClock()


@asynccontextmanager
async def open_service(settings: Settings) -> AsyncIterator[Service]:
    """The whole service, wired; everything opened here is closed again."""
    async with AsyncExitStack() as stack:
        units = await stack.enter_async_context(open_units(settings))
        await _check_schema(units.database, settings)
        credential = await _credential(settings, stack)
        door, keys_loaded = await _door(settings, stack)
        graph = GraphClient(settings.graph_url, credential)
        stack.push_async_callback(graph.close)
        records = GraphRecords(graph, settings.site_id, settings.list_id)
        connector = Connector(allowed=_may_answer(settings), credential=credential)
        stack.push_async_callback(connector.close)
        messenger = BotMessenger(connector, app_id=settings.app_id or _LOCAL_APP_ID, pace=Pace())
        delivery = Delivery(
            units,
            messenger,
            records,
            opens_chats=not settings.is_local,
            second_copy_after=settings.second_copy_seconds,
        )
        units.after_write = delivery.wake
        activities = _activities(units, messenger, connector, GraphDocuments(graph, settings.site_id))
        operator_key = settings.operator_key.get_secret_value()
        endpoint = Endpoint(door, activities, units, keys_loaded, operator_key)
        yield Service(settings, units, endpoint, delivery, records, _directory(graph, settings))


def _directory(graph: GraphClient, settings: Settings) -> GraphDirectory:
    return GraphDirectory(graph, settings.collar_number_in)


def _activities(
    units: Units, messenger: BotMessenger, connector: Connector, documents: GraphDocuments
) -> Activities:
    arrivals = Arrivals(units, TeamsRoster(connector))
    copies = OrderCopies(units, documents)
    return Activities(units.policy, Answering(units), arrivals, copies, Unsaved(messenger))


async def _check_schema(database: Database, settings: Settings) -> None:
    with told_apart():
        current = await is_current(database)
    if current:
        return
    if not settings.is_local:
        raise CannotStart(
            "the database does not have this version's tables: run `python app.py migrate` first"
        )
    with told_apart():
        await migrate_database(database)


async def _credential(settings: Settings, stack: AsyncExitStack) -> Any:
    if settings.is_local:
        return None
    # azure.identity is heavy: only production needs it.
    from graph.credentials import credential_for

    credential = credential_for(
        settings.app_type,
        settings.tenant_id,
        settings.app_id,
        settings.app_password.get_secret_value(),
        settings.login_url,
    )
    stack.push_async_callback(credential.close)
    return credential


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


async def run_service(settings: Settings, started: Callable[[int], None] = lambda port: None) -> None:
    """Serve until SIGINT or SIGTERM; what is under way is finished first. Raises `CannotStart`."""
    async with open_service(settings) as service:
        runner = web.AppRunner(
            service.endpoint.application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=20,
            **RUNNER_LIMITS,
        )
        await runner.setup()
        try:
            async with _listening(runner, settings) as port:
                if not settings.is_local:
                    await _refuse_if_open(port, settings)
                await _work(service, lambda: started(port))
        finally:
            await runner.cleanup()


@asynccontextmanager
async def _listening(runner: web.AppRunner, settings: Settings) -> AsyncIterator[int]:
    """The port that people come to, while they may."""
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
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    url = f"http://{host}:{port}/api/messages"
    async with ClientSession() as session, session.post(url, json={"type": "message"}) as answer:
        if answer.status not in (401, 403):
            raise CannotStart("an unsigned request was not refused: the service will not run like this")


async def _work(service: Service, started: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    entries = service.timetable()
    timetable = Timetable(entries)
    await jobs.beat(service.units, "serve")
    delivering = asyncio.create_task(service.delivery.run())
    catching_up = asyncio.create_task(_catch_up(entries))
    timetable.start()
    # What is loaded by now stays, and what a tap leaves behind needs no more than counting references: nobody
    # should wait while the garbage collector looks through it.
    gc.freeze()
    gc.set_threshold(*_COLLECT_SELDOM)
    started()
    log.info("service.started", mode=service.settings.mode.value)
    try:
        await _until_stopped(stop, delivering)
    finally:
        timetable.stop()
        catching_up.cancel()
        delivering.cancel()
        await asyncio.gather(delivering, catching_up, return_exceptions=True)
        log.info("service.stopped")


async def _until_stopped(stop: asyncio.Event, delivering: "asyncio.Task[None]") -> None:
    """Wait for the signal. A delivery that ends by itself must not go unnoticed: the process ends too."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((stopping, delivering), return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        stopping.cancel()
        raise CannotStart("the delivery of messages has ended unexpectedly: start the service again")


async def _catch_up(entries: list[Entry]) -> None:
    """What fell due while the service was down is done at once."""
    for entry in entries:
        await guarded(entry)()


# --- the command line ------------------------------------------------------------------------


def _settings() -> Settings:
    try:
        settings = read_settings()
    except SettingsError as problem:
        for line in problem.problems:
            typer.echo(line, err=True)
        raise typer.Exit(2) from None
    configure_logging(settings.log_level)
    return settings


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return uvloop.run(work)
    except (CannotStart, DatabaseTrouble) as problem:
        typer.echo(f"RedLine cannot start: {problem}.", err=True)
        raise typer.Exit(2) from None


@cli.command()
def serve() -> None:
    """Run the service until it is stopped."""
    settings = _settings()
    _run(run_service(settings, lambda port: typer.echo(f"RedLine is ready on port {port}.")))


@cli.command()
def migrate() -> None:
    """Bring the database to this version's tables."""

    async def work(settings: Settings) -> None:
        async with open_units(settings, is_patient=True) as units:
            with told_apart():
                await migrate_database(units.database)

    _run(work(_settings()))
    typer.echo("The database has this version's tables.")


@cli.command("sync-records")
def sync_records(
    given_up: Annotated[
        bool, typer.Option(help="Also what was given up: the list is mended and nobody keys these by hand.")
    ] = False,
) -> None:
    """One pass of the records sync job: hand over what is due, read what the desk decided.

    Exit code 0: all done; 1: something could not be handed over or read now, and waits.
    """
    left = _run(_sync_records(_settings(), given_up))
    raise typer.Exit(1 if left else 0)


async def _sync_records(settings: Settings, given_up: bool) -> int:
    async with open_service(settings) as service:
        # Counted first: a running service takes what is released in the same moment.
        before = await service.delivery.records_waiting()
        if given_up:
            await service.units.write(send_given_up_again)
        with typer.progressbar(length=max(before, 1), label="Handing over") as bar:
            await service.delivery.drain_records(lambda: bar.update(1))
        left = await service.delivery.records_waiting()
        try:
            changed = await jobs.read_answers(service.units, service.records)
        except DeliveryProblem as problem:
            typer.echo(f"The desk's answers could not be read ({problem.code}).", err=True)
            return left + 1
        typer.echo(f"Handed over {before - left} of {before}; the desk changed {changed}.")
        return left


@cli.command("accept-directory")
def accept_directory(
    district: Annotated[str, typer.Option(help="Its id in the policy; left out: every one that waits.")] = "",
) -> None:
    """Say that the directory is right where too many people are missing from it: they have left.

    Exit code 0: confirmed; 1: nothing waited.
    """

    async def work(settings: Settings) -> list[str]:
        async with open_units(settings) as units:
            return await units.write(lambda uow: accept_waiting(uow, "command-line", district or None))

    confirmed = _run(work(_settings()))
    typer.echo(f"Confirmed: {', '.join(confirmed)}." if confirmed else "No district waits for that.")
    raise typer.Exit(0 if confirmed else 1)


@cli.command()
def remind() -> None:
    """One pass of the reminders: queue a card for each officer with overdue work."""

    async def work(settings: Settings) -> int:
        async with open_units(settings) as units:
            return await jobs.remind(units)

    typer.echo(f"{_run(work(_settings()))} tasks reminded of.")


@cli.command("check-config")
def check_config() -> None:
    """Check settings, policy, database, records list and directory without starting anything."""

    settings = _settings()
    problems, database, boards = _run(_problems_with_configuration(settings))
    for line in problems or [f"Settings, policy, database ({database}) and records list are in order."]:
        typer.echo(line)
    if boards:
        typer.echo(boards)
    if not problems and (reminder := powers_reminder(load_policy(settings.policy_file))):
        typer.echo(reminder)
    raise typer.Exit(1 if problems else 0)


async def _problems_with_configuration(settings: Settings) -> tuple[list[str], str, str]:
    """What is wrong (or nothing), what the database is, and which boards have no channel yet.

    The last is no fault of the configuration: it is so until the app is installed in the team.
    """
    async with open_units(settings) as units:
        described = units.database.described
        with told_apart():
            current = await is_current(units.database)
        if not current:
            return ["The tables are missing: run migrate."], described, ""
        boards = await units.read(boards_reminder)
        unlisted = await units.read(unlisted_districts)
        found = await _problems_at_graph(settings, units)
    if unlisted:
        found.append(
            f"There are open tasks in districts that the policy does not list: {', '.join(unlisted)}."
        )
    return found, described, boards


async def _problems_at_graph(settings: Settings, units: Units) -> list[str]:
    if settings.is_local and not settings.list_id:
        return []
    async with AsyncExitStack() as stack:
        graph = GraphClient(settings.graph_url, await _credential(settings, stack))
        stack.push_async_callback(graph.close)
        records = GraphRecords(graph, settings.site_id, settings.list_id)
        return [
            *await _problems_of("records list", records.faults),
            *await _problems_of("directory", partial(_faults_of_directory, graph, settings, units)),
        ]


async def _problems_of(what: str, faults: Callable[[], Coroutine[Any, Any, list[str]]]) -> list[str]:
    try:
        return [f"{fault[0].upper()}{fault[1:]}." for fault in await faults()]
    except DeliveryProblem as problem:
        return [f"The {what} could not be read ({problem.code})."]


async def _faults_of_directory(graph: GraphClient, settings: Settings, units: Units) -> list[str]:
    """Groups that are not there; where nobody at all has a collar number, it stands elsewhere."""
    snapshot = await _directory(graph, settings).snapshot(group_ids(units.policy))
    gone = [f"the directory has no group {each}, which the policy names" for each in sorted(snapshot.gone)]
    if not snapshot.people or any(person.collar_number for person in snapshot.people):
        return gone
    where = settings.collar_number_in
    hint = "set REDLINE_COLLAR_NUMBER_ATTRIBUTE to where it stands"
    return [*gone, f"nobody has a collar number in {where}: {hint}"]


if __name__ == "__main__":
    cli()
