"""The way of an outcome to Athena: handed over, recorded or sent back, or keyed by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.local.graph.columns import Column
from infra.local.people import CONSTABLE, NORTH_CHANNEL, SERGEANT, FictionalPerson
from storage.tables import Person, Task
from tests.flows.pressing import press
from tests.flows.telling import (
    a_visit,
    assigned,
    handed_over,
    in_the_list,
    only,
    outcomes,
    reads,
    task,
    the_confirmation,
    the_officers_card,
    words_of,
)
from tests.support.card_reading import titles
from tests.support.running_service import HANG, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _decide(stage: Stage, row: dict[str, Any], **decision: str) -> None:
    """Play the records desk: its page takes a reference or a reason."""
    url = f"{stage.graph.desk_url}/{row['item']}"
    version = stage.graph.store.get(row["item"])
    form = {**decision, "version": version.etag if version else ""}
    async with stage.http.post(url, data=form, allow_redirects=False) as answer:
        assert answer.status == 303


async def _done_and_handed_over(stage: Stage, officer: FictionalPerson, ref: str) -> dict[str, Any]:
    await stage.says(officer, f"{ref} seen canary at the door")
    await stage.time_passes(minutes=11)
    row: dict[str, Any] = only(await handed_over(stage, ref))
    return row


async def test_an_outcome_leaves_after_the_undo_window_once_and_complete(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    said: dict[str, Any] = {"answer_1": "canary at the door", "answer_2": "alone", "note": "canary calm"}
    await press(stage, officer, card, "Record", form="Seen", when="30", **said)
    await stage.settle()
    assert await in_the_list(stage, ref) == []
    await stage.time_passes(minutes=11)
    row = only(await handed_over(stage, ref))
    recorded = only(await outcomes(stage, ref))
    times = {name: datetime.fromisoformat(row.pop(name)) for name in ("HappenedAt", "RecordedAt")}
    assert timedelta(minutes=30) <= times["RecordedAt"] - times["HappenedAt"] < timedelta(minutes=31)
    assert abs(times["RecordedAt"] - recorded["recorded_at"]) < timedelta(seconds=1)
    assert row.pop("item")
    assert {name: value for name, value in row.items() if value} == {
        "RedLineKey": str(recorded["id"]),
        "TaskRef": ref,
        "SubjectRef": "S-01",
        "OrderRef": "DVPO-3",
        "Kind": "COMPLIANCE_VISIT",
        "Code": "SEEN_NO_CONCERN",
        "OfficerId": officer.collar_number,
        "Note": "canary calm\nWhere? canary at the door\nWho with? alone",
        "State": "Waiting",
    }


async def test_a_second_look_hands_nothing_over_again(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await _done_and_handed_over(stage, officer, ref)
    await stage.time_passes(minutes=30)
    code, output = await stage.service.run("sync-records")
    assert (code, output.count("Handed over 0 of 0")) == (0, 1)
    only(await in_the_list(stage, ref))


async def test_the_cards_show_the_reference_that_the_desk_gave(
    stage: Stage, officer: FictionalPerson
) -> None:
    thread = f"recorded {officer.number}"
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", officer, thread=thread)
    card = await the_officers_card(stage, officer, ref)
    row = await _done_and_handed_over(stage, officer, ref)
    await reads(stage, card, "RedLine sent this to the Athena desk: don't re-key. The desk works Mon–Fri")
    await _decide(stage, row, action="record", reference="36/21858/19")
    await reads(stage, card, "Recorded on Athena: 36/21858/19")
    await reads(stage, await the_confirmation(stage, ref, thread), "Recorded on Athena: 36/21858/19")
    assert only(await outcomes(stage, ref))["state"] == "RECORDED"


async def test_what_the_desk_rejects_comes_back_and_its_correction_is_a_new_row(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    row = await _done_and_handed_over(stage, officer, ref)
    await _decide(stage, row, action="reject", reason="canary: which door?")
    back = await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(officer),
        where=lambda m: "rejected this" in words_of(m.history[0].card),
        within=HANG,
    )
    assert "The Athena desk rejected this: canary: which door?" in words_of(back.card)
    assert "Correct it: what happened?" in words_of(back.card)
    await press(stage, officer, back.card, "Record", form="Seen", answer_1="rear door", answer_2="alone")
    first, second = await outcomes(stage, ref)
    assert (first["state"], second["corrects_id"]) == ("REJECTED", first["id"])
    await stage.time_passes(minutes=11)
    corrected = (await handed_over(stage, ref, rows=2))[1]
    assert corrected["CorrectsKey"] == str(first["id"])
    assert corrected["RedLineKey"] == str(second["id"])
    assert corrected["OfficerId"] == officer.collar_number
    assert (await task(stage, ref))["outcome_id"] == second["id"]


async def test_what_the_desk_rejects_after_its_officer_left_is_corrected_by_the_sergeant(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    row = await _done_and_handed_over(stage, officer, ref)
    await stage.change(Person, {"entra_id": officer.entra_id}, active=False)
    await _decide(stage, row, action="reject", reason="canary: which door?")
    back = await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(SERGEANT),
        where=lambda m: ref in words_of(m.history[0].card) and "rejected this" in words_of(m.history[0].card),
        within=HANG,
    )
    assert "canary: which door?" in words_of(back.card)
    assert back.summary == f"RedLine {ref}"
    assert f"Sent back by the desk: {ref}" in words_of(await stage.asks(SERGEANT, "/board"))
    await press(stage, SERGEANT, back.card, "No answer")
    first, second = await outcomes(stage, ref)
    assert (first["state"], second["corrects_id"]) == ("REJECTED", first["id"])
    await reads(stage, back, "No answer")


async def test_a_channel_is_not_told_why_the_desk_sent_something_back(
    stage: Stage, officer: FictionalPerson
) -> None:
    thread = f"rejected {officer.number}"
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", officer, thread=thread)
    row = await _done_and_handed_over(stage, officer, ref)
    await _decide(stage, row, action="return", reason="canary reason")
    confirmation = await the_confirmation(stage, ref, thread)
    await reads(stage, confirmation, "The Athena desk sent it back to the officer")
    assert "canary" not in words_of(confirmation.card)


async def test_a_correction_by_the_sergeant_names_the_sergeant(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    row = await _done_and_handed_over(stage, officer, ref)
    await _decide(stage, row, action="reject", reason="canary")
    standing = only(await outcomes(stage, ref))
    version = (await task(stage, ref))["version"]
    tap = {"task": ref, "v": version, "code": "NO_ANSWER", "corrects": str(standing["id"])}
    await stage.tap(SERGEANT, "record_outcome", tap)
    await stage.time_passes(minutes=11)
    assert (await handed_over(stage, ref, rows=2))[1]["OfficerId"] == SERGEANT.collar_number


async def test_a_general_action_is_keyed_by_hand_and_its_reference_noted(
    stage: Stage, officer: FictionalPerson
) -> None:
    thread = f"action {officer.number}"
    text = "/assign @ action take the spare key back S-01 by tomorrow 18:00"
    ref = await assigned(stage, text, officer, thread=thread)
    card = await the_officers_card(stage, officer, ref)
    assert "take the spare key back" in words_of(card.card)
    done = await press(stage, officer, card.card, "Done")
    assert "Put this on Athena yourself" in words_of(done)
    assert only(await outcomes(stage, ref))["state"] == "KEYED_BY_HAND"
    await press(stage, officer, done, "Save reference", form="Athena reference", athena_ref="36/21858/19")
    await reads(stage, card, "Recorded on Athena: 36/21858/19")
    confirmation = await the_confirmation(stage, ref, thread)
    await reads(stage, confirmation, "Recorded on Athena: 36/21858/19")
    assert "spare key" not in words_of(confirmation.card)
    await stage.time_passes(minutes=11)
    await stage.settle()
    assert await in_the_list(stage, ref) == []


async def test_an_arrest_records_only_its_reference(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = await the_officers_card(stage, officer, ref)
    asked: dict[str, Any] = {
        "is_she_safe": "canary yes",
        "where_is_he": "canary custody",
        "breach_code": "ARRESTED",
        "breach_arrest": "10 min ago",
    }
    read_back = await press(stage, officer, card.card, "Check answers", form="Breach", **asked)
    done = await press(stage, officer, read_back, "Record and tell the sergeant")
    assert "Put this on Athena yourself" in words_of(done)
    assert "Athena reference" in titles(done)
    assert "reference noted" in words_of(await stage.asks(officer, f"{ref} ref 36/30000/26"))
    assert only(await outcomes(stage, ref))["athena_ref"] == "36/30000/26"
    assert await in_the_list(stage, ref) == []


async def test_what_redline_sends_cannot_be_keyed_by_hand_as_well(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} no answer")
    answer = await stage.asks(officer, f"{ref} ref 36/1/26")
    assert "don’t re-key" in words_of(answer)


async def test_after_the_undo_window_it_is_too_late(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await _done_and_handed_over(stage, officer, ref)
    answer = await stage.asks(officer, f"{ref} undo")
    assert "can no longer be undone" in words_of(answer)
    assert (await task(stage, ref))["state"] == "DONE"


async def test_a_busy_graph_is_asked_again_and_gets_one_row(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    for status, when in ((503, "before"), (504, "after")):
        async with stage.http.post(
            stage.graph.url.replace("/v1.0", "/_faults"),
            json={"method": "POST", "path": "/items", "status": status, "when": when},
        ) as added:
            assert added.status == 204
    await stage.says(officer, f"{ref} no answer")
    await stage.time_passes(minutes=11)
    only(await handed_over(stage, ref))
    card = await the_officers_card(stage, officer, ref)
    await reads(stage, card, "RedLine sent this to the Athena desk")
    only(await in_the_list(stage, ref))


async def test_the_board_counts_what_is_at_the_desk(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await _done_and_handed_over(stage, officer, ref)
    board = await stage.asks(SERGEANT, "/board")
    assert "on the way" in words_of(board)
    assert CONSTABLE.name not in words_of(board)
    assert len(await stage.rows(Task, ref=ref)) == 1
    assert stage.teams.in_channel(NORTH_CHANNEL)


async def test_what_the_list_refuses_for_good_is_keyed_by_hand_and_the_next_one_goes(
    stage: Stage, officer: FictionalPerson
) -> None:
    thread = f"refused {officer.number}"
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", officer, thread=thread)
    await the_officers_card(stage, officer, ref)
    behind = await a_visit(stage, officer, due="tomorrow 19:00")
    stage.graph.columns.put(Column("Note", long=True, most=255))
    try:
        await stage.says(officer, f"{ref} seen {'canary ' * 40}")
        await stage.says(officer, f"{behind} no answer")
        await stage.time_passes(minutes=11)
        only(await handed_over(stage, behind))
        told = await stage.teams.wait_for_message(
            conversation_id=stage.chat_of(officer),
            where=lambda m: "NOT on Athena: key it by hand" in words_of(m.history[0].card),
            within=HANG,
        )
    finally:
        stage.graph.columns.put(Column("Note", long=True))
    assert "column Note of the records list takes 255 characters" in words_of(told.card)
    confirmation = await the_confirmation(stage, ref, thread)
    await reads(stage, confirmation, "NOT on Athena: key it by hand")
    board = words_of(await stage.asks(SERGEANT, "/board"))
    assert f"NOT on Athena, key by hand: {ref}" in board
    assert await in_the_list(stage, ref) == []
    done = await press(
        stage, officer, told.card, "Save reference", form="Athena reference", athena_ref="36/9/26"
    )
    assert "Recorded on Athena: 36/9/26" in words_of(done)
    assert "NOT on Athena" not in words_of(await stage.asks(SERGEANT, "/board"))


async def test_what_was_given_up_goes_once_the_list_is_mended_and_a_person_says_so(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = await the_officers_card(stage, officer, ref)
    stage.graph.columns.drop("OrderRef")
    try:
        await stage.says(officer, f"{ref} no answer")
        await stage.time_passes(minutes=11)
        await reads(stage, card, "NOT on Athena: key it by hand")
    finally:
        stage.graph.columns.put(Column("OrderRef"))
    code, _ = await stage.service.run("sync-records")
    assert (code, await in_the_list(stage, ref)) == (1, [])
    code, output = await stage.service.run("sync-records", "--given-up")
    assert (code, "Handed over 1 of 1" in output) == (0, True), output
    only(await in_the_list(stage, ref))
    await reads(stage, card, "RedLine sent this to the Athena desk")


async def test_a_formula_and_turned_text_do_not_reach_the_list_alive(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    said: dict[str, Any] = {
        "answer_1": "\u202edoor",
        "answer_2": "alone",
        "note": '=HYPERLINK("http://x.example")',
    }
    await press(stage, officer, card, "Record", form="Seen", **said)
    await stage.time_passes(minutes=11)
    row = only(await handed_over(stage, ref))
    assert row["Note"] == '\'=HYPERLINK("http://x.example")\nWhere? door\nWho with? alone'
