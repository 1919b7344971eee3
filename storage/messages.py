"""Cards that stand in Teams, so that they can be updated."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, bindparam, select, update

from storage.enums import CardPurpose, OutboxKind
from storage.rows import add, many, table_of
from storage.tables import Message, Outbox

_message = table_of(Message)
_outbox = table_of(Outbox)


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
    latest: int | None = None,
) -> list[Message]:
    """The cards of this purpose that are still there, the latest last; only so many of the latest."""
    wanted = {
        "purpose": purpose,
        "task_id": task_id,
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


def answer_to(connection: Connection, answer_key: str) -> list[Message]:
    """The card that answered an activity, where it is still there: known by the proof of its post."""
    posted = and_(_outbox.c.proof == _message.c.activity_id, _outbox.c.kind == OutboxKind.POST_CARD)
    query = (
        select(_message)
        .join(_outbox, posted)
        .where(_outbox.c.answer_key == answer_key, _outbox.c.conversation_id == _message.c.conversation_id)
        .where(_message.c.purpose == CardPurpose.ANSWER, _message.c.gone.is_(False))
    )
    return many(connection, Message, query)


def is_taken(connection: Connection, conversation_id: str, activity_id: str) -> bool:
    """Whether a message has a purpose of its own already (an answer to somebody has none)."""
    query = select(_message.c.id).where(
        _message.c.conversation_id == conversation_id,
        _message.c.activity_id == activity_id,
        _message.c.purpose != CardPurpose.ANSWER,
    )
    return connection.execute(query).first() is not None


def mark_gone(connection: Connection, message_ids: Sequence[UUID]) -> None:
    """These cards are no longer in Teams."""
    connection.execute(update(_message).where(_message.c.id.in_(message_ids)).values(gone=True))
