"""What an outbox row amounts to when it is delivered: what to draw, where, from the state as it is then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from storage import journal, messages, outbox
from storage.enums import SENT_BACK, CardPurpose, ConversationKind, HeldAnswer, OutboxKind
from storage.people import queries as people_queries
from storage.people import roll
from storage.tables import (
    Conversation,
    HeldMessage,
    Message,
    Outbox,
    Outcome,
    ProtectiveOrder,
    TaskBundle,
    TaskChange,
)
from storage.work import held_queries, queries
from tasking import effects
from tasking.lifecycle import OPEN
from tasking.outbox_steps import keep_row
from tasking.people.actors import known_actor, records_unconfirmed
from tasking.permissions import Act, Actor, may
from tasking.ports import THREAD_MARK, Place, Posted, RecordsRow
from tasking.records import row_to_hand_over
from tasking.reports import board_of
from tasking.unit_of_work import UnitOfWork
from tasking.views import (
    AlarmChangeView,
    BoardView,
    BrakeView,
    CallView,
    DecisionView,
    HeldNoticeView,
    ReminderView,
    TaskListView,
    TaskView,
)
from tasking.watch.brake import brake_view
from tasking.work.alarms import alarm_change
from tasking.work.audience import may_read, may_read_order
from tasking.work.calls import call_view
from tasking.work.find import Reader, can_see, could_see_as_officer
from tasking.work.held import writers_of
from tasking.work.lists import line_of
from tasking.work.outcome_rules import waits_to_be_keyed
from tasking.work.showing import channel_view, officer_view, reload
from tasking.work.successors import needs_somebody, who_answers
from tasking.work.telling import RESULT_NOTICES

_MOST_STANDING = 10
"""Of many cards of one task in one chat the latest are kept up to date: Teams limits the pace."""
_MOST_TOLD_OF_A_BRAKE = 200
"""Everybody's last one is among these: people are told again every hour."""
_HIDDEN_WITHIN = timedelta(days=1)
_READERS_CHANGE = frozenset(
    {
        CardPurpose.CONFIRMATION,
        CardPurpose.UNALLOCATED_NOTICE,
        CardPurpose.BREACH_NOTICE,
        CardPurpose.MORE_TIME_REQUEST,
        CardPurpose.GIVEN_BACK,
        CardPurpose.SENT_BACK_NOTICE,
        CardPurpose.HELD_NOTICE,
        *RESULT_NOTICES,
    }
)
"""Cards of a task that stand with several readers, each of whom may have lost sight of it since."""


@dataclass(frozen=True)
class Drawing:
    """What a card shows. `kept` is the answer as it was kept for an activity."""

    purpose: CardPurpose
    task: TaskView | None = None
    board: BoardView | None = None
    reminder: ReminderView | None = None
    decision: DecisionView | None = None
    alarm: AlarmChangeView | None = None
    listed: TaskListView | None = None
    held: HeldNoticeView | None = None
    call: CallView | None = None
    brake: BrakeView | None = None
    order: ProtectiveOrder | None = None
    at: datetime | None = None
    reason: str = ""
    kept: bytes | None = None
    taken_back: bool = False
    """Whoever reads it may not know more than that it is no longer theirs."""
    not_here: bool = False
    """The same for a channel: its subject has become restricted since."""
    is_second_copy: bool = False
    """An earlier post ended without a word either way; an officer's own card says so itself."""


@dataclass(frozen=True)
class CardDelivery:
    """A card to post at `place`, or to draw afresh in every message of `standing`.

    What stands where it may no longer be read is `withheld`: each with the little that is left of it.
    """

    drawing: Drawing
    place: Place | None
    standing: tuple[tuple[Place, Message], ...] = ()
    withheld: tuple[tuple[Place, Message, Drawing], ...] = ()


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
    """What to do for this row now."""
    if row.kind == OutboxKind.HAND_OVER:
        assert row.outcome_id is not None
        return row_to_hand_over(uow, row.outcome_id) or NothingToSend("not-to-be-handed-over")
    outbox.absorb_later(uow.connection, row, uow.now)
    standing = _standing(uow, row) if row.kind == OutboxKind.UPDATE_CARD else []
    if row.kind == OutboxKind.UPDATE_CARD and not standing and row.purpose != CardPurpose.BOARD:
        return NothingToSend("nothing-stands")
    drawing = _drawing(uow, row)
    if drawing is None:
        return Unreachable("reader-not-seen") if _waits(uow, row) else NothingToSend("no-longer-wanted")
    if row.unclear and row.purpose != CardPurpose.OFFICER_TASK:
        drawing = replace(drawing, is_second_copy=True)
    if row.kind == OutboxKind.UPDATE_CARD:
        return _update(uow, row, drawing, standing)
    return _post(uow, row, drawing)


