"""What nobody waits for any more: whether it may stand all the same is known, and never guessed."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from storage.deadline import note_commit, wanted_until, wanted_within
from storage.postgresql import PostgresDatabase
from storage.trouble import DatabaseTrouble
from tests.support.postgres import Postgres
from tests.support.units import opened

_SLOW_COMMIT = (
    "CREATE TABLE slow (id int)",
    "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION wait()",
)


def _make_it_slow(connection: Connection) -> None:
    for statement in _SLOW_COMMIT:
        connection.execute(text(statement))


def _insert(connection: Connection) -> None:
    connection.execute(text("INSERT INTO slow VALUES (1)"))


async def test_a_commit_that_is_given_up_on_is_unclear(postgres: Postgres) -> None:
    async with opened(postgres.fresh_database()) as database:
        assert isinstance(database, PostgresDatabase)
        await database.write(_make_it_slow)
        with wanted_within(0.4) as wanted, pytest.raises(DatabaseTrouble) as trouble:
            await database.write(_insert)
        assert trouble.value.unclear and wanted.may_be_done


async def test_work_that_is_given_up_on_before_its_commit_is_certainly_not_done(postgres: Postgres) -> None:
    async with opened(postgres.fresh_database()) as database:
        with wanted_within(0.3) as wanted, pytest.raises((DatabaseTrouble, TimeoutError)) as trouble:
            await database.write(lambda connection: connection.execute(text("SELECT pg_sleep(2)")))
        assert not wanted.may_be_done
        assert not getattr(trouble.value, "unclear", False)


async def test_a_later_write_of_the_same_request_begins_anew(tmp_path: Path) -> None:
    with wanted_within(5) as wanted:
        note_commit(begun=True)
        note_commit(begun=False)
        assert not wanted.may_be_done
        until = wanted_until()
        assert until is not None and until > asyncio.get_running_loop().time()
    assert wanted_until() is None
    note_commit(begun=True)
