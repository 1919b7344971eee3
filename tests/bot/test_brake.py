"""What somebody at a door may still do whose access vanished with too many others', and who confirms it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cards import payloads as b
from infra.local.people import CONSTABLE, INSPECTOR, SECOND_CONSTABLE, SERGEANT, FictionalPerson
from infra.local.seed import directory_snapshot
from storage.bundles import TaskBundle
from storage.enums import OutcomeCode
from storage.roll import brakes
from storage.tables import CallForHelp, HeldMessage, Outcome
from tasking.directory import take_snapshot
from tasking.ports import Card, DirectorySnapshot
from tests.support.card_reading import all_words
from tests.support.talking import Talking
from tests.support.units import open_force

LOST = "RedLine has lost your access"
NO_MORE = "RedLine shows you no more until your access is confirmed"
SEEN_ONLY_WITH_SIGHT = ("J. EXAMPLE", "Imaginary Lane", "DVPO-3", "Knife")


def without_officers() -> DirectorySnapshot:
    found = directory_snapshot()
    gone = {CONSTABLE.entra_id, SECOND_CONSTABLE.entra_id}
    return replace(found, members={group: who - gone for group, who in found.members.items()})


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force)


@pytest.fixture
async def visit(talk: Talking) -> TaskBundle:
    """A constable's task, after everybody of the constable's group vanished from the directory."""
    await talk.force.units.write(lambda uow: take_snapshot(uow, directory_snapshot()))
    made = await talk.force.task()
    await talk.force.units.write(lambda uow: take_snapshot(uow, without_officers()))
    return made


def of(made: TaskBundle, **more: object) -> dict[str, object]:
    return {"task": made.task.ref, "v": made.task.version, **more}


def shows_nothing(card: Card | None) -> bool:
    return not any(each in all_words(card or {}) for each in SEEN_ONLY_WITH_SIGHT)


async def said(talk: Talking, person: FictionalPerson, text: str) -> Card:
    card = await talk.type(person, text)
    assert card is not None
    return card


async def test_a_tap_records_and_shows_nothing(talk: Talking, visit: TaskBundle) -> None:
    card = await talk.tap(CONSTABLE, b.RecordOutcome(**of(visit, code=OutcomeCode.NO_ANSWER)))
    assert "recorded" in all_words(card) and NO_MORE in all_words(card)
    assert shows_nothing(card)
    assert len(await talk.force.rows(Outcome)) == 1
    again = await talk.tap(CONSTABLE, b.RecordOutcome(**of(visit, code=OutcomeCode.NO_ANSWER)))
    assert shows_nothing(again)
    assert len(await talk.force.rows(Outcome)) == 1


async def test_a_typed_result_is_recorded_and_a_breach_is(talk: Talking, visit: TaskBundle) -> None:
    answer = await said(talk, CONSTABLE, f"{visit.task.ref} breach yes at hers")
    assert "recorded" in all_words(answer) and shows_nothing(answer)
    assert [each.code for each in await talk.force.rows(Outcome)] == [OutcomeCode.BREACH_SUSPECTED]


async def test_a_breach_form_is_read_back_and_recorded(talk: Talking, visit: TaskBundle) -> None:
    check = await talk.tap(CONSTABLE, b.CheckBreach(**of(visit, is_she_safe="yes", where_is_he="gone")))
    assert "Nothing is recorded yet" in all_words(check)
    at = talk.force.clock.now().isoformat()
    code = OutcomeCode.BREACH_SUSPECTED
    card = await talk.tap(CONSTABLE, b.ConfirmBreach(**of(visit, code=code, happened_at=at)))
    assert shows_nothing(card)
    assert len(await talk.force.rows(Outcome)) == 1


async def test_words_of_danger_are_held_and_a_call_is_heard(talk: Talking, visit: TaskBundle) -> None:
    held = await said(talk, CONSTABLE, f"{visit.task.ref} no answer, screaming inside")
    assert "NOT recorded" in all_words(held)
    assert len(await talk.force.rows(HeldMessage)) == 1
    assert "Radio first" in all_words(await said(talk, CONSTABLE, "help me"))
    assert len(await talk.force.rows(CallForHelp)) == 1


@pytest.mark.parametrize("text", ["tasks", "board", "{} brief", "task {}", "{} copy", "{} undo", "{} note x"])
async def test_nothing_else_is_done_or_shown(talk: Talking, visit: TaskBundle, text: str) -> None:
    answer = await said(talk, CONSTABLE, text.format(visit.task.ref))
    assert LOST in all_words(answer) and shows_nothing(answer)


@pytest.mark.parametrize("tap", [b.BriefMe, b.OpenCorrection, b.AddNote, b.CantDo, b.MoreTime])
async def test_no_other_tap_is_taken(talk: Talking, visit: TaskBundle, tap: type[b.OfTask]) -> None:
    answer = await talk.tap(CONSTABLE, tap(**of(visit)))
    assert LOST in all_words(answer) and shows_nothing(answer)


async def test_somebody_elses_task_is_not_there(talk: Talking, visit: TaskBundle) -> None:
    card = await talk.tap(SECOND_CONSTABLE, b.RecordOutcome(**of(visit, code=OutcomeCode.NO_ANSWER)))
    assert "nothing under that reference" in all_words(card)
    assert await talk.force.rows(Outcome) == []


@pytest.mark.parametrize("typed", ["/directory accept", "directory accept", "accept the directory"])
async def test_the_lead_inspector_confirms_it_in_words(talk: Talking, visit: TaskBundle, typed: str) -> None:
    assert "Confirmed for North team" in all_words(await said(talk, INSPECTOR, typed))
    assert await talk.force.units.read(lambda uow: brakes(uow.connection)) == []
    assert "not set up" in all_words(await said(talk, CONSTABLE, "tasks"))


async def test_a_tap_confirms_it_and_a_sergeants_does_not(talk: Talking, visit: TaskBundle) -> None:
    tap = b.ConfirmDirectory(district="north")
    assert "Only an administrator" in all_words(await talk.tap(SERGEANT, tap))
    assert "Confirmed for North team" in all_words(await talk.tap(INSPECTOR, tap))
    assert "Nobody is asked" in all_words(await talk.tap(INSPECTOR, tap))
