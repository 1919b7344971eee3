"""An officer says what came of it: one tap, a short form, a typed line, a breach."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cards.base import SCHEMA
from infra.local.people import NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT, FictionalPerson
from infra.local.teams_kept import Message
from tasking.when.local_time import london
from tests.flows.pressing import press, what_is_sent
from tests.flows.telling import (
    a_visit,
    assigned,
    handed_over,
    history,
    in_the_list,
    logged,
    only,
    outcomes,
    reads,
    task,
    the_confirmation,
    the_officers_card,
    words_of,
)
from tests.support.card_reading import inputs, lines, texts, titles, unfolded
from tests.support.running_service import HANG, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

_ABOUT = ("code", "officer_id", "note", "answers", "state", "route", "corrects_id", "athena_ref")


async def test_no_answer_is_one_tap(stage: Stage, officer: FictionalPerson) -> None:
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", officer, thread="tap")
    card = await the_officers_card(stage, officer, ref)
    answer = await press(stage, officer, card.card, "No answer")
    assert lines(answer)[1] == "No answer"
    assert "RedLine sends this to Athena: don't re-key" in words_of(answer)
    assert [title.split(" (")[0] for title in titles(answer)] == ["Undo", "Add note"]
    assert (await task(stage, ref))["state"] == "DONE"
    await reads(stage, card, "No answer")
    await reads(stage, await the_confirmation(stage, ref, thread="tap"), "Done")


async def test_undo_opens_the_task_again_and_nothing_is_handed_over(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = await the_officers_card(stage, officer, ref)
    done = await press(stage, officer, card.card, "No answer")
    undo = next(title for title in titles(done) if title.startswith("Undo"))
    open_again = await press(stage, officer, done, undo)
    assert "Undone. The task is open again." in words_of(open_again)
    assert only(await outcomes(stage, ref))["state"] == "WITHDRAWN"
    assert (await task(stage, ref))["state"] == "ACCEPTED"
    await stage.time_passes(minutes=11)
    await stage.settle()
    assert await in_the_list(stage, ref) == []


async def test_after_an_undo_another_outcome_counts(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = await the_officers_card(stage, officer, ref)
    done = await press(stage, officer, card.card, "No answer")
    open_again = await press(stage, officer, done, next(t for t in titles(done) if t.startswith("Undo")))
    await press(stage, officer, open_again, "Record", form="Seen", answer_1="at the door", answer_2="alone")
    first, second = await outcomes(stage, ref)
    assert (first["code"], first["state"]) == ("NO_ANSWER", "WITHDRAWN")
    assert (second["code"], second["state"]) == ("SEEN_NO_CONCERN", "TO_HAND_OVER")
    assert second["answers"] == {"answer_1": "at the door", "answer_2": "alone"}
    assert [action for action, _ in await history(stage, ref)] == [
        *("assign", "record-outcome", "undo-outcome", "record-outcome")
    ]


async def test_the_seen_form_asks_where_and_who_with_inside_the_card(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    form = unfolded(card, "Seen")
    assert "Seen, nothing to suggest a breach" in words_of(form)
    assert [each["label"] for each in inputs(form)][:2] == ["Where?", "Who with?"]
    assert all(each["label"] for each in inputs(form))


@pytest.mark.parametrize(
    ("choice", "minutes"), [("now", 0), ("30", 30), ("60", 60)], ids=["now", "half an hour", "an hour"]
)
async def test_the_time_of_the_visit_is_chosen(
    stage: Stage, officer: FictionalPerson, choice: str, minutes: int
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    await press(stage, officer, card, "Record", form="Seen", when=choice)
    ago = datetime.now(UTC) - only(await outcomes(stage, ref))["happened_at"]
    assert timedelta(minutes=minutes) - timedelta(minutes=1) <= ago < timedelta(minutes=minutes + 2)


async def test_another_time_is_typed_and_an_empty_one_is_asked_for(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    asked = await press(stage, officer, card, "Record", form="Seen", when="other")
    assert "When was it?" in words_of(asked)
    assert await outcomes(stage, ref) == []
    assert titles(asked) == ["Record", f"Back to {ref}"]
    at = london(datetime.now(UTC) - timedelta(hours=2))
    typed = f"{at:%d/%m/%Y %H:%M}"
    await press(stage, officer, card, "Record", form="Seen", when="other", when_other=typed)
    happened = only(await outcomes(stage, ref))["happened_at"]
    assert f"{london(happened):%d/%m/%Y %H:%M}" == typed


async def test_a_time_that_is_not_understood_is_asked_for_and_nothing_that_was_typed_is_lost(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    asked = await press(
        stage,
        officer,
        card,
        "Record",
        form="Seen",
        when_other="teatime",
        answer_1="At the door",
        note="canary: van outside",
    )
    assert "When did it happen?" in words_of(asked)
    assert await outcomes(stage, ref) == []
    await press(stage, officer, asked, "Record", when_other="yesterday 2115")
    outcome = only(await outcomes(stage, ref))
    assert (outcome["answers"]["answer_1"], outcome["note"]) == ("At the door", "canary: van outside")
    assert f"{london(outcome['happened_at']):%H:%M}" == "21:15"


async def test_a_breach_form_that_cannot_be_read_says_radio_first_and_keeps_its_answers(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    asked = await press(
        stage,
        officer,
        card,
        "Check answers",
        form="Breach",
        breach_when_text="teatime",
        is_she_safe="with a friend",
        where_is_he="gone",
    )
    assert "Radio first. Nobody watches RedLine. This was NOT recorded." in words_of(asked)
    checked = await press(stage, officer, asked, "Check answers", breach_when_text="")
    assert "with a friend" in words_of(checked)
    await press(stage, officer, checked, "Record and tell the sergeant")
    assert only(await outcomes(stage, ref))["code"] == "BREACH_SUSPECTED"


async def test_a_reason_that_is_missing_is_asked_for_with_the_words_still_there(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    asked = await press(stage, officer, card, "Ask for more time", form="More", more_until="tomorrow 20:00")
    assert (await task(stage, ref))["asked_until"] is None
    await press(stage, officer, asked, "Ask for more time", more_reason="at court")
    assert (await task(stage, ref))["asked_until"] is not None


async def test_the_less_usual_outcomes_are_behind_more(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    answer = await press(
        stage, officer, card, "Record", form="More", other_code="NOT_LIVING_HERE", other_note="canary said"
    )
    assert "Not living here" in words_of(answer)
    recorded = only(await outcomes(stage, ref))
    assert (recorded["code"], recorded["note"]) == ("NOT_LIVING_HERE", "canary said")


async def test_a_typed_no_answer_is_the_same_as_the_tap(stage: Stage, officer: FictionalPerson) -> None:
    tapped, typed = await a_visit(stage, officer), await a_visit(stage, officer)
    at = london(datetime.now(UTC) - timedelta(minutes=5))
    card = (await the_officers_card(stage, officer, tapped)).card
    await press(stage, officer, card, "No answer")
    await stage.says(officer, f"{typed.removeprefix('T-')} no answer {at:%H%M}")
    by_tap, by_word = only(await outcomes(stage, tapped)), only(await outcomes(stage, typed))
    assert {name: by_word[name] for name in _ABOUT} == {name: by_tap[name] for name in _ABOUT}
    assert f"{london(by_word['happened_at']):%H%M}" == f"{at:%H%M}"
    assert by_word["hand_over_after"] - by_word["recorded_at"] == timedelta(minutes=10)
    again = await the_officers_card(stage, officer, typed, after=1)
    assert "No answer" in words_of(again.card)


async def test_two_results_in_one_message_are_asked_for_one_by_one(
    stage: Stage, officer: FictionalPerson
) -> None:
    first, second = [(await a_visit(stage, officer)).removeprefix("T-") for _ in range(2)]
    answer = words_of(await stage.asks(officer, f"{first} no answer<br>{second} seen, alone"))
    assert f"Type one message for each task. {first} no answer. Then: {second} seen." in answer
    assert "Radio first" not in answer
    breach = words_of(await stage.asks(officer, f"{first} no answer<br>{second} breach yes canary inside"))
    assert "Radio first. Nobody watches RedLine. This was NOT recorded." in breach
    assert "canary" not in breach
    for number in (first, second):
        assert await outcomes(stage, f"T-{number}") == []
        assert (await task(stage, f"T-{number}"))["state"] == "ASSIGNED"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("{} seen no one at the address", "Was there no answer? Type {} no answer."),
        ("{} done nothing", "Was nothing done? Type {} not possible."),
        ("{}\nno answer\n2115", "Was it at 2115? Put the time in the same line."),
    ],
)
async def test_words_that_deny_the_result_are_asked_about(
    stage: Stage, officer: FictionalPerson, text: str, asked: str
) -> None:
    ref = await a_visit(stage, officer)
    number = ref.removeprefix("T-")
    answer = words_of(await stage.asks(officer, text.format(number)))
    assert asked.format(number) in answer
    assert "othing was recorded" in answer
    assert await outcomes(stage, ref) == []


@pytest.mark.parametrize(
    "text",
    ["{} No Answer", "t-{}&nbsp;NO ANSWER", "{}\r\nno answer", "<p>{} no&nbsp;answer</p>", "no answer {}"],
)
async def test_case_spaces_and_line_breaks_do_not_matter(
    stage: Stage, officer: FictionalPerson, text: str
) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, text.format(ref.removeprefix("T-")))
    assert only(await outcomes(stage, ref))["code"] == "NO_ANSWER"


async def test_a_typed_undo_takes_it_back(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} seen, alone at the door")
    await stage.says(officer, f"{ref} undo")
    assert only(await outcomes(stage, ref))["state"] == "WITHDRAWN"
    assert (await task(stage, ref))["state"] == "ACCEPTED"


async def test_a_breach_is_read_back_before_it_counts(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    assert texts(unfolded(card, "Breach"))[0] == "Radio first. Nobody watches RedLine."
    read_back = await press(
        stage,
        officer,
        card,
        "Check answers",
        form="Breach",
        is_she_safe="yes, with a canary",
        where_is_he="gone",
        breach_note="canary note",
    )
    assert "Nothing is recorded yet" in words_of(read_back)
    assert "yes, with a canary" in words_of(read_back)
    assert await outcomes(stage, ref) == []
    changed = await press(stage, officer, read_back, "Check answers", form="Change it", where_is_he="found")
    assert "found" in words_of(changed)
    done = await press(stage, officer, changed, "Record and tell the sergeant")
    assert "Breach suspected" in words_of(done)
    assert not [title for title in titles(done) if title.startswith("Undo")]
    recorded = only(await outcomes(stage, ref))
    assert recorded["answers"] == {"is_she_safe": "yes, with a canary", "where_is_he": "found"}


async def test_a_breach_leaves_at_once_and_is_told_to_the_channel_and_the_supervisor(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    asked: dict[str, Any] = {"is_she_safe": "canary", "where_is_he": "canary"}
    read_back = await press(stage, officer, card, "Check answers", form="Breach", **asked)
    await press(stage, officer, read_back, "Record and tell the sergeant")
    row = only(await handed_over(stage, ref))
    assert (row["Code"], row["State"]) == ("BREACH_SUSPECTED", "Waiting")
    places: list[dict[str, Any]] = [
        {"channel_id": NORTH_CHANNEL},
        {"conversation_id": stage.chat_of(SERGEANT)},
    ]
    for where in places:
        notice = await stage.teams.wait_for_message(
            **where, where=lambda m: f"Breach suspected – DVPO-3 / {ref}" in words_of(m.card), within=HANG
        )
        assert "Radio first. Nobody watches RedLine." in words_of(notice.card)
        assert "canary" not in words_of(notice.card)
        assert notice.summary == f"RedLine {ref}"


async def test_a_typed_breach_is_read_back_and_a_typed_breach_yes_counts(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    read_back = await stage.asks(officer, f"{ref} breach on the doorstep")
    assert "Nothing is recorded yet" in words_of(read_back)
    assert await outcomes(stage, ref) == []
    await stage.says(officer, f"{ref} breach yes canary on the doorstep")
    recorded = only(await outcomes(stage, ref))
    assert (recorded["code"], recorded["note"]) == ("BREACH_SUSPECTED", "canary on the doorstep")
    only(await handed_over(stage, ref))


async def test_a_breach_that_is_typed_with_a_question_is_read_back(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    assert "Nothing is recorded yet" in words_of(await stage.asks(officer, f"{ref} breach yes?"))
    assert await outcomes(stage, ref) == []


async def test_the_tap_that_records_cannot_smuggle_a_breach_past_its_check(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    tap = {"task": ref, "v": 1, "code": "BREACH_SUSPECTED"}
    answer = await stage.tap(officer, "record_outcome", tap)
    assert "A breach is checked before it is recorded" in words_of(answer["value"])
    assert await outcomes(stage, ref) == []


async def test_who_cannot_do_it_gives_it_back_with_a_reason(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = await the_officers_card(stage, officer, ref)
    answer = await press(
        stage,
        officer,
        card.card,
        "Give it back",
        form="More",
        cant_reason="Sent elsewhere",
        cant_text="canary till six",
    )
    assert "No longer with you" in words_of(answer)
    row = await task(stage, ref)
    assert (row["state"], row["owner_id"]) == ("UNALLOCATED", None)
    assert (await history(stage, ref))[-1] == ("cant-do", "Sent elsewhere: canary till six")
    await reads(stage, card, "No longer with you: it is back with the sergeant.")
    assert len(lines(card.card)) == 2
    notice = await stage.teams.wait_for_message(
        channel_id=NORTH_CHANNEL, where=lambda m: f"{ref} has nobody" in words_of(m.card), within=HANG
    )
    assert "canary" not in words_of(notice.card)


async def test_giving_back_without_a_reason_is_asked_about(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    answer = await press(stage, officer, card, "Give it back", form="More")
    assert "Say why you can’t do it" in words_of(answer)
    assert (await task(stage, ref))["state"] == "ASSIGNED"


async def test_more_time_is_asked_of_the_supervisor_who_gives_it(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = await the_officers_card(stage, officer, ref)
    due = (await task(stage, ref))["due_at"]
    until: dict[str, Any] = {
        "more_until": f"{london(due + timedelta(hours=3)):%d/%m/%Y %H:%M}",
        "more_reason": "canary court",
    }
    answer = await press(stage, officer, card.card, "Ask for more time", form="More", **until)
    assert "The due time stands until your sergeant says yes" in words_of(answer)
    assert (await task(stage, ref))["due_at"] == due
    request = await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(SERGEANT),
        where=lambda m: ref in m.summary and "asks for more time" in words_of(m.card),
        within=HANG,
    )
    assert "Why: canary court" in words_of(request.card)
    given = await press(stage, SERGEANT, request.card, "Give more time")
    assert "Time given." in words_of(given)
    assert (await task(stage, ref))["due_at"] == due + timedelta(hours=3)
    await reads(stage, request, "Decided")


async def test_more_time_can_be_refused(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    due = (await task(stage, ref))["due_at"]
    until = f"{london(due + timedelta(hours=3)):%d/%m/%Y %H:%M}"
    await stage.asks(officer, f"{ref} more time {until} at court")
    request = await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(SERGEANT),
        where=lambda m: ref in m.summary and "asks for more time" in words_of(m.card),
        within=HANG,
    )
    await press(stage, SERGEANT, request.card, "No, as it was")
    row = await task(stage, ref)
    assert (row["due_at"], row["asked_until"]) == (due, None)
    await reads(stage, request, "Decided")


async def test_a_note_is_kept_with_the_task(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    answer = await press(stage, officer, card, "Save note", form="More", note_text="canary van outside")
    assert "Note added." in words_of(answer)
    assert "note added" in words_of(await stage.asks(officer, f"{ref} note canary lights on"))
    assert len(await logged(stage, ref, "add-note")) == 2


async def test_the_briefing_goes_to_the_reader_alone_is_logged_and_accepts(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await assigned(stage, "/assign @ visit DVPO-3 by tomorrow 18:00", officer, thread="brief")
    card = (await the_officers_card(stage, officer, ref)).card
    briefing = await press(stage, officer, card, "Brief me")
    assert "Denied entry twice last month" in words_of(briefing)
    assert "must not come within 100 metres" in words_of(briefing)
    assert "Reading this was logged" in words_of(briefing)
    assert (await task(stage, ref))["state"] == "ACCEPTED"
    assert only(await logged(stage, ref, "brief"))["actor_id"] == officer.entra_id
    await reads(stage, await the_confirmation(stage, ref, thread="brief"), "Accepted")
    back = await press(stage, officer, briefing, "Back to the task")
    assert titles(back)[0] == "No answer"


async def test_the_copy_of_the_order_opens_and_is_logged(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    card = (await the_officers_card(stage, officer, ref)).card
    copy = await press(stage, officer, card, "Copy of order")
    link = next(action for action in copy["actions"] if action["type"] == "Action.OpenUrl")
    async with stage.http.get(link["url"]) as document:
        assert document.status == 200
        assert (await document.read()).startswith(b"%PDF")
    assert only(await logged(stage, ref, "copy-of-order"))["actor_id"] == officer.entra_id
    assert "Copy of DVPO-3" in words_of(await stage.asks(officer, f"{ref} copy"))


@pytest.mark.parametrize("verb", ["brief_me", "copy_of_order"])
async def test_what_one_person_may_read_is_not_answered_in_a_channel(
    stage: Stage, officer: FictionalPerson, verb: str
) -> None:
    ref = await a_visit(stage, officer)
    answer = await stage.tap(officer, verb, {"task": ref, "v": 1}, in_channel=True)
    assert "A channel is read by everyone in it" in words_of(answer["value"])
    word = "brief" if verb == "brief_me" else "copy"
    typed = await stage.asks(officer, f"{ref} {word}", in_channel=True, thread=f"{ref}{word}")
    assert "A channel is read by everyone in it" in words_of(typed)
    assert (await task(stage, ref))["state"] == "ASSIGNED"
    assert await logged(stage, ref, "brief") + await logged(stage, ref, "copy-of-order") == []


@pytest.mark.parametrize("verb", ["brief_me", "copy_of_order"])
async def test_a_colleague_reads_neither_briefing_nor_order(
    stage: Stage, officer: FictionalPerson, verb: str
) -> None:
    ref = await a_visit(stage, officer)
    answer = await stage.tap(SECOND_CONSTABLE, verb, {"task": ref, "v": 1})
    assert "RedLine has nothing under that reference" in words_of(answer["value"])
    assert await logged(stage, ref, "brief") + await logged(stage, ref, "copy-of-order") == []


async def the_answer_with(stage: Stage, officer: FictionalPerson, *words: str) -> Message:
    """What was posted in somebody's own chat and says all of this."""
    return await stage.teams.wait_for_message(
        conversation_id=stage.chat_of(officer),
        where=lambda m: all(word in words_of(m.card) for word in words),
        within=HANG,
    )


