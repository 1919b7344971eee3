"""The writer: jobs that come together share one durable commit; one that fails does not spoil the others."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from storage.database import SqliteDatabase, open_database, undoable
from storage.deadline import wanted_within
from storage.trouble import DatabaseTrouble


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = open_database(f"sqlite:///{tmp_path / 'writer.sqlite3'}")
    assert isinstance(opened, SqliteDatabase)
    await opened.start()
    await opened.write(lambda c: c.execute(text("CREATE TABLE word (text VARCHAR PRIMARY KEY)")))
    yield opened
    await opened.stop()


def add(word: str) -> Any:
    return lambda connection: connection.execute(text("INSERT INTO word VALUES (:word)"), {"word": word})


async def words(database: SqliteDatabase) -> list[str]:
    return await database.read(
        lambda c: list(c.execute(text("SELECT text FROM word ORDER BY text")).scalars())
    )


def count_commits(database: SqliteDatabase) -> list[int]:
    commits: list[int] = []
    event.listen(database._writing, "commit", lambda _connection: commits.append(1))
    return commits


async def together(database: SqliteDatabase, *jobs: Any) -> list[Any]:
    """Run jobs that all come at once."""
    return await asyncio.gather(*(database.write(job) for job in jobs), return_exceptions=True)


async def test_jobs_that_wait_together_are_committed_together(database: SqliteDatabase) -> None:
    commits = count_commits(database)
    await together(database, *(add(f"word-{n}") for n in range(10)))
    assert len(commits) == 1
    assert len(await words(database)) == 10


async def test_a_job_that_comes_while_others_run_shares_their_commit(database: SqliteDatabase) -> None:
    commits = count_commits(database)
    late: list[asyncio.Task[Any]] = []

    def call_another(_connection: Connection) -> None:
        late.append(asyncio.create_task(database.write(add("late"))))

    await together(database, call_another, add("one"))
    await late[0]
    assert await words(database) == ["late", "one"]
    assert len(commits) == 1


async def test_no_more_than_thirty_two_share_a_commit(database: SqliteDatabase) -> None:
    commits = count_commits(database)
    await together(database, *(add(f"word-{n:02}") for n in range(40)))
    assert len(commits) == 2
    assert len(await words(database)) == 40


async def test_a_job_that_fails_is_undone_alone_and_gets_its_own_problem(database: SqliteDatabase) -> None:
    def fail(connection: Connection) -> None:
        add("half")(connection)
        raise ValueError("mine")

    results = await together(database, add("one"), fail, add("two"), add("one"))
    assert await words(database) == ["one", "two"]
    assert isinstance(results[1], ValueError)
    assert "UNIQUE" in str(results[3])


@pytest.mark.parametrize("end", [StopIteration, asyncio.CancelledError, GeneratorExit, KeyboardInterrupt])
async def test_a_job_that_ends_oddly_ends_neither_the_writer_nor_the_others(
    database: SqliteDatabase, end: type[BaseException]
) -> None:
    def end_oddly(connection: Connection) -> None:
        add("half")(connection)
        raise end

    async with asyncio.timeout(20):
        results = await together(database, add("one"), end_oddly, add("two"))
        await database.write(add("three"))
    assert isinstance(results[1], RuntimeError)
    assert end.__name__ in str(results[1])
    assert await words(database) == ["one", "three", "two"]


async def test_a_stop_that_is_given_up_leaves_nobody_waiting(database: SqliteDatabase) -> None:
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = [asyncio.create_task(database.write(add(f"word-{n}"))) for n in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(database.stop(), 0.05)
    other.execute("COMMIT")
    other.close()
    async with asyncio.timeout(20):
        await asyncio.gather(*waiting)
    assert len(await words(database)) == 3


async def test_results_come_back_to_who_asked(database: SqliteDatabase) -> None:
    assert await together(database, *(lambda _c, n=n: n for n in range(5))) == [0, 1, 2, 3, 4]


async def test_a_commit_that_fails_fails_everybody_in_it_and_nobody_after(database: SqliteDatabase) -> None:
    await database.write(
        lambda c: c.execute(
            text(
                "CREATE TABLE link (id INTEGER PRIMARY KEY, "
                "word VARCHAR REFERENCES word (text) DEFERRABLE INITIALLY DEFERRED)"
            )
        )
    )

    def dangle(connection: Connection) -> None:
        connection.execute(text("INSERT INTO link VALUES (1, 'nothing')"))

    results = await together(database, add("one"), dangle)
    assert all(isinstance(result, Exception) for result in results)
    assert await words(database) == []
    await database.write(add("after"))
    assert await words(database) == ["after"]


async def test_a_caller_who_gives_up_does_not_undo_the_work_or_stop_the_writer(
    database: SqliteDatabase,
) -> None:
    given_up = asyncio.create_task(database.write(add("kept")))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await database.write(add("next"))
    assert await words(database) == ["kept", "next"]


async def test_a_lock_of_another_process_is_waited_for_without_holding_up_the_loop(
    database: SqliteDatabase,
) -> None:
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(database.write(add("patient")))
    for _ in range(50):  # the loop goes round all the while
        await asyncio.sleep(0.002)
    assert not waiting.done()
    assert await words(database) == []
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await words(database) == ["patient"]


async def test_a_lock_that_is_never_given_back_fails_who_waits_and_nobody_after(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'locked.sqlite3'}")
    assert isinstance(database, SqliteDatabase)
    event.listen(
        database._writing, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50")
    )
    await database.start()
    await database.write(lambda c: c.execute(text("CREATE TABLE word (text VARCHAR PRIMARY KEY)")))
    other = sqlite3.connect(tmp_path / "locked.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        await database.write(add("hurried"))
    other.execute("COMMIT")
    other.close()
    await database.write(add("after"))
    assert await words(database) == ["after"]
    await database.stop()


async def test_writing_before_the_start_or_after_the_end_says_so(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'closed.sqlite3'}")
    with pytest.raises(RuntimeError, match="not open"):
        await database.write(lambda _: None)
    await database.start()
    await database.stop()
    with pytest.raises(RuntimeError, match="not open"):
        await database.write(lambda _: None)


async def test_stopping_finishes_the_jobs_that_wait(tmp_path: Path) -> None:
    path = tmp_path / "stop.sqlite3"
    database = open_database(f"sqlite:///{path}")
    await database.start()
    await database.write(lambda c: c.execute(text("CREATE TABLE word (text VARCHAR PRIMARY KEY)")))
    waiting = [asyncio.create_task(database.write(add(f"word-{n}"))) for n in range(5)]
    await asyncio.sleep(0)
    await database.stop()
    await asyncio.gather(*waiting)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM word").fetchone() == (5,)
    connection.close()


async def test_starting_and_stopping_twice_does_no_harm(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'twice.sqlite3'}")
    await database.start()
    await database.start()
    assert await database.read(lambda c: c.execute(text("SELECT 1")).scalar_one()) == 1
    await database.stop()
    await database.stop()


async def test_a_file_that_cannot_be_opened_shows_at_once(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'no-such-folder' / 'x.sqlite3'}")
    with pytest.raises(Exception, match="unable to open"):
        await database.start()
    await database.stop()


async def test_an_undoable_block_takes_back_only_its_own_writes(database: SqliteDatabase) -> None:
    def work(connection: Connection) -> None:
        add("before")(connection)
        with pytest.raises(ValueError, match="stop"), undoable(connection):
            add("inside")(connection)
            raise ValueError("stop")
        with undoable(connection):
            add("after")(connection)

    await database.write(work)
    assert await words(database) == ["after", "before"]


async def test_what_nobody_waits_for_any_more_is_not_begun(database: SqliteDatabase) -> None:
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with wanted_within(0.2), pytest.raises(DatabaseTrouble) as caught:
        await database.write(add("late"))
    assert (caught.value.code, caught.value.unclear) == ("out-of-time", False)
    other.execute("COMMIT")
    other.close()
    await database.write(add("next"))
    assert await words(database) == ["next"]


async def test_a_commit_that_outlasts_its_caller_is_called_unclear(
    database: SqliteDatabase,
) -> None:
    held = threading.Event()

    def slow(connection: Connection) -> None:
        held.wait(30)

    event.listen(database._writing, "commit", slow)
    with wanted_within(0.2), pytest.raises(DatabaseTrouble) as caught:
        await database.write(add("perhaps"))
    assert caught.value.unclear
    held.set()
    await database.write(add("next"))
    assert sorted(await words(database)) == ["next", "perhaps"]


async def test_what_a_request_gave_up_on_before_it_was_begun_is_never_carried_out(
    database: SqliteDatabase,
) -> None:
    """Also where it is not the writer's own limit that ends the waiting: who asked was told NOT recorded."""
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with wanted_within(20) as wanted, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await database.write(add("late"))
    assert not wanted.may_be_done
    other.execute("COMMIT")
    other.close()
    await database.write(add("next"))
    assert await words(database) == ["next"]


async def test_a_loop_that_was_held_up_while_a_job_ran_does_not_call_it_undone(
    database: SqliteDatabase,
) -> None:
    """The writer's limit and the request's have both passed when the loop goes on."""

    def holds_up(connection: Connection) -> None:
        add("perhaps")(connection)
        time.sleep(0.3)

    with wanted_within(0.1) as wanted, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.15):
            await database.write(holds_up)
    assert wanted.may_be_done
    await database.write(add("next"))
    assert sorted(await words(database)) == ["next", "perhaps"]


async def test_a_job_that_itself_ran_out_of_time_says_so(database: SqliteDatabase) -> None:
    def fail(_connection: Connection) -> None:
        raise TimeoutError("its own")

    with wanted_within(5), pytest.raises(TimeoutError, match="its own"):
        await database.write(fail)
