"""Permission comes first everywhere: what somebody may not know is answered like what is not there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cards import payloads as b
from infra.local.people import ANALYST, CONSTABLE, SECOND_CONSTABLE, SOUTH_SERGEANT, FictionalPerson
from storage.bundles import TaskBundle
from tests.support.card_reading import all_words
from tests.support.talking import Talking
from tests.support.units import open_force

NOT_THERE = "T-99999"
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
    return await talk.force.restricted_task()


def tap_of(verb: str, ref: str) -> b.Payload:
    fields = b.PAYLOADS[verb].model_fields
    given = {name: value for name, value in FILLED.items() if name in fields}
    if "code" in fields:
        given["code"] = CODES.get(verb, "NO_ANSWER")
    return b.PAYLOADS[verb](**given | {"task": ref} | ({"v": 1} if "v" in fields else {}))


@pytest.mark.parametrize("person", [SECOND_CONSTABLE, SOUTH_SERGEANT, ANALYST])
@pytest.mark.parametrize("verb", ABOUT_A_TASK)
async def test_every_tap_answers_alike(
    talk: Talking, hidden: TaskBundle, verb: str, person: FictionalPerson
) -> None:
    said = [
        all_words(await talk.tap(person, tap_of(verb, ref))).replace(ref, "REF")
        for ref in (hidden.task.ref, NOT_THERE)
    ]
    assert said[0] == said[1]
    assert "S-04" not in said[0] and "Call the desk" not in said[0]


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
