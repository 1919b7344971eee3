"""Deliveries that come again, activities that no client of ours would send, and doors that stay shut."""

import asyncio
import uuid
from typing import Any

import pytest
from sqlmodel import SQLModel

from infra.local.people import SERGEANT, FictionalPerson
from storage.tables import AuditEvent, Outbox, Outcome, SeenActivity, Task, TaskChange
from tests.flows.telling import a_visit, only, outcomes, task, words_of
from tests.support.running_service import Stage, message_typed, tap_of
from tests.support.token_issuer import IssuerKey, private_key

pytestmark = pytest.mark.asyncio(loop_scope="session")

_STORED: tuple[type[SQLModel], ...] = (Task, Outcome, TaskChange, Outbox, AuditEvent, SeenActivity)
_NO_ANSWER = {"code": "NO_ANSWER"}


async def _counts(stage: Stage) -> list[int]:
    return [len(await stage.rows(table)) for table in _STORED]


async def test_the_same_tap_twenty_times_at_once_has_one_effect_and_equal_answers(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    tap = stage.activity(officer, **tap_of("record_outcome", {"task": ref, "v": 1} | _NO_ANSWER))
    answers = await asyncio.gather(*(stage.post(tap) for _ in range(20)))
    again = await stage.post(tap)
    assert {status for status, _ in answers} == {200}
    assert all(body == again[1] for _, body in answers)
    assert words_of(again[1]["value"]).count("No answer") == 1
    only(await outcomes(stage, ref))
    assert (await task(stage, ref))["version"] == 2


async def test_the_same_line_twenty_times_at_once_is_one_task_and_one_card(
    stage: Stage, officer: FictionalPerson
) -> None:
    typed = message_typed("/assign @ visit DVPO-3 by tomorrow 18:00", [officer], to_bot=True)
    activity = stage.activity(SERGEANT, in_channel=True, thread=f"twenty {officer.number}", **typed)
    answers = await asyncio.gather(*(stage.post(activity) for _ in range(20)))
    assert {status for status, _ in answers} == {202}
    ref = only(await stage.rows(Task, owner_id=officer.entra_id))["ref"]
    await stage.settle()
    only([m for m in stage.teams.in_conversation(stage.chat_of(officer)) if ref in m.summary])
    thread = stage.thread_of(activity["channelData"]["channel"]["id"], f"twenty {officer.number}")
    only([m for m in stage.teams.in_conversation(thread) if ref in m.summary])


async def test_after_ten_minutes_the_same_tap_is_answered_with_the_current_card(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    tap = stage.activity(officer, **tap_of("record_outcome", {"task": ref, "v": 1} | _NO_ANSWER))
    await stage.post(tap)
    await stage.says(officer, f"{ref} undo")
    _, within = await stage.post(tap)
    assert "Undo" in str(within["value"])
    await stage.time_passes(minutes=11)
    _, later = await stage.post(tap)
    assert "J. EXAMPLE (S-01)" in words_of(later["value"])
    assert only(await outcomes(stage, ref))["state"] == "WITHDRAWN"
    assert (await task(stage, ref))["state"] == "ACCEPTED"


async def test_a_line_that_is_delivered_a_day_later_again_changes_nothing(
    stage: Stage, officer: FictionalPerson
) -> None:
    ref = await a_visit(stage, officer)
    activity = stage.activity(officer, **message_typed(f"{ref} no answer", to_bot=False))
    await stage.post(activity)
    await stage.says(officer, f"{ref} undo")
    await stage.time_passes(hours=24)
    status, _ = await stage.post(activity)
    assert status == 202
    only(await outcomes(stage, ref))
    assert (await task(stage, ref))["state"] == "ACCEPTED"


_BAD_TAPS: list[tuple[Any, Any]] = [
    ("no_such_verb", {"task": "T-1042", "v": 1}),
    (None, {"task": "T-1042", "v": 1}),
    ("record_outcome", None),
    ("record_outcome", []),
    ("record_outcome", {}),
    ("record_outcome", {"task": "{ref}", "v": 1}),
    ("record_outcome", {"task": "{ref}", "v": 1, "code": "COMPLIANT"}),
    ("record_outcome", {"task": "{ref}", "v": "one", "code": "NO_ANSWER"}),
    ("record_outcome", {"task": "{ref}", "v": 0, "code": "NO_ANSWER"}),
    ("record_outcome", {"task": ["{ref}"], "v": 1, "code": "NO_ANSWER"}),
    ("undo_outcome", {"task": "{ref}", "v": 1}),
]
_TOO_LONG: list[tuple[str, dict[str, Any]]] = [
    ("record_outcome", {"task": "{ref}", "v": 1, "code": "NO_ANSWER", "note": "n" * 5000}),
    ("assign", {"officer": "x" * 100}),
    ("extend", {"task": "{ref}", "v": 1, "until_date": "x" * 80, "reason": "Other"}),
]


@pytest.mark.parametrize(("verb", "data"), _TOO_LONG)
async def test_too_much_in_an_input_is_said_in_words_and_changes_nothing(
    stage: Stage, officer: FictionalPerson, verb: str, data: dict[str, Any]
) -> None:
    ref = await a_visit(stage, officer)
    await stage.settle()
    before = await _counts(stage)
    given = data | ({"task": ref} if "task" in data else {})
    who = officer if verb == "record_outcome" else SERGEANT
    status, body = await stage.post(stage.activity(who, **tap_of(verb, given)))
    assert (status, body["statusCode"]) == (200, 200)
    assert "That is too long: nothing was recorded." in words_of(body["value"])
    assert (await _counts(stage))[:3] == before[:3]
    assert (await task(stage, ref))["state"] == "ASSIGNED"


@pytest.mark.parametrize(("verb", "data"), _BAD_TAPS)
async def test_a_tap_that_no_card_sends_gets_a_clear_answer_and_changes_nothing(
    stage: Stage, officer: FictionalPerson, verb: Any, data: Any
) -> None:
    ref = await a_visit(stage, officer)
    await stage.settle()
    if isinstance(data, dict) and data.get("task") == "{ref}":
        data = data | {"task": ref}
    before = await _counts(stage)
    status, body = await stage.post(stage.activity(officer, **tap_of(verb, data)))
    assert status == 200
    assert body["statusCode"] == 400
    assert "did not understand that button" in body["value"]["message"]
    assert (await _counts(stage))[:3] == before[:3]
    assert (await task(stage, ref))["state"] == "ASSIGNED"


@pytest.mark.parametrize("name", ["actor", "officer_id", "recorded_by", "from"])
async def test_who_acts_is_who_sent_it_whatever_else_the_card_data_says(
    stage: Stage, officer: FictionalPerson, name: str
) -> None:
    ref = await a_visit(stage, officer)
    await stage.settle()
    data = {"task": ref, "v": 1, "code": "NO_ANSWER", name: SERGEANT.entra_id}
    await stage.post(stage.activity(officer, **tap_of("record_outcome", data)))
    assert only(await outcomes(stage, ref))["officer_id"] == officer.entra_id


@pytest.mark.parametrize(
    "changed",
    [{"task": "T-9999999"}, {"task": "DVPO-3"}, {"task": "'; DROP TABLE --"}, {"task": "\u202eT-1"}],
)
async def test_a_tampered_reference_finds_nothing(
    stage: Stage, officer: FictionalPerson, changed: dict[str, Any]
) -> None:
    ref = await a_visit(stage, officer)
    answer = await stage.tap(officer, "record_outcome", {"task": ref, "v": 1} | _NO_ANSWER | changed)
    assert "RedLine has nothing under that reference" in words_of(answer["value"])
    assert (await task(stage, ref))["state"] == "ASSIGNED"


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("undo_outcome", {"outcome": "not an id"}),
        ("undo_outcome", {"outcome": str(uuid.uuid4())}),
        ("key_reference", {"outcome": "zzz", "athena_ref": "36/1/26"}),
        ("record_outcome", {"code": "ACHIEVED"}),
        ("record_outcome", {"code": "NO_ANSWER", "corrects": str(uuid.uuid4())}),
        ("record_outcome", {"code": "NO_ANSWER", "corrects": "nonsense"}),
        ("confirm_breach", {"code": "ARRESTED", "happened_at": "now-ish"}),
        ("confirm_breach", {"code": "ARRESTED", "happened_at": "2026-11-21T10:00:00"}),
        ("confirm_breach", {"code": "ARRESTED", "happened_at": "0001-01-01T00:00:00+14:00"}),
        ("cant_do", {"v": 99, "cant_reason": "Other"}),
        ("more_time", {"more_until": "soonish", "more_reason": "canary"}),
        ("extend", {"until_date": "2026-02-31", "until_time": "09:00", "reason": "Other"}),
        ("show_list", {"task": None, "district": "nowhere", "list": "orders"}),
        ("show_board", {"task": None, "district": "nowhere"}),
        ("assign", {"task": None, "officer": "nobody-we-know", "kind": "visit", "target": "DVPO-3"}),
    ],
)
async def test_a_tampered_tap_is_refused_in_words(
    stage: Stage, officer: FictionalPerson, verb: str, data: dict[str, Any]
) -> None:
    ref = await a_visit(stage, officer)
    before = await _counts(stage)
    sent = {"task": ref, "v": 1} | data
    if sent["task"] is None:
        sent = {name: value for name, value in data.items() if name != "task"}
    answer = await stage.tap(officer, verb, sent)
    assert words_of(answer["value"])
    assert (await _counts(stage))[1] == before[1]
    assert (await task(stage, ref))["state"] == "ASSIGNED"


