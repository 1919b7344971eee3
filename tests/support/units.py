"""The seeded force on real databases, and its people asking the use cases for things."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ColumnElement, Connection, delete, select, text, update
from sqlmodel import SQLModel

from infra.local.people import CONSTABLE, NORTH_CHANNEL, SERGEANT, FictionalPerson
from infra.local.seed import seed
from storage.database import Database, open_database
from storage.enums import ConversationKind, OutboxState, OutcomeCode, Role, TaskKind
from storage.migrate import migrate
from storage.rows import add, many, table_of
from storage.tables import (
    NUMBERED,
    Conversation,
    Outbox,
    Person,
    PersonRole,
    ProtectiveOrder,
    Subject,
    SubjectAccess,
    Task,
    TaskBundle,
    sequence_of,
)
from tasking.people.actors import actor_of
from tasking.policy import Policy, load_policy
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork, Units
from tasking.work.assign import AssignRequest, Room, assign
from tasking.work.find import Reader
from tasking.work.outcomes import Report, record_outcome
from tasking.work.questions import ARREST_AT
from tests.support.notice_names import CardPurpose
from tests.support.postgres import Postgres

T = TypeVar("T")
E = TypeVar("E", bound=SQLModel)

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
"""A Thursday afternoon, winter time; the seeded DVPO-3 is in force to Thu 2 April."""
TOMORROW = datetime(2026, 3, 13, 18, 0, tzinfo=UTC)
POLICY = load_policy(Path(__file__).parents[2] / "infra/local/policy.toml")
ROOM = Room("19:fictional-north-redline@thread.tacv2;messageid=1", "north")
CHAT = Room("chat-of-the-sergeant")
SERVICE_URL = "http://localhost:56150/_connector"
TENANT = "tenant"


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **parts: float) -> datetime:
        """Move on by days, hours, minutes or seconds."""
        self.at += timedelta(**parts)
        return self.at


# --- databases -------------------------------------------------------------------------------


async def _prepare(url: str) -> None:
    database = open_database(url)
    await database.start()
    await migrate(database)
    await Units(database, FakeClock(), POLICY).write(seed)
    await database.stop()


_sqlite_template: list[bytes] = []
_postgres_urls: dict[Postgres, str] = {}


async def _prepared_file() -> bytes:
    """A migrated and seeded database file; made once, then copied."""
    if not _sqlite_template:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "template.sqlite3")
            await _prepare(f"sqlite:///{path}")
            _sqlite_template.append(path.read_bytes())  # noqa: ASYNC240
    return _sqlite_template[0]


async def _emptied_and_seeded(server: Postgres) -> str:
    """The URL of the one migrated database that tests share one after the other, as good as new."""
    if server not in _postgres_urls:
        _postgres_urls[server] = server.fresh_database()
        await _prepare(_postgres_urls[server])
        return _postgres_urls[server]
    async with opened(_postgres_urls[server]) as database:
        await database.write(_empty)
        await Units(database, FakeClock(), POLICY).write(seed)
    return _postgres_urls[server]


def _empty(connection: Connection) -> None:
    for table in reversed(SQLModel.metadata.sorted_tables):
        connection.execute(delete(table))
    if connection.dialect.name == "postgresql":
        for name in NUMBERED:
            connection.execute(text(f"ALTER SEQUENCE {sequence_of(name)} RESTART"))


async def _prepared_url(folder: Path, server: Postgres | None) -> str:
    if server is not None:
        return await _emptied_and_seeded(server)
    path = folder / f"{uuid4().hex}.sqlite3"
    path.write_bytes(await _prepared_file())
    return f"sqlite:///{path}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database that is started, and stopped at the end."""
    database = open_database(url)
    await database.start()
    try:
        yield database
    finally:
        await database.stop()


@asynccontextmanager
async def open_force(
    folder: Path, server: Postgres | None = None, policy: Policy = POLICY
) -> AsyncIterator["Force"]:
    """The seeded force: in a SQLite file of its own, or on the PostgreSQL server given."""
    async with opened(await _prepared_url(folder, server)) as database:
        clock = FakeClock()
        yield Force(Units(database, clock, policy), clock)