def prepare_or_finish(uow: UnitOfWork, row: Outbox) -> Delivery:
    """Like `prepare`; a row with nothing to send is stamped in the same transaction.

    Raises `LeaseLost` where somebody else has taken the row meanwhile.
    """
    keep_row(uow, row)
    wanted = prepare(uow, row)
    if isinstance(wanted, NothingToSend):
        _finish(uow, row, wanted)
    return wanted


def _finish(uow: UnitOfWork, row: Outbox, wanted: NothingToSend) -> None:
    """Nothing of it is sent there; what its supervisor may no longer read is put before who can."""
    instead = _who_reads_instead(uow, row)
    if instead is None:
        outbox.stamp_done(uow.connection, row, wanted.why, uow.now)
    else:
        outbox.put_before(uow.connection, row, instead)


def _who_reads_instead(uow: UnitOfWork, row: Outbox) -> str | None:
    if row.kind != OutboxKind.POST_CARD or row.purpose not in effects.TO_THE_SUPERVISOR:
        return None
    if row.person_id is None or row.task_id is None:
        return None
    bundle = reload(uow, row.task_id)
    if not _is_for_who_answers(row, bundle):
        return None
    instead = who_answers(uow, bundle)
    return instead if instead != row.person_id else None


def _is_for_who_answers(row: Outbox, bundle: TaskBundle) -> bool:
    """What becomes of an alarm is told to others too; nobody else gets theirs."""
    return row.purpose != CardPurpose.ALARM_CHANGED or row.person_id == bundle.task.supervisor_id


def _waits(uow: UnitOfWork, row: Outbox) -> bool:
    """Whether a card waits for its reader: one reading of the directory may have missed them.

    The task is taken from an officer only after two. A notice that nobody else can read waits too.
    """
    if row.person_id is None:
        return False
    if row.task_id is None:
        return row.kind == OutboxKind.POST_CARD and _lists_unseen_work(uow, row, row.person_id)
    bundle = reload(uow, row.task_id)
    if row.purpose == CardPurpose.OFFICER_TASK and row.kind == OutboxKind.UPDATE_CARD:
        return _is_unconfirmed(uow, row.person_id, bundle)
    if row.kind != OutboxKind.POST_CARD:
        return False
    if row.purpose != CardPurpose.OFFICER_TASK and _lost_sight(uow, row.person_id, bundle.task.district_id):
        return True
    if row.purpose == CardPurpose.OFFICER_TASK:
        return bundle.task.owner_id == row.person_id and bundle.task.state in OPEN
    if row.purpose not in effects.TO_THE_SUPERVISOR or _may_be_posted(uow, row, bundle):
        return False
    if not _is_for_who_answers(row, bundle):
        return False
    return who_answers(uow, bundle) is None


def _lists_unseen_work(uow: UnitOfWork, row: Outbox, person_id: str) -> bool:
    """Whether a card about several tasks has one that still lies with its reader, who lost sight of it.

    A call for help, or an order, is of one district, and its reader may see nothing there any more.
    """
    if row.purpose in (CardPurpose.CALL_NOTICE, CardPurpose.ORDER_NOT_SERVED_NOTICE):
        return _lost_sight(uow, person_id, row.district_id)
    return any(
        _lost_sight(uow, person_id, each.task.district_id) for each in _still_theirs(uow, row, person_id)
    )


