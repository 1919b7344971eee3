"""Cards that stand in Teams, so that they can be updated."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select, update

from storage.rows import add, many, table_of
from storage.tables import Message

_message = table_of(Message)


def remember(connection: Connection, message: Message) -> None:
    """Note a card that was posted: the proof, and the handle for its updates."""
    add(connection, message)


def standing(
    connection: Connection,
    notice: str,
    *,
    task_id: UUID | None = None,
    about_id: UUID | None = None,
    person_id: str | None = None,
    district_id: str | None = None,
    latest: int | None = None,
) -> list[Message]:
    """The cards of this notice that are still there, the latest last; only so many of the latest."""
    wanted = {
        "purpose": notice,
        "task_id": task_id,
        "about_id": about_id,
        "person_id": person_id,
        "district_id": district_id,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    newest_first = _standing_with(*given)
    return many(connection, Message, newest_first.limit(latest) if latest else newest_first, **given)[::-1]


@cache
def _standing_with(*names: str) -> Select[Any]:
    matches = (_message.c[name] == bindparam(name) for name in names)
    newest_first = (_message.c.posted_at.desc(), _message.c.id.desc())
    return select(_message).where(_message.c.gone.is_(False), *matches).order_by(*newest_first)


def by_id(connection: Connection, message_id: UUID) -> list[Message]:
    """This card, whether or not it was taken for gone."""
    return many(connection, Message, select(_message).where(_message.c.id == message_id))


def mark_gone(connection: Connection, message_ids: Sequence[UUID]) -> None:
    """These cards are no longer in Teams."""
    connection.execute(update(_message).where(_message.c.id.in_(message_ids)).values(gone=True))
