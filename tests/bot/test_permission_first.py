"""Permission comes first everywhere: what somebody may not know is answered like what is not there."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from infra.local.people import (
    ANALYST,
    CONSTABLE,
    SECOND_CONSTABLE,
    SERGEANT,
    SOUTH_SERGEANT,
    FictionalPerson,
)
from storage.enums import TaskKind
from storage.tables import HeldMessage, Outcome, TaskBundle
from tasking.work.assign import assign
from tests.support import buttons as b
from tests.support.card_reading import all_words
from tests.support.talking import Talking
from tests.support.units import CHAT, NOW, Force, open_force, visit

NOT_THERE = "T-99999"
WITHOUT_RIGHT = (SECOND_CONSTABLE, SOUTH_SERGEANT, ANALYST)
FORM = "f" * 32
A_NEW_FORM = re.compile(r"(?!f{32})[0-9a-f]{32}")
UNNAMED: dict[str, Any] = {
    "form": FORM,
    "officer": "nobody",
    "kind": "action",
    "title": "Count the keys",
    "due_date": "2026-03-14",
    "due_time": "18:00",
    "district": "north",
    "list": "to_do",
    "topic": "assign",
    "call": "00000000-0000-4000-8000-000000000001",
    "at": NOW.isoformat(),
}
FILLED: dict[str, Any] = {
    "code": "NO_ANSWER",
    "choice": "BREACH",
    "could_be": "No",
    "happened_at": "2026-03-12T14:00:00+00:00",
    "form": "cancel",
    "give": True,
    "held": "00000000-0000-4000-8000-000000000001",
    "outcome": "00000000-0000-4000-8000-000000000001",
    "other_code": "NO_ACCESS",
    "reason": "Given in error",
    "officer": "00000000-0000-4000-8000-000000000002",
    "until_date": "2026-03-14",
    "until_time": "18:00",
    "more_until": "tomorrow 18:00",
    "more_reason": "court",
    "note_text": "note",
    "cant_reason": "Off duty, leave or sick",
    "athena_ref": "36/1/19",
    "why": "Wrong task",
    "corrects": "00000000-0000-4000-8000-000000000001",
}
CODES = {
    "confirm_breach": "BREACH_SUSPECTED",
    "it_was_more": "BREACH_SUSPECTED",
    "say_who_it_was": "SEEN_NO_CONCERN",
}
ABOUT_A_TASK = sorted(verb for verb, each in b.PAYLOADS.items() if "task" in each.model_fields)
TYPED = [
    *(
        "{} no answer",
        "{} breach yes at hers",
        "{} undo",
        "{} correct",
        "{} accept",
        "{} note x",
        "{} can't do x",
    ),
    *(
        "{} more time tomorrow 18:00 x",
        "{} ref 36/1/19",
        "{} brief",
        "{} copy",
        "task {}",
        "cancel {} because x",
    ),
    *("extend {} to tomorrow 18:00 because x", "reassign {} because x", "{} no answer, screaming inside"),
]


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force)


@pytest.fixture
async def hidden(talk: Talking) -> TaskBundle:
    """A task about a restricted subject, of which only its officer and sergeant know."""
    return await hidden_task(talk.force)


async def hidden_task(force: Force) -> TaskBundle:
    await force.name_for("S-04", CONSTABLE)
    asked = visit(kind=TaskKind.GENERAL_ACTION, target_ref="S-04", title="Call the desk", form_id=FORM)
    return (await force.do(SERGEANT, assign, asked, CHAT)).bundle


def tap_of(verb: str, ref: str, ids: dict[str, str]) -> b.Payload:
    fields = b.PAYLOADS[verb].model_fields
    given = {name: value for name, value in (FILLED | ids).items() if name in fields}
    if "code" in fields:
        given["code"] = CODES.get(verb, "NO_ANSWER")
    return b.PAYLOADS[verb](**given | {"task": ref} | ({"v": 1} if "v" in fields else {}))


def tap_naming(verb: str) -> b.Payload:
    """A tap that is not about a task, with the form and the number of the first one that is made."""
    fields = b.PAYLOADS[verb].model_fields
    given = {name: value for name, value in UNNAMED.items() if name in fields}
    return b.PAYLOADS[verb](**given | ({"text": "1042 no answer"} if "text" in fields else {}))


async def ids_of(talk: Talking, hidden: TaskBundle, done: bool) -> dict[str, str]:
    """Ids that somebody may have kept: of a message that waits for its answer, or of the result."""
    if done:
        await talk.type(CONSTABLE, f"{hidden.task.ref} done rang them")
        outcome = str((await talk.force.rows(Outcome))[0].id)
        return {"outcome": outcome, "corrects": outcome}
    await talk.type(CONSTABLE, f"{hidden.task.ref} done, screaming inside")
    return {"held": str((await talk.force.rows(HeldMessage))[0].id)}


async def said_twice(talk: Talking, person: FictionalPerson, tap: b.Payload) -> str:
    """What a tap is answered, which is what its second delivery is answered, whatever task it named."""
    activity = talk.tapping(person, tap)
    first, again = [(await talk.receive(activity)).body for _ in range(2)]
    assert first == again
    ref = getattr(tap, "task", "") or NOT_THERE
    return all_words(orjson.loads(first)["value"]).replace(ref, "REF")


def made_next(said: str) -> str:
    """Numbers are drawn in turn: who makes a task sees that one was made before, and nothing of it."""
    return said.replace("T-1043", "T-1042")


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("verb", ABOUT_A_TASK)
async def test_every_tap_answers_alike(talk: Talking, hidden: TaskBundle, verb: str, done: bool) -> None:
    """Also with the ids that the task really has, and to the delivery of the same tap again."""
    real = await ids_of(talk, hidden, done)
    for person in WITHOUT_RIGHT:
        said = [
            await said_twice(talk, person, tap_of(verb, ref, ids))
            for ref, ids in ((hidden.task.ref, real), (NOT_THERE, {}))
        ]
        assert said[0] == said[1]
        assert "S-04" not in said[0] and "Call the desk" not in said[0]


@pytest.mark.parametrize("verb", sorted(b.PAYLOADS.keys() - set(ABOUT_A_TASK)))
async def test_every_tap_that_names_no_task_answers_as_if_there_were_none(
    talk: Talking, tmp_path: Path, verb: str
) -> None:
    """Forms, lists, boards and helps, also with the form that made the task, and its number typed."""
    await hidden_task(talk.force)
    async with open_force(tmp_path) as without:
        for person in WITHOUT_RIGHT:
            said = [await said_twice(each, person, tap_naming(verb)) for each in (Talking(without), talk)]
            told, of_nothing = (A_NEW_FORM.sub("FORM", made_next(words)) for words in said)
            assert told == of_nothing


async def test_what_was_answered_is_not_given_again_once_its_task_may_not_be_known(
    talk: Talking, hidden: TaskBundle
) -> None:
    activity = talk.tapping(CONSTABLE, b.ShowTask(task=hidden.task.ref))
    first = await talk.receive(activity)
    assert await talk.receive(activity) == first
    await talk.force.unname("S-04", CONSTABLE)
    again = all_words(orjson.loads((await talk.receive(activity)).body)["value"])
    nothing = all_words(await talk.tap(CONSTABLE, b.ShowTask(task=NOT_THERE)))
    assert again.replace(hidden.task.ref, NOT_THERE) == nothing


async def test_who_has_no_role_any_more_is_given_nothing_again(talk: Talking, hidden: TaskBundle) -> None:
    activity = talk.tapping(CONSTABLE, b.ShowTask(task=hidden.task.ref))
    await talk.receive(activity)
    await talk.force.leaves(CONSTABLE)
    again = all_words(orjson.loads((await talk.receive(activity)).body)["value"])
    assert hidden.task.ref not in again and "Call the desk" not in again


async def test_a_message_that_is_changed_tells_nothing_of_a_task_that_may_not_be_known(
    talk: Talking, hidden: TaskBundle
) -> None:
    typed = talk.typing(CONSTABLE, f"{hidden.task.ref} done rang them")
    await talk.receive(typed)
    await talk.receive(typed | {"type": "messageUpdate", "timestamp": "1"})
    assert hidden.task.ref in all_words((await talk.answers())[-1])
    await talk.force.unname("S-04", CONSTABLE)
    await talk.receive(typed | {"type": "messageUpdate", "timestamp": "2"})
    assert hidden.task.ref not in all_words((await talk.answers())[-1])


@pytest.mark.parametrize("text", TYPED)
async def test_every_typed_command_answers_alike(talk: Talking, hidden: TaskBundle, text: str) -> None:
    said = []
    for ref in (hidden.task.ref, NOT_THERE):
        card = await talk.type(SECOND_CONSTABLE, text.format(ref))
        said.append(all_words(card or {}).replace(ref, "REF").replace(ref.removeprefix("T-"), "REF"))
    assert said[0] == said[1]


async def test_its_own_officer_is_answered_otherwise(talk: Talking, hidden: TaskBundle) -> None:
    """Or these tests would show nothing."""
    shown = all_words(await talk.tap(CONSTABLE, b.ShowTask(task=hidden.task.ref)))
    assert "Call the desk" in shown
