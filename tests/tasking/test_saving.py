"""When the database cannot save: said once when it begins and once when it ends, whoever asked for what."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from storage.trouble import DatabaseTrouble, Trouble
from tests.support.units import Force


@pytest.fixture
def broken(force: Force, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Let the database refuse every write, and take them again."""
    write = force.units.database.write
    state = {"is_broken": False}

    async def fails(work: Callable[[Connection], Any]) -> Any:
        if state["is_broken"]:
            raise DatabaseTrouble(Trouble.DISK_FULL)
        return await write(work)

    monkeypatch.setattr(force.units.database, "write", fails)
    return lambda is_broken: state.update(is_broken=is_broken)


async def _tap(force: Force) -> None:
    await force.units.write_quietly(lambda uow: None)


async def test_trouble_is_said_when_it_begins_and_when_it_ends_and_not_between(
    force: Force, broken: Callable[[bool], None]
) -> None:
    with capture_logs() as logged:
        for _ in range(2):
            broken(True)
            for _ in range(3):
                with pytest.raises(DatabaseTrouble):
                    await _tap(force)
                await force.units.probe()
            broken(False)
            await _tap(force)
            assert force.units.cannot_save
            for _ in range(3):
                await force.units.probe()
            assert not force.units.cannot_save
    said = [line for line in logged if line["event"].startswith("database.")]
    assert [line["event"] for line in said] == ["database.cannot_save", "database.saves_again"] * 2
    assert [line.get("code") or line.get("after") for line in said] == ["disk-full"] * 4


async def test_where_nothing_failed_nothing_is_said(force: Force) -> None:
    with capture_logs() as logged:
        await _tap(force)
        await force.units.probe()
    assert logged == []
