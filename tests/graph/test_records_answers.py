"""Reading what the records desk decided, change by change."""

from dataclasses import replace

import pytest

from graph.client import GraphClient
from graph.records import GraphRecords
from infra.local.graph import LocalGraph
from infra.local.graph.faults import Fault
from storage.enums import RecordsState
from tasking.ports import NotSent, RecordsAnswer, Refused
from tests.graph.conftest import DATA, Script, row


def decided(key: str, state: str, **fields: str) -> dict[str, object]:
    return {"id": key[-1], "fields": {"RedLineKey": key, "State": state, **fields}}


def page(
    script: Script, rows: list[dict[str, object]], next_path: str = "", delta: str = "/v1.0/end"
) -> None:
    link = {"@odata.nextLink": f"{script.origin}{next_path}"} if next_path else {}
    script.add({"value": rows, **(link or {"@odata.deltaLink": f"{script.origin}{delta}"})})


@pytest.fixture
def scripted(scripted_client: GraphClient) -> GraphRecords:
    return GraphRecords(scripted_client, "site", "list")


async def test_an_empty_list_gives_a_bookmark(records: GraphRecords, local_graph: LocalGraph) -> None:
    answers = await records.answers(None)
    assert answers.rows == []
    of_list, link = answers.bookmark.split()
    assert of_list.endswith(f"/{DATA.list_id}") and link.startswith(local_graph.url)


async def test_all_rows_come_page_by_page_at_first(records: GraphRecords, local_graph: LocalGraph) -> None:
    for number in range(5):
        await records.hand_over(row(f"outcome-{number}"))
    answers = await records.answers(None)
    assert [answer.key for answer in answers.rows] == [f"outcome-{number}" for number in range(5)]
    assert {answer.state for answer in answers.rows} == {RecordsState.WAITING}
    assert local_graph.faults.count("GET", "/items/delta") == 3


