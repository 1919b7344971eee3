"""A database with so much that is over: finished visits, ended orders, cards and rows of the outbox."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text

from infra.local.people import CONSTABLE, SERGEANT
from infra.local.seed import seed
from scheduler import watch as jobs
from storage.database import Database, open_database
from storage.enums import (
    OrderStatus,
    OrderType,
    OutboxKind,
    OutboxState,
    OutcomeCode,
    OutcomeState,
    RecordsRoute,
    TaskKind,
    TaskState,
    VisitKind,
)
from storage.ids import new_id
from storage.migrate import migrate
from storage.rows import add_values, table_of, values_of
from storage.tables import Message, Outbox, Outcome, ProtectiveOrder, Subject, Task
from tasking.unit_of_work import UnitOfWork, Units
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, POLICY, FakeClock

OPEN = 100
SUBJECTS = 100
_CHUNK = 1000
_SPACE = UUID("6f9d3a52-94f0-4a6e-b0f7-9d3c0d6f7a11")
_FIRST_FINISHED = 200_000


async def filled(url: str, finished: int) -> Units:
    """A seeded database with 100 open visits, and so many that are over; whoever asks stops it."""
    database: Database = open_database(url, is_patient=True)
    await database.start()
    await migrate(database)
    units = Units(database, FakeClock(), POLICY)
    await units.write(seed)
    await _add(units, Subject, (_subject(n) for n in range(SUBJECTS)))
    await _add(units, ProtectiveOrder, (_order(n, is_over=False) for n in range(OPEN)))
    await _add(units, ProtectiveOrder, (_order(OPEN + n, is_over=True) for n in range(finished // 10)))
    await _add(units, Task, (_task(n, is_over=False) for n in range(OPEN)))
    await _add(units, Task, (_task(OPEN + n, is_over=True) for n in range(finished)))
    await _add(units, Outcome, (_outcome(OPEN + n) for n in range(finished)))
    await _add(units, Message, (_message(OPEN + n) for n in range(finished)))
    await _add(units, Outbox, (_sent(OPEN + n) for n in range(finished)))
    await jobs.watch_orders(units)
    await units.write(_delivered)
    if database.url.get_backend_name() == "postgresql":
        # What its own housekeeping does within minutes.
        await units.write(lambda uow: uow.connection.execute(text("ANALYZE")))
    return units


def _delivered(uow: UnitOfWork) -> None:
    outbox = table_of(Outbox)
    done = {"state": OutboxState.DONE, "proof": "sent", "done_at": NOW}
    uow.connection.execute(outbox.update().where(outbox.c.state != OutboxState.DONE).values(**done))


async def _add(units: Units, entity: Any, rows: Iterator[Any]) -> None:
    while chunk := [values_of(row) for row in islice(rows, _CHUNK)]:
        await units.write(partial(_insert, entity, chunk))


def _insert(entity: Any, chunk: list[dict[str, Any]], uow: UnitOfWork) -> None:
    add_values(uow.connection, entity, *chunk)


def _id(kind: str, number: int) -> UUID:
    return uuid5(_SPACE, f"{kind}{number}")


def _subject(n: int) -> Subject:
    number = 1000 + n
    return Subject(
        id=_id("subject", n), number=number, ref=f"S-{number}", district_id="north", card_name=f"F. {number}"
    )


def _order(n: int, *, is_over: bool) -> ProtectiveOrder:
    days = -1 - n % 700 if is_over else 5 + n % 20
    return ProtectiveOrder(
        id=_id("order", n),
        ref=f"DVPO-{10_000 + n}",
        order_type=OrderType.DVPO,
        district_id="north",
        subject_id=_id("subject", n % SUBJECTS),
        status=OrderStatus.IN_FORCE,
        served_at=NOW - timedelta(days=900),
        last_day=(NOW + timedelta(days=days)).date(),
    )


def _task(n: int, *, is_over: bool) -> Task:
    late = -timedelta(hours=1) if n % 10 == 0 else timedelta(hours=3)
    at = NOW - timedelta(minutes=10 * n)
    return Task(
        id=_id("task", n),
        number=_FIRST_FINISHED + n,
        ref=ref_of(n),
        district_id="north",
        kind=TaskKind.COMPLIANCE_VISIT,
        visit_kind=VisitKind.PERPETRATOR_CHECK,
        subject_id=_id("subject", n % SUBJECTS),
        order_id=_id("order", n % OPEN),
        state=TaskState.DONE if is_over else TaskState.ASSIGNED,
        owner_id=CONSTABLE.entra_id,
        supervisor_id=SERGEANT.entra_id,
        due_at=at if is_over else NOW + late,
        next_reminder_at=None if is_over else NOW + late,
        outcome_id=_id("outcome", n) if is_over else None,
        created_at=at,
        state_changed_at=at,
    )


def ref_of(n: int) -> str:
    """The reference of the visit with this number; the first hundred are open."""
    return f"T-{_FIRST_FINISHED + n}"


def _outcome(n: int) -> Outcome:
    # Some of a day and a half ago and most long ago: a day's own results are no more on a larger database.
    at = NOW - timedelta(days=2, minutes=10 * n)
    by_hand = n % 5 == 0
    return Outcome(
        id=_id("outcome", n),
        task_id=_id("task", n),
        district_id="north",
        subject_id=_id("subject", n % SUBJECTS),
        order_id=_id("order", n % OPEN),
        code=OutcomeCode.NO_ANSWER if n % 3 else OutcomeCode.SEEN_NO_CONCERN,
        happened_at=at,
        recorded_at=at,
        officer_id=CONSTABLE.entra_id,
        state=OutcomeState.KEYED_BY_HAND if by_hand else OutcomeState.RECORDED,
        route=RecordsRoute.KEYED_BY_HAND if by_hand else RecordsRoute.REDLINE_SENDS,
        athena_ref=f"36/{n}/19",
        hand_over_after=at,
    )


def _message(n: int) -> Message:
    purpose = CardPurpose.REMINDER if n % 4 == 0 else CardPurpose.OFFICER_TASK
    return Message(
        id=new_id(),
        purpose=purpose,
        district_id="north",
        conversation_id="chat-2",
        activity_id=f"activity-{n}",
        task_id=_id("task", n),
        person_id=CONSTABLE.entra_id,
        posted_at=NOW - timedelta(days=2, minutes=n),
    )


def _sent(n: int) -> Outbox:
    at = NOW - timedelta(days=2, minutes=n)
    return Outbox(
        key=f"sent-{n}",
        kind=OutboxKind.POST_CARD,
        purpose=CardPurpose.ANSWER if n % 4 == 1 else CardPurpose.OFFICER_TASK,
        district_id="north",
        lane=f"lane-{n}",
        task_id=_id("task", n),
        conversation_id="chat-2",
        answer_key=f"answer-{n}" if n % 4 == 1 else None,
        state=OutboxState.DONE,
        created_at=at,
        send_after=at,
        proof=f"activity-{n}",
        done_at=at,
    )
