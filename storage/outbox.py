"""The outbox: outward effects as rows, stamped done only on proof. `storage.outbox_claims` takes them.

Several waiting updates of one lane are one update: cards are drawn when they are sent, from the state as it
is then.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
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
from storage.enums import OutboxKind, OutboxState
from storage.prepared import Prepared, PreparedQuery
from storage.rows import many, table_of
from storage.tables import Outbox, Outcome

_outbox = table_of(Outbox)
_outcome = table_of(Outcome)
_AS_A_RULE: dict[str, Any] = {
    "purpose": None,
    "task_id": None,
    "outcome_id": None,
    "order_id": None,
    "person_id": None,
    "conversation_id": None,
    "answer_key": None,
    "about_id": None,
    "hint": "",
    "task_ids": [],
    "facts": {},
}
_NEW: dict[str, Any] = {
    "state": OutboxState.WAITING,
    "attempts": 0,
    "unclear": 0,
    "no_place": 0,
    "doubts": 0,
    "unreachable": False,
}
_JOINS = "joins"
_NOT_TRIED_YET: dict[str, Any] = {
    "retry_at": None,
    "unreachable": False,
    "unclear": 0,
    "no_place": 0,
    "doubts": 0,
    "last_error": None,
}
"""Of a row whose reader has changed: nobody else's chat says anything about theirs."""


def _adding(make: Any) -> Prepared:
    return Prepared(make(_outbox).values(**_NEW).on_conflict_do_nothing(index_elements=["key"]))


_INSERTS = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}


def enqueue(connection: Connection, *rows: dict[str, Any]) -> None:
    """Add effects in the transaction of their cause; a key that is already there stays one effect.

    An update that `joins` and waits to be drawn is drawn with this change too, and needs no second row.
    """
    fresh = [_AS_A_RULE | _stored(row) for row in rows if not _waits_already(connection, row)]
    if fresh:
        _INSERTS[connection.dialect.name].run(connection, *fresh)


_WAITS = (
    select(_outbox.c.id)
    .where(
        _outbox.c.lane == bindparam("of_lane"),
        _outbox.c.state == OutboxState.WAITING,
        _outbox.c.kind == OutboxKind.UPDATE_CARD,
        _outbox.c.send_after <= bindparam("at", type_=_outbox.c.send_after.type),
    )
    .limit(1)
)
# Held until our commit: who takes it then draws what we have changed. One that is being taken is passed over.
_WAITS_FOR_US = PreparedQuery(_WAITS.with_for_update(read=True, skip_locked=True))
"""SQLite has one writer at a time, and knows no such lock."""


def _waits_already(connection: Connection, row: dict[str, Any]) -> bool:
    if not row.get(_JOINS):
        return False
    return bool(_WAITS_FOR_US.all(connection, of_lane=row["lane"], at=row["send_after"]))


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != _JOINS}


