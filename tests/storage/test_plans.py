"""What is asked often is found by an index, whatever is over and kept besides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event, text
from sqlmodel import SQLModel

from infra.local.people import SERGEANT
from storage import answers, messages, outbox
from storage.enums import OutboxKind, OutcomeCode, OutcomeState, RecordsRoute
from storage.work import queries as task_queries
from storage.work import writes as task_writes
from tasking import reports as board
from tasking.orders.register import TO_BE_SERVED
from tasking.unit_of_work import UnitOfWork
from tasking.watch import not_served
from tasking.work import find, leavers, lists
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, Force, reader_of

GROWING = ("task", "outcome", "outbox", "message", "protective_order", "task_change", "audit_event")
TODAY = NOW.date()
NOBODY = "nobody"
PARTIAL = {
    index.name
    for table in SQLModel.metadata.sorted_tables
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
"""What is over is in none of these: they may be read whole."""
AS_CHEAP = {
    "given up",
    "on its way",
    "sent back",
    "sent back by name",
    "what was sent back to somebody",
    "overdue",
    "due reminders",
    "where an answer stands",
    "a board that stands",
    "work that needs somebody",
    "work of who is gone",
    "orders of a district",
    "orders that nobody served",
}
"""What PostgreSQL may find by another index while its tables are empty; none of these is read whole."""

ASKED: dict[str, tuple[str, Callable[[Connection], Any]]] = {
    "last visits": ("ix_outcome_subject_happened", lambda c: task_queries.last_visits(c, uuid4())),
    "to key by hand": (
        "ix_outcome_to_key",
        lambda c: task_queries.count_outcomes(c, "north", task_queries.outcome_waits_to_be_keyed()),
    ),
    "given up": (
        "ix_outcome_to_key",
        lambda c: task_queries.tasks_of_outcomes(
            c, "north", task_queries.outcome_waits_to_be_keyed(RecordsRoute.REDLINE_SENDS), limit=3
        ),
    ),
    "sent back": (
        "ix_outcome_district_state",
        lambda c: task_queries.count_outcomes(c, "north", task_queries.outcome_is_sent_back()),
    ),
    "sent back by name": (
        "ix_outcome_sent_back",
        lambda c: task_queries.tasks_of_outcomes(c, "north", task_queries.outcome_is_sent_back(), limit=3),
    ),
    "on its way": (
        "ix_outcome_district_state",
        lambda c: task_queries.count_in_state(c, "north", [OutcomeState.HANDED_OVER], NOW),
    ),
    "recorded today": (
        "ix_outcome_district_recorded",
        lambda c: task_queries.count_by_code(c, "north", task_queries.outcome_stands_since(NOW)),
    ),
    "overdue": (
        "ix_task_district_state_due",
        lambda c: task_queries.count_where(
            c,
            task_queries.in_districts(["north"]),
            task_queries.is_open(),
            task_queries.due_before(NOW),
        ),
    ),
    "a reminder": (
        "ix_task_supervisor_open",
        lambda c: task_queries.bundles_where(c, task_queries.waits_for(NOBODY), task_queries.due_before(NOW)),
    ),
    "other work about a subject": (
        "ix_task_subject_open",
        lambda c: task_queries.bundles_where(
            c, task_queries.about_subject(uuid4()), task_queries.is_open(), limit=6
        ),
    ),
    "orders with a visit to come": (
        "ix_task_order_open",
        lambda c: task_queries.orders_to_visit(c, [uuid4(), uuid4()]),
    ),
    "when a subject was last seen for an order": (
        "ix_outcome_order_happened",
        lambda c: task_queries.last_seen_for(c, [uuid4(), uuid4()], [OutcomeCode.SEEN_NO_CONCERN]),
    ),
    "orders of a district": (
        "ix_order_open",
        lambda c: task_queries.orders_of_districts(c, ["north"], NOBODY),
    ),
    "orders that nobody served": (
        "ix_order_open",
        lambda c: task_queries.unserved_orders(c, ["north"], TO_BE_SERVED, TODAY),
    ),
    "orders that have ended": ("ix_order_ends", lambda c: task_writes.close_orders(c, TODAY, NOW, 10)),
    "orders whose end was moved": ("ix_order_closed", lambda c: task_writes.reopen_orders(c, TODAY, 10)),
    "work that needs somebody": ("ix_task_people_open", lambda c: task_queries.examples_of_work(c, [])),
    "what was sent back to somebody": (
        "ix_outcome_sent_back_anywhere",
        lambda c: task_queries.examples_of_work(c, []),
    ),
    "work of who is gone": ("ix_task_supervisor_open", lambda c: task_queries.work_of(c, [NOBODY], [])),
    "the answer to a message": ("ix_outbox_answer", lambda c: answers.answer_to(c, "key")),
    "where an answer stands": ("ix_message_activity", lambda c: answers.answer_to(c, "key")),
    "is it taken": ("ix_message_activity", lambda c: answers.is_taken(c, "conversation", "activity")),
    "the reminder of somebody": (
        "ix_message_person_standing",
        lambda c: messages.standing(c, CardPurpose.REMINDER, person_id=NOBODY, latest=1),
    ),
    "a board that stands": (
        "ix_message_purpose_district",
        lambda c: messages.standing(c, CardPurpose.BOARD, district_id="north", latest=1),
    ),
    "due reminders": (
        "ix_task_reminder",
        lambda c: task_writes.take_due_reminders(c, NOW, timedelta(days=1), 5),
    ),
    "under way": ("", lambda c: outbox.under_way_count(c, OutboxKind.HAND_OVER)),
}
WHOLE: dict[str, Callable[[UnitOfWork], Any]] = {
    "a board": lambda uow: board.board_of(uow, "north"),
    "the list of orders": lambda uow: board.order_list(uow, reader_of(uow, SERGEANT), "north"),
    "a mistyped reference": lambda uow: find.not_found(uow, reader_of(uow, SERGEANT), "DVPO-33"),
    "who is missing": leavers.missing_people,
    "the watch of orders": not_served.watch_orders,
    "what is overdue": lambda uow: lists.overdue_tasks(uow, reader_of(uow, SERGEANT)),
}


@pytest.mark.parametrize("what", ASKED)
async def test_what_is_asked_often_is_found_by_the_index_that_is_meant_for_it(
    force: Force, what: str
) -> None:
    index, ask = ASKED[what]
    lines = await force.units.write(lambda uow: plan_of(uow.connection, ask))
    assert lines and not [line for line in lines if is_scan(line)], lines
    is_free = what in AS_CHEAP and force.units.database.url.get_backend_name() == "postgresql"
    assert is_free or [line for line in lines if index in line], lines


@pytest.mark.parametrize("what", WHOLE)
async def test_nothing_that_is_drawn_or_watched_reads_a_table_from_end_to_end(
    force: Force, what: str
) -> None:
    await force.task()
    await force.done()
    lines = await force.units.write(lambda uow: plan_of(uow.connection, lambda _: WHOLE[what](uow)))
    assert lines and not [line for line in lines if is_scan(line)], lines


@pytest.mark.parametrize("what", [what for what, (index, _) in ASKED.items() if index])
async def test_without_the_index_another_way_would_be_taken_and_these_tests_would_say_so(
    force: Force, what: str
) -> None:
    index, ask = ASKED[what]

    def without_it(uow: UnitOfWork) -> list[str]:
        uow.connection.execute(text(f"DROP INDEX {index}"))
        lines = plan_of(uow.connection, ask)
        raise _Undone(lines)

    with pytest.raises(_Undone) as caught:
        await force.units.write(without_it)
    assert not [line for line in caught.value.lines if index in line]


class _Undone(Exception):
    """Nothing of it is kept: the index is there for the next test."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("undone")
        self.lines = lines


def is_scan(line: str) -> bool:
    """Whether a line of a plan says that a growing table is read from end to end."""
    if any(f" {index}" in line for index in PARTIAL):
        return False
    words = line.replace("->", " ").split()
    return any(words[:2] == ["SCAN", table] or f"Seq Scan on {table} " in f"{line} " for table in GROWING)


def plan_of(connection: Connection, ask: Callable[[Connection], Any]) -> list[str]:
    """How the database finds what `ask` reads; it is given no way to choose by the tables' small size."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
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
