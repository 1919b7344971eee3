"""What is wrong with the records list: told beforehand in a line each, and as the reason of a refusal."""

from dataclasses import replace
from typing import Any

import pytest

from graph.client import GraphClient
from graph.records import GraphRecords
from infra.local.graph import LocalGraph
from infra.local.graph.columns import COLUMNS, Column
from infra.local.graph.faults import Fault
from storage.enums import RecordsState
from tasking.ports import NotSent, Refused, RefusedForGood
from tests.graph.conftest import Script, row

LONG_NOTE = "x" * 300
PLAIN = {"name": "Note", "text": {"allowMultipleLines": True}}


def column(name: str, **changes: Any) -> Column:
    """A column of the list as it should be, but for these changes."""
    return replace(next(each for each in COLUMNS if each.name == name), **changes)


async def test_a_list_as_it_should_be_has_no_fault(records: GraphRecords) -> None:
    assert await records.faults() == []


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (
            column("Note", most=255),
            "column Note of the records list takes 255 characters, RedLine writes up to 63999",
        ),
        (
            column("Note", long=False),
            "column Note of the records list takes 255 characters, RedLine writes up to 63999",
        ),
        (
            column("RedLineKey", most=20),
            "column RedLineKey of the records list takes 20 characters, RedLine writes up to 36",
        ),
        (
            column("TaskRef", is_number=True),
            "column TaskRef of the records list is of another type (number): it must be one line of text",
        ),
        (
            column("OfficerId", choices=("PC 9187",)),
            "column OfficerId of the records list is a choice: it must be one line of text",
        ),
        (
            column("Reason", rich=True),
            "column Reason of the records list holds rich text: it must be several lines of plain text",
        ),
        (
            column("State", choices=("Waiting", "Recorded", "Rejected")),
            "column State of the records list lacks the choice Returned",
        ),
        (
            column("RedLineKey", indexed=False),
            "column RedLineKey of the records list has no index: RedLine looks rows up by it",
        ),
        (
            column("RedLineKey", unique=False),
            "column RedLineKey of the records list does not enforce unique values: a row could stand twice",
        ),
        (
            column("TaskRef", unique=True),
            "column TaskRef of the records list enforces unique values: a second row would be refused",
        ),
        (
            column("CorrectsKey", required=True),
            "column CorrectsKey of the records list must be filled in: RedLine may leave it empty",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Column) else "",
)
async def test_each_fault_of_a_column_is_named_in_a_line(
    records: GraphRecords, local_graph: LocalGraph, wrong: Column, line: str
) -> None:
    local_graph.columns.put(wrong)
    assert await records.faults() == [line]


async def test_a_column_that_is_missing_is_named(records: GraphRecords, local_graph: LocalGraph) -> None:
    local_graph.columns.drop("OrderRef")
    assert await records.faults() == ["the records list has no column OrderRef"]


async def test_a_column_made_anew_is_known_by_its_name_inside(
    scripted_client: GraphClient, script: Script
) -> None:
    anew = [{**each.described(), "name": f"{each.name}0"} for each in COLUMNS if each.name == "Reason"]
    script.add({"value": [*(each.described() for each in COLUMNS if each.name != "Reason"), *anew]})
    assert await GraphRecords(scripted_client, "site", "list").faults() == [
        "the records list has no column Reason (what is shown as Reason is Reason0 inside)"
    ]


@pytest.mark.parametrize(
    ("moment", "faults"),
    [
        ({"dateTime": {"format": "dateTime"}}, 0),
        ({"text": {"allowMultipleLines": False}}, 0),
        ({"dateTime": {"format": "dateOnly"}}, 1),
        ({"text": {"allowMultipleLines": False}, "readOnly": True}, 1),
    ],
)
async def test_a_time_may_stand_in_a_column_of_text_or_of_times(
    scripted_client: GraphClient, script: Script, moment: dict[str, Any], faults: int
) -> None:
    others = [each.described() for each in COLUMNS if each.name != "HappenedAt"]
    script.add({"value": [*others, {"name": "HappenedAt", **moment}, {"name": "Title", "required": True}]})
    assert len(await GraphRecords(scripted_client, "site", "list").faults()) == faults


@pytest.mark.parametrize(
    ("name", "facet"),
    [
        ("State", {"choice": {"choices": [each.value for each in RecordsState], "displayAs": "checkBoxes"}}),
        ("Kind", {"choice": {"choices": [], "allowTextEntry": True, "displayAs": "checkBoxes"}}),
    ],
)
async def test_a_choice_of_several_takes_no_single_word(
    scripted_client: GraphClient, script: Script, name: str, facet: dict[str, Any]
) -> None:
    others = [each.described() for each in COLUMNS if each.name != name]
    script.add({"value": [*others, {"name": name, **facet}]})
    assert await GraphRecords(scripted_client, "site", "list").faults() == [
        f"column {name} of the records list takes several choices at once: "
        "it must be a choice, or one line of text"
    ]


