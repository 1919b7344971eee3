"""Delivery: every effect once, stamped on proof; what fails waits, and holds up nobody else."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import pytest
from sqlalchemy import true
from structlog.testing import capture_logs

from infra.local.people import CONSTABLE, INSPECTOR, NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT
from scheduler.delivery import Delivery
from storage.enums import ConversationKind, OutboxKind, OutboxState, OutcomeCode, OutcomeState
from storage.rows import table_of, values_of
from storage.tables import Conversation, Message, Outbox, Outcome, Person, Task
from tasking import outbox_steps
from tasking.house import another_house
from tasking.notice_rooms import TOLD
from tasking.people.arrivals import meet
from tasking.ports import (
    CannotReach,
    MessageGone,
    NotSent,
    Refused,
    RefusedAnyway,
    RefusedForGood,
    Unclear,
)
from tasking.records import send_given_up_again
from tasking.reports import update_board
from tasking.work.breaches import update_breach
from tasking.work.officer_requests import accept, ask_more_time, give_back
from tasking.work.outcomes import Report, record_outcome, undo_outcome
from tasking.work.own_card import post_own_card, update_own_card
from tasking.work.supervision import answer_more_time, cancel, reassign
from tests.support.drawing import DRAWINGS
from tests.support.fakes import FakeMessenger, FakeRecords, Sent
from tests.support.notice_names import CardPurpose
from tests.support.running_service import eventually
from tests.support.units import NOW, ROOM, Force

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OFFICER = CardPurpose.OFFICER_TASK


class Posting(Protocol):
    force: Force
    teams: FakeMessenger
    records: FakeRecords
    delivery: Delivery

    async def running(self) -> "asyncio.Task[None]": ...


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], Any]) -> None:
    """Wait until something has happened; a hang limit, never a measure."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
async def p(posting: Posting) -> Posting:
    """Everybody can be reached."""
    await posting.force.open_channel()
    await posting.force.open_chat(CONSTABLE)
    return posting


async def officer_row(p: Posting, kind: OutboxKind = OutboxKind.POST_CARD) -> Outbox:
    return (await p.force.outbox(kind=kind, purpose=OFFICER))[-1]


async def only_the_officers_card(p: Posting) -> None:
    """A task of which nothing but the officer's card is still to be sent."""
    await p.force.task()
    others = table_of(Outbox).c.purpose != OFFICER
    await p.force.change(Outbox, others, state=OutboxState.DONE)


async def no_more_waiting(p: Posting) -> None:
    """The back-off has passed."""
    await p.force.change(Outbox, table_of(Outbox).c.retry_at.is_not(None), retry_at=LONG_AGO)


def in_chat(p: Posting) -> list[Sent]:
    """What arrived in the constable's own chat."""
    return [sent for sent in p.teams.posted if sent.place.conversation_id == "chat-2"]


def wait_of(row: Outbox) -> float:
    assert row.retry_at is not None
    return (row.retry_at - datetime.now(UTC)).total_seconds()


async def test_every_effect_of_a_task_arrives_once_and_is_stamped_with_its_proof(p: Posting) -> None:
    await p.force.task()
    assert await p.delivery.drain() == 3
    assert await p.delivery.drain() == 0
    places = {sent.place.conversation_id for sent in p.teams.posted}
    assert places == {"chat-2", "19:fictional-north-redline@thread.tacv2;messageid=1", NORTH_CHANNEL}
    rows = await p.force.outbox()
    assert {row.state for row in rows} == {OutboxState.DONE}
    assert {row.proof for row in rows} == {sent.activity_id for sent in p.teams.posted}
    assert len(await p.force.rows(Message)) == 3


async def test_a_card_is_drawn_from_the_state_as_it_is_when_it_is_sent(p: Posting) -> None:
    made = await p.force.task()
    await p.force.close(made, OutcomeCode.SEEN_NO_CONCERN)
    await p.delivery.drain()
    assert "Undo" in in_chat(p)[0].words


async def test_a_later_change_updates_the_standing_cards_in_place(p: Posting) -> None:
    made = await p.force.task()
    await p.delivery.drain()
    await p.force.close(made)
    await p.delivery.drain()
    assert len(p.teams.posted) == 3
    assert {sent.activity_id for sent in p.teams.updated} == {s.activity_id for s in p.teams.posted}


async def test_several_waiting_updates_of_one_message_are_one(p: Posting) -> None:
    made = await p.force.task()
    await p.delivery.drain()
    await p.force.close(made)
    await p.force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    await p.force.close(made)
    await p.delivery.drain()
    assert len(p.teams.updated) == 3


async def test_what_is_no_longer_wanted_is_done_without_a_send(p: Posting) -> None:
    await only_the_officers_card(p)
    await p.force.change(Task, true(), owner_id=SECOND_CONSTABLE.entra_id)
    await p.delivery.drain()
    assert p.teams.posted == []
    assert (await officer_row(p)).proof == "no-longer-wanted"


