"""The adapters against the local Graph, over real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiohttp import web

from graph.client import GraphClient
from graph.records import GraphRecords
from infra.local.graph import Group, LocalGraph, LocalGraphData, OrderDocument, Person
from tasking.ports import RecordsRow

DATA = LocalGraphData(
    people=[
        Person("person-a", "A. EXAMPLE", "1187"),
        Person("person-b", "B. SAMPLE", "0042"),
        Person("person-c", "C. INVENTED"),
        Person("person-d", "D. LEFT", "2001", active=False),
    ],
    groups=[
        Group("group-north", "North officers", ["person-a", "group-inner"]),
        Group("group-inner", "North inner", ["person-b", "person-c", "group-north"]),
        Group("group-leavers", "Leavers", ["person-d", "person-a"]),
        Group("group-empty", "Nobody"),
    ],
    documents=[OrderDocument("orders/DVPO 3 (copy).pdf", "DVPO-3", ["No contact (at all)", "100 m – ever"])],
)

ROW = RecordsRow(
    key="outcome-1",
    corrects_key=None,
    task_ref="T-1042",
    subject_ref="S-07",
    order_ref="DVPO-3",
    kind="COMPLIANCE_VISIT",
    code="NO_ANSWER",
    happened_at=datetime(2026, 3, 12, 15, 10, tzinfo=UTC),
    recorded_at=datetime(2026, 3, 12, 15, 12, 30, tzinfo=UTC),
    officer_id="person-a",
    note="No sign of anyone – lights off",
)

Answer = web.Response | Callable[[web.Request], Awaitable[web.StreamResponse]]


def row(key: str = "outcome-1", **changes: object) -> RecordsRow:
    """A row of the hand-off list with its own key."""
    return replace(ROW, key=key, **changes)  # type: ignore[arg-type]


class Script:
    """A server that gives prepared answers one after the other, however odd."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[web.Request] = []
        self.origin = ""

    def add(self, body: object, status: int = 200) -> None:
        """Answer the next request with this JSON."""
        self.answers.append(web.json_response(body, status=status))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The next answer."""
        self.asked.append(request)
        answer = self.answers.pop(0)
        return answer if isinstance(answer, web.Response) else await answer(request)


@pytest.fixture
async def local_graph() -> AsyncIterator[LocalGraph]:
    """A local Graph with two rows a page, so that paging always happens."""
    graph = LocalGraph(DATA, page_size=2)
    await graph.start()
    yield graph
    await graph.stop()


@pytest.fixture
async def client(local_graph: LocalGraph) -> AsyncIterator[GraphClient]:
    client = GraphClient(local_graph.url, timeout=5.0)
    yield client
    await client.close()


@pytest.fixture
async def records(client: GraphClient) -> GraphRecords:
    return GraphRecords(client, DATA.site_id, DATA.list_id)


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    script = Script()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", script.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    script.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield script
    await runner.cleanup()


@pytest.fixture
async def scripted_client(script: Script) -> AsyncIterator[GraphClient]:
    client = GraphClient(f"{script.origin}/v1.0", timeout=5.0)
    yield client
    await client.close()