@pytest.mark.parametrize("style", ["dropDownMenu", "radioButtons"])
async def test_a_choice_of_one_is_as_it_should_be(
    scripted_client: GraphClient, script: Script, style: str
) -> None:
    others = [each.described() for each in COLUMNS if each.name != "State"]
    state = {"choices": [each.value for each in RecordsState], "displayAs": style}
    script.add({"value": [*others, {"name": "State", "choice": state}]})
    assert await GraphRecords(scripted_client, "site", "list").faults() == []


# --- as the reason of a refusal --------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "code", "reason"),
    [
        (column("Note", most=255), "graph-column-short", "column Note of the records list takes 255"),
        (column("TaskRef", is_number=True), "graph-column-type", "column TaskRef of the records list is of"),
        (column("Kind", choices=("VISIT",)), "graph-column-type", "lacks the choice COMPLIANCE_VISIT"),
    ],
)
async def test_a_row_that_the_list_cannot_hold_is_refused_for_good_with_the_reason(
    records: GraphRecords, local_graph: LocalGraph, wrong: Column, code: str, reason: str
) -> None:
    local_graph.columns.put(wrong)
    with pytest.raises(RefusedForGood) as caught:
        await records.hand_over(row(note=LONG_NOTE))
    assert caught.value.code == code
    assert reason in caught.value.reason
    assert "xxx" not in caught.value.reason


async def test_a_row_that_fits_goes_in_although_its_column_is_short(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    local_graph.columns.put(column("Note", most=255))
    assert await records.hand_over(row(note="x" * 255))


async def test_a_row_for_which_a_column_is_missing_says_which(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    local_graph.columns.drop("OrderRef")
    with pytest.raises(RefusedForGood, match="graph-column-missing") as caught:
        await records.hand_over(row())
    assert caught.value.reason == "the records list has no column OrderRef"
    assert await records.hand_over(row(order_ref=None))


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_row_that_is_refused_without_a_reason_in_the_columns_is_refused_for_good_all_the_same(
    records: GraphRecords, local_graph: LocalGraph, status: int
) -> None:
    local_graph.faults.add(Fault("POST", "/items", status=status))
    with pytest.raises(RefusedForGood) as caught:
        await records.hand_over(row())
    assert caught.value.reason == "the records list refused it"


async def test_a_refusal_stands_also_where_the_columns_cannot_be_read(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    local_graph.columns.put(column("Note", most=255))
    local_graph.faults.add(Fault("GET", "/columns", status=503))
    with pytest.raises(RefusedForGood, match="graph-bad-request"):
        await records.hand_over(row(note=LONG_NOTE))


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410])
async def test_what_every_row_would_meet_or_may_pass_is_not_for_good(
    records: GraphRecords, local_graph: LocalGraph, status: int
) -> None:
    local_graph.faults.add(Fault("POST", "/items", status=status))
    with pytest.raises(Refused) as caught:
        await records.hand_over(row())
    assert not isinstance(caught.value, RefusedForGood)


async def test_a_lookup_that_fails_leaves_open_whether_the_row_is_there(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    local_graph.faults.add(Fault("POST", "/items", status=400))
    local_graph.faults.add(Fault("GET", "/items", status=503))
    with pytest.raises(NotSent):
        await records.hand_over(row())


# --- a value that is not there yet, and a column that is gone --------------------------------


async def test_a_value_that_is_not_there_yet_is_no_fault(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    await records.hand_over(row())
    local_graph.store.change(1, {"State": "Rejected"})
    assert [(a.state, a.reason) for a in (await records.answers(None)).rows] == [(RecordsState.REJECTED, "")]


@pytest.mark.parametrize(
    ("gone", "decided"),
    [
        ("State", {"State": "Recorded", "AthenaRef": "36/1/19"}),
        ("AthenaRef", {"State": "Recorded", "AthenaRef": "36/1/19"}),
        ("Reason", {"State": "Returned", "Reason": "Which address?"}),
        ("RedLineKey", {"State": "Returned", "Reason": "Which address?"}),
    ],
)
async def test_answers_are_not_read_past_a_column_that_is_gone_and_come_once_it_is_back(
    records: GraphRecords, local_graph: LocalGraph, gone: str, decided: dict[str, str | None]
) -> None:
    bookmark = (await records.answers(None)).bookmark
    await records.hand_over(row())
    local_graph.store.change(1, decided)
    local_graph.columns.drop(gone)
    with pytest.raises(Refused, match=f"graph-column-missing-{gone}"):
        await records.answers(bookmark)
    local_graph.columns.put(column(gone))
    answer = (await records.answers(bookmark)).rows[0]
    assert (answer.state.value, answer.athena_ref, answer.reason) == (
        decided["State"],
        decided.get("AthenaRef"),
        decided.get("Reason", ""),
    )