async def test_a_card_waits_for_an_officer_whom_one_reading_of_the_directory_missed(p: Posting) -> None:
    await only_the_officers_card(p)
    officer = table_of(Person).c.entra_id == CONSTABLE.entra_id
    await p.force.change(Person, officer, active=False)
    await p.delivery.drain()
    row = await officer_row(p)
    assert (p.teams.posted, row.state, row.last_error) == ([], OutboxState.WAITING, "reader-not-seen")
    await p.force.change(Person, officer, active=True)
    await no_more_waiting(p)
    await p.delivery.drain()
    assert [sent.summary[:14] for sent in p.teams.posted if "T-" in sent.summary] == ["RedLine T-1042"]


async def test_a_notice_that_a_former_supervisor_cannot_be_reached_with_holds_up_nobody(p: Posting) -> None:
    await p.force.open_chat(SERGEANT)
    made = await p.force.task()
    await p.force.do(CONSTABLE, give_back, made.task.ref, "court")
    await p.delivery.drain()
    await p.force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "leave")
    (notice,) = [sent for sent in p.teams.standing.values() if "Given back" in sent.words]
    p.teams.refused_edits[notice.activity_id] = CannotReach("BotNotInConversationRoster")
    await p.delivery.drain()
    rows = await p.force.outbox(kind=OutboxKind.UPDATE_CARD, purpose=CardPurpose.GIVEN_BACK)
    assert {row.state for row in rows} == {OutboxState.DONE}


# --- failures --------------------------------------------------------------------------------


async def test_what_was_surely_not_sent_backs_off_longer_each_time(p: Posting) -> None:
    await only_the_officers_card(p)
    p.teams.posts.add(NotSent("busy"), NotSent("busy"), NotSent("busy"))
    waits = []
    for _ in range(3):
        await p.delivery.drain()
        row = await officer_row(p)
        assert (row.state, row.last_error, row.unclear) == (OutboxState.WAITING, "busy", 0)
        waits.append(wait_of(row))
        await no_more_waiting(p)
    assert waits == sorted(waits)
    await p.delivery.drain()
    assert (await officer_row(p)).state == OutboxState.DONE
    assert len(in_chat(p)) == 1


async def test_the_wait_that_was_asked_for_is_kept(p: Posting) -> None:
    await only_the_officers_card(p)
    p.teams.posts.add(NotSent("throttled", retry_after=120))
    await p.delivery.drain()
    assert 110 < wait_of(await officer_row(p)) <= 120


async def test_the_wait_never_grows_past_some_minutes(p: Posting) -> None:
    await only_the_officers_card(p)
    await p.force.change(Outbox, table_of(Outbox).c.purpose == OFFICER, attempts=40)
    p.teams.posts.add(NotSent("busy"))
    await p.delivery.drain()
    assert 200 < wait_of(await officer_row(p)) <= 360


async def test_an_unclear_post_is_sent_once_more_after_a_minute_and_marked(p: Posting) -> None:
    await only_the_officers_card(p)
    p.teams.posts.add(Unclear("timeout"))
    await p.delivery.drain()
    row = await officer_row(p)
    assert (row.state, row.unclear) == (OutboxState.WAITING, 1)
    assert 50 < wait_of(row) <= 60
    assert await p.delivery.drain() == 0
    await no_more_waiting(p)
    await p.delivery.drain()
    first, second = in_chat(p)
    assert "copy" in second.words.lower() and "copy of this" not in first.words.lower()
    assert first.words != second.words
    assert (await officer_row(p)).state == OutboxState.DONE


async def test_the_wait_before_a_second_copy_can_be_set(p: Posting) -> None:
    delivery = Delivery(p.force.units, p.teams, p.records, DRAWINGS, second_copy_after=5.0)
    await only_the_officers_card(p)
    p.teams.posts.add(Unclear("timeout"))
    await delivery.drain()
    assert 0 < wait_of(await officer_row(p)) <= 5


async def test_a_row_that_was_under_lease_when_the_process_died_is_marked_too(p: Posting) -> None:
    await only_the_officers_card(p)
    lost = {"state": OutboxState.SENDING, "lease_until": LONG_AGO, "attempts": 1}
    await p.force.change(Outbox, table_of(Outbox).c.purpose == OFFICER, **lost)
    await p.delivery.drain()
    assert "copy" in p.teams.posted[0].words.lower()


async def test_a_card_that_is_gone_is_posted_once_afresh(p: Posting) -> None:
    made = await p.force.task()
    await p.delivery.drain()
    p.teams.forget_messages()
    await p.force.close(made)
    await p.delivery.drain()
    assert len(p.teams.posted) == 6
    assert len(p.teams.standing) == 3
    assert sum(message.gone for message in await p.force.rows(Message)) == 3
    await p.delivery.drain()
    assert len(p.teams.posted) == 6


async def test_an_unclear_update_is_simply_repeated(p: Posting) -> None:
    made = await p.force.task()
    await p.delivery.drain()
    await p.force.close(made)
    await p.force.change(
        Outbox,
        (table_of(Outbox).c.state == OutboxState.WAITING) & (table_of(Outbox).c.purpose != OFFICER),
        state=OutboxState.DONE,
    )
    p.teams.updates.add(Unclear("timeout"))
    await p.delivery.drain()
    await no_more_waiting(p)
    await p.delivery.drain()
    assert len(p.teams.posted) == 3
    assert (await officer_row(p, OutboxKind.UPDATE_CARD)).state == OutboxState.DONE