async def test_a_typed_briefing_folds_away_after_an_hour(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} brief")
    briefing = await the_answer_with(stage, officer, "Briefing ·", ref)
    await stage.time_passes(minutes=61)
    await reads(stage, briefing, "folded away")
    assert "Denied entry" not in words_of(briefing.card)


async def test_a_typed_copy_of_the_order_and_its_link_fold_away_after_an_hour(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} copy")
    copy = await the_answer_with(stage, officer, "Copy of DVPO-3", "for you alone")
    assert "http" in json.dumps(copy.card)
    await stage.time_passes(minutes=61)
    await reads(stage, copy, "folded away")
    assert "http" not in json.dumps(copy.card).replace(SCHEMA, "")


async def test_a_briefing_asked_for_by_an_older_client_folds_away_too(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, "", value={"verb": "brief_me", "task": ref, "v": 1})
    briefing = await the_answer_with(stage, officer, "Briefing ·", ref)
    await stage.time_passes(minutes=61)
    await reads(stage, briefing, "folded away")


async def test_the_briefing_folds_away_when_the_outcome_is_in(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    await stage.says(officer, f"{ref} brief")
    briefing = await the_answer_with(stage, officer, "Briefing ·", ref)
    await stage.says(officer, f"{ref} no answer")
    await reads(stage, briefing, "folded away")
    assert "read it again" not in words_of(briefing.card)


async def test_every_button_also_comes_as_a_submit_that_does_the_same(
    stage: Stage, officer: FictionalPerson
) -> None:
    tapped, submitted = await a_visit(stage, officer), await a_visit(stage, officer)
    cards = [(await the_officers_card(stage, officer, ref)).card for ref in (tapped, submitted)]
    await press(stage, officer, cards[0], "No answer")
    verb, data = what_is_sent(cards[1], "No answer")
    fallback = cards[1]["body"][-1]["actions"][0]["fallback"]
    assert fallback["type"] == "Action.Submit"
    assert fallback["data"] == {"verb": verb, **data}
    await stage.says(officer, "", value=fallback["data"])
    first, second = only(await outcomes(stage, tapped)), only(await outcomes(stage, submitted))
    assert {name: first[name] for name in _ABOUT} == {name: second[name] for name in _ABOUT}
