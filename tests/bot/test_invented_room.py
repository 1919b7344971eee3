"""A room that no file of the product knows brings commands and buttons: they work like all others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.declared import Button, Doors, WronglyDeclared
from bot.reading.added import Typed
from bot.reading.model import Unknown
from bot.rooms import BUTTONS, COMMANDS
from infra.local.people import CONSTABLE, NORTH_CHANNEL, SECOND_CONSTABLE, SERGEANT
from storage.tables import CallForHelp, HeldMessage, TaskNote
from tests.support import buttons as b
from tests.support.card_reading import all_words, button, buttons, inputs
from tests.support.invented_room import (
    KENNEL,
    MUZZLE,
    OF_THE_ROOM,
    WITH_THE_ROOM,
    KennelTyped,
    Muzzle,
    MuzzleTyped,
    OpenKennel,
)
from tests.support.talking import Talking
from tests.support.units import NOW, POLICY, open_force

RADIO = "Radio first. Nobody watches RedLine."


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force, WITH_THE_ROOM)


async def notes(talk: Talking) -> list[str]:
    return [note.text for note in await talk.force.rows(TaskNote)]


async def typed(talk: Talking, text: str, *mentioned: Any, channel: str | None = None) -> str:
    return all_words(await talk.type(CONSTABLE, text, *mentioned, channel=channel) or {})


# --- from what is typed to the form, and back ------------------------------------------------


async def test_its_command_opens_its_form_and_the_button_there_does_it(talk: Talking) -> None:
    made = await talk.force.task()
    form = await talk.type(CONSTABLE, f"{made.task.number} muzzle")
    assert form and [each["id"] for each in inputs(form)] == ["why"]
    shown = button(form, "Muzzle it")
    tap = WITH_THE_ROOM.parse(shown["verb"], {**shown["data"], "why": "it bites"})
    assert tap == Muzzle(task=made.task.ref, v=made.task.version, why="it bites")
    assert f"{made.task.ref}: muzzled." in all_words(await talk.tap(CONSTABLE, tap))
    assert await notes(talk) == ["Muzzled: it bites"]


async def test_its_form_comes_again_with_what_was_typed(talk: Talking) -> None:
    made = await talk.force.task()
    tap = Muzzle(task=made.task.ref, v=made.task.version, why="no")
    card = await talk.tap(CONSTABLE, tap)
    assert "Why a muzzle? Say it in a few words." in all_words(card)
    assert [each["value"] for each in inputs(card)] == ["no"]
    assert await notes(talk) == []


async def test_more_than_its_input_takes_comes_again_cut_to_what_fits(talk: Talking) -> None:
    made = await talk.force.task()
    value = {"verb": "muzzle", "task": made.task.ref, "v": made.task.version, "why": "x" * 61}
    await talk.receive(talk.activity(CONSTABLE, "message", value=value))
    card = (await talk.answers())[-1]
    assert "That is too long: nothing was recorded." in all_words(card)
    assert [each["value"] for each in inputs(card)] == ["x" * 60]


async def test_a_second_delivery_of_its_tap_does_nothing_more(talk: Talking) -> None:
    made = await talk.force.task()
    activity = talk.tapping(CONSTABLE, Muzzle(task=made.task.ref, v=made.task.version, why="it bites"))
    first, second = [await talk.receive(activity) for _ in range(2)]
    assert first == second
    assert await notes(talk) == ["Muzzled: it bites"]


async def test_what_its_button_needs_is_fetched_first(talk: Talking) -> None:
    card = await talk.tap(CONSTABLE, OpenKennel(name="North"))
    assert talk.documents.asked == ["leaflets/North"]
    assert "https://files.example/leaflets/North?once" in all_words(card)


# --- read by the same rules as what was there before ------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["{} muzzle because it bites", "muzzle {} it bites", "/muzzle T-{}: it bites", "- {} MUZZLE IT it bites"],
)
async def test_it_is_typed_before_or_after_the_number(talk: Talking, text: str) -> None:
    made = await talk.force.task()
    assert "muzzled." in await typed(talk, text.format(made.task.number))
    assert await notes(talk) == ["Muzzled: it bites"]


async def test_people_are_mentions_and_references_are_read(talk: Talking) -> None:
    await talk.type(SECOND_CONSTABLE, "help")
    words = await typed(talk, "@RedLine /kennel @1 s-1", SECOND_CONSTABLE, channel=NORTH_CHANNEL)
    assert f"S-01: {SECOND_CONSTABLE.entra_id}" in words


async def test_a_task_that_is_not_the_askers_is_not_there(talk: Talking) -> None:
    made = await talk.force.task()
    words = all_words(await talk.type(SECOND_CONSTABLE, f"{made.task.number} muzzle because it bites") or {})
    nothing = all_words(await talk.type(SECOND_CONSTABLE, "9876 muzzle because it bites") or {})
    assert words.replace(str(made.task.number), "N") == nothing.replace("9876", "N")
    assert await notes(talk) == []


@pytest.mark.parametrize(
    "text",
    [
        "{0} muzzle\n{0} no answer",
        "{0} muzzle and 9876 muzzle",
        "muzzle {0}, 9876",
        "{0} muzzle, {0} accept",
        "{0} accept {0} muzzle",
        "{0} muzzle and no answer",
        "kennel S-01\n{0} muzzle",
        "{0} muzzle\n/kennel S-01",
    ],
)
async def test_of_several_commands_none_is_done(talk: Talking, text: str) -> None:
    made = await talk.force.task()
    assert "more than one thing. Nothing was recorded." in await typed(talk, text.format(made.task.number))
    assert await notes(talk) == []


@pytest.mark.parametrize(
    "text", ["{} muzzle he has a knife", "{} muzzle because he hit her", "{} muzzle 1 she is screaming"]
)
async def test_words_of_danger_beside_it_go_first(talk: Talking, text: str) -> None:
    made = await talk.force.task()
    assert RADIO in await typed(talk, text.format(made.task.number))
    assert len(await talk.force.rows(HeldMessage)) == 1
    assert await notes(talk) == []


@pytest.mark.parametrize("text", ["1042 muzzle he has a knife", "1042 muzzle it\nshe is screaming"])
def test_they_go_first_whatever_its_command_says_of_itself(text: str) -> None:
    read = WITH_THE_ROOM.read(text)
    assert isinstance(read, Unknown) and read.alarm and read.task == "T-1042"


@pytest.mark.parametrize("text", ["kennel help he has a knife", "kennel S-01 he hit her", "help me kennel"])
async def test_a_call_for_help_beside_what_is_about_no_task_is_heard(talk: Talking, text: str) -> None:
    assert RADIO in await typed(talk, text)
    assert len(await talk.force.rows(CallForHelp)) == 1


async def test_words_of_danger_that_only_this_force_knows_go_first_too(tmp_path: Path) -> None:
    policy = POLICY.model_copy(update={"danger_words": {"weapons": ("zorble",)}})
    async with open_force(tmp_path, policy=policy) as force:
        talk = Talking(force, WITH_THE_ROOM)
        made = await force.task()
        assert RADIO in await typed(talk, f"{made.task.number} muzzle because zorble")
        assert await notes(talk) == []


def test_a_verb_that_was_there_before_is_never_taken_away() -> None:
    longer = Typed("1042 noted", r"no\s+answer\s+at\s+all|noted", MUZZLE.words.read)  # type: ignore[union-attr]
    doors = Doors((*COMMANDS, replace(MUZZLE, words=longer)), BUTTONS)
    assert type(doors.read("1042 no answer at all")) is type(doors.read("1042 no answer"))
    several = "1042 and 1043 no answer at all"
    assert doors.read(several) == WITH_THE_ROOM.read(several)
    assert doors.read("1042 noted") == MuzzleTyped("T-1042")


async def test_what_is_typed_nearly_like_it_is_asked_about(talk: Talking) -> None:
    assert "Did you mean: kennel?" in await typed(talk, "kenel S-01")
    made = await talk.force.task()
    number = made.task.number
    assert f"Did you mean: {number} muzzle?" in await typed(talk, f"{number} muzle")


async def test_a_message_with_the_number_that_was_meant_is_read_with_it(talk: Talking) -> None:
    made = await talk.force.task()
    tap = b.TypedAgain(text=f"{made.task.number} muzzle because it bites", at=NOW.isoformat())
    assert "muzzled." in all_words(await talk.tap(CONSTABLE, tap))
    assert await notes(talk) == ["Muzzled: it bites"]


async def test_its_lines_of_help_stand_under_their_topic(talk: Talking) -> None:
    topics = [each["title"] for each in buttons(await talk.type(SERGEANT, "help") or {})]
    assert topics[-1] == "Kennels"
    words = all_words(await talk.tap(SERGEANT, b.ShowHelp(topic="Kennels")))
    assert "Muzzle a dog" in words and "/kennel S" in words


async def test_nothing_of_it_is_known_where_it_is_not_passed_in(talk: Talking) -> None:
    without = Talking(talk.force)
    made = await talk.force.task()
    assert "did not understand" in await typed(without, "kennel S-01")
    assert "did not understand" in await typed(without, f"{made.task.number} muzzle because it bites")
    reply = await without.receive(without.tapping(CONSTABLE, OpenKennel(name="North")))
    assert b"BadRequest" in reply.body


# --- checked once ----------------------------------------------------------------------------


def test_no_two_buttons_have_one_verb() -> None:
    with pytest.raises(WronglyDeclared, match="verb: muzzle"):
        Doors(COMMANDS, (*OF_THE_ROOM, Button(Muzzle, do=OF_THE_ROOM[0].do)))


def test_no_command_is_declared_twice() -> None:
    with pytest.raises(WronglyDeclared, match="command: MuzzleTyped"):
        Doors((MUZZLE, MUZZLE), BUTTONS)


def test_no_two_commands_have_the_same_words() -> None:
    with pytest.raises(WronglyDeclared, match="words: muzzle"):
        Doors((MUZZLE, replace(KENNEL, words=MUZZLE.words)), BUTTONS)


def test_nothing_is_read_that_nobody_does() -> None:
    with pytest.raises(WronglyDeclared, match=r"done by nobody: .*ConfirmDirectory"):
        Doors(COMMANDS[:-1], BUTTONS)


@pytest.mark.parametrize("example", ["1042 seen", "help", "kennel he has a knife", "1042 muzle"])
def test_words_that_are_read_as_something_else_are_refused(example: str) -> None:
    words = Typed(example, r"seen|help|kennel", lambda task, words: KennelTyped(), is_alone=True)
    with pytest.raises(WronglyDeclared, match="not read as KennelTyped"):
        Doors((*COMMANDS, replace(KENNEL, words=words)), BUTTONS)