_ABSORB = Prepared(
    update(_outbox)
    .where(
        _outbox.c.lane == bindparam("of_lane"),
        _outbox.c.state == OutboxState.WAITING,
        _outbox.c.kind == bindparam("of_kind"),
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


def absorb_later(connection: Connection, row: Outbox, now: datetime) -> None:
    """Take later waiting rows of the same lane and kind into this one, before its card is drawn."""
    later = {"of_lane": row.lane, "of_kind": row.kind, "now": now, "after": row.id, "with": f"with:{row.id}"}
    _ABSORB.run(connection, later)


def replace_unsent(connection: Connection, lane: str, key: str, now: datetime) -> None:
    """Take what waits or was parked in a lane into its newest row, which has this key."""
    newest = connection.execute(select(_outbox.c.id).where(_outbox.c.key == key)).scalar_one()
    connection.execute(
        update(_outbox)
        .where(
            _outbox.c.lane == lane,
            _outbox.c.state.in_((OutboxState.WAITING, OutboxState.PARKED)),
            _outbox.c.id < newest,
        )
        .values(state=OutboxState.DONE, proof=f"with:{newest}", done_at=now)
    )


def stamp_done(connection: Connection, row: Outbox, proof: str, now: datetime) -> bool:
    """The effect took place: `proof` is the message id, the list item id, or why nothing was to be sent.

    Like every stamp it is refused (False) where somebody else has taken the row meanwhile.
    """
    return _finish(
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
    no_place: bool = False,
    doubtful: bool = False,
) -> bool:
    """The effect did not take place, or nobody knows: try again after `wait` (database time).

    `no_place` where its conversation did not answer, `doubtful` where its address may have been a wrong one.
    """
    return _finish(
        connection,
        row,
        state=OutboxState.WAITING,
        lease_until=None,
        retry_at=database_now(connection) + wait,
        last_error=code,
        unclear=row.unclear + unclear,
        no_place=row.no_place + no_place,
        doubts=row.doubts + doubtful,
        unreachable=unreachable,
    )


_GIVEN_UP = and_(_outbox.c.state == OutboxState.PARKED, _outbox.c.kind == OutboxKind.HAND_OVER)


def release_parked(connection: Connection) -> int:
    """Try parked cards again; returns how many there were.

    A hand-over that was given up stays so: somebody may be keying it by hand at this moment.
    """
    done = connection.execute(
        update(_outbox)
        .where(_outbox.c.state == OutboxState.PARKED, _outbox.c.kind != OutboxKind.HAND_OVER)
        .values(state=OutboxState.WAITING, retry_at=None)
    )
    return done.rowcount


def given_up(connection: Connection) -> list[Outbox]:
    """The hand-overs that were given up, oldest first."""
    return many(connection, Outbox, select(_outbox).where(_GIVEN_UP).order_by(_outbox.c.id))


def release_given_up(connection: Connection, row: Outbox) -> None:
    """Try a hand-over again that was given up."""
    connection.execute(
        update(_outbox)
        .where(_outbox.c.id == row.id, _GIVEN_UP)
        .values(state=OutboxState.WAITING, retry_at=None)
    )


def settle_given_up(connection: Connection, outcome: Outcome, proof: str, now: datetime) -> None:
    """The outcome is on the records system all the same: nothing of it is left to hand over."""
    of_outcome = (_outbox.c.task_id == outcome.task_id, _outbox.c.outcome_id == outcome.id)
    connection.execute(
        update(_outbox)
        .where(*of_outcome, _GIVEN_UP)
        .values(state=OutboxState.DONE, proof=proof, done_at=now, last_error=None)
    )


def park(connection: Connection, row: Outbox, code: str) -> bool:
    """Give up, where people see it."""
    return _finish(connection, row, state=OutboxState.PARKED, lease_until=None, last_error=code)


def _finish(connection: Connection, row: Outbox, **values: Any) -> bool:
    return _FINISH.run(connection, {"of_row": row.id, "of_attempt": row.attempts, **values}) == 1


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


def redirect(
    connection: Connection, task_id: UUID, was: str, becomes: str, purposes: Collection[str]
) -> set[str]:
    """Posts about a task that one person has not got go to another, at once; returns of which sorts."""
    moved = connection.execute(
        update(_outbox)
        .where(
            _outbox.c.task_id == task_id,
            _outbox.c.person_id == was,
            _outbox.c.kind == OutboxKind.POST_CARD,
            _outbox.c.purpose.in_(purposes),
            _outbox.c.state.in_((OutboxState.WAITING, OutboxState.PARKED)),
        )
        .values(person_id=becomes, state=OutboxState.WAITING, **_NOT_TRIED_YET)
        .returning(_outbox.c.purpose)
    )
    return set(moved.scalars())


def put_before(connection: Connection, row: Outbox, person_id: str) -> None:
    """The row, which is under our lease, is for another person: it goes out to them at once."""
    _finish(
        connection, row, state=OutboxState.WAITING, lease_until=None, person_id=person_id, **_NOT_TRIED_YET
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
    return _count(connection, _outbox.c.state == OutboxState.WAITING, _outbox.c.unreachable.is_(True))


def _lanes_that_wait_for_somebody() -> Select[Any]:
    return select(_outbox.c.lane).where(
        _outbox.c.state == OutboxState.WAITING, _outbox.c.unreachable.is_(True)
    )


def parked_count(connection: Connection) -> int:
    """How many rows are parked; `storage.parked` says what of it others may know."""
    return _count(connection, _outbox.c.state == OutboxState.PARKED)


def due_count(connection: Connection, now: datetime, kind: OutboxKind) -> int:
    """How many rows of a kind should have gone out by now and have not.

    A hand-over that was given up counts until somebody has keyed its outcome by hand.
    """
    not_done = _outbox.c.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.PARKED))
    is_keyed = exists().where(_outcome.c.id == _outbox.c.outcome_id, _outcome.c.athena_ref.is_not(None))
    is_settled = and_(_outbox.c.state == OutboxState.PARKED, is_keyed)
    return _count(connection, _outbox.c.kind == kind, not_done, _outbox.c.send_after <= now, ~is_settled)


def under_way_count(connection: Connection, kind: OutboxKind) -> int:
    """How many rows of a kind somebody is sending at this moment, under a lease that has not run out."""
    at = database_now(connection)
    return _count(
        connection,
        _outbox.c.kind == kind,
        _outbox.c.state == OutboxState.SENDING,
        _outbox.c.lease_until >= at,
    )


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(_outbox).where(*conditions)
    return int(connection.execute(query).scalar_one())
