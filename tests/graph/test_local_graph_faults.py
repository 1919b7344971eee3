"""Faults on demand: a test in another process can make the local Graph fail in every way."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from infra.local.graph import LocalGraph
from tests.graph.conftest import DATA

ITEMS = f"/v1.0/sites/{DATA.site_id}/lists/{DATA.list_id}/items"
BODY = {"fields": {"RedLineKey": "k-1"}}


@pytest.fixture
async def http(local_graph: LocalGraph) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(local_graph.url.removesuffix("/v1.0")) as session:
        yield session


async def ask_for(http: aiohttp.ClientSession, **fault: Any) -> int:
    async with http.post("/_faults", json=fault) as response:
        return response.status


async def add_row(http: aiohttp.ClientSession) -> int:
    async with http.post(ITEMS, json=BODY) as response:
        return response.status


async def test_a_fault_strikes_as_often_as_asked_and_then_no_more(
    http: aiohttp.ClientSession, local_graph: LocalGraph
) -> None:
    assert await ask_for(http, method="POST", path="/items", status=503, count=2) == 204
    assert [await add_row(http) for _ in range(4)] == [503, 503, 201, 409]
    assert len(local_graph.store.all()) == 1


async def test_a_fault_carries_its_retry_after_and_its_body(http: aiohttp.ClientSession) -> None:
    await ask_for(http, status=429, retry_after="30")
    await ask_for(http, status=500, body="<html>")
    async with http.get(ITEMS) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "30")
    async with http.get(ITEMS) as response:
        assert (response.status, await response.text()) == (500, "<html>")


async def test_a_fault_strikes_only_what_it_names(http: aiohttp.ClientSession) -> None:
    await ask_for(http, method="GET", path="/drive", status=500, count=None)
    assert await add_row(http) == 201
    async with http.get(ITEMS) as response:
        assert response.status == 200


@pytest.mark.parametrize(("when", "rows"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("fault", [{"status": 504}, {"drop": True}], ids=["504", "drop"])
async def test_a_fault_strikes_before_or_after_the_work(
    http: aiohttp.ClientSession, local_graph: LocalGraph, when: str, rows: int, fault: dict[str, Any]
) -> None:
    await ask_for(http, method="POST", when=when, **fault)
    if "drop" in fault:
        with pytest.raises(aiohttp.ClientConnectionError):
            await add_row(http)
    else:
        assert await add_row(http) == 504
    assert len(local_graph.store.all()) == rows


async def test_a_delay_alone_only_delays(http: aiohttp.ClientSession) -> None:
    await ask_for(http, delay=0.01)
    await ask_for(http, delay=0.01, when="after")
    assert [await add_row(http), await add_row(http)] == [201, 409]


async def test_faults_can_be_seen_and_taken_back(http: aiohttp.ClientSession) -> None:
    await ask_for(http, status=500, count=None)
    async with http.get("/_faults") as response:
        assert [fault["status"] for fault in await response.json()] == [500]
    await http.delete("/_faults")
    assert await add_row(http) == 201


async def test_what_is_not_a_fault_is_refused(http: aiohttp.ClientSession) -> None:
    assert await ask_for(http, misspelt=1) == 400


async def test_every_request_of_the_api_is_in_the_log_and_nothing_else(
    http: aiohttp.ClientSession, local_graph: LocalGraph
) -> None:
    await add_row(http)
    await http.get("/desk")
    async with http.get("/_requests") as response:
        assert await response.json() == [{"method": "POST", "path": ITEMS}]
    assert local_graph.faults.count("POST", "/items") == 1
    await http.delete("/_requests")
    assert local_graph.faults.requests == []
