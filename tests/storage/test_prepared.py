"""Prepared writes do exactly what the same statement does through SQLAlchemy, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update

from storage.database import undoable
from storage.enums import AuditOperation
from storage.prepared import Prepared
from storage.rows import table_of
from storage.tables import AuditEvent, Counter
from tests.support.units import Force

_audit = table_of(AuditEvent)
_counter = table_of(Counter)
_ADD = Prepared(insert(_audit))
_ADD_COUNTER = Prepared(insert(_counter))
_RAISE = Prepared(
    update(_counter)
    .where(_counter.c.name == bindparam("of"))
    .values(value=_counter.c.value + bindparam("by"))
)


def _event(**changed: object) -> dict[str, object]:
    summer = timezone(timedelta(hours=1))
    return {
        "at": datetime(2026, 7, 1, 13, 30, tzinfo=summer),
        "actor_id": "somebody",
        "operation": AuditOperation.CONSULTATION,
        "action": "looked",
        "task_id": uuid4(),
        "district_id": None,
        **changed,
    }


async def test_values_come_back_as_they_went_in(force: Force) -> None:
    event = _event()

    changed = await force.units.write(lambda uow: _ADD.run(uow.connection, event))

    row = await force.units.read(
        lambda uow: uow.connection.execute(select(_audit).where(_audit.c.action == "looked")).one()
    )
    assert changed == 1
    assert (row.at, row.task_id, row.operation) == (event["at"], event["task_id"], event["operation"])
    assert row.at.astimezone(UTC).hour == 12 and row.district_id is None


async def test_several_rows_go_in_together(force: Force) -> None:
    events = [_event(action=f"looked-{n}") for n in range(3)]

    await force.units.write(lambda uow: _ADD.run(uow.connection, *events))

    kept = await force.units.read(
        lambda uow: (
            uow.connection.execute(
                select(_audit.c.action).where(_audit.c.action.startswith("looked-")).order_by(_audit.c.id)
            )
            .scalars()
            .all()
        )
    )
    assert kept == ["looked-0", "looked-1", "looked-2"]


async def test_an_update_says_how_many_rows_it_changed(force: Force) -> None:
    def work(connection: Connection) -> tuple[int, int, int]:
        _ADD_COUNTER.run(connection, {"name": "PREPARED", "value": 4})
        hit = _RAISE.run(connection, {"of": "PREPARED", "by": 3})
        miss = _RAISE.run(connection, {"of": "NOBODY", "by": 3})
        value = connection.execute(select(_counter.c.value).where(_counter.c.name == "PREPARED")).scalar_one()
        return hit, miss, value

    assert await force.units.write(lambda uow: work(uow.connection)) == (1, 0, 7)


async def test_what_an_undoable_block_wrote_is_gone_when_it_raises_and_the_rest_stays(force: Force) -> None:
    def work(connection: Connection) -> None:
        _ADD_COUNTER.run(connection, {"name": "KEPT", "value": 1})
        with pytest.raises(KeyError), undoable(connection):
            _ADD_COUNTER.run(connection, {"name": "UNDONE", "value": 1})
            raise KeyError
        with undoable(connection):
            _ADD_COUNTER.run(connection, {"name": "KEPT-TOO", "value": 1})

    await force.units.write(lambda uow: work(uow.connection))

    names = await force.units.read(lambda uow: set(uow.connection.execute(select(_counter.c.name)).scalars()))
    assert {"KEPT", "KEPT-TOO"} <= names and "UNDONE" not in names
