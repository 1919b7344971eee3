"""Whether a request's bearer token was issued by the Bot Framework channel, for this bot, and still holds."""

import base64
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import orjson
from jwt.exceptions import PyJWTError

from bot.teams.signing_keys import SigningKey, SigningKeys

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
SERVICE_URL_CLAIM = "serviceurl"
MAX_LEEWAY_SECONDS = 300.0
MAX_TOKEN_LENGTH = 8192
MAX_KEY_ID_LENGTH = 256


class Refused(Exception):
    """A request that goes no further: an HTTP status and a short machine code, nothing of its content."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class Unauthorised(Refused):
    """The token does not prove that the channel sent this (401)."""

    def __init__(self, code: str) -> None:
        super().__init__(401, code)


class Forbidden(Refused):
    """The sender is known and may not do this (403)."""

    def __init__(self, code: str) -> None:
        super().__init__(403, code)


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """What later checks need of a token that holds; `expires_at` is in seconds since the epoch, UTC."""

    service_url: str
    expires_at: float


class RememberedTokens:
    """Up to `limit` tokens that were verified, by digest, because the channel uses one for many requests.

    A token is forgotten when it expires and when the key set changes. A limit of 0 switches it off.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._generation = 0
        self._tokens: OrderedDict[bytes, VerifiedToken] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tokens)

    def find(self, token: str, generation: int, now: float) -> VerifiedToken | None:
        """Return what was verified of this token under this generation of keys, if it still holds."""
        self._follow(generation)
        digest = _digest(token)
        verified = self._tokens.get(digest)
        if verified is None:
            return None
        if verified.expires_at <= now:
            del self._tokens[digest]
            return None
        self._tokens.move_to_end(digest)
        return verified

    def keep(self, token: str, generation: int, verified: VerifiedToken) -> None:
        """Remember a verified token, dropping the one unused for longest when there are too many."""
        self._follow(generation)
        self._tokens[_digest(token)] = verified
        while len(self._tokens) > self._limit:
            self._tokens.popitem(last=False)

    def _follow(self, generation: int) -> None:
        if generation != self._generation:
            self._tokens.clear()
            self._generation = generation


class TokenVerifier:
    """Verifies the `Authorization` header of requests from the channel to the bot `app_id`."""

    def __init__(
        self,
        app_id: str,
        keys: SigningKeys,
        *,
        leeway: float = MAX_LEEWAY_SECONDS,
        remember: int = 1024,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`leeway` (seconds) is for clocks that disagree, about a token's start and about its end.

        Raise ValueError for an empty app id, because that would leave the audience open, and for a leeway
        beyond five minutes.
        """
        if not app_id.strip():
            raise ValueError("tokens cannot be verified without an app id")
        if not 0 <= leeway <= MAX_LEEWAY_SECONDS:
            raise ValueError("the leeway must be between 0 and 300 seconds")
        self._app_id = app_id
        self._keys = keys
        self._leeway = leeway
        self._now = now
        self._remembered = RememberedTokens(remember)

    async def verify(self, authorization: str | None) -> VerifiedToken:
        """Return what the token proves; raise Unauthorised or Forbidden if it proves nothing."""
        token = _bearer(authorization)
        self._keys.refresh_if_old()
        remembered = self._remembered.find(token, self._keys.generation, self._now())
        if remembered is not None:
            return remembered
        key = await self._signing_key(token)
        verified = self._verified(self._claims(token, key))
        if CHANNEL not in key.endorsements:
            raise Forbidden("endorsement")
        self._remembered.keep(token, self._keys.generation, verified)
        return verified

    async def _signing_key(self, token: str) -> SigningKey:
        key_id = _key_id(token)
        key = await self._keys.find(key_id)
        if key is None:
            raise Unauthorised("unknown_key" if self._keys.loaded else "keys_unavailable")
        return key

    def _claims(self, token: str, key: SigningKey) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                issuer=ISSUER,
                audience=self._app_id,
                leeway=self._leeway,
                options={"require": ["exp", "iss", "aud", SERVICE_URL_CLAIM], "strict_aud": True},
            )
        except PyJWTError as failure:
            raise Unauthorised(_code(failure)) from None

    def _verified(self, claims: dict[str, Any]) -> VerifiedToken:
        service_url, expires_at = claims[SERVICE_URL_CLAIM], _seconds(claims["exp"]) + self._leeway
        if expires_at <= self._now():
            raise Unauthorised("expired")
        if not isinstance(service_url, str) or not service_url:
            raise Unauthorised("claim_missing")
        return VerifiedToken(service_url, expires_at)


def _seconds(claim: Any) -> float:
    try:
        return float(claim)
    except (TypeError, ValueError, OverflowError):
        raise Unauthorised("token_malformed") from None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()


def _bearer(authorization: str | None) -> str:
    if not authorization:
        raise Unauthorised("authorization_missing")
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("authorization_malformed")
    if not token.isascii() or len(token) > MAX_TOKEN_LENGTH:
        raise Unauthorised("token_malformed")
    return token


def _key_id(token: str) -> str:
    """Judge the unproven header before its key is looked for, so that nonsense costs no fetch."""
    header = _header(token)
    if header.get("alg") != "RS256":
        raise Unauthorised("algorithm")
    key_id = header.get("kid", "")
    if not isinstance(key_id, str):
        raise Unauthorised("token_malformed")
    if not key_id or len(key_id) > MAX_KEY_ID_LENGTH:
        raise Unauthorised("unknown_key")
    return key_id


def _header(token: str) -> dict[str, Any]:
    # PyJWT's own look at the header decodes the whole token, which it does again when it verifies.
    try:
        header = orjson.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    except ValueError:
        raise Unauthorised("token_malformed") from None
    if not isinstance(header, dict):
        raise Unauthorised("token_malformed")
    return header


_CODES: tuple[tuple[type[PyJWTError], str], ...] = (
    (jwt.InvalidSignatureError, "signature"),
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet_valid"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidAudienceError, "audience"),
    (jwt.MissingRequiredClaimError, "claim_missing"),
)


def _code(failure: PyJWTError) -> str:
    return next((code for kind, code in _CODES if isinstance(failure, kind)), "token_malformed")
