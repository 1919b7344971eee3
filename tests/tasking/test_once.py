"""An activity delivered again gets the same answer, and nothing happens twice."""

from datetime import timedelta

import pytest

from storage import journal
from storage.enums import OutboxKind, OutboxState
from storage.rows import table_of
from storage.tables import Bookmark, Outbox, SeenActivity
from tasking.answers import ANSWER
from tasking.once import activity_key, answer_once
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.watch.upkeep import forget
from tests.support.notice_names import CardPurpose
from tests.support.units import Force


class Turns:
    """What the handlers of one activity were asked, in order."""

    def __init__(self, force: Force, refuses: bool = False) -> None:
        self.force = force
        self.refuses = refuses
        self.may_read = True
        self.asked: list[str] = []

    async def deliver(self, key: str = "key") -> bytes:
        return await self.force.units.write(
            lambda uow: answer_once(
                uow, key, self._respond, self._decline, self._again, lambda _uow: self.may_read
            )
        )

    def _respond(self, uow: UnitOfWork) -> bytes:
        self.asked.append("respond")
        journal.set_bookmark(uow.connection, "written", str(len(self.asked)), uow.now)
        if self.refuses:
            raise Refusal("no", "No.")
        return b"answer"

    def _decline(self, uow: UnitOfWork, refusal: Refusal) -> bytes:
        self.asked.append(refusal.code)
        journal.set_bookmark(uow.connection, "declined", refusal.code, uow.now)
        return b"refused"

    def _again(self, _uow: UnitOfWork) -> bytes:
        self.asked.append("again")
        return b"current"


async def names(force: Force) -> set[str]:
    return {row.name for row in await force.rows(Bookmark)}


def test_a_key_tells_conversations_and_activities_apart_and_gives_nothing_away() -> None:
    keys = {activity_key("c", "1"), activity_key("c", "2"), activity_key("d", "1"), activity_key("c\n1", "")}
    assert len(keys) == 4
    assert activity_key("c", "1") == activity_key("c", "1")
    assert "chat-7" not in activity_key("chat-7", "activity")


async def test_a_redelivery_gets_the_same_answer_and_runs_nothing(force: Force) -> None:
    turns = Turns(force)
    assert [await turns.deliver(), await turns.deliver()] == [b"answer", b"answer"]
    assert turns.asked == ["respond"]


async def test_another_activity_is_answered_for_itself(force: Force) -> None:
    turns = Turns(force)
    await turns.deliver("one")
    await turns.deliver("two")
    assert turns.asked == ["respond", "respond"]


async def test_a_refusal_undoes_what_was_begun_and_keeps_what_declining_wrote(force: Force) -> None:
    turns = Turns(force, refuses=True)
    assert await turns.deliver() == b"refused"
    assert await names(force) == {"declined"}


async def test_a_refusal_is_repeated_as_it_was(force: Force) -> None:
    turns = Turns(force, refuses=True)
    await turns.deliver()
    turns.refuses = False
    assert await turns.deliver() == b"refused"
    assert turns.asked == ["respond", "no"]


async def test_for_ten_minutes_the_kept_answer_is_given_and_then_the_current_card(force: Force) -> None:
    turns = Turns(force)
    await turns.deliver()
    force.clock.advance(minutes=10, seconds=-1)
    assert await turns.deliver() == b"answer"
    force.clock.advance(seconds=1)
    assert await turns.deliver() == b"current"
    assert turns.asked == ["respond", "again"]


async def test_who_may_not_know_it_any_more_is_not_given_the_kept_answer(force: Force) -> None:
    turns = Turns(force)
    await turns.deliver()
    turns.may_read = False
    assert await turns.deliver() == b"current"
    turns.may_read = True
    assert await turns.deliver() == b"answer"


async def test_a_failure_leaves_no_trace_so_that_the_redelivery_is_answered(force: Force) -> None:
    def fail(_uow: UnitOfWork) -> bytes:
        raise ArithmeticError("in the use case")

    turns = Turns(force)
    try:
        await force.units.write(
            lambda uow: answer_once(uow, "key", fail, turns._decline, turns._again, lambda _uow: True)
        )
    except ArithmeticError:
        assert await force.rows(SeenActivity) == []
    assert await turns.deliver() == b"answer"


async def test_answers_are_forgotten_after_ten_minutes_and_their_rows_after_a_week(force: Force) -> None:
    turns = Turns(force)
    await turns.deliver()
    force.clock.advance(minutes=10)
    await force.units.write(forget)
    assert [row.answer for row in await force.rows(SeenActivity)] == [b"answer"]
    force.clock.advance(seconds=1)
    await force.units.write(forget)
    assert [row.answer for row in await force.rows(SeenActivity)] == [None]
    assert await turns.deliver() == b"current"
    force.clock.advance(days=7)
    await force.units.write(forget)
    assert await force.rows(SeenActivity) == []


@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.SENDING, OutboxState.PARKED])
async def test_an_answer_that_has_still_to_be_posted_is_kept(force: Force, state: OutboxState) -> None:
    turns = Turns(force)
    await turns.deliver()
    await force.units.write(
        lambda uow: uow.effects(
            ANSWER.post(
                "answer:key", "answer:key", "north", uow.now, answer_key="key", conversation_id="chat"
            )
        )
    )
    await force.change(Outbox, table_of(Outbox).c.key == "answer:key", state=state)
    force.clock.advance(days=8)
    await force.units.write(forget)
    assert [row.answer for row in await force.rows(SeenActivity)] == [b"answer"]
    await force.change(Outbox, table_of(Outbox).c.key == "answer:key", state=OutboxState.DONE)
    await force.units.write(forget)
    assert await force.rows(SeenActivity) == []
    assert await force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.ANSWER) != []
    assert timedelta(minutes=10) == journal.ANSWER_OWED_FOR
