import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp
import pytest

from bot.teams.signing_keys import SigningKeys
from bot.teams.tokens import (
    Forbidden,
    Refused,
    RememberedTokens,
    TokenVerifier,
    Unauthorised,
    VerifiedToken,
)
from tests.support.token_issuer import (
    APP_ID,
    SERVICE_URL,
    IssuerKey,
    TokenIssuer,
    private_key,
    signed_with_secret,
    unsigned,
)


class ManualClock:
    """A wall clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Verification:
    issuer: TokenIssuer
    keys: SigningKeys
    clock: ManualClock
    verifier: TokenVerifier

    async def refusal(self, authorization: str | None) -> tuple[int, str]:
        with pytest.raises(Refused) as caught:
            await self.verifier.verify(authorization)
        return caught.value.status, caught.value.code


@pytest.fixture
async def verification() -> AsyncIterator[Verification]:
    async with TokenIssuer() as issuer, aiohttp.ClientSession() as session:
        keys = SigningKeys(issuer.openid_url, session, timeout=1)
        await keys.warm()
        clock = ManualClock()
        yield Verification(issuer, keys, clock, TokenVerifier(APP_ID, keys, now=clock))
        await keys.close()


async def test_a_good_token_tells_its_service_url_and_its_end(verification: Verification) -> None:
    end = int(time.time()) + 600
    token = await verification.verifier.verify(verification.issuer.authorization(exp=end))
    assert token == VerifiedToken(SERVICE_URL, end + 300.0)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
async def test_the_scheme_is_read_as_http_says(verification: Verification, scheme: str) -> None:
    assert await verification.verifier.verify(f"{scheme} {verification.issuer.token()}")


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_start_within_the_leeway_is_accepted(verification: Verification, claim: str) -> None:
    soon = int(time.time()) + 240
    assert await verification.verifier.verify(verification.issuer.authorization(**{claim: soon}))


async def test_an_end_within_the_leeway_is_accepted(verification: Verification) -> None:
    just_now = int(time.time()) - 240
    assert await verification.verifier.verify(verification.issuer.authorization(exp=just_now))


async def test_a_token_without_nbf_and_iat_is_accepted(verification: Verification) -> None:
    assert await verification.verifier.verify(verification.issuer.authorization(without=("nbf", "iat")))


Forge = Callable[[TokenIssuer], str | None]


def minted(**options: object) -> Forge:
    return lambda issuer: issuer.authorization(**options)


def stranger(key_id: str) -> IssuerKey:
    return IssuerKey(key_id, private_key(5))


def good_header(issuer: TokenIssuer, **changed: object) -> dict[str, object]:
    return {"alg": "RS256", "kid": issuer.key.key_id, "typ": "JWT"} | changed


def with_hmac(issuer: TokenIssuer) -> str:
    header = good_header(issuer, alg="HS256")
    return "Bearer " + signed_with_secret(header, issuer.claims(), issuer.key.public_pem())


def hmac_called_rs256(issuer: TokenIssuer) -> str:
    return "Bearer " + signed_with_secret(good_header(issuer), issuer.claims(), issuer.key.public_pem())


def with_alg_none(issuer: TokenIssuer) -> str:
    return "Bearer " + unsigned(good_header(issuer, alg="none"), issuer.claims()) + "."


def without_signature(issuer: TokenIssuer) -> str:
    return "Bearer " + issuer.token().rpartition(".")[0] + "."


def with_other_claims(issuer: TokenIssuer) -> str:
    header, _, signature = issuer.token().split(".")
    other = issuer.token(serviceurl="https://elsewhere.example.org/").split(".")[1]
    return f"Bearer {header}.{other}.{signature}"


DAY = 24 * 3600
NOW = int(time.time())

# Each: how the token is made, and the refusal it earns.
BAD_TOKENS: dict[str, tuple[Forge, int, str]] = {
    "no header": (lambda _: None, 401, "authorization_missing"),
    "an empty header": (lambda _: "", 401, "authorization_missing"),
    "the scheme alone": (lambda _: "Bearer", 401, "authorization_malformed"),
    "the scheme and a space": (lambda _: "Bearer ", 401, "authorization_malformed"),
    "basic authentication": (lambda _: "Basic dXNlcjpwYXNz", 401, "authorization_malformed"),
    "a token without its scheme": (lambda issuer: issuer.token(), 401, "authorization_malformed"),
    "garbage": (lambda _: "Bearer garbage", 401, "token_malformed"),
    "three dots": (lambda _: "Bearer ...", 401, "token_malformed"),
    "garbage in three parts": (lambda _: "Bearer AAAA.BBBB.CCCC", 401, "token_malformed"),
    "four parts": (lambda issuer: issuer.authorization() + ".AAAA", 401, "token_malformed"),
    "two tokens": (lambda issuer: f"Bearer {issuer.token()} {issuer.token()}", 401, "token_malformed"),
    "letters beyond ascii": (lambda _: "Bearer é.é.é", 401, "token_malformed"),
    "broken utf-8": (lambda _: "Bearer \udcff.\udcff.\udcff", 401, "token_malformed"),
    "nine thousand characters": (lambda _: "Bearer " + "A" * 9000, 401, "token_malformed"),
    "a header that is a list": (lambda _: "Bearer W10.e30.AAAA", 401, "token_malformed"),
    "a deep header": (lambda _: f"Bearer {'W1tb' * 2000}.e30.AA", 401, "token_malformed"),
    "a numeric key id": (minted(header={"kid": 7}), 401, "token_malformed"),
    "an unheeded critical header": (minted(header={"crit": ["exp"], "exp": 1}), 401, "token_malformed"),
    "a detached payload": (minted(header={"b64": False, "crit": ["b64"]}), 401, "token_malformed"),
    "alg none": (with_alg_none, 401, "algorithm"),
    "alg None in capitals": (minted(header={"alg": "NONE"}), 401, "algorithm"),
    "no alg": (minted(header={"alg": None}), 401, "algorithm"),
    "HS256 by the public key": (with_hmac, 401, "algorithm"),
    "RS512": (minted(header={"alg": "RS512"}), 401, "algorithm"),
    "PS256": (minted(header={"alg": "PS256"}), 401, "algorithm"),
    "an empty key id": (minted(header={"kid": ""}), 401, "unknown_key"),
    "an unknown key id": (minted(header={"kid": "who"}), 401, "unknown_key"),
    "a very long key id": (minted(header={"kid": "k" * 300}), 401, "unknown_key"),
    "a key of its own": (minted(key=stranger("own")), 401, "unknown_key"),
    "a key of its own brought along": (
        minted(key=stranger("own"), header={"jwk": stranger("own").published()}),
        401,
        "unknown_key",
    ),
    "HMAC under the name of RS256": (hmac_called_rs256, 401, "signature"),
    "another's signature": (minted(key=stranger("key-0")), 401, "signature"),
    "no signature": (without_signature, 401, "signature"),
    "other claims": (with_other_claims, 401, "signature"),
    "expired": (minted(exp=NOW - DAY), 401, "expired"),
    "expired more than five minutes ago": (minted(exp=NOW - 320), 401, "expired"),
    "no expiry": (minted(without=["exp"]), 401, "claim_missing"),
    "an empty expiry": (minted(exp=None), 401, "claim_missing"),
    "an expiry of thousands of figures": (minted(exp=10**2000), 401, "token_malformed"),
    "an expiry in words": (minted(exp="tomorrow"), 401, "token_malformed"),
    "an endless expiry": (minted(exp=float("inf")), 401, "token_malformed"),
    "an expiry in a list": (minted(exp=[NOW + DAY]), 401, "token_malformed"),
    "not valid yet": (minted(nbf=NOW + DAY), 401, "not_yet_valid"),
    "issued in the future": (minted(iat=NOW + DAY), 401, "not_yet_valid"),
    "a start in words": (minted(nbf="soon"), 401, "token_malformed"),
    "an issue time in words": (minted(iat="lately"), 401, "token_malformed"),
    "no issuer": (minted(without=["iss"]), 401, "claim_missing"),
    "another issuer": (minted(iss="https://sts.windows.net/"), 401, "issuer"),
    "an issuer with a slash": (minted(iss="https://api.botframework.com/"), 401, "issuer"),
    "issuers in a list": (minted(iss=["https://api.botframework.com"]), 401, "issuer"),
    "no audience": (minted(without=["aud"]), 401, "claim_missing"),
    "an empty audience": (minted(aud=""), 401, "claim_missing"),
    "another audience": (minted(aud="00000000-0000-4000-8000-00000000ffff"), 401, "audience"),
    "a longer audience": (minted(aud=APP_ID + "0"), 401, "audience"),
    "audiences in a list": (minted(aud=[APP_ID]), 401, "audience"),
    "no service URL": (minted(without=["serviceurl"]), 401, "claim_missing"),
    "an empty service URL": (minted(serviceurl=""), 401, "claim_missing"),
    "a numeric service URL": (minted(serviceurl=7), 401, "claim_missing"),
    "service URLs in a list": (minted(serviceurl=[SERVICE_URL]), 401, "claim_missing"),
}


@pytest.mark.parametrize(("forge", "status", "code"), BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
async def test_a_token_that_proves_nothing_is_refused(
    verification: Verification, forge: Forge, status: int, code: str
) -> None:
    assert await verification.refusal(forge(verification.issuer)) == (status, code)


@pytest.mark.parametrize("endorsements", [(), ("webchat",), ("MSTEAMS",), ("msteams2", "skype")])
async def test_a_key_that_does_not_speak_for_teams_is_forbidden(
    verification: Verification, endorsements: tuple[str, ...]
) -> None:
    other = IssuerKey("other", private_key(1), endorsements)
    verification.issuer.keys.append(other)
    assert await verification.refusal(verification.issuer.authorization(key=other)) == (403, "endorsement")


async def test_a_refusal_tells_nothing_of_the_token(verification: Verification) -> None:
    token = verification.issuer.token(iss="https://someone.example.org")
    with pytest.raises(Unauthorised) as caught:
        await verification.verifier.verify(f"Bearer {token}")
    assert str(caught.value) == "issuer"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("header", [{"alg": "none"}, {"kid": ""}, {"kid": "k" * 300}])
async def test_nonsense_costs_no_fetch(verification: Verification, header: dict[str, str]) -> None:
    await verification.refusal(verification.issuer.authorization(header=header))
    assert verification.issuer.metadata_fetches == 1


async def test_a_flood_of_unknown_keys_costs_one_fetch(verification: Verification) -> None:
    for number in range(100):
        bad = verification.issuer.authorization(header={"kid": f"made-up-{number}"})
        assert await verification.refusal(bad) == (401, "unknown_key")
    assert verification.issuer.metadata_fetches == 2
    assert await verification.verifier.verify(verification.issuer.authorization())


async def test_a_token_of_a_new_key_is_accepted_at_once(verification: Verification) -> None:
    verification.issuer.roll()
    assert await verification.verifier.verify(verification.issuer.authorization())


async def test_without_any_key_nothing_is_accepted() -> None:
    async with TokenIssuer() as issuer, aiohttp.ClientSession() as session:
        issuer.status = 503
        verifier = TokenVerifier(APP_ID, SigningKeys(issuer.openid_url, session))
        with pytest.raises(Unauthorised, match="keys_unavailable"):
            await verifier.verify(issuer.authorization())


async def test_a_remembered_token_ends_with_its_leeway_on_the_second(verification: Verification) -> None:
    authorization = verification.issuer.authorization(exp=int(time.time()) + 100)
    await verification.verifier.verify(authorization)
    verification.clock.ahead = 390
    assert await verification.verifier.verify(authorization)
    verification.clock.ahead = 401
    assert await verification.refusal(authorization) == (401, "expired")


async def test_a_remembered_token_is_forgotten_when_its_key_is_withdrawn(verification: Verification) -> None:
    authorization = verification.issuer.authorization()
    await verification.verifier.verify(authorization)
    verification.issuer.roll()
    await verification.keys.warm()
    assert await verification.refusal(authorization) == (401, "unknown_key")


async def test_a_remembered_token_is_forgotten_when_its_endorsement_is_withdrawn(
    verification: Verification,
) -> None:
    authorization = verification.issuer.authorization()
    await verification.verifier.verify(authorization)
    verification.issuer.keys = [IssuerKey("key-0", private_key(0), ("webchat",))]
    await verification.keys.warm()
    assert await verification.refusal(authorization) == (403, "endorsement")


@pytest.mark.parametrize(("remember", "proofs"), [(0, 3), (10, 1)])
async def test_remembering_spares_the_proof_and_can_be_switched_off(
    verification: Verification, monkeypatch: pytest.MonkeyPatch, remember: int, proofs: int
) -> None:
    verifier = TokenVerifier(APP_ID, verification.keys, remember=remember)
    sought: list[str] = []
    find = verification.keys.find

    async def counted(key_id: str) -> object:
        sought.append(key_id)
        return await find(key_id)

    monkeypatch.setattr(verification.keys, "find", counted)
    authorization = verification.issuer.authorization()
    for _ in range(3):
        assert await verifier.verify(authorization)
    assert len(sought) == proofs


async def test_a_refused_token_is_not_remembered(verification: Verification) -> None:
    other = IssuerKey("other", private_key(1), ())
    verification.issuer.keys.append(other)
    authorization = verification.issuer.authorization(key=other)
    for _ in range(2):
        with pytest.raises(Forbidden):
            await verification.verifier.verify(authorization)


def test_no_more_tokens_are_remembered_than_the_limit() -> None:
    memory = RememberedTokens(3)
    verified = VerifiedToken(SERVICE_URL, 1000.0)
    for number in range(4):
        assert memory.find("token-0", 1, 0.0) == (verified if number else None)
        memory.keep(f"token-{number}", 1, verified)
    assert len(memory) == 3
    assert memory.find("token-1", 1, 0.0) is None  # the one unused for longest
    assert memory.find("token-0", 1, 0.0) == verified


def test_an_expired_token_takes_no_room() -> None:
    memory = RememberedTokens(3)
    memory.keep("token", 1, VerifiedToken(SERVICE_URL, 1000.0))
    assert memory.find("token", 1, 1000.0) is None
    assert len(memory) == 0


@pytest.mark.parametrize("app_id", ["", " ", "\t"])
async def test_a_verifier_without_an_app_id_cannot_be_made(verification: Verification, app_id: str) -> None:
    with pytest.raises(ValueError, match="app id"):
        TokenVerifier(app_id, verification.keys)


@pytest.mark.parametrize("leeway", [-1, 301])
async def test_a_leeway_beyond_five_minutes_is_refused(verification: Verification, leeway: float) -> None:
    with pytest.raises(ValueError, match="300"):
        TokenVerifier(APP_ID, verification.keys, leeway=leeway)
