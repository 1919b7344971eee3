"""The benchmark's own parts: they count right, and a loss would not go unnoticed. Nothing here is timed."""

import json
from pathlib import Path

import pytest
from sqlalchemy import delete

from storage.database import open_database
from storage.rows import table_of
from storage.tables import Outbox
from tests.bench.contest import Turn, echo_turn, stage_with_tasks
from tests.bench.echoes import BARE, CURED, QUIET_TEAMS_SDK, TEAMS_SDK, Echo
from tests.bench.growth import ACTS, Growth, growth_rows
from tests.bench.loads import Order, Report, send
from tests.bench.start_up import list_imports, seconds_to_import
from tests.bench.table import Row, as_text, at_least, at_most, write_json
from tests.bench.tapping import TAP_MARKER, LostOrDoubled, check_nothing_lost, write_tokens


@pytest.mark.slow
async def test_every_acknowledged_tap_is_in_the_database_and_a_lost_row_is_noticed(tmp_path: Path) -> None:
    turn = Turn(seconds=1.0, rate=20, warm_up=0.01)
    async with stage_with_tasks(tmp_path, turn) as (stage, (_, taps)):
        tokens = write_tokens(stage, tmp_path / "tokens", turn.most_taps)
        report = await send(Order(stage.service.port, taps, TAP_MARKER, 1.0, tokens, rate=20), tmp_path)

        assert report.acknowledged and not report.failed
        ledger = await check_nothing_lost(stage.database_url, len(report.acknowledged))
        assert ledger.outcomes == ledger.hand_overs == len(report.acknowledged)

        again = await send(Order(stage.service.port, taps, TAP_MARKER, 1.0, tokens, rate=20), tmp_path)
        assert len(again.acknowledged) == len(report.acknowledged)
        await check_nothing_lost(stage.database_url, len(report.acknowledged))

        await _lose_the_outbox(stage.database_url)
        with pytest.raises(LostOrDoubled, match="hand_overs"):
            await check_nothing_lost(stage.database_url, len(report.acknowledged))


async def _lose_the_outbox(database_url: str) -> None:
    database = open_database(database_url)
    await database.start()
    try:
        await database.write(lambda connection: connection.execute(delete(table_of(Outbox))))
    finally:
        await database.stop()


@pytest.mark.slow
async def test_a_tap_without_a_good_token_is_not_counted_as_completed(tmp_path: Path) -> None:
    turn = Turn(seconds=0.5, rate=10, warm_up=0.01)
    async with stage_with_tasks(tmp_path, turn) as (stage, (_, taps)):
        report = await send(Order(stage.service.port, taps, TAP_MARKER, 0.5, rate=10), tmp_path)

        assert not report.acknowledged and report.failed
        await check_nothing_lost(stage.database_url, 0)


@pytest.mark.slow
async def test_the_imports_of_the_service_are_listed_without_its_own_modules(tmp_path: Path) -> None:
    async with stage_with_tasks(tmp_path, Turn(seconds=0.01, warm_up=0.01)) as (stage, _):
        modules = (await list_imports(stage, tmp_path / "modules")).read_text().split()

    assert {"aiohttp", "sqlalchemy", "pydantic"} <= set(modules)
    assert not {"bot", "storage", "tasking.policy"} & set(modules)
    few = tmp_path / "few"
    few.write_text("json\nno_such_module\n")
    assert await seconds_to_import(few) > 0


@pytest.mark.slow
@pytest.mark.parametrize("echo", [BARE, CURED, TEAMS_SDK, QUIET_TEAMS_SDK], ids=lambda echo: echo.name)
async def test_each_echo_bot_answers_a_tap(echo: Echo, tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="the bench group is not installed")
    taps = tmp_path / "taps"
    taps.write_text("\n".join(json.dumps(_plain_tap(number)) for number in range(200)))

    score = await echo_turn(echo, Turn(seconds=0.5, rate=20, warm_up=0.1), taps, tmp_path)

    assert score.report.acknowledged and not score.report.failed
    assert score.memory > 0


def _plain_tap(number: int) -> dict[str, object]:
    action = {"type": "Action.Execute", "verb": "echo", "data": {"n": number}}
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": f"tap-{number}",
        "channelId": "msteams",
        "serviceUrl": "http://127.0.0.1:1/",
        "from": {"id": "29:fictional", "name": "Fictional"},
        "recipient": {"id": "28:fictional-bot", "name": "Echo"},
        "conversation": {"id": "a:fictional", "conversationType": "personal"},
        "value": {"action": action, "trigger": "manual"},
    }


@pytest.mark.slow
async def test_every_act_is_measured_on_both_databases_with_much_and_little_that_is_over(
    tmp_path: Path,
) -> None:
    growth = Growth(finished=100, times=10, rounds=1, calls=1)
    rows = await growth_rows(tmp_path, growth, lambda _: None)
    assert len(rows) == 2 * (len(ACTS) + 1)
    assert all(row.value > 0 for row in rows)


def test_p99_is_the_latency_that_one_in_a_hundred_exceeds() -> None:
    report = Report(range(100), [n / 1000 for n in range(1, 101)], 0, 2.0, 0.1)

    assert report.p99 == 0.099
    assert report.rate == 50


def test_an_aim_is_met_at_its_bound_and_missed_beyond_it() -> None:
    assert at_least("rate", 8.0, 8, "x").met
    assert not at_least("rate", 7.99, 8, "x").met
    assert at_most("memory", 2.5, 2.5, "x").met
    assert not at_most("memory", 2.51, 2.5, "x").met


def test_the_table_and_the_file_say_the_same(tmp_path: Path) -> None:
    rows = [Row("a rate", 12.0, "taps/s"), at_least("a ratio", 0.5, 1, "something")]

    write_json(rows, tmp_path / "build" / "bench.json")

    kept = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert [set(row) for row in kept] == [{"name", "value", "unit", "aim", "compared_with", "met"}] * 2
    assert kept[1]["met"] is False and kept[0]["met"] is None
    assert all(row.name in as_text(rows) for row in rows)
    assert "NO" in as_text(rows)
