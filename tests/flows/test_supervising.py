"""What a sergeant does with the district's work, and what everybody may look at."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    NORTH_CHANNEL,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_SERGEANT,
    FictionalPerson,
)
from tasking.when.local_time import london
from tests.flows.pressing import press
from tests.flows.telling import (
    a_visit,
    assigned,
    history,
    only,
    outcomes,
    reads,
    task,
    the_confirmation,
    the_officers_card,
    words_of,
)
from tests.support.card_reading import inputs, titles
from tests.support.running_service import HANG, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_lists_show_what_was_asked_for(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    assert ref in words_of(await stage.asks(officer, "/tasks"))
    assert ref in words_of(await stage.asks(officer, "/tasks mine"))
    assert ref in words_of(await stage.asks(SERGEANT, "/tasks @", officer))
    assert ref in words_of(await stage.asks(SERGEANT, "/tasks S-01"))
    assert ref not in words_of(await stage.asks(SERGEANT, "/tasks S-2"))
    assert ref not in words_of(await stage.asks(SERGEANT, "/tasks overdue"))
    assert "None" in words_of(await stage.asks(SECOND_CONSTABLE, "/tasks"))


async def test_a_list_in_a_channel_names_nobody(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    answer = await stage.asks(SERGEANT, "/tasks S-01", in_channel=True, thread=f"list {ref}")
    assert ref in words_of(answer)
    assert officer.collar_number in words_of(answer)
    assert "EXAMPLE" not in words_of(answer)


async def test_a_row_of_a_list_opens_its_task(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    answer = await stage.tap(officer, "show_task", {"task": ref})
    assert titles(answer["value"])[0] == "No answer"
    answer = await stage.tap(SERGEANT, "show_task", {"task": ref})
    assert titles(answer["value"]) == ["Reassign", "Extend", "Cancel task"]


async def test_a_task_is_shown_by_its_reference(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    shown = words_of(await stage.asks(SERGEANT, f"/task {ref}"))
    assert f"PC {officer.collar_number}" in shown
    await stage.says(officer, ref.lower())
    own = await the_officers_card(stage, officer, ref, after=1)
    assert titles(own.card)[0] == "No answer"


async def test_reassigning_moves_the_card(stage: Stage, officer: FictionalPerson) -> None:
    other = await stage.recruit()
    thread = f"reassign {officer.number}"
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", officer, thread=thread)
    first = await the_officers_card(stage, officer, ref)
    answer = await stage.asks(SERGEANT, f"/reassign {ref} to @ because canary leave", other)
    assert f"{ref} is now with PC {other.collar_number}" in words_of(answer)
    assert titles((await the_officers_card(stage, other, ref)).card)[0] == "No answer"
    await reads(stage, first, "No longer with you: another officer has it.")
    await reads(stage, await the_confirmation(stage, ref, thread), f"PC {other.collar_number}")
    assert (await history(stage, ref))[-1] == ("reassign", "canary leave")


async def test_extending_sets_a_later_due_time(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    later = (await task(stage, ref))["due_at"] + timedelta(days=1)
    answer = await stage.asks(
        SERGEANT, f"/extend {ref} to {london(later):%d/%m/%Y %H:%M} because canary court"
    )
    assert f"{ref} has more time" in words_of(answer)
    assert (await task(stage, ref))["due_at"] == later
    await reads(stage, await the_officers_card(stage, officer, ref), f"{london(later):%H:%M}")


async def test_cancelling_ends_it_for_the_officer_too(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = await the_officers_card(stage, officer, ref)
    answer = await stage.asks(SERGEANT, f"/cancel {ref} because canary discharged")
    assert f"{ref} is cancelled" in words_of(answer)
    await reads(stage, card, "Cancelled. There is nothing to do.")
    assert (await history(stage, ref))[-1] == ("cancel", "canary discharged")


@pytest.mark.parametrize("command", ["/reassign {} to @", "/extend {} to {:%d/%m/%Y %H:%M}", "/cancel {}"])
async def test_a_change_without_a_reason_is_asked_about(
    stage: Stage, officer: FictionalPerson, command: str
) -> None:
    ref = await a_visit(stage, officer)
    before = await task(stage, ref)
    mentioned = [SECOND_CONSTABLE] if "@" in command else []
    later = london(before["due_at"] + timedelta(days=1))
    answer = await stage.asks(SERGEANT, command.format(ref, later), *mentioned)
    assert "Say why." in words_of(answer)
    assert "because …" in words_of(answer)
    assert await task(stage, ref) == before


async def test_a_form_without_a_reason_comes_back_with_what_was_chosen(
    stage: Stage, officer: FictionalPerson
) -> None:
    thread = f"form {officer.number}"
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", officer, thread=thread)
    card = (await the_confirmation(stage, ref, thread)).card
    where: dict[str, Any] = {"in_channel": True, "thread": thread}
    form = await press(stage, SERGEANT, card, "Reassign", **where)
    assert officer.collar_number not in [c["title"] for e in inputs(form) for c in e.get("choices", [])]
    again = await press(stage, SERGEANT, form, "Reassign", **where, officer=SECOND_CONSTABLE.entra_id)
    assert "Say why." in words_of(again)
    kept = {each["id"].partition("__")[0]: each.get("value") for each in inputs(again)}
    assert kept["officer"] == SECOND_CONSTABLE.entra_id
    done = await press(stage, SERGEANT, again, "Reassign", **where, reason="Workload")
    assert "Reassigned." in words_of(done)
    assert (await task(stage, ref))["owner_id"] == SECOND_CONSTABLE.entra_id
    assert (await history(stage, ref))[-1] == ("reassign", "Workload")


async def test_the_forms_behind_extend_and_cancel_do_what_they_say(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = await stage.asks(SERGEANT, f"/task {ref}")
    before = (await task(stage, ref))["due_at"]
    form = await press(stage, SERGEANT, card, "Extend")
    extended = await press(
        stage, SERGEANT, form, "Extend", reason="Two officers needed", reason_text="canary"
    )
    assert "Extended." in words_of(extended)
    assert (await task(stage, ref))["due_at"] > before
    assert (await history(stage, ref))[-1] == ("extend", "Two officers needed: canary")
    form = await press(stage, SERGEANT, extended, "Cancel task")
    cancelled = await press(stage, SERGEANT, form, "Cancel task", reason="Given in error")
    assert "Cancelled." in words_of(cancelled)
    assert titles(cancelled) == []


async def test_help_shows_each_only_what_they_may_do(stage: Stage) -> None:
    asked = await stage.asks(SERGEANT, "/help")
    sergeant = words_of(asked)
    officer = words_of(await stage.asks(CONSTABLE, "Help"))
    analyst = words_of(await stage.asks(ANALYST, "help"))
    assert "/assign @officer visit DVPO-3 by tomorrow 18:00" in sergeant
    assert "/cancel" in words_of(await press(stage, SERGEANT, asked, "Give work"))
    assert "/assign" not in officer
    assert "1042 no answer 2115" in officer
    assert "no answer" not in analyst
    assert "/assign" not in analyst
    assert "/board" in analyst


async def test_the_board_is_shown_in_a_channel_and_in_a_chat(stage: Stage) -> None:
    places: list[dict[str, Any]] = [{}, {"in_channel": True, "thread": "show board"}]
    for where in places:
        board = words_of(await stage.asks(SERGEANT, "/board", **where))
        for section in ("REDLINE · North team", "NOW", "COVER", "TODAY", "ORDERS", "ATHENA"):
            assert section in board
        assert "DVPN-4 not served" in board
    south = words_of(await stage.asks(SOUTH_SERGEANT, "/board"))
    assert "South team" in south
    assert "NMO-2 has no visit to come" in south


async def test_the_buttons_of_the_board_open_its_lists(stage: Stage) -> None:
    ref = await assigned(stage, "/assign nobody visit DVPO-3 by tomorrow 20:00", thread="board list")
    board = await stage.asks(SERGEANT, "/board")
    assert ref in words_of(await press(stage, SERGEANT, board, "Allocate"))
    assert ref in words_of(await press(stage, SERGEANT, board, "To do"))
    orders = words_of(await press(stage, SERGEANT, board, "Orders"))
    assert "DVPO-3 · S-01" in orders
    assert "NOT SERVED" in orders


async def test_an_order_that_is_not_served_is_posted_once(stage: Stage) -> None:
    notice = await stage.teams.wait_for_message(
        channel_id=NORTH_CHANNEL, where=lambda m: m.summary == "RedLine DVPN-4", within=HANG
    )
    assert "DVPN-4 is not served" in words_of(notice.card)
    await stage.settle()
    only([m for m in stage.teams.in_channel(NORTH_CHANNEL) if m.summary == "RedLine DVPN-4"])


async def test_what_is_said_in_a_channel_ends_with_how_to_answer_it(stage: Stage) -> None:
    asked = await stage.asks(SERGEANT, "/extend T-99999", in_channel=True, thread="71")
    assert "begin with @RedLine" in words_of(asked)
    in_chat = await stage.asks(SERGEANT, "extend T-99999")
    assert "@RedLine" not in words_of(in_chat)


async def test_a_task_with_words_of_danger_that_wait_is_not_cancelled_unread(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.asks(officer, f"{ref.removeprefix('T-')} no answer, screaming inside")
    form = await stage.asks(SERGEANT, f"/cancel {ref} because canary discharged")
    assert "waits for its officer’s answer. It is NOT recorded" in words_of(form)
    assert (await task(stage, ref))["state"] == "ASSIGNED"
    cancelled = await press(stage, SERGEANT, form, "Cancel task", reason="Given in error")
    assert "Cancelled." in words_of(cancelled)
    await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(SERGEANT),
        where=lambda m: "words of danger NOT recorded" in words_of(m.card) and ref in words_of(m.card),
        within=HANG,
    )


@pytest.mark.parametrize(
    ("day", "time"),
    [("{:%d/%m/%Y}", "6:30\u202fPM"), ("{:%Y/%m/%d}", "18:30:00"), ("{:%Y-%m-%d}", "6:30 pm")],
)
async def test_a_form_is_read_in_whatever_spelling_a_phone_sends(
    stage: Stage, officer: FictionalPerson, day: str, time: str
) -> None:
    ref = await a_visit(stage, officer)
    card = await stage.asks(SERGEANT, f"/task {ref}")
    form = await press(stage, SERGEANT, card, "Extend")
    later = datetime.now(UTC) + timedelta(days=9)
    filled: dict[str, Any] = {
        "until_date": day.format(later),
        "until_time": time,
        "reason": "Two officers needed",
    }
    assert "Extended." in words_of(await press(stage, SERGEANT, form, "Extend", **filled))
    due = london((await task(stage, ref))["due_at"])
    assert (f"{due:%d/%m/%Y}", f"{due:%H:%M}") == (f"{later:%d/%m/%Y}", "18:30")


async def test_an_answer_that_cannot_be_read_costs_only_itself(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    data = {"task": ref, "v": 1, "code": "SEEN_NO_CONCERN", "when": "later", "note": "canary kept"}
    answer = await stage.tap(officer, "record_outcome", data)
    assert "could not read one of the answers" in words_of(answer["value"])
    assert "canary kept" in [each.get("value") for each in inputs(answer["value"])]
    assert await outcomes(stage, ref) == []
