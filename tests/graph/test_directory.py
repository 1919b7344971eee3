"""People and groups as Entra knows them."""

from dataclasses import replace

import pytest
from aiohttp import web

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
    assert people["person-c"].collar_number == ""


@pytest.mark.parametrize(
    ("attribute", "number"),
    [
        ("employeeId", "E-77"),
        ("extensionAttribute7", "9187"),
        ("extensionAttribute8", ""),
        ("onPremisesSamAccountName", "ab1187"),
        ("extension_0123456789abcdef0123456789abcdef_collar", "4711"),
    ],
)
async def test_the_collar_number_stands_where_the_force_keeps_it(attribute: str, number: str) -> None:
    more = {
        "onPremisesSamAccountName": " ab1187 ",
        "extension_0123456789abcdef0123456789abcdef_collar": "4711\u202e",
    }
    person = Person("p", "P. INVENTED", "E-77", extensions={"extensionAttribute7": "9187"}, more=more)
    graph = LocalGraph(LocalGraphData([person], [Group("all", "All", ["p"])]))
    await graph.start()
    client = GraphClient(graph.url)
    found = (await GraphDirectory(client, attribute).snapshot(["all"])).people[0]
    assert (found.collar_number, found.display_name) == (number, "P. INVENTED")
    await client.close()
    await graph.stop()


async def test_an_attribute_that_users_do_not_have_is_refused_by_the_directory(client: GraphClient) -> None:
    with pytest.raises(Refused, match="graph-bad-request"):
        await GraphDirectory(client, "collarNumber").snapshot(["group-north"])


@pytest.mark.parametrize("value", [None, "", "\u200b", True, ["9187"], {"number": "9187"}])
async def test_what_is_no_number_is_none(scripted_client: GraphClient, script: Script, value: object) -> None:
    for user in ({"employeeId": value}, {"onPremisesExtensionAttributes": value}):
        script.add({"value": [{"id": "x", "displayName": "X. INVENTED", "accountEnabled": True, **user}]})
    for attribute in ("employeeId", "extensionAttribute1"):
        found = await GraphDirectory(scripted_client, attribute).snapshot(["group"])
        assert found.people[0].collar_number == ""


async def test_a_closed_account_is_not_active(directory: Directory) -> None:
    people = {person.entra_id: person for person in (await directory.snapshot(["group-leavers"])).people}
    assert (people["person-d"].active, people["person-a"].active) == (False, True)


@pytest.mark.parametrize("is_open", [True, False])
async def test_an_account_whose_state_is_unknown_is_not_active(
    scripted_client: GraphClient, script: Script, is_open: bool
) -> None:
    told = {"id": "person-w", "displayName": "W. KNOWN", "accountEnabled": is_open}
    script.add({"value": [told, {"id": "person-x", "displayName": "X. UNKNOWN", "employeeId": " "}]})
    known, person = (await GraphDirectory(scripted_client).snapshot(["group"])).people
    assert (known.active, person.active, person.collar_number) == (is_open, False, "")


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


async def test_a_group_that_is_not_there_is_named_and_the_others_are_read(directory: Directory) -> None:
    snapshot = await directory.snapshot(["group-north", "no-such-group"])
    assert snapshot.gone == {"no-such-group"}
    assert set(snapshot.members) == {"group-north"} and snapshot.people


async def test_another_refusal_of_one_group_is_no_group_that_is_gone(
    scripted_client: GraphClient, script: Script
) -> None:
    script.add({"error": {"code": "Authorization_RequestDenied"}}, status=403)
    with pytest.raises(Refused):
        await GraphDirectory(scripted_client).snapshot(["group"])


@pytest.mark.parametrize(
    "body", [{"error": {"code": "itemNotFound"}}, {"error": {"code": "ResourceNotFound"}}, {"error": []}, {}]
)
async def test_a_404_that_is_not_of_the_group_itself_is_trouble(
    scripted_client: GraphClient, script: Script, body: dict[str, object]
) -> None:
    script.add(body, status=404)
    with pytest.raises(Refused, match="graph-not-found"):
        await GraphDirectory(scripted_client).snapshot(["group"])


async def test_a_404_that_is_no_json_is_trouble(scripted_client: GraphClient, script: Script) -> None:
    script.answers.append(web.Response(status=404, text="<p>Not here</p>", content_type="text/html"))
    with pytest.raises(Refused, match="graph-not-found"):
        await GraphDirectory(scripted_client).snapshot(["group"])


async def test_a_404_of_a_later_page_is_trouble(scripted_client: GraphClient, script: Script) -> None:
    link = f"{script.origin}/v1.0/groups/group/more"
    script.add({"value": [], "@odata.nextLink": link})
    script.add({"error": {"code": "Request_ResourceNotFound"}}, status=404)
    with pytest.raises(Refused, match="graph-not-found"):
        await GraphDirectory(scripted_client).snapshot(["group"])


async def test_a_404_of_the_group_itself_means_that_it_is_gone(
    scripted_client: GraphClient, script: Script
) -> None:
    script.add({"error": {"code": "Request_ResourceNotFound"}}, status=404)
    assert (await GraphDirectory(scripted_client).snapshot(["group"])).gone == {"group"}


async def test_ids_without_names_mean_a_permission_is_missing(
    scripted_client: GraphClient, script: Script
) -> None:
    script.add({"value": [{"id": "person-x", "displayName": None}]})
    with pytest.raises(Refused, match="graph-users-hidden"):
        await GraphDirectory(scripted_client).snapshot(["group"])


async def test_names_without_a_word_on_any_account_mean_the_same_and_block_nobody(
    scripted_client: GraphClient, script: Script
) -> None:
    """With User.ReadBasic.All alone the directory names people, and leaves the rest of them empty."""
    for name in ("a", "b"):
        script.add({"value": [{"id": name, "displayName": "X. INVENTED", "accountEnabled": None}]})
    with pytest.raises(Refused, match="graph-users-hidden"):
        await GraphDirectory(scripted_client).snapshot(["one", "two"])


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
