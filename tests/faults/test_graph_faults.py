"""Everything that Graph, and the channel's key server, can do wrong at the socket, in one running service."""

import asyncio
from typing import Any

import pytest

from infra.local.graph.faults import Fault as GraphFault
from storage.enums import OutcomeState
from storage.tables import Outcome
from tests.faults import truth
from tests.faults.support import LONG, OFFICERS, FaultStage, databases
from tests.support.token_issuer import IssuerKey, private_key

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("crowd", databases("postgresql"), indirect=True),
]

WAYS: tuple[dict[str, Any], ...] = (
    {"status": 429, "retry_after": "1"},
    {"status": 503},
    {"status": 503, "when": "after"},
    {"status": 504, "when": "after"},
    {"status": 500, "when": "after"},
    {"status": 401},
    {"drop": True},
    {"drop": True, "when": "after"},
    {"delay": 11.0, "when": "after"},
    {"body": "no JSON", "when": "after"},
)


async def _two_breaches_each(stage: FaultStage) -> list[str]:
    """Two outcomes of each subject, one after the other: a lane to the list for each subject."""
    refs = []
    for officer in [*OFFICERS, *OFFICERS]:
        refs.append(await stage.assigned(officer))
        await stage.reported(officer, refs[-1])
    return refs


async def test_whatever_graph_does_each_outcome_is_in_the_list_once_and_in_order(stage: FaultStage) -> None:
    for way in WAYS:
        stage.graph_fault(**way)
    refs = await _two_breaches_each(stage)
    await stage.everything_is_delivered()
    assert not [fault for fault in stage.graph.faults.waiting if fault.count], "a fault met nobody"
    await truth.everything(stage)
    await _list_keeps_the_order(stage, set(refs))


async def _list_keeps_the_order(stage: FaultStage, refs: set[str]) -> None:
    listed = sorted(stage.graph.store.all(), key=lambda row: row.id)
    for officer in OFFICERS:
        subject = f"S-{officer.number}"
        rows = [r.fields for r in listed if r.fields["SubjectRef"] == subject and r.fields["TaskRef"] in refs]
        assert len(rows) == 2
        assert rows == sorted(rows, key=lambda fields: int(str(fields["TaskRef"])[2:]))


async def test_while_graph_is_down_teams_goes_on_and_the_list_catches_up(stage: FaultStage) -> None:
    stage.graph.faults.add(GraphFault(drop=True, count=None))
    listed = len(stage.graph.store.all())
    officer = OFFICERS[0]
    ref = await stage.assigned(officer)
    chat = stage.chat_of(officer)
    card = await stage.teams.wait_for_message(
        conversation_id=chat, where=lambda m: f"open {ref} " in str(m.history[0].card), within=LONG
    )
    await stage.reported(officer, ref)
    await stage.teams.wait_until(lambda: card.updates > 0, within=LONG)
    assert len(stage.graph.store.all()) == listed
    assert await stage.rows(Outcome, state=OutcomeState.TO_HAND_OVER)
    stage.all_is_well()
    await stage.everything_is_delivered()
    await truth.everything(stage)


async def test_one_refusal_after_a_long_outage_does_not_park_a_hand_over(stage: FaultStage) -> None:
    stage.graph_fault(status=503, count=4)
    stage.graph_fault(status=401)
    ref = await stage.assigned(OFFICERS[1])
    await stage.reported(OFFICERS[1], ref)
    await stage.everything_is_delivered()
    await truth.everything(stage)


@pytest.mark.parametrize("down", ["an error", "silence"])
async def test_known_keys_serve_while_the_key_server_is_down(stage: FaultStage, down: str) -> None:
    stage.issuer.status, stage.issuer.hang = (503, False) if down == "an error" else (200, True)
    try:
        stranger = stage.issuer.authorization(key=IssuerKey("nobody's", private_key(2)))
        status, _ = await stage.post(stage.assignment(OFFICERS[0]), authorization=stranger)
        assert status == 401
        refs = await asyncio.gather(*(stage.assigned(officer) for officer in OFFICERS))
        assert len(set(refs)) == len(OFFICERS)
    finally:
        stage.issuer.status = 200
        stage.issuer.release()
    await stage.everything_is_delivered()
