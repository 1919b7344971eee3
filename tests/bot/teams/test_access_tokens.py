"""The bot's own token: one fetch for everybody, renewed before it ends, and no send without one."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from azure.identity.aio import ManagedIdentityCredential

from bot.teams.access_tokens import CONNECTOR_SCOPE, AccessTokens
from bot.teams.send_problems import NeverLeft
from tests.support.identity_endpoint import IdentityEndpoint


class IssuedToken(NamedTuple):
    token: str
    expires_on: int


class Issuer:
    """Issues numbered tokens that last an hour, after a turn of the loop, or fails while it is `down`."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.issued = 0
        self.down = False
        self.open = asyncio.Event()
        self.open.set()

    async def get_token(self, *scopes: str) -> IssuedToken:
        assert scopes == (CONNECTOR_SCOPE,)
        await self.open.wait()
        if self.down:
            raise RuntimeError("down, and the reason holds an address")
        self.issued += 1
        return IssuedToken(f"token-{self.issued}", int(self.now) + 3600)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
async def tokens(issuer: Issuer) -> AsyncIterator[AccessTokens]:
    tokens = AccessTokens(issuer, now=lambda: issuer.now, ahead=600, pause=30, timeout=2)
    yield tokens
    await tokens.close()


async def settle() -> None:
    """Let what runs behind the scenes come to its end."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_everybody_who_asks_at_once_gets_the_token_of_one_fetch(
    issuer: Issuer, tokens: AccessTokens
) -> None:
    assert set(await asyncio.gather(*(tokens.token() for _ in range(50)))) == {"token-1"}
    assert issuer.issued == 1


async def test_a_token_is_used_until_shortly_before_its_end(issuer: Issuer, tokens: AccessTokens) -> None:
    await tokens.token()
    issuer.now += 2999

    assert await tokens.token() == "token-1"
    await settle()
    assert issuer.issued == 1


async def test_a_token_is_renewed_ahead_of_its_end_and_nobody_waits_for_it(
    issuer: Issuer, tokens: AccessTokens
) -> None:
    await tokens.token()
    issuer.now += 3001
    issuer.open.clear()

    assert await tokens.token() == "token-1"
    issuer.open.set()
    await settle()

    assert await tokens.token() == "token-2"


async def test_a_renewal_that_fails_is_tried_again_after_a_pause_while_the_token_serves(
    issuer: Issuer, tokens: AccessTokens
) -> None:
    await tokens.token()
    issuer.now += 3001
    issuer.down = True
    await tokens.token()
    await settle()
    issuer.down = False

    assert await tokens.token() == "token-1"
    await settle()
    assert issuer.issued == 1
    issuer.now += 30
    await tokens.token()
    await settle()
    assert await tokens.token() == "token-2"


async def test_an_ended_token_is_never_handed_out(issuer: Issuer, tokens: AccessTokens) -> None:
    await tokens.token()
    issuer.now += 3600

    assert await tokens.token() == "token-2"


async def test_without_a_token_there_is_nothing_to_send_with_until_there_is(
    issuer: Issuer, tokens: AccessTokens
) -> None:
    issuer.down = True
    with pytest.raises(NeverLeft, match=r"^token_unavailable$"):
        await tokens.token()

    issuer.down = False
    assert await tokens.token() == "token-1"


async def test_an_issuer_that_hangs_is_given_up(issuer: Issuer, tokens: AccessTokens) -> None:
    issuer.open.clear()

    with pytest.raises(NeverLeft):
        await tokens.token()


async def test_one_who_gives_up_waiting_does_not_spoil_it_for_the_others(
    issuer: Issuer, tokens: AccessTokens
) -> None:
    issuer.open.clear()
    impatient, patient = asyncio.create_task(tokens.token()), asyncio.create_task(tokens.token())
    await settle()
    impatient.cancel()
    issuer.open.set()

    assert await patient == "token-1"
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_only_the_token_that_was_turned_down_is_forgotten(issuer: Issuer, tokens: AccessTokens) -> None:
    first = await tokens.token()
    tokens.forget("another")
    assert await tokens.token() == first

    tokens.forget(first)
    assert await tokens.token() == "token-2"
    tokens.forget(first)
    assert await tokens.token() == "token-2"


async def test_closing_ends_a_fetch_that_is_under_way(issuer: Issuer, tokens: AccessTokens) -> None:
    issuer.open.clear()
    waiting = asyncio.create_task(tokens.token())
    await settle()

    await tokens.close()

    with pytest.raises(NeverLeft):
        await waiting


async def test_a_managed_identity_is_asked_once_for_the_connectors_scope(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with IdentityEndpoint() as endpoint:
        for name, value in endpoint.env.items():
            monkeypatch.setenv(name, value)
        async with ManagedIdentityCredential() as credential:
            tokens = AccessTokens(credential)
            assert len(set(await asyncio.gather(*(tokens.token() for _ in range(5))))) == 1

        assert endpoint.calls == ["https://api.botframework.com"]


@pytest.mark.parametrize("end", [10**400, 1e308, float("inf"), 253_402_300_799])
async def test_a_token_that_says_it_never_ends_is_renewed_within_a_day(
    issuer: Issuer, tokens: AccessTokens, end: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(*_: str) -> IssuedToken:
        issuer.issued += 1
        return IssuedToken(f"token-{issuer.issued}", end)  # type: ignore[arg-type]

    monkeypatch.setattr(issuer, "get_token", endless)
    assert await tokens.token() == "token-1"
    issuer.now += 25 * 3600
    assert await tokens.token() == "token-2"


@pytest.mark.parametrize("end", [-1, float("nan"), "soon", None])
async def test_a_token_that_does_not_say_when_it_ends_is_used_once(
    issuer: Issuer, tokens: AccessTokens, end: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(*_: str) -> IssuedToken:
        issuer.issued += 1
        return IssuedToken(f"token-{issuer.issued}", end)  # type: ignore[arg-type]

    monkeypatch.setattr(issuer, "get_token", odd)
    assert [await tokens.token() for _ in range(2)] == ["token-1", "token-2"]