async def test_a_post_to_what_is_gone_is_tried_again_later(p: Posting) -> None:
    await only_the_officers_card(p)
    p.teams.posts.add(MessageGone("conversation-gone"))
    await p.delivery.drain()
    assert (await officer_row(p)).last_error == "conversation-gone"


async def test_what_is_refused_for_more_than_an_hour_is_parked_where_people_see_it(p: Posting) -> None:
    await only_the_officers_card(p)
    p.teams.posts.add(*(Refused("bad-request") for _ in range(20)))
    for attempt in range(20):
        assert (await officer_row(p)).state == OutboxState.WAITING, attempt
        await p.delivery.drain()
        await no_more_waiting(p)
    row = await officer_row(p)
    assert (row.state, row.last_error, row.attempts) == (OutboxState.PARKED, "bad-request", 20)
    assert await p.delivery.drain() == 0


async def test_a_fault_of_our_own_backs_off_and_is_noted_without_words(p: Posting) -> None:
    await only_the_officers_card(p)
    p.teams.posts.add(RuntimeError("J. EXAMPLE"))
    await p.delivery.drain()
    row = await officer_row(p)
    assert (row.state, row.last_error) == (OutboxState.WAITING, "internal")


# --- several standing cards ------------------------------------------------------------------


async def several_standing_cards(p: Posting, count: int = 3) -> list[str]:
    """A closed task with so many cards in its officer's chat, and nothing but their update to be sent."""
    made = await p.force.task()
    for number in range(count - 1):
        again = post_own_card(made.task, CONSTABLE.entra_id, NOW, f"again-{number}")
        await p.force.units.write(lambda uow, row=again: uow.effects(row))  # type: ignore[misc]
    await p.delivery.drain()
    await p.force.close(made)
    others = (table_of(Outbox).c.state == OutboxState.WAITING) & (table_of(Outbox).c.purpose != OFFICER)
    await p.force.change(Outbox, others, state=OutboxState.DONE)
    return [sent.activity_id for sent in in_chat(p)]


def updated(p: Posting) -> list[str]:
    return [sent.activity_id for sent in p.teams.updated]


async def gone(p: Posting) -> list[str]:
    return [message.activity_id for message in await p.force.rows(Message) if message.gone]


async def test_a_card_that_teams_refuses_to_edit_holds_up_no_other(p: Posting) -> None:
    first, second, third = await several_standing_cards(p)
    p.teams.refused_edits[first] = Refused("ServiceError")
    await p.delivery.drain()
    assert updated(p) == [second, third]
    assert await gone(p) == [first]
    assert (await officer_row(p, OutboxKind.UPDATE_CARD)).state == OutboxState.DONE
    assert len(in_chat(p)) == 3


async def test_where_teams_refuses_every_edit_and_takes_other_cards_one_is_posted_afresh(p: Posting) -> None:
    standing = await several_standing_cards(p)
    p.teams.refused_edits |= {each: Refused("BadArgument") for each in standing}
    await p.delivery.drain()
    assert sorted(await gone(p)) == sorted(standing)
    assert "Undo" in in_chat(p)[-1].words
    assert len(in_chat(p)) == 4


async def test_what_waits_behind_a_card_that_cannot_be_edited_goes_out_at_once(p: Posting) -> None:
    made = await p.force.done()
    await p.delivery.drain()
    p.teams.refused_edits[in_chat(p)[0].activity_id] = Refused("ServiceError")
    sent_back = post_own_card(made.task, CONSTABLE.entra_id, NOW, "sent-back")
    touch = update_own_card(made.task, CONSTABLE.entra_id, NOW, "touch")
    await p.force.units.write(lambda uow: uow.effects(touch, sent_back))
    await p.delivery.drain()
    assert len(in_chat(p)) == 3
    assert await p.force.outbox(purpose=OFFICER, state=OutboxState.WAITING) == []


async def nothing_was_taken_lately(p: Posting) -> None:
    """The service has just begun: whether Teams takes anything from it is not known."""
    p.delivery = Delivery(p.force.units, p.teams, p.records, DRAWINGS)


async def test_where_teams_takes_nothing_no_card_is_given_up(p: Posting) -> None:
    standing = await several_standing_cards(p)
    await nothing_was_taken_lately(p)
    p.teams.refused_edits |= {each: Refused("Forbidden") for each in standing}
    for _ in range(3):
        await p.delivery.drain()
        await no_more_waiting(p)
    assert (await gone(p), updated(p)) == ([], [])
    assert (await officer_row(p, OutboxKind.UPDATE_CARD)).last_error == "Forbidden"
    p.teams.refused_edits.clear()
    await p.delivery.drain()
    assert sorted(updated(p)) == sorted(standing)
    assert len(in_chat(p)) == 3


