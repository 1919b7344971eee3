"""The steps of a delivery on its row, and how a phrase of time is told from ordinary words."""

from datetime import timedelta

import pytest

from infra.local.people import CONSTABLE
from storage.enums import ConversationKind, OutboxKind, OutboxState
from storage.tables import Conversation, Message
from tasking.answers import ANSWER
from tasking.deliveries import CardDelivery, prepare
from tasking.outbox_steps import (
    claim_hand_overs,
    claim_rows,
    draw_again,
    hand_overs_due,
    note_chat,
    park_row,
    put_row_back,
    release_parked,
    seconds_to_next,
    stamp_row,
)
from tasking.ports import NotSent, Place
from tasking.records import send_given_up_again
from tasking.replaced import hide_replaced
from tasking.watch.brake_notice import update_brake_notice
from tasking.when.time_phrases import TimePhrase, read_phrase
from tests.support.notice_names import CardPurpose
from tests.support.units import Force


async def test_rows_are_claimed_stamped_put_back_and_parked(force: Force) -> None:
    await force.task()
    rows = await force.units.write(lambda uow: claim_rows(uow, 10))
    by_purpose = {row.purpose: row for row in rows}
    rows = [
        by_purpose[each] for each in (CardPurpose.CONFIRMATION, CardPurpose.BOARD, CardPurpose.OFFICER_TASK)
    ]
    await force.units.write(lambda uow: stamp_row(uow, rows[0], "proof"))
    await force.units.write(lambda uow: put_row_back(uow, rows[1], "busy", timedelta(minutes=1)))
    await force.units.write(lambda uow: park_row(uow, rows[2], "refused"))
    states = {row.id: row.state for row in await force.outbox()}
    assert [states[row.id] for row in rows] == [OutboxState.DONE, OutboxState.WAITING, OutboxState.PARKED]
    left = await force.units.read(seconds_to_next)
    assert left is not None and 50 < left <= 60


async def test_hand_overs_are_claimed_and_counted_and_go_on_only_when_a_person_says_so(force: Force) -> None:
    await force.done()
    force.clock.advance(minutes=10)
    assert await force.units.read(hand_overs_due) == 1
    rows = await force.units.write(lambda uow: claim_hand_overs(uow, 10))
    assert [row.kind for row in rows] == [OutboxKind.HAND_OVER]
    await force.units.write(lambda uow: park_row(uow, rows[0], "refused"))
    assert await force.units.write(release_parked) == 0
    assert await force.units.write(lambda uow: claim_hand_overs(uow, 10)) == []
    assert await force.units.write(send_given_up_again) == 1
    assert len(await force.units.write(lambda uow: claim_hand_overs(uow, 10))) == 1


async def test_what_is_drawn_again_says_all_that_the_row_said(force: Force) -> None:
    first = update_brake_notice("north", force.clock.now(), CONSTABLE.entra_id)
    await force.units.write(lambda uow: uow.effects(first))
    (row,) = await force.outbox(purpose=CardPurpose.BRAKE_NOTICE)
    await force.units.write(lambda uow: draw_again(uow, row))
    _, again = await force.outbox(purpose=CardPurpose.BRAKE_NOTICE)
    new = {"id", "key", "created_at", "send_after"}
    assert again.model_dump(exclude=new) == row.model_dump(exclude=new)
    assert again.hint == CONSTABLE.entra_id


async def test_a_replaced_card_is_hidden_by_a_row_that_is_drawn_again_too(force: Force) -> None:
    chat_id = await force.open_chat(CONSTABLE)
    message = Message(
        purpose=CardPurpose.OFFICER_TASK,
        district_id="north",
        conversation_id=chat_id,
        activity_id="1",
        person_id=CONSTABLE.entra_id,
        posted_at=force.clock.now(),
    )
    await force.insert(message)
    first = hide_replaced(message, force.clock.now())
    await force.units.write(lambda uow: uow.effects(first))
    (row,) = await force.outbox(purpose=CardPurpose.REPLACED)
    await force.units.write(lambda uow: draw_again(uow, row))
    _, again = await force.outbox(purpose=CardPurpose.REPLACED)
    wanted = await force.units.write(lambda uow: prepare(uow, again))
    assert isinstance(wanted, CardDelivery)
    assert [each.id for _, each in wanted.standing] == [message.id]


async def test_a_chat_that_was_opened_is_remembered(force: Force) -> None:
    place = Place("chat", "http://localhost", "tenant")
    await force.units.write(lambda uow: note_chat(uow, CONSTABLE.entra_id, place))
    known = (await force.rows(Conversation))[0]
    assert (known.id, known.kind, known.entra_id) == ("chat", ConversationKind.PERSONAL, CONSTABLE.entra_id)


def test_a_problem_of_delivery_says_its_code_and_no_more() -> None:
    problem = NotSent("throttled", retry_after=3)
    assert (str(problem), problem.code, problem.retry_after) == ("throttled", "throttled", 3)


def phrase(text: str) -> TimePhrase:
    found = read_phrase(text)
    assert found, text
    return found


@pytest.mark.parametrize(
    ("text", "deadline", "complete"),
    [
        ("by tomorrow 18:00", True, True),
        ("tomorrow 18:00", False, True),
        ("18:00", False, True),
        ("6", False, False),
        ("in 4h", False, True),
        ("tomorrow", False, False),
    ],
)
def test_a_phrase_is_a_deadline_by_its_word_and_complete_by_its_clock(
    text: str, deadline: bool, complete: bool
) -> None:
    assert (phrase(text).is_deadline, phrase(text).is_complete) == (deadline, complete)


@pytest.mark.parametrize(("district", "boards"), [("north", 1), ("", 0)])
async def test_a_parked_row_shows_on_its_districts_board_if_it_has_one(
    force: Force, district: str, boards: int
) -> None:
    await force.units.write(
        lambda uow: uow.effects(
            ANSWER.post(
                "answer:key", "answer:key", district, uow.now, answer_key="key", conversation_id="chat"
            )
        )
    )
    rows = await force.units.write(lambda uow: claim_rows(uow, 10))
    await force.units.write(lambda uow: park_row(uow, rows[0], "refused"))
    assert len(await force.outbox(purpose=CardPurpose.BOARD)) == boards
