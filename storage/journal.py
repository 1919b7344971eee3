"""What was done and what was answered: the audit log, the history of tasks, the activities seen."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.enums import OutboxState
from storage.prepared import Prepared
from storage.rows import add_values, table_of
from storage.tables import AuditEvent, Bookmark, Outbox, SeenActivity

_seen = table_of(SeenActivity)
_bookmark = table_of(Bookmark)

_FIRST_SIGHT = {
    "sqlite": Prepared(sqlite.insert(_seen).on_conflict_do_nothing(index_elements=["key"])),
    "postgresql": Prepared(postgresql.insert(_seen).on_conflict_do_nothing(index_elements=["key"])),
}
_KEEP_ANSWER = Prepared(
    update(_seen).where(_seen.c.key == bindparam("of_key")).values(answer=bindparam("given"))
)
_ANSWER = select(_seen.c.answer, _seen.c.at).where(_seen.c.key == bindparam("key"))


def write_audit(connection: Connection, *events: Mapping[str, Any]) -> None:
    """Log acts of processing in the transaction of the act: ids, codes and times only."""
    add_values(connection, AuditEvent, *events)


def first_sight(connection: Connection, key: str, at: datetime) -> bool:
    """Whether an activity is met for the first time. A twin that is under way is waited for."""
    met = {"key": key, "at": at, "answer": None}
    return _FIRST_SIGHT[connection.dialect.name].run(connection, met) == 1


def keep_answer(connection: Connection, key: str, answer: bytes) -> None:
    """Keep what an activity was answered, for its redeliveries."""
    _KEEP_ANSWER.run(connection, {"of_key": key, "given": answer})


def answer_given(connection: Connection, key: str) -> tuple[bytes | None, datetime] | None:
    """What an activity was answered and when it was first met, or None."""
    row = connection.execute(_ANSWER, {"key": key}).first()
    return None if row is None else (row[0], row[1])


def forget_answers(connection: Connection, before: datetime, forget_rows_before: datetime) -> None:
    """Drop answers that are no longer owed, and at last the rows. An answer not yet sent is kept."""
    owed = select(table_of(Outbox).c.answer_key).where(
        table_of(Outbox).c.answer_key.is_not(None),
        table_of(Outbox).c.state.in_((OutboxState.WAITING, OutboxState.SENDING, OutboxState.PARKED)),
    )
    connection.execute(
        update(_seen)
        .where(_seen.c.at < before, _seen.c.answer.is_not(None), _seen.c.key.not_in(owed))
        .values(answer=None)
    )
    connection.execute(delete(_seen).where(_seen.c.at < forget_rows_before, _seen.c.key.not_in(owed)))


def set_bookmark(connection: Connection, name: str, value: str, at: datetime) -> None:
    """Note where a job stands."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(_bookmark).values(name=name, value=value, at=at)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": at})
    )


def bookmark(connection: Connection, name: str) -> tuple[str, datetime] | None:
    """Where a job stands and since when, or None."""
    row = connection.execute(
        select(_bookmark.c.value, _bookmark.c.at).where(_bookmark.c.name == name)
    ).first()
    return None if row is None else (row[0], row[1])


ANSWER_OWED_FOR = timedelta(minutes=10)
