"""The client itself: where it sends, what it sends, what it makes of odd answers."""

import asyncio
import socket

import orjson
import pytest
from aiohttp import web
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from graph.client import PUBLIC_GRAPH, GraphClient, checked_base_url
from tasking.ports import NotSent, Refused, Unclear
from tests.graph.conftest import Script


def asking(client: GraphClient, method: Method = Method.GET) -> RequestInformation:
    request = RequestInformation(method)
    request.url = f"{client.base_url}/things"
    return request


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (PUBLIC_GRAPH, "https://graph.microsoft.com/v1.0"),
        ("https://graph.microsoft.us", "https://graph.microsoft.us/v1.0"),
        ("https://graph.microsoft.us/", "https://graph.microsoft.us/v1.0"),
        ("http://127.0.0.1:9/v1.0/", "http://127.0.0.1:9/v1.0"),
        ("http://localhost:9", "http://localhost:9/v1.0"),
    ],
)
def test_an_address_gets_its_version(given: str, used: str) -> None:
    assert checked_base_url(given) == used


@pytest.mark.parametrize(
    "address",
    [
        "http://graph.microsoft.com/v1.0",
        "http://127.0.0.1.example.test/v1.0",
        "ftp://127.0.0.1/v1.0",
        "graph.microsoft.com",
        "",
    ],
)
def test_plain_http_beyond_loopback_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="must be https"):
        GraphClient(address)


async def test_a_link_is_ours_only_at_the_same_scheme_host_and_port(scripted_client: GraphClient) -> None:
    ours = scripted_client.base_url
    assert scripted_client.is_ours(f"{ours}/anything?token=1")
    for foreign in (
        ours.replace("http://", "https://"),
        ours.replace("127.0.0.1", "127.0.0.2"),
        "http://127.0.0.1:1/v1.0/x",
        ours.replace("127.0.0.1", "127.0.0.1@example.test"),
        "http://127.0.0.1:99999999/v1.0",
        "/v1.0/relative",
        "",
    ):
        assert not scripted_client.is_ours(foreign), foreign


async def test_a_change_goes_out_as_one_json_post(scripted_client: GraphClient, script: Script) -> None:
    bodies: list[bytes] = []

    async def kept(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.json_response({"id": "1"})

    script.answers = [kept]
    request = asking(scripted_client, Method.POST)
    answer = await scripted_client.change(request, {"fields": {"Note": "café – ok"}}, "missing")
    assert answer == {"id": "1"}
    assert orjson.loads(bodies[0]) == {"fields": {"Note": "café – ok"}}


async def test_nothing_is_ever_sent_twice_by_the_client(scripted_client: GraphClient, script: Script) -> None:
    for status in (429, 503, 504):
        script.answers = [web.Response(status=status, headers={"Retry-After": "0"})]
        script.asked.clear()
        with pytest.raises((NotSent, Unclear)):
            await scripted_client.change(asking(scripted_client, Method.POST), {}, "missing")
        assert len(script.asked) == 1


async def test_a_redirect_is_not_followed(scripted_client: GraphClient, script: Script) -> None:
    script.answers = [web.Response(status=302, headers={"Location": f"{script.origin}/elsewhere"})]
    with pytest.raises(NotSent):
        await scripted_client.read(asking(scripted_client), "missing")
    assert len(script.asked) == 1


@pytest.mark.parametrize("body", ["<html>", "[1]", "null", "", '{"a":', "\xff"])
async def test_an_answer_that_cannot_be_read_is_unclear_for_a_change(
    scripted_client: GraphClient, script: Script, body: str
) -> None:
    script.answers = [web.Response(text=body), web.Response(text=body)]
    with pytest.raises(NotSent, match="graph-unreadable"):
        await scripted_client.read(asking(scripted_client), "missing")
    with pytest.raises(Unclear, match="graph-unreadable"):
        await scripted_client.change(asking(scripted_client, Method.POST), {}, "missing")


async def test_an_error_page_that_is_not_json_keeps_its_status(
    scripted_client: GraphClient, script: Script
) -> None:
    script.answers = [web.Response(status=403, text="<html>no</html>", content_type="text/html")]
    with pytest.raises(Refused, match="graph-forbidden"):
        await scripted_client.read(asking(scripted_client), "missing")


async def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = GraphClient(f"http://127.0.0.1:{unused.getsockname()[1]}/v1.0")
        with pytest.raises(NotSent, match="graph-unreachable"):
            await client.change(asking(client, Method.POST), {}, "missing")
        await client.close()


async def test_an_answer_that_trickles_in_forever_is_cut_off(script: Script) -> None:
    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    script.answers = [trickle]
    client = GraphClient(f"{script.origin}/v1.0", timeout=0.3)
    with pytest.raises(Unclear, match="graph-timeout"):
        await client.change(asking(client, Method.POST), {}, "missing")
    await client.close()


async def test_a_proxy_of_the_machine_is_not_asked_for_loopback(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    script.add({"ok": True})
    client = GraphClient(f"{script.origin}/v1.0")
    assert await client.read(asking(client), "missing") == {"ok": True}
    await client.close()
