"""Reads about tasks, orders, subjects and outcomes. Statements are built once; only values are new."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from storage.enums import OPEN_STATES, SENT_BACK, OrderStatus, OutcomeState, RecordsRoute, TaskKind, TaskState
from storage.prepared import PreparedQuery
from storage.rows import columns_of, entity_from, in_parts, many, one, table_of
from storage.tables import (
    OrderCondition,
    Outbox,
    Outcome,
    Person,
    ProtectiveOrder,
    Subject,
    SubjectAccess,
    Task,
    TaskBundle,
    TaskChange,
    TaskNote,
)
from storage.work.own_cards import CARD_FAILS

_task = table_of(Task)
_subject = table_of(Subject)
_order = table_of(ProtectiveOrder)
_outcome = table_of(Outcome)
_condition = table_of(OrderCondition)
_access = table_of(SubjectAccess)
_outbox = table_of(Outbox)
_owner = table_of(Person).alias("owner")
_supervisor = table_of(Person).alias("supervisor")


def _in_words(column: Any, *words: StrEnum) -> ColumnElement[bool]:
    """Condition: the column has one of these words, said as the indexes say it: a parameter meets none."""
    return column.in_([literal_column(f"'{word}'") for word in words])  # type: ignore[no-any-return]


_IS_OPEN = _in_words(_task.c.state, *OPEN_STATES)
_IS_SENT_BACK = _in_words(_outcome.c.state, *SENT_BACK)
_IS_UNKEYED = _outcome.c.state == literal_column(f"'{OutcomeState.KEYED_BY_HAND}'")

_PARTS: tuple[tuple[Any, Any], ...] = (
    (Task, _task),
    (Subject, _subject),
    (ProtectiveOrder, _order),
    (Person, _owner),
    (Person, _supervisor),
    (Outcome, _outcome),
)

_BUNDLE = select(
    *(
        table.c[column.name].label(f"{n}_{column.name}")
        for n, (entity, table) in enumerate(_PARTS)
        for column in columns_of(entity)
    )
).select_from(
    _task.outerjoin(_subject, _subject.c.id == _task.c.subject_id)
    .outerjoin(_order, _order.c.id == _task.c.order_id)
    .outerjoin(_owner, _owner.c.entra_id == _task.c.owner_id)
    .outerjoin(_supervisor, _supervisor.c.entra_id == _task.c.supervisor_id)
    .outerjoin(_outcome, _outcome.c.id == _task.c.outcome_id)
)
_BUNDLE_BY_REF = PreparedQuery(_BUNDLE.where(_task.c.ref == bindparam("ref")))
_BUNDLE_BY_FORM = PreparedQuery(_BUNDLE.where(_task.c.form_id == bindparam("form_id")))
_BUNDLE_BY_ID = PreparedQuery(_BUNDLE.where(_task.c.id == bindparam("task_id")))
_NUMBER_OF_COLUMNS = [len(columns_of(entity)) for entity, _ in _PARTS]


def _bundle_from(row: Sequence[Any]) -> TaskBundle:
    parts: list[Any] = []
    start = 0
    for (entity, _), width in zip(_PARTS, _NUMBER_OF_COLUMNS, strict=True):
        values = row[start : start + width]
        parts.append(None if values[0] is None else entity_from(entity, values))
        start += width
    return TaskBundle(*parts)


def bundle_by_ref(connection: Connection, ref: str) -> TaskBundle | None:
    """The task with this reference and what stands around it."""
    row = _BUNDLE_BY_REF.first(connection, ref=ref)
    return None if row is None else _bundle_from(row)


def bundle_by_form(connection: Connection, form_id: str) -> TaskBundle | None:
    """The task that was made with this form, or None."""
    row = _BUNDLE_BY_FORM.first(connection, form_id=form_id)
    return None if row is None else _bundle_from(row)


def bundle_by_id(connection: Connection, task_id: UUID) -> TaskBundle | None:
    """The task with this id and what stands around it."""
    row = _BUNDLE_BY_ID.first(connection, task_id=task_id)
    return None if row is None else _bundle_from(row)


def bundles_where(
    connection: Connection, *conditions: ColumnElement[bool], limit: int = 200
) -> list[TaskBundle]:
    """Tasks that meet the conditions, the soonest due first."""
    query = _BUNDLE.where(*conditions).order_by(_task.c.due_at, _task.c.number).limit(limit)
    return [_bundle_from(row) for row in connection.execute(query)]


def count_where(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    """How many tasks meet the conditions (over the task and its subject)."""
    query = select(func.count()).select_from(_task.outerjoin(_subject, _subject.c.id == _task.c.subject_id))
    return int(connection.execute(query.where(*conditions)).scalar_one())


def districts_with_open_tasks(connection: Connection) -> list[str]:
    """The districts in which there is still something to do."""
    return list(connection.execute(select(_task.c.district_id).where(is_open()).distinct()).scalars())


def is_open() -> ColumnElement[bool]:
    """Condition: there is still something to do."""
    return _IS_OPEN


def examples_of_work(connection: Connection, but_in: Collection[str]) -> list[TaskBundle]:
    """One task of each group that needs somebody: the same people, district and restricted subject.

    It needs somebody while it is open, and once the desk has sent its result back. Not of these districts.
    """
    numbers = [
        number for query in _groups_of_work(but_in) for number in connection.execute(query).scalars().all()
    ]
    found: list[TaskBundle] = []
    for some in in_parts(numbers):
        query = _BUNDLE.where(_task.c.number.in_(some))
        found += [_bundle_from(row) for row in connection.execute(query)]
    return sorted(found, key=lambda each: each.task.number)


def _groups_of_work(but_in: Collection[str]) -> list[Select[Any]]:
    hidden = case((_subject.c.restricted.is_(True), _subject.c.id))
    is_new = case((_task.c.state == TaskState.UNALLOCATED, 1), else_=0)
    group = (_task.c.district_id, _task.c.owner_id, _task.c.supervisor_id, hidden, is_new)
    with_subject = _task.outerjoin(_subject, _subject.c.id == _task.c.subject_id)
    number, here = func.min(_task.c.number), _task.c.district_id.not_in(but_in)
    return [
        select(number).select_from(with_subject).where(is_open(), here).group_by(*group),
        select(number)
        .select_from(_outcome.join(with_subject, _task.c.outcome_id == _outcome.c.id))
        .where(_IS_SENT_BACK, here, in_state(TaskState.DONE))
        .group_by(*group),
    ]


def work_of(connection: Connection, people: Collection[str], but_in: Collection[str]) -> list[TaskBundle]:
    """What needs somebody and lies with these people, as its officer or supervisor; the soonest due first."""
    found = set[UUID]()
    for some in in_parts(sorted(people)):
        for theirs in (_task.c.owner_id.in_(some), _task.c.supervisor_id.in_(some)):
            for query in (select(_task.c.id).where(is_open()), _SENT_BACK_TASKS):
                here = query.where(theirs, _task.c.district_id.not_in(but_in))
                found |= set(connection.execute(here).scalars())
    bundles = (bundle_by_id(connection, task_id) for task_id in found)
    return sorted(filter(None, bundles), key=lambda each: (each.task.due_at, each.task.number))


_SENT_BACK_TASKS = (
    select(_task.c.id)
    .select_from(_outcome.join(_task, _task.c.outcome_id == _outcome.c.id))
    .where(_IS_SENT_BACK, _task.c.state == TaskState.DONE)
)


def visible_to(reader_id: str | None) -> ColumnElement[bool]:
    """Condition: the subject is not restricted, or the reader is named. None reads for a channel."""
    unrestricted = or_(_subject.c.id.is_(None), _subject.c.restricted.is_(False))
    if reader_id is None:
        return unrestricted
    named = select(_access.c.subject_id).where(_access.c.entra_id == reader_id)
    return or_(unrestricted, _subject.c.id.in_(named))


def in_districts(districts: Sequence[str]) -> ColumnElement[bool]:
    """Condition: the task belongs to one of these districts."""
    return _task.c.district_id.in_(districts)


def owned_by(entra_id: str) -> ColumnElement[bool]:
    """Condition: the task is this person's."""
    return _task.c.owner_id == entra_id


