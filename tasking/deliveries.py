"""What an outbox row amounts to when it is delivered: what to draw, where, from the state as it is then.

What is said of each notice is in its own declaration (`tasking.notices`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage import messages, outbox
from storage.enums import ConversationKind, OutboxKind
from storage.people import queries as people_queries
from storage.tables import Conversation, Message, Outbox
from tasking import effects
from tasking.notices import Afresh, Notice, View, notices
from tasking.outbox_steps import check_row, keep_row
from tasking.ports import THREAD_MARK, Place, Posted, RecordsRow
from tasking.records import row_to_hand_over
from tasking.replaced import hide_replaced
from tasking.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CardDelivery:
    """A card to post at `place`, or to draw afresh in every message of `standing`.

    What stands where it may no longer be read is `withheld`: each with the little that is left of it.
    """

    view: View
    place: Place | None
    standing: tuple[tuple[Place, Message], ...] = ()
    withheld: tuple[tuple[Place, Message, View], ...] = ()
    is_second_copy: bool = False
    """An earlier post ended without a word either way."""


@dataclass(frozen=True)
class Unreachable:
    """Where it should go is not known yet."""

    code: str
    teams_id: str | None = None
    """With it a chat may be opened through `through`, where policy of the service allows."""
    through: Place | None = None


@dataclass(frozen=True)
class NothingToSend:
    """The effect is no longer wanted."""

    why: str


Delivery = CardDelivery | RecordsRow | Unreachable | NothingToSend


def prepare(uow: UnitOfWork, row: Outbox) -> Delivery:
    """What to do for this row now. Nothing is written."""
    if row.kind == OutboxKind.HAND_OVER:
        assert row.outcome_id is not None
        return row_to_hand_over(uow, row.outcome_id) or NothingToSend("not-to-be-handed-over")
    notice = notices().of(row)
    standing = notice.standing(uow, row) if row.kind == OutboxKind.UPDATE_CARD else []
    if row.kind == OutboxKind.UPDATE_CARD and not standing and notice.posted_in is None:
        return NothingToSend("nothing-stands")
    view = notice.view(uow, row)
    if view is None:
        waits = row.person_id is not None and notice.lost.waits(uow, row)
        return Unreachable("reader-not-seen") if waits else NothingToSend("no-longer-wanted")
    if row.kind == OutboxKind.UPDATE_CARD:
        return _update(uow, row, notice, view, standing)
    return _post(uow, row, view, is_second_copy=row.unclear > 0 and not notice.marks_itself)


def look(uow: UnitOfWork, row: Outbox) -> Delivery:
    """What to do for a row of ours. Raises `LeaseLost` where it is ours no more."""
    check_row(uow, row)
    return prepare(uow, row)


def finish_or_prepare(uow: UnitOfWork, row: Outbox) -> Delivery:
    """Stamp a row with nothing to send, unless that has changed since it was looked at.

    What its supervisor may no longer read is put before who can. Raises `LeaseLost` where somebody else has
    taken the row meanwhile.
    """
    keep_row(uow, row)
    wanted = prepare(uow, row)
    if isinstance(wanted, NothingToSend):
        instead = _who_reads_instead(uow, row)
        if instead is None:
            outbox.stamp_done(uow.connection, row, wanted.why, uow.now)
        else:
            outbox.put_before(uow.connection, row, instead)
    return wanted


def _who_reads_instead(uow: UnitOfWork, row: Outbox) -> str | None:
    return notices().of(row).lost.instead(uow, row) if row.purpose else None


def _post(uow: UnitOfWork, row: Outbox, view: View, *, is_second_copy: bool) -> Delivery:
    place = _to_person(uow, row, row.person_id) if row.person_id else _to_conversation(uow, row)
    if isinstance(place, Unreachable):
        return place
    return CardDelivery(view, place, is_second_copy=is_second_copy)


def _to_person(uow: UnitOfWork, row: Outbox, person_id: str) -> Place | Unreachable:
    chat = people_queries.chat_with(uow.connection, person_id)
    if chat:
        return _place(uow, row, chat, chat.id)
    person = people_queries.person_by_id(uow.connection, person_id)
    through = people_queries.any_channel(uow.connection)
    return Unreachable(
        "not-installed",
        person.teams_id if person else None,
        _place(uow, row, through, through.id) if through else None,
    )


def _to_conversation(uow: UnitOfWork, row: Outbox, other: str | None = None) -> Place | Unreachable:
    """To the row's conversation, or to another."""
    conversation_id = other or row.conversation_id
    assert conversation_id is not None
    known = people_queries.conversation_by_id(uow.connection, conversation_id.partition(THREAD_MARK)[0])
    if known is None:
        return Unreachable("channel-not-met")
    return _place(uow, row, known, conversation_id)


