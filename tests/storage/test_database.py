"""What both databases promise: durable commits, the schema of the metadata, aware times, no lost update."""

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlmodel import SQLModel

from infra.local.people import CONSTABLE, SECOND_CONSTABLE
from infra.local.seed import directory_snapshot
from storage.database import SqliteDatabase, database_now, open_database
from storage.enums import OutcomeState, Role, TaskState
from storage.journal import bookmark, first_sight, set_bookmark
from storage.migrate import alembic_config, is_current, migrate
from storage.people import roll
from storage.people.queries import roles_of
from storage.postgresql import PostgresDatabase
from storage.rows import add, add_values, changed, one, table_of, values_of
from storage.tables import (
    AcceptedRole,
    AuditEvent,
    Bookmark,
    Counter,
    DirectoryBrake,
    Outcome,
    Person,
    PersonRole,
    ProtectiveOrder,
    SeenActivity,
    Task,
)
from storage.work.queries import bundle_by_ref, outcome_by_id
from storage.work.writes import (
    LostRace,
    draw_number,
    take_due_reminders,
    update_outcome,
    update_task,
)
from tasking.unit_of_work import UnitOfWork
from tasking.watch.brake import accept_shown
from tasking.watch.brake_view import state_of
from tasking.watch.directory_reading import take_snapshot
from tests.support.postgres import Postgres
from tests.support.units import NOW, TOMORROW, Force, opened


def is_postgres(force: Force) -> bool:
    return isinstance(force.units.database, PostgresDatabase)


def show(connection: Connection, name: str) -> Any:
    statement = f"SHOW {name}" if connection.dialect.name == "postgresql" else f"PRAGMA {name}"
    return connection.execute(text(statement)).scalar_one()


# --- durability ------------------------------------------------------------------------------


async def test_every_live_connection_commits_durably(force: Force) -> None:
    database = force.units.database
    if isinstance(database, PostgresDatabase):
        settings: dict[str, Any] = {"synchronous_commit": "on", "TimeZone": "UTC"}
    else:
        settings = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
        settings |= {"temp_store": 2, "wal_autocheckpoint": 8000}
    for name, expected in settings.items():
        assert await database.write(lambda c, name=name: show(c, name)) == expected  # type: ignore[misc]
        reads = [database.read(lambda c, name=name: show(c, name)) for _ in range(8)]  # type: ignore[misc]
        assert set(await asyncio.gather(*reads)) == {expected}


def test_the_url_chooses_the_database() -> None:
    assert isinstance(open_database("sqlite:///x.sqlite3"), SqliteDatabase)
    assert isinstance(open_database("postgresql://host/name"), PostgresDatabase)


async def test_a_database_that_is_not_there_shows_at_once() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(OSError):
        await database.start()
    await database.stop()


# --- schema ----------------------------------------------------------------------------------


async def test_the_migrations_make_exactly_the_tables_of_the_metadata(force: Force) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, SQLModel.metadata))

    assert await force.units.read(lambda uow: differences(uow.connection)) == []


async def test_an_empty_database_is_not_current_until_it_is_migrated(database_url: str) -> None:
    async with opened(database_url) as database:
        assert not await is_current(database)
        await migrate(database)
        assert await is_current(database)
        await migrate(database)
        assert await is_current(database)


async def test_an_older_database_keeps_its_rows_on_the_way_forward_and_back(database_url: str) -> None:
    async with opened(database_url) as database:
        await migrate(database, "0001")
        await database.write(lambda c: add_values(c, Counter, {"name": "task", "value": 1041}))
        for _ in range(2):
            await migrate(database)
            assert await is_current(database)
            assert await database.write(lambda c: draw_number(c, "task")) in (1042, 1043)
            await database.write(lambda c: command.downgrade(alembic_config(c), "0001"))
            assert not await is_current(database)


