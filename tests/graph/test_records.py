"""Handing over and looking up: one row for each key, whatever the network does."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from graph.client import GraphClient
from graph.records import GraphRecords, fields_of
from infra.local.graph import LocalGraph
from infra.local.graph.faults import Fault
from tasking.ports import DeliveryProblem, NotSent, RecordsReceipt, RecordsSystem, Refused, Unclear
from tests.graph.conftest import DATA, Script, row


def keys(graph: LocalGraph) -> list[str | None]:
    return [item.fields["RedLineKey"] for item in graph.store.all()]


async def test_a_row_arrives_with_every_column(records: GraphRecords, local_graph: LocalGraph) -> None:
    system: RecordsSystem = records
    receipt = await system.hand_over(row(corrects_key="outcome-0"))
    item = local_graph.store.all()[0]
    assert receipt == RecordsReceipt(str(item.id), item.etag)
    assert item.fields == {
        "RedLineKey": "outcome-1",
        "CorrectsKey": "outcome-0",
        "TaskRef": "T-1042",
        "SubjectRef": "S-07",
        "OrderRef": "DVPO-3",
        "Kind": "COMPLIANCE_VISIT",
        "Code": "NO_ANSWER",
        "HappenedAt": "2026-03-12T15:10:00Z",
        "RecordedAt": "2026-03-12T15:12:30Z",
        "OfficerId": "person-a",
        "Note": "No sign of anyone – lights off",
        "State": "Waiting",
    }


def test_times_go_out_in_utc_whatever_zone_they_come_in() -> None:
    summer = timezone(timedelta(hours=1))
    moment = datetime(2026, 7, 1, 0, 30, tzinfo=summer)
    assert fields_of(row(happened_at=moment))["HappenedAt"] == "2026-06-30T23:30:00Z"


def test_a_naive_time_is_never_handed_over() -> None:
    naive = datetime(2026, 7, 1, 0, 30)  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        fields_of(row(happened_at=naive))


def test_what_a_row_does_not_have_is_left_out() -> None:
    fields = fields_of(row(subject_ref=None, order_ref=None))
    assert not {"SubjectRef", "OrderRef", "CorrectsKey"} & fields.keys()


async def test_handing_over_twice_leaves_one_row_and_gives_the_same_receipt(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    first = await records.hand_over(row())
    assert await records.hand_over(row(note="another attempt")) == first
    assert keys(local_graph) == ["outcome-1"]


@pytest.mark.parametrize("status", [400, 409])
async def test_a_conflict_on_the_key_is_found_by_either_status(
    records: GraphRecords, local_graph: LocalGraph, status: int
) -> None:
    first = await records.hand_over(row())
    local_graph.faults.add(Fault("POST", "/items", status=status))
    assert await records.hand_over(row()) == first


@pytest.mark.parametrize(("status", "code"), [(400, "graph-bad-request"), (409, "graph-conflict")])
async def test_a_bad_request_without_such_a_row_is_refused(
    records: GraphRecords, local_graph: LocalGraph, status: int, code: str
) -> None:
    local_graph.faults.add(Fault("POST", "/items", status=status))
    with pytest.raises(Refused, match=code):
        await records.hand_over(row())
    assert keys(local_graph) == []


async def test_a_conflict_that_cannot_be_looked_up_now_is_tried_again(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    await records.hand_over(row())
    local_graph.faults.add(Fault("GET", "/items", status=429, retry_after="5"))
    with pytest.raises(NotSent):
        await records.hand_over(row())
    assert (await records.hand_over(row())).item_id == "1"


async def test_a_key_that_is_not_there_is_not_found(records: GraphRecords) -> None:
    await records.hand_over(row("outcome-1"))
    assert await records.find("outcome-2") is None


async def test_a_key_with_a_quote_in_it_finds_only_itself(records: GraphRecords) -> None:
    await records.hand_over(row("plain"))
    receipt = await records.hand_over(row("it's & a #key?"))
    assert await records.find("it's & a #key?") == receipt
    assert await records.find("x' or fields/RedLineKey eq 'plain") is None


@pytest.mark.parametrize(
    ("fault", "problem", "code", "retry_after"),
    [
        (Fault(status=429, retry_after="30"), NotSent, "graph-throttled", 30.0),
        (Fault(status=429, retry_after="soon"), NotSent, "graph-throttled", None),
        (Fault(status=429, retry_after="Thu, 01 Jan 2026 00:00:00 GMT"), NotSent, "graph-throttled", 0.0),
        (Fault(status=412), NotSent, "graph-changed", None),
        (Fault(status=502), NotSent, "graph-bad-gateway", None),
        (Fault(status=503, retry_after="7"), NotSent, "graph-busy", 7.0),
        (Fault(status=503), Unclear, "graph-busy", None),
        (Fault(status=500), Unclear, "graph-server-error", None),
        (Fault(status=504), Unclear, "graph-gateway-timeout", None),
        (Fault(drop=True), Unclear, "graph-dropped", None),
        (Fault(status=401), Refused, "graph-token", None),
        (Fault(status=403), Refused, "graph-forbidden", None),
        (Fault(status=404), Refused, "graph-list-missing", None),
    ],
    ids=lambda value: str(value.status or "drop") if isinstance(value, Fault) else "",
)
async def test_a_hand_over_that_fails_says_how_and_writes_nothing(
    records: GraphRecords,
    local_graph: LocalGraph,
    fault: Fault,
    problem: type[DeliveryProblem],
    code: str,
    retry_after: float | None,
) -> None:
    local_graph.faults.add(replace(fault, method="POST"))
    with pytest.raises(DeliveryProblem) as caught:
        await records.hand_over(row())
    assert (type(caught.value), caught.value.code, caught.value.retry_after) == (problem, code, retry_after)
    assert keys(local_graph) == []
    assert local_graph.faults.count("POST", "/items") == 1


async def test_a_retry_after_in_the_future_is_counted_from_now(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    local_graph.faults.add(Fault("POST", status=429, retry_after="Fri, 31 Dec 9999 00:00:00 GMT"))
    with pytest.raises(NotSent) as caught:
        await records.hand_over(row())
    assert caught.value.retry_after == 3600.0


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", "/items", status=504, when="after"),
        Fault("POST", "/items", status=500, when="after"),
        Fault("POST", "/items", drop=True, when="after"),
        Fault("POST", "/items", status=201, body="<html>", when="after"),
        Fault("POST", "/items", status=201, body="{}", when="after"),
    ],
    ids=["504", "500", "dropped", "not JSON", "no id"],
)
async def test_an_answer_lost_after_the_work_is_unclear_and_the_key_finds_the_one_row(
    records: GraphRecords, local_graph: LocalGraph, fault: Fault
) -> None:
    local_graph.faults.add(replace(fault))
    with pytest.raises(Unclear):
        await records.hand_over(row())
    found = await records.find("outcome-1")
    assert found is not None
    assert await records.hand_over(row()) == found
    assert keys(local_graph) == ["outcome-1"]


async def test_a_timeout_after_the_work_is_unclear_and_the_key_finds_the_one_row(
    local_graph: LocalGraph,
) -> None:
    client = GraphClient(local_graph.url, timeout=0.3)
    records = GraphRecords(client, DATA.site_id, DATA.list_id)
    local_graph.faults.add(Fault("POST", "/items", delay=1.0, when="after"))
    with pytest.raises(Unclear, match="graph-timeout"):
        await records.hand_over(row())
    assert await records.find("outcome-1") is not None
    assert keys(local_graph) == ["outcome-1"]
    await client.close()


@pytest.mark.parametrize(
    "fault", [Fault("GET", status=504), Fault("GET", drop=True), Fault("GET", body="<html>")]
)
async def test_a_lookup_that_fails_never_says_that_the_row_is_missing(
    records: GraphRecords, local_graph: LocalGraph, fault: Fault
) -> None:
    await records.hand_over(row())
    local_graph.faults.add(replace(fault))
    with pytest.raises(NotSent):
        await records.find("outcome-1")


async def test_a_lookup_whose_answer_has_no_rows_at_all_is_not_an_answer(
    scripted_client: GraphClient, script: Script
) -> None:
    records = GraphRecords(scripted_client, "site", "list")
    for body in ({}, {"value": None}, {"value": ["x"]}, {"value": [{"eTag": "no id"}]}):
        script.add(body)
        with pytest.raises(NotSent, match="graph-unreadable"):
            await records.find("outcome-1")


async def test_a_wrong_list_is_named_as_such(client: GraphClient) -> None:
    with pytest.raises(Refused, match="graph-list-missing"):
        await GraphRecords(client, DATA.site_id, "no-such-list").hand_over(row())


async def test_a_site_id_with_commas_reaches_its_list() -> None:
    graph = LocalGraph(DATA.__class__(site_id="example.test,1111,2222"))
    await graph.start()
    client = GraphClient(graph.url)
    receipt = await GraphRecords(client, graph.data.site_id, graph.data.list_id).hand_over(row())
    assert receipt.item_id == "1"
    await client.close()
    await graph.stop()


async def test_no_problem_holds_what_the_row_says(records: GraphRecords, local_graph: LocalGraph) -> None:
    local_graph.faults.add(Fault("POST", status=500, body="person-a lights off"))
    with pytest.raises(Unclear) as caught:
        await records.hand_over(row())
    for error in (caught.value, caught.value.__cause__):
        assert "lights off" not in str(error)
