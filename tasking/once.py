"""An activity delivered again gets the same answer, and nothing happens twice."""

import hashlib
from collections.abc import Callable

from storage import journal
from storage.database import undoable
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork

Respond = Callable[[UnitOfWork], bytes]
Decline = Callable[[UnitOfWork, Refusal], bytes]
MayRead = Callable[[UnitOfWork], bool]


def activity_key(conversation_id: str, activity_id: str) -> str:
    """A short key for an activity, without anything that could be read back."""
    return hashlib.sha256(f"{conversation_id}\n{activity_id}".encode()).hexdigest()


def answer_once(
    uow: UnitOfWork, key: str, respond: Respond, decline: Decline, again: Respond, may_read: MayRead
) -> bytes:
    """The answer to an activity: `respond` the first time, the kept answer for ten minutes, then `again`.

    What is kept is given only where `may_read` says that the asker may still know it; else it is `again` too.
    A `Refusal` undoes whatever `respond` had begun and is answered by `decline`.
    """
    if not journal.first_sight(uow.connection, key, uow.now):
        return _answer_again(uow, key, again, may_read)
    try:
        with undoable(uow.connection):
            answer = respond(uow)
    except Refusal as refusal:
        answer = decline(uow, refusal)
    journal.keep_answer(uow.connection, key, answer)
    return answer


def _answer_again(uow: UnitOfWork, key: str, again: Respond, may_read: MayRead) -> bytes:
    kept = journal.answer_given(uow.connection, key)
    is_owed = kept is not None and uow.now - kept[1] < journal.ANSWER_OWED_FOR
    if kept and kept[0] is not None and is_owed and may_read(uow):
        return kept[0]
    return again(uow)
