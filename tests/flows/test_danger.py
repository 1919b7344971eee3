"""Words of danger, in production mode: held, told to the supervisor once, answered; calls for help; more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.people import SERGEANT, FictionalPerson
from infra.local.teams_kept import Message
from scheduler import work as jobs
from storage.tables import CallForHelp, HeldMessage
from tasking.clock import SystemClock
from tasking.policy import load_policy
from tasking.unit_of_work import Units
from tests.flows.pressing import Pressed, press
from tests.flows.telling import a_visit, only, outcomes, reads, the_officers_card, words_of
from tests.support.running_service import HANG, POLICY, Stage, is_answer

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("box", ["note_text", "cant_text", "more_reason"])
async def test_words_in_the_box_of_another_button_count(
    stage: Stage, officer: FictionalPerson, box: str
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    typed: dict[str, Any] = {"other_code": "NO_ACCESS", box: "canary screaming inside"}
    asked = await press(stage, officer, card, "Record", form="More", **typed)
    assert "This was NOT recorded" in words_of(asked)
    assert await outcomes(stage, ref) == []
    await press(stage, officer, asked, "As typed: No access")
    assert "canary screaming inside" in only(await outcomes(stage, ref))["note"]


@pytest.mark.parametrize("box", ["other_note", "note_text", "more_reason"])
async def test_who_gives_it_back_with_words_in_another_box_gets_the_radio_first(
    stage: Stage, officer: FictionalPerson, box: str
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    typed: dict[str, Any] = {"cant_reason": "Unsafe alone", box: "canary he has a knife"}
    answer = await press(stage, officer, card, "Give it back", form="More", **typed)
    assert "Radio first" in words_of(answer)


NOT_RECORDED = "Radio first. Nobody watches RedLine. This was NOT recorded."


def notices(stage: Stage, ref: str) -> list[Message]:
    chat = stage.teams.in_conversation(stage.chat_of(SERGEANT))
    about = f"{ref}: a message waits"
    return [message for message in chat if about in words_of(message.history[0].card)]


async def told(stage: Stage) -> None:
    """Passes of two replicas, beside the service's own."""
    for _ in range(2):
        await jobs.tell_of_danger(Units(stage.database, SystemClock(), load_policy(POLICY)))
    await stage.nudge()


async def ten_minutes_pass(stage: Stage) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    waiting = [row for row in await stage.rows(HeldMessage) if row["tell_at"]]
    for row in waiting:
        await stage.change(HeldMessage, {"id": row["id"]}, tell_at=past)
    await told(stage)


async def held(stage: Stage, officer: FictionalPerson) -> tuple[str, Any]:
    ref = await a_visit(stage, officer)
    card = await stage.asks(officer, f"{ref} no answer, screaming inside")
    assert NOT_RECORDED in words_of(card)
    return ref, card


@pytest.mark.parametrize(
    ("title", "code", "how"),
    [
        ("Breach", "BREACH_SUSPECTED", "answered: breach"),
        ("Another concern", "SEEN_OTHER_CONCERN", "answered: another concern"),
        ("As typed: No answer", "NO_ANSWER", "answered: recorded as typed"),
    ],
)
async def test_what_is_held_is_told_once_and_answered_by_a_tap(
    stage: Stage, officer: FictionalPerson, title: str, code: str, how: str
) -> None:
    ref, card = await held(stage, officer)
    own = await the_officers_card(stage, officer, ref)
    await reads(stage, own, "NOT RECORDED: answer me")
    assert await outcomes(stage, ref) == []
    await ten_minutes_pass(stage)
    await stage.teams.wait_until(lambda: bool(notices(stage, ref)), within=HANG)
    notice = only(notices(stage, ref))
    assert "was not recorded and waits" in words_of(notice.card)
    assert "screaming" not in words_of(notice.card)
    await press(stage, officer, card, title)
    assert [each["code"] for each in await outcomes(stage, ref)] == [code]
    await reads(stage, notice, how)
    await stage.settle()
    only(notices(stage, ref))
    assert "answer me" not in words_of(own.card)


async def test_what_is_answered_in_time_is_told_to_nobody(stage: Stage, officer: FictionalPerson) -> None:
    ref, card = await held(stage, officer)
    await press(stage, officer, card, "As typed: No answer")
    await ten_minutes_pass(stage)
    await stage.settle()
    assert notices(stage, ref) == []


async def test_a_call_for_help_reaches_the_sergeant_after_a_minute(
    stage: Stage, officer: FictionalPerson
) -> None:
    card = await stage.asks(officer, "help me")
    assert "Radio first" in words_of(card)
    past = datetime.now(UTC) - timedelta(seconds=1)
    await stage.change(CallForHelp, {"person_id": officer.entra_id}, tell_at=past)
    await told(stage)
    call = f"PC {officer.collar_number} typed a call for help"
    chat = stage.chat_of(SERGEANT)

    def found() -> list[Message]:
        return [m for m in stage.teams.in_conversation(chat) if call in words_of(m.card)]

    await stage.teams.wait_until(lambda: bool(found()), within=HANG)
    await stage.asks(officer, "999")
    await stage.settle()
    assert only(found()).summary == "RedLine: urgent, open it"


async def test_who_asked_how_redline_works_alarms_nobody(stage: Stage, officer: FictionalPerson) -> None:
    card = await stage.asks(officer, "help me")
    assert "What you do most" in words_of(await press(stage, officer, card, "How RedLine works"))
    assert (await stage.rows(CallForHelp, person_id=officer.entra_id))[0]["tell_at"] is None


async def test_a_typed_result_was_more_than_that(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} no answer, dog barking")
    fresh = await the_officers_card(stage, officer, ref, after=1)
    await reads(stage, fresh, "Note: dog barking")
    opened = await press(stage, officer, fresh.card, "It was more than that")
    await press(stage, officer, opened, "Breach")
    states = [(each["code"], each["note"]) for each in await outcomes(stage, ref)]
    assert states == [("NO_ANSWER", "dog barking"), ("BREACH_SUSPECTED", "dog barking")]


async def answer_to(stage: Stage, officer: FictionalPerson, activity: dict[str, Any]) -> str:
    chat = stage.chat_of(officer)
    earlier = sum(map(is_answer, stage.teams.in_conversation(chat)))
    assert (await stage.post(activity))[0] == 202
    message = await stage.teams.wait_for_message(
        conversation_id=chat, where=is_answer, after=earlier, within=HANG
    )
    return words_of(message.card)


async def test_edited_quoted_and_captioned_words_bring_the_radio(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    alarming = f"{ref} no answer, screaming inside"
    image, quote = {"contentType": "image/png"}, "<blockquote><p>screaming inside</p></blockquote>"
    ways: list[dict[str, Any]] = [
        {"type": "messageUpdate", "text": alarming},
        {"type": "message", "text": alarming, "attachments": [image]},
        {
            "type": "message",
            "text": f"{ref} no answer",
            "attachments": [{"contentType": "text/html", "content": f"{quote}<p>{ref} no answer</p>"}],
        },
    ]
    for way in ways:
        assert NOT_RECORDED in await answer_to(stage, officer, stage.activity(officer, **way))
    assert await outcomes(stage, ref) == []


async def test_a_note_of_4100_characters_costs_nothing_but_itself(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    data = {"task": ref, "v": 1, "is_she_safe": "Not known", "breach_note": "x" * 4100}
    card = Pressed(await stage.tap(officer, "check_breach", data)).card
    assert NOT_RECORDED in words_of(card)
    assert "Not known" in str(card)
    assert await outcomes(stage, ref) == []
