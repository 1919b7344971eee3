"""What is prepared does exactly what the same statement does through SQLAlchemy, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Integer, bindparam, case, insert, select, update

from storage.database import undoable
from storage.enums import AuditOperation
from storage.prepared import Prepared, PreparedQuery
from storage.rows import table_of
from storage.tables import AuditEvent, Counter
from tasking.unit_of_work import UnitOfWork
from tests.support.units import Force, open_force

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


async def test_a_value_that_stands_twice_and_the_statements_own_values_find_their_places(
    force: Force,
) -> None:
    least = bindparam("least", type_=Integer)
    rename = Prepared(
        update(_counter)
        .where(_counter.c.name == "OWN", _counter.c.value >= least)
        .values(value=least + _counter.c.value * 10, name=bindparam("called"))
    )

    def work(connection: Connection) -> tuple[int, int]:
        _ADD_COUNTER.run(connection, {"name": "OWN", "value": 4})
        assert rename.run(connection, {"called": "RENAMED", "least": 5}) == 0
        changed = rename.run(connection, {"least": 3, "called": "RENAMED"})
        renamed = select(_counter.c.value).where(_counter.c.name == "RENAMED")
        return changed, connection.execute(renamed).scalar_one()

    assert await force.units.write(lambda uow: work(uow.connection)) == (1, 43)


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


async def test_a_value_without_a_type_never_reaches_the_driver(tmp_path: Path) -> None:
    raised = case((_counter.c.value > bindparam("most"), bindparam("most")), else_=_counter.c.value)
    untyped = Prepared(update(_counter).values(value=raised))
    async with open_force(tmp_path) as force:
        with pytest.raises(TypeError, match="needs a type: most"):
            await force.units.write(lambda uow: untyped.run(uow.connection, {"most": 3}))


# --- reading ---------------------------------------------------------------------------------

_LOOKS = select(_audit).where(_audit.c.actor_id == bindparam("actor_id")).order_by(_audit.c.id)
_FIND_LOOKS = PreparedQuery(_LOOKS)
_FIND_CONSULTED = PreparedQuery(
    _LOOKS.where(_audit.c.operation == AuditOperation.CONSULTATION, _audit.c.at <= bindparam("until"))
)


async def test_a_query_reads_what_the_same_query_reads_the_usual_way(force: Force) -> None:
    events = [_event(actor_id="reader", action=f"looked-{n}") for n in range(3)]
    await force.units.write(lambda uow: _ADD.run(uow.connection, *events))

    def both(connection: Connection) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        usual = connection.execute(_LOOKS, {"actor_id": "reader"}).all()
        ours = _FIND_LOOKS.all(connection, actor_id="reader")
        return [tuple(row) for row in usual], [tuple(row) for row in ours]

    usual, ours = await force.units.read(lambda uow: both(uow.connection))
    assert len(ours) == 3
    assert ours == usual


async def test_a_query_brings_its_own_values_beside_those_given(force: Force) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    early = _event(actor_id="reader", at=noon, action="early")
    late = _event(actor_id="reader", at=noon + timedelta(hours=3), action="late")
    other = _event(actor_id="reader", at=noon, action="other", operation=AuditOperation.ALTERATION)
    await force.units.write(lambda uow: _ADD.run(uow.connection, early, late, other))

    def found(until: datetime) -> Callable[[UnitOfWork], list[object]]:
        place = list(_audit.c.keys()).index("action")
        return lambda uow: [
            row[place] for row in _FIND_CONSULTED.all(uow.connection, actor_id="reader", until=until)
        ]

    assert await force.units.read(found(noon)) == ["early"]
    assert await force.units.read(found(noon + timedelta(days=1))) == ["early", "late"]


async def test_a_query_that_finds_nothing_has_no_first_row(force: Force) -> None:
    found = await force.units.read(lambda uow: _FIND_LOOKS.first(uow.connection, actor_id="nobody"))
    assert found is None