async def test_a_brake_that_is_on_at_the_upgrade_goes_on_with_who_vanished_since(database_url: str) -> None:
    since = datetime(2026, 3, 12, 13, 5, tzinfo=UTC)
    read = since + timedelta(minutes=50)

    def old_rows(connection: Connection) -> None:
        add_values(connection, Bookmark, {"name": "directory", "value": "7", "at": read})
        add_values(connection, Bookmark, {"name": "directory-groups-gone", "value": "a b", "at": since})
        rows = [{"entra_id": "one", "district_id": each, "role": Role.ADMIN} for each in ("north", "south")]
        add_values(connection, AcceptedRole, *rows)
        on = {"district_id": "north", "since": since, "missing": 3, "accepted": 9}
        add_values(connection, DirectoryBrake, on)

    async with opened(database_url) as database:
        await migrate(database, "0010")
        await database.write(old_rows)
        await migrate(database)
        vanished = await database.read(lambda c: roll.missing_since(c, since))
        assert vanished == {each: {"one": frozenset({Role.ADMIN})} for each in ("north", "south")}
        assert set(await database.read(lambda c: roll.missing_since(c, read))) == {"south"}
        assert await database.read(roll.groups_gone) == {"a": since, "b": since}
        assert await database.read(lambda c: bookmark(c, "directory-groups-gone")) is None


async def test_who_has_a_role_at_the_upgrade_is_accepted_so_that_a_group_emptied_then_is_noticed(
    force: Force,
) -> None:
    found = directory_snapshot()
    gone = {CONSTABLE.entra_id, SECOND_CONSTABLE.entra_id}
    emptied = replace(found, members={group: who - gone for group, who in found.members.items()})
    await force.units.database.write(lambda c: command.downgrade(alembic_config(c), "0008"))
    await migrate(force.units.database)
    await force.units.write(lambda uow: take_snapshot(uow, emptied))
    assert [each.district_id for each in await force.rows(DirectoryBrake)] == ["north"]


async def test_replicas_that_read_and_a_person_who_confirms_at_once_wait_for_one_another(
    force: Force,
) -> None:
    found = directory_snapshot()
    gone = {CONSTABLE.entra_id, SECOND_CONSTABLE.entra_id}
    emptied = replace(found, members={group: who - gone for group, who in found.members.items()})
    for snapshot in (found, emptied):
        reading = partial(take_snapshot, snapshot=snapshot)
        await asyncio.gather(*(force.units.write(reading) for _ in "123"))
    assert len(await force.rows(DirectoryBrake)) == 1
    shown = await force.units.read(lambda uow: state_of(uow, "north")) or ""
    told = await asyncio.gather(
        *(force.units.write(lambda uow: take_snapshot(uow, emptied)) for _ in "12"),
        *(force.units.write(lambda uow: accept_shown(uow, "command-line", "north", shown)) for _ in "12"),
    )
    assert sorted(told[2:]) == [False, True]
    assert await force.rows(DirectoryBrake) == []


async def test_a_row_that_belongs_to_nothing_is_refused(force: Force) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await force.insert(PersonRole(entra_id="nobody", district_id="north", role=Role.SUPERVISOR))


# --- values ----------------------------------------------------------------------------------


async def test_a_time_of_any_zone_comes_back_as_the_same_instant_in_utc(force: Force) -> None:
    from zoneinfo import ZoneInfo

    summer = datetime(2026, 7, 1, 12, 0, tzinfo=ZoneInfo("Europe/London"))
    await force.insert(Bookmark(name="summer", value="x", at=summer))
    found = (await force.rows(Bookmark, table_of(Bookmark).c.name == "summer"))[0]
    assert found.at == datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    assert found.at.utcoffset() == timedelta()


async def test_a_time_without_a_zone_is_refused(force: Force) -> None:
    with pytest.raises(Exception, match=r"(?i)naive|timezone|offset"):
        await force.insert(Bookmark(name="naive", value="x", at=datetime(2026, 7, 1)))  # noqa: DTZ001


async def test_database_time_is_aware_and_its_own(force: Force) -> None:
    now = await force.units.read(lambda uow: database_now(uow.connection))
    assert now.utcoffset() == timedelta()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=5)


async def test_words_lists_and_ids_come_back_as_what_they_were(force: Force) -> None:
    made = await force.task()
    task = await force.reload(made)
    assert task.state is TaskState.ASSIGNED
    assert values_of(task) == values_of(made.task)
    order = (await force.rows(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == "DVPO-3"))[0]
    assert order.id == made.task.order_id


async def test_rows_are_numbered_as_they_come(force: Force) -> None:
    for _ in range(3):
        await force.task()
    ids = [event.id for event in await force.rows(AuditEvent)]
    assert len(set(ids)) == 3
    assert all(isinstance(number, int) for number in ids)


async def test_a_changed_copy_leaves_the_record_as_it_was(force: Force) -> None:
    made = await force.task()
    copy = changed(made.task, {"note": "other"})
    assert (made.task.note, copy.note, copy.ref) == ("", "other", made.task.ref)


