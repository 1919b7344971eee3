"""Links to copies of orders."""

from dataclasses import replace

import aiohttp
import pytest

from graph.client import GraphClient
from graph.documents import GraphDocuments
from infra.local.graph import LocalGraph
from infra.local.graph.faults import Fault
from tasking.ports import DocumentLink, Documents, NotSent, Refused
from tests.graph.conftest import DATA, Script

KEY = "orders/DVPO 3 (copy).pdf"


@pytest.fixture
def documents(client: GraphClient) -> Documents:
    return GraphDocuments(client, DATA.site_id)


async def test_a_link_opens_the_order_without_signing_in(documents: Documents) -> None:
    link = await documents.link(KEY)
    assert link.name == "DVPO 3 (copy).pdf"
    async with aiohttp.ClientSession() as session, session.get(link.url) as response:
        content = await response.read()
    assert response.content_type == "application/pdf"
    assert content.startswith(b"%PDF-")
    assert b"FICTIONAL" in content
    assert rb"No contact \(at all\)" in content


async def test_asking_for_a_link_changes_nothing_at_graph(
    documents: Documents, local_graph: LocalGraph
) -> None:
    await documents.link(KEY)
    assert {method for method, _ in local_graph.faults.requests} == {"GET"}


async def test_every_reader_gets_a_link_of_their_own(documents: Documents) -> None:
    assert (await documents.link(KEY)).url != (await documents.link(KEY)).url


async def test_names_with_odd_characters_are_found() -> None:
    odd = "orders/100% sure?/#7 café's.pdf"
    graph = LocalGraph(replace(DATA, documents=[replace(DATA.documents[0], path=odd)]))
    await graph.start()
    client = GraphClient(graph.url)
    assert (await GraphDocuments(client, DATA.site_id).link(odd)).name == "#7 café's.pdf"
    await client.close()
    await graph.stop()


async def test_a_copy_that_is_not_there_is_named_as_such(documents: Documents) -> None:
    with pytest.raises(Refused, match="graph-document-missing"):
        await documents.link("orders/none.pdf")


@pytest.mark.parametrize("key", ["", "/", "../secret.pdf", "orders/../../x", "orders//x.pdf", "orders/. /x"])
async def test_a_key_that_is_no_path_into_the_library_asks_nothing(
    documents: Documents, local_graph: LocalGraph, key: str
) -> None:
    with pytest.raises(Refused, match="graph-document-key"):
        await documents.link(key)
    assert local_graph.faults.requests == []


@pytest.mark.parametrize("url", ["http://example.test/x", "javascript:alert(1)", "//example.test/x", ""])
async def test_a_link_that_is_not_safe_is_never_passed_on(
    scripted_client: GraphClient, script: Script, url: str
) -> None:
    script.add({"name": "x.pdf", "@microsoft.graph.downloadUrl": url})
    with pytest.raises(Refused, match="graph-unsafe-link"):
        await GraphDocuments(scripted_client, "site").link("x.pdf")


async def test_an_https_link_of_another_host_is_passed_on(
    scripted_client: GraphClient, script: Script
) -> None:
    url = "https://example.test/download?tempauth=fictional"  # SharePoint's own host, not Graph's
    script.add({"name": "x.pdf", "@microsoft.graph.downloadUrl": url})
    assert await GraphDocuments(scripted_client, "site").link("x.pdf") == DocumentLink("x.pdf", url)


@pytest.mark.parametrize(
    "body", [{}, {"name": "a folder"}, {"@microsoft.graph.downloadUrl": "https://x.test"}]
)
async def test_an_item_that_cannot_be_downloaded_gives_no_link(
    scripted_client: GraphClient, script: Script, body: object
) -> None:
    script.add(body)
    with pytest.raises(NotSent, match="graph-unreadable"):
        await GraphDocuments(scripted_client, "site").link("folder")


async def test_a_library_out_of_reach_is_tried_again(documents: Documents, local_graph: LocalGraph) -> None:
    local_graph.faults.add(Fault("GET", "/drive", status=504))
    with pytest.raises(NotSent):
        await documents.link(KEY)
