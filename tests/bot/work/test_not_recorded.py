"""What could not be recorded is never answered as if it had been; trouble is sent to the radio."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.local.people import CONSTABLE, INSPECTOR, NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT
from storage.enums import OutcomeCode, Role
from storage.tables import Message, Outcome, Task
from tasking.deliveries import remember_posted
from tasking.ports import Posted
from tasking.work.supervision import cancel, reassign
from tests.support import buttons as b
from tests.support.card_reading import all_words
from tests.support.talking import Talking
from tests.support.units import open_force

RADIO = "Radio first. Nobody watches RedLine."


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force)


async def a_lost_task(talk: Talking) -> str:
    """A task whose card stands in the constable's chat, and that somebody else has now."""
    made = await talk.force.task()
    card = (await talk.force.outbox(person_id=CONSTABLE.entra_id))[0]
    await talk.force.units.write(lambda uow: remember_posted(uow, card, Posted("chat", "1")))
    assert await talk.force.rows(Message)
    await talk.force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "cover")
    return made.task.ref


async def test_a_tap_on_a_task_that_somebody_else_has_now_says_so_and_that_nothing_was_recorded(
    talk: Talking,
) -> None:
    ref = await a_lost_task(talk)
    words = all_words(await talk.tap(CONSTABLE, b.RecordOutcome(task=ref, v=1, code=OutcomeCode.NO_ANSWER)))
    assert f"{ref} is no longer with you. Nothing was recorded." in words
    assert await talk.force.rows(Outcome) == []


@pytest.mark.parametrize("typed", ["{} breach yes he is inside", "{} breach", "{} arrested yes 2115"])
async def test_a_breach_on_a_task_that_somebody_else_has_now_is_sent_to_the_radio(
    talk: Talking, typed: str
) -> None:
    ref = await a_lost_task(talk)
    await talk.type(CONSTABLE, typed.format(ref.removeprefix("T-")))
    words = all_words((await talk.answers())[-1])
    assert RADIO in words
    assert "This was NOT recorded." in words


async def test_a_confirmed_breach_on_a_cancelled_task_is_sent_to_the_radio(talk: Talking) -> None:
    made = await talk.force.task()
    await talk.force.do(SERGEANT, cancel, made.task.ref, "over")
    happened = "2026-03-12T14:00:00+00:00"
    tap = b.ConfirmBreach(task=made.task.ref, v=1, code="BREACH_SUSPECTED", happened_at=happened)
    words = all_words(await talk.tap(CONSTABLE, tap))
    assert RADIO in words
    assert "This was NOT recorded." in words


@pytest.mark.parametrize("typed", ["999", "help me", "he's in breach", "he has a knife"])
async def test_words_that_sound_like_trouble_are_sent_to_the_radio(talk: Talking, typed: str) -> None:
    await talk.force.task()
    await talk.type(CONSTABLE, typed)
    words = all_words((await talk.answers())[-1])
    assert RADIO in words
    assert "Nothing was recorded." in words
    assert await talk.force.rows(Outcome) == []


@pytest.mark.parametrize("typed", ["{0} no answer\n{1} breach yes he is inside", "breach {0} and {1} yes"])
async def test_a_breach_among_several_commands_is_sent_to_the_radio_and_nothing_is_recorded(
    talk: Talking, typed: str
) -> None:
    refs = [(await talk.force.task()).task.ref for _ in range(2)]
    words = all_words(await talk.type(CONSTABLE, typed.format(*refs)) or {})
    assert f"{RADIO} This was NOT recorded. That message asks for more than one thing." in words
    assert f"{refs[1].removeprefix('T-')} breach." in words
    assert await talk.force.rows(Outcome) == []


async def test_two_assignments_in_one_message_make_no_task(talk: Talking) -> None:
    typed = "/assign @1 visit DVPO-3 by tomorrow 18:00\n/assign @2 action ring by tomorrow 18:00"
    words = all_words(await talk.type(SERGEANT, typed, CONSTABLE, SECOND_CONSTABLE) or {})
    assert "Type one message for each task. Write a time like 21:15." in words
    assert RADIO not in words
    assert await talk.force.rows(Task) == []


async def test_a_message_that_is_too_long_is_answered_and_nothing_is_recorded(talk: Talking) -> None:
    made = await talk.force.task()
    words = all_words(await talk.type(CONSTABLE, f"{made.task.ref} no answer" + " x" * 120_000) or {})
    assert "That message is too long for RedLine. Nothing was recorded." in words
    assert "Keep it under 4,000 characters" in words
    assert RADIO not in words
    assert await talk.force.rows(Outcome) == []


async def test_a_long_message_that_sounds_like_a_breach_is_sent_to_the_radio_first(talk: Talking) -> None:
    made = await talk.force.task()
    words = all_words(await talk.type(CONSTABLE, f"{made.task.ref} breach yes" + " x" * 4000) or {})
    assert f"{RADIO} This was NOT recorded. That message is too long for RedLine." in words
    assert await talk.force.rows(Outcome) == []


async def test_a_channel_reads_only_its_own_district_whoever_asks(talk: Talking) -> None:
    await talk.force.give_role(INSPECTOR, Role.LEAD_INSPECTOR, "south")
    await talk.type(INSPECTOR, "/tasks of S-03", channel=NORTH_CHANNEL)
    assert "belongs to another district than this channel" in all_words((await talk.answers())[-1])
    await talk.type(INSPECTOR, "/tasks of S-03")
    assert "Tasks about S-03" in all_words((await talk.answers())[-1])
