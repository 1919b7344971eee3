"""Answers that were posted: which card one is, and whether a message is something else already."""

from sqlalchemy import Connection, and_, select

from storage.enums import OutboxKind
from storage.rows import many, table_of
from storage.tables import Message, Outbox

ANSWER = "ANSWER"
"""The stored name of the notice that is an answer."""
_message = table_of(Message)
_outbox = table_of(Outbox)


def answer_to(connection: Connection, answer_key: str) -> list[Message]:
    """The card that answered an activity, where it is still there: known by the proof of its post."""
    posted = and_(_outbox.c.proof == _message.c.activity_id, _outbox.c.kind == OutboxKind.POST_CARD)
    query = (
        select(_message)
        .join(_outbox, posted)
        .where(_outbox.c.answer_key == answer_key, _outbox.c.conversation_id == _message.c.conversation_id)
        .where(_message.c.purpose == ANSWER, _message.c.gone.is_(False))
    )
    return many(connection, Message, query)


def is_taken(connection: Connection, conversation_id: str, activity_id: str) -> bool:
    """Whether a message is a card of something already; an answer to somebody is none."""
    query = select(_message.c.id).where(
        _message.c.conversation_id == conversation_id,
        _message.c.activity_id == activity_id,
        _message.c.purpose != ANSWER,
    )
    return connection.execute(query).first() is not None
