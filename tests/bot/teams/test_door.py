import asyncio
import gzip
import json
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from bot.teams.door import (
    CORRELATION_HEADER,
    RUNNER_LIMITS,
    Admission,
    Admitted,
    Door,
    Limits,
    LocalDoor,
    check_local,
    is_deeper,
    parse_service_url,
    refusals,
    tenants_of,
)
from bot.teams.signing_keys import SigningKeys
from bot.teams.tokens import Forbidden, TokenVerifier, VerifiedToken
from tests.support.token_issuer import (
    APP_ID,
    SERVICE_URL,
    TENANT_ID,
    IssuerKey,
    TokenIssuer,
    private_key,
    signed_with_secret,
    unsigned,
)

HOSTS = ["smba.trafficmanager.net", ".teams.example.org", "127.0.0.1", "localhost"]
SIZE = 256 * 1024
DAY = 24 * 3600


def good_activity(**changed: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "id": "1700000000000",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "from": {"id": "29:someone"},
        "conversation": {"id": "19:somewhere", "tenantId": TENANT_ID},
        "channelData": {"tenant": {"id": TENANT_ID}},
    } | changed


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in good_activity().items() if key != name}


@dataclass
class Service:
    """A running server whose one handler stands behind a door and notes what it admits."""

    url: str
    port: int
    issuer: TokenIssuer
    keys: SigningKeys
    client: aiohttp.ClientSession
    admitted: list[Admitted] = field(default_factory=list)

    async def post(
        self,
        body: bytes | None = None,
        *,
        authorization: str | None = "good",
        headers: dict[str, str] | None = None,
        **changed: Any,
    ) -> tuple[int, dict[str, Any]]:
        sent = {"Content-Type": "application/json"} | (headers or {})
        if authorization is not None:
            sent["Authorization"] = self.issuer.authorization() if authorization == "good" else authorization
        content = json.dumps(good_activity(**changed)).encode() if body is None else body
        async with self.client.post(self.url, data=content, headers=sent) as response:
            return response.status, await response.json()

    async def send(self, raw: bytes, *, then_close: bool = False) -> bytes:
        """Send bytes as they are, and return what comes back until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(raw)
            await writer.drain()
            if then_close:
                writer.write_eof()
            async with asyncio.timeout(10):
                return await reader.read()
        finally:
            writer.close()

    def head(self, *lines: str) -> bytes:
        fixed = ["POST / HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        return "\r\n".join([*fixed, *lines, "", ""]).encode()

    def good_head(self, *lines: str) -> bytes:
        good = [f"Authorization: {self.issuer.authorization()}", "Content-Type: application/json"]
        return self.head(*good, *lines)


async def serve(app: web.Application) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, shutdown_timeout=0.1, **RUNNER_LIMITS)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, int(runner.addresses[0][1])


MakeDoor = Callable[[SigningKeys], Admission]


@asynccontextmanager
async def running(make_door: MakeDoor) -> AsyncIterator[Service]:
    async with TokenIssuer() as issuer, aiohttp.ClientSession() as client:
        keys = SigningKeys(issuer.openid_url, client, timeout=1)
        door = make_door(keys)
        admitted: list[Admitted] = []

        async def handler(request: web.Request) -> web.Response:
            admitted.append(await door.admit(request))
            return web.json_response({"ok": True})

        app = web.Application(middlewares=[refusals])
        app.router.add_post("/", handler)
        runner, port = await serve(app)
        yield Service(f"http://127.0.0.1:{port}/", port, issuer, keys, client, admitted)
        await runner.cleanup()
        await keys.close()


def production(keys: SigningKeys, limits: Limits | None = None) -> Door:
    return Door(TokenVerifier(APP_ID, keys), tenant_id=TENANT_ID, service_url_hosts=HOSTS, limits=limits)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with running(production) as ready:
        yield ready


@pytest.fixture
async def hasty_service() -> AsyncIterator[Service]:
    """A service that gives a body a fifth of a second."""
    async with running(lambda keys: production(keys, Limits(seconds=0.2))) as ready:
        yield ready


@pytest.fixture
async def local_service() -> AsyncIterator[Service]:
    async with running(lambda _: LocalDoor()) as ready:
        yield ready


# What is let in


async def test_a_good_request_is_admitted_with_its_token(service: Service) -> None:
    assert await service.post() == (200, {"ok": True})
    [admitted] = service.admitted
    assert admitted.activity == good_activity()
    assert admitted.token is not None
    assert admitted.token.service_url == SERVICE_URL


async def test_many_requests_with_one_token_are_all_admitted(service: Service) -> None:
    authorization = service.issuer.authorization()
    answers = await asyncio.gather(*(service.post(authorization=authorization) for _ in range(50)))
    assert {status for status, _ in answers} == {200}
    assert len(service.admitted) == 50
    assert service.issuer.key_fetches == 1


ADMITTED: dict[str, dict[str, Any]] = {
    "extra keys": {"value": {"trigger": "manual"}, "tabContext": "", "locale": "en-GB"},
    "no slash at the end of the service URL": {"serviceUrl": SERVICE_URL.rstrip("/")},
    "a host in capitals": {"serviceUrl": SERVICE_URL.replace("smba", "SMBA")},
    "the port that https has anyway": {"serviceUrl": "https://smba.trafficmanager.net:443/uk/"},
    "a tenant in capitals": {"channelData": {"tenant": {"id": TENANT_ID.upper()}}},
    "the tenant in the conversation alone": {"channelData": {}},
    "a guest, whose own tenant is another": {
        "from": {
            "id": "29:guest",
            "aadObjectId": "00000000-0000-4000-8000-00000000cafe",
            "tenantId": "00000000-0000-4000-8000-00000000beef",
        }
    },
    "channel data that is no object": {"channelData": "none"},
    "no channel data": {"channelData": None},
    "a tenant that is no object": {"channelData": {"tenant": "none"}},
    "an activity type of its own": {"type": "somethingNew"},
    "a long list": {"value": [[], {}] * 20000},
}


@pytest.mark.parametrize("changed", ADMITTED.values(), ids=ADMITTED.keys())
async def test_what_makes_no_difference_is_let_in(service: Service, changed: dict[str, Any]) -> None:
    assert (await service.post(**changed))[0] == 200
    assert len(service.admitted) == 1


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_the_content_type_is_read_as_http_says(service: Service, content_type: str) -> None:
    assert (await service.post(headers={"Content-Type": content_type}))[0] == 200


@pytest.mark.parametrize(
    "address", ["https://uk.teams.example.org/v3", "http://127.0.0.1:9000/_connector", "http://localhost/x"]
)
async def test_a_service_url_on_the_allow_list_is_let_in(service: Service, address: str) -> None:
    authorization = service.issuer.authorization(serviceurl=address)
    assert (await service.post(authorization=authorization, serviceUrl=address))[0] == 200


async def test_duplicate_keys_count_once(service: Service) -> None:
    doubled = json.dumps(good_activity()).replace('"type": "message"', '"type": "event", "type": "message"')
    assert (await service.post(doubled.encode()))[0] == 200
    assert service.admitted[0].activity["type"] == "message"


async def test_a_body_of_exactly_256_kib_is_let_in(service: Service) -> None:
    assert (await service.post(padded(SIZE)))[0] == 200


async def test_64_levels_are_let_in(service: Service) -> None:
    assert (await service.post(nested(64)))[0] == 200


async def test_brackets_in_text_are_no_levels(service: Service) -> None:
    assert (await service.post(text="[{" * 1000))[0] == 200


async def test_a_body_in_pieces_is_let_in(service: Service) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in json.dumps(good_activity()).encode():
            yield bytes([byte])

    headers = {"Authorization": service.issuer.authorization(), "Content-Type": "application/json"}
    async with service.client.post(service.url, data=pieces(), headers=headers) as response:
        assert response.status == 200


def padded(size: int) -> bytes:
    empty = len(json.dumps(good_activity(text="")))
    return json.dumps(good_activity(text="x" * (size - empty))).encode()


def nested(levels: int) -> bytes:
    """An activity that is nested so many levels deep, itself included."""
    inner = levels - 1
    return json.dumps(good_activity())[:-1].encode() + b', "value": ' + b"[" * inner + b"]" * inner + b"}"


# Tokens

Authorise = Callable[[TokenIssuer], str | None]


def minted(**options: Any) -> Authorise:
    return lambda issuer: issuer.authorization(**options)


def header_of(issuer: TokenIssuer, **changed: Any) -> dict[str, Any]:
    return {"alg": "RS256", "kid": issuer.key.key_id, "typ": "JWT"} | changed


def by_public_key(issuer: TokenIssuer) -> str:
    header = header_of(issuer, alg="HS256")
    return "Bearer " + signed_with_secret(header, issuer.claims(), issuer.key.public_pem())


def alg_none(issuer: TokenIssuer) -> str:
    return "Bearer " + unsigned(header_of(issuer, alg="none"), issuer.claims()) + "."


def unendorsed(issuer: TokenIssuer) -> str:
    other = IssuerKey("webchat-key", private_key(1), ("webchat",))
    issuer.keys.append(other)
    return issuer.authorization(key=other)


NOW = int(time.time())

BAD_TOKENS: dict[str, tuple[Authorise, int, str]] = {
    "none": (lambda _: None, 401, "authorization_missing"),
    "an empty one": (lambda _: "", 401, "authorization_missing"),
    "basic": (lambda _: "Basic dXNlcjpwYXNz", 401, "authorization_malformed"),
    "garbage": (lambda _: "Bearer garbage", 401, "token_malformed"),
    "garbage in three parts": (lambda _: "Bearer AAAA.BBBB.CCCC", 401, "token_malformed"),
    "letters beyond ascii": (lambda _: "Bearer é.é.é", 401, "token_malformed"),
    "alg none": (alg_none, 401, "algorithm"),
    "HS256 by the public key": (by_public_key, 401, "algorithm"),
    "an unknown key": (minted(header={"kid": "who"}), 401, "unknown_key"),
    "another's signature": (minted(key=IssuerKey("key-0", private_key(5))), 401, "signature"),
    "expired": (minted(exp=NOW - DAY), 401, "expired"),
    "no expiry": (minted(without=["exp"]), 401, "claim_missing"),
    "not valid yet": (minted(nbf=NOW + DAY), 401, "not_yet_valid"),
    "another issuer": (minted(iss="https://issuer.example.org"), 401, "issuer"),
    "another audience": (minted(aud="another-app"), 401, "audience"),
    "no service URL": (minted(without=["serviceurl"]), 401, "claim_missing"),
    "a key for another channel": (unendorsed, 403, "endorsement"),
    "another service URL": (minted(serviceurl=SERVICE_URL + "other"), 403, "service_url_claim"),
    "a service URL that is none": (minted(serviceurl="everywhere"), 403, "service_url_claim"),
}


@pytest.mark.parametrize(("authorise", "status", "code"), BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
async def test_a_bad_token_opens_nothing(
    service: Service, authorise: Authorise, status: int, code: str
) -> None:
    answer = await service.post(authorization=authorise(service.issuer))
    assert answer == (status, {"error": code})
    assert service.admitted == []


async def test_two_authorisations_are_one_too_many(service: Service) -> None:
    body = json.dumps(good_activity()).encode()
    twice = f"Authorization: {service.issuer.authorization()}"
    answer = await service.send(service.good_head(twice, f"Content-Length: {len(body)}") + body)
    assert status_of(answer) in {400, 401}
    assert service.admitted == []


async def test_the_token_is_judged_before_the_body_has_come(service: Service) -> None:
    head = service.head("Content-Type: application/json", "Content-Length: 1000")
    assert status_of(await service.send(head)) == 401


@pytest.mark.parametrize("body", [b"{", b"x" * (SIZE + 1), b"[" * 200_000], ids=["broken", "large", "deep"])
async def test_without_a_token_no_body_is_judged(service: Service, body: bytes) -> None:
    assert await service.post(body, authorization=None) == (401, {"error": "authorization_missing"})


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


# Keys


async def test_a_rollover_goes_unnoticed(service: Service) -> None:
    assert (await service.post())[0] == 200
    old = service.issuer.authorization()
    service.issuer.roll()
    assert (await service.post())[0] == 200
    assert await service.post(authorization=old) == (401, {"error": "unknown_key"})


@pytest.mark.parametrize("outage", ["down", "hanging"])
async def test_an_outage_of_the_key_server_goes_unnoticed(service: Service, outage: str) -> None:
    assert (await service.post())[0] == 200
    service.issuer.status, service.issuer.hang = (503, False) if outage == "down" else (200, True)
    stranger = service.issuer.authorization(header={"kid": "unknown"})
    refused, admitted = await asyncio.gather(service.post(authorization=stranger), service.post())
    assert refused[0] == 401
    assert admitted[0] == 200


async def test_a_flood_of_unknown_keys_spares_the_key_server_and_the_good(service: Service) -> None:
    assert (await service.post())[0] == 200
    bad = [service.issuer.authorization(header={"kid": f"made-up-{n}"}) for n in range(100)]
    flood = asyncio.gather(*(service.post(authorization=one) for one in bad))
    assert (await service.post())[0] == 200
    assert {status for status, _ in await flood} == {401}
    assert service.issuer.key_fetches == 2
    assert len(service.admitted) == 2


# Activities

OTHER_TENANT = "00000000-0000-4000-8000-00000000beef"

BAD_ACTIVITIES: dict[str, tuple[dict[str, Any], int, str]] = {
    "no type": (without("type"), 400, "activity_type"),
    "an empty type": (good_activity(type=""), 400, "activity_type"),
    "a numeric type": (good_activity(type=7), 400, "activity_type"),
    "no channel": (without("channelId"), 403, "channel"),
    "another channel": (good_activity(channelId="webchat"), 403, "channel"),
    "a channel in capitals": (good_activity(channelId="MSTeams"), 403, "channel"),
    "channels in a list": (good_activity(channelId=["msteams"]), 403, "channel"),
    "no service URL": (without("serviceUrl"), 403, "service_url"),
    "a numeric service URL": (good_activity(serviceUrl=7), 403, "service_url"),
    "an empty service URL": (good_activity(serviceUrl=""), 403, "service_url"),
    "another path": (
        good_activity(serviceUrl="https://smba.trafficmanager.net/us/"),
        403,
        "service_url_claim",
    ),
    "another port": (
        good_activity(serviceUrl="https://smba.trafficmanager.net:8443/uk/"),
        403,
        "service_url_claim",
    ),
    "plain http": (good_activity(serviceUrl="http://smba.trafficmanager.net/uk/"), 403, "service_url_claim"),
    "another tenant": (good_activity(channelData={"tenant": {"id": OTHER_TENANT}}), 403, "tenant"),
    "a conversation of another tenant than its channel": (
        good_activity(conversation={"id": "19:somewhere", "tenantId": OTHER_TENANT}),
        403,
        "tenant",
    ),
    "a channel of another tenant than its conversation": (
        good_activity(
            channelData={"tenant": {"id": OTHER_TENANT}}, conversation={"id": "19:x", "tenantId": TENANT_ID}
        ),
        403,
        "tenant",
    ),
    "another tenant's conversation": (
        good_activity(channelData={}, conversation={"tenantId": OTHER_TENANT}),
        403,
        "tenant",
    ),
    "no tenant": (good_activity(channelData={}, conversation={}), 403, "tenant"),
    "an empty tenant": (
        good_activity(channelData={"tenant": {"id": ""}}, conversation={"tenantId": ""}),
        403,
        "tenant",
    ),
    "a numeric tenant": (good_activity(channelData={"tenant": {"id": 7}}), 403, "tenant"),
    "tenants in a list": (good_activity(channelData={"tenant": {"id": [TENANT_ID]}}), 403, "tenant"),
    "a conversation that is a list": (good_activity(channelData=[], conversation=[]), 403, "tenant"),
}


@pytest.mark.parametrize(("activity", "status", "code"), BAD_ACTIVITIES.values(), ids=BAD_ACTIVITIES.keys())
async def test_an_activity_that_does_not_fit_is_refused(
    service: Service, activity: dict[str, Any], status: int, code: str
) -> None:
    assert await service.post(json.dumps(activity).encode()) == (status, {"error": code})
    assert service.admitted == []


BAD_HOSTS = {
    "another host": ("https://teams.example.com/", "service_url_host"),
    "the allowed host as a prefix": ("https://smba.trafficmanager.net.example.com/", "service_url_host"),
    "the allowed host as a suffix": ("https://evilsmba.trafficmanager.net/", "service_url_host"),
    "a host that is exact only": ("https://a.smba.trafficmanager.net/", "service_url_host"),
    "the bare name of a suffix": ("https://teams.example.org/", "service_url_host"),
    "a suffix without its dot": ("https://evilteams.example.org/", "service_url_host"),
    "a dot at the end": ("https://smba.trafficmanager.net./", "service_url_host"),
    "loopback that is not listed": ("http://127.0.0.2/", "service_url_host"),
    "plain http to an allowed host": ("http://smba.trafficmanager.net/", "service_url_scheme"),
    "plain http to an allowed suffix": ("http://uk.teams.example.org/", "service_url_scheme"),
    "another scheme": ("ftp://smba.trafficmanager.net/", "service_url"),
    "no scheme": ("//smba.trafficmanager.net/", "service_url"),
    "user info": ("https://smba.trafficmanager.net@example.com/", "service_url"),
    "a password": ("https://smba.trafficmanager.net:x@example.com/", "service_url"),
    "a backslash": ("https://smba.trafficmanager.net\\@example.com/", "service_url"),
    "a query": ("https://smba.trafficmanager.net/?to=example.com", "service_url"),
    "a fragment": ("https://smba.trafficmanager.net/#example.com", "service_url"),
    "a line break": ("https://smba.trafficmanager.net/\n", "service_url"),
    "a space": (" https://smba.trafficmanager.net/", "service_url"),
    "a letter that looks alike": ("https://smbа.trafficmanager.net/", "service_url"),
    "no host": ("https:///uk/", "service_url"),
}


@pytest.mark.parametrize(("address", "code"), BAD_HOSTS.values(), ids=BAD_HOSTS.keys())
async def test_a_service_url_beyond_the_allow_list_is_refused_even_if_claimed(
    service: Service, address: str, code: str
) -> None:
    authorization = service.issuer.authorization(serviceurl=address)
    answer = await service.post(authorization=authorization, serviceUrl=address)
    assert answer == (403, {"error": code})
    assert service.admitted == []


# Headers and bodies

BAD_CONTENT_TYPES = [
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "*/*",
]


@pytest.mark.parametrize("content_type", BAD_CONTENT_TYPES)
async def test_another_content_type_is_refused(service: Service, content_type: str) -> None:
    answer = await service.post(headers={"Content-Type": content_type})
    assert answer == (415, {"error": "content_type"})
    assert service.admitted == []


async def test_a_missing_content_type_is_refused(service: Service) -> None:
    head = service.head(f"Authorization: {service.issuer.authorization()}", "Content-Length: 2")
    assert status_of(await service.send(head + b"{}")) == 415


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity", "gzip, gzip", "strange"])
async def test_an_encoded_body_is_refused(service: Service, encoding: str) -> None:
    body = gzip.compress(json.dumps(good_activity()).encode())
    head = service.good_head(f"Content-Encoding: {encoding}", f"Content-Length: {len(body)}")
    assert status_of(await service.send(head + body)) == 415
    assert service.admitted == []


@pytest.mark.parametrize("authorised", [True, False])
async def test_a_gzip_bomb_takes_no_memory(service: Service, authorised: bool) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    lines = ("Content-Encoding: gzip", f"Content-Length: {len(bomb)}")
    head = service.good_head(*lines) if authorised else service.head(*lines)
    tracemalloc.start()
    try:
        answer = await service.send(head + bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert status_of(answer) == (415 if authorised else 401)
    assert peak < 10_000_000


BAD_BODIES: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 400, "json"),
    "broken": (b'{"type": "message"', 400, "json"),
    "two documents": (b"{}{}", 400, "json"),
    "text": (b"hello", 400, "json"),
    "not a number": (b'{"type": NaN}', 400, "json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400, "json"),
    "not utf-8": (b'{"type": "\xff"}', 400, "json"),
    "utf-16": (json.dumps(good_activity()).encode("utf-16"), 400, "json"),
    "half a surrogate": (b'{"type": "\\ud800"}', 400, "json"),
    "a null byte": (b'{"type": "\x00"}', 400, "json"),
    "a number without end": (b'{"type": ' + b"9" * 100_000 + b"}", 400, "json"),
    "a list": (b"[]", 400, "not_an_object"),
    "a string": (b'"message"', 400, "not_an_object"),
    "null": (b"null", 400, "not_an_object"),
    "an empty object": (b"{}", 400, "activity_type"),
    "65 levels": (nested(65), 400, "json_depth"),
    "1,000 levels": (nested(1000), 400, "json_depth"),
    "200,000 lists deep": (b"[" * 200_000, 400, "json"),
    "200,000 levels, closed": (b"[" * 100_000 + b"]" * 100_000, 400, "json"),
    "40,000 objects deep": (b'{"a":' * 40_000, 400, "json"),
    "256 KiB and one byte": (padded(SIZE + 1), 413, "too_large"),
    "a megabyte": (padded(1024 * 1024), 413, "too_large"),
}


@pytest.mark.parametrize(("body", "status", "code"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_bad_body_is_refused(service: Service, body: bytes, status: int, code: str) -> None:
    assert await service.post(body) == (status, {"error": code})
    assert service.admitted == []


async def test_a_large_body_in_chunks_is_refused(service: Service) -> None:
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    raw = service.good_head("Transfer-Encoding: chunked") + chunk * 9 + b"0\r\n\r\n"
    assert status_of(await service.send(raw)) == 413
    assert service.admitted == []


async def test_a_body_that_is_too_large_is_refused_by_its_header_alone(service: Service) -> None:
    assert status_of(await service.send(service.good_head(f"Content-Length: {SIZE + 1}"))) == 413


MALFORMED_REQUESTS = {
    "a chunk of no size": ("Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n"),
    "a length in words": ("Content-Length: many", b"{}"),
    "a negative length": ("Content-Length: -2", b"{}"),
    "a header without a colon": ("Content-Length 2", b"{}"),
    "a header of 20,000 characters": ("X-Long: " + "x" * 20_000, b"{}"),
}


@pytest.mark.parametrize(("line", "body"), MALFORMED_REQUESTS.values(), ids=MALFORMED_REQUESTS.keys())
async def test_a_malformed_request_is_refused(service: Service, line: str, body: bytes) -> None:
    assert status_of(await service.send(service.good_head(line) + body)) == 400
    assert service.admitted == []


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
async def test_a_body_that_never_ends_is_refused(hasty_service: Service, framing: str) -> None:
    start = b"" if framing.startswith("Content") else b"1\r\n{\r\n"
    assert status_of(await hasty_service.send(hasty_service.good_head(framing) + start)) == 408
    assert hasty_service.admitted == []


async def test_a_body_that_trickles_is_refused(hasty_service: Service) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        for byte in json.dumps(good_activity()).encode():
            yield bytes([byte])
            await asyncio.sleep(0.02)

    headers = {"Authorization": hasty_service.issuer.authorization(), "Content-Type": "application/json"}
    async with hasty_service.client.post(hasty_service.url, data=trickle(), headers=headers) as response:
        assert response.status == 408
        assert await response.json() == {"error": "too_slow"}
    assert hasty_service.admitted == []


async def test_slow_bodies_keep_nobody_waiting(hasty_service: Service) -> None:
    head = hasty_service.good_head("Content-Length: 1000")
    slow = [asyncio.create_task(hasty_service.send(head)) for _ in range(20)]
    assert (await hasty_service.post())[0] == 200
    assert {status_of(answer) for answer in await asyncio.gather(*slow)} == {408}


async def test_a_client_that_leaves_halfway_is_no_fault(service: Service) -> None:
    with capture_logs() as logs:
        await service.send(service.good_head("Content-Length: 1000") + b'{"type"', then_close=True)
        assert (await service.post())[0] == 200
    assert len(service.admitted) == 1
    assert [entry for entry in logs if entry["log_level"] == "error"] == []


# How a refusal looks


async def test_a_refusal_is_a_code_and_a_correlation_id(service: Service) -> None:
    with capture_logs() as logs:
        async with service.client.post(service.url, data=b"{}") as response:
            content = await response.read()
            headers = response.headers
    assert json.loads(content) == {"error": "authorization_missing"}
    assert headers["WWW-Authenticate"] == "Bearer"
    assert logs == [
        {
            "event": "request refused",
            "code": "authorization_missing",
            "correlation_id": headers[CORRELATION_HEADER],
            "log_level": "warning",
        }
    ]


async def test_each_refusal_has_a_correlation_id_of_its_own(service: Service) -> None:
    ids = set()
    for _ in range(3):
        async with service.client.post(service.url, headers={CORRELATION_HEADER: "forged"}) as response:
            ids.add(response.headers[CORRELATION_HEADER])
    assert len(ids) == 3
    assert "forged" not in ids


async def test_a_refusal_logs_nothing_that_was_sent(service: Service) -> None:
    token = service.issuer.token()
    with capture_logs() as logs:
        await service.post(authorization=f"Bearer {token}", channelId="canary", text="canary")
        await service.post(b"canary", authorization=f"Bearer {token}")
    assert [entry["code"] for entry in logs if entry["event"] == "request refused"] == ["channel", "json"]
    assert "canary" not in str(logs)
    assert token not in str(logs)


async def test_the_correlation_id_of_the_request_is_kept() -> None:
    @web.middleware
    async def correlated(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        with structlog.contextvars.bound_contextvars(correlation_id="abc"):
            return await handler(request)

    async def refuse(_: web.Request) -> web.Response:
        raise Forbidden("tenant")

    app = web.Application(middlewares=[correlated, refusals])
    app.router.add_post("/", refuse)
    runner, port = await serve(app)
    async with aiohttp.ClientSession() as client, client.post(f"http://127.0.0.1:{port}/") as response:
        assert response.status == 403
        assert response.headers[CORRELATION_HEADER] == "abc"
        assert "WWW-Authenticate" not in response.headers
    await runner.cleanup()


async def test_a_refusal_after_the_body_keeps_the_connection(service: Service) -> None:
    async with service.client.post(service.url, data=b"[]", headers=json_by(service)) as response:
        assert response.status == 400
        assert response.headers.get("Connection") != "close"


async def test_a_refusal_before_the_body_closes_the_connection(service: Service) -> None:
    head = service.good_head(f"Content-Length: {SIZE + 1}").replace(b"Connection: close\r\n", b"")
    answer = await service.send(head)
    assert b"connection: close" in answer.lower()


def json_by(service: Service) -> dict[str, str]:
    return {"Authorization": service.issuer.authorization(), "Content-Type": "application/json"}


# The local door

LOCAL_URL = "http://localhost:56150/_connector"


async def test_local_mode_needs_no_token(local_service: Service) -> None:
    status, _ = await local_service.post(authorization=None, serviceUrl=LOCAL_URL)
    assert status == 200
    assert local_service.admitted == [Admitted(good_activity(serviceUrl=LOCAL_URL), None)]


LOCAL_REFUSALS: dict[str, tuple[dict[str, str], dict[str, Any], int, str]] = {
    "a service URL elsewhere": ({}, {"serviceUrl": SERVICE_URL}, 403, "service_url_host"),
    "a service URL that looks local": (
        {},
        {"serviceUrl": "http://localhost.example.org/"},
        403,
        "service_url_host",
    ),
    "no service URL": ({}, {"serviceUrl": None}, 403, "service_url"),
    "another channel": ({}, {"channelId": "emulator"}, 403, "channel"),
    "no type": ({}, {"type": None}, 400, "activity_type"),
    "text": ({"Content-Type": "text/plain"}, {}, 415, "content_type"),
    "a proxy": ({"X-Forwarded-For": "203.0.113.9"}, {}, 403, "not_local"),
    "a standard proxy": ({"Forwarded": "for=203.0.113.9"}, {}, 403, "not_local"),
    **{
        f"a proxy that says {name}": ({name: value}, {}, 403, "not_local")
        for name, value in (
            ("Via", "1.1 gateway"),
            ("X-Forwarded-Proto", "https"),
            ("x-forwarded-port", "443"),
            ("X-Real-IP", "203.0.113.9"),
            ("X-Client-IP", "203.0.113.9"),
            ("True-Client-IP", "203.0.113.9"),
            ("CF-Connecting-IP", "203.0.113.9"),
            ("X-Original-For", "203.0.113.9"),
        )
    },
    "a rebound name": ({"Host": "attacker.example.org"}, {}, 403, "not_local"),
    "a broken name": ({"Host": "localhost:port"}, {}, 403, "not_local"),
    "no name": ({"Host": ""}, {}, 403, "not_local"),
}


@pytest.mark.parametrize(
    ("headers", "changed", "status", "code"), LOCAL_REFUSALS.values(), ids=LOCAL_REFUSALS.keys()
)
async def test_local_mode_refuses_what_is_not_local(
    local_service: Service, headers: dict[str, str], changed: dict[str, Any], status: int, code: str
) -> None:
    activity = {"serviceUrl": LOCAL_URL} | changed
    answer = await local_service.post(authorization=None, headers=headers, **activity)
    assert answer == (status, {"error": code})
    assert local_service.admitted == []


@pytest.mark.parametrize("peer", [("10.0.0.5", 5000), ("203.0.113.9", 80), ("", 0), None])
def test_local_mode_refuses_every_other_machine(peer: tuple[str, int] | None) -> None:
    with pytest.raises(Forbidden, match="not_local"):
        check_local(request_from(peer, "localhost:3978"))


@pytest.mark.parametrize("host", ["localhost:3978", "127.0.0.1:3978", "[::1]:3978"])
@pytest.mark.parametrize("peer", [("127.0.0.1", 5000), ("::1", 5000, 0, 0), ("::ffff:127.0.0.1", 5000, 0, 0)])
def test_local_mode_serves_this_machine(peer: tuple[Any, ...], host: str) -> None:
    check_local(request_from(peer, host))


def request_from(peer: tuple[Any, ...] | None, host: str) -> web.Request:
    transport = FakeTransport(peer)
    return make_mocked_request("POST", "/", headers={"Host": host}, transport=transport)


class FakeTransport:
    def __init__(self, peer: tuple[Any, ...] | None) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._peer if name == "peername" else default


# Doors that cannot be made


@pytest.mark.parametrize("tenant", ["", " ", "\n"])
async def test_a_door_without_a_tenant_cannot_be_made(service: Service, tenant: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        Door(TokenVerifier(APP_ID, service.keys), tenant_id=tenant, service_url_hosts=HOSTS)


async def test_a_door_without_an_app_id_cannot_be_made(service: Service) -> None:
    with pytest.raises(ValueError, match="app id"):
        Door(TokenVerifier("", service.keys), tenant_id=TENANT_ID, service_url_hosts=HOSTS)


def test_a_door_without_a_verifier_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="verifier"):
        Door(None, tenant_id=TENANT_ID, service_url_hosts=HOSTS)  # type: ignore[arg-type]


BAD_LISTS = [
    [],
    [""],
    ["*"],
    ["*.example.org"],
    ["."],
    [".org"],
    ["https://example.org"],
    ["example.org:443"],
]


@pytest.mark.parametrize("hosts", BAD_LISTS, ids=str)
async def test_a_door_without_a_sound_allow_list_cannot_be_made(service: Service, hosts: list[str]) -> None:
    with pytest.raises(ValueError, match="hosts"):
        Door(TokenVerifier(APP_ID, service.keys), tenant_id=TENANT_ID, service_url_hosts=hosts)


# The small parts


def test_the_tenants_are_taken_from_where_teams_puts_them() -> None:
    activity = good_activity(channelData={"tenant": {"id": "A"}}, conversation={"tenantId": "B"})
    assert tenants_of(activity) == {"a", "b"}
    assert tenants_of(activity | {"channelData": None}) == {"b"}
    assert tenants_of({}) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example.org/uk/", "https://A.example.org/uk"),
        ("HTTPS://a.example.org", "https://a.example.org/"),
        ("https://a.example.org:443/", "https://a.example.org/"),
        ("http://a.example.org:80/", "http://a.example.org/"),
        ("http://[::1]:80", "http://[::1]/"),
    ],
)
def test_service_urls_that_mean_the_same_are_the_same(one: str, other: str) -> None:
    assert parse_service_url(one) == parse_service_url(other) is not None


def test_service_urls_that_differ_in_path_or_its_case_are_not_the_same() -> None:
    urls = ["https://a.example.org/uk", "https://a.example.org/UK", "https://a.example.org/uk/x"]
    assert len({parse_service_url(url) for url in urls}) == 3


@pytest.mark.parametrize(
    ("value", "depth"),
    [("text", 0), ([], 1), ({}, 1), ([1, "a", None], 1), ({"a": [{}]}, 3), ([[], [[]]], 3)],
)
def test_depth_is_the_number_of_levels(value: object, depth: int) -> None:
    assert not is_deeper(value, depth)
    assert depth == 0 or is_deeper(value, depth - 1)


def test_an_admitted_activity_cannot_be_exchanged() -> None:
    admitted = Admitted(good_activity(), VerifiedToken(SERVICE_URL, 0.0))
    with pytest.raises(AttributeError):
        admitted.activity = {}  # type: ignore[misc]