# --- the force -------------------------------------------------------------------------------


def reader_of(uow: UnitOfWork, person: FictionalPerson, in_channel: bool = False) -> Reader:
    """Somebody who asks, with the roles that the rows give them."""
    return Reader(actor_of(uow, person.entra_id), in_channel, "north" if in_channel else None)


def visit(officer: FictionalPerson | None = CONSTABLE, **changes: Any) -> AssignRequest:
    """A request for a visit about DVPO-3."""
    values: dict[str, Any] = {
        "officer_id": officer.entra_id if officer else None,
        "kind": TaskKind.COMPLIANCE_VISIT,
        "target_ref": "DVPO-3",
        "due_at": TOMORROW,
    }
    return AssignRequest(**(values | changes))


class Force:
    """The seeded force: its rows, its clock, and its people asking the use cases for things."""

    def __init__(self, units: Units, clock: FakeClock) -> None:
        self.units = units
        self.clock = clock

    async def do(
        self,
        person: FictionalPerson,
        use_case: Callable[..., T],
        *args: Any,
        in_channel: bool = False,
        **more: Any,
    ) -> T:
        """Call a use case as this person, in a transaction of its own."""
        return await self.units.write(
            lambda uow: use_case(uow, reader_of(uow, person, in_channel), *args, **more)
        )

    async def refused(
        self, person: FictionalPerson, use_case: Callable[..., Any], *args: Any, **more: Any
    ) -> Refusal:
        """Call a use case that must refuse; returns the refusal and checks that no row has changed."""
        before = await self.counts()
        with pytest.raises(Refusal) as caught:
            await self.do(person, use_case, *args, **more)
        assert await self.counts() == before
        return caught.value

    async def task(self, officer: FictionalPerson | None = CONSTABLE, **changes: Any) -> TaskBundle:
        """A visit about DVPO-3, assigned by the sergeant in the channel."""
        return (await self.do(SERGEANT, assign, visit(officer, **changes), ROOM, in_channel=True)).bundle

    async def done(
        self, code: OutcomeCode = OutcomeCode.NO_ANSWER, officer: FictionalPerson = CONSTABLE, **changes: Any
    ) -> TaskBundle:
        """A visit that its officer has closed with an outcome."""
        made = await self.task(officer, **changes)
        return await self.close(made, code, officer)

    async def close(
        self,
        made: TaskBundle,
        code: OutcomeCode = OutcomeCode.NO_ANSWER,
        officer: FictionalPerson = CONSTABLE,
    ) -> TaskBundle:
        """Record an outcome that happened now."""
        at = self.clock.now()
        answers = {ARREST_AT: at.isoformat()} if code == OutcomeCode.ARRESTED else {}
        return await self.do(officer, record_outcome, made.task.ref, Report(code, at, answers=answers))

    async def restricted_task(self, officer: FictionalPerson | None = CONSTABLE) -> TaskBundle:
        """An action about the restricted S-04, assigned in the sergeant's own chat; its officer is named."""
        if officer:
            await self.name_for("S-04", officer)
        request = visit(officer, kind=TaskKind.GENERAL_ACTION, target_ref="S-04", title="Call the desk")
        return (await self.do(SERGEANT, assign, request, CHAT)).bundle

    async def name_for(self, subject_ref: str, person: FictionalPerson) -> None:
        """Name somebody among those who may see a restricted subject."""
        subject = (await self.rows(Subject, table_of(Subject).c.ref == subject_ref))[0]
        await self.insert(SubjectAccess(subject_id=subject.id, entra_id=person.entra_id))

    # rows

    async def rows(self, entity: type[E], *conditions: ColumnElement[bool]) -> list[E]:
        """The rows of an entity that meet the conditions."""
        query = select(table_of(entity)).where(*conditions)
        return await self.units.read(lambda uow: many(uow.connection, entity, query))

    async def reload(self, bundle: TaskBundle) -> Task:
        """A task as it stands now."""
        return (await self.rows(Task, table_of(Task).c.id == bundle.task.id))[0]

    async def outbox(self, **wanted: Any) -> list[Outbox]:
        """Outbox rows with these values, in the order in which they were written."""
        rows = await self.rows(Outbox)
        found = [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]
        return sorted(found, key=lambda row: row.id or 0)

    async def counts(self) -> dict[str, int]:
        """How many rows every table has."""
        return await self.units.read(lambda uow: _counts(uow.connection))

    async def insert(self, *rows: SQLModel) -> None:
        """Add rows of one entity."""
        await self.units.write_quietly(lambda uow: add(uow.connection, *rows))

    async def change(self, entity: type[SQLModel], condition: ColumnElement[bool], **values: Any) -> None:
        """Set columns of the rows that meet a condition, past every rule."""
        statement = update(table_of(entity)).where(condition).values(**values)
        await self.units.write_quietly(lambda uow: uow.connection.execute(statement))

    async def change_order(self, ref: str, **values: Any) -> None:
        """Set columns of an order."""
        await self.change(ProtectiveOrder, table_of(ProtectiveOrder).c.ref == ref, **values)

    async def change_task(self, bundle: TaskBundle, **values: Any) -> None:
        """Set columns of a task, past every rule."""
        await self.change(Task, table_of(Task).c.id == bundle.task.id, **values)

    async def boards_drawn(self) -> None:
        """What waits for the boards is done: the next change is a row of its own."""
        table = table_of(Outbox)
        await self.change(Outbox, table.c.purpose == CardPurpose.BOARD, state=OutboxState.DONE)

    async def leaves(self, person: FictionalPerson) -> None:
        """Somebody is in none of the force's groups any more, as the directory's next pass will store it."""
        left = table_of(PersonRole).c.entra_id == person.entra_id
        await self.units.write_quietly(
            lambda uow: uow.connection.execute(delete(table_of(PersonRole)).where(left))
        )
        await self.change(Person, table_of(Person).c.entra_id == person.entra_id, active=False)

    async def unname(self, subject_ref: str, person: FictionalPerson) -> None:
        """Take somebody off the list of those who may see a restricted subject."""
        subject = (await self.rows(Subject, table_of(Subject).c.ref == subject_ref))[0]
        access = table_of(SubjectAccess)
        named = (access.c.subject_id == subject.id, access.c.entra_id == person.entra_id)
        await self.units.write_quietly(lambda uow: uow.connection.execute(delete(access).where(*named)))

    async def restrict(self, subject_ref: str) -> None:
        """Make a subject one that only the people named for it may see."""
        await self.change(Subject, table_of(Subject).c.ref == subject_ref, restricted=True)

    async def give_role(self, person: FictionalPerson, role: Role, district: str = "north") -> None:
        """Add a role to somebody the directory knows."""
        await self.insert(PersonRole(entra_id=person.entra_id, district_id=district, role=role))

    async def open_chat(self, person: FictionalPerson) -> str:
        """Let the personal chat with somebody be known; returns its id."""
        chat = f"chat-{person.number}"
        await self.insert(self._conversation(chat, ConversationKind.PERSONAL, person.entra_id))
        return chat

    async def open_channel(self, channel_id: str = NORTH_CHANNEL) -> None:
        """Let a channel be known."""
        await self.insert(self._conversation(channel_id, ConversationKind.CHANNEL, None))

    def _conversation(self, id_: str, kind: ConversationKind, entra_id: str | None) -> Conversation:
        return Conversation(
            id=id_,
            kind=kind,
            service_url=SERVICE_URL,
            tenant_id=TENANT,
            entra_id=entra_id,
            updated_at=self.clock.now(),
        )


def _counts(connection: Connection) -> dict[str, int]:
    tables = SQLModel.metadata.sorted_tables
    return {
        table.name: int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar_one())
        for table in tables
    }


def some_order(**changes: Any) -> ProtectiveOrder:
    """An order about S-01 for rules that need no rows."""
    values: dict[str, Any] = {
        "ref": "DVPO-90",
        "order_type": "DVPO",
        "district_id": "north",
        "subject_id": UUID(int=1),
        "status": "IN_FORCE",
        "last_day": (NOW + timedelta(days=5)).date(),
        "served_at": NOW - timedelta(days=2),
    }
    return ProtectiveOrder(**(values | changes))
