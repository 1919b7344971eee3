"""What was given up, as everybody in a channel may count it: nothing about a restricted subject."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, select

from storage.enums import OutboxKind, OutboxState
from storage.rows import in_parts, many, table_of
from storage.tables import Outbox, ProtectiveOrder, Subject, Task

_outbox = table_of(Outbox)
_subject = table_of(Subject)
_PARKED = select(_outbox).where(
    _outbox.c.state == OutboxState.PARKED,
    _outbox.c.kind != OutboxKind.HAND_OVER,
    _outbox.c.district_id == bindparam("district"),
)


@dataclass(frozen=True)
class Matter:
    """What a message is about. Without any of these it is about nothing that could be restricted."""

    tasks: frozenset[UUID] = frozenset()
    orders: frozenset[UUID] = frozenset()
    subjects: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, row: Outbox) -> Self | None:
        """What its row names; None where it names nothing: it may be about anything."""
        tasks = {*([row.task_id] if row.task_id else []), *(UUID(each) for each in row.task_ids)}
        orders = {row.order_id} if row.order_id else set()
        return cls(frozenset(tasks), frozenset(orders)) if tasks or orders else None


def messages_of(connection: Connection, district_id: str) -> list[Outbox]:
    """A district's parked messages. A hand-over that was given up is none: its outcome says so."""
    return many(connection, Outbox, _PARKED, district=district_id)


def count_for_all(connection: Connection, matters: Sequence[Matter]) -> int:
    """How many of these are about nothing restricted."""
    tasks = _restricted(connection, table_of(Task), (each for matter in matters for each in matter.tasks))
    orders = _restricted(
        connection, table_of(ProtectiveOrder), (each for matter in matters for each in matter.orders)
    )
    subjects = _restricted_subjects(connection, (each for matter in matters for each in matter.subjects))
    return sum(
        not (each.tasks & tasks or each.orders & orders or each.subjects & subjects) for each in matters
    )


def _restricted_subjects(connection: Connection, ids: Iterable[UUID]) -> set[UUID]:
    hidden: set[UUID] = set()
    for some in in_parts(ids):
        query = select(_subject.c.id).where(_subject.c.id.in_(some), _subject.c.restricted.is_(True))
        hidden |= set(connection.execute(query).scalars())
    return hidden


def _restricted(connection: Connection, table: Table, ids: Iterable[UUID]) -> set[UUID]:
    """Those of these tasks or orders whose subject is restricted now."""
    hidden: set[UUID] = set()
    for some in in_parts(ids):
        joined = table.join(_subject, _subject.c.id == table.c.subject_id)
        query = select(table.c.id).select_from(joined).where(_subject.c.restricted.is_(True))
        hidden |= set(connection.execute(query.where(table.c.id.in_(some))).scalars())
    return hidden
