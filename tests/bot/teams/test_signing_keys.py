import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.teams.signing_keys import SigningKeys, is_loopback
from tests.support.clocks import ManualClock
from tests.support.token_issuer import IssuerKey, TokenIssuer, private_key

DAY = 24 * 60 * 60.0


@pytest.fixture
async def issuer() -> AsyncIterator[TokenIssuer]:
    async with TokenIssuer() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def keys(
    issuer: TokenIssuer, session: aiohttp.ClientSession, clock: ManualClock
) -> AsyncIterator[SigningKeys]:
    cache = SigningKeys(issuer.openid_url, session, clock=clock, timeout=2)
    yield cache
    await cache.close()


async def test_a_key_is_fetched_with_its_endorsements(issuer: TokenIssuer, keys: SigningKeys) -> None:
    found = await keys.find("key-0")
    assert found is not None
    assert found.endorsements == {"msteams", "webchat"}
    assert found.public.key.public_numbers() == issuer.key.private.public_key().public_numbers()


async def test_a_known_key_is_not_fetched_again(issuer: TokenIssuer, keys: SigningKeys) -> None:
    for _ in range(20):
        assert await keys.find("key-0")
    assert (issuer.metadata_fetches, issuer.key_fetches) == (1, 1)


async def test_warming_fetches_ahead_of_the_first_request(issuer: TokenIssuer, keys: SigningKeys) -> None:
    assert not keys.loaded
    assert await keys.warm()
    assert keys.loaded
    assert await keys.find("key-0")
    assert issuer.key_fetches == 1


async def test_warming_says_when_there_are_no_keys(issuer: TokenIssuer, keys: SigningKeys) -> None:
    issuer.status = 503
    assert not await keys.warm()


async def test_a_rollover_is_followed_at_once(issuer: TokenIssuer, keys: SigningKeys) -> None:
    await keys.warm()
    for _ in range(3):
        fresh = issuer.roll()
        assert await keys.find(fresh.key_id)


async def test_a_key_no_longer_published_is_forgotten(issuer: TokenIssuer, keys: SigningKeys) -> None:
    await keys.warm()
    fresh = issuer.roll()
    assert await keys.find(fresh.key_id)
    assert await keys.find("key-0") is None


async def test_the_generation_changes_with_the_keys_and_only_then(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock
) -> None:
    await keys.warm()
    first = keys.generation
    await keys.warm()
    assert keys.generation == first
    issuer.roll(keep_old=True)
    await keys.warm()
    assert keys.generation == first + 1


async def test_withdrawing_an_endorsement_is_a_change_of_keys(issuer: TokenIssuer, keys: SigningKeys) -> None:
    await keys.warm()
    before = keys.generation
    issuer.keys = [IssuerKey("key-0", private_key(0), endorsements=("webchat",))]
    await keys.warm()
    found = await keys.find("key-0")
    assert found is not None
    assert found.endorsements == {"webchat"}
    assert keys.generation != before


async def test_many_who_wait_for_one_key_cause_one_fetch(issuer: TokenIssuer, keys: SigningKeys) -> None:
    found = await asyncio.gather(*(keys.find("key-0") for _ in range(200)))
    assert all(found)
    assert issuer.key_fetches == 1


async def test_without_a_pause_too_only_one_fetch_runs_at_a_time(
    issuer: TokenIssuer, session: aiohttp.ClientSession
) -> None:
    keys = SigningKeys(issuer.openid_url, session, pause=0)
    found = await asyncio.gather(*(keys.find(f"made-up-{n}") for n in range(200)))
    assert not any(found)
    assert issuer.metadata_fetches == 1


async def test_a_flood_of_unknown_keys_makes_one_fetch_in_each_pause(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock
) -> None:
    await keys.warm()
    for _ in range(3):
        found = await asyncio.gather(*(keys.find(f"made-up-{n}") for n in range(300)))
        assert not any(found)
        assert not any([await keys.find(f"another-{n}") for n in range(50)])
        clock.seconds += 11
    assert issuer.key_fetches == 1 + 3


async def test_a_rollover_during_a_flood_is_followed_when_the_pause_ends(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock
) -> None:
    await keys.warm()
    await keys.find("made-up")
    fresh = issuer.roll()
    assert await keys.find(fresh.key_id) is None
    clock.seconds += 11
    assert await keys.find(fresh.key_id)


async def test_old_keys_serve_while_they_are_refreshed_behind_the_scenes(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock
) -> None:
    await keys.warm()
    clock.seconds += DAY + 1
    issuer.hang = True
    async with asyncio.timeout(0.3):
        assert await keys.find("key-0")
    issuer.roll(keep_old=True)
    issuer.release()
    await keys.warm()  # joins the fetch that is under way
    assert await keys.find("key-1")
    assert issuer.key_fetches == 2


async def test_keys_of_less_than_a_day_are_left_alone(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock
) -> None:
    await keys.warm()
    clock.seconds += DAY - 1
    assert await keys.find("key-0")
    await asyncio.sleep(0.05)
    assert issuer.metadata_fetches == 1


