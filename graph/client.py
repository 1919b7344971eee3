"""One client for Graph: the SDK builds the requests, we read bytes and parse them ourselves.

The SDK's models are left alone: the first parse through them costs seconds of blocking CPU.
Its retries are off: they repeat a POST whose answer was lost, which makes two rows.
"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from azure.core.credentials_async import AsyncTokenCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication.anonymous_authentication_provider import (
    AnonymousAuthenticationProvider,
)
from kiota_http.middleware.options import RedirectHandlerOption, RetryHandlerOption
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

from graph.faults import GraphFault
from graph.problems import NOT_FOUND, UNREADABLE, problem_of_exception, problem_of_status, unclear
from graph.sdk import GraphRequestAdapter, GraphServiceClient, RequestInformation, telemetry_options
from graph.tokens import Tokens
from tasking.settings_rules import is_encrypted_or_here

PUBLIC_GRAPH = "https://graph.microsoft.com/v1.0"
TIMEOUT = 10.0
CONNECT_TIMEOUT = 5.0

Json = dict[str, Any]

_FAULTS: Any = {"404": GraphFault}


class GraphClient:
    """Sends the SDK's requests; every failure is a `DeliveryProblem`. Close it when done."""

    def __init__(
        self,
        base_url: str = PUBLIC_GRAPH,
        credential: AsyncTokenCredential | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """`credential` None sends no token (the local Graph); `timeout` is in seconds."""
        self.base_url = checked_base_url(base_url)
        self._timeout = timeout
        self._tokens = Tokens(credential, self.base_url) if credential else None
        self._transport = httpx.AsyncHTTPTransport()
        http = _piped(self._transport, timeout)
        self._adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), http)
        self._adapter.base_url = self.base_url
        self.sdk = GraphServiceClient(request_adapter=self._adapter)

    async def read(self, request: RequestInformation, missing: str, said_as: str = "") -> Json:
        """The JSON object that a GET answers; `missing` is the code of the `Refused` for a 404.

        `said_as`: only a 404 with this error code in its body; any other is `NOT_FOUND`.
        """
        return await self._exchange(request, False, missing, said_as)

    async def change(self, request: RequestInformation, body: Json, missing: str) -> Json:
        """The JSON object that a POST answers; raises `Unclear` where it was perhaps carried out."""
        request.set_stream_content(orjson.dumps(body), "application/json")
        return await self._exchange(request, True, missing)

    def is_ours(self, link: str) -> bool:
        """Whether a link leads to this Graph: our token goes nowhere else."""
        return _origin(link) == _origin(self.base_url)

    async def close(self) -> None:
        """Close the connections; the credential stays with whoever made it."""
        await self._transport.aclose()  # the SDK's pipeline around it does not pass a close on

    async def _exchange(
        self, request: RequestInformation, changes: bool, missing: str, said_as: str = ""
    ) -> Json:
        if self._tokens:  # before the clock starts: without a token nothing can have been sent
            request.headers.add("Authorization", await self._tokens.bearer())
        try:
            async with asyncio.timeout(self._timeout):
                content = await self._adapter.send_primitive_async(
                    request, "bytes", _FAULTS if said_as else {}
                )
        except APIError as error:
            status, headers = error.response_status_code or 0, error.response_headers or {}
            is_meant = not said_as or (isinstance(error, GraphFault) and error.graph_code == said_as)
            raise problem_of_status(status, headers, changes, missing if is_meant else NOT_FOUND) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise problem_of_exception(error, changes) from error
        return _parsed(content, changes)


def checked_base_url(url: str) -> str:
    """A Graph address with its version; raises `ValueError` for plain http beyond loopback."""
    parts = urlsplit(url)
    if not is_encrypted_or_here(parts):
        raise ValueError("the Graph address must be https (plain http only on loopback)")
    return url.rstrip("/") if parts.path.strip("/") else f"{url.rstrip('/')}/v1.0"


def _piped(transport: httpx.AsyncBaseTransport, timeout: float) -> httpx.AsyncClient:
    """The SDK's pipeline over one transport; with a transport of our own no proxy of the machine is asked."""
    timeouts = httpx.Timeout(timeout, connect=CONNECT_TIMEOUT, pool=CONNECT_TIMEOUT)
    piped: httpx.AsyncClient = GraphClientFactory.create_with_default_middleware(
        client=httpx.AsyncClient(transport=transport, timeout=timeouts),
        options={
            **telemetry_options,
            RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=0, should_retry=False),
            RedirectHandlerOption.get_key(): RedirectHandlerOption(should_redirect=False),
        },
    )
    return piped


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None


def _parsed(content: object, changes: bool) -> Json:
    try:
        parsed = orjson.loads(content) if isinstance(content, bytes) else None
    except orjson.JSONDecodeError as error:
        raise unclear(UNREADABLE, changes) from error
    if not isinstance(parsed, dict):
        raise unclear(UNREADABLE, changes)
    return parsed
