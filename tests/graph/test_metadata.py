"""Every request that the door sends, checked against Microsoft's own description of Graph.

That is Microsoft's SDK, which is generated from Graph's metadata, and the metadata itself where it lies
beside the project.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from graph.client import GraphClient
from graph.directory import GraphDirectory
from graph.documents import GraphDocuments
from graph.records import GraphRecords
from tests.graph.conftest import Script, row
from tests.support.graph_model import Metadata, Model, Sdk

METADATA = Path(__file__).parents[3] / "shared" / "schemas" / "graph-v1.0-cleanMetadata.xml"
QUERY_OPTIONS = {"$count", "$expand", "$filter", "$select", "$top"}


@pytest.fixture(scope="module", params=["sdk", *(["metadata"] if METADATA.exists() else [])])
def model(request: pytest.FixtureRequest) -> Model:
    return Sdk() if request.param == "sdk" else Metadata(METADATA)


async def requests(client: GraphClient, script: Script) -> None:
    """One of each request that the door can send."""
    records = GraphRecords(client, "site-id", "list-id")
    script.add({"id": "1"}, status=201)
    await records.hand_over(row())
    script.add({"value": []})
    await records.find("outcome-1")
    script.add({"value": [], "@odata.deltaLink": f"{script.origin}/v1.0/end"})
    await records.answers(None)
    script.add({"value": []})
    await GraphDirectory(client).snapshot(["group-id"])
    script.add({"name": "x.pdf", "@microsoft.graph.downloadUrl": "https://example.test/x"})
    await GraphDocuments(client, "site-id").link("orders/x.pdf")


def asked(script: Script) -> Iterator[tuple[str, dict[str, str]]]:
    """Path below the version, without the part of a path into a library, and query of each request."""
    for request in script.asked:
        parts = urlsplit(str(request.url))
        yield unquote(parts.path).removeprefix("/v1.0").split(":")[0], dict(parse_qsl(parts.query))


async def test_every_path_leads_to_what_the_door_expects(
    scripted_client: GraphClient, script: Script, model: Model
) -> None:
    await requests(scripted_client, script)
    assert [model.lead(path) for path, _ in asked(script)] == [
        "Collection(graph.listItem)",
        "Collection(graph.listItem)",
        "Collection(graph.listItem)",
        "Collection(graph.user)",
        "graph.driveItem",
    ]


async def test_every_query_asks_for_what_the_type_has(
    scripted_client: GraphClient, script: Script, model: Model
) -> None:
    await requests(scripted_client, script)
    for path, query in asked(script):
        members = model.members(model.lead(path).removeprefix("Collection(").removesuffix(")"))
        assert query.keys() <= QUERY_OPTIONS
        selected = query["$select"].split(",") if "$select" in query else []
        expanded = [query["$expand"].split("(")[0]] if "$expand" in query else []
        assert set(selected + expanded) <= members.keys(), path


def test_what_the_door_reads_is_what_graph_writes(model: Model) -> None:
    assert {"id", "eTag", "fields", "deleted"} <= model.members("listItem").keys()
    assert {"id", "displayName", "employeeId", "accountEnabled"} <= model.members("user").keys()
    assert {"enforceUniqueValues", "indexed", "choice", "text"} <= model.members("columnDefinition").keys()
    assert "name" in model.members("driveItem")


def test_a_path_that_graph_does_not_know_is_caught(model: Model) -> None:
    for path in (
        "/sites/x/list/y",
        "/groups/x/transitiveMembers/graph.person2",
        "/sites/x/lists/y/changed()",
    ):
        with pytest.raises(KeyError):
            model.lead(path)
