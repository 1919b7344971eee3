"""What time makes true: reminders, and the board."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.people import NORTH_CHANNEL, SERGEANT, FictionalPerson
from infra.local.teams_kept import Message
from scheduler import watch as jobs
from storage.tables import Task
from tasking.clock import SystemClock
from tasking.policy import load_policy
from tasking.unit_of_work import Units
from tests.flows.pressing import press
from tests.flows.telling import a_visit, only, outcomes, reads, the_officers_card, words_of
from tests.support.running_service import HANG, POLICY, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _falls_due(stage: Stage, *refs: str) -> None:
    past = datetime.now(UTC) - timedelta(minutes=3)
    for ref in refs:
        await stage.change(Task, {"ref": ref}, due_at=past, next_reminder_at=past)


def _reminders(stage: Stage, officer: FictionalPerson) -> list[Message]:
    chat = stage.teams.in_conversation(stage.chat_of(officer))
    return [message for message in chat if "due" in message.summary and "T-" not in message.summary]


async def _remind(stage: Stage) -> int:
    """One pass, as another replica would make it."""
    count = await jobs.remind(Units(stage.database, SystemClock(), load_policy(POLICY)))
    await stage.nudge()
    return count


async def test_what_is_due_together_comes_on_one_card_and_only_once(
    stage: Stage, officer: FictionalPerson
) -> None:
    refs = [await a_visit(stage, officer, due) for due in ("tomorrow 18:00", "tomorrow 19:00")]
    await _falls_due(stage, *refs)
    assert await _remind(stage) == 2
    await stage.teams.wait_until(lambda: bool(_reminders(stage, officer)), within=HANG)
    card = only(_reminders(stage, officer))
    assert card.summary == "RedLine: 2 tasks due"
    assert all(ref in words_of(card.card) for ref in refs)
    assert "OVERDUE since" in words_of(card.card)
    assert await _remind(stage) == 0
    await stage.settle()
    only(_reminders(stage, officer))


async def test_a_reminder_comes_again_a_day_later(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await _falls_due(stage, ref)
    await _remind(stage)
    await stage.teams.wait_until(lambda: len(_reminders(stage, officer)) == 1, within=HANG)
    await stage.time_passes(hours=25)
    await _remind(stage)
    await stage.teams.wait_until(lambda: len(_reminders(stage, officer)) == 2, within=HANG)


async def test_an_outcome_is_recorded_from_the_reminder(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await _falls_due(stage, ref)
    await _remind(stage)
    await stage.teams.wait_until(lambda: bool(_reminders(stage, officer)), within=HANG)
    await press(stage, officer, _reminders(stage, officer)[0].card, "No answer")
    assert only(await outcomes(stage, ref))["code"] == "NO_ANSWER"


async def test_after_a_tap_on_a_reminder_the_others_that_it_named_come_back(
    stage: Stage, officer: FictionalPerson
) -> None:
    done, open_ = await a_visit(stage, officer), await a_visit(stage, officer, due="tomorrow 19:00")
    await _falls_due(stage, done, open_)
    await _remind(stage)
    await stage.teams.wait_until(lambda: bool(_reminders(stage, officer)), within=HANG)
    card = only(_reminders(stage, officer))
    await stage.says(officer, f"{done} no answer")
    await reads(stage, card, "1 task past the due time")
    assert open_ in words_of(card.card) and done not in words_of(card.card)
    await stage.says(officer, f"{open_} no answer")
    await reads(stage, card, "Nothing of yours is past its due time now")


async def test_what_is_done_is_not_reminded_of(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} no answer")
    await stage.change(Task, {"ref": ref}, due_at=datetime.now(UTC) - timedelta(minutes=3))
    await _remind(stage)
    await stage.settle()
    assert _reminders(stage, officer) == []


async def test_overdue_work_stands_on_the_board_and_in_the_list(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await _falls_due(stage, ref)
    await _remind(stage)
    board = only([m for m in stage.teams.in_channel(NORTH_CHANNEL) if m.summary == "RedLine board"])
    await reads(stage, board, "overdue")
    listed = words_of(await stage.asks(SERGEANT, "/tasks overdue"))
    assert ref in listed
    assert "OVERDUE since" in listed
    assert ref in words_of(await stage.asks(officer, "/tasks overdue"))
    assert "J. EXAMPLE" in words_of((await the_officers_card(stage, officer, ref)).card)
