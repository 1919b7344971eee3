"""The channel's signing keys: fetched without blocking, cached, and kept while their server is away."""

import asyncio
import ipaddress
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import aiohttp
import orjson
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError
from yarl import URL

log = structlog.get_logger()
T = TypeVar("T")

MINIMUM_KEY_BITS = 2048
MAX_AGE_SECONDS = 24 * 60 * 60.0
PAUSE_SECONDS = 10.0
FETCH_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One public key of the channel, and the channel ids it may speak for."""

    public: PyJWK
    endorsements: frozenset[str]


class SigningKeys:
    """An asynchronous cache of the keys that an OpenID metadata document points to.

    Times are seconds of the monotonic `clock`. A fetch never runs twice at once, takes at most `timeout`,
    and one that brought nothing new is followed by a pause, so that made-up key ids cannot turn this
    service into a flood upon the key server.
    """

    def __init__(
        self,
        openid_url: str,
        session: aiohttp.ClientSession,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_age: float = MAX_AGE_SECONDS,
        pause: float = PAUSE_SECONDS,
        timeout: float = FETCH_TIMEOUT_SECONDS,
    ) -> None:
        """Raise ValueError for an address that is neither https nor on loopback."""
        self._openid_url = _trustworthy(openid_url)
        self._session = session
        self._clock = clock
        self._max_age = max_age
        self._pause = pause
        self._timeout = timeout
        self._keys: dict[str, SigningKey] = {}
        self._published: list[Any] = []
        self._fetched_at = 0.0
        self._quiet_until = float("-inf")
        self._fetching: asyncio.Task[bool] | None = None
        self.generation = 0

    @property
    def loaded(self) -> bool:
        """Whether any key is known; until then no token can be verified."""
        return bool(self._keys)

    async def warm(self) -> bool:
        """Fetch the keys ahead of the first request; say whether there are any. Never raises."""
        if await self._fetch():
            self._end_pause()
        return self.loaded

    async def find(self, key_id: str) -> SigningKey | None:
        """Return the key of that id, asking the key server once if it is not known."""
        self.refresh_if_old()
        if key_id not in self._keys:
            await self._fetch()
            if key_id in self._keys:
                self._end_pause()
        return self._keys.get(key_id)

    def refresh_if_old(self) -> None:
        """Start a fetch behind the scenes when the keys are older than `max_age`; they serve meanwhile."""
        if self._keys and self._clock() - self._fetched_at > self._max_age:
            self._begin_fetch()

    async def close(self) -> None:
        """Stop a fetch that is under way. The session belongs to the caller."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    def _end_pause(self) -> None:
        self._quiet_until = float("-inf")

    async def _fetch(self) -> bool:
        task = self._begin_fetch()
        if task is None:
            return False
        # wait() leaves the shared fetch running when one of those waiting for it is cancelled.
        await asyncio.wait([task])
        return not task.cancelled() and task.result()

    def _begin_fetch(self) -> asyncio.Task[bool] | None:
        if self._fetching is None and self._clock() >= self._quiet_until:
            self._quiet_until = self._clock() + self._pause
            self._fetching = asyncio.create_task(self._refresh())
            self._fetching.add_done_callback(self._fetch_ended)
        return self._fetching

    def _fetch_ended(self, _: asyncio.Task[bool]) -> None:
        self._fetching = None

    async def _refresh(self) -> bool:
        try:
            async with asyncio.timeout(self._timeout):
                published = await self._published_keys()
            self._replace(published)
        except (aiohttp.ClientError, TimeoutError, ValueError) as failure:
            log.warning("signing keys not fetched", reason=type(failure).__name__, keys_held=len(self._keys))
            return False
        return True

    async def _published_keys(self) -> list[Any]:
        metadata = await self._get_json(self._openid_url)
        keys = await self._get_json(_trustworthy(_member(metadata, "jwks_uri", str)))
        return _member(keys, "keys", list)

    async def _get_json(self, url: URL) -> object:
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError("the key server did not answer 200")
            return orjson.loads(await response.read())

    def _replace(self, published: list[Any]) -> None:
        if published != self._published:
            keys = _signing_keys(published)
            if not keys:
                raise ValueError("the key server published no usable key")
            self._keys, self._published = keys, published
            self.generation += 1
        self._fetched_at = self._clock()


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _trustworthy(address: str) -> URL:
    url = URL(address)
    host = url.host or ""
    if not host or not (url.scheme == "https" or (url.scheme == "http" and is_loopback(host))):
        raise ValueError("signing keys are fetched by https, or by http from loopback")
    return url


def _member(document: object, name: str, kind: type[T]) -> T:
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, kind):
        raise ValueError(f"the key server's document has no usable {name}")
    return value


def _signing_keys(published: list[Any]) -> dict[str, SigningKey]:
    found = ((jwk.get("kid"), _signing_key(jwk)) for jwk in published if isinstance(jwk, dict))
    return {kid: key for kid, key in found if isinstance(kid, str) and key is not None}


def _signing_key(jwk: Mapping[str, Any]) -> SigningKey | None:
    if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig" or jwk.get("alg", "RS256") != "RS256":
        return None
    try:
        # Only the public numbers are taken over, whatever else the document holds.
        public = PyJWK({"kty": "RSA", "n": jwk.get("n"), "e": jwk.get("e")}, "RS256")
    except (PyJWTError, ValueError, TypeError, AttributeError):
        return None
    if public.key.key_size < MINIMUM_KEY_BITS:
        return None
    return SigningKey(public, _endorsements(jwk.get("endorsements")))


def _endorsements(published: object) -> frozenset[str]:
    channels = published if isinstance(published, list) else []
    return frozenset(channel for channel in channels if isinstance(channel, str))