def waits_for(entra_id: str) -> ColumnElement[bool]:
    """Condition: it is open, and this person has it, or is its supervisor while nobody has it."""
    # Each half is whole, so that each is found by an index of its own.
    by_supervisor = and_(_task.c.owner_id.is_(None), _task.c.supervisor_id == entra_id, is_open())
    return or_(and_(_task.c.owner_id == entra_id, is_open()), by_supervisor)


def about_subject(subject_id: UUID) -> ColumnElement[bool]:
    """Condition: the task is about this subject."""
    return _task.c.subject_id == subject_id


def due_before(moment: datetime) -> ColumnElement[bool]:
    """Condition: due at this moment or earlier."""
    return _task.c.due_at <= moment


def due_sooner_than(moment: datetime) -> ColumnElement[bool]:
    """Condition: due before this moment."""
    return _task.c.due_at < moment


def in_state(*states: TaskState) -> ColumnElement[bool]:
    """Condition: the task is in one of these states."""
    return _task.c.state.in_(states)


def is_undelivered() -> ColumnElement[bool]:
    """Condition: the card of its present officer is parked or failing."""
    return exists().where(
        _outbox.c.task_id == _task.c.id,
        _outbox.c.person_id == _task.c.owner_id,
        *CARD_FAILS,
    )