async def test_nothing_to_add_adds_nothing(force: Force) -> None:
    before = await force.counts()
    await force.units.write(lambda uow: add(uow.connection))
    assert await force.counts() == before


# --- transactions ----------------------------------------------------------------------------


async def test_work_that_fails_leaves_nothing_behind(force: Force) -> None:
    def fail(connection: Connection) -> None:
        add_values(connection, Counter, {"name": "half", "value": 1})
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await force.units.database.write(fail)
    assert await force.rows(Counter) == []


async def test_a_read_changes_nothing(force: Force) -> None:
    await force.units.read(lambda uow: add_values(uow.connection, Counter, {"name": "read", "value": 1}))
    assert await force.rows(Counter) == []


async def test_concurrent_increments_are_never_lost(force: Force) -> None:
    await force.insert(Counter(name="sum", value=0))
    table = table_of(Counter)

    async def increment() -> int:
        lost = 0
        while True:
            seen = (await force.rows(Counter, table.c.name == "sum"))[0].value

            def write(connection: Connection, seen: int = seen) -> int:
                done = connection.execute(
                    table.update().where(table.c.name == "sum", table.c.value == seen).values(value=seen + 1)
                )
                return done.rowcount

            if await force.units.database.write(write):
                return lost
            lost += 1

    await asyncio.gather(*(increment() for _ in range(12)))
    assert (await force.rows(Counter, table.c.name == "sum"))[0].value == 12


async def test_of_writers_with_the_same_version_exactly_one_wins(force: Force) -> None:
    made = await force.task()

    async def try_it(note: str) -> str:
        await force.units.write_quietly(lambda uow: update_task(uow.connection, made.task, note=note))
        return note

    results = await asyncio.gather(*(try_it(f"note-{n}") for n in range(8)), return_exceptions=True)
    winners = [result for result in results if isinstance(result, str)]
    assert len(winners) == 1
    assert sum(isinstance(result, LostRace) for result in results) == 7
    task = await force.reload(made)
    assert (task.note, task.version) == (winners[0], made.task.version + 1)


async def test_every_increment_by_version_counts_when_the_losers_try_again(force: Force) -> None:
    made = await force.task()

    async def add_one() -> None:
        while True:
            task = await force.reload(made)
            try:
                await force.units.write_quietly(
                    lambda uow, task=task: update_task(uow.connection, task, note=task.note + "x")  # type: ignore[misc]
                )
                return
            except LostRace:
                continue

    await asyncio.gather(*(add_one() for _ in range(8)))
    assert (await force.reload(made)).note == "x" * 8


async def test_a_race_that_is_lost_inside_a_use_case_is_run_again_on_what_the_winner_left(
    force: Force,
) -> None:
    done = await force.done()

    def key(uow: UnitOfWork, word: str) -> None:
        outcome = outcome_by_id(uow.connection, done.task.outcome_id)  # type: ignore[arg-type]
        assert outcome
        update_outcome(uow.connection, outcome, desk_reason=outcome.desk_reason + word)

    await asyncio.gather(*(force.units.write_quietly(partial(key, word=word)) for word in "abcd"))
    assert sorted((await force.rows(Outcome))[0].desk_reason) == ["a", "b", "c", "d"]


async def test_an_outcome_is_changed_by_one_writer_only(force: Force) -> None:
    done = await force.done()
    outcome = await force.units.read(lambda uow: outcome_by_id(uow.connection, done.task.outcome_id))  # type: ignore[arg-type]
    assert outcome
    fresh = await force.units.write_quietly(
        lambda uow: update_outcome(uow.connection, outcome, state=OutcomeState.WITHDRAWN)
    )
    assert (fresh.version, fresh.state) == (outcome.version + 1, OutcomeState.WITHDRAWN)
    with pytest.raises(LostRace):
        await force.units.write_quietly(
            lambda uow: update_outcome(uow.connection, outcome, state=OutcomeState.RECORDED)
        )
    assert [row.state for row in await force.rows(Outcome)] == [OutcomeState.WITHDRAWN]


async def test_a_number_is_never_drawn_twice(force: Force) -> None:
    async def draw(name: str) -> int:
        return await force.units.write_quietly(lambda uow: draw_number(uow.connection, name))

    first = [await draw("task"), await draw("task")]
    assert first == [1, 2]
    drawn = await asyncio.gather(*(draw("task") for _ in range(16)))
    assert sorted(drawn) == list(range(3, 19))