def _place(uow: UnitOfWork, row: Outbox, known: Conversation, conversation_id: str) -> Place:
    """Through the service URL that is kept; after an answer that may be a wrong address's, the next one."""
    is_channel = known.kind == ConversationKind.CHANNEL and THREAD_MARK not in conversation_id
    if not row.doubts and not row.no_place:
        return Place(conversation_id, known.service_url, known.tenant_id, is_channel)
    urls = people_queries.service_urls(uow.connection, known)
    url = urls[row.doubts % len(urls)]
    is_trial = url != known.service_url
    return Place(conversation_id, url, known.tenant_id, is_channel, is_trial, addresses=len(urls))


def _update(
    uow: UnitOfWork, row: Outbox, notice: Notice, view: View, standing: Sequence[Message]
) -> Delivery:
    if not standing and notice.posted_in:
        place = _to_conversation(uow, row, notice.posted_in(uow, row))
        return place if isinstance(place, Unreachable) else CardDelivery(view, place)
    places = [(_place_of_message(uow, row, message), message) for message in standing]
    known = tuple((place, message) for place, message in places if place)
    if not known:
        return NothingToSend("nothing-stands")
    left = {message.id: notice.left(uow, row, message) for _, message in known}
    withheld = tuple((*each, rest) for each in known if (rest := left[each[1].id]) is not None)
    shown = tuple(each for each in known if left[each[1].id] is None)
    return CardDelivery(view, None, shown, withheld)


def _place_of_message(uow: UnitOfWork, row: Outbox, message: Message) -> Place | None:
    base = message.conversation_id.partition(THREAD_MARK)[0]
    known = people_queries.conversation_by_id(uow.connection, base)
    return replace(_place(uow, row, known, message.conversation_id), is_channel=False) if known else None


# --- what came of it -------------------------------------------------------------------------


def remember_posted(uow: UnitOfWork, row: Outbox, posted: Posted, place: Place | None = None) -> bool:
    """The card was posted (at this place): note where it stands, and stamp the row, in one commit.

    False where the row was no longer ours: the card stands all the same.
    """
    assert row.purpose is not None
    message = Message(
        purpose=row.purpose,
        district_id=row.district_id,
        conversation_id=posted.conversation_id,
        activity_id=posted.activity_id,
        task_id=row.task_id,
        order_id=row.order_id,
        about_id=row.about_id,
        person_id=row.person_id,
        posted_at=uow.now,
    )
    messages.remember(uow.connection, message)
    _keep_what_worked(uow, place)
    is_stamped = outbox.stamp_done(uow.connection, row, posted.activity_id, uow.now)
    notices().of(row).delivered(uow, row)
    return is_stamped


def _keep_what_worked(uow: UnitOfWork, place: Place | None) -> None:
    if place and place.is_trial:
        base = place.conversation_id.partition(THREAD_MARK)[0]
        people_queries.service_url_worked(uow.connection, base, place.service_url)


def note_updated(
    uow: UnitOfWork,
    row: Outbox,
    wanted: CardDelivery,
    gone: Sequence[Message],
    left_behind: Sequence[Message] = (),
) -> bool:
    """The standing cards were updated. Where none of them is in Teams any more, one is posted afresh.

    What was left behind in a place that does not answer is hidden should it answer again. False where the row
    was no longer ours.
    """
    for place, message in wanted.standing:
        if message not in gone:
            _keep_what_worked(uow, place)
    uow.effects(*(hide_replaced(message, uow.now) for message in left_behind))
    notice = notices().of(row)
    if gone and not notice.stays_in_its_place:
        messages.mark_gone(uow.connection, [message.id for message in gone])
        standing = {message.id for _, message in wanted.standing}
        lost = [message for message in gone if message.id in standing]
        if lost and len(lost) == len(standing):
            _post_afresh(uow, row, lost[-1], notice.afresh)
    return outbox.stamp_done(uow.connection, row, "updated", uow.now)


def _post_afresh(uow: UnitOfWork, row: Outbox, message: Message, how: Afresh) -> None:
    if how is Afresh.ASKED_FOR:
        uow.touched(row.district_id, f"afresh:{message.id.hex}")
    elif how is Afresh.POSTED:
        uow.effects(effects.afresh(row, message, uow.now))