def asks_for_time() -> ColumnElement[bool]:
    """Condition: its officer asks for more time."""
    return _task.c.asked_until.is_not(None)


def same_work(
    owner_id: str, order_id: UUID | None, subject_id: UUID | None, kind: TaskKind
) -> ColumnElement[bool]:
    """Condition: the same kind of work for the same officer about the same order and subject."""
    return and_(
        _task.c.owner_id == owner_id,
        _task.c.order_id == order_id if order_id else _task.c.order_id.is_(None),
        _task.c.subject_id == subject_id if subject_id else _task.c.subject_id.is_(None),
        _task.c.kind == kind,
    )


# --- subjects and orders ---------------------------------------------------------------------

_SUBJECT_BY_REF = select(_subject).where(_subject.c.ref == bindparam("ref"))
_SUBJECT_BY_ID = select(_subject).where(_subject.c.id == bindparam("subject_id"))
_ORDER_BY_REF = select(_order).where(_order.c.ref == bindparam("ref"))
_ORDERS_OF_SUBJECT = (
    select(_order).where(_order.c.subject_id == bindparam("subject_id")).order_by(_order.c.ref)
)
_CONDITIONS = (
    select(_condition).where(_condition.c.order_id == bindparam("order_id")).order_by(_condition.c.position)
)
_HAS_ACCESS = select(_access.c.entra_id).where(
    _access.c.subject_id == bindparam("subject_id"), _access.c.entra_id == bindparam("entra_id")
)


def subject_by_ref(connection: Connection, ref: str) -> Subject | None:
    """The subject with this reference."""
    return one(connection, Subject, _SUBJECT_BY_REF, ref=ref)


def subject_by_id(connection: Connection, subject_id: UUID) -> Subject | None:
    """The subject with this id."""
    return one(connection, Subject, _SUBJECT_BY_ID, subject_id=subject_id)


def order_by_ref(connection: Connection, ref: str) -> ProtectiveOrder | None:
    """The order with this reference."""
    return one(connection, ProtectiveOrder, _ORDER_BY_REF, ref=ref)


def order_by_id(connection: Connection, order_id: UUID) -> ProtectiveOrder | None:
    """The order with this id."""
    return one(connection, ProtectiveOrder, select(_order).where(_order.c.id == order_id))