async def test_the_first_number_of_a_kind_is_drawn_once_by_many_at_the_same_time(force: Force) -> None:
    async def draw() -> int:
        return await force.units.write_quietly(lambda uow: draw_number(uow.connection, "task"))

    drawn = await asyncio.gather(*(draw() for _ in range(4)))
    assert sorted(drawn) == [1, 2, 3, 4]


async def test_an_activity_is_met_first_by_exactly_one(force: Force) -> None:
    async def meet() -> bool:
        return await force.units.write_quietly(lambda uow: first_sight(uow.connection, "key", NOW))

    met = await asyncio.gather(*(meet() for _ in range(8)))
    assert sorted(met) == [False] * 7 + [True]
    assert len(await force.rows(SeenActivity)) == 1


async def test_a_due_task_is_taken_by_one_of_two_replicas(force: Force) -> None:
    made = [await force.task() for _ in range(6)]
    repeat = timedelta(days=1)

    async def take() -> list[Any]:
        return await force.units.write_quietly(
            lambda uow: take_due_reminders(uow.connection, TOMORROW, repeat, 4)
        )

    taken = [row for rows in await asyncio.gather(*(take() for _ in range(5))) for row in rows]
    assert sorted(str(row[0]) for row in taken) == sorted(str(bundle.task.id) for bundle in made)
    assert {row[1:] for row in taken} == {(CONSTABLE.entra_id, "north")}


async def test_a_bookmark_is_set_and_moved(force: Force) -> None:
    await force.units.write_quietly(lambda uow: set_bookmark(uow.connection, "job", "one", NOW))
    await force.units.write_quietly(lambda uow: set_bookmark(uow.connection, "job", "two", TOMORROW))
    assert await force.units.read(lambda uow: bookmark(uow.connection, "job")) == ("two", TOMORROW)
    assert await force.units.read(lambda uow: bookmark(uow.connection, "other")) is None


# --- reads -----------------------------------------------------------------------------------


async def test_a_task_is_read_with_everything_around_it(force: Force) -> None:
    done = await force.done()
    bundle = await force.units.read(lambda uow: bundle_by_ref(uow.connection, done.task.ref))
    assert bundle and bundle.subject and bundle.order and bundle.owner and bundle.supervisor
    assert (bundle.subject.ref, bundle.order.ref) == ("S-01", "DVPO-3")
    assert (bundle.owner.collar_number, bundle.supervisor.collar_number) == ("9187", "9001")
    assert bundle.outcome and bundle.outcome.id == done.task.outcome_id
    assert await force.units.read(lambda uow: bundle_by_ref(uow.connection, "T-1")) is None


async def test_what_stands_around_a_task_may_be_missing(force: Force) -> None:
    made = await force.task(None)
    await force.change_task(made, subject_id=None, order_id=None)
    bundle = await force.units.read(lambda uow: bundle_by_ref(uow.connection, made.task.ref))
    assert bundle
    assert (bundle.subject, bundle.order, bundle.owner, bundle.outcome) == (None, None, None, None)


async def test_roles_are_told_by_district(force: Force) -> None:
    found = await force.units.read(lambda uow: roles_of(uow.connection, CONSTABLE.entra_id))
    assert found == {"north": frozenset({"NEIGHBOURHOOD_OFFICER"})}
    nobody = await force.units.read(lambda uow: roles_of(uow.connection, str(uuid4())))
    assert nobody == {}


async def test_one_row_or_none_is_read(force: Force) -> None:
    person = table_of(Person)
    query = select(person).where(person.c.entra_id == CONSTABLE.entra_id)
    found = await force.units.read(lambda uow: one(uow.connection, Person, query))
    assert found and found.collar_number == "9187"
    nothing = select(person).where(person.c.entra_id == "x")
    assert await force.units.read(lambda uow: one(uow.connection, Task, nothing)) is None


async def test_each_half_of_these_tests_runs_on_its_own_database(
    force: Force, server: Postgres | None
) -> None:
    assert is_postgres(force) is (server is not None)


@pytest.mark.parametrize("is_there", [False, True])
async def test_the_sqlite_files_are_for_their_owner_alone(tmp_path: Path, is_there: bool) -> None:
    file = tmp_path / "redline.db"
    if is_there:
        file.touch(0o644)
    async with opened(f"sqlite:///{file}") as database:
        await migrate(database)
        files = [file, *(Path(f"{file}{end}") for end in ("-wal", "-shm"))]
        assert [oct(os.stat(each).st_mode & 0o777) for each in files] == ["0o600"] * 3
