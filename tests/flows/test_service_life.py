"""Starting, stopping and the command line: what whoever runs the service sees."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from infra.local.graph.columns import COLUMNS, Column
from infra.local.graph.faults import Fault
from infra.local.people import CONSTABLE, NORTH_CHANNEL, SERGEANT, FictionalPerson
from storage.tables import Bookmark, Outbox, Task
from tests.conftest import fresh_database_url
from tests.flows.conftest import assert_clean
from tests.flows.pressing import press
from tests.flows.telling import a_visit, handed_over, only, outcomes, the_officers_card, words_of
from tests.support.running_service import HANG, ColdProcess, ServiceProcess, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

_STOP_WITHIN = 10.0
NO_BOARD = "The channel of the board is not known yet, so that no breach is told there"
INSTALL_IT = "Install the app in the team, or mention it in one of its channels."


async def _get(stage: Stage, path: str) -> tuple[int, Any]:
    async with stage.http.get(f"http://127.0.0.1:{stage.service.port}{path}") as answer:
        return answer.status, await answer.json()


async def test_the_service_says_that_it_lives_and_is_ready(stage: Stage) -> None:
    assert await _get(stage, "/healthz") == (200, {"status": "ok"})
    status, body = await _get(stage, "/readyz")
    assert (status, body["status"], body["problems"]) == (200, "ready", [])
    assert body["parked"] == 0
    assert body["scheduler_heartbeat_age_seconds"] < 60
    assert (body["warnings"], body["directory_age_seconds"] < 60) == ([], True)


async def test_whoever_is_elsewhere_is_told_ready_or_not_and_nothing_else(stage: Stage) -> None:
    url = f"http://127.0.0.1:{stage.service.port}/readyz"
    through_a_proxy = {"X-Forwarded-For": "203.0.113.7"}
    async with stage.http.get(url, headers=through_a_proxy) as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ready"})
    for key, is_shown in (("0123456789abcdef", True), ("0123456789abcdeX", False), ("", False)):
        async with stage.http.get(url, headers=through_a_proxy | {"X-RedLine-Key": key}) as answer:
            assert ("parked" in await answer.json()) == is_shown


async def test_a_key_that_is_no_text_is_a_wrong_key(stage: Stage) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.service.port)
    writer.write(b"GET /readyz HTTP/1.1\r\nHost: here\r\nForwarded: x\r\nX-RedLine-Key: \xff\xfe\r\n\r\n")
    assert b" 200 " in await reader.readline()
    writer.close()


async def test_a_directory_that_was_not_read_for_a_day_is_a_warning(stage: Stage) -> None:
    await stage.change(Bookmark, {"name": "directory"}, at=datetime.now(UTC) - timedelta(hours=25))
    status, body = await _get(stage, "/readyz")
    assert (status, body["status"], body["warnings"]) == (200, "ready", ["directory"])
    assert body["directory_age_seconds"] >= 25 * 3600


async def test_a_stop_and_a_start_lose_nothing(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    await press(stage, officer, card, "No answer")
    boards = [m.id for m in stage.teams.in_channel(NORTH_CHANNEL) if m.summary == "RedLine board"]
    async with asyncio.timeout(_STOP_WITHIN):
        assert await stage.service.stop() == 0
    await stage.time_passes(minutes=11)
    await stage.service.start()
    only(await handed_over(stage, ref))
    assert "Recorded" not in words_of(card)
    await stage.asks(SERGEANT, "/board")
    await a_visit(stage, await stage.recruit())
    await stage.settle()
    after = [m.id for m in stage.teams.in_channel(NORTH_CHANNEL) if m.summary == "RedLine board"]
    assert after == boards
    only(await outcomes(stage, ref))
    status, body = await _get(stage, "/readyz")
    assert (status, body["problems"]) == (200, [])


async def test_everything_that_is_logged_is_an_event_and_personal_nowhere(stage: Stage) -> None:
    ref = await a_visit(stage, await stage.recruit())
    await stage.asks(SERGEANT, "/assign Casey canary visit DVPO-3 by tomorrow 18:00")
    await stage.asks(CONSTABLE, "something with a canary in it")
    await stage.asks(SERGEANT, f"/cancel {ref}")
    await stage.settle()
    log = (stage.folder / "service.log").read_text()
    assert_clean(log)
    events = [json.loads(line) for line in log.splitlines()]
    refused = [event for event in events if event["event"] == "request.refused"]
    assert refused
    assert all(event["correlation_id"] for event in refused)


async def test_one_pass_of_the_reminders_from_the_command_line(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    past = datetime.now(UTC) - timedelta(minutes=3)
    await stage.change(Task, {"ref": ref}, due_at=past, next_reminder_at=past)
    code, output = await stage.service.run("remind")
    assert (code, output.strip()) == (0, "1 tasks reminded of.") or "1 task reminded of." in output
    chat = stage.chat_of(officer)
    await stage.nudge()
    await stage.teams.wait_for_message(
        conversation_id=chat, where=lambda m: m.summary == "RedLine: 1 task due", within=HANG
    )


async def test_the_configuration_is_checked_and_the_migration_run_again(stage: Stage) -> None:
    code, output = await stage.service.run("check-config")
    in_order, reminder = output.strip().splitlines()
    assert (code, in_order.endswith("are in order.")) == (0, True)
    assert "(a SQLite file)" in in_order or "(PostgreSQL without a pooler)" in in_order
    assert "wait for your legal services" in reminder
    ref = await a_visit(stage, await stage.recruit())
    await stage.change(Task, {"ref": ref}, district_id="east")
    code, output = await stage.service.run("check-config")
    said = "There are open tasks in districts that the policy does not list: east."
    assert (code, output.strip()) == (1, said)
    await stage.change(Task, {"ref": ref}, district_id="north")
    code, output = await stage.service.run("migrate")
    assert (code, output.strip()) == (0, "The database has this version's tables.")


async def test_the_check_names_what_is_wrong_with_the_records_list_and_the_directory(stage: Stage) -> None:
    stage.graph.columns.put(Column("Note", long=True, most=255))
    stage.graph.columns.drop("Reason")
    stage.graph.faults.add(Fault(method="GET", path="/groups", status=403))
    try:
        code, output = await stage.service.run("check-config")
    finally:
        for column in COLUMNS:
            stage.graph.columns.put(column)
    assert (code, output.strip().splitlines()) == (
        1,
        [
            "Column Note of the records list takes 255 characters, RedLine writes up to 63999.",
            "The records list has no column Reason.",
            "The directory could not be read (graph-forbidden).",
        ],
    )


async def test_the_check_says_where_no_collar_numbers_are(stage: Stage) -> None:
    elsewhere = stage.environment() | {"REDLINE_COLLAR_NUMBER_ATTRIBUTE": "extensionAttribute7"}
    code, lines = await _run(elsewhere, stage.folder, "check-config")
    where = "set REDLINE_COLLAR_NUMBER_ATTRIBUTE to where it stands"
    assert (code, lines) == (1, [f"Nobody has a collar number in extensionAttribute7: {where}."])


async def test_one_pass_of_the_records_sync_tells_by_its_exit_code(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} no answer")
    assert await stage.service.stop() == 0
    await stage.time_passes(minutes=11)
    stage.graph.faults.add(Fault(method="POST", path="/items", status=503, count=None))
    code, output = await stage.service.run("sync-records")
    assert code == 1, output
    stage.graph.faults.waiting.clear()
    await stage.change(Outbox, {"kind": "HAND_OVER", "state": "WAITING"}, retry_at=None)
    code, output = await stage.service.run("sync-records")
    assert code == 0, output
    assert "Handed over 1 of 1" in output
    await stage.service.start()


_NEEDS = ("APP_ID", "TENANT_ID", "SITE_ID", "LIST_ID", "SERVICE_URL_HOSTS", "OPENID_URL", "GRAPH_URL")


@pytest_asyncio.fixture(loop_scope="session")
async def settings(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """What production needs, all on loopback where nobody answers."""
    yield {
        "REDLINE_MODE": "production",
        "REDLINE_APP_ID": "00000000-0000-4000-8000-00000000a991",
        "REDLINE_APP_TYPE": "UserAssignedMSI",
        "REDLINE_TENANT_ID": "00000000-0000-4000-8000-00000000cafe",
        "REDLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.db'}",
        "REDLINE_PORT": "0",
        "REDLINE_OPENID_URL": "http://127.0.0.1:9/openid",
        "REDLINE_SERVICE_URL_HOSTS": "127.0.0.1",
        "REDLINE_GRAPH_URL": "http://127.0.0.1:9/v1.0",
        "REDLINE_SITE_ID": "site",
        "REDLINE_LIST_ID": "list",
    }


async def _run(
    settings: dict[str, str], folder: Path, *command: str, kind: type[ServiceProcess] = ServiceProcess
) -> tuple[int, list[str]]:
    async with asyncio.timeout(60):
        code, output = await kind(settings, folder / "log").run(*command)
    return code, output.strip().splitlines()


async def test_every_setting_that_is_missing_is_named_in_a_line(
    settings: dict[str, str], tmp_path: Path
) -> None:
    missing = {f"REDLINE_{name}": "" for name in _NEEDS}
    code, lines = await _run(settings | missing, tmp_path, "serve", kind=ColdProcess)
    assert code == 2
    assert sorted(lines) == sorted(f"REDLINE_{name}: must be set in production mode." for name in _NEEDS)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"REDLINE_SITE_ID": ""}, "REDLINE_SITE_ID: must be set in production mode."),
        ({"REDLINE_APP_TYPE": "SingleTenant"}, "REDLINE_APP_PASSWORD (or REDLINE_APP_TYPE=UserAssignedMSI)"),
        ({"REDLINE_LOCAL_CLOCK": "2026-03-12T14:00:00+00:00"}, "REDLINE_LOCAL_CLOCK: the clock can be moved"),
        ({"REDLINE_GRAPH_URL": "http://graph.example/v1.0"}, "REDLINE_GRAPH_URL: must be https"),
        ({"REDLINE_PORT": "seventy"}, "REDLINE_PORT:"),
        ({"REDLINE_POLICY_FILE": "nowhere.toml"}, "policy file nowhere.toml cannot be read"),
        ({"REDLINE_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "the database file cannot be opened"),
        ({}, "the database does not have this version's tables: run `python app.py migrate` first"),
    ],
    ids=["site", "password", "clock", "http", "port", "policy", "database", "tables"],
)
async def test_the_service_does_not_start_and_says_why_in_one_line(
    settings: dict[str, str], tmp_path: Path, changed: dict[str, str], line: str
) -> None:
    code, lines = await _run(settings | changed, tmp_path, "serve")
    assert code == 2
    assert line in only(lines)


async def test_a_port_in_use_is_one_line(stage: Stage) -> None:
    taken = stage.environment() | {"REDLINE_PORT": str(stage.service.port)}
    code, lines = await _run(taken, stage.folder, "serve")
    assert code == 2
    assert "in use or not allowed: set REDLINE_PORT to another" in lines[-1]


async def test_a_database_without_tables_is_migrated_by_hand(
    request: pytest.FixtureRequest, settings: dict[str, str], tmp_path: Path
) -> None:
    for kind in ("sqlite", "postgresql"):
        url = fresh_database_url(kind, request, tmp_path)
        there = settings | {"REDLINE_DATABASE_URL": url}
        assert await _run(there, tmp_path, "check-config") == (1, ["The tables are missing: run migrate."])
        assert await _run(there, tmp_path, "migrate") == (0, ["The database has this version's tables."])
        code, lines = await _run(there, tmp_path, "check-config")
        assert (code, [line for line in lines if not line.startswith("{")]) == (
            1,
            [
                "The records list could not be read (graph-token).",
                "The directory could not be read (graph-token).",
                f"{NO_BOARD}: North team, South team. {INSTALL_IT}",
            ],
        )
