"""Cards that stand in Teams, so that they can be updated."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select, update

from storage.enums import CardPurpose
from storage.rows import add, many, table_of
from storage.tables import Message

_message = table_of(Message)


def remember(connection: Connection, message: Message) -> None:
    """Note a card that was posted: the proof, and the handle for its updates."""
    add(connection, message)


def standing(
    connection: Connection,
    purpose: CardPurpose,
    *,
    task_id: UUID | None = None,
    person_id: str | None = None,
    district_id: str | None = None,
    activity_id: str | None = None,
) -> list[Message]:
    """The cards of this purpose that are still there, the latest last."""
    query = select(_message).where(_message.c.purpose == purpose, _message.c.gone.is_(False))
    wanted = {
        "task_id": task_id,
        "person_id": person_id,
        "district_id": district_id,
        "activity_id": activity_id,
    }
    for name, value in wanted.items():
        if value is not None:
            query = query.where(_message.c[name] == value)
    return many(connection, Message, query.order_by(_message.c.posted_at))


def mark_gone(connection: Connection, message_ids: Sequence[UUID]) -> None:
    """These cards are no longer in Teams."""
    connection.execute(update(_message).where(_message.c.id.in_(message_ids)).values(gone=True))