def _still_theirs(uow: UnitOfWork, row: Outbox, person_id: str) -> list[TaskBundle]:
    """The tasks of a card about several, as far as they lie with this person now, whatever they may see."""
    if row.purpose == CardPurpose.REMINDER:
        # Whichever reminders were queued: the latest takes those before it along.
        overdue = (queries.waits_for(person_id), queries.due_before(uow.now))
        return queries.bundles_where(uow.connection, *overdue)
    if row.purpose != CardPurpose.SUPERVISION_NOTICE:
        return []
    found = (queries.bundle_by_id(uow.connection, UUID(task_id)) for task_id in row.task_ids)
    return [each for each in found if each and each.task.supervisor_id == person_id and needs_somebody(each)]


def _post(uow: UnitOfWork, row: Outbox, drawing: Drawing) -> Delivery:
    if row.person_id:
        return _to_person(uow, row, row.person_id, drawing)
    assert row.conversation_id is not None
    return _to_conversation(uow, row, row.conversation_id, drawing)


def _to_person(uow: UnitOfWork, row: Outbox, person_id: str, drawing: Drawing) -> Delivery:
    chat = people_queries.chat_with(uow.connection, person_id)
    if chat:
        return CardDelivery(drawing, _place(uow, row, chat, chat.id))
    person = people_queries.person_by_id(uow.connection, person_id)
    through = people_queries.any_channel(uow.connection)
    return Unreachable(
        "not-installed",
        person.teams_id if person else None,
        _place(uow, row, through, through.id) if through else None,
    )


def _to_conversation(uow: UnitOfWork, row: Outbox, conversation_id: str, drawing: Drawing) -> Delivery:
    known = people_queries.conversation_by_id(uow.connection, conversation_id.partition(THREAD_MARK)[0])
    if known is None:
        return Unreachable("channel-not-met")
    return CardDelivery(drawing, _place(uow, row, known, conversation_id))


def _place(uow: UnitOfWork, row: Outbox, known: Conversation, conversation_id: str) -> Place:
    """Through the service URL that is kept; after an answer that may be a wrong address's, the next one."""
    is_channel = known.kind == ConversationKind.CHANNEL and THREAD_MARK not in conversation_id
    if not row.doubts and not row.no_place:
        return Place(conversation_id, known.service_url, known.tenant_id, is_channel)
    urls = people_queries.service_urls(uow.connection, known)
    url = urls[row.doubts % len(urls)]
    is_trial = url != known.service_url
    return Place(conversation_id, url, known.tenant_id, is_channel, is_trial, addresses=len(urls))


def _update(uow: UnitOfWork, row: Outbox, drawing: Drawing, standing: Sequence[Message]) -> Delivery:
    if not standing and row.purpose == CardPurpose.BOARD:
        return _to_conversation(uow, row, uow.policy.district(row.district_id).board_channel_id, drawing)
    places = [(_place_of_message(uow, row, message), message) for message in standing]
    known = tuple((place, message) for place, message in places if place)
    if not known:
        return NothingToSend("nothing-stands")
    as_it_stands = replace(drawing, is_second_copy=False)
    withheld = _withheld(uow, as_it_stands, known) if row.purpose in _READERS_CHANGE else ()
    hidden = {message.id for _, message, _ in withheld}
    shown = tuple((place, message) for place, message in known if message.id not in hidden)
    return CardDelivery(as_it_stands, None, shown, withheld)


def _withheld(
    uow: UnitOfWork, drawing: Drawing, known: Sequence[tuple[Place, Message]]
) -> tuple[tuple[Place, Message, Drawing], ...]:
    assert drawing.task is not None, "these cards are about a task"
    bundle = reload(uow, drawing.task.task.id)
    return tuple(
        (place, message, _nothing_of(drawing, message))
        for place, message in known
        if not may_read(uow, bundle, person_id=message.person_id, conversation_id=message.conversation_id)
    )


def _nothing_of(drawing: Drawing, message: Message) -> Drawing:
    is_personal = message.person_id is not None
    return Drawing(drawing.purpose, task=drawing.task, taken_back=is_personal, not_here=not is_personal)


