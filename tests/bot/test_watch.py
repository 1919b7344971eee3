"""What somebody at a door may still do whose access vanished with too many others', and who confirms it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local.people import CONSTABLE, INSPECTOR, SECOND_CONSTABLE, SERGEANT, FictionalPerson
from infra.local.seed import directory_snapshot
from storage.enums import OutcomeCode, Role
from storage.people.roll import brakes
from storage.tables import CallForHelp, HeldMessage, Outcome, Task, TaskBundle
from tasking.ports import Card, DirectorySnapshot
from tasking.watch.brake_view import state_of
from tasking.watch.directory_reading import take_snapshot
from tests.support import buttons as b
from tests.support.card_reading import all_words, button
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
    shown = await said(talk, INSPECTOR, typed)
    assert "2 of 5 people are missing" in all_words(shown)
    assert len(await talk.force.units.read(lambda uow: brakes(uow.connection))) == 1
    state = button(shown, "It is right: confirm")["data"]["state"]
    tap = b.ConfirmDirectory(district="north", state=state)
    assert "Confirmed for North team" in all_words(await talk.tap(INSPECTOR, tap))
    assert await talk.force.units.read(lambda uow: brakes(uow.connection)) == []
    assert "not set up" in all_words(await said(talk, CONSTABLE, "tasks"))


async def test_a_tap_confirms_it_and_a_sergeants_does_not(talk: Talking, visit: TaskBundle) -> None:
    state = await talk.force.units.read(lambda uow: state_of(uow, "north"))
    tap = b.ConfirmDirectory(district="north", state=state)
    assert "Only an administrator" in all_words(await talk.tap(SERGEANT, tap))
    assert "Confirmed for North team" in all_words(await talk.tap(INSPECTOR, tap))
    assert "Nobody is asked" in all_words(await talk.tap(INSPECTOR, tap))


@pytest.mark.parametrize("state", ["", "0123456789ab"])
async def test_a_button_of_before_is_answered_with_what_is_missing_now(
    talk: Talking, visit: TaskBundle, state: str
) -> None:
    card = await talk.tap(INSPECTOR, b.ConfirmDirectory(district="north", state=state))
    assert "Nothing was confirmed" in all_words(card) and "2 of 5 people are missing" in all_words(card)
    fresh = button(card, "It is right: confirm")["data"]["state"]
    assert len(await talk.force.units.read(lambda uow: brakes(uow.connection))) == 1
    tap = b.ConfirmDirectory(district="north", state=fresh)
    assert "Confirmed for North team" in all_words(await talk.tap(INSPECTOR, tap))


@pytest.fixture
async def analyst_too(talk: Talking) -> TaskBundle:
    """The same where the constable is still an analyst of the district."""
    await talk.force.units.write(lambda uow: take_snapshot(uow, directory_snapshot()))
    made = await talk.force.task()
    groups = talk.force.units.policy.groups
    group = next(each.group_id for each in groups if (each.district, each.role) == ("north", Role.ANALYST))
    found = without_officers()
    members = {**found.members, group: found.members[group] | {CONSTABLE.entra_id}}
    await talk.force.units.write(lambda uow: take_snapshot(uow, replace(found, members=members)))
    return made


async def test_who_keeps_another_role_there_records_by_tap(talk: Talking, analyst_too: TaskBundle) -> None:
    card = await talk.tap(CONSTABLE, b.RecordOutcome(**of(analyst_too, code=OutcomeCode.NO_ANSWER)))
    assert "recorded" in all_words(card) and shows_nothing(card)
    assert len(await talk.force.rows(Outcome)) == 1


@pytest.mark.parametrize("typed", ["{} no answer", "{} breach yes at hers"])
async def test_who_keeps_another_role_there_records_in_words(
    talk: Talking, analyst_too: TaskBundle, typed: str
) -> None:
    answer = await said(talk, CONSTABLE, typed.format(analyst_too.task.ref))
    assert "recorded" in all_words(answer) and shows_nothing(answer)
    assert len(await talk.force.rows(Outcome)) == 1


async def sent_again(talk: Talking, made: TaskBundle) -> None:
    tap = b.TypedAgain(text=f"{made.task.ref} no answer", at=talk.force.clock.now().isoformat())
    assert shows_nothing(await talk.tap(CONSTABLE, tap))
    assert len(await talk.force.rows(Outcome)) == 1


async def test_a_message_sent_with_the_number_that_was_meant_is_recorded(
    talk: Talking, visit: TaskBundle
) -> None:
    await sent_again(talk, visit)


async def test_so_is_one_of_who_keeps_another_role_there(talk: Talking, analyst_too: TaskBundle) -> None:
    await sent_again(talk, analyst_too)


async def test_what_a_lost_role_allowed_beside_recording_is_refused(
    talk: Talking, analyst_too: TaskBundle
) -> None:
    for tap in (b.BriefMe, b.AddNote, b.CantDo):
        assert shows_nothing(await talk.tap(CONSTABLE, tap(**of(analyst_too))))
    assert (await talk.force.rows(Task))[0].owner_id == CONSTABLE.entra_id


async def test_a_refused_tap_that_comes_again_is_not_called_recorded(
    talk: Talking, visit: TaskBundle
) -> None:
    talk.force.clock.advance(minutes=1)
    breach = b.RecordOutcome(**of(visit, code=OutcomeCode.BREACH_SUSPECTED))
    sent = talk.tapping(CONSTABLE, breach)
    first = (await talk.receive(sent)).body.decode()
    assert "checked before it is recorded" in first
    talk.force.clock.advance(minutes=11)
    again = (await talk.receive(sent)).body.decode()
    assert "NOT recorded. Record it again." in again
    assert not any(each in again for each in SEEN_ONLY_WITH_SIGHT)
    assert await talk.force.rows(Outcome) == []
