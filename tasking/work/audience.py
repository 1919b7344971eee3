"""Whether those who read a card where it is posted may know of what it is about, as things are now."""

from storage.people import queries as people_queries
from storage.tables import Conversation, ProtectiveOrder, Subject, TaskBundle
from storage.work import queries
from tasking.people.actors import known_actor
from tasking.ports import THREAD_MARK
from tasking.unit_of_work import UnitOfWork
from tasking.work.find import Reader, can_see, can_see_order


def may_read(
    uow: UnitOfWork, bundle: TaskBundle, *, person_id: str | None, conversation_id: str | None
) -> bool:
    """Whether the card of a task may be read there: by one person, or by everybody in a channel."""
    conversation = None if person_id else _conversation(uow, conversation_id)
    alone = person_id or (conversation.entra_id if conversation else None)
    if alone:
        actor = known_actor(uow, alone)
        return actor is not None and can_see(uow, Reader(actor), bundle)
    return conversation is None or not _is_restricted(bundle.subject)


def may_read_order(uow: UnitOfWork, order: ProtectiveOrder, person_id: str | None) -> bool:
    """Whether a notice about an order may be read by this person, or (None) by everybody in a channel."""
    subject = queries.subject_by_id(uow.connection, order.subject_id)
    if person_id is None:
        return not _is_restricted(subject)
    actor = known_actor(uow, person_id)
    return actor is not None and can_see_order(uow, Reader(actor), order, subject)


def _conversation(uow: UnitOfWork, conversation_id: str | None) -> Conversation | None:
    """The conversation; None where it was not met yet, so that nothing can be posted there anyway."""
    base = (conversation_id or "").partition(THREAD_MARK)[0]
    return people_queries.conversation_by_id(uow.connection, base)


def _is_restricted(subject: Subject | None) -> bool:
    return subject is not None and subject.restricted
