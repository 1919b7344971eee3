"""A stand-in for the channel's token service: RSA keys, their documents on loopback, and any token."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, Self

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

APP_ID = "00000000-0000-4000-8000-00000000a991"
TENANT_ID = "00000000-0000-4000-8000-00000000cafe"
SERVICE_URL = "https://smba.trafficmanager.net/uk/"
CHANNEL_ISSUER = "https://api.botframework.com"


@cache
def private_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return the same key for the same number: making one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class IssuerKey:
    """A signing key as the issuer publishes it."""

    key_id: str
    private: rsa.RSAPrivateKey
    endorsements: tuple[str, ...] = ("msteams", "webchat")

    def published(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return document | {"kid": self.key_id, "use": "sig", "endorsements": list(self.endorsements)}

    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class TokenIssuer:
    """Publishes its keys while it is used as an async context manager, and counts who asks.

    `status` other than 200 is a server that is down; `hang` makes every answer wait until it is cleared;
    `metadata` and `documents`, when set, are served in place of the true ones.
    """

    def __init__(self, app_id: str = APP_ID, service_url: str = SERVICE_URL) -> None:
        self.app_id = app_id
        self.service_url = service_url
        self.keys = [IssuerKey("key-0", private_key(0))]
        self.status = 200
        self.hang = False
        self.metadata: object = None
        self.documents: object = None
        self.metadata_fetches = 0
        self.key_fetches = 0
        self._hanging = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._address = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/v1/.well-known/openidconfiguration", self._serve_metadata)
        app.router.add_get("/v1/.well-known/keys", self._serve_keys)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def openid_url(self) -> str:
        return f"{self._address}/v1/.well-known/openidconfiguration"

    @property
    def key(self) -> IssuerKey:
        """The key that signs at present."""
        return self.keys[-1]

    def roll(self, *, keep_old: bool = False) -> IssuerKey:
        """Sign with another key from now on; publish the old one as well, or no longer."""
        number = int(self.key.key_id.removeprefix("key-")) + 1
        fresh = IssuerKey(f"key-{number}", private_key(number % 3))
        self.keys = [*self.keys, fresh] if keep_old else [fresh]
        return fresh

    def release(self) -> None:
        """Let the answers go that were made to hang, and hang no more."""
        self.hang = False
        self._hanging.set()

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Return the claims of a good token, an hour long, with some of them changed."""
        now = int(time.time())
        good = {
            "iss": CHANNEL_ISSUER,
            "aud": self.app_id,
            "serviceurl": self.service_url,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
        }
        return good | changed

    def token(
        self,
        *,
        without: Iterable[str] = (),
        key: IssuerKey | None = None,
        header: dict[str, Any] | None = None,
        **changed: Any,
    ) -> str:
        """Mint a token: good, but for the claims changed or left out, the key, and the header's members."""
        signing = key or self.key
        claims = {name: value for name, value in self.claims(**changed).items() if name not in set(without)}
        headers = {"kid": signing.key_id, "alg": "RS256", "typ": "JWT"} | (header or {})
        return _sealed(headers, claims, signing)

    def authorization(self, **options: Any) -> str:
        """Return an Authorization header with a token minted by `token(**options)`."""
        return f"Bearer {self.token(**options)}"

    async def _serve_metadata(self, _: web.Request) -> web.Response:
        self.metadata_fetches += 1
        truth = {"issuer": CHANNEL_ISSUER, "jwks_uri": f"{self._address}/v1/.well-known/keys"}
        return await self._answer(self.metadata if self.metadata is not None else truth)

    async def _serve_keys(self, _: web.Request) -> web.Response:
        self.key_fetches += 1
        truth = {"keys": [key.published() for key in self.keys]}
        return await self._answer(self.documents if self.documents is not None else truth)

    async def _answer(self, document: object) -> web.Response:
        if self.hang:
            self._hanging.clear()
            await self._hanging.wait()
        return web.json_response(document, status=self.status)


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return the two first parts of a token, which is also what its signature covers."""
    return ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))


def signed_with_secret(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """Sign by HMAC with whatever secret, such as a public key, which a careful library refuses to do."""
    content = unsigned(header, claims)
    return f"{content}.{_base64url(hmac.digest(secret, content.encode(), hashlib.sha256))}"


def _sealed(headers: dict[str, Any], claims: dict[str, Any], signing: IssuerKey) -> str:
    content = unsigned(headers, claims)
    algorithm = jwt.get_algorithm_by_name("RS256")
    return f"{content}.{_base64url(algorithm.sign(content.encode(), signing.private))}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
