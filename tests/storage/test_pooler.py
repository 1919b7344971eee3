"""A pooler in transaction mode before PostgreSQL (Azure has one built in): noticed at start, and it works."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from storage.database import Database, open_database
from storage.postgresql import Pooler
from storage.rows import add_values
from storage.tables import Counter
from storage.trouble import DatabaseTrouble
from tests.support.pgbouncer import pooled
from tests.support.postgres import Postgres
from tests.support.units import opened

BEHIND = "PostgreSQL through a pooler in transaction mode"
IGNORES = "ignore_startup_parameters = synchronous_commit,timezone,lock_timeout,statement_timeout,\
idle_in_transaction_session_timeout,tcp_keepalives_idle,tcp_keepalives_interval,tcp_keepalives_count"
SETTINGS = {"synchronous_commit": "on", "lock_timeout": "3s", "TimeZone": "UTC"}


@pytest.fixture(params=["", IGNORES], ids=["refuses parameters", "ignores parameters"])
def url(request: pytest.FixtureRequest, postgres: Postgres, tmp_path: Path) -> Iterator[str]:
    with pooled(postgres.fresh_database(), tmp_path, request.param) as through:
        yield through


def counted(connection: Connection, number: int) -> dict[str, str]:
    add_values(connection, Counter, {"name": f"kind-{number}", "value": number})
    return {name: str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in SETTINGS}


async def writes(database: Database, count: int) -> None:
    """So many, forty at a time."""
    for first in range(0, count, 40):
        work = [database.write(lambda c, n=first + more: counted(c, n)) for more in range(40)]  # type: ignore[misc]
        assert await asyncio.gather(*work) == [SETTINGS] * 40


async def test_a_pooler_is_noticed_and_every_write_is_kept_durably(url: str, postgres: Postgres) -> None:
    async with opened(url) as database:
        assert database.described == BEHIND
        await database.write(lambda c: c.execute(text("CREATE TABLE counter (name text, value int)")))
        await writes(database, 200)
        count = text("SELECT count(*) FROM counter")
        assert await database.read(lambda c: c.execute(count).scalar_one()) == 200


async def test_a_pooler_can_be_named(url: str) -> None:
    database = open_database(url, Pooler.TRANSACTION)
    await database.start()
    assert await database.read(lambda c: c.execute(text("SELECT 1")).scalar_one()) == 1
    await database.stop()


async def test_a_pooler_that_refuses_what_is_asked_for_is_named(postgres: Postgres, tmp_path: Path) -> None:
    with pooled(postgres.fresh_database(), tmp_path) as through:
        database = open_database(through, Pooler.NONE)
        with pytest.raises(DatabaseTrouble, match="REDLINE_DATABASE_POOLER=transaction") as caught:
            await database.start()
        assert caught.value.code == "pooler"
        await database.stop()


async def test_without_a_pooler_none_is_found(postgres: Postgres) -> None:
    async with opened(postgres.fresh_database()) as database:
        assert database.described == "PostgreSQL without a pooler"
