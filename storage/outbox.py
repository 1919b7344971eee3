"""The outbox: outward effects as rows, claimed by lease, stamped done only on proof.

Rows of one lane are delivered one after the other. Several waiting updates of one lane are one update:
cards are drawn when they are sent, from the state as it is then.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import database_now
from storage.enums import CardPurpose, OutboxKind, OutboxState
from storage.prepared import Prepared
from storage.rows import many, table_of
from storage.tables import Outbox, Subject, Task

LEASE = timedelta(seconds=60)

_outbox = table_of(Outbox)
_DEFAULTS: dict[str, Any] = {
    "purpose": None,
    "task_id": None,
    "outcome_id": None,
    "order_id": None,
    "person_id": None,
    "conversation_id": None,
    "answer_key": None,
    "hint": "",
    "task_ids": [],
    "state": OutboxState.WAITING,
    "attempts": 0,
    "unclear": 0,
    "unreachable": False,
}
_INSERTS = {
    "sqlite": Prepared(sqlite.insert(_outbox).on_conflict_do_nothing(index_elements=["key"])),
    "postgresql": Prepared(postgresql.insert(_outbox).on_conflict_do_nothing(index_elements=["key"])),
}


def enqueue(connection: Connection, *rows: dict[str, Any]) -> None:
    """Add effects in the transaction of their cause; a key that is already there stays one effect."""
    if rows:
        _INSERTS[connection.dialect.name].run(connection, *(_DEFAULTS | row for row in rows))


def claim(connection: Connection, now: datetime, limit: int, *kinds: OutboxKind) -> list[Outbox]:
    """Take the heads of up to `limit` lanes under lease, of some kinds or of all. `now` is rule time.

    Notices of a breach go first.

    A lane with a row under way is left alone. A row whose lease ran out may have been sent: it comes back
    marked unclear.
    """
    at = database_now(connection)
    _give_back_expired(connection, at)
    heads = _heads_of_lanes(connection, now, at, limit, kinds)
    if not heads:
        return []
    taken = connection.execute(
        update(_outbox)
        .where(_outbox.c.id.in_(heads), _outbox.c.state == OutboxState.WAITING)
        .values(state=OutboxState.SENDING, lease_until=at + LEASE, attempts=_outbox.c.attempts + 1)
        .returning(_outbox.c.id)
    )
    ours = list(taken.scalars())
    return many(connection, Outbox, select(_outbox).where(_outbox.c.id.in_(ours)).order_by(_outbox.c.id))


def _give_back_expired(connection: Connection, at: datetime) -> None:
    connection.execute(
        update(_outbox)
        .where(_outbox.c.state == OutboxState.SENDING, _outbox.c.lease_until < at)
        .values(
            state=OutboxState.WAITING,
            lease_until=None,
            unclear=_outbox.c.unclear + 1,
            last_error="lease-ran-out",
        )
    )


_BREACHES_FIRST = case((_outbox.c.purpose == CardPurpose.BREACH_NOTICE, 0), else_=1)


def _heads_of_lanes(
    connection: Connection, now: datetime, at: datetime, limit: int, kinds: Sequence[OutboxKind]
) -> list[int]:
    heads = _due_heads(now)
    ready = (
        select(_outbox.c.id)
        .join(heads, heads.c.head == _outbox.c.id)
        .where(_outbox.c.state == OutboxState.WAITING)
        .where(or_(_outbox.c.retry_at.is_(None), _outbox.c.retry_at <= at))
        .order_by(_BREACHES_FIRST, _outbox.c.id)
        .limit(limit)
    )
    if kinds:
        ready = ready.where(_outbox.c.kind.in_(kinds))
    if connection.dialect.name == "postgresql":
        ready = ready.with_for_update(of=_outbox, skip_locked=True)
    return list(connection.execute(ready).scalars())


def _due_heads(now: datetime) -> Subquery:
    """The first due row of every lane in which nothing is under way."""
    return (
        select(func.min(_outbox.c.id).label("head"))
        .where(_waits_in_free_lane(), _outbox.c.send_after <= now)
        .group_by(_outbox.c.lane)
        .subquery()
    )


def _waits_in_free_lane() -> ColumnElement[bool]:
    under_way = select(_outbox.c.lane).where(_outbox.c.state == OutboxState.SENDING)
    return and_(_outbox.c.state == OutboxState.WAITING, _outbox.c.lane.not_in(under_way))


_ABSORB = Prepared(
    update(_outbox)
    .where(
        _outbox.c.lane == bindparam("of_lane"),
        _outbox.c.state == OutboxState.WAITING,
        _outbox.c.kind == OutboxKind.UPDATE_CARD,
        _outbox.c.send_after <= bindparam("now"),
        _outbox.c.id > bindparam("after"),
    )
    .values(state=OutboxState.DONE, proof=bindparam("with"), done_at=bindparam("now"))
)
_FINISH = Prepared(
    update(_outbox).where(
        _outbox.c.id == bindparam("of_row"),
        _outbox.c.attempts == bindparam("of_attempt"),
        _outbox.c.state == OutboxState.SENDING,
    )
)
"""Only under our own lease: another claim would have counted another attempt."""


def absorb_updates(connection: Connection, row: Outbox, now: datetime) -> None:
    """Take the later waiting updates of the same lane into this one, before its card is drawn."""
    if row.kind != OutboxKind.UPDATE_CARD:
        return
    later = {"of_lane": row.lane, "now": now, "after": row.id, "with": f"with:{row.id}"}
    _ABSORB.run(connection, later)


def stamp_done(connection: Connection, row: Outbox, proof: str, now: datetime) -> None:
    """The effect took place: `proof` is the message id, the list item id, or why nothing was to be sent."""
    _finish(
        connection, row, state=OutboxState.DONE, proof=proof, done_at=now, lease_until=None, last_error=None
    )


def put_back(
    connection: Connection,
    row: Outbox,
    code: str,
    wait: timedelta,
    *,
    unclear: bool,
    unreachable: bool = False,
) -> None:
    """The effect did not take place, or nobody knows: try again after `wait` (database time)."""
    _finish(
        connection,
        row,
        state=OutboxState.WAITING,
        lease_until=None,
        retry_at=database_now(connection) + wait,
        last_error=code,
        unclear=row.unclear + (1 if unclear else 0),
        unreachable=unreachable,
    )


def release_parked(connection: Connection) -> int:
    """Try parked rows again; returns how many there were."""
    done = connection.execute(
        update(_outbox)
        .where(_outbox.c.state == OutboxState.PARKED)
        .values(state=OutboxState.WAITING, retry_at=None)
    )
    return done.rowcount


def park(connection: Connection, row: Outbox, code: str) -> None:
    """Give up, where people see it."""
    _finish(connection, row, state=OutboxState.PARKED, lease_until=None, last_error=code)


def _finish(connection: Connection, row: Outbox, **values: Any) -> None:
    _FINISH.run(connection, {"of_row": row.id, "of_attempt": row.attempts, **values})


def release(connection: Connection, reachable: str) -> None:
    """A person, a channel or a lane can be reached now: what waited or was parked goes out at once."""
    connection.execute(
        update(_outbox)
        .where(
            or_(
                _outbox.c.person_id == reachable,
                _outbox.c.conversation_id == reachable,
                _outbox.c.lane == reachable,
            ),
            or_(
                and_(_outbox.c.state == OutboxState.WAITING, _outbox.c.retry_at.is_not(None)),
                and_(_outbox.c.state == OutboxState.PARKED, _outbox.c.kind == OutboxKind.POST_CARD),
            ),
        )
        .values(state=OutboxState.WAITING, retry_at=None)
    )


_BRING_FORWARD = Prepared(
    update(_outbox)
    .where(
        _outbox.c.task_id == bindparam("of_task"),
        _outbox.c.state == OutboxState.WAITING,
        _outbox.c.kind == OutboxKind.UPDATE_CARD,
        _outbox.c.send_after > bindparam("at"),
    )
    .values(send_after=bindparam("at"))
)


def bring_forward_updates(connection: Connection, task_id: UUID, now: datetime) -> None:
    """Send now the updates of a task that were to wait (a briefing folds away when the outcome is in)."""
    _BRING_FORWARD.run(connection, {"of_task": task_id, "at": now})


def next_wait(connection: Connection, now: datetime) -> float | None:
    """Seconds until the next row could be due, or None where nothing waits that could be claimed."""
    heads = _due_heads(now)
    due = select(_outbox.c.retry_at).join(heads, heads.c.head == _outbox.c.id)
    to_come = select(func.min(_outbox.c.send_after)).where(_waits_in_free_lane(), _outbox.c.send_after > now)
    at = database_now(connection)
    waits = [_seconds(at, retry_at) for retry_at in connection.execute(due).scalars()]
    next_due: datetime | None = connection.execute(to_come).scalar()
    return min([*waits, _seconds(now, next_due)] if next_due else waits, default=None)


def _seconds(since: datetime, until: datetime | None) -> float:
    return max((until - since).total_seconds(), 0.0) if until else 0.0


def undelivered(connection: Connection, task_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Tasks whose officer's card is parked or failing, with the short code of why."""
    if not task_ids:
        return {}
    rows = connection.execute(
        select(_outbox.c.task_id, _outbox.c.last_error).where(
            _outbox.c.task_id.in_(task_ids),
            _outbox.c.kind == OutboxKind.POST_CARD,
            _outbox.c.purpose == CardPurpose.OFFICER_TASK,
            _outbox.c.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.PARKED)),
            _outbox.c.last_error.is_not(None),
        )
    )
    return {row[0]: row[1] for row in rows}


