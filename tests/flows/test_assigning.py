"""A sergeant gives out work: by a typed line, or by the form."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.people import CONSTABLE, NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT
from storage.tables import Message, Task
from tests.flows.pressing import press, what_is_sent
from tests.flows.telling import assigned, only, the_confirmation, the_officers_card, words_of
from tests.support.card_reading import all_words, inputs, lines, titles
from tests.support.running_service import HANG, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

_NEVER_IN_A_CHANNEL = ("EXAMPLE", "Imaginary", "Knife", "dog", "No contact", "no entry", "canary", "Casey")


def _boards(stage: Stage) -> list[str]:
    return [m.id for m in stage.teams.in_channel(NORTH_CHANNEL) if m.summary == "RedLine board"]


async def test_a_line_typed_in_a_channel_reaches_the_officer_and_the_thread(stage: Stage) -> None:
    started = time.monotonic()
    ref = await assigned(
        stage, "/assign @ visit DVPO-3 by tomorrow 18:00 note: canary gate code", CONSTABLE, thread="typed"
    )
    officer = await the_officers_card(stage, CONSTABLE, ref)
    assert time.monotonic() - started < HANG
    confirmation = await the_confirmation(stage, ref, thread="typed")
    assert len(confirmation.history) == 1
    assert ref in words_of(confirmation.card)
    assert "Order check" in words_of(confirmation.card)
    assert "PC 9187" in words_of(confirmation.card)
    assert "18:00" in words_of(confirmation.card)
    assert "Assigned, not yet accepted" in words_of(confirmation.card)
    assert "J. EXAMPLE (S-01)" in words_of(officer.card)
    assert "canary gate code" in words_of(officer.card)
    usual = ["No answer", "Seen", "Concern", "Breach"]
    assert titles(officer.card) == [*usual, "More", "Brief me", "Copy of order"]


async def test_a_note_typed_in_a_channel_comes_with_the_hint_that_all_can_read_it(stage: Stage) -> None:
    text = "/assign @ visit DVPO-3 by tomorrow 18:00 note: canary"
    ref = await assigned(stage, text, CONSTABLE, thread="hint")
    confirmation = await stage.teams.wait_for_message(
        conversation_id=stage.thread_of(NORTH_CHANNEL, "hint"), within=HANG
    )
    first_shown = confirmation.history[0].card
    assert ref in words_of(first_shown)
    assert "Everybody in a channel can read" in words_of(first_shown)
    assert "canary" not in all_words(first_shown)


async def test_nothing_personal_ever_stands_in_the_channel(stage: Stage) -> None:
    await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00 note: canary", CONSTABLE, thread="quiet")
    await stage.settle()
    for message in stage.teams.in_channel(NORTH_CHANNEL):
        for version in message.history:
            found = [word for word in _NEVER_IN_A_CHANNEL if word in all_words(version.card)]
            assert found == [], message.summary


async def test_no_summary_says_more_than_a_reference_and_a_due_time(stage: Stage) -> None:
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", CONSTABLE, thread="summary")
    card = await the_officers_card(stage, CONSTABLE, ref)
    assert card.summary.startswith(f"RedLine {ref}, due ")
    assert card.summary.endswith(" 18:00")
    assert card.activity.get("text") in (None, "")
    for message in stage.teams.messages:
        assert not [word for word in (*_NEVER_IN_A_CHANNEL, "DVPO", "check") if word in message.summary]


async def test_the_board_is_one_message_that_is_edited_in_place(stage: Stage) -> None:
    await stage.settle()
    board = only(_boards(stage))
    before = stage.teams.message(board).updates
    await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", CONSTABLE, thread="board")
    await stage.teams.wait_until(lambda: stage.teams.message(board).updates > before, within=HANG)
    assert _boards(stage) == [board]
    assert len([m for m in await stage.rows(Message, purpose="BOARD") if m["district_id"] == "north"]) == 1


async def test_an_officer_with_the_same_work_already_is_warned_of_in_the_thread(stage: Stage) -> None:
    await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", CONSTABLE, thread="twin")
    await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 19:00", CONSTABLE, thread="second twin")
    confirmation = await stage.teams.wait_for_message(
        conversation_id=stage.thread_of(NORTH_CHANNEL, "second twin"), within=HANG
    )
    assert "This officer already has " in words_of(confirmation.history[0].card)


@pytest.mark.parametrize("text", ["/assign", "assign", "ASSIGN", "&nbsp;/Assign&nbsp;", "\r\n/assign\n"])
async def test_assign_alone_opens_the_form_in_a_chat_without_a_mention(stage: Stage, text: str) -> None:
    form = await stage.asks(SERGEANT, text)
    assert {each["id"].partition("__")[0] for each in inputs(form)} == {
        *("officer", "kind", "target", "due_date", "due_time", "title", "note")
    }
    assert "PC 9187" in all_words(form)
    assert "9687" not in all_words(form)
    assert "NMO-2" not in all_words(form)


async def test_assign_alone_opens_the_form_in_the_thread(stage: Stage) -> None:
    form = await stage.asks(SERGEANT, "/assign", in_channel=True, thread="form")
    assert "S-04" not in all_words(form)
    verb, data = what_is_sent(form, "Assign")
    assert verb == "assign"
    assert data["due_time"] == "18:00"


async def test_the_form_does_the_same_as_the_line(stage: Stage) -> None:
    form = await stage.asks(SERGEANT, "/assign", in_channel=True, thread="filled")
    filled = {"officer": SECOND_CONSTABLE.entra_id, "target": "DVPO-3", "note": "canary from the form"}
    answer = await press(stage, SERGEANT, form, "Assign", in_channel=True, thread="filled", **filled)
    ref = lines(answer)[1].split(" · ")[0]
    card = await the_officers_card(stage, SECOND_CONSTABLE, ref)
    assert "canary from the form" in words_of(card.card)
    assert "canary" not in all_words(answer)
    confirmation = await the_confirmation(stage, ref, thread="filled")
    assert "PC 9188" in words_of(confirmation.card)
    assert only(await stage.rows(Task, ref=ref))["supervisor_id"] == SERGEANT.entra_id


async def test_a_form_in_the_personal_chat_confirms_there(stage: Stage) -> None:
    form = await stage.asks(SERGEANT, "/assign")
    answer = await press(stage, SERGEANT, form, "Assign", officer=CONSTABLE.entra_id, target="DVPO-3")
    ref = lines(answer)[1].split(" · ")[0]
    where = stage.chat_of(SERGEANT)
    await stage.teams.wait_for_message(conversation_id=where, where=lambda m: ref in m.summary, within=HANG)
    await the_officers_card(stage, CONSTABLE, ref)


async def test_a_refused_form_keeps_what_was_typed(stage: Stage) -> None:
    form = await stage.asks(SERGEANT, "/assign")
    before = len(await stage.rows(Task))
    again = await press(
        stage,
        SERGEANT,
        form,
        "Assign",
        officer=CONSTABLE.entra_id,
        target="DVPO-3",
        due_date="2026-01-01",
        due_time="09:30",
        note="canary words to keep",
    )
    assert "That time has passed" in words_of(again)
    kept = {each["id"].partition("__")[0]: each.get("value") for each in inputs(again)}
    assert kept["officer"] == CONSTABLE.entra_id
    assert kept["target"] == "DVPO-3"
    assert (kept["due_date"], kept["due_time"]) == ("2026-01-01", "09:30")
    assert kept["note"] == "canary words to keep"
    assert len(await stage.rows(Task)) == before


async def test_a_due_time_more_than_a_year_ahead_is_refused_typed_and_in_the_form(stage: Stage) -> None:
    far = f"{datetime.now(UTC) + timedelta(days=400):%Y-%m-%d}"
    before = len(await stage.rows(Task))
    typed = await stage.asks(SERGEANT, f"/assign @ action canary by {far} 18:00", CONSTABLE)
    action: dict[str, Any] = {"officer": CONSTABLE.entra_id, "kind": "action", "due_time": "18:00"}
    sent = await press(stage, SERGEANT, typed, "Assign", **action, due_date=far)
    last = await press(stage, SERGEANT, typed, "Assign", **action, due_date="9999-12-31")
    for answer in (typed, sent, last):
        assert "That is more than a year ahead. Check the year" in words_of(answer)
    assert len(await stage.rows(Task)) == before


async def test_a_line_that_lacks_something_becomes_the_form_with_the_rest_filled_in(stage: Stage) -> None:
    form = await stage.asks(SERGEANT, "/assign @ visit DVPO-3 note: canary later", CONSTABLE)
    kept = {each["id"].partition("__")[0]: each.get("value") for each in inputs(form)}
    assert (kept["officer"], kept["target"]) == (CONSTABLE.entra_id, "DVPO-3")
    assert kept["note"] == "canary later"


async def test_work_for_nobody_yet_is_posted_anew_in_the_channel(stage: Stage) -> None:
    ref = await assigned(stage, "/assign nobody visit DVPO-3 by tomorrow 20:00", thread="nobody")
    notice = await stage.teams.wait_for_message(
        channel_id=NORTH_CHANNEL, where=lambda m: f"{ref} has nobody" in words_of(m.card), within=HANG
    )
    assert notice.conversation_id != stage.thread_of(NORTH_CHANNEL, "nobody")
    allocate = await press(stage, SERGEANT, notice.card, "Allocate", in_channel=True)
    await press(
        stage,
        SERGEANT,
        allocate,
        "Allocate",
        in_channel=True,
        officer=CONSTABLE.entra_id,
        reason="Workload",
    )
    await the_officers_card(stage, CONSTABLE, ref)
    await stage.teams.wait_until(lambda: "Settled" in words_of(notice.card), within=HANG)


async def test_the_due_time_is_london_time(stage: Stage) -> None:
    ref = await assigned(stage, "/assign @ visit DVPO-3 in 4h", CONSTABLE, thread="in 4h")
    task = only(await stage.rows(Task, ref=ref))
    assert timedelta(hours=3, minutes=58) < task["due_at"] - task["created_at"] <= timedelta(hours=4)