def orders_of_subject(connection: Connection, subject_id: UUID) -> list[ProtectiveOrder]:
    """All orders about a subject, by reference."""
    return many(connection, ProtectiveOrder, _ORDERS_OF_SUBJECT, subject_id=subject_id)


def conditions_of(connection: Connection, order_id: UUID) -> list[OrderCondition]:
    """The conditions of an order, in its own sequence."""
    return many(connection, OrderCondition, _CONDITIONS, order_id=order_id)


def has_access(connection: Connection, subject_id: UUID, entra_id: str) -> bool:
    """Whether this person is named for this restricted subject."""
    values = {"subject_id": subject_id, "entra_id": entra_id}
    return connection.execute(_HAS_ACCESS, values).first() is not None


def orders_of_districts(
    connection: Connection, districts: Sequence[str], reader_id: str | None, limit: int | None = None
) -> list[tuple[ProtectiveOrder, Subject]]:
    """Orders that are not closed, with their subjects that the reader may see, by end date."""
    return _orders(connection, districts, visible_to(reader_id), limit)


def unserved_orders(
    connection: Connection, districts: Sequence[str], statuses: Collection[OrderStatus], today: date
) -> list[tuple[ProtectiveOrder, Subject]]:
    """Orders in one of these states that nobody served and whose last day is not past, by end date.

    Restricted subjects' too: for rules, never for a reader.
    """
    unserved = and_(_order.c.served_at.is_(None), _order.c.status.in_(statuses))
    not_past = or_(_order.c.last_day.is_(None), _order.c.last_day >= today)
    return _orders(connection, districts, and_(unserved, not_past), None)


def _orders(
    connection: Connection, districts: Sequence[str], which: ColumnElement[bool], limit: int | None
) -> list[tuple[ProtectiveOrder, Subject]]:
    query = (
        select(*columns_of(ProtectiveOrder), *(c.label(f"s_{c.name}") for c in columns_of(Subject)))
        .join(_subject, _subject.c.id == _order.c.subject_id)
        .where(_order.c.district_id.in_(districts), _order.c.closed_at.is_(None), which)
        .order_by(_order.c.last_day, _order.c.ref)
        .limit(limit)
    )
    width = len(columns_of(ProtectiveOrder))
    return [
        (entity_from(ProtectiveOrder, row[:width]), entity_from(Subject, row[width:]))
        for row in connection.execute(query)
    ]


def orders_to_visit(connection: Connection, order_ids: Collection[UUID]) -> set[UUID]:
    """Those of these orders for which an open visit stands, whoever has it and wherever."""
    found: set[UUID] = set()
    for some in in_parts(order_ids):
        is_visit = _task.c.kind == TaskKind.COMPLIANCE_VISIT
        query = select(_task.c.order_id).where(_task.c.order_id.in_(some), is_visit, is_open())
        found |= set(connection.execute(query.distinct()).scalars())
    return found


def last_seen_for(
    connection: Connection, order_ids: Collection[UUID], codes: Collection[str]
) -> dict[UUID, datetime]:
    """When a visit for each of these orders last came to one of these results that stands."""
    found: dict[UUID, datetime] = {}
    for some in in_parts(order_ids):
        query = (
            select(_outcome.c.order_id, func.max(_outcome.c.happened_at))
            .join(_task, _task.c.outcome_id == _outcome.c.id)
            .where(_outcome.c.order_id.in_(some), _outcome.c.code.in_(codes))
            .where(_task.c.kind == TaskKind.COMPLIANCE_VISIT, _STANDING)
            .group_by(_outcome.c.order_id)
        )
        found |= {order_id: at for order_id, at in connection.execute(query)}
    return found


def people_named_for(connection: Connection, subject_id: UUID) -> list[str]:
    """The people who may see a restricted subject, by Entra id."""
    query = select(_access.c.entra_id).where(_access.c.subject_id == subject_id)
    return list(connection.execute(query.order_by(_access.c.entra_id)).scalars())