async def test_after_a_bookmark_only_what_changed_comes(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    for number in range(3):
        await records.hand_over(row(f"outcome-{number}"))
    bookmark = (await records.answers(None)).bookmark
    local_graph.store.change(2, {"State": "Recorded", "AthenaRef": " 36/21858/19 "})
    local_graph.store.change(3, {"State": "Rejected", "Reason": "Wrong subject"})
    answers = await records.answers(bookmark)
    assert answers.rows == [
        RecordsAnswer("outcome-1", "2", RecordsState.RECORDED, "36/21858/19", ""),
        RecordsAnswer("outcome-2", "3", RecordsState.REJECTED, None, "Wrong subject"),
    ]
    assert (await records.answers(answers.bookmark)).rows == []


async def test_the_same_bookmark_gives_the_same_changes_again(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    await records.hand_over(row())
    bookmark = (await records.answers(None)).bookmark
    local_graph.store.change(1, {"State": "Returned", "Reason": "Say where"})
    assert (await records.answers(bookmark)).rows == (await records.answers(bookmark)).rows != []


async def test_a_deleted_row_is_no_answer(records: GraphRecords, local_graph: LocalGraph) -> None:
    await records.hand_over(row("outcome-0"))
    await records.hand_over(row("outcome-1"))
    bookmark = (await records.answers(None)).bookmark
    local_graph.store.change(1, {"State": "Recorded", "AthenaRef": "36/1/26"})
    local_graph.store.remove(1)
    assert (await records.answers(bookmark)).rows == []
    assert [answer.key for answer in (await records.answers(None)).rows] == ["outcome-1"]


async def test_a_bookmark_that_is_too_old_starts_anew(records: GraphRecords, local_graph: LocalGraph) -> None:
    await records.hand_over(row("outcome-0"))
    old = (await records.answers(None)).bookmark
    await records.hand_over(row("outcome-1"))
    local_graph.store.expire_tokens()
    answers = await records.answers(old)
    assert [answer.key for answer in answers.rows] == ["outcome-0", "outcome-1"]
    assert (await records.answers(answers.bookmark)).rows == []


async def test_a_bookmark_that_graph_no_longer_understands_starts_anew(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    await records.hand_over(row())
    broken = (await records.answers(None)).bookmark + "-broken"
    assert [answer.key for answer in (await records.answers(broken)).rows] == ["outcome-1"]


async def test_a_bookmark_that_grows_too_old_between_two_pages_starts_anew(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    await records.hand_over(row("outcome-0"))
    bookmark = (await records.answers(None)).bookmark
    for number in range(1, 4):
        await records.hand_over(row(f"outcome-{number}"))
    local_graph.faults.add(Fault("GET", "/delta", delay=0.0))
    local_graph.faults.add(Fault("GET", "/delta", status=410))
    assert len((await records.answers(bookmark)).rows) == 4


async def test_a_list_that_says_gone_even_from_the_start_is_refused(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    local_graph.faults.add(Fault("GET", "/delta", status=410, count=None))
    with pytest.raises(Refused, match="graph-gone"):
        await records.answers(None)


async def test_of_a_row_that_comes_twice_the_last_counts(scripted: GraphRecords, script: Script) -> None:
    page(script, [decided("key-1", "Waiting"), decided("key-2", "Waiting")], next_path="/v1.0/more")
    page(
        script, [decided("key-1", "Recorded", AthenaRef="36/1/26"), decided("key-1", "Returned", Reason="No")]
    )
    rows = (await scripted.answers(None)).rows
    assert [(answer.key, answer.state) for answer in rows] == [
        ("key-1", RecordsState.RETURNED),
        ("key-2", RecordsState.WAITING),
    ]


async def test_a_row_that_comes_and_is_then_deleted_is_no_answer(
    scripted: GraphRecords, script: Script
) -> None:
    page(script, [decided("key-1", "Recorded"), {"id": "1", "deleted": {"state": "deleted"}}])
    assert (await scripted.answers(None)).rows == []


async def test_rows_that_are_not_ours_and_words_that_decide_nothing(
    scripted: GraphRecords, script: Script
) -> None:
    strangers: list[dict[str, object]] = [{"id": "7"}, {"id": "8", "fields": {"Title": "typed by hand"}}]
    page(script, [*strangers, decided("key-1", "Nonsense"), {"id": "2", "fields": {"RedLineKey": "key-2"}}])
    rows = (await scripted.answers(None)).rows
    assert [(answer.key, answer.state) for answer in rows] == [
        ("key-1", RecordsState.WAITING),
        ("key-2", RecordsState.WAITING),
    ]


async def test_a_bookmark_of_another_host_is_never_asked(scripted: GraphRecords, script: Script) -> None:
    page(script, [decided("key-1", "Waiting")])
    answers = await scripted.answers("site/list http://127.0.0.1:9/v1.0/stolen?token=1")
    assert [answer.key for answer in answers.rows] == ["key-1"]
    assert script.asked[0].path == "/v1.0/sites/site/lists/list/items/delta()"


async def test_after_another_list_was_configured_its_own_answers_are_read_from_their_beginning(
    scripted: GraphRecords, scripted_client: GraphClient, script: Script
) -> None:
    page(script, [decided("key-1", "Waiting")])
    page(script, [decided("key-2", "Rejected", Reason="Which address?")])
    before = (await scripted.answers(None)).bookmark
    moved = GraphRecords(scripted_client, "site", "new-list")
    answers = await moved.answers(before)
    assert [answer.key for answer in answers.rows] == ["key-2"]
    assert script.asked[-1].path == "/v1.0/sites/site/lists/new-list/items/delta()"


async def test_a_bookmark_from_before_it_named_its_list_is_read_anew(
    scripted: GraphRecords, script: Script
) -> None:
    page(script, [decided("key-1", "Waiting")])
    assert (await scripted.answers(f"{script.origin}/v1.0/end")).rows
    assert script.asked[0].path == "/v1.0/sites/site/lists/list/items/delta()"


async def test_a_page_that_leads_to_another_host_is_not_followed(
    scripted: GraphRecords, script: Script
) -> None:
    script.add({"value": [], "@odata.nextLink": "https://example.test/v1.0/more"})
    with pytest.raises(Refused, match="graph-foreign-link"):
        await scripted.answers(None)


async def test_pages_that_lead_in_a_circle_come_to_an_end(scripted: GraphRecords, script: Script) -> None:
    for _ in range(3):
        page(script, [], next_path="/v1.0/round")
    with pytest.raises(NotSent, match="graph-unreadable"):
        await scripted.answers(None)
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"value": []},
        {"value": [], "@odata.deltaLink": 7},
        {"@odata.deltaLink": "x"},
        {"value": [{"fields": {"RedLineKey": "key-1"}}], "@odata.deltaLink": "x"},
    ],
    ids=["no link", "odd link", "no rows", "row without id"],
)
async def test_an_answer_without_what_it_must_have_gives_no_bookmark(
    scripted: GraphRecords, script: Script, body: object
) -> None:
    script.add(body)
    with pytest.raises(NotSent, match="graph-unreadable"):
        await scripted.answers(None)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(status=504), NotSent),
        (Fault(status=500), NotSent),
        (Fault(status=429, retry_after="30"), NotSent),
        (Fault(drop=True), NotSent),
        (Fault(status=401), Refused),
        (Fault(status=403), Refused),
        (Fault(status=404), Refused),
    ],
    ids=["504", "500", "429", "drop", "401", "403", "404"],
)
async def test_a_read_that_fails_loses_no_change(
    records: GraphRecords, local_graph: LocalGraph, fault: Fault, problem: type[Exception]
) -> None:
    await records.hand_over(row())
    bookmark = (await records.answers(None)).bookmark
    local_graph.store.change(1, {"State": "Recorded", "AthenaRef": "36/1/26"})
    local_graph.faults.add(replace(fault))
    with pytest.raises(problem):
        await records.answers(bookmark)
    assert [answer.athena_ref for answer in (await records.answers(bookmark)).rows] == ["36/1/26"]
