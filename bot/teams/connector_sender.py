"""Carries msrest's requests to Teams' connector over aiohttp, in place of its blocking requests and retries.

Every failure leaves here as a SendFailure, through msrest untouched: nothing depends on how msrest or
botframework would have described it, and nothing is sent twice.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from msrest.pipeline import Request, Response
from msrest.pipeline.async_abc import AsyncHTTPSender
from msrest.universal_http import ClientRequest
from msrest.universal_http.async_abc import AsyncClientResponse
from yarl import URL

from bot.teams.access_tokens import AccessTokens
from bot.teams.send_problems import NeverLeft, NoAnswer, bad_answer

# Shorter than servers keep an idle connection (Node: 5 s), so that no post meets one that is just closing.
_KEEP_ALIVE_SECONDS = 4.0


class ConnectorAnswer(AsyncClientResponse):
    """A success as msrest wants to see it: a body is a JSON object, or it is nothing."""

    def __init__(self, request: ClientRequest, status: int, body: bytes) -> None:
        super().__init__(request, None)
        self.status_code = status
        self.headers = {"content-type": "application/json"}
        self._text = body.decode() if _is_object(body) else ""

    def text(self, encoding: str | None = None) -> str:
        """The JSON text; empty where the body was anything else."""
        return self._text


class ConnectorSender(AsyncHTTPSender[ClientRequest, ConnectorAnswer]):
    """Sends up to `concurrency` requests at a time, each once, within `timeout` seconds.

    Must be made while the event loop runs. Whoever hands requests in vouches for their addresses: they are
    sent with the bot's token (none where `tokens` is None), and redirects are never followed.
    """

    def __init__(self, tokens: AccessTokens | None, *, concurrency: int, timeout: float) -> None:
        self._tokens = tokens
        self._turns = asyncio.Semaphore(concurrency)
        # A separate limit for connecting, so that a connection that never came about is known as such.
        self._session = ClientSession(
            connector=TCPConnector(limit=concurrency, keepalive_timeout=_KEEP_ALIVE_SECONDS),
            timeout=ClientTimeout(total=timeout, connect=timeout / 2),
            cookie_jar=DummyCookieJar(),
        )

    async def send(self, request: Request[ClientRequest], **config: Any) -> Response[ClientRequest, Any]:
        """Send one request; raise a SendFailure unless the answer is a success."""
        async with self._turns:
            answer = await self._exchange(request.http_request)
        return Response(request, answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def __aexit__(self, *exc_details: object) -> None:
        await self.close()

    async def _exchange(self, request: ClientRequest) -> ConnectorAnswer:
        token = await self._tokens.token() if self._tokens else None
        status, headers, body = await self._transfer(request, token)
        if 200 <= status < 300:
            return ConnectorAnswer(request, status, body)
        if status == 401 and self._tokens and token:
            self._tokens.forget(token)
        raise bad_answer(status, body, headers, datetime.now(UTC))

    async def _transfer(
        self, request: ClientRequest, token: str | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {**request.headers, "Authorization": f"Bearer {token}"} if token else request.headers
        # The path is quoted already; quoting it again would change the ids in it.
        url = URL(request.url, encoded=True)
        try:
            async with self._session.request(
                request.method, url, data=request.data, headers=headers, allow_redirects=False
            ) as response:
                return response.status, response.headers, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NeverLeft("no_connection") from None
        except TimeoutError:
            raise NoAnswer("timeout") from None
        except (aiohttp.ClientError, OSError):
            raise NoAnswer("connection_lost") from None


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(orjson.loads(body), dict)
    except orjson.JSONDecodeError:
        return False