@pytest.mark.parametrize("outage", ["down", "hanging", "no keys", "no document", "elsewhere"])
async def test_stale_keys_go_on_through_an_outage(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock, outage: str
) -> None:
    await keys.warm()
    strike(issuer, outage)
    for day in range(3):
        clock.seconds += DAY + 1
        assert await keys.find("key-0")
        assert await keys.find(f"unknown-{day}") is None
    assert keys.loaded


@pytest.mark.parametrize("outage", ["down", "hanging", "no keys", "no document", "elsewhere"])
async def test_an_outage_at_the_start_ends_when_the_server_is_back(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock, outage: str
) -> None:
    strike(issuer, outage)
    assert await keys.find("key-0") is None
    assert not keys.loaded
    issuer.release()
    issuer.status, issuer.metadata, issuer.documents = 200, None, None
    clock.seconds += 11
    assert await keys.find("key-0")


def strike(issuer: TokenIssuer, outage: str) -> None:
    if outage == "down":
        issuer.status = 503
    elif outage == "hanging":
        issuer.hang = True
    elif outage == "no keys":
        issuer.documents = {"keys": []}
    elif outage == "no document":
        issuer.metadata = ["not", "metadata"]
    else:
        issuer.metadata = {"jwks_uri": "http://keys.example.org/"}


async def test_a_failed_fetch_is_not_repeated_by_every_request(
    issuer: TokenIssuer, keys: SigningKeys, clock: ManualClock
) -> None:
    await keys.warm()
    issuer.status = 500
    clock.seconds += DAY + 1
    for _ in range(50):
        assert await keys.find("key-0")
        await asyncio.sleep(0.001)
    await keys.warm()
    assert issuer.metadata_fetches == 2


async def test_a_failed_fetch_is_logged_without_its_address(issuer: TokenIssuer, keys: SigningKeys) -> None:
    issuer.status = 500
    with capture_logs() as logs:
        await keys.warm()
    assert [(entry["event"], entry["reason"]) for entry in logs] == [
        ("signing keys not fetched", "ValueError")
    ]
    assert "127.0.0.1" not in str(logs)


async def test_one_who_stops_waiting_does_not_stop_the_others(issuer: TokenIssuer, keys: SigningKeys) -> None:
    issuer.hang = True
    impatient = asyncio.create_task(keys.find("key-0"))
    patient = asyncio.create_task(keys.find("key-0"))
    await asyncio.sleep(0.05)
    impatient.cancel()
    issuer.release()
    assert await patient
    assert issuer.metadata_fetches == 1


async def test_closing_ends_a_fetch_that_hangs(issuer: TokenIssuer, session: aiohttp.ClientSession) -> None:
    issuer.hang = True
    keys = SigningKeys(issuer.openid_url, session, timeout=60)
    waiting = asyncio.create_task(keys.find("key-0"))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        await keys.close()
        assert await waiting is None


GOOD = IssuerKey("key-0", private_key(0)).published()
UNUSABLE: dict[str, Any] = {
    "short": IssuerKey("odd", private_key(9, bits=1024)).published(),
    "for encryption": GOOD | {"kid": "odd", "use": "enc"},
    "another algorithm": GOOD | {"kid": "odd", "alg": "RS512"},
    "a shared secret": {"kid": "odd", "kty": "oct", "k": "c2VjcmV0", "endorsements": ["msteams"]},
    "an elliptic curve": {"kid": "odd", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    "without a modulus": {"kid": "odd", "kty": "RSA", "e": "AQAB"},
    "with a numeric modulus": GOOD | {"kid": "odd", "n": 17},
    "with a broken modulus": GOOD | {"kid": "odd", "n": "***"},
    "without an id": {name: value for name, value in GOOD.items() if name != "kid"},
    "with a numeric id": GOOD | {"kid": 7},
    "not an object": "odd",
}


@pytest.mark.parametrize("published", [pytest.param(jwk, id=name) for name, jwk in UNUSABLE.items()])
async def test_a_key_that_cannot_be_used_spoils_no_other(
    issuer: TokenIssuer, keys: SigningKeys, published: object
) -> None:
    issuer.documents = {"keys": [published, GOOD]}
    assert await keys.warm()
    assert await keys.find("key-0")
    assert await keys.find("odd") is None


@pytest.mark.parametrize("endorsements", [None, "msteams", {"msteams": True}, [["msteams"], 3]])
async def test_endorsements_that_are_no_list_of_names_endorse_nothing(
    issuer: TokenIssuer, keys: SigningKeys, endorsements: object
) -> None:
    issuer.documents = {"keys": [GOOD | {"endorsements": endorsements}]}
    found = await keys.find("key-0")
    assert found is not None
    assert found.endorsements == frozenset()


@pytest.mark.parametrize(
    "address",
    [
        "http://login.botframework.com/keys",
        "ftp://127.0.0.1/keys",
        "/keys",
        "",
        "http://127.0.0.1.example.org/",
    ],
)
async def test_keys_are_never_fetched_over_an_open_line(session: aiohttp.ClientSession, address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        SigningKeys(address, session)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "0.0.0.0", "10.0.0.1", "::", "localhost.example.org", "127.0.0.1.example.org", "::ffff:10.0.0.1"],
)
def test_every_other_machine_is_not(host: str) -> None:
    assert not is_loopback(host)
