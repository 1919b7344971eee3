"""What a request must be before anything else of the service sees it."""

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import orjson
import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.teams.signing_keys import is_loopback
from bot.teams.tokens import (
    CHANNEL,
    Forbidden,
    Refused,
    TokenVerifier,
    Unauthorised,
    VerifiedToken,
)
from tasking.settings_rules import HOST_ENTRY

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CORRELATION_HEADER = "X-Correlation-ID"

# For the AppRunner: a refused body is neither inflated nor waited for, and nobody stays without a word.
RUNNER_LIMITS: Mapping[str, Any] = {
    "auto_decompress": False,
    "lingering_time": 2.0,
    "keepalive_timeout": 75.0,
}

_FORWARDED = re.compile(
    r"forwarded|via|x-forwarded-.*|x-original-.*|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip",
    re.IGNORECASE,
)
"""Headers that a proxy or a tunnel adds, and nobody on this machine."""
_SERVICE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?P<path>/[!-~]*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large (bytes), how slow (seconds until complete) and how deeply nested a body may be."""

    size: int = 256 * 1024
    seconds: float = 10.0
    depth: int = 64


@dataclass(frozen=True, slots=True)
class Admitted:
    """An activity that may be handled; its token is None in local mode alone."""

    activity: dict[str, Any]
    token: VerifiedToken | None


@dataclass(frozen=True, slots=True)
class ServiceUrl:
    """A service URL with those differences removed that make no difference."""

    scheme: str
    host: str
    port: int
    path: str


class Admission(Protocol):
    """Either door: turns a request into an admitted activity or raises Refused."""

    async def admit(self, request: web.Request) -> Admitted: ...


class Door:
    """The door of production: a verified token first, then the body, then whether the two agree."""

    def __init__(
        self,
        verifier: TokenVerifier,
        *,
        tenant_id: str,
        service_url_hosts: Iterable[str],
        limits: Limits | None = None,
    ) -> None:
        """`service_url_hosts` holds exact hosts, or suffixes that begin with a dot.

        Raise ValueError when anything that the door decides by is missing or cannot be understood.
        """
        if verifier is None or not tenant_id.strip():
            raise ValueError("the door needs a token verifier and a tenant")
        self._verifier = verifier
        self._tenant_id = tenant_id.strip().lower()
        self._hosts, self._suffixes = _allow_list(service_url_hosts)
        self._limits = limits or Limits()

    async def admit(self, request: web.Request) -> Admitted:
        """Return the activity and its token; raise Refused before anything was read that was not proved."""
        token = await self._verifier.verify(_authorization(request))
        activity = await read_activity(request, self._limits)
        check_kind(activity)
        self._check_service_url(activity, token)
        if tenants_of(activity) != {self._tenant_id}:
            raise Forbidden("tenant")
        return Admitted(activity, token)

    def _check_service_url(self, activity: dict[str, Any], token: VerifiedToken) -> None:
        url = _service_url_of(activity)
        if url != parse_service_url(token.service_url):
            raise Forbidden("service_url_claim")
        if url.host not in self._hosts and not url.host.endswith(self._suffixes):
            raise Forbidden("service_url_host")
        if url.scheme != "https" and not is_loopback(url.host):
            raise Forbidden("service_url_scheme")


class LocalDoor:
    """The door of local mode: no token, but nobody and nothing from beyond this machine."""

    def __init__(self, *, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    async def admit(self, request: web.Request) -> Admitted:
        """Return the activity of a request that came from loopback and is answered on loopback."""
        check_local(request)
        activity = await read_activity(request, self._limits)
        check_kind(activity)
        if not is_loopback(_service_url_of(activity).host):
            raise Forbidden("service_url_host")
        return Admitted(activity, None)


def check_local(request: web.Request) -> None:
    """Raise Forbidden unless the peer is this machine, speaks to it by a local name and is no proxy."""
    if not is_loopback(request.remote or ""):
        raise Forbidden("not_local")
    # A tunnel or a proxy connects from loopback too, and a rebound DNS name brings its own Host.
    if any(map(_FORWARDED.fullmatch, request.headers)):
        raise Forbidden("not_local")
    if not is_loopback(_addressed_host(request)):
        raise Forbidden("not_local")


def _addressed_host(request: web.Request) -> str:
    try:
        return (request.url.host or "").lower()
    except ValueError:
        return ""


def check_kind(activity: dict[str, Any]) -> None:
    """Raise unless this is an activity of some type, from Teams."""
    kind = activity.get("type")
    if not isinstance(kind, str) or not kind:
        raise Refused(400, "activity_type")
    if activity.get("channelId") != CHANNEL:
        raise Forbidden("channel")


def tenants_of(activity: dict[str, Any]) -> set[str | None]:
    """The tenant ids in lower case, where Teams puts it and where the conversation has it; None for nonsense.

    Both are the tenant that the conversation belongs to: a guest's own stands in neither.
    """
    places = (
        _part(_part(activity, "channelData"), "tenant").get("id"),
        _part(activity, "conversation").get("tenantId"),
    )
    return {each.lower() if isinstance(each, str) else None for each in places if each}


def _part(parent: dict[str, Any], name: str) -> dict[str, Any]:
    part = parent.get(name)
    return part if isinstance(part, dict) else {}


def _service_url_of(activity: dict[str, Any]) -> ServiceUrl:
    address = activity.get("serviceUrl")
    url = parse_service_url(address) if isinstance(address, str) else None
    if url is None:
        raise Forbidden("service_url")
    return url


@lru_cache(maxsize=256)
def parse_service_url(address: str) -> ServiceUrl | None:
    """Read a service URL; None for anything with user info, a query, a fragment or odd characters."""
    found = _SERVICE_URL.fullmatch(address)
    if found is None or re.search(r"[?#@\\]", address):
        return None
    scheme = found["scheme"].lower()
    port = int(found["port"] or (443 if scheme == "https" else 80))
    return ServiceUrl(scheme, found["host"].lower().strip("[]"), port, (found["path"] or "").rstrip("/"))


def service_url_check(entries: Iterable[str]) -> Callable[[str], bool]:
    """Whether a service URL may be answered: a host on the allow-list, https beyond loopback.

    The same rule for sending as the door has for receiving. Raise ValueError for an empty or odd list.
    """
    hosts, suffixes = _allow_list(entries)

    def allowed(address: str) -> bool:
        url = parse_service_url(address)
        if url is None or (url.host not in hosts and not url.host.endswith(suffixes)):
            return False
        return url.scheme == "https" or is_loopback(url.host)

    return allowed


def is_local_service_url(address: str) -> bool:
    """Whether a service URL stays on this machine: all that local mode may answer."""
    url = parse_service_url(address)
    return url is not None and is_loopback(url.host)


def _allow_list(entries: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    allowed = [entry.strip().lower() for entry in entries]
    if not allowed or not all(HOST_ENTRY.fullmatch(entry) for entry in allowed):
        raise ValueError("the allowed service URL hosts must be host names, or suffixes such as .example.org")
    suffixes = tuple(entry for entry in allowed if entry.startswith("."))
    return frozenset(allowed) - frozenset(suffixes), suffixes


def _authorization(request: web.Request) -> str | None:
    values = request.headers.getall("Authorization", [])
    if len(values) > 1:
        raise Unauthorised("authorization_malformed")
    return values[0] if values else None


async def read_activity(request: web.Request, limits: Limits) -> dict[str, Any]:
    """Read the body of a request as a JSON object within the limits; raise Refused otherwise."""
    _check_headers(request, limits)
    body = await _read_body(request, limits)
    try:
        activity = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(400, "json") from None
    if not isinstance(activity, dict):
        raise Refused(400, "not_an_object")
    if b"\\u0000" in body:  # PostgreSQL cannot store it, and nobody types it
        raise Refused(400, "json_nul")
    # Counting brackets is cheap and settles it for nearly every body; strings can only add to the count.
    if body.count(b"{") + body.count(b"[") > limits.depth and is_deeper(activity, limits.depth):
        raise Refused(400, "json_depth")
    return activity


def _check_headers(request: web.Request, limits: Limits) -> None:
    if request.content_type != "application/json":
        raise Refused(415, "content_type")
    if "Content-Encoding" in request.headers:
        raise Refused(415, "content_encoding")
    if (request.content_length or 0) > limits.size:
        raise Refused(413, "too_large")


async def _read_body(request: web.Request, limits: Limits) -> bytes:
    try:
        if request.content.is_eof():  # it has come with its headers, as nearly all do: no clock is needed
            return await _read_up_to(request, limits.size)
        async with asyncio.timeout(limits.seconds):
            return await _read_up_to(request, limits.size)
    except TimeoutError:
        raise Refused(408, "too_slow") from None
    except (HttpProcessingError, web.RequestPayloadError, ConnectionError):
        raise Refused(400, "body") from None


async def _read_up_to(request: web.Request, size: int) -> bytes:
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > size:
            raise Refused(413, "too_large")
    return bytes(body)


def is_deeper(value: object, depth: int) -> bool:
    """Whether containers are nested more than `depth` deep, level by level so that no stack can overflow."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        level = [child for parent in level for child in _containers_in(parent)]
        if not level:
            return False
    return bool(level)


def _containers_in(parent: dict[str, Any] | list[Any]) -> list[dict[str, Any] | list[Any]]:
    children = parent.values() if isinstance(parent, dict) else parent
    return [child for child in children if isinstance(child, dict | list)]


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refusal with its status, its code and a correlation id, and with nothing else."""
    try:
        return await handler(request)
    except Refused as refusal:
        return _answer(request, refusal)


def _answer(request: web.Request, refusal: Refused) -> web.Response:
    bound = structlog.contextvars.get_contextvars().get("correlation_id")
    correlation_id = str(bound or uuid.uuid4())
    log.warning("request refused", code=refusal.code, correlation_id=correlation_id)
    headers = {CORRELATION_HEADER: correlation_id}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    response = web.json_response({"error": refusal.code}, status=refusal.status, headers=headers)
    if not request.content.is_eof():
        response.force_close()
    return response
