"""Saying no: to whom, in which words, and that nothing is changed by it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    NORTH_CHANNEL,
    OUTSIDER,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_CHANNEL,
    SOUTH_CONSTABLE,
    SOUTH_SERGEANT,
    FictionalPerson,
)
from storage.tables import AuditEvent, Message, Outcome, ProtectiveOrder, Task, TaskChange, TaskNote
from tasking.when.local_time import london
from tests.flows.pressing import press
from tests.flows.telling import a_visit, assigned, only, outcomes, task, the_officers_card, words_of
from tests.support.card_reading import all_words, titles
from tests.support.running_service import HANG, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

_UNCHANGED: tuple[type[SQLModel], ...] = (Task, Outcome, TaskChange, TaskNote)
_NOTHING_THERE = "RedLine has nothing under that reference"
_STRANGERS = [SECOND_CONSTABLE, SOUTH_SERGEANT, SOUTH_CONSTABLE]


async def _state(stage: Stage) -> list[list[dict[str, Any]]]:
    return [sorted(await stage.rows(table), key=lambda row: str(row["id"])) for table in _UNCHANGED]


def _taps(ref: str) -> list[tuple[str, dict[str, Any]]]:
    of_task = {"task": ref, "v": 1}
    return [
        ("record_outcome", of_task | {"code": "NO_ANSWER"}),
        ("record_other", of_task | {"other_code": "NOT_LIVING_HERE"}),
        ("check_breach", of_task | {"is_she_safe": "yes"}),
        ("confirm_breach", of_task | {"code": "ARRESTED", "happened_at": datetime.now(UTC).isoformat()}),
        ("add_note", of_task | {"note_text": "canary"}),
        ("cant_do", of_task | {"cant_reason": "Sent elsewhere"}),
        ("more_time", of_task | {"more_until": "in 40h", "more_reason": "canary"}),
        ("brief_me", of_task),
        ("copy_of_order", of_task),
        ("reassign", of_task | {"officer": CONSTABLE.entra_id, "reason": "Workload"}),
        ("extend", of_task | {"until_date": "2030-01-01", "until_time": "09:00", "reason": "Other"}),
        ("cancel", of_task | {"reason": "Given in error"}),
        ("open_supervisor_form", of_task | {"form": "cancel"}),
        ("show_task", {"task": ref}),
    ]


@pytest.mark.parametrize("stranger", _STRANGERS, ids=["colleague", "other sergeant", "other constable"])
async def test_a_task_of_somebody_else_looks_like_nothing(
    stage: Stage, officer: FictionalPerson, stranger: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    before = await _state(stage)
    for verb, data in _taps(ref):
        answer = await stage.tap(stranger, verb, data)
        assert _NOTHING_THERE in words_of(answer["value"]), verb
        assert ref not in all_words(answer["value"]), verb
    assert await _state(stage) == before


async def test_an_analyst_looks_and_changes_nothing(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    before = await _state(stage)
    shown = await stage.tap(ANALYST, "show_task", {"task": ref})
    assert ref in words_of(shown["value"])
    for verb, data in _taps(ref)[:-1]:
        answer = await stage.tap(ANALYST, verb, data)
        assert "Ask your sergeant" in words_of(answer["value"]), verb
    assert await _state(stage) == before


async def test_an_officer_does_not_do_the_sergeants_work(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    before = await _state(stage)
    for text in (f"/cancel {ref} because canary", f"/extend {ref} to tomorrow 23:00 because canary"):
        assert "Only a supervisor of the district" in words_of(await stage.asks(officer, text))
    assert "Only a supervisor" in words_of(await stage.asks(officer, "/assign"))
    typed = await stage.asks(officer, "/assign @ action canary by tomorrow 18:00", SECOND_CONSTABLE)
    assert "Only a supervisor" in words_of(typed)
    assert await _state(stage) == before


@pytest.mark.parametrize("text", ["help", "/tasks", "/board", "/assign", "1042 no answer", "S-04", "hello"])
async def test_somebody_who_is_not_set_up_gets_that_card_and_nothing_else(stage: Stage, text: str) -> None:
    card = await stage.asks(OUTSIDER, text)
    assert "You are not set up in RedLine yet. Please ask your sergeant" in words_of(card)
    assert "actions" not in card
    assert "T-" not in words_of(card)


async def test_a_tap_of_somebody_who_is_not_set_up(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    before = await _state(stage)
    for verb, data in _taps(ref):
        answer = await stage.tap(OUTSIDER, verb, data)
        assert "You are not set up in RedLine yet" in words_of(answer["value"]), verb
    assert await _state(stage) == before


@pytest.mark.parametrize("text", ["/assign", "/board", "/tasks S-01", "help"])
async def test_a_channel_that_no_district_lists_is_refused_politely(stage: Stage, text: str) -> None:
    unlisted = "19:fictional-canteen@thread.tacv2"
    card = await stage.asks(SERGEANT, text, in_channel=True, channel=unlisted, thread=text)
    assert "RedLine does not work in this channel" in words_of(card)
    assert "actions" not in card


async def test_a_channel_takes_work_of_its_own_district_only(stage: Stage) -> None:
    before = await _state(stage)
    where: dict[str, Any] = {"in_channel": True, "channel": SOUTH_CHANNEL, "thread": "elsewhere"}
    answer = await stage.asks(SERGEANT, "/assign @ visit DVPO-3 by tomorrow 18:00", CONSTABLE, **where)
    assert "DVPO-3 belongs to another district than this channel" in words_of(answer)
    assert await _state(stage) == before


async def test_a_typed_name_is_never_a_person(stage: Stage) -> None:
    before = await _state(stage)
    answer = await stage.asks(SERGEANT, "/assign Casey visit DVPO-3 by tomorrow 18:00")
    assert "Please @mention the officer" in words_of(answer)
    assert "@mention" in words_of(await stage.asks(SERGEANT, "/tasks of Casey"))
    assert await _state(stage) == before


async def test_somebody_of_another_district_cannot_be_given_the_work(stage: Stage) -> None:
    answer = await stage.asks(SERGEANT, "/assign @ visit DVPO-3 by tomorrow 18:00", SOUTH_CONSTABLE)
    assert "does not take work in this district" in words_of(answer)
    in_thread: dict[str, Any] = {"in_channel": True, "thread": "outsider"}
    answer = await stage.asks(SERGEANT, "/assign @ visit DVPO-3 by tomorrow 18:00", OUTSIDER, **in_thread)
    assert "not set up for RedLine" in words_of(answer)


@pytest.mark.parametrize(
    ("typed", "who", "near"),
    [("DVPO-33", SERGEANT, "DVPO-3"), ("S-11", SERGEANT, "S-01"), ("NMO-22", SOUTH_SERGEANT, "NMO-2")],
)
async def test_an_unknown_reference_is_answered_with_the_nearest(
    stage: Stage, typed: str, who: FictionalPerson, near: str
) -> None:
    answer = words_of(await stage.asks(who, f"/assign @ visit {typed} by tomorrow 18:00", who))
    assert f"Did you mean {near}?" in answer


@pytest.mark.parametrize("typed", ["NMO-2", "S-03", "S-3"])
async def test_what_another_district_has_is_neither_found_nor_suggested(stage: Stage, typed: str) -> None:
    answer = words_of(await stage.asks(SERGEANT, f"/tasks {typed}"))
    if typed.startswith("S"):
        assert _NOTHING_THERE in answer
    assert "NMO-2" not in answer
    assert "S-03" not in answer


async def test_a_restricted_subject_is_invisible_but_to_who_is_named(
    stage: Stage, officer: FictionalPerson
) -> None:
    inspector = await stage.recruit("a3")
    for person in (officer, inspector, ANALYST, SOUTH_SERGEANT):
        answer = words_of(await stage.asks(person, "/tasks S-04"))
        assert _NOTHING_THERE in answer
        assert "S-04" not in answer
    assert "Tasks about S-04" in words_of(await stage.asks(SERGEANT, "/tasks S-04"))


async def test_a_restricted_subject_never_comes_up_in_a_channel(stage: Stage) -> None:
    text = "/assign me action canary visit S-04 by tomorrow 18:00"
    ref = await assigned(stage, text, by=SERGEANT, in_channel=False)
    await the_officers_card(stage, SERGEANT, ref)
    in_thread: dict[str, Any] = {"in_channel": True, "thread": "restricted"}
    for asked in ("/tasks S-04", f"/task {ref}", "/tasks mine", "/board", f"{ref} no answer"):
        answer = all_words(await stage.asks(SERGEANT, asked, **in_thread))
        assert "S-04" not in answer, asked
        assert ref not in answer, asked
    await stage.says(SERGEANT, f"{ref} done")
    await stage.settle()
    assert only(await outcomes(stage, ref))["state"] == "KEYED_BY_HAND"
    channel = [version.card for m in stage.teams.in_channel(NORTH_CHANNEL) for version in m.history]
    assert not [card for card in channel if ref in all_words(card) or "S-04" in all_words(card)]


async def test_a_restricted_subject_is_not_given_to_who_is_not_named(
    stage: Stage, officer: FictionalPerson
) -> None:
    before = await _state(stage)
    answer = await stage.asks(SERGEANT, "/assign @ action canary S-04 by tomorrow 18:00", officer)
    assert "That officer may not work on this" in words_of(answer)
    assert await _state(stage) == before


@pytest.mark.parametrize(
    ("due", "question"),
    [
        ("by yesterday 18:00", "A due time lies ahead"),
        ("by 01/02/2026 10:00", "has passed"),
        ("by fri 6", "Morning or evening?"),
        ("by 25:00", "time of day"),
        ("by 31/02 10:00", "does not exist"),
        ("by tomorrow", "time"),
        ("", "when"),
    ],
)
async def test_a_past_or_unclear_due_time_is_asked_about(stage: Stage, due: str, question: str) -> None:
    before = await _state(stage)
    answer = words_of(await stage.asks(SERGEANT, f"/assign @ visit DVPO-3 {due}", CONSTABLE))
    assert question.lower() in answer.lower()
    assert await _state(stage) == before


async def test_a_due_time_after_the_orders_end_is_refused_with_the_reason(stage: Stage) -> None:
    last = only(await stage.rows(ProtectiveOrder, ref="DVPO-3"))["last_day"]
    after = f"{last + timedelta(days=1):%d/%m/%Y} 10:00"
    answer = words_of(await stage.asks(SERGEANT, f"/assign @ visit DVPO-3 by {after}", CONSTABLE))
    assert "DVPO-3 ends on" in answer
    assert "Choose a time up to the end of" in answer


async def test_a_visit_to_a_protected_person_needs_a_safe_contact_plan(stage: Stage) -> None:
    before = await _state(stage)
    text = "/assign @ contact visit NMO-2 by tomorrow 18:00"
    answer = words_of(await stage.asks(SOUTH_SERGEANT, text, SOUTH_CONSTABLE))
    assert "NMO-2 has none" in answer
    assert "Ask safeguarding" in answer
    assert await _state(stage) == before


async def test_an_order_that_is_not_served_is_not_in_force_to_be_checked(stage: Stage) -> None:
    answer = await stage.asks(SERGEANT, "/assign @ visit DVPN-4 by tomorrow 18:00", CONSTABLE)
    assert "DVPN-4 is not in force" in words_of(answer)


async def test_of_two_taps_at_once_one_counts_and_the_other_gets_the_fresh_card(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    taps = [
        stage.tap(officer, "record_outcome", {"task": ref, "v": 1, "code": code})
        for code in ("NO_ANSWER", "SEEN_NO_CONCERN")
    ]
    answers = [words_of(answer["value"]) for answer in await asyncio.gather(*taps)]
    only(await outcomes(stage, ref))
    late = only([words for words in answers if "Nothing was changed" in words])
    assert f"{ref} already has a result. Nothing was changed." in late
    assert (await task(stage, ref))["version"] == 2


async def test_a_sergeant_and_an_officer_tap_at_once(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    cancel = stage.tap(SERGEANT, "cancel", {"task": ref, "v": 1, "reason": "Given in error"})
    record = stage.tap(officer, "record_outcome", {"task": ref, "v": 1, "code": "NO_ANSWER"})
    answers = [words_of(answer["value"]) for answer in await asyncio.gather(cancel, record)]
    late = ("Nothing was changed", "There is nothing to do")
    only([words for words in answers if any(line in words for line in late)])
    row = await task(stage, ref)
    assert row["version"] == 2
    assert (row["state"] == "DONE") == bool(await outcomes(stage, ref))


async def test_a_tap_after_the_task_was_given_to_somebody_else(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.asks(SERGEANT, f"/reassign {ref} to @ because canary", SECOND_CONSTABLE)
    before = await _state(stage)
    answer = await stage.tap(officer, "record_outcome", {"task": ref, "v": 1, "code": "NO_ANSWER"})
    assert "EXAMPLE" not in all_words(answer["value"])
    assert await _state(stage) == before


async def test_a_tap_after_the_task_was_cancelled_gets_the_fresh_card(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    await stage.asks(SERGEANT, f"/cancel {ref} because canary")
    before = await _state(stage)
    audited = len(await stage.rows(AuditEvent))
    answer = await stage.tap(officer, "record_outcome", {"task": ref, "v": 1, "code": "NO_ANSWER"})
    assert "Cancelled" in words_of(answer["value"])
    assert titles(answer["value"]) == []
    assert await _state(stage) == before
    assert len(await stage.rows(AuditEvent)) == audited + 1


async def test_a_form_drawn_from_an_older_version_changes_nothing(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    card = await stage.asks(SERGEANT, f"/task {ref}")
    form = await press(stage, SERGEANT, card, "Cancel task")
    await stage.tap(officer, "brief_me", {"task": ref, "v": 1})
    before = await _state(stage)
    answer = await press(stage, SERGEANT, form, "Cancel task", reason="Given in error")
    assert f"{ref} has changed since this card was drawn. Nothing was changed." in words_of(answer)
    assert await _state(stage) == before


async def test_a_time_to_come_is_not_a_time_of_a_visit(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    later = london(datetime.now(UTC) + timedelta(days=2))
    tap = {"task": ref, "v": 1, "code": "NO_ANSWER", "when": "other", "when_other": f"{later:%d/%m/%Y %H:%M}"}
    answer = await stage.tap(officer, "record_outcome", tap)
    assert "is still to come" in words_of(answer["value"])
    assert await outcomes(stage, ref) == []


async def test_what_is_not_understood_is_never_guessed_at(stage: Stage, officer: FictionalPerson) -> None:
    ref = await a_visit(stage, officer)
    before = await _state(stage)
    answer = words_of(await stage.asks(officer, f"{ref} no anser"))
    assert "Did you mean" in answer
    assert "no answer" in answer
    assert "RedLine did not understand that" in words_of(await stage.asks(officer, "what is the weather"))
    assert await _state(stage) == before
    assert await stage.rows(Message, person_id=officer.entra_id)
    assert HANG
