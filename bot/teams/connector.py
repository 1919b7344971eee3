"""Teams' connector service as botframework sees it: one client per service URL, one transport for all."""

from collections import OrderedDict
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from botframework.connector.aio import ConnectorClient
from botframework.connector.aiohttp_bf_pipeline import AsyncBfPipeline
from msrest.pipeline import SansIOHTTPPolicy
from msrest.universal_http.requests import ClientRetryPolicy

from bot.teams.access_tokens import AccessTokens, TokenCredential
from bot.teams.connector_sender import ConnectorSender
from tasking.ports import RefusedAnyway

CONCURRENCY = 16
TIMEOUT_SECONDS = 10.0
MOST_CLIENTS = 32

# Building a client evaluates msrest's retry policy, which looks up a thousand codes in a list.
ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)  # type: ignore[assignment]


class Connector:
    """Botframework's conversation calls for each service URL, with the bot's own token.

    Use it as an async context manager, or call `close`. Failures of a call are SendFailures
    (`bot.teams.send_problems`); nothing is retried here.
    """

    def __init__(
        self,
        *,
        allowed: Callable[[str], bool],
        credential: TokenCredential | None,
        concurrency: int = CONCURRENCY,
        timeout: float = TIMEOUT_SECONDS,
        most_clients: int = MOST_CLIENTS,
    ) -> None:
        """Must be made while the event loop runs.

        `allowed` says whether a service URL may be sent to, and with it the token. Without a `credential`
        (local mode) no token is sent. `timeout` is in seconds, for each call; `concurrency` is for all.
        """
        self._allowed = allowed
        self._tokens = AccessTokens(credential) if credential else None
        self._sender = ConnectorSender(self._tokens, concurrency=concurrency, timeout=timeout)
        self._most_clients = most_clients
        self._clients: OrderedDict[str, Any] = OrderedDict()

    def conversations(self, service_url: str) -> Any:
        """Botframework's ConversationsOperations there; raise Refused for an address not allowed."""
        # msrest fills in everything in braces, in the base address too.
        if not self._allowed(service_url) or "{" in service_url or "}" in service_url:
            raise RefusedAnyway("service_url_not_allowed")
        address = service_url.rstrip("/")
        client = self._clients.pop(address, None) or self._client(address)
        self._clients[address] = client
        if len(self._clients) > self._most_clients:
            self._clients.popitem(last=False)
        return client.conversations

    async def close(self) -> None:
        """Close the connections. The credential belongs to the caller."""
        if self._tokens:
            await self._tokens.close()
        await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _client(self, address: str) -> Any:
        # The sender adds the token: a policy that did would be asked to before it knew one.
        return ConnectorClient(
            SansIOHTTPPolicy(), base_url=address, pipeline_type=AsyncBfPipeline, sender=self._sender
        )
