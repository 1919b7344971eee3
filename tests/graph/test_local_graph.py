"""The local Graph itself: what Microsoft's would answer to the same requests."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from infra.local.graph import Group, LocalGraph, LocalGraphData, Person
from infra.local.graph.store import Store
from tests.graph.conftest import DATA

ITEMS = f"/v1.0/sites/{DATA.site_id}/lists/{DATA.list_id}/items"


@pytest.fixture
async def http(local_graph: LocalGraph) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(local_graph.url.removesuffix("/v1.0")) as session:
        yield session


async def added(http: aiohttp.ClientSession, key: str, **fields: str) -> dict[str, Any]:
    async with http.post(ITEMS, json={"fields": {"RedLineKey": key, **fields}}) as response:
        assert response.status == 201
        return dict(await response.json())


async def got(http: aiohttp.ClientSession, path: str, **query: str) -> dict[str, Any]:
    async with http.get(path, params=query) as response:
        assert response.status == 200, await response.text()
        return dict(await response.json())


async def status_of(http: aiohttp.ClientSession, method: str, path: str, **options: Any) -> tuple[int, str]:
    async with http.request(method, path, **options) as response:
        body = await response.json() if response.content_type == "application/json" else {}
        return response.status, body.get("error", {}).get("code", "")


async def test_a_new_row_waits_and_comes_with_its_etag(http: aiohttp.ClientSession) -> None:
    item = await added(http, "k-1", TaskRef="T-1042")
    assert item["fields"] == {"State": "Waiting", "RedLineKey": "k-1", "TaskRef": "T-1042"}
    async with http.get(f"{ITEMS}/{item['id']}") as response:
        assert response.headers["ETag"] == item["eTag"]


async def test_the_key_is_unique_and_free_again_after_a_deletion(http: aiohttp.ClientSession) -> None:
    first = await added(http, "k-1")
    body = {"fields": {"RedLineKey": "k-1"}}
    assert await status_of(http, "POST", ITEMS, json=body) == (409, "nameAlreadyExists")
    await status_of(http, "DELETE", f"{ITEMS}/{first['id']}")
    assert (await added(http, "k-1"))["id"] != first["id"]


async def test_a_key_cannot_be_taken_by_a_change_either(http: aiohttp.ClientSession) -> None:
    await added(http, "k-1")
    await added(http, "k-2")
    answer = await status_of(http, "PATCH", f"{ITEMS}/2/fields", json={"RedLineKey": "k-1"})
    assert answer == (409, "nameAlreadyExists")


@pytest.mark.parametrize(
    "body",
    [
        {"fields": {"NoSuchColumn": "x"}},
        {"fields": {"State": "Finished"}},
        {"fields": {"Note": 7}},
        {"fields": {"TaskRef": "x" * 256}},
        {"fields": "x"},
        {},
        [],
    ],
)
async def test_the_list_refuses_what_its_columns_cannot_hold(
    http: aiohttp.ClientSession, body: object
) -> None:
    assert await status_of(http, "POST", ITEMS, json=body) == (400, "invalidRequest")


async def test_a_body_that_is_not_json_is_refused(http: aiohttp.ClientSession) -> None:
    assert await status_of(http, "POST", ITEMS, data="fields") == (400, "invalidRequest")


async def test_a_change_needs_the_etag_that_it_names(http: aiohttp.ClientSession) -> None:
    item = await added(http, "k-1")
    path, old = f"{ITEMS}/{item['id']}", {"If-Match": item["eTag"]}
    assert (await status_of(http, "PATCH", path, json={"fields": {"Note": "a"}}, headers=old))[0] == 200
    assert (await status_of(http, "PATCH", path, json={"fields": {"Note": "b"}}, headers=old))[0] == 412
    assert (await status_of(http, "DELETE", path, headers=old))[0] == 412
    assert (await got(http, path, **{"$expand": "fields"}))["fields"]["Note"] == "a"
    assert (await status_of(http, "DELETE", path, headers={"If-Match": "*"}))[0] == 204


async def test_a_change_keeps_the_columns_that_it_does_not_name(http: aiohttp.ClientSession) -> None:
    await added(http, "k-1", Note="kept")
    await status_of(http, "PATCH", f"{ITEMS}/1/fields", json={"AthenaRef": "36/1/26"})
    fields = (await got(http, f"{ITEMS}/1", **{"$expand": "fields"}))["fields"]
    assert (fields["Note"], fields["AthenaRef"]) == ("kept", "36/1/26")


async def test_fields_come_only_when_asked_for(http: aiohttp.ClientSession) -> None:
    await added(http, "k-1", Note="x")
    assert "fields" not in await got(http, f"{ITEMS}/1")
    some = await got(http, f"{ITEMS}/1", **{"$expand": "fields($select=Note,Reason)"})
    assert some["fields"] == {"Note": "x"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{ITEMS}/9"),
        ("GET", f"{ITEMS}/x"),
        ("PATCH", f"{ITEMS}/9/fields"),
        ("DELETE", f"{ITEMS}/9"),
        ("GET", ITEMS.replace(DATA.site_id, "other-site")),
        ("GET", ITEMS.replace(DATA.list_id, "other-list")),
        ("GET", f"{ITEMS.replace(DATA.list_id, 'other-list')}/delta"),
        ("GET", "/v1.0/users/nobody"),
        ("GET", "/_download/guessed"),
    ],
)
async def test_what_is_not_there_is_not_found(http: aiohttp.ClientSession, method: str, path: str) -> None:
    body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
    assert await status_of(http, method, path, **body) == (404, "itemNotFound")


async def test_only_an_indexed_column_can_be_searched(http: aiohttp.ClientSession) -> None:
    await added(http, "it's")
    await added(http, "k-2", Note="x")
    found = await got(http, ITEMS, **{"$filter": "fields/RedLineKey eq 'it''s'"})
    assert [item["id"] for item in found["value"]] == ["1"]
    for query in ("fields/Note eq 'x'", "fields/RedLineKey ne 'x'", "fields/RedLineKey eq 'it's'"):
        assert (await status_of(http, "GET", ITEMS, params={"$filter": query}))[0] == 400


async def test_a_collection_comes_in_pages(http: aiohttp.ClientSession) -> None:
    for number in range(3):
        await added(http, f"k-{number}")
    first = await got(http, ITEMS, **{"$top": "99"})
    assert [item["id"] for item in first["value"]] == ["1", "2"]
    async with http.get(first["@odata.nextLink"]) as response:
        last = await response.json()
    assert [item["id"] for item in last["value"]] == ["3"]
    assert "@odata.nextLink" not in last


@pytest.mark.parametrize("query", [{"$top": "0"}, {"$top": "x"}, {"$skiptoken": "x"}])
async def test_an_odd_page_is_refused(http: aiohttp.ClientSession, query: dict[str, str]) -> None:
    assert await status_of(http, "GET", ITEMS, params=query) == (400, "invalidRequest")


async def test_the_delta_tells_of_every_change_once_and_of_deletions(http: aiohttp.ClientSession) -> None:
    for number in range(3):
        await added(http, f"k-{number}")
    first = await got(http, f"{ITEMS}/delta", **{"$expand": "fields"})
    assert [item["id"] for item in first["value"]] == ["1", "2"]
    await status_of(http, "PATCH", f"{ITEMS}/1/fields", json={"Note": "changed between two pages"})
    async with http.get(first["@odata.nextLink"]) as response:
        second = await response.json()
    assert [item["id"] for item in second["value"]] == ["3", "1"]
    await status_of(http, "DELETE", f"{ITEMS}/2")
    async with http.get(second["@odata.deltaLink"]) as response:
        changes = await response.json()
    assert [(item["id"], item.get("deleted")) for item in changes["value"]] == [("2", {"state": "deleted"})]


async def test_a_delta_token_can_be_too_old_or_no_token_at_all(http: aiohttp.ClientSession) -> None:
    old = (await got(http, f"{ITEMS}/delta"))["@odata.deltaLink"]
    assert (await status_of(http, "POST", "/_expire"))[0] == 204
    assert await status_of(http, "GET", old) == (410, "resyncChangesApplyDifferences")
    assert await status_of(http, "GET", f"{ITEMS}/delta?token=none") == (400, "invalidRequest")


async def test_the_list_names_its_key_column_unique_and_indexed(http: aiohttp.ClientSession) -> None:
    path = ITEMS.removesuffix("/items")
    assert (await got(http, path))["id"] == DATA.list_id
    columns = {column["name"]: column for column in (await got(http, f"{path}/columns"))["value"]}
    assert columns["RedLineKey"]["enforceUniqueValues"] is columns["RedLineKey"]["indexed"] is True
    assert columns["State"]["choice"]["choices"] == ["Waiting", "Recorded", "Rejected", "Returned"]
    assert (
        columns["Note"]["text"]["allowMultipleLines"] is not columns["TaskRef"]["text"]["allowMultipleLines"]
    )
    assert {"AthenaRef", "Reason", "CorrectsKey", "HappenedAt"} <= columns.keys()


async def test_members_need_the_header_that_graph_demands(http: aiohttp.ClientSession) -> None:
    path = "/v1.0/groups/group-north/transitiveMembers/microsoft.graph.user"
    assert (await status_of(http, "GET", path, params={"$count": "true"}))[0] == 400
    assert (await status_of(http, "GET", path, headers={"ConsistencyLevel": "eventual"}))[0] == 400


async def test_a_user_shows_what_is_selected(http: aiohttp.ClientSession) -> None:
    shown = await got(http, "/v1.0/users/person-a", **{"$select": "employeeId,accountEnabled"})
    assert shown == {"employeeId": "1187", "accountEnabled": True}


async def test_a_batch_answers_every_part_by_its_own_status(http: aiohttp.ClientSession) -> None:
    items = ITEMS.removeprefix("/v1.0")
    parts = [
        {"id": "a", "method": "POST", "url": items, "body": {"fields": {"RedLineKey": "k-1"}}},
        {"id": "b", "method": "GET", "url": "/users/nobody"},
        {"id": "c", "method": "DELETE", "url": f"{items}/1"},
    ]
    async with http.post("/v1.0/$batch", json={"requests": parts}) as response:
        answers = {part["id"]: part for part in (await response.json())["responses"]}
    assert {part_id: part["status"] for part_id, part in answers.items()} == {"a": 201, "b": 404, "c": 204}
    assert answers["a"]["body"]["fields"]["RedLineKey"] == "k-1"


@pytest.mark.parametrize("body", [{"requests": []}, {"requests": [{}] * 21}, {}, []])
async def test_a_batch_of_the_wrong_size_is_refused(http: aiohttp.ClientSession, body: object) -> None:
    assert (await status_of(http, "POST", "/v1.0/$batch", json=body))[0] == 400


async def test_rows_outlive_the_process(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "graph.sqlite3"
    for key in ("k-1", "k-2"):
        graph = LocalGraph(DATA, file)
        await graph.start()
        async with aiohttp.ClientSession(graph.url.removesuffix("/v1.0")) as http:
            await added(http, key)
        await graph.stop()
    store = Store(file)
    assert [item.fields["RedLineKey"] for item in store.all()] == ["k-2", "k-1"]
    store.close()


def test_a_new_file_does_not_take_the_delta_tokens_of_another(tmp_path: Path) -> None:
    stores = [Store(tmp_path / name) for name in ("a", "b", "a")]
    first, other, again = (store.counter("generation") for store in stores)
    assert first == again != other
    for store in stores:
        store.close()


async def test_a_note_may_be_long(http: aiohttp.ClientSession) -> None:
    assert (await added(http, "k-1", Note="x" * 4000))["fields"]["Note"] == "x" * 4000


def test_the_data_survives_a_round_through_json() -> None:
    assert LocalGraphData.from_json(DATA.to_json()) == DATA
    assert LocalGraphData.from_json("{}") == LocalGraphData()


def test_unknown_data_is_refused() -> None:
    with pytest.raises(TypeError):
        LocalGraphData.from_json('{"people": [{"id": "a", "name": "misspelt"}]}')


def test_groups_that_hold_each_other_come_to_an_end() -> None:
    data = LocalGraphData([Person("p", "P. INVENTED")], [Group("a", "A", ["b"]), Group("b", "B", ["a", "p"])])
    members = data.members_of("a")
    assert members is not None
    assert [person.id for person in members] == ["p"]
    assert data.members_of("c") is None


async def run_local_graph(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "infra.local.graph",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_command_serves_the_seed_until_it_is_stopped(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(DATA.to_json())
    process = await run_local_graph("--data", str(tmp_path / "graph.sqlite3"), "--seed", str(seed))
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1]
    desk = (await process.stdout.readline()).decode().split()[-1]
    async with aiohttp.ClientSession() as http:
        assert (await got(http, f"{url}/users/person-a"))["displayName"] == "A. EXAMPLE"
        assert (await status_of(http, "GET", desk))[0] == 200
    process.terminate()
    assert await process.wait() == 0


async def test_a_port_in_use_gives_one_clear_line(local_graph: LocalGraph) -> None:
    port = local_graph.url.split(":")[2].split("/")[0]
    process = await run_local_graph("--port", port)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().splitlines() == [
        f"The local Graph cannot listen on port {port}: is it in use?",
    ]
