"""What is asked often is found by an index, whatever is over and kept besides."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event, text

from storage import outbox, task_queries
from storage.enums import OutboxKind, RecordsRoute
from tests.support.units import NOW, Force

GROWING = ("task", "outcome", "outbox", "message")
ASKED: dict[str, tuple[str, Callable[[Connection], Any]]] = {
    "last visits": ("outcome", lambda c: task_queries.last_visits(c, uuid4())),
    "to key by hand": (
        "outcome",
        lambda c: task_queries.count_outcomes(c, "north", task_queries.outcome_waits_to_be_keyed()),
    ),
    "given up": (
        "outcome",
        lambda c: task_queries.tasks_of_outcomes(
            c, "north", task_queries.outcome_waits_to_be_keyed(RecordsRoute.REDLINE_SENDS), limit=3
        ),
    ),
    "recorded today": (
        "outcome",
        lambda c: task_queries.count_by_code(c, "north", task_queries.outcome_stands_since(NOW)),
    ),
    "overdue": (
        "task",
        lambda c: task_queries.count_where(
            c,
            task_queries.in_districts(["north"]),
            task_queries.is_open(),
            task_queries.due_before(NOW),
        ),
    ),
    "under way": ("outbox", lambda c: outbox.under_way_count(c, OutboxKind.HAND_OVER)),
}


@pytest.mark.parametrize("what", ASKED)
async def test_what_is_asked_often_reads_no_table_from_end_to_end(force: Force, what: str) -> None:
    table, ask = ASKED[what]
    lines = await force.units.read(lambda uow: _plan(uow.connection, ask, table))
    assert lines and not [line for line in lines if _is_scan(line)], lines


def _is_scan(line: str) -> bool:
    return any(f"Seq Scan on {table}" in line or line.startswith(f"SCAN {table}") for table in GROWING)


def _plan(connection: Connection, ask: Callable[[Connection], Any], table: str) -> list[str]:
    """How the database finds what `ask` reads of a table; it is given no way to choose by its small size."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if f"FROM {table}" in statement and not statement.startswith("EXPLAIN"):
            asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask(connection)
    event.remove(connection, "before_cursor_execute", note)
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN " if is_postgresql else "EXPLAIN QUERY PLAN "
    rows = [row for each in asked for row in connection.exec_driver_sql(explain + each[0], each[1])]
    return [str(row[-1]) for row in rows]
