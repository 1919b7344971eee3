"""A message with words of danger is not recorded: radio first, and one tap says what it was."""

import pytest

from infra.local.people import SERGEANT, FictionalPerson
from tests.flows.pressing import press
from tests.flows.telling import a_visit, only, outcomes, the_officers_card, words_of
from tests.support.running_service import HANG, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

_FIRST = "Radio first. Nobody watches RedLine. This was NOT recorded."


async def held(stage: Stage, officer: FictionalPerson, words: str) -> tuple[str, dict[str, object]]:
    ref = await a_visit(stage, officer)
    card = await stage.asks(officer, f"{ref.removeprefix('T-')} {words}")
    assert _FIRST in words_of(card)
    assert await outcomes(stage, ref) == []
    return ref, card


@pytest.mark.parametrize(
    ("button", "code"),
    [
        ("Breach", "BREACH_SUSPECTED"),
        ("Another concern", "SEEN_OTHER_CONCERN"),
        ("As typed: No answer", "NO_ANSWER"),
    ],
)
async def test_one_tap_says_what_a_held_message_was(
    stage: Stage, officer: FictionalPerson, button: str, code: str
) -> None:
    ref, card = await held(stage, officer, "no answer 30 min ago, screams inside")
    await press(stage, officer, card, button)
    recorded = only(await outcomes(stage, ref))
    assert (recorded["code"], recorded["officer_id"]) == (code, officer.entra_id)
    assert "screams inside" in recorded["note"]


async def test_a_breach_beside_a_harmless_result_is_held(stage: Stage, officer: FictionalPerson) -> None:
    ref, card = await held(stage, officer, "seen. breach of condition 2")
    await press(stage, officer, card, "Breach")
    assert only(await outcomes(stage, ref))["code"] == "BREACH_SUSPECTED"


async def test_a_concern_is_told_to_the_sergeant_at_once(stage: Stage, officer: FictionalPerson) -> None:
    ref, card = await held(stage, officer, "seen, says he will do himself in, suicidal")
    await press(stage, officer, card, "Another concern")
    notice = await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(SERGEANT),
        where=lambda m: "Seen, another concern – DVPO-3" in words_of(m.card) and ref in words_of(m.card),
        within=HANG,
    )
    assert "suicidal" in words_of(notice.card)
    assert "suicidal" not in notice.summary and "concern" not in notice.summary


async def test_the_officers_card_says_that_it_waits(stage: Stage, officer: FictionalPerson) -> None:
    ref, _ = await held(stage, officer, "seen at hers")
    await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(officer),
        where=lambda m: "NOT RECORDED: answer me" in words_of(m.card) and ref in words_of(m.card),
        within=HANG,
    )


async def test_nobody_elses_tap_answers_it(stage: Stage, officer: FictionalPerson) -> None:
    ref, card = await held(stage, officer, "seen, hes hit her")
    await the_officers_card(stage, officer, ref)
    await press(stage, SERGEANT, card, "As typed: Seen, nothing to suggest a breach")
    assert await outcomes(stage, ref) == []


@pytest.mark.parametrize("words", ["HELP hes got a knife", "need backup", "10/20 10/20"])
async def test_a_call_for_help_is_sent_to_the_radio(
    stage: Stage, officer: FictionalPerson, words: str
) -> None:
    card = await stage.asks(officer, words)
    said = words_of(card)
    assert said.index("Radio first. Nobody watches RedLine.") < said.index(
        "RedLine does not replace the radio"
    )


async def test_an_ordinary_result_with_words_is_recorded_and_can_be_more(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref.removeprefix('T-')} no answer, dog barking at the rear")
    assert only(await outcomes(stage, ref))["code"] == "NO_ANSWER"
    done = await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(officer),
        where=lambda m: "It was more than that" in str(m.card) and ref in words_of(m.card),
        within=HANG,
    )
    more = await press(stage, officer, done.card, "It was more than that")
    await press(stage, officer, more, "Breach")
    assert [each["code"] for each in await outcomes(stage, ref) if each["state"] != "WITHDRAWN"] == [
        "BREACH_SUSPECTED"
    ]
