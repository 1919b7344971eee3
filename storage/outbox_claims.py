"""Taking rows of the outbox under lease: who may send what, and when to look again.

Rows of one lane are delivered one after the other.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)

from storage.database import database_now
from storage.enums import OutboxKind, OutboxState
from storage.prepared import Prepared
from storage.rows import many, table_of
from storage.tables import Outbox

LEASE = timedelta(seconds=60)
_MOST_FOR_ONE = 2
"""Of the rows under way: a chat whose turns are used up, or that does not answer, holds up no other."""

_outbox = table_of(Outbox)


def target_of(row: Outbox) -> str:
    """The person or conversation that a row is for; empty for the records system, and where it is several."""
    return row.person_id or row.conversation_id or ""


@dataclass(frozen=True)
class Busy:
    """What is left alone for the moment."""

    lanes: Collection[str] = ()
    targets: Collection[str] = ()
    """Persons and conversations to whom nothing may be sent just now."""
    under_way: Mapping[str, int] = field(default_factory=dict)
    """How many rows are being sent to each person or conversation."""


NOTHING_BUSY = Busy()


@dataclass(frozen=True)
class Known:
    """The names of the notices that this version knows, and those of them that leave before all else."""

    names: Sequence[str]
    urgent: Sequence[str] = ()


def claim(
    connection: Connection,
    now: datetime,
    limit: int,
    *kinds: OutboxKind,
    known: Known,
    busy: Busy = NOTHING_BUSY,
) -> list[Outbox]:
    """Take the heads of up to `limit` lanes under lease, of some kinds or of all. `now` is rule time.

    What is urgent goes first, then what was due first. A lane with a row under way is left alone, and so
    is what is `busy`. Nobody's rows take all places. A row whose lease ran out may have been sent: it comes
    back marked unclear.
    """
    at = database_now(connection)
    connection.execute(_GIVE_BACK[connection.dialect.name], {"at": at})
    moment = {"now": now, "at": at, "known": known.names, "urgent": known.urgent}
    heads = _heads_of_lanes(connection, moment, limit, kinds, busy)
    if heads and connection.dialect.name == "postgresql":
        heads = _alone_in_their_lanes(connection, heads)
    if not heads:
        return []
    connection.execute(_TAKE, {"heads": heads, "until": at + LEASE})
    return many(connection, Outbox, _BY_IDS, ids=heads)


_IS_EXPIRED = and_(_outbox.c.state == OutboxState.SENDING, _outbox.c.lease_until < bindparam("at"))
# A replica that hangs may still hold the row that it took: that one comes back when its transaction is ended.
_EXPIRED = select(_outbox.c.id).where(_IS_EXPIRED).with_for_update(skip_locked=True)


def _give_back(which: ColumnElement[bool]) -> Update:
    return (
        update(_outbox)
        .where(which)
        .values(
            state=OutboxState.WAITING,
            lease_until=None,
            unclear=_outbox.c.unclear + 1,
            last_error="lease-ran-out",
        )
    )


_GIVE_BACK = {"sqlite": _give_back(_IS_EXPIRED), "postgresql": _give_back(_outbox.c.id.in_(_EXPIRED))}
# By their ids alone: nobody else can have taken them, and SQLite would look through all that waits.
_TAKE = (
    update(_outbox)
    .where(_outbox.c.id.in_(bindparam("heads", expanding=True)))
    .values(state=OutboxState.SENDING, lease_until=bindparam("until"), attempts=_outbox.c.attempts + 1)
)
_BY_IDS = select(_outbox).where(_outbox.c.id.in_(bindparam("ids", expanding=True))).order_by(_outbox.c.id)
_before = _outbox.alias("before")
_IS_KNOWN = or_(_outbox.c.purpose.is_(None), _outbox.c.purpose.in_(bindparam("known", expanding=True)))
"""A row of a later version, which runs beside this one, waits for a replica that knows what it is."""
_IS_URGENT = func.coalesce(_outbox.c.purpose, "").in_(bindparam("urgent", expanding=True))
_TARGET = func.coalesce(_outbox.c.person_id, _outbox.c.conversation_id, "")


_RENEW = Prepared(
    update(_outbox)
    .where(
        _outbox.c.id == bindparam("of_row"),
        _outbox.c.attempts == bindparam("of_attempt"),
        _outbox.c.state == OutboxState.SENDING,
    )
    .values(lease_until=bindparam("until"))
)


def renew(connection: Connection, row: Outbox) -> bool:
    """Begin our lease on a row anew; False where somebody else has taken the row meanwhile."""
    until = database_now(connection) + LEASE
    return _RENEW.run(connection, {"of_row": row.id, "of_attempt": row.attempts, "until": until}) == 1


_OURS = select(_outbox.c.id).where(
    _outbox.c.id == bindparam("of_row"),
    _outbox.c.attempts == bindparam("of_attempt"),
    _outbox.c.state == OutboxState.SENDING,
    _outbox.c.lease_until > bindparam("at"),
)


def is_ours(connection: Connection, row: Outbox) -> bool:
    """Whether a row is still under the lease with which it was taken."""
    asked = {"of_row": row.id, "of_attempt": row.attempts, "at": database_now(connection)}
    return connection.execute(_OURS, asked).first() is not None


def _heads_of_lanes(
    connection: Connection,
    moment: dict[str, Any],
    limit: int,
    kinds: tuple[OutboxKind, ...],
    busy: Busy,
) -> list[int]:
    """Asked again without whoever has enough, until the places are taken or nothing else is ready."""
    found: list[int] = []
    taken = Counter(busy.under_way)
    for question in _questions(connection.dialect.name, kinds):
        has_left_some = True
        while has_left_some and len(found) < limit:
            asked = {**moment, **_left_alone(busy, taken), "found": found}
            rows = connection.execute(question, {**asked, "limit": limit - len(found)}).all()
            has_left_some = False
            for head, target in rows:
                if target and taken[target] >= _MOST_FOR_ONE:
                    has_left_some = True
                    continue
                taken[target] += bool(target)
                found.append(head)
    return found


def _left_alone(busy: Busy, taken: Mapping[str, int]) -> dict[str, list[str]]:
    """For a question: the lanes and targets of which nothing is wanted."""
    full = [target for target, count in taken.items() if count >= _MOST_FOR_ONE]
    return {"resting": list(busy.lanes), "full": [*busy.targets, *full]}


@cache
def _questions(dialect: str, kinds: tuple[OutboxKind, ...]) -> tuple[Select[Any], ...]:
    """What is urgent, then all else: each stops at its limit; one sorted answer would read all that waits."""
    ready = _ready().where(_outbox.c.id.not_in(bindparam("found", expanding=True)))
    ready = ready.order_by(_outbox.c.send_after, _outbox.c.id).limit(bindparam("limit"))
    if kinds:
        ready = ready.where(_outbox.c.kind.in_(kinds))
    if dialect == "postgresql":
        ready = ready.with_for_update(of=_outbox, skip_locked=True)
    if kinds == (OutboxKind.HAND_OVER,):
        return (ready,)
    return ready.where(_IS_URGENT), ready.where(~_IS_URGENT)


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
    return [head for lane, head in ours.items() if lane not in taken]


def _ready() -> Select[Any]:
    """Rows that are due, with nothing under way in their lane and nothing before them there."""
    now: BindParameter[datetime] = bindparam("now")
    at: BindParameter[datetime] = bindparam("at")
    in_lane = _before.c.lane == _outbox.c.lane
    under_way = exists().where(in_lane, _before.c.state == OutboxState.SENDING)
    comes_first = and_(_before.c.id < _outbox.c.id, _before.c.send_after <= now)
    behind = exists().where(in_lane, _before.c.state == OutboxState.WAITING, comes_first)
    return (
        select(_outbox.c.id, _TARGET)
        .where(_outbox.c.state == OutboxState.WAITING, _outbox.c.send_after <= now, _IS_KNOWN)
        .where(or_(_outbox.c.retry_at.is_(None), _outbox.c.retry_at <= at))
        .where(_TARGET.not_in(bindparam("full", expanding=True)))
        .where(_outbox.c.lane.not_in(bindparam("resting", expanding=True)), ~under_way, ~behind)
    )


_ANY_READY = _ready().limit(1)
_NEXT_RETRY = select(func.min(_outbox.c.retry_at)).where(
    _outbox.c.state == OutboxState.WAITING, _outbox.c.retry_at > bindparam("at")
)
_NEXT_DUE = select(func.min(_outbox.c.send_after)).where(
    _outbox.c.state == OutboxState.WAITING, _outbox.c.send_after > bindparam("now")
)


def next_wait(connection: Connection, now: datetime, known: Known, busy: Busy = NOTHING_BUSY) -> float | None:
    """Seconds until the next row could be due, or None where nothing waits that could be claimed."""
    at = database_now(connection)
    asked = {"now": now, "at": at, "known": known.names, **_left_alone(busy, busy.under_way)}
    if connection.execute(_ANY_READY, asked).first():
        return 0.0
    retry_at = connection.execute(_NEXT_RETRY, {"at": at}).scalar()
    due_at = connection.execute(_NEXT_DUE, {"now": now}).scalar()
    waits = ((at, retry_at), (now, due_at))
    return min(((until - since).total_seconds() for since, until in waits if until), default=None)