def subjects_of_districts(
    connection: Connection, districts: Sequence[str], reader_id: str | None, limit: int | None = None
) -> list[Subject]:
    """Subjects that the reader may see, by reference."""
    query = select(_subject).where(_subject.c.district_id.in_(districts), visible_to(reader_id))
    return many(connection, Subject, query.order_by(_subject.c.number).limit(limit))


def references_among(
    connection: Connection, references: Collection[str], districts: Sequence[str], reader_id: str | None
) -> list[str]:
    """Those of these references that name a subject or an order, closed or not, that the reader may see."""
    of_subject = select(_subject.c.ref).where(
        _subject.c.ref.in_(references), _subject.c.district_id.in_(districts), visible_to(reader_id)
    )
    of_order = (
        select(_order.c.ref)
        .join(_subject, _subject.c.id == _order.c.subject_id)
        .where(_order.c.ref.in_(references), _order.c.district_id.in_(districts), visible_to(reader_id))
    )
    return [ref for query in (of_subject, of_order) for ref in connection.execute(query).scalars()]


# --- outcomes --------------------------------------------------------------------------------

_STANDING = _outcome.c.state != OutcomeState.WITHDRAWN
_VISITS_OF_SUBJECT = (
    select(_outcome)
    .join(_task, _task.c.outcome_id == _outcome.c.id)
    .where(
        _outcome.c.subject_id == bindparam("subject_id"), _task.c.kind == TaskKind.COMPLIANCE_VISIT, _STANDING
    )
    .order_by(_outcome.c.happened_at.desc())
    .limit(6)
)


def outcome_by_id(connection: Connection, outcome_id: UUID) -> Outcome | None:
    """The outcome with this id."""
    return one(connection, Outcome, select(_outcome).where(_outcome.c.id == outcome_id))


def results_of_task(connection: Connection, task_id: UUID, codes: Collection[str]) -> list[Outcome]:
    """Every outcome with one of these codes that was ever recorded for a task, whether it stands or not."""
    of_task = _outcome.c.task_id == task_id, _outcome.c.code.in_(codes)
    return many(connection, Outcome, select(_outcome).where(*of_task))


def last_visits(connection: Connection, subject_id: UUID) -> list[Outcome]:
    """The last six visit outcomes that stand about a subject, newest first."""
    return many(connection, Outcome, _VISITS_OF_SUBJECT, subject_id=subject_id)


def _of_district(district_id: str, *what: Any) -> Select[Any]:
    """Of the outcomes of a district about unrestricted subjects."""
    subject = _outcome.outerjoin(_subject, _subject.c.id == _outcome.c.subject_id)
    return select(*what).select_from(subject).where(_outcome.c.district_id == district_id, visible_to(None))


def latest_outcomes(
    connection: Connection, district_id: str, *conditions: ColumnElement[bool], limit: int
) -> list[Outcome]:
    """Outcomes about unrestricted subjects of a district that meet the conditions, newest first."""
    query = _of_district(district_id, _outcome).where(*conditions)
    return many(connection, Outcome, query.order_by(_outcome.c.recorded_at.desc()).limit(limit))


def count_outcomes(connection: Connection, district_id: str, *conditions: ColumnElement[bool]) -> int:
    """How many outcomes about unrestricted subjects of a district meet the conditions."""
    return int(connection.execute(_of_district(district_id, func.count()).where(*conditions)).scalar_one())


def count_in_state(
    connection: Connection, district_id: str, states: Collection[OutcomeState], before: datetime
) -> tuple[int, int]:
    """How many of them are in one of these states: recorded before this moment, and since."""
    # Told apart as they are counted: asked for by time, SQLite would read all that was recorded before.
    early = func.coalesce(func.sum(case((_outcome.c.recorded_at < before, 1), else_=0)), 0)
    query = _of_district(district_id, early, func.count()).where(_outcome.c.state.in_(states))
    number, total = connection.execute(query).one()
    return int(number), int(total) - int(number)


