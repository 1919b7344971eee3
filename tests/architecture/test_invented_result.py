"""A result that no product file knows: typed, tapped, stored, shown, told, counted and handed over."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.reading import parse_command
from bot.reading.model import Outcome as TypedOutcome
from infra.local.people import CONSTABLE, SERGEANT
from scheduler.delivery import Delivery
from storage.enums import TaskState
from storage.rows import table_of
from storage.tables import HeldMessage, Outcome, Person
from tasking.house import another_house
from tasking.reports import board_of
from tasking.rooms import HOUSE
from tasking.work.outcome_doubts import Denial, Doubt
from tasking.work.outcome_table import OF_A_BREACH, Declared, Fits, Nature, Question, Tells, Typed, declared
from tests.support.buttons import BadPayload, RecordOther, RecordOutcome, ShowTask, parse_payload
from tests.support.card_reading import all_words, button, elements, unfolded
from tests.support.drawing import DRAWINGS
from tests.support.fakes import FakeMessenger, FakeRecords
from tests.support.notice_names import CardPurpose
from tests.support.postgres import Postgres
from tests.support.talking import Talking
from tests.support.units import open_force

DARK = Declared(
    "LAMP_DARK",
    "Lamp dark",
    Nature.ATTEMPT,
    frozenset({Fits.ORDER_CHECK}),
    (Question("Which lamp?"),),
    (Typed(r"lamp\s+dark"),),
    tells=frozenset({Tells.SUPERVISOR}),
    to_do="Send somebody with a light",
    doubts=(Denial(re.compile(r"\W*not really"), Doubt("Was it lit?")),),
)
FLOODED = Declared(
    "FLOODED", "Flooded", Nature.CONCERN, frozenset({Fits.ORDER_CHECK}), typed=(Typed("flooded"),)
)
FORCED = replace(
    DARK,
    code="LOCK_FORCED",
    words="Lock forced",
    nature=Nature.BREACH,
    questions=OF_A_BREACH,
    typed=(Typed(r"lock\s+forced"),),
    tells=frozenset(),
    met=True,
)
WITH_LAMPS = replace(HOUSE, outcomes=(*HOUSE.outcomes, DARK, FLOODED, FORCED))


@pytest.fixture
def lamps() -> Iterator[None]:
    with another_house(WITH_LAMPS):
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
async def talk(request: pytest.FixtureRequest, lamps: None, tmp_path: Path) -> AsyncIterator[Talking]:
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    async with open_force(tmp_path, server) as force:
        talking = Talking(force)
        for person in (CONSTABLE, SERGEANT):
            row = table_of(Person).c.entra_id == person.entra_id
            await force.change(Person, row, teams_id=person.teams_id)
            await force.open_chat(person)
        yield talking


async def the_outcome(talk: Talking) -> Outcome:
    (row,) = await talk.force.rows(Outcome)
    return row


async def test_it_is_typed_stored_as_text_and_read_back(talk: Talking) -> None:
    made = await talk.force.task()
    await talk.type(CONSTABLE, f"{made.task.number} lamp dark, on the north side")
    row = await the_outcome(talk)
    assert (row.code, row.note) == ("LAMP_DARK", "on the north side")
    assert (await talk.force.reload(made)).state == TaskState.DONE
    assert "Lamp dark" in all_words(await talk.tap(CONSTABLE, ShowTask(task=made.task.ref)))


async def test_it_is_offered_on_the_card_and_tapped_from_there(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.tap(CONSTABLE, ShowTask(task=made.task.ref))
    choices = [choice for each in elements(unfolded(card, "More")) for choice in each.get("choices", ())]
    assert {"title": "Lamp dark (Which lamp?)", "value": "LAMP_DARK"} in choices
    answer = await talk.tap(
        CONSTABLE,
        RecordOther(task=made.task.ref, v=made.task.version, other_code="LAMP_DARK", other_note="out"),
    )
    assert (await the_outcome(talk)).code == "LAMP_DARK"
    assert "Lamp dark" in all_words(answer)


async def test_it_is_told_with_its_answer_counted_and_handed_over(talk: Talking) -> None:
    made = await talk.force.task()
    await talk.tap(
        CONSTABLE,
        RecordOutcome(task=made.task.ref, v=made.task.version, code="LAMP_DARK", answer_1="the north one"),
    )
    board = await talk.force.units.read(lambda uow: board_of(uow, "north"))
    assert (board.attempted_today, board.seen_today) == (1, 0)
    talk.force.clock.advance(minutes=11)
    teams, records = FakeMessenger(), FakeRecords()
    await Delivery(talk.force.units, teams, records, DRAWINGS).drain()
    assert [row.code for row in records.rows.values()] == ["LAMP_DARK"]
    (told,) = await talk.force.outbox(purpose=CardPurpose.RESULT_NOTICE)
    assert told.person_id == SERGEANT.entra_id
    (notice,) = [sent.words for sent in teams.posted if "Send somebody with a light" in sent.words]
    assert "Which lamp? the north one" in notice


async def test_a_denial_of_it_is_asked_about(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.type(CONSTABLE, f"{made.task.number} lamp dark not really")
    assert "Was it lit?" in all_words(card or {})
    assert await talk.force.rows(Outcome) == []


async def test_beside_words_of_danger_it_is_held_as_it_was_typed(talk: Talking) -> None:
    made = await talk.force.task()
    card = await talk.type(CONSTABLE, f"{made.task.number} lamp dark, he hit her")
    (held,) = await talk.force.rows(HeldMessage)
    assert held.code == "LAMP_DARK"
    assert "As typed: Lamp dark" in all_words(card or {})
    assert await talk.force.rows(Outcome) == []


async def test_one_of_a_concern_cannot_be_undone_and_is_corrected_instead(talk: Talking) -> None:
    made = await talk.force.task()
    await talk.type(CONSTABLE, f"{made.task.number} flooded")
    refused = await talk.type(CONSTABLE, f"{made.task.number} undo")
    assert "can no longer be undone" in all_words(refused or {})
    assert (await the_outcome(talk)).code == "FLOODED"


async def test_one_of_a_breach_is_read_back_then_told_as_a_breach(talk: Talking) -> None:
    made = await talk.force.task()
    shown = await talk.type(CONSTABLE, f"{made.task.number} lock forced") or {}
    assert "Lock forced" in all_words(shown)
    assert await talk.force.rows(Outcome) == []
    assert ("Lock forced", "LOCK_FORCED") in [
        (choice["title"], choice["value"]) for each in elements(shown) for choice in each.get("choices", ())
    ]
    data = button(shown, "Record and tell the sergeant")["data"]
    await talk.tap(CONSTABLE, parse_payload("confirm_breach", {**data, "is_she_safe": "", "where_is_he": ""}))
    row = await the_outcome(talk)
    assert row.code == "LOCK_FORCED"
    assert row.hand_over_after == row.recorded_at
    told = await talk.force.outbox(purpose=CardPurpose.BREACH_NOTICE)
    assert SERGEANT.entra_id in {each.person_id for each in told}


async def test_a_version_that_does_not_know_it_still_shows_the_task(talk: Talking) -> None:
    made = await talk.force.task()
    await talk.type(CONSTABLE, f"{made.task.number} lamp dark")
    with another_house(HOUSE):
        assert "LAMP_DARK" in all_words(await talk.tap(CONSTABLE, ShowTask(task=made.task.ref)))
        assert declared("LAMP_DARK").nature is Nature.CHANGE


def test_without_its_room_nobody_can_type_or_tap_it() -> None:
    assert not isinstance(parse_command("1042 lamp dark", []), TypedOutcome)
    with pytest.raises(BadPayload):
        parse_payload("record_outcome", {"task": "T-1042", "v": 1, "code": "LAMP_DARK"})


def test_with_its_room_both_are_understood(lamps: None) -> None:
    assert parse_command("1042 lamp dark", []) == TypedOutcome("T-1042", "LAMP_DARK")  # type: ignore[arg-type]
    tap = parse_payload("record_outcome", {"task": "T-1042", "v": 1, "code": "LAMP_DARK"})
    assert isinstance(tap, RecordOutcome)
    assert tap.code == "LAMP_DARK"