def _standing(uow: UnitOfWork, row: Outbox) -> list[Message]:
    assert row.purpose is not None
    if row.purpose == CardPurpose.BOARD:
        return messages.standing(uow.connection, row.purpose, district_id=row.district_id, latest=1)
    if row.purpose == CardPurpose.BRAKE_NOTICE:
        told = messages.standing(
            uow.connection, row.purpose, district_id=row.district_id, latest=_MOST_TOLD_OF_A_BRAKE
        )
        last_of_each = {message.person_id: message.id for message in told}.values()
        return [each for each in told[:-_MOST_STANDING] if each.id in last_of_each] + told[-_MOST_STANDING:]
    if row.purpose == CardPurpose.ANSWER:
        return messages.answer_to(uow.connection, row.answer_key or "")
    if row.purpose == CardPurpose.REPLACED:
        is_wanted = uow.now - row.created_at < _HIDDEN_WITHIN
        return messages.by_id(uow.connection, UUID(row.hint)) if is_wanted else []
    if row.purpose == CardPurpose.REMINDER:
        return messages.standing(uow.connection, row.purpose, person_id=row.person_id, latest=1)
    found = messages.standing(uow.connection, row.purpose, task_id=row.task_id, person_id=row.person_id)
    if row.purpose == CardPurpose.BREACH_NOTICE and row.person_id is None:
        # Each person's own notice has a row of its own.
        found = [message for message in found if message.person_id is None]
    return found[-_MOST_STANDING:]


def _place_of_message(uow: UnitOfWork, row: Outbox, message: Message) -> Place | None:
    base = message.conversation_id.partition(THREAD_MARK)[0]
    known = people_queries.conversation_by_id(uow.connection, base)
    return replace(_place(uow, row, known, message.conversation_id), is_channel=False) if known else None


# --- what the card shows ---------------------------------------------------------------------