def count_by_code(
    connection: Connection, district_id: str, *conditions: ColumnElement[bool]
) -> dict[str, int]:
    """The same by their codes."""
    query = _of_district(district_id, _outcome.c.code, func.count()).where(*conditions)
    return {code: int(number) for code, number in connection.execute(query.group_by(_outcome.c.code))}


def tasks_of_outcomes(
    connection: Connection, district_id: str, *conditions: ColumnElement[bool], limit: int
) -> list[str]:
    """The references of the tasks for which outcomes stand that meet the conditions, oldest first."""
    query = _of_district(district_id, _task.c.ref).where(_task.c.id == _outcome.c.task_id, *conditions)
    query = query.where(_task.c.outcome_id == _outcome.c.id).order_by(_outcome.c.recorded_at).limit(limit)
    return list(connection.execute(query).scalars())


def outcome_waits_to_be_keyed(*routes: RecordsRoute) -> ColumnElement[bool]:
    """Condition: it stands, and a person has yet to key it by hand; by one of these routes, or any."""
    unkeyed = and_(_IS_UNKEYED, _outcome.c.athena_ref.is_(None), outcome_stands())
    return and_(unkeyed, _outcome.c.route.in_(routes)) if routes else unkeyed


def outcome_is_sent_back() -> ColumnElement[bool]:
    """Condition: it stands, and the records desk sent it back."""
    return and_(_IS_SENT_BACK, outcome_stands())


def outcome_stands() -> ColumnElement[bool]:
    """Condition: it is the one that stands for its task."""
    return (
        exists()
        .where(_task.c.id == _outcome.c.task_id, _task.c.outcome_id == _outcome.c.id)
        .correlate(_outcome)
    )


def outcome_in_state(*states: OutcomeState) -> ColumnElement[bool]:
    """Condition: the outcome is in one of these states."""
    return _outcome.c.state.in_(states)


def outcome_with_code(*codes: str) -> ColumnElement[bool]:
    """Condition: the outcome has one of these codes."""
    return _outcome.c.code.in_(codes)


def outcome_is_correction() -> ColumnElement[bool]:
    """Condition: the outcome was recorded to correct an earlier one."""
    return _outcome.c.corrects_id.is_not(None)


def outcome_stands_since(moment: datetime) -> ColumnElement[bool]:
    """Condition: recorded at or after this moment, and the one that stands for its task."""
    return and_(_outcome.c.recorded_at >= moment, outcome_stands())


def last_change(connection: Connection, task_id: UUID, *actions: str) -> TaskChange | None:
    """The latest entry of a task's history with one of these actions."""
    change = table_of(TaskChange)
    query = select(change).where(change.c.task_id == task_id, change.c.action.in_(actions))
    return one(connection, TaskChange, query.order_by(change.c.at.desc()))


def reason_of_last(connection: Connection, task_id: UUID, *actions: str) -> str:
    """The words with which one of these was last done to a task, or nothing."""
    change = last_change(connection, task_id, *actions)
    return change.reason if change else ""


def change_made(connection: Connection, task_id: UUID, action: str, at: datetime) -> TaskChange | None:
    """The entry of a task's history with this action, made at this time."""
    change = table_of(TaskChange)
    query = select(change).where(change.c.task_id == task_id, change.c.action == action, change.c.at == at)
    return one(connection, TaskChange, query.order_by(change.c.id.desc()))


def notes_of(connection: Connection, task_id: UUID) -> list[TaskNote]:
    """The notes of a task, oldest first."""
    note = table_of(TaskNote)
    return many(connection, TaskNote, select(note).where(note.c.task_id == task_id).order_by(note.c.at))


def reasons_of(connection: Connection, task_id: UUID) -> list[TaskChange]:
    """The changes of a task that somebody gave a reason for, oldest first."""
    change = table_of(TaskChange)
    query = select(change).where(change.c.task_id == task_id, change.c.reason != "")
    return many(connection, TaskChange, query.order_by(change.c.at))
