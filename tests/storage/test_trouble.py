"""Errors of both drivers, told apart; what passes is tried twice, and only before the commit."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.database import open_database
from storage.postgresql import PostgresDatabase
from storage.trouble import (
    DatabaseTrouble,
    Trouble,
    may_have_been_done,
    passes_on_a_second_try,
    told_apart,
    trouble_of,
)
from tests.support.postgres import Postgres


def of_sqlite(code: int) -> OperationalError:
    problem = sqlite3.OperationalError("words")
    problem.sqlite_errorcode = code
    return OperationalError("", {}, problem)


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (sqlite3.SQLITE_FULL, Trouble.DISK_FULL),
        (sqlite3.SQLITE_IOERR_WRITE, Trouble.DISK_ERROR),
        (sqlite3.SQLITE_READONLY_DBMOVED, Trouble.READ_ONLY),
        (sqlite3.SQLITE_CANTOPEN, Trouble.CANNOT_OPEN),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Trouble.BUSY),
        (sqlite3.SQLITE_CORRUPT, Trouble.DAMAGED),
        (sqlite3.SQLITE_NOTADB, Trouble.DAMAGED),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, None),
        (sqlite3.SQLITE_ERROR, None),
    ],
)
def test_errors_of_sqlite_are_told_apart(code: int, trouble: Trouble | None) -> None:
    assert trouble_of(of_sqlite(code)) is trouble
    assert not passes_on_a_second_try(of_sqlite(code))


@pytest.mark.parametrize(
    ("problem", "trouble", "passes"),
    [
        (asyncpg.DiskFullError(), Trouble.DISK_FULL, False),
        (asyncpg.ReadOnlySQLTransactionError(), Trouble.READ_ONLY, True),
        (asyncpg.AdminShutdownError(), Trouble.STOPPING, True),
        (asyncpg.CannotConnectNowError(), Trouble.STOPPING, False),
        (asyncpg.ConnectionDoesNotExistError(), Trouble.CANNOT_BE_REACHED, True),
        (asyncpg.InterfaceError("connection is closed"), Trouble.CANNOT_BE_REACHED, True),
        (asyncpg.InvalidPasswordError(), Trouble.WRONG_PASSWORD, False),
        (asyncpg.InvalidCatalogNameError(), Trouble.NO_SUCH_DATABASE, False),
        (asyncpg.InsufficientPrivilegeError(), Trouble.NO_PERMISSION, False),
        (asyncpg.TooManyConnectionsError(), Trouble.BUSY, False),
        (asyncpg.InternalServerError(), Trouble.SERVER_FAULT, False),
        (asyncpg.ConfigurationLimitExceededError(), Trouble.BUSY, False),
        (asyncpg.PostgresSystemError(), Trouble.DISK_ERROR, False),
        (asyncpg.OperatorInterventionError(), Trouble.STOPPING, False),
        (asyncpg.FeatureNotSupportedError(), None, True),
        (asyncpg.UniqueViolationError(), None, False),
        (ConnectionRefusedError(), Trouble.CANNOT_BE_REACHED, False),
        (ValueError(), None, False),
    ],
)
def test_errors_of_postgresql_are_told_apart(
    problem: Exception, trouble: Trouble | None, passes: bool
) -> None:
    assert trouble_of(problem) is trouble
    assert passes_on_a_second_try(problem) is passes


@pytest.mark.parametrize(
    ("problem", "perhaps"),
    [
        (asyncpg.ConnectionDoesNotExistError(), True),
        (asyncpg.ProtocolViolationError(), True),
        (asyncpg.AdminShutdownError(), True),
        (asyncpg.StatementCompletionUnknownError(), True),
        (asyncpg.PostgresSystemError(), True),
        (asyncpg.InternalServerError(), True),
        (asyncpg.InterfaceError("cannot perform operation: another operation is in progress"), True),
        (asyncpg.InternalClientError("unexpected"), True),
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (asyncpg.SerializationError(), False),
        (asyncpg.DiskFullError(), False),
        (asyncpg.QueryCanceledError(), False),
        (asyncpg.UniqueViolationError(), False),
    ],
)
def test_a_commit_is_certainly_not_done_only_where_the_server_says_so(
    problem: Exception, perhaps: bool
) -> None:
    assert may_have_been_done(problem) is perhaps
    assert may_have_been_done(DBAPIError("", {}, problem)) is perhaps


def test_a_savepoint_that_a_full_disk_took_does_not_hide_it() -> None:
    try:
        try:
            raise of_sqlite(sqlite3.SQLITE_FULL)
        except OperationalError:
            raise of_sqlite(sqlite3.SQLITE_ERROR)  # noqa: B904 - as it happens
    except OperationalError as problem:
        assert trouble_of(problem) is Trouble.DISK_FULL


def test_trouble_is_raised_in_its_own_words_and_everything_else_as_it_is() -> None:
    with pytest.raises(DatabaseTrouble, match=r"disk of the database is full") as caught, told_apart():
        raise of_sqlite(sqlite3.SQLITE_FULL)
    assert caught.value.code == "disk-full"
    with pytest.raises(ValueError, match="mine"), told_apart():
        raise ValueError("mine")


async def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all " * 100)
    for name, trouble in (("no/folder.db", "cannot-open"), ("text.db", "damaged")):
        database = open_database(f"sqlite:///{tmp_path / name}")
        with pytest.raises(DatabaseTrouble) as caught, told_apart():
            await database.start()
        await database.stop()
        assert caught.value.code == trouble


# --- a second try, on a real PostgreSQL -------------------------------------------------------


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[PostgresDatabase]:
    opened = open_database(postgres.fresh_database())
    assert isinstance(opened, PostgresDatabase)
    await opened.write(lambda c: c.execute(text("CREATE TABLE word (text VARCHAR)")))
    yield opened
    await opened.stop()


def count(connection: Connection) -> Any:
    return connection.execute(text("SELECT count(*) FROM word")).scalar_one()


async def test_a_connection_that_the_server_closes_in_mid_work_costs_nothing(
    database: PostgresDatabase,
) -> None:
    tries: list[int] = []

    def cut_off_once(connection: Connection) -> None:
        connection.execute(text("INSERT INTO word VALUES ('one')"))
        tries.append(1)
        if len(tries) == 1:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await database.write(cut_off_once)
    assert len(tries) == 2
    assert await database.read(count) == 1


async def test_a_connection_that_is_always_closed_is_tried_twice_and_no_more(
    database: PostgresDatabase,
) -> None:
    tries: list[int] = []

    def cut_off(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseTrouble), told_apart():
        await database.write(cut_off)
    assert len(tries) == 2


async def test_a_plan_that_grew_stale_is_made_anew(database: PostgresDatabase) -> None:
    def read_all(connection: Connection) -> Any:
        return connection.execute(text("SELECT * FROM word")).all()

    await asyncio.gather(*(database.read(read_all) for _ in range(4)))
    other = await asyncpg.connect(database.url.set(drivername="postgresql").render_as_string(False))
    await other.execute("ALTER TABLE word ADD COLUMN more INTEGER")
    assert await database.read(read_all) == []
    await other.execute("ALTER TABLE word ALTER COLUMN more TYPE VARCHAR")
    assert await database.write(read_all) == []
    await other.close()


async def test_a_database_that_turns_read_only_and_back_is_told_and_found_again(
    database: PostgresDatabase,
) -> None:
    other = await asyncpg.connect(database.url.set(drivername="postgresql").render_as_string(False))
    name = database.url.database
    await other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await database.stop()  # the pool begins afresh
    with pytest.raises(DBAPIError) as caught:
        await database.write(lambda c: c.execute(text("INSERT INTO word VALUES ('no')")))
    assert trouble_of(caught.value) is Trouble.READ_ONLY
    await other.execute("SET default_transaction_read_only = off")
    await other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
    await database.write(lambda c: c.execute(text("INSERT INTO word VALUES ('yes')")))
    assert await database.read(count) == 1
    await other.close()
