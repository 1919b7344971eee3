"""A breach is not made harmless by a tap: checked, with a reason, by name, told, and taken back."""

from typing import Any

import pytest

from infra.local.people import NORTH_CHANNEL, SERGEANT, FictionalPerson
from infra.local.teams_kept import Message
from tasking.ports import Card
from tests.flows.pressing import press
from tests.flows.telling import a_visit, logged, only, outcomes, reads, task, the_officers_card, words_of
from tests.support.card_reading import titles
from tests.support.running_service import HANG, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

_CHIP: dict[str, Any] = {"why": "Wrong task"}
_CORRECTED = "Corrected by PS 9001: now No answer"


async def a_breach(stage: Stage, officer: FictionalPerson) -> str:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} breach yes canary on the doorstep")
    assert only(await outcomes(stage, ref))["code"] == "BREACH_SUSPECTED"
    return ref


async def notice(stage: Stage, ref: str, **where: Any) -> Message:
    return await stage.teams.wait_for_message(
        **where, where=lambda m: f"Breach suspected – DVPO-3 / {ref}" in words_of(m.card), within=HANG
    )


async def the_check(stage: Stage, who: FictionalPerson, ref: str) -> Card:
    correction = await stage.asks(who, f"{ref.removeprefix('T-')} correct")
    return await press(stage, who, correction, "No answer")


async def posted(stage: Stage, who: FictionalPerson, words: str) -> Message:
    return await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(who), where=lambda m: words in words_of(m.card), within=HANG
    )


def cards_with(stage: Stage, conversation: str, words: str) -> list[Message]:
    found = stage.teams.in_conversation(conversation)
    return [message for message in found if words in words_of(message.card)]


async def test_a_sergeants_correct_and_no_answer_asks_first(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_breach(stage, officer)
    check = await the_check(stage, SERGEANT, ref)
    said = words_of(check)
    assert "Nothing is changed yet" in said
    assert f"recorded by PC {officer.collar_number}" in said
    assert "Would become: No answer" in said
    assert f"Will be told, with your collar number: PC {officer.collar_number}, the channel" in said
    nothings: list[dict[str, Any]] = [{}, {"why": "Other, said below"}, {"why_text": "canary words alone"}]
    for nothing in nothings:
        asked = await press(stage, SERGEANT, check, "Correct it to: No answer", **nothing)
        assert "Say why" in words_of(asked)
    assert len(await outcomes(stage, ref)) == 1


async def test_what_a_sergeant_put_down_is_told_by_name_and_stays_in_sight(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_breach(stage, officer)
    in_channel = await notice(stage, ref, channel_id=NORTH_CHANNEL)
    in_chat = await notice(stage, ref, conversation_id=stage.chat_of(SERGEANT))
    check = await the_check(stage, SERGEANT, ref)
    done = await press(stage, SERGEANT, check, "Correct it to: No answer", why_text="canary 1052", **_CHIP)
    assert "Breach suspected, corrected by PS 9001 to No answer" in words_of(done)
    correction = (await outcomes(stage, ref))[-1]
    assert (correction["code"], correction["officer_id"]) == ("NO_ANSWER", SERGEANT.entra_id)
    assert correction["reason"] == "Wrong task: canary 1052"
    assert "canary" not in str(await logged(stage, ref, "correct-outcome"))
    told = await posted(stage, officer, f"Breach suspected no longer stands – DVPO-3 / {ref}")
    assert "PS 9001 corrected it to No answer" in words_of(told.card)
    assert "Why: Wrong task: canary 1052" in words_of(told.card)
    assert "canary" not in told.summary and "reach" not in told.summary
    for each in (in_channel, in_chat):
        await reads(stage, each, _CORRECTED)
        assert "canary" not in words_of(each.card)
    await stage.settle()
    sergeants = [m for m in cards_with(stage, stage.chat_of(SERGEANT), f"/ {ref}") if m is not in_chat]
    assert [m for m in sergeants if "no longer stands" in words_of(m.card)] == []
    assert len(cards_with(stage, stage.chat_of(officer), "no longer stands")) == 1
    board = words_of(await stage.asks(SERGEANT, "board"))
    assert "Breach DVPO-3: corrected by PS 9001" in board or "more" in board
    following = await a_visit(stage, officer)
    briefing = words_of(await stage.asks(officer, f"{following} brief"))
    assert "Breach suspected, corrected by PS 9001 to No answer" in briefing


async def test_who_did_it_takes_it_back_and_the_breach_is_told_again(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_breach(stage, officer)
    in_channel = await notice(stage, ref, channel_id=NORTH_CHANNEL)
    check = await the_check(stage, SERGEANT, ref)
    done = await press(stage, SERGEANT, check, "Correct it to: No answer", **_CHIP)
    await reads(stage, in_channel, _CORRECTED)
    undo = next(title for title in titles(done) if title.startswith("Undo"))
    back = await press(stage, SERGEANT, done, undo)
    assert "The result before it stands again" in words_of(back)
    breach, correction = await outcomes(stage, ref)
    assert (await task(stage, ref))["outcome_id"] == breach["id"]
    assert correction["state"] == "WITHDRAWN"
    await reads(stage, in_channel, "Duty sergeant: speak to the officer and decide")
    told = await posted(stage, officer, f"Breach suspected stands again – DVPO-3 / {ref}")
    assert "PS 9001 took the correction back" in words_of(told.card)
    await stage.teams.wait_for_message(
        channel_id=NORTH_CHANNEL,
        where=lambda m: f"Breach suspected stands again – DVPO-3 / {ref}" in words_of(m.card),
        within=HANG,
    )


async def test_the_officer_needs_a_reason_too_and_the_sergeant_is_told(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_breach(stage, officer)
    check = await the_check(stage, officer, ref)
    await press(stage, officer, check, "Correct it to: No answer", why="Wrong person")
    told = await posted(stage, SERGEANT, f"Breach suspected no longer stands – DVPO-3 / {ref}")
    assert f"PC {officer.collar_number} corrected it to No answer" in words_of(told.card)
    assert "Why: Wrong person" in words_of(told.card)
    await the_officers_card(stage, officer, ref)


async def test_a_typed_result_or_a_cancellation_leaves_the_breach_alone(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_breach(stage, officer)
    await stage.says(officer, f"{ref} no answer")
    await stage.says(officer, f"{ref} undo")
    await stage.says(SERGEANT, f"cancel {ref} because canary")
    await stage.settle()
    assert only(await outcomes(stage, ref))["code"] == "BREACH_SUSPECTED"
    assert (await task(stage, ref))["state"] == "DONE"
