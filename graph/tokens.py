"""Bearer tokens for Graph, from whichever credential `app` passes in."""

import asyncio
from urllib.parse import urlsplit

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError

from graph.problems import TOKEN
from tasking.ports import DeliveryProblem, NotSent, Refused
from tasking.settings_rules import LOOPBACK

TOKEN_TIMEOUT = 8.0
"""Seconds to wait for the identity service."""


class Tokens:
    """One credential's tokens for one Graph; the credential caches them and renews them in time."""

    def __init__(self, credential: AsyncTokenCredential, base_url: str) -> None:
        self._credential = credential
        self._scope = scope_for(base_url)
        self._one_at_a_time = asyncio.Lock()

    async def bearer(self) -> str:
        """The value of an Authorization header; raises `NotSent` or `Refused`, with code `graph-token`."""
        try:
            async with asyncio.timeout(TOKEN_TIMEOUT), self._one_at_a_time:
                token = await self._credential.get_token(self._scope)
        # Whatever a credential raises, there is no token; what it cannot read of an answer is a ValueError.
        except Exception as error:
            raise _problem(error) from error
        return f"Bearer {token.token}"


def scope_for(base_url: str) -> str:
    """The scope that a token for this Graph needs; a stand-in on loopback takes the public cloud's."""
    host = urlsplit(base_url).hostname
    return f"https://{'graph.microsoft.com' if host in LOOPBACK else host}/.default"


def _problem(error: Exception) -> DeliveryProblem:
    response = error.response if isinstance(error, HttpResponseError) else None
    refused = response is not None and response.status_code in (400, 401, 403)
    return Refused(TOKEN) if refused else NotSent(TOKEN)
