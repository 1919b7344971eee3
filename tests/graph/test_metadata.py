"""Every request that the door sends, checked against Microsoft's own description of Graph."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree

import pytest

from graph.client import GraphClient
from graph.directory import GraphDirectory
from graph.documents import GraphDocuments
from graph.records import GraphRecords
from tests.graph.conftest import Script, row

METADATA = Path(__file__).parents[3] / "shared" / "schemas" / "graph-v1.0-cleanMetadata.xml"
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
QUERY_OPTIONS = {"$count", "$expand", "$filter", "$select", "$top"}

pytestmark = pytest.mark.skipif(
    not METADATA.exists(), reason="Microsoft's Graph metadata is not beside the project"
)


class Model:
    """The entity types of the metadata, and where a path through them leads."""

    def __init__(self, file: Path) -> None:
        schema = next(iter(ElementTree.parse(file).iter(f"{EDM}Schema")))
        self._types = {kind.get("Name", ""): kind for kind in schema.findall(f"{EDM}EntityType")}
        self._roots = {
            root.get("Name", ""): root.get("EntityType", "").removeprefix("microsoft.")
            for root in schema.iter(f"{EDM}EntitySet")
        }
        self._functions = {
            (function.get("Name"), parameter.get("Type"))
            for function in schema.findall(f"{EDM}Function")
            for parameter in function.findall(f"{EDM}Parameter")
        }

    def members(self, kind: str) -> dict[str, str]:
        """Names and types of an entity type's properties, those of its bases too."""
        entity = self._types[kind.removeprefix("graph.")]
        inherited = self.members(base) if (base := entity.get("BaseType")) else {}
        own = {member.get("Name", ""): member.get("Type", "") for member in entity}
        return {**inherited, **own}

    def lead(self, path: str) -> str:
        """The type at the end of a path; raises `KeyError` where Graph knows no such path."""
        first, *rest = path.strip("/").split("/")
        kind = f"Collection({self._roots[first]})"
        for segment in rest:
            kind = self._step(kind, segment)
        return kind

    def _step(self, kind: str, segment: str) -> str:
        if segment.startswith("graph."):
            self._types[segment.removeprefix("graph.")]
            return f"Collection({segment})"
        if segment.endswith("()"):
            if (segment[:-2], kind) not in self._functions:
                raise KeyError(segment)
            return kind
        if kind.startswith("Collection("):
            return kind[len("Collection(") : -1]
        return self.members(kind)[segment]


@cache
def model() -> Model:
    return Model(METADATA)


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
    scripted_client: GraphClient, script: Script
) -> None:
    await requests(scripted_client, script)
    assert [model().lead(path) for path, _ in asked(script)] == [
        "Collection(graph.listItem)",
        "Collection(graph.listItem)",
        "Collection(graph.listItem)",
        "Collection(graph.user)",
        "graph.driveItem",
    ]


async def test_every_query_asks_for_what_the_type_has(scripted_client: GraphClient, script: Script) -> None:
    await requests(scripted_client, script)
    for path, query in asked(script):
        members = model().members(model().lead(path).removeprefix("Collection(").removesuffix(")"))
        assert query.keys() <= QUERY_OPTIONS
        selected = query["$select"].split(",") if "$select" in query else []
        expanded = [query["$expand"].split("(")[0]] if "$expand" in query else []
        assert set(selected + expanded) <= members.keys(), path


def test_what_the_door_reads_is_what_graph_writes() -> None:
    assert {"id", "eTag", "fields", "deleted"} <= model().members("listItem").keys()
    assert {"id", "displayName", "employeeId", "accountEnabled"} <= model().members("user").keys()
    assert {"enforceUniqueValues", "indexed", "choice", "text"} <= model().members("columnDefinition").keys()
    assert "name" in model().members("driveItem")


def test_a_path_that_graph_does_not_know_is_caught() -> None:
    for path in (
        "/sites/x/list/y",
        "/groups/x/transitiveMembers/graph.person2",
        "/sites/x/lists/y/changed()",
    ):
        with pytest.raises(KeyError):
            model().lead(path)