def _drawing(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    assert row.purpose is not None
    if row.purpose == CardPurpose.BOARD:
        return _board(uow, row)
    if row.purpose == CardPurpose.REPLACED:
        return Drawing(row.purpose)
    if row.purpose == CardPurpose.REMINDER:
        return _reminder(uow, row)
    if row.purpose == CardPurpose.DECISION:
        return _decision(uow, row)
    if row.purpose == CardPurpose.SUPERVISION_NOTICE:
        return _supervision(uow, row)
    if row.purpose == CardPurpose.ORDER_NOT_SERVED_NOTICE:
        return _order_not_served(uow, row)
    if row.purpose == CardPurpose.BRAKE_NOTICE:
        return _brake(uow, row)
    if row.purpose == CardPurpose.CALL_NOTICE:
        call = call_view(uow, UUID(row.hint), row.person_id)
        return Drawing(row.purpose, call=call) if call else None
    if row.purpose == CardPurpose.ANSWER and row.kind == OutboxKind.POST_CARD:
        kept = journal.answer_given(uow.connection, row.answer_key or "")
        return Drawing(row.purpose, kept=kept[0]) if kept and kept[0] else None
    return _drawing_of_task(uow, row)


def _board(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    """None for a district that policy no longer lists: it has no channel to show a board in."""
    if uow.policy.board_channel(row.district_id) is None:
        return None
    return Drawing(CardPurpose.BOARD, board=board_of(uow, row.district_id))


def _brake(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    """Not posted once it is over; what stands says how it ended, and is left alone while it is not."""
    view = brake_view(uow, row.district_id, row.person_id, row.hint)
    is_over = view.since is None
    return (
        Drawing(CardPurpose.BRAKE_NOTICE, brake=view)
        if is_over == (row.kind == OutboxKind.UPDATE_CARD)
        else None
    )


def _order_not_served(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    order = queries.order_by_id(uow.connection, row.order_id) if row.order_id else None
    if order is None or order.served_at or not may_read_order(uow, order, row.person_id):
        return None
    return Drawing(CardPurpose.ORDER_NOT_SERVED_NOTICE, order=order, at=uow.now)


def _drawing_of_task(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    assert row.task_id is not None and row.purpose is not None
    bundle = queries.bundle_by_id(uow.connection, row.task_id)
    assert bundle is not None, "tasks are never deleted"
    if row.purpose == CardPurpose.OFFICER_TASK:
        return _officers_own(uow, row, bundle)
    if row.purpose == CardPurpose.ANSWER:
        return Drawing(row.purpose, task=channel_view(uow, bundle))
    if row.kind == OutboxKind.POST_CARD and not _may_be_posted(uow, row, bundle):
        return None
    if row.purpose == CardPurpose.ALARM_CHANGED:
        alarm = alarm_change(uow, row, bundle)
        return Drawing(row.purpose, alarm=alarm) if alarm else None
    if row.purpose == CardPurpose.SENT_BACK_NOTICE:
        return _sent_back(uow, row, bundle)
    if row.purpose == CardPurpose.HELD_NOTICE:
        return _held(uow, row, bundle)
    if row.purpose in RESULT_NOTICES and row.kind == OutboxKind.POST_CARD and not _stands(row, bundle):
        return None
    return Drawing(row.purpose, task=channel_view(uow, bundle), reason=_reason(uow, row, bundle))


def _stands(row: Outbox, bundle: TaskBundle) -> bool:
    return bundle.outcome is not None and bundle.outcome.id == row.outcome_id


def _sent_back(uow: UnitOfWork, row: Outbox, bundle: TaskBundle) -> Drawing | None:
    """With the reader's own rights: they are to correct it. Not posted once that is done."""
    actor = known_actor(uow, row.person_id or "")
    if row.kind == OutboxKind.POST_CARD and not _waits_for_somebody(bundle.outcome):
        return None
    view = officer_view(uow, bundle, Reader(actor)) if actor else channel_view(uow, bundle)
    return Drawing(CardPurpose.SENT_BACK_NOTICE, task=view)


def _waits_for_somebody(outcome: Outcome | None) -> bool:
    """Whether its result is to be corrected, or keyed by hand since RedLine gave it up."""
    if outcome is None:
        return False
    return outcome.state in SENT_BACK or waits_to_be_keyed(outcome)


def _held(uow: UnitOfWork, row: Outbox, bundle: TaskBundle) -> Drawing | None:
    """Not posted once its officer has answered; a notice that stands says how each message was answered."""
    told = tuple(held_queries.told_of_task(uow.connection, bundle.task.id))
    if row.kind == OutboxKind.POST_CARD and not any(_is_news(held) for held in told):
        return None
    view = channel_view(uow, bundle)
    shown = HeldNoticeView(view, told, writers_of(uow, told))
    return Drawing(CardPurpose.HELD_NOTICE, task=view, held=shown)


def _is_news(held: HeldMessage) -> bool:
    """Whether nobody has said yet what it was: it waits, or something else was recorded in its place."""
    return held.answered_at is None or held.answered_as is HeldAnswer.RECORDED_MEANWHILE


def _may_be_posted(uow: UnitOfWork, row: Outbox, bundle: TaskBundle) -> bool:
    return may_read(uow, bundle, person_id=row.person_id, conversation_id=row.conversation_id)


def _reason(uow: UnitOfWork, row: Outbox, bundle: TaskBundle) -> str:
    """The words of somebody that belong on this card."""
    if row.purpose == CardPurpose.MORE_TIME_REQUEST:
        return _reason_of(uow, bundle, "ask-more-time")
    if row.purpose == CardPurpose.GIVEN_BACK:
        return _reason_of(uow, bundle, "cant-do", "officer-left")
    return row.hint


def _officers_own(uow: UnitOfWork, row: Outbox, bundle: TaskBundle) -> Drawing | None:
    """The officer's card, or one line once the task is no longer theirs; never posted to who lost it."""
    assert row.person_id is not None and row.purpose is not None
    actor = known_actor(uow, row.person_id)
    if actor is None or bundle.task.owner_id != actor.entra_id or not _sees(uow, actor, bundle):
        if row.kind == OutboxKind.POST_CARD or _is_unconfirmed(uow, row.person_id, bundle):
            return None
        return Drawing(row.purpose, task=channel_view(uow, bundle), taken_back=True)
    can_record = may(actor, Act.RECORD_OUTCOME, bundle.task.district_id, actor.entra_id)
    if not can_record and _is_unconfirmed(uow, row.person_id, bundle):
        return None  # what they keep would draw it without its buttons
    view = officer_view(uow, bundle, Reader(actor), second_copy=row.unclear > 0)
    return Drawing(row.purpose, task=view)


def _is_unconfirmed(uow: UnitOfWork, person_id: str, bundle: TaskBundle) -> bool:
    """Whether the task is still theirs while nobody has confirmed that they are gone: their card waits."""
    if bundle.task.owner_id != person_id:
        return False
    if _lost_sight(uow, person_id, bundle.task.district_id):
        return True
    return records_unconfirmed(uow, person_id, bundle)


def _lost_sight(uow: UnitOfWork, person_id: str, district_id: str) -> bool:
    """Whether this person sees nothing of it any more, and nobody has confirmed that: it waits for them."""
    actor = known_actor(uow, person_id)
    if actor is not None and actor.roles_in(district_id):
        return False
    return district_id in roll.unconfirmed_roles(uow.connection, person_id)


def _sees(uow: UnitOfWork, actor: Actor, bundle: TaskBundle) -> bool:
    return can_see(uow, Reader(actor), bundle)


def _reminder(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    assert row.person_id is not None and row.purpose is not None
    actor = known_actor(uow, row.person_id)
    if actor is None:
        return None
    due = [
        officer_view(uow, bundle, Reader(actor), second_copy=row.unclear > 0)
        for bundle in _still_theirs(uow, row, actor.entra_id)
        if _sees(uow, actor, bundle)
    ]
    if not due and row.kind == OutboxKind.POST_CARD:
        return None
    return Drawing(row.purpose, reminder=ReminderView(tuple(due), uow.now))


def _decision(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    assert row.person_id is not None and row.task_id is not None and row.purpose is not None
    actor = known_actor(uow, row.person_id)
    bundle = queries.bundle_by_id(uow.connection, row.task_id)
    if actor is None or bundle is None:
        return None
    action, _, due = row.hint.partition(" ")
    change = queries.change_made(uow.connection, bundle.task.id, action, row.created_at)
    reason = change.reason if change and could_see_as_officer(uow, Reader(actor), bundle) else ""
    decided = DecisionView(bundle.task.ref, action, datetime.fromisoformat(due), reason, uow.now)
    return Drawing(row.purpose, decision=decided)


def _supervision(uow: UnitOfWork, row: Outbox) -> Drawing | None:
    assert row.person_id is not None
    actor = known_actor(uow, row.person_id)
    if actor is None:
        return None
    theirs = [
        line_of(uow, Reader(actor), bundle)
        for bundle in _still_theirs(uow, row, actor.entra_id)
        if _sees(uow, actor, bundle)
    ]
    listed = TaskListView("", tuple(theirs), uow.now, len(theirs))
    return Drawing(CardPurpose.SUPERVISION_NOTICE, listed=listed) if theirs else None


def _reason_of(uow: UnitOfWork, bundle: TaskBundle, *actions: str) -> str:
    change: TaskChange | None = queries.last_change(uow.connection, bundle.task.id, *actions)
    return change.reason if change else ""


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
        person_id=row.person_id,
        posted_at=uow.now,
    )
    messages.remember(uow.connection, message)
    _keep_what_worked(uow, place)
    is_stamped = outbox.stamp_done(uow.connection, row, posted.activity_id, uow.now)
    if row.last_error and row.purpose == CardPurpose.OFFICER_TASK:
        # The board may say that it was not delivered.
        uow.effects(effects.update_board(row.district_id, uow.now, f"delivered:{row.id}:{row.attempts}"))
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
    uow.effects(*(effects.hide_replaced(message, uow.now) for message in left_behind))
    if gone and row.purpose != CardPurpose.REPLACED:
        messages.mark_gone(uow.connection, [message.id for message in gone])
        standing = {message.id for _, message in wanted.standing}
        lost = [message for message in gone if message.id in standing]
        if lost and len(lost) == len(standing):
            _post_afresh(uow, row, lost[-1])
    return outbox.stamp_done(uow.connection, row, "updated", uow.now)


def _post_afresh(uow: UnitOfWork, row: Outbox, message: Message) -> None:
    if row.purpose == CardPurpose.BOARD:
        uow.effects(effects.update_board(row.district_id, uow.now, f"afresh:{message.id.hex}"))
    elif row.purpose != CardPurpose.ANSWER:
        uow.effects(effects.afresh(row, message, uow.now))
