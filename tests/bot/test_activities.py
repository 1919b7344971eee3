"""What each kind of activity leads to, and what odd ones are answered."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from cards.words import NOT_SAVED, UNCLEAR
from infra.local.people import CONSTABLE, NORTH_CHANNEL, NORTH_TEAM, OUTSIDER, SECOND_CONSTABLE, SERGEANT
from storage.deadline import note_commit
from storage.rows import table_of
from storage.tables import Conversation, Outcome, Person, SeenActivity, Task
from tasking.ports import NotSent
from tests.support import buttons as b
from tests.support.card_reading import all_words
from tests.support.notice_names import CardPurpose
from tests.support.talking import Talking
from tests.support.units import open_force


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talking]:
    async with open_force(tmp_path) as force:
        yield Talking(force)


def board() -> b.ShowBoard:
    return b.ShowBoard(district="north")


# --- routing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "broken", "status"),
    [
        ("invoke", {"id": None}, 400),
        ("message", {"conversation": {}}, 400),
        ("message", {"conversation": {"id": "g", "conversationType": "groupChat"}}, 400),
        ("message", {"serviceUrl": None}, 400),
        ("conversationUpdate", {"conversation": {}}, 202),
        ("messageReaction", {}, 202),
        ("typing", {}, 202),
        ("invoke", {"name": "composeExtension/query"}, 501),
        ("invoke", {}, 501),
    ],
)
async def test_what_cannot_be_answered_changes_nothing(
    talk: Talking, kind: str, broken: dict[str, Any], status: int
) -> None:
    before = await talk.force.counts()
    reply = await talk.receive(talk.activity(CONSTABLE, kind) | broken)
    assert (reply.status, reply.body) == (status, b"")
    assert await talk.force.counts() == before


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        {"action": None},
        {"action": {"verb": "drop_tables", "data": {}}},
        {"action": {"verb": "show_board"}},
        {"action": {"verb": "show_board", "data": {"district__x": "north", "actor": "somebody-else"}}},
        {"action": {"verb": "show_board", "data": {"district": ["north"]}}},
        {"action": {"verb": ["show_board"], "data": {"district": "north"}}},
    ],
)
async def test_a_button_that_is_not_ours_is_a_bad_request_in_the_body(talk: Talking, value: Any) -> None:
    before = await talk.force.counts()
    activity = talk.activity(CONSTABLE, "invoke", name="adaptiveCard/action", value=value)
    reply = await talk.receive(activity)
    body = orjson.loads(reply.body)
    assert (reply.status, body["statusCode"], body["value"]["code"]) == (200, 400, "BadRequest")
    assert await talk.force.counts() == before


@pytest.mark.parametrize("odd", [None, {"a": [1]}, [[]], "x" * 9000, 7])
async def test_what_no_input_of_ours_is_called_costs_no_tap_and_says_nothing_of_who_acts(
    talk: Talking, odd: Any
) -> None:
    data = {"district": "north", "actor": SERGEANT.entra_id, "note": odd, "form_of_old": odd}
    value = {"action": {"verb": "show_board", "data": data}}
    activity = talk.activity(CONSTABLE, "invoke", name="adaptiveCard/action", value=value)
    body = orjson.loads((await talk.receive(activity)).body)
    data = {"district": "north"}
    plain = talk.activity(
        CONSTABLE,
        "invoke",
        name="adaptiveCard/action",
        value={"action": {"verb": "show_board", "data": data}},
    )
    assert body == orjson.loads((await talk.receive(plain)).body)


@pytest.mark.parametrize(
    ("day", "clock"),
    [("13/03/26", "noon"), ("13 Mar 2026", "12:00"), ("13 mar", "midday"), ("2026-03-13", "12 noon")],
)
async def test_a_form_is_read_as_kindly_as_typed_words(talk: Talking, day: str, clock: str) -> None:
    data = {
        **{"officer": CONSTABLE.entra_id, "kind": "visit", "target": "DVPO-3"},
        **{"due_date": day, "due_time": clock},
    }
    value = {"action": {"verb": "assign", "data": data}}
    await talk.receive(talk.activity(SERGEANT, "invoke", name="adaptiveCard/action", value=value))
    (task,) = await talk.force.rows(Task)
    assert task.due_at == datetime(2026, 3, 13, 12, 0, tzinfo=UTC)


async def test_extra_keys_of_the_envelope_are_normal(talk: Talking) -> None:
    activity = talk.tapping(CONSTABLE, board())
    activity["value"]["action"]["tabContext"] = ""
    activity["localTimezone"] = "Europe/London"
    assert orjson.loads((await talk.receive(activity)).body)["statusCode"] == 200


async def test_the_actor_is_who_the_activity_is_from_and_nobody_in_it(talk: Talking) -> None:
    made = await talk.force.task()
    tap = b.Cancel(task=made.task.ref, v=made.task.version, reason="over")
    activity = talk.tapping(CONSTABLE, tap)
    activity["from"]["name"] = "Sam Sergeant (fictional)"
    activity["value"]["user"] = {"aadObjectId": SERGEANT.entra_id}
    body = orjson.loads((await talk.receive(activity)).body)
    assert "Only a supervisor" in all_words(body["value"])


# --- the fallback of older clients -----------------------------------------------------------


async def test_the_fallback_of_a_button_does_the_same_and_is_answered_by_a_post(talk: Talking) -> None:
    made = await talk.force.task()
    value = {"verb": "record_outcome", "task": made.task.ref, "v": 1, "code": "NO_ANSWER", "msteams": {}}
    reply = await talk.receive(talk.activity(CONSTABLE, "message", value=value))
    assert (reply.status, reply.body) == (202, b"")
    assert (await talk.force.reload(made)).outcome_id is not None
    assert len(await talk.answers()) == 1


async def test_a_fallback_that_is_not_ours_is_answered_plainly_and_changes_nothing(talk: Talking) -> None:
    value = {"verb": "record_outcome", "actor": "x"}
    assert (await talk.receive(talk.activity(CONSTABLE, "message", value=value))).status == 202
    assert await talk.force.rows(Outcome) == []
    kept = (await talk.force.rows(SeenActivity))[0].answer
    assert kept and b"did not understand that button" in kept


# --- who sent it -----------------------------------------------------------------------------


async def test_a_sender_without_an_entra_id_is_found_by_the_map_or_the_roster(talk: Talking) -> None:
    activity = talk.tapping(CONSTABLE, board())
    del activity["from"]["aadObjectId"]
    talk.roster.known = {CONSTABLE.teams_id: CONSTABLE.entra_id}
    body = orjson.loads((await talk.receive(activity)).body)
    assert "North team" in all_words(body["value"])
    again = talk.typing(CONSTABLE, "/board")
    del again["from"]["aadObjectId"]
    await talk.receive(again)
    assert talk.roster.asked == [CONSTABLE.teams_id]
    assert "North team" in all_words((await talk.answers())[-1])


@pytest.mark.parametrize("problem", [None, NotSent("busy")])
async def test_a_sender_whom_nobody_knows_is_not_set_up(talk: Talking, problem: NotSent | None) -> None:
    talk.roster.problem = problem
    activity = talk.tapping(OUTSIDER, board())
    del activity["from"]["aadObjectId"]
    body = orjson.loads((await talk.receive(activity)).body)
    assert "not set up" in all_words(body["value"])


async def test_a_sender_without_any_id_is_not_set_up(talk: Talking) -> None:
    card = await talk.type(None, "/assign")
    assert card and "not set up" in all_words(card)
    assert talk.roster.asked == []


# --- arrivals --------------------------------------------------------------------------------


def installed(talk: Talking, **more: Any) -> dict[str, Any]:
    return talk.activity(
        SERGEANT,
        "installationUpdate",
        conversation={"id": NORTH_CHANNEL, "conversationType": "channel"},
        **more,
    )


async def test_installing_for_a_person_opens_the_way_to_their_chat(talk: Talking) -> None:
    assert (await talk.receive(talk.activity(CONSTABLE, "installationUpdate", action="add"))).status == 202
    known = (await talk.force.rows(Conversation))[0]
    assert (known.id, known.entra_id) == ("chat-2", CONSTABLE.entra_id)
    person = (await talk.force.rows(Person, table_of(Person).c.entra_id == CONSTABLE.entra_id))[0]
    assert person.teams_id == CONSTABLE.teams_id


async def test_installing_in_a_team_reads_its_roster_and_asks_for_the_board(talk: Talking) -> None:
    talk.roster.known = {
        SECOND_CONSTABLE.teams_id: SECOND_CONSTABLE.entra_id,
        OUTSIDER.teams_id: OUTSIDER.entra_id,
    }
    await talk.receive(installed(talk))
    assert len(await talk.force.outbox(purpose=CardPurpose.BOARD)) == 1
    learned = await talk.force.rows(Person, table_of(Person).c.teams_id.is_not(None))
    assert [person.entra_id for person in learned] == [SECOND_CONSTABLE.entra_id]


async def test_a_roster_that_cannot_be_read_does_not_stop_the_installation(talk: Talking) -> None:
    talk.roster.problem = NotSent("busy")
    assert (await talk.receive(installed(talk))).status == 202
    assert {row.id for row in await talk.force.rows(Conversation)} == {NORTH_CHANNEL, NORTH_TEAM}


async def test_removing_the_app_learns_nothing(talk: Talking) -> None:
    before = await talk.force.counts()
    await talk.receive(talk.activity(CONSTABLE, "installationUpdate", action="remove"))
    assert await talk.force.counts() == before


async def test_a_mention_is_looked_up_once_and_then_known(talk: Talking) -> None:
    talk.roster.known = {CONSTABLE.teams_id: CONSTABLE.entra_id}
    for _ in range(2):
        await talk.type(SERGEANT, "/assign @1 visit DVPO-3 by tomorrow 18:00", CONSTABLE)
    assert talk.roster.asked == [CONSTABLE.teams_id]
    owners = {task.owner_id for task in await talk.force.rows(Task)}
    assert owners == {CONSTABLE.entra_id}


@pytest.mark.parametrize(("value", "radio"), [({"note": "x"}, False), ({"note": "he has a knife"}, True)])
async def test_a_form_of_nothing_of_ours_is_answered_in_words(
    talk: Talking, value: dict[str, str], radio: bool
) -> None:
    await talk.force.task()
    reply = await talk.receive(talk.activity(CONSTABLE, "message", value=value))
    assert reply.status == 202
    words = all_words((await talk.answers())[-1])
    assert "did not understand that button" in words
    assert ("Radio first" in words) is radio


@pytest.mark.parametrize(("committing", "words"), [(True, UNCLEAR), (False, NOT_SAVED)])
async def test_a_commit_that_hangs_is_never_called_not_recorded(
    talk: Talking, monkeypatch: pytest.MonkeyPatch, committing: bool, words: str
) -> None:
    made = await talk.force.task()

    async def hangs(_work: object) -> None:
        note_commit(begun=committing)
        await asyncio.sleep(30)

    monkeypatch.setattr(talk.force.units.database, "write", hangs)
    monkeypatch.setattr(talk.activities, "_seconds", 0.2)
    tap = {"verb": "record_outcome", "data": {"task": made.task.ref, "v": 1, "code": "NO_ANSWER"}}
    value = {"action": {"type": "Action.Execute", **tap}, "trigger": "manual"}
    reply = await talk.receive(talk.activity(CONSTABLE, "invoke", name="adaptiveCard/action", value=value))
    assert orjson.loads(reply.body)["value"] == words