async def test_a_refusal_is_known_to_be_of_the_message_once_teams_takes_another_card(p: Posting) -> None:
    standing = await several_standing_cards(p, 1)
    await nothing_was_taken_lately(p)
    p.teams.refused_edits |= {each: Refused("ServiceError") for each in standing}
    await p.delivery.drain()
    assert await gone(p) == []
    await p.force.units.write(lambda uow: uow.effects(update_board("north", NOW, "a minute later")))
    await p.delivery.drain()
    await no_more_waiting(p)
    await p.delivery.drain()
    assert await gone(p) == standing
    assert len(in_chat(p)) == 2


async def test_a_service_that_is_not_let_in_gives_up_no_card_whatever_else_is_taken(p: Posting) -> None:
    first, *_ = await several_standing_cards(p)
    p.teams.refused_edits[first] = RefusedAnyway("BotNotRegistered")
    await p.delivery.drain()
    row = await officer_row(p, OutboxKind.UPDATE_CARD)
    assert (row.state, row.last_error) == (OutboxState.WAITING, "BotNotRegistered")
    assert await gone(p) == []


async def test_after_trouble_that_may_pass_a_conversation_is_left_alone_and_another_is_served(
    p: Posting,
) -> None:
    await p.force.open_chat(SERGEANT)
    done = await p.force.done(OutcomeCode.BREACH_SUSPECTED)
    await p.delivery.drain()
    notices = [each for each in await p.force.rows(Message) if each.purpose == CardPurpose.BREACH_NOTICE]
    in_trouble, served = sorted(notices, key=lambda each: each.posted_at)
    await p.force.insert(another_copy(in_trouble, "copy"))
    p.teams.refused_edits[in_trouble.activity_id] = NotSent("throttled", retry_after=120)
    p.teams.updated.clear()
    assert done.task.outcome_id
    rows = [
        update_breach(done.task, done.task.outcome_id, NOW, person_id=each.person_id)
        for each in (in_trouble, served)
    ]
    await p.force.units.write(lambda uow: uow.effects(*rows))
    await p.delivery.drain()
    assert updated(p) == [served.activity_id]
    waiting = (await p.force.outbox(key=rows[0]["key"]))[0]
    assert 110 < wait_of(waiting) <= 120
    assert await gone(p) == []


def another_copy(message: Message, activity_id: str) -> Message:
    """The same card once more, in the same conversation."""
    return Message(**{**values_of(message), "id": uuid4(), "activity_id": activity_id})


async def let_leases_run_out(p: Posting) -> None:
    under_way = table_of(Outbox).c.state == OutboxState.SENDING
    await p.force.change(Outbox, under_way, lease_until=LONG_AGO)