def oldest_waiting(connection: Connection, now: datetime) -> datetime | None:
    """Since when the oldest row waits that should have gone out by now, and whose target can be reached."""
    oldest: datetime | None = connection.execute(
        select(func.min(_outbox.c.send_after)).where(
            _outbox.c.state.in_((OutboxState.WAITING, OutboxState.SENDING)),
            _outbox.c.send_after <= now,
            _outbox.c.unreachable.is_(False),
            _outbox.c.lane.not_in(_lanes_that_wait_for_somebody()),
        )
    ).scalar()
    return oldest


def unreachable_count(connection: Connection) -> int:
    """How many rows wait because somebody or a channel cannot be reached."""
    waiting = (_outbox.c.state == OutboxState.WAITING, _outbox.c.unreachable.is_(True))
    return int(connection.execute(select(func.count()).select_from(_outbox).where(*waiting)).scalar_one())


def _lanes_that_wait_for_somebody() -> Select[Any]:
    return select(_outbox.c.lane).where(
        _outbox.c.state == OutboxState.WAITING, _outbox.c.unreachable.is_(True)
    )


def parked_count(connection: Connection, district_id: str | None = None) -> int:
    """How many rows are parked; of a district, without those about its restricted subjects."""
    query = select(func.count()).select_from(_outbox).where(_outbox.c.state == OutboxState.PARKED)
    if district_id is not None:
        query = query.where(_outbox.c.district_id == district_id, ~_about_restricted())
    return int(connection.execute(query).scalar_one())


def _about_restricted() -> ColumnElement[bool]:
    task, subject = table_of(Task), table_of(Subject)
    joined = task.join(subject, subject.c.id == task.c.subject_id)
    restricted = select(task.c.id).select_from(joined).where(subject.c.restricted.is_(True))
    return and_(_outbox.c.task_id.is_not(None), _outbox.c.task_id.in_(restricted))


def due_count(connection: Connection, now: datetime, kind: OutboxKind) -> int:
    """How many rows of a kind should have gone out by now and have not."""
    not_done = _outbox.c.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.PARKED))
    query = select(func.count()).select_from(_outbox)
    return int(
        connection.execute(
            query.where(_outbox.c.kind == kind, not_done, _outbox.c.send_after <= now)
        ).scalar_one()
    )