@pytest.mark.parametrize(
    "changed",
    [
        {"value": None},
        {"value": "text"},
        {"value": {"action": "text"}},
        {"name": "composeExtension/query"},
        {"type": "invoke", "name": None},
        {"type": "typing"},
        {"type": "messageReaction"},
        {"conversation": None},
        {"conversation": {"id": 7}},
        {"from": None},
        {"from": {"id": "29:nobody"}},
        {"type": "message", "text": None},
        {"type": "message", "text": 7},
        {"type": "message", "entities": "none", "text": "help"},
        {"type": "message", "value": {"verb": 7}},
        {"type": "installationUpdate", "action": "remove"},
    ],
)
async def test_an_odd_activity_is_never_a_failure(
    stage: Stage, officer: FictionalPerson, changed: dict[str, Any]
) -> None:
    tap = tap_of("show_task", {"task": "T-1042"})
    status, _ = await stage.post(stage.activity(officer, **(tap | changed)))
    assert status in (200, 202, 400, 501)


async def test_what_is_not_signed_by_teams_is_refused_and_leaves_nothing(stage: Stage) -> None:
    await stage.settle()
    before = await _counts(stage)
    tokens = [
        "Bearer nonsense",
        "",
        stage.issuer.authorization(aud="somebody-else"),
        stage.issuer.authorization(exp=1),
        stage.issuer.authorization(iss="https://evil.example"),
        stage.issuer.authorization(key=IssuerKey("unknown", private_key(2))),
    ]
    for token in tokens:
        tap = stage.activity(SERGEANT, **message_typed("/assign", to_bot=False))
        url = f"http://127.0.0.1:{stage.service.port}/api/messages"
        headers = {"Authorization": token} if token else {}
        async with stage.http.post(url, json=tap, headers=headers) as answer:
            assert answer.status == 401
    assert await _counts(stage) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"channelData": {"tenant": {"id": "00000000-0000-4000-8000-00000000beef"}}},
        {"serviceUrl": "https://evil.example/"},
        {"serviceUrl": "http://127.0.0.1:1/"},
        {"channelId": "webchat"},
    ],
    ids=["tenant", "service url", "port", "channel"],
)
async def test_what_comes_from_elsewhere_is_refused_and_leaves_nothing(
    stage: Stage, changed: dict[str, Any]
) -> None:
    await stage.settle()
    before = await _counts(stage)
    activity = stage.activity(SERGEANT, **message_typed("/assign", to_bot=False))
    status, _ = await stage.post(activity | changed)
    assert status == 403
    assert await _counts(stage) == before


async def test_a_service_url_that_the_token_names_but_nobody_allows_is_refused(stage: Stage) -> None:
    elsewhere = "https://evil.example/"
    activity = stage.activity(SERGEANT, **message_typed("/assign", to_bot=False)) | {"serviceUrl": elsewhere}
    status, _ = await stage.post(activity, stage.issuer.authorization(serviceurl=elsewhere))
    assert status == 403