async def test_an_update_that_takes_longer_than_its_lease_keeps_its_row(
    p: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await several_standing_cards(p)
    edit, is_ours = p.teams.update, []

    async def slowly(*args: Any) -> None:
        lease = (await officer_row(p, OutboxKind.UPDATE_CARD)).lease_until
        is_ours.append(lease is not None and lease > datetime.now(UTC))
        await let_leases_run_out(p)
        await edit(*args)

    monkeypatch.setattr(p.teams, "update", slowly)
    await p.delivery.drain()
    assert is_ours == [True] * 3
    row = await officer_row(p, OutboxKind.UPDATE_CARD)
    assert (row.state, row.attempts, row.unclear) == (OutboxState.DONE, 1, 0)


async def test_an_update_whose_row_somebody_else_took_stops_and_its_cards_are_drawn_afresh(
    p: Posting,
) -> None:
    made = await p.force.task()
    other = Delivery(p.force.units, p.teams, p.records, DRAWINGS)
    again = post_own_card(made.task, CONSTABLE.entra_id, NOW, "again")
    await p.force.units.write(lambda uow: uow.effects(again))
    await p.delivery.drain()
    await p.force.do(CONSTABLE, accept, made.task.ref)
    p.teams.hanging.add("chat-2")
    with capture_logs() as logs:
        slow = asyncio.create_task(p.delivery.drain())
        await p.teams.hangs.wait()
        p.teams.hanging.clear()
        await p.force.close(made)
        await let_leases_run_out(p)
        await other.drain()
        p.teams.goes_on.set()
        await slow
    assert [each["event"] for each in logs].count("delivery.lease_lost") == 1
    mine = [sent for sent in p.teams.standing.values() if sent.place.conversation_id == "chat-2"]
    assert [("Undo" in sent.words, "More" in sent.words) for sent in mine] == [(True, False)] * 2
    assert await p.force.outbox(purpose=OFFICER, state=OutboxState.WAITING) == []


async def test_a_post_whose_row_somebody_else_took_is_logged_and_its_card_remembered(p: Posting) -> None:
    await only_the_officers_card(p)
    p.teams.hanging.add("chat-2")
    with capture_logs() as logs:
        slow = asyncio.create_task(p.delivery.drain())
        await p.teams.hangs.wait()
        p.teams.hanging.clear()
        await let_leases_run_out(p)
        await Delivery(p.force.units, p.teams, p.records, DRAWINGS).drain()
        p.teams.goes_on.set()
        await slow
    assert [each["event"] for each in logs].count("delivery.lease_lost") == 1
    cards = await p.force.rows(Message, table_of(Message).c.purpose == OFFICER)
    assert {card.activity_id for card in cards} == {sent.activity_id for sent in in_chat(p)}
    assert len(cards) == 2


# --- people who cannot be reached ------------------------------------------------------------


async def test_a_card_for_somebody_without_the_app_goes_out_when_they_install_it(p: Posting) -> None:
    await p.force.task(SECOND_CONSTABLE)
    await p.delivery.drain()
    row = await officer_row(p)
    assert (row.state, row.last_error) == (OutboxState.WAITING, "not-installed")
    chat = Conversation(
        id="new-chat",
        kind=ConversationKind.PERSONAL,
        service_url="http://localhost",
        tenant_id="t",
        entra_id=SECOND_CONSTABLE.entra_id,
        updated_at=NOW,
    )
    await p.force.units.write(lambda uow: meet(uow, chat, SECOND_CONSTABLE.entra_id, None))
    await p.delivery.drain()
    assert p.teams.posted[-1].place.conversation_id == "new-chat"


async def know_teams_id(p: Posting) -> None:
    second = table_of(Person).c.entra_id == SECOND_CONSTABLE.entra_id
    await p.force.change(Person, second, teams_id="29:second")


async def test_a_chat_is_opened_for_somebody_known_by_their_teams_id(p: Posting) -> None:
    await know_teams_id(p)
    await p.force.task(SECOND_CONSTABLE)
    await p.delivery.drain()
    assert [opened[0] for opened in p.teams.opened] == ["29:second"]
    assert any(sent.place.conversation_id == "chat-with-29:second" for sent in p.teams.posted)
    assert (await officer_row(p)).state == OutboxState.DONE


async def test_no_chat_is_opened_where_the_service_may_not(p: Posting) -> None:
    await know_teams_id(p)
    await p.force.task(SECOND_CONSTABLE)
    await Delivery(p.force.units, p.teams, p.records, DRAWINGS, opens_chats=False).drain()
    assert p.teams.opened == []
    assert (await officer_row(p)).last_error == "not-installed"


async def test_a_chat_that_cannot_be_opened_is_tried_again_later_and_later(p: Posting) -> None:
    await know_teams_id(p)
    await p.force.task(SECOND_CONSTABLE)
    p.teams.chats.add(*(CannotReach("blocked") for _ in range(9)))
    waits = []
    for _ in range(9):
        await p.delivery.drain()
        row = await officer_row(p)
        assert (row.state, row.last_error) == (OutboxState.WAITING, "blocked")
        waits.append(wait_of(row))
        await no_more_waiting(p)
    assert waits == sorted(waits)
    assert 200 < waits[-1] <= 300


# --- hand-overs ------------------------------------------------------------------------------


async def handed(p: Posting) -> Outcome:
    return (await p.force.rows(Outcome))[0]


async def ready_to_hand_over(p: Posting) -> Outbox:
    await p.force.done()
    p.force.clock.advance(minutes=10)
    return (await p.force.outbox(kind=OutboxKind.HAND_OVER))[0]


async def test_a_row_that_is_refused_for_good_is_given_up_at_once_and_those_behind_it_go_on(
    p: Posting,
) -> None:
    await ready_to_hand_over(p)
    await ready_to_hand_over(p)
    first, second = await p.force.outbox(kind=OutboxKind.HAND_OVER)
    assert first.lane == second.lane
    p.records.hand_overs.add(RefusedForGood("column-short", "its Note is too short"))
    await p.delivery.drain()
    rows = await p.force.outbox(kind=OutboxKind.HAND_OVER)
    assert [(row.state, row.last_error, row.attempts) for row in rows] == [
        (OutboxState.PARKED, "column-short", 1),
        (OutboxState.DONE, None, 1),
    ]
    states: dict[Any, Any] = {o.id: (o.state, o.desk_reason) for o in await p.force.rows(Outcome)}
    assert states[first.outcome_id] == (OutcomeState.KEYED_BY_HAND, "its Note is too short")
    assert states[second.outcome_id] == (OutcomeState.HANDED_OVER, "")


async def test_its_officer_the_channel_and_the_board_read_at_once_that_it_is_not_on_athena(
    p: Posting,
) -> None:
    await ready_to_hand_over(p)
    await p.delivery.drain()
    p.records.rows.clear()
    again = await p.force.done()
    p.force.clock.advance(minutes=10)
    before = len(in_chat(p))
    p.records.hand_overs.add(RefusedForGood("column-short", "its Note is too short"))
    await p.delivery.drain()
    new = in_chat(p)[before:]
    assert ["NOT on Athena: key it by hand" in sent.words for sent in new].count(True) == 1
    standing = [each.words for each in p.teams.standing.values() if again.task.ref in each.words]
    assert standing and not any("RedLine sends this" in words for words in standing)
    board = [each.words for each in p.teams.standing.values() if each.summary == "RedLine board"]
    assert f"NOT on Athena, key by hand: {again.task.ref}" in board[-1]
    assert "1 to key by hand" in board[-1] and "could not be sent" not in board[-1]


async def test_a_refusal_of_what_may_have_arrived_gives_nothing_up(p: Posting) -> None:
    await ready_to_hand_over(p)
    p.records.loses_unclear = True
    p.records.hand_overs.add(Unclear("timeout"), RefusedForGood("bad-request"))
    for _ in range(2):
        await p.delivery.drain()
        await no_more_waiting(p)
    row = (await p.force.outbox(kind=OutboxKind.HAND_OVER))[0]
    assert (row.state, row.last_error) == (OutboxState.WAITING, "bad-request")
    assert (await handed(p)).state == OutcomeState.TO_HAND_OVER


@pytest.mark.parametrize("problem", [Refused("forbidden"), NotSent("busy")])
async def test_a_list_that_takes_nothing_just_now_makes_nobody_key_by_hand(
    p: Posting, problem: Exception
) -> None:
    await ready_to_hand_over(p)
    p.records.hand_overs.add(problem)
    await p.delivery.drain()
    assert (await handed(p)).state == OutcomeState.TO_HAND_OVER
    await no_more_waiting(p)
    await p.delivery.drain()
    assert (await handed(p)).state == OutcomeState.HANDED_OVER


async def test_what_was_given_up_is_never_sent_again_by_a_job(p: Posting) -> None:
    await ready_to_hand_over(p)
    p.records.hand_overs.add(RefusedForGood("column-short"))
    await p.delivery.drain()
    assert await p.force.units.write(outbox_steps.release_parked) == 0
    await p.delivery.drain()
    assert p.records.rows == {}
    assert await p.force.units.write(send_given_up_again) == 1
    await p.delivery.drain()
    assert (await handed(p)).state == OutcomeState.HANDED_OVER
    assert [name for name, _ in p.records.calls] == ["hand_over", "find", "hand_over"]


async def test_an_outcome_is_handed_over_after_its_undo_window_and_not_before(p: Posting) -> None:
    await p.force.done()
    await p.delivery.drain()
    assert p.records.calls == []
    p.force.clock.advance(minutes=10)
    await p.delivery.drain()
    outcome = await handed(p)
    assert p.records.calls == [("hand_over", str(outcome.id))]
    assert (outcome.state, outcome.list_item_id) == (OutcomeState.HANDED_OVER, "item-1")
    row = (await p.force.outbox(kind=OutboxKind.HAND_OVER))[0]
    assert (row.state, row.proof) == (OutboxState.DONE, "item-1")


async def test_the_cards_say_so_once_it_is_handed_over(p: Posting) -> None:
    await p.force.done()
    await p.delivery.drain()
    p.force.clock.advance(minutes=10)
    before = len(p.teams.updated)
    await p.delivery.drain()
    assert len(p.teams.updated) > before


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_unclear_hand_over_is_looked_up_before_another(p: Posting, arrived: bool) -> None:
    await ready_to_hand_over(p)
    p.records.loses_unclear = not arrived
    p.records.hand_overs.add(Unclear("timeout"))
    await p.delivery.drain()
    assert (await handed(p)).state == OutcomeState.TO_HAND_OVER
    await no_more_waiting(p)
    await p.delivery.drain()
    calls = [name for name, _ in p.records.calls]
    assert calls == ["hand_over", "find"] if arrived else calls == ["hand_over", "find", "hand_over"]
    assert len(p.records.rows) == 1
    assert (await handed(p)).state == OutcomeState.HANDED_OVER


async def test_a_hand_over_cut_off_by_a_crash_is_looked_up_first(p: Posting) -> None:
    row = await ready_to_hand_over(p)
    lost = {"state": OutboxState.SENDING, "lease_until": LONG_AGO, "attempts": 1}
    await p.force.change(Outbox, table_of(Outbox).c.id == row.id, **lost)
    await p.delivery.drain()
    assert [name for name, _ in p.records.calls] == ["find", "hand_over"]


async def test_a_lookup_that_fails_hands_nothing_over(p: Posting) -> None:
    await ready_to_hand_over(p)
    p.records.loses_unclear = True
    p.records.hand_overs.add(Unclear("timeout"))
    p.records.finds.add(NotSent("busy"))
    await p.delivery.drain()
    await no_more_waiting(p)
    await p.delivery.drain()
    assert p.records.rows == {}
    await no_more_waiting(p)
    await p.delivery.drain()
    assert len(p.records.rows) == 1


async def test_one_pass_of_the_records_tries_each_hand_over_and_counts_them(p: Posting) -> None:
    await ready_to_hand_over(p)
    assert await p.delivery.records_waiting() == 1
    p.records.hand_overs.add(NotSent("busy"))
    tried: list[int] = []
    await p.delivery.drain_records(lambda: tried.append(1))
    assert (len(tried), await p.delivery.records_waiting()) == (1, 1)
    await no_more_waiting(p)
    await p.delivery.drain_records(lambda: tried.append(1))
    assert (len(tried), await p.delivery.records_waiting()) == (2, 0)
    assert p.teams.posted == []


async def test_one_pass_waits_for_what_a_running_service_is_sending(p: Posting) -> None:
    row = await ready_to_hand_over(p)
    of_row = table_of(Outbox).c.id == row.id
    await p.force.change(
        Outbox, of_row, state=OutboxState.SENDING, lease_until=datetime.now(UTC) + timedelta(minutes=1)
    )
    under_way = asyncio.create_task(p.delivery.drain_records(lambda: None))
    await asyncio.sleep(0.6)
    assert not under_way.done()
    await p.force.change(Outbox, of_row, state=OutboxState.DONE, lease_until=None)
    async with asyncio.timeout(20):
        await under_way
    assert (p.records.calls, await p.delivery.records_waiting()) == ([], 0)


async def test_what_was_given_up_counts_until_it_is_keyed_by_hand(p: Posting) -> None:
    row = await ready_to_hand_over(p)
    await p.force.change(Outbox, table_of(Outbox).c.id == row.id, state=OutboxState.PARKED)
    assert await p.delivery.records_waiting() == 1
    await p.force.change(Outcome, table_of(Outcome).c.id == row.outcome_id, athena_ref="36/9/26")
    assert await p.delivery.records_waiting() == 0


async def test_one_pass_ends_even_where_the_other_side_asks_for_no_wait(p: Posting) -> None:
    await ready_to_hand_over(p)
    p.records.hand_overs.add(*(NotSent("busy", retry_after=0) for _ in range(50)))
    tried: list[int] = []
    async with asyncio.timeout(20):
        await p.delivery.drain_records(lambda: tried.append(1))
    assert len(tried) <= 3


async def test_a_breach_that_is_corrected_does_not_go_on_standing_in_the_channel(p: Posting) -> None:
    await p.force.open_chat(SERGEANT)
    done = await p.force.done(OutcomeCode.BREACH_SUSPECTED)
    await p.delivery.drain()
    notices = [
        sent for sent in p.teams.posted if "Breach" in str(sent.card) and "RADIO" in str(sent.card).upper()
    ]
    assert len(notices) == 2
    code, state = OutcomeCode.SEEN_NO_CONCERN, OutcomeState.HANDED_OVER
    await p.force.change(Outcome, table_of(Outcome).c.id == done.task.outcome_id, state=state)
    said = Report(code, p.force.clock.now(), corrects=done.task.outcome_id, reason="Wrong person")
    await p.force.do(CONSTABLE, record_outcome, done.task.ref, said)
    await p.delivery.drain()
    for notice in notices:
        assert "Corrected by PC " in str(p.teams.standing[notice.activity_id].card)


@pytest.mark.parametrize(
    ("decide", "args", "settled"),
    [
        (
            reassign,
            (SECOND_CONSTABLE.entra_id, "free"),
            f"Settled: PC {SECOND_CONSTABLE.collar_number} has it",
        ),
        (cancel, ("over",), "Settled: cancelled"),
    ],
)
async def test_what_was_given_back_does_not_go_on_saying_that_nobody_has_it(
    p: Posting, decide: Callable[..., Any], args: tuple[str, ...], settled: str
) -> None:
    chat = await p.force.open_chat(SERGEANT)
    made = await p.force.task()
    await p.force.do(CONSTABLE, give_back, made.task.ref, "at court")
    await p.delivery.drain()
    notice = next(sent for sent in p.teams.posted if sent.place.conversation_id == chat)
    assert "has nobody" in notice.words and "Allocate" in notice.words
    await p.force.do(SERGEANT, decide, made.task.ref, *args)
    await p.delivery.drain()
    now = p.teams.standing[notice.activity_id].words
    assert settled in now and "at court" in now
    assert "has nobody" not in now and "Allocate" not in now


async def test_an_officer_hears_of_a_cancelled_task_by_a_new_post_with_a_neutral_preview(p: Posting) -> None:
    made = await p.force.task()
    await p.delivery.drain()
    await p.force.do(SERGEANT, cancel, made.task.ref, "unsafe: firearms marker")
    await p.delivery.drain()
    told = in_chat(p)[-1]
    assert told.summary == f"RedLine {made.task.ref}, cancelled"
    assert "firearms marker" in told.words
    assert "Cancelled" in p.teams.standing[in_chat(p)[0].activity_id].words
    assert len(in_chat(p)) == 2


# --- running ---------------------------------------------------------------------------------


async def test_a_commit_wakes_the_delivery(p: Posting) -> None:
    running = await p.running()
    await asyncio.sleep(0.2)
    await p.force.task()
    await until(lambda: len(p.teams.posted) == 3)
    await stop(running)


async def test_a_hanging_target_holds_up_nobody_else(p: Posting) -> None:
    p.teams.hanging.add("chat-2")
    running = await p.running()
    await p.force.task()
    await until(lambda: len(p.teams.posted) == 2)
    assert p.teams.hangs.is_set()
    await p.force.open_chat(SECOND_CONSTABLE)
    await p.force.task(SECOND_CONSTABLE)
    await until(lambda: any(s.place.conversation_id == "chat-3" for s in p.teams.posted))
    p.teams.goes_on.set()
    await until(lambda: any(s.place.conversation_id == "chat-2" for s in p.teams.posted))
    await stop(running)


async def test_many_cards_for_a_chat_that_hangs_hold_up_nobody_else(p: Posting) -> None:
    p.teams.hanging.add("chat-2")
    for _ in range(20):
        await p.force.task()
    await p.force.open_chat(SECOND_CONSTABLE)
    await p.force.task(SECOND_CONSTABLE)
    running = await p.running()
    await until(lambda: any(s.place.conversation_id == "chat-3" for s in p.teams.posted))
    assert in_chat(p) == []
    p.teams.goes_on.set()
    await until(lambda: len(in_chat(p)) == 20)
    await stop(running)


async def test_a_chat_whose_turns_are_used_up_is_not_tried_again_and_again(p: Posting) -> None:
    for _ in range(12):
        await p.force.task()
    p.teams.used_up["chat-2"] = 1.0
    running = await p.running()
    await until(lambda: len(in_chat(p)) == 12)
    await stop(running)
    cards = await p.force.outbox(kind=OutboxKind.POST_CARD, purpose=OFFICER)
    # Two were on their way when the first was told to wait; the others were left alone until then.
    assert sorted(row.attempts for row in cards) == [1] * 10 + [2] * 2


async def every_board_is_drawn(p: Posting) -> bool:
    return all(row.state == OutboxState.DONE for row in await p.force.outbox(purpose=CardPurpose.BOARD))


async def test_a_board_that_changes_all_the_time_is_drawn_now_and_then_and_other_cards_at_once(
    p: Posting,
) -> None:
    rest, now = 0.5, asyncio.get_running_loop().time
    quick = tuple(replace(each, rests=rest if each.rests else 0) for each in TOLD.notices)
    with another_house(replace(TOLD, notices=quick)):
        running = await p.running()
        await p.force.task()
        await until(lambda: len(p.teams.posted) == 3)
        began = now()
        for n in range(8):
            await p.force.task()
            await until(lambda n=n: len(in_chat(p)) == n + 2)  # type: ignore[misc]
        drawn_meanwhile, took = len(p.teams.updated), now() - began
        await eventually(lambda: every_board_is_drawn(p))
        await stop(running)
        assert drawn_meanwhile <= took / rest + 2


async def test_stopping_finishes_what_is_under_way(p: Posting) -> None:
    p.teams.hanging.add("chat-2")
    running = await p.running()
    await only_the_officers_card(p)
    await p.teams.hangs.wait()
    running.cancel()
    await asyncio.sleep(0.05)
    assert not running.done()
    p.teams.goes_on.set()
    await asyncio.gather(running, return_exceptions=True)
    assert (await officer_row(p)).state == OutboxState.DONE


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_delivery(
    p: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, failures = p.force.units.write_quietly, [OSError("away")]

    async def sometimes(work: Callable[[Any], Any]) -> Any:
        if failures:
            raise failures.pop()
        return await works(work)

    monkeypatch.setattr(p.force.units, "write_quietly", sometimes)
    running = await p.running()
    await until(lambda: not failures)
    await p.force.task()
    await until(lambda: len(p.teams.posted) == 3)
    await stop(running)


async def test_what_was_sent_is_noted_even_if_the_database_is_away_for_a_moment(
    p: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await only_the_officers_card(p)
    works, calls = p.force.units.write_quietly, []

    async def fails_once(work: Callable[[Any], Any]) -> Any:
        calls.append(work)
        if len(calls) == 2:
            raise OSError("away")
        return await works(work)

    monkeypatch.setattr(p.force.units, "write_quietly", fails_once)
    await p.delivery.drain()
    assert len(p.teams.posted) == 1
    assert (await officer_row(p)).state == OutboxState.DONE


async def test_two_deliveries_share_the_work_and_send_nothing_twice(p: Posting) -> None:
    other = Delivery(p.force.units, p.teams, p.records, DRAWINGS)
    for _ in range(8):
        await p.force.task()
    await asyncio.gather(p.delivery.drain(), other.drain())
    assert len(in_chat(p)) == 8


async def test_what_stands_where_its_readers_may_no_longer_know_of_it_shrinks_to_one_line(
    p: Posting,
) -> None:
    chat = await p.force.open_chat(SERGEANT)
    made = await p.force.task()
    await p.force.do(CONSTABLE, ask_more_time, made.task.ref, NOW + timedelta(days=2), "canary")
    await p.delivery.drain()
    await p.force.restrict("S-01")
    await p.force.name_for("S-01", INSPECTOR)
    await p.force.do(INSPECTOR, answer_more_time, made.task.ref, False)
    await p.delivery.drain()
    shrunk = [sent for sent in p.teams.standing.values() if "No longer " in sent.words]
    where = [chat, f"chat-{CONSTABLE.number}", ROOM.conversation_id]
    assert sorted(sent.place.conversation_id for sent in shrunk) == sorted(where)
    about_it = [sent for sent in p.teams.standing.values() if made.task.ref in sent.words]
    (decided,) = [sent for sent in about_it if sent not in shrunk]
    assert decided.summary.endswith("no more time"), "its officer hears that much, and not why"
    assert "PC 9187" not in str(about_it) and "canary" not in str(about_it)


@pytest.mark.parametrize("ticks", range(6))
async def test_a_stop_in_the_very_moment_of_a_wake_ends_the_delivery(p: Posting, ticks: int) -> None:
    running = await p.running()
    for _ in range(20):
        await asyncio.sleep(0.02)
    p.delivery.wake()
    for _ in range(ticks):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=15)
    await stop(running)
    assert done
