"""The outbox: outward effects as rows, claimed by lease, stamped done only on proof.

Rows of one lane are delivered one after the other. Several waiting updates of one lane are one update:
cards are drawn when they are sent, from the state as it is then.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
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
_AS_A_RULE: dict[str, Any] = {
    "purpose": None,
    "task_id": None,
    "outcome_id": None,
    "order_id": None,
    "person_id": None,
    "conversation_id": None,
    "answer_key": None,
    "hint": "",
    "task_ids": [],
}
_NEW: dict[str, Any] = {
    "state": OutboxState.WAITING,
    "attempts": 0,
    "unclear": 0,
    "unreachable": False,
}


def _adding(make: Any) -> Prepared:
    return Prepared(make(_outbox).values(**_NEW).on_conflict_do_nothing(index_elements=["key"]))


_INSERTS = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}


def enqueue(connection: Connection, *rows: dict[str, Any]) -> None:
    """Add effects in the transaction of their cause; a key that is already there stays one effect."""
    if rows:
        _INSERTS[connection.dialect.name].run(connection, *(_AS_A_RULE | row for row in rows))


def claim(
    connection: Connection,
    now: datetime,
    limit: int,
    *kinds: OutboxKind,
    resting: Collection[str] = (),
) -> list[Outbox]:
    """Take the heads of up to `limit` lanes under lease, of some kinds or of all. `now` is rule time.

    Notices of a breach go first, then what was due first. A lane with a row under way is left alone, and so
    are the lanes that are `resting`. A row whose lease ran out may have been sent: it comes back marked
    unclear.
    """
    at = database_now(connection)
    connection.execute(_GIVE_BACK_EXPIRED, {"at": at})
    moment = {"now": now, "at": at, "resting": list(resting)}
    heads = _heads_of_lanes(connection, moment, limit, kinds)
    if heads and connection.dialect.name == "postgresql":
        heads = _alone_in_their_lanes(connection, heads)
    if not heads:
        return []
    connection.execute(_TAKE, {"heads": heads, "until": at + LEASE})
    return many(connection, Outbox, _BY_IDS, ids=heads)


_GIVE_BACK_EXPIRED = (
    update(_outbox)
    .where(_outbox.c.state == OutboxState.SENDING, _outbox.c.lease_until < bindparam("at"))
    .values(
        state=OutboxState.WAITING,
        lease_until=None,
        unclear=_outbox.c.unclear + 1,
        last_error="lease-ran-out",
    )
)
# By their ids alone: nobody else can have taken them, and SQLite would look through all that waits.
_TAKE = (
    update(_outbox)
    .where(_outbox.c.id.in_(bindparam("heads", expanding=True)))
    .values(state=OutboxState.SENDING, lease_until=bindparam("until"), attempts=_outbox.c.attempts + 1)
)
_BY_IDS = select(_outbox).where(_outbox.c.id.in_(bindparam("ids", expanding=True))).order_by(_outbox.c.id)
_before = _outbox.alias("before")
_IS_BREACH = _outbox.c.purpose == CardPurpose.BREACH_NOTICE


def _heads_of_lanes(
    connection: Connection, moment: dict[str, Any], limit: int, kinds: tuple[OutboxKind, ...]
) -> list[int]:
    found: list[int] = []
    for question in _questions(connection.dialect.name, kinds):
        if len(found) < limit:
            wanted = {**moment, "limit": limit - len(found)}
            found += connection.execute(question, wanted).scalars()
    return found


@cache
def _questions(dialect: str, kinds: tuple[OutboxKind, ...]) -> tuple[Select[Any], ...]:
    """Breaches, then all else: each stops at its limit, where one sorted answer would read all that waits."""
    ready = _ready().order_by(_outbox.c.send_after, _outbox.c.id).limit(bindparam("limit"))
    if kinds:
        ready = ready.where(_outbox.c.kind.in_(kinds))
    if dialect == "postgresql":
        ready = ready.with_for_update(of=_outbox, skip_locked=True)
    if kinds == (OutboxKind.HAND_OVER,):
        return (ready,)
    return ready.where(_IS_BREACH), ready.where(_IS_BREACH.is_not(True))


_LOCKED = select(
    _outbox.c.id, _outbox.c.lane, func.pg_try_advisory_xact_lock(func.hashtextextended(_outbox.c.lane, 0))
).where(_outbox.c.id.in_(bindparam("heads", expanding=True)))
_UNDER_WAY = select(_outbox.c.lane).where(
    _outbox.c.lane.in_(bindparam("lanes", expanding=True)), _outbox.c.state == OutboxState.SENDING
)


def _alone_in_their_lanes(connection: Connection, heads: Sequence[int]) -> list[int]:
    """Those of the heads in whose lane nobody else takes a row now, or has taken one meanwhile.

    Numbers are drawn before they are committed: another replica may see another head of the same lane.
    """
    rows = connection.execute(_LOCKED, {"heads": heads}).all()
    ours = {lane: head for head, lane, is_locked in rows if is_locked}
    taken = set(connection.execute(_UNDER_WAY, {"lanes": list(ours)}).scalars())
    return sorted(head for lane, head in ours.items() if lane not in taken)


def _ready() -> Select[Any]:
    """Rows that are due, with nothing under way in their lane and nothing before them there."""
    now: BindParameter[datetime] = bindparam("now")
    at: BindParameter[datetime] = bindparam("at")
    in_lane = _before.c.lane == _outbox.c.lane
    under_way = exists().where(in_lane, _before.c.state == OutboxState.SENDING)
    comes_first = and_(_before.c.id < _outbox.c.id, _before.c.send_after <= now)
    behind = exists().where(in_lane, _before.c.state == OutboxState.WAITING, comes_first)
    return (
        select(_outbox.c.id)
        .where(_outbox.c.state == OutboxState.WAITING, _outbox.c.send_after <= now)
        .where(or_(_outbox.c.retry_at.is_(None), _outbox.c.retry_at <= at))
        .where(_outbox.c.lane.not_in(bindparam("resting", expanding=True)), ~under_way, ~behind)
    )


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


_AT: BindParameter[datetime] = bindparam("at", type_=_outbox.c.send_after.type)
_BRING_FORWARD = Prepared(
    update(_outbox)
    .where(
        _outbox.c.task_id == bindparam("of_task"),
        _outbox.c.state == OutboxState.WAITING,
        _outbox.c.kind == OutboxKind.UPDATE_CARD,
    )
    # Said here rather than above, where SQLite would go through all that is to come instead of this task's.
    .values(send_after=case((_outbox.c.send_after > _AT, _AT), else_=_outbox.c.send_after))
)


def bring_forward_updates(connection: Connection, task_id: UUID, now: datetime) -> None:
    """Send now the updates of a task that were to wait (a briefing folds away when the outcome is in)."""
    _BRING_FORWARD.run(connection, {"of_task": task_id, "at": now})


_ANY_READY = _ready().limit(1)
_NEXT_RETRY = select(func.min(_outbox.c.retry_at)).where(
    _outbox.c.state == OutboxState.WAITING, _outbox.c.retry_at > bindparam("at")
)
_NEXT_DUE = select(func.min(_outbox.c.send_after)).where(
    _outbox.c.state == OutboxState.WAITING, _outbox.c.send_after > bindparam("now")
)


def next_wait(connection: Connection, now: datetime, resting: Collection[str] = ()) -> float | None:
    """Seconds until the next row could be due, or None where nothing waits that could be claimed."""
    at = database_now(connection)
    if connection.execute(_ANY_READY, {"now": now, "at": at, "resting": list(resting)}).first():
        return 0.0
    retry_at = connection.execute(_NEXT_RETRY, {"at": at}).scalar()
    due_at = connection.execute(_NEXT_DUE, {"now": now}).scalar()
    waits = ((at, retry_at), (now, due_at))
    return min(((until - since).total_seconds() for since, until in waits if until), default=None)


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
