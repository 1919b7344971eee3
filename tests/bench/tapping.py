"""Taps on the real service: open tasks of one officer, a No answer on each, and the rows they must leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import orjson
from sqlalchemy import Connection, func, select

from infra.local.people import CONSTABLE, SERGEANT
from storage.database import open_database
from storage.enums import OutboxKind, TaskKind, TaskState, VisitKind
from storage.rows import add, table_of
from storage.tables import AuditEvent, Outbox, Outcome, ProtectiveOrder, SeenActivity, Task
from storage.work.queries import order_by_ref
from tasking.clock import SystemClock
from tasking.policy import load_policy
from tasking.unit_of_work import UnitOfWork, Units
from tests.support.running_service import POLICY, Stage

TAP_MARKER = "Undo"
_FIRST_NUMBER = 100_001
_CHUNK = 500


class LostOrDoubled(AssertionError):
    """The database does not hold exactly what was acknowledged."""


@dataclass(frozen=True)
class Ledger:
    """What the database holds of the taps."""

    outcomes: int
    tasks_with_outcome: int
    tasks_done: int
    seen: int
    audited: int
    hand_overs: int
    card_updates: int


async def open_tasks(database_url: str, count: int) -> list[str]:
    """Add open visits of the constable, due tomorrow; returns their references."""
    database = open_database(database_url)
    await database.start()
    try:
        units = Units(database, SystemClock(), load_policy(POLICY))
        for first in range(0, count, _CHUNK):
            numbers = range(_FIRST_NUMBER + first, _FIRST_NUMBER + min(first + _CHUNK, count))
            await units.write(lambda uow, numbers=numbers: _add_tasks(uow, numbers))  # type: ignore[misc]
    finally:
        await database.stop()
    return [f"T-{_FIRST_NUMBER + n}" for n in range(count)]


def _add_tasks(uow: UnitOfWork, numbers: range) -> None:
    order = order_by_ref(uow.connection, "DVPO-3")
    assert order is not None, "it is seeded"
    add(uow.connection, *(_task(uow, order, number) for number in numbers))


def _task(uow: UnitOfWork, order: ProtectiveOrder, number: int) -> Task:
    due_at = uow.now + timedelta(days=1)
    return Task(
        number=number,
        ref=f"T-{number}",
        district_id=order.district_id,
        kind=TaskKind.COMPLIANCE_VISIT,
        visit_kind=VisitKind.PERPETRATOR_CHECK,
        subject_id=order.subject_id,
        order_id=order.id,
        state=TaskState.ASSIGNED,
        owner_id=CONSTABLE.entra_id,
        supervisor_id=SERGEANT.entra_id,
        due_at=due_at,
        next_reminder_at=due_at,
        created_at=uow.now,
        state_changed_at=uow.now,
    )


def write_taps(stage: Stage, references: Sequence[str], path: Path) -> Path:
    """The activity of one tap on each task, a line each, as Teams would send it."""
    path.write_bytes(b"\n".join(orjson.dumps(_tap(stage, ref)) for ref in references))
    return path


def _tap(stage: Stage, ref: str) -> dict[str, object]:
    data = {"task": ref, "v": 1, "code": "NO_ANSWER"}
    action = {"type": "Action.Execute", "title": "No answer", "verb": "record_outcome", "data": data}
    value = {"action": action, "trigger": "manual"}
    return stage.activity(CONSTABLE, type="invoke", name="adaptiveCard/action", value=value)


def write_tokens(stage: Stage, path: Path, count: int = 1) -> Path:
    """Signed tokens, a line each. One is what the channel does: it reuses a token until it nearly expires."""
    path.write_text("\n".join(stage.issuer.authorization(jti=uuid4().hex) for _ in range(count)))
    return path


async def check_nothing_lost(database_url: str, acknowledged: int) -> Ledger:
    """Compare the rows with what was acknowledged; raises `LostOrDoubled` for any difference."""
    database = open_database(database_url)
    await database.start()
    try:
        ledger = await database.read(_ledger)
    finally:
        await database.stop()
    wrong = {name: count for name, count in ledger.__dict__.items() if count != acknowledged}
    if wrong:
        raise LostOrDoubled(f"{acknowledged} taps were acknowledged, but the database holds {wrong}")
    return ledger


def _ledger(connection: Connection) -> Ledger:
    outcome, task, outbox = table_of(Outcome), table_of(Task), table_of(Outbox)
    audit, seen = table_of(AuditEvent), table_of(SeenActivity)
    of_outcome = outcome.join(task, task.c.outcome_id == outcome.c.id)
    recorded = audit.join(outcome, outcome.c.id == audit.c.outcome_id)

    def count(column: object, source: object, *where: object) -> int:
        query = select(func.count(column.distinct())).select_from(source).where(*where)  # type: ignore
        return int(connection.execute(query).scalar_one())

    return Ledger(
        outcomes=count(outcome.c.id, outcome),
        tasks_with_outcome=count(outcome.c.task_id, of_outcome),
        tasks_done=count(task.c.id, task, task.c.state == TaskState.DONE),
        seen=count(seen.c.key, seen, seen.c.answer.is_not(None)),
        audited=count(audit.c.id, recorded, audit.c.action == "record-outcome"),
        hand_overs=count(outbox.c.outcome_id, outbox, outbox.c.kind == OutboxKind.HAND_OVER),
        card_updates=count(outbox.c.task_id, outbox, outbox.c.key.startswith("officer-update:")),
    )
