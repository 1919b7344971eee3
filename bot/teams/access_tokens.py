"""The bot's own token for Teams' connector: fetched once, shared by every send, renewed in good time."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from bot.teams.send_problems import NeverLeft

log = structlog.get_logger()

CONNECTOR_SCOPE = "https://api.botframework.com/.default"
RENEW_AHEAD_SECONDS = 600.0
LONGEST_SECONDS = 24 * 3600.0
"""A token that says that it lasts longer is renewed by then."""
PAUSE_SECONDS = 30.0
FETCH_TIMEOUT_SECONDS = 10.0


class IssuedToken(Protocol):
    """A token and when it ends, in seconds since the epoch, UTC."""

    @property
    def token(self) -> str: ...

    @property
    def expires_on(self) -> int: ...


class TokenCredential(Protocol):
    """What is used of an `azure.identity.aio` credential."""

    async def get_token(self, *scopes: str) -> IssuedToken: ...


class AccessTokens:
    """An asynchronous cache of one credential's token for one scope.

    A fetch never runs twice at once and takes at most `timeout` seconds. Shortly before the token ends it is
    renewed behind the scenes, at most once in `pause` seconds, while the old one is still used.
    """

    def __init__(
        self,
        credential: TokenCredential,
        *,
        scope: str = CONNECTOR_SCOPE,
        now: Callable[[], float] = time.time,
        ahead: float = RENEW_AHEAD_SECONDS,
        pause: float = PAUSE_SECONDS,
        timeout: float = FETCH_TIMEOUT_SECONDS,
    ) -> None:
        """`now` tells seconds since the epoch. The credential belongs to the caller, who closes it."""
        self._credential = credential
        self._scope = scope
        self._now = now
        self._ahead = ahead
        self._pause = pause
        self._timeout = timeout
        self._issued: IssuedToken | None = None
        self._ends = 0.0
        self._renew_from = 0.0
        self._fetching: asyncio.Task[IssuedToken | None] | None = None

    async def token(self) -> str:
        """A token that holds now; raise NeverLeft where none can be had."""
        issued = self._issued
        if issued is None or self._ends <= self._now():
            issued = await self._fetched()
        elif self._now() >= self._renew_from:
            self._begin_fetch()
        return issued.token

    def forget(self, token: str) -> None:
        """Drop the cached token, if it is this one: the connector no longer takes it."""
        if self._issued is not None and self._issued.token == token:
            self._issued = None

    async def close(self) -> None:
        """Stop a fetch that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    async def _fetched(self) -> IssuedToken:
        task = self._begin_fetch()
        # wait() leaves the shared fetch running when one of those waiting for it is cancelled.
        await asyncio.wait([task])
        issued = None if task.cancelled() else task.result()
        if issued is None:
            raise NeverLeft("token_unavailable")
        return issued

    def _begin_fetch(self) -> asyncio.Task[IssuedToken | None]:
        if self._fetching is None:
            self._renew_from = self._now() + self._pause
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._fetch_ended)
        return self._fetching

    def _fetch_ended(self, _: asyncio.Task[IssuedToken | None]) -> None:
        self._fetching = None

    async def _fetch(self) -> IssuedToken | None:
        try:
            async with asyncio.timeout(self._timeout):
                issued = await self._credential.get_token(self._scope)
        # Whatever a credential raises, it means the same here: there is no token to send with.
        except Exception as failure:
            log.warning("connector token not fetched", reason=type(failure).__name__)
            return None
        self._issued, self._ends = issued, _end_of(issued, self._now())
        self._renew_from = max(self._renew_from, self._ends - self._ahead)
        return issued


def _end_of(issued: IssuedToken, now: float) -> float:
    """When a token ends; where it says nothing of use, it holds for the request that it was fetched for."""
    try:
        end = float(issued.expires_on)
    except (TypeError, ValueError, OverflowError):
        return now
    return now if math.isnan(end) else min(end, now + LONGEST_SECONDS)
