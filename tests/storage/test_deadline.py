"""What nobody waits for any more: whether it may stand all the same is known, and never guessed."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from storage import journal
from storage.database import Database
from storage.deadline import note_commit, wanted_until, wanted_within
from storage.postgresql import PostgresDatabase
from storage.trouble import DatabaseTrouble, told_apart
from tests.support.postgres import Postgres
from tests.support.units import Force, opened

_SLOW = "PERFORM pg_sleep(2)"


def _at_commit(step: str) -> tuple[str, ...]:
    """Statements after which each commit of a row in the table `slow` does this first."""
    return (
        "CREATE TABLE slow (id int)",
        f"CREATE FUNCTION step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {step}; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER first AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION step()",
    )


async def _prepare(database: Database, step: str) -> None:
    def work(connection: Connection) -> None:
        for statement in _at_commit(step):
            connection.execute(text(statement))

    await database.write(work)


def _insert(connection: Connection) -> None:
    connection.execute(text("INSERT INTO slow VALUES (1)"))


async def test_a_commit_that_is_given_up_on_is_unclear(postgres: Postgres) -> None:
    async with opened(postgres.fresh_database()) as database:
        assert isinstance(database, PostgresDatabase)
        await _prepare(database, _SLOW)
        with wanted_within(0.4) as wanted, pytest.raises(DatabaseTrouble) as trouble:
            await database.write(_insert)
        assert trouble.value.unclear and wanted.may_be_done


async def test_a_connection_that_ends_in_its_commit_is_unclear(postgres: Postgres) -> None:
    async with opened(postgres.fresh_database()) as database:
        await _prepare(database, "PERFORM pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(DatabaseTrouble) as trouble:
            await database.write(_insert)
        assert trouble.value.unclear


async def test_a_commit_that_the_server_refuses_is_certainly_not_done(postgres: Postgres) -> None:
    async with opened(postgres.fresh_database()) as database:
        await _prepare(database, "RAISE EXCEPTION USING ERRCODE = 'disk_full'")
        with pytest.raises(DatabaseTrouble) as trouble, told_apart():
            await database.write(_insert)
        assert (trouble.value.code, trouble.value.unclear) == ("disk-full", False)


async def test_work_that_is_given_up_on_before_its_commit_is_certainly_not_done(postgres: Postgres) -> None:
    async with opened(postgres.fresh_database()) as database:
        with wanted_within(0.3) as wanted, pytest.raises((DatabaseTrouble, TimeoutError)) as trouble:
            await database.write(lambda connection: connection.execute(text("SELECT pg_sleep(2)")))
        assert not wanted.may_be_done
        assert not getattr(trouble.value, "unclear", False)


async def test_what_is_learned_along_the_way_leaves_no_doubt_about_what_was_asked(
    force: Force,
) -> None:
    units = force.units
    with wanted_within(5) as wanted:
        await units.write_beside(lambda uow: journal.set_bookmark(uow.connection, "a", "b", uow.now))
        assert not wanted.may_be_done


async def test_a_later_write_of_the_same_request_begins_anew(tmp_path: Path) -> None:
    with wanted_within(5) as wanted:
        note_commit(begun=True)
        note_commit(begun=False)
        assert not wanted.may_be_done
        until = wanted_until()
        assert until is not None and until > asyncio.get_running_loop().time()
    assert wanted_until() is None
    note_commit(begun=True)
