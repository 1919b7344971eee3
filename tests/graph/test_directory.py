"""People and groups as Entra knows them."""

from dataclasses import replace

import pytest

from graph.client import GraphClient
from graph.directory import GraphDirectory
from infra.local.graph import Group, LocalGraph, LocalGraphData, Person
from infra.local.graph.faults import Fault
from tasking.ports import Directory, DirectoryPerson, NotSent, Refused
from tests.graph.conftest import Script

NORTH = frozenset({"person-a", "person-b", "person-c"})


@pytest.fixture
def directory(client: GraphClient) -> Directory:
    return GraphDirectory(client)


async def test_everybody_in_a_group_and_in_the_groups_in_it_is_a_member(directory: Directory) -> None:
    snapshot = await directory.snapshot(["group-north"])
    assert snapshot.members == {"group-north": NORTH}
    assert {person.entra_id for person in snapshot.people} == NORTH


async def test_a_person_of_two_groups_comes_once_and_belongs_to_both(directory: Directory) -> None:
    snapshot = await directory.snapshot(["group-north", "group-leavers", "group-north"])
    assert [person.entra_id for person in snapshot.people].count("person-a") == 1
    assert snapshot.members["group-leavers"] == {"person-a", "person-d"}


async def test_a_person_has_a_name_a_collar_number_and_an_open_account(directory: Directory) -> None:
    people = {person.entra_id: person for person in (await directory.snapshot(["group-north"])).people}
    assert people["person-b"] == DirectoryPerson("person-b", "B. SAMPLE", "0042", active=True)


async def test_without_a_collar_number_nothing_is_made_up(directory: Directory) -> None:
    people = {person.entra_id: person for person in (await directory.snapshot(["group-north"])).people}
    assert people["person-c"].collar_number == "no collar number"


async def test_a_closed_account_is_not_active(directory: Directory) -> None:
    people = {person.entra_id: person for person in (await directory.snapshot(["group-leavers"])).people}
    assert (people["person-d"].active, people["person-a"].active) == (False, True)


async def test_an_account_whose_state_is_unknown_is_not_active(
    scripted_client: GraphClient, script: Script
) -> None:
    script.add({"value": [{"id": "person-x", "displayName": "X. UNKNOWN", "employeeId": " "}]})
    person = (await GraphDirectory(scripted_client).snapshot(["group"])).people[0]
    assert (person.active, person.collar_number) == (False, "no collar number")


async def test_an_empty_group_has_no_members(directory: Directory) -> None:
    assert (await directory.snapshot(["group-empty"])).members == {"group-empty": frozenset()}


async def test_no_groups_cost_no_request(directory: Directory, local_graph: LocalGraph) -> None:
    assert (await directory.snapshot([])).people == []
    assert local_graph.faults.requests == []


async def test_a_large_group_comes_whole_page_by_page() -> None:
    people = [Person(f"person-{n:03}", f"P. INVENTED {n}", str(n)) for n in range(257)]
    graph = LocalGraph(
        LocalGraphData(people, [Group("all", "All", [person.id for person in people])]), page_size=50
    )
    await graph.start()
    client = GraphClient(graph.url)
    snapshot = await GraphDirectory(client).snapshot(["all"])
    assert len(snapshot.members["all"]) == 257
    assert graph.faults.count("GET", "/groups/all") == 6
    await client.close()
    await graph.stop()


async def test_a_group_that_is_not_there_is_named_as_such(directory: Directory) -> None:
    with pytest.raises(Refused, match="graph-group-missing"):
        await directory.snapshot(["group-north", "no-such-group"])


async def test_ids_without_names_mean_a_permission_is_missing(
    scripted_client: GraphClient, script: Script
) -> None:
    script.add({"value": [{"id": "person-x", "displayName": None}]})
    with pytest.raises(Refused, match="graph-users-hidden"):
        await GraphDirectory(scripted_client).snapshot(["group"])


async def test_a_member_without_an_id_is_not_an_answer(scripted_client: GraphClient, script: Script) -> None:
    script.add({"value": [{"displayName": "X. UNKNOWN"}]})
    with pytest.raises(NotSent, match="graph-unreadable"):
        await GraphDirectory(scripted_client).snapshot(["group"])


@pytest.mark.parametrize(
    ("fault", "problem"),
    [(Fault(status=503), NotSent), (Fault(drop=True), NotSent), (Fault(status=403), Refused)],
    ids=["busy", "dropped", "forbidden"],
)
async def test_a_snapshot_is_whole_or_not_at_all(
    directory: Directory, local_graph: LocalGraph, fault: Fault, problem: type[Exception]
) -> None:
    local_graph.faults.add(Fault("GET", "/groups", delay=0.0))  # the first page comes, the second fails
    local_graph.faults.add(replace(fault))
    with pytest.raises(problem):
        await directory.snapshot(["group-north"])
    assert (await directory.snapshot(["group-north"])).members == {"group-north": NORTH}
