"""Rows of the directory's brake: the accepted roll of each district, and which districts wait."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.enums import Role
from storage.prepared import PreparedQuery
from storage.rows import many, table_of
from storage.tables import AcceptedRole, DirectoryBrake, GroupGone, PersonRole

_accepted = table_of(AcceptedRole)
_role = table_of(PersonRole)
_brake = table_of(DirectoryBrake)
_gone = table_of(GroupGone)

Roll = Mapping[str, frozenset[Role]]
"""Entra id -> roles, of one district."""

_BRAKE_OF = PreparedQuery(select(_brake).where(_brake.c.district_id == bindparam("of_district")))
_UNCONFIRMED = (
    select(_accepted.c.district_id, _accepted.c.role)
    .join(_brake, _brake.c.district_id == _accepted.c.district_id)
    .where(_accepted.c.entra_id == bindparam("of_person"))
)
_IS_HELD = and_(
    _role.c.entra_id == _accepted.c.entra_id,
    _role.c.district_id == _accepted.c.district_id,
    _role.c.role == _accepted.c.role,
)
_ONE_AT_A_TIME = 7_304_115
"""Any number: who reads the directory, and who confirms it, wait for one another."""


def take_turns(connection: Connection) -> None:
    """Until this transaction ends nobody else compares the directory with the accepted rolls."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def accepted_rolls(connection: Connection) -> dict[str, Roll]:
    """The accepted roll of each district."""
    query = select(_accepted.c.district_id, _accepted.c.entra_id, _accepted.c.role)
    return _by_district(connection.execute(query).all())


def present_rolls(connection: Connection) -> dict[str, Roll]:
    """The roll of each district as the directory says now."""
    query = select(_role.c.district_id, _role.c.entra_id, _role.c.role)
    return _by_district(connection.execute(query).all())


def _by_district(rows: Iterable[tuple[str, str, Role]]) -> dict[str, Roll]:
    found: dict[str, dict[str, set[Role]]] = defaultdict(lambda: defaultdict(set))
    for district_id, entra_id, role in rows:
        found[district_id][entra_id].add(role)
    return {
        district: {person: frozenset(roles) for person, roles in people.items()}
        for district, people in found.items()
    }


def accept(connection: Connection, district_id: str, roll: Roll) -> None:
    """This is the accepted roll of the district from now on."""
    connection.execute(delete(_accepted).where(_accepted.c.district_id == district_id))
    add_to_accepted(connection, district_id, roll)


def add_to_accepted(connection: Connection, district_id: str, roll: Roll) -> None:
    """These roles belong to the accepted roll too."""
    rows = [
        {"entra_id": person, "district_id": district_id, "role": role}
        for person, roles in roll.items()
        for role in roles
    ]
    if rows:
        connection.execute(_inserting(connection, _accepted).on_conflict_do_nothing(), rows)


def _inserting(connection: Connection, table: Table) -> Any:
    """Several replicas may read the directory at the same time: what is there already is no error."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def unconfirmed_roles(connection: Connection, entra_id: str) -> dict[str, frozenset[Role]]:
    """District -> the accepted roles there of somebody, where the district waits for a confirmation."""
    held: dict[str, set[Role]] = defaultdict(set)
    for district_id, role in connection.execute(_UNCONFIRMED, {"of_person": entra_id}).all():
        held[district_id].add(role)
    return {district: frozenset(roles) for district, roles in held.items()}


def date_missing(connection: Connection, now: datetime) -> None:
    """Note of each accepted role that is missing from when on; and that it is back."""
    is_held = select(_role.c.entra_id).where(_IS_HELD).correlate(_accepted).exists()
    fresh = update(_accepted).where(_accepted.c.missing_since.is_(None), ~is_held)
    connection.execute(fresh.values(missing_since=now))
    back = update(_accepted).where(_accepted.c.missing_since.is_not(None), is_held)
    connection.execute(back.values(missing_since=None))


def missing_since(connection: Connection, at: datetime) -> dict[str, Roll]:
    """The accepted roles of each district that are missing since then, and not from before."""
    query = select(_accepted.c.district_id, _accepted.c.entra_id, _accepted.c.role)
    return _by_district(connection.execute(query.where(_accepted.c.missing_since >= at)).all())


def groups_gone(connection: Connection) -> dict[str, datetime]:
    """The groups that the directory did not have when it was last read -> since when each."""
    return {row[0]: row[1] for row in connection.execute(select(_gone.c.group_id, _gone.c.since))}


def set_groups_gone(connection: Connection, gone: Collection[str], now: datetime) -> None:
    """These are gone, each from now on if it was not already; every other is there."""
    connection.execute(delete(_gone).where(_gone.c.group_id.not_in(sorted(gone))))
    rows = [{"group_id": each, "since": now} for each in sorted(gone)]
    if rows:
        connection.execute(_inserting(connection, _gone).on_conflict_do_nothing(), rows)


def holders(connection: Connection, roles: Collection[tuple[str, Role]]) -> dict[str, set[tuple[str, Role]]]:
    """Who holds one of these (district, role) pairs as the directory was read last -> which."""
    found: dict[str, set[tuple[str, Role]]] = defaultdict(set)
    for row in connection.execute(select(_role.c.entra_id, _role.c.district_id, _role.c.role)):
        if (row[1], row[2]) in roles:
            found[row[0]].add((row[1], row[2]))
    return dict(found)


def brakes(connection: Connection) -> list[DirectoryBrake]:
    """The districts that wait for a confirmation."""
    return many(connection, DirectoryBrake, select(_brake).order_by(_brake.c.district_id))


def is_braked(connection: Connection, district_id: str) -> bool:
    """Whether this district waits for a confirmation."""
    return bool(_BRAKE_OF.all(connection, of_district=district_id))


def put_brake(connection: Connection, district_id: str, missing: int, accepted: int, now: datetime) -> None:
    """The district waits from now on, or still does with another count."""
    counts = {"missing": missing, "accepted": accepted}
    values = {"district_id": district_id, "since": now, **counts, "told_at": None, "handed_up_at": None}
    statement = _inserting(connection, _brake).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=["district_id"], set_=counts))


def release_brake(connection: Connection, district_id: str) -> bool:
    """The district waits no longer; False where it did not."""
    return connection.execute(delete(_brake).where(_brake.c.district_id == district_id)).rowcount == 1


def take_due_brakes(connection: Connection, now: datetime, repeat: timedelta) -> list[str]:
    """The districts of which people are to hear now; each is taken once an hour, whatever replicas do."""
    due = or_(_brake.c.told_at.is_(None), _brake.c.told_at <= now - repeat)
    taken = update(_brake).where(due).values(told_at=now).returning(_brake.c.district_id)
    return sorted(connection.execute(taken).scalars())


def take_handed_up(connection: Connection, now: datetime, after: timedelta) -> list[str]:
    """The districts that nobody confirmed for so long; each is taken once."""
    due = (_brake.c.handed_up_at.is_(None), _brake.c.since <= now - after)
    taken = update(_brake).where(*due).values(handed_up_at=now).returning(_brake.c.district_id)
    return sorted(connection.execute(taken).scalars())
