"""The steps of a delivery on its outbox row, each in a transaction of its own."""

from datetime import timedelta

from storage import outbox
from storage.enums import ConversationKind, OutboxKind
from storage.outbox_claims import NOTHING_BUSY, Known, claim, is_ours, next_wait, renew
from storage.outbox_claims import Busy as Busy
from storage.outbox_claims import target_of as target_of
from storage.people import queries as people_queries
from storage.tables import Conversation, Outbox
from tasking import effects
from tasking.notices import notices
from tasking.ports import Place
from tasking.records import give_up
from tasking.unit_of_work import UnitOfWork

_CARDS = (OutboxKind.POST_CARD, OutboxKind.UPDATE_CARD)


def claim_rows(uow: UnitOfWork, limit: int) -> list[Outbox]:
    """Take up to `limit` rows under lease, at most one of each lane."""
    return _claimed(uow, limit)


def claim_hand_overs(uow: UnitOfWork, limit: int) -> list[Outbox]:
    """Take up to `limit` hand-overs under lease, at most one of each lane."""
    return _claimed(uow, limit, OutboxKind.HAND_OVER)


def claim_both(uow: UnitOfWork, cards: int, hand_overs: int, busy: Busy = NOTHING_BUSY) -> list[Outbox]:
    """Take up to so many cards and so many hand-overs under lease, breaches first; nothing that is busy."""
    posts = _claimed(uow, cards, *_CARDS, busy=busy) if cards > 0 else []
    rows = _claimed(uow, hand_overs, OutboxKind.HAND_OVER) if hand_overs > 0 else []
    return [*posts, *rows]


def _claimed(uow: UnitOfWork, limit: int, *kinds: OutboxKind, busy: Busy = NOTHING_BUSY) -> list[Outbox]:
    """Each takes along, before its card is drawn, what waits behind it in its lane and it covers."""
    rows = claim(uow.connection, uow.now, limit, *kinds, known=_known(), busy=busy)
    for row in rows:
        is_update = row.kind == OutboxKind.UPDATE_CARD
        if is_update or (row.purpose and notices().of(row).takes_later_along):
            outbox.absorb_later(uow.connection, row, uow.now)
    return rows


def _known() -> Known:
    return Known(notices().names(), notices().names(lambda notice: notice.is_urgent))


def hand_overs_due(uow: UnitOfWork) -> int:
    """How many hand-overs should have gone out by now."""
    return outbox.due_count(uow.connection, uow.now, OutboxKind.HAND_OVER)


def hand_overs_under_way(uow: UnitOfWork) -> int:
    """How many hand-overs somebody is sending at this moment."""
    return outbox.under_way_count(uow.connection, OutboxKind.HAND_OVER)


def seconds_to_next(uow: UnitOfWork, busy: Busy = NOTHING_BUSY) -> float | None:
    """Seconds until a row could be due that is not busy, or None where nothing waits."""
    return next_wait(uow.connection, uow.now, _known(), busy)


class LeaseLost(Exception):
    """Somebody else has taken the row meanwhile: it is theirs to deliver."""


def keep_row(uow: UnitOfWork, row: Outbox) -> None:
    """Keep the row under our lease for as long again, or raise `LeaseLost`."""
    if not renew(uow.connection, row):
        raise LeaseLost


def check_row(uow: UnitOfWork, row: Outbox) -> None:
    """Raise `LeaseLost` where the row is not under our lease any more."""
    if not is_ours(uow.connection, row):
        raise LeaseLost


def draw_again(uow: UnitOfWork, row: Outbox) -> bool:
    """Whoever took the row may have finished before our last edit arrived: draw its cards behind them."""
    uow.effects(effects.draw_again(row, uow.now))
    return True


def stamp_row(uow: UnitOfWork, row: Outbox, proof: str) -> bool:
    """The effect took place; `proof` says how we know. False where the row was no longer ours."""
    return outbox.stamp_done(uow.connection, row, proof, uow.now)


def put_row_back(
    uow: UnitOfWork,
    row: Outbox,
    code: str,
    wait: timedelta,
    *,
    unclear: bool = False,
    unreachable: bool = False,
    no_place: bool = False,
    doubtful: bool = False,
) -> bool:
    """Try again after a while. False where the row was no longer ours."""
    return outbox.put_back(
        uow.connection,
        row,
        code,
        wait,
        unclear=unclear,
        unreachable=unreachable,
        no_place=no_place,
        doubtful=doubtful,
    )


def park_row(uow: UnitOfWork, row: Outbox, code: str, reason: str = "") -> bool:
    """Give up where people see it: the board says so. False where the row was no longer ours.

    A hand-over is to be keyed by hand from then on, in the same transaction; `reason` says why, in plain
    words.
    """
    is_parked = outbox.park(uow.connection, row, code)
    if is_parked and row.outcome_id and row.kind == OutboxKind.HAND_OVER:
        give_up(uow, row.outcome_id, reason)
    if is_parked and any(district.id == row.district_id for district in uow.policy.districts):
        uow.touched(row.district_id, f"parked:{row.id}:{row.attempts}")
    return is_parked


def release_parked(uow: UnitOfWork) -> int:
    """Try parked cards again; returns how many there were."""
    return outbox.release_parked(uow.connection)


def writes_as(uow: UnitOfWork, person_id: str) -> str | None:
    """Under which Teams id a person is known, or None."""
    person = people_queries.person_by_id(uow.connection, person_id)
    return person.teams_id if person else None


def replace_chat(uow: UnitOfWork, person_id: str, old: Place, chat: Place) -> None:
    """The chat that was known does not answer: cards for this person go to the new one from now on."""
    people_queries.forget_chat(uow.connection, old.conversation_id)
    note_chat(uow, person_id, chat)


def note_chat(uow: UnitOfWork, person_id: str, place: Place) -> None:
    """A chat with somebody was opened: cards can go there from now on."""
    chat = Conversation(
        id=place.conversation_id,
        kind=ConversationKind.PERSONAL,
        service_url=place.service_url,
        tenant_id=place.tenant_id,
        entra_id=person_id,
        updated_at=uow.now,
    )
    people_queries.upsert_conversation(uow.connection, chat)
