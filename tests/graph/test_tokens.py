"""Tokens: from the named credential, sent to Graph only, and what it means when there is none."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ServiceRequestError
from azure.identity import CredentialUnavailableError
from azure.identity.aio import ClientSecretCredential, ManagedIdentityCredential

from graph.client import GraphClient
from graph.credentials import credential_for
from graph.records import GraphRecords
from graph.tokens import Tokens, scope_for
from infra.local.graph import LocalGraph
from tasking.ports import NotSent, Refused
from tests.graph.conftest import DATA, row
from tests.support.identity_endpoint import IdentityEndpoint


class OneToken:
    """A credential that does what it is told."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem
        self.scopes: list[str] = []

    async def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.scopes.extend(scopes)
        if self.problem:
            raise self.problem
        return AccessToken("fictional", 0)

    async def close(self) -> None:
        return None

    async def __aenter__(self) -> "OneToken":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


@pytest.fixture
async def identity(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[IdentityEndpoint]:
    async with IdentityEndpoint() as endpoint:
        for name, value in endpoint.env.items():
            monkeypatch.setenv(name, value)
        yield endpoint


@pytest.fixture
async def guarded() -> AsyncIterator[LocalGraph]:
    """A local Graph that answers nobody without a token."""
    graph = LocalGraph(DATA, require_token=True)
    await graph.start()
    yield graph
    await graph.stop()


async def test_a_managed_identity_opens_graph_with_one_token_for_many_requests(
    identity: IdentityEndpoint, guarded: LocalGraph
) -> None:
    async with credential_for("UserAssignedMSI", "tenant", "app-id", None) as credential:
        client = GraphClient(guarded.url, credential)
        records = GraphRecords(client, DATA.site_id, DATA.list_id)
        await records.hand_over(row("outcome-1"))
        await records.find("outcome-1")
        await client.close()
    assert identity.calls == ["https://graph.microsoft.com"]
    assert identity.client_ids == ["app-id"]


async def test_without_a_token_graph_refuses(guarded: LocalGraph) -> None:
    client = GraphClient(guarded.url)
    with pytest.raises(Refused, match="graph-token"):
        await GraphRecords(client, DATA.site_id, DATA.list_id).find("outcome-1")
    await client.close()


@pytest.mark.parametrize(("status", "problem"), [(400, Refused), (403, Refused), (500, NotSent)])
async def test_an_identity_service_that_gives_no_token_means_nothing_was_sent(
    identity: IdentityEndpoint, guarded: LocalGraph, status: int, problem: type[Exception]
) -> None:
    identity.status = status
    async with credential_for("UserAssignedMSI", "tenant", "app-id", None) as credential:
        client = GraphClient(guarded.url, credential)
        with pytest.raises(problem, match="graph-token"):
            await GraphRecords(client, DATA.site_id, DATA.list_id).hand_over(row())
        await client.close()
    assert guarded.faults.requests == []


@pytest.mark.parametrize(
    "error", [CredentialUnavailableError("none"), ServiceRequestError("refused"), TimeoutError()]
)
async def test_an_identity_service_out_of_reach_is_tried_again_later(error: Exception) -> None:
    with pytest.raises(NotSent, match="graph-token"):
        await Tokens(OneToken(error), "https://graph.microsoft.com/v1.0").bearer()


async def test_an_identity_service_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(OneToken):
        async def get_token(self, *scopes: str, **_: object) -> AccessToken:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr("graph.tokens.TOKEN_TIMEOUT", 0.05)
    with pytest.raises(NotSent, match="graph-token"):
        await Tokens(Silent(), "https://graph.microsoft.com/v1.0").bearer()


async def test_the_token_is_for_the_graph_of_the_cloud_in_use() -> None:
    credential = OneToken()
    assert await Tokens(credential, "https://graph.microsoft.us/v1.0").bearer() == "Bearer fictional"
    assert credential.scopes == ["https://graph.microsoft.us/.default"]
    assert scope_for("http://127.0.0.1:9/v1.0") == "https://graph.microsoft.com/.default"


async def test_the_settings_name_the_credential() -> None:
    async with credential_for("UserAssignedMSI", "tenant", "app-id", None) as managed:
        assert isinstance(managed, ManagedIdentityCredential)
    async with credential_for(None, "tenant", "app-id", "fictional-secret") as secret:
        assert isinstance(secret, ClientSecretCredential)


def test_without_a_named_credential_there_is_none() -> None:
    with pytest.raises(ValueError, match="REDLINE_APP_PASSWORD"):
        credential_for("MultiTenant", "tenant", "app-id", None)


@pytest.mark.parametrize(
    "problem", [ValueError("expires_in"), OverflowError(), TypeError(), KeyError("token")]
)
async def test_an_answer_that_the_credential_cannot_read_is_no_token_for_now(problem: Exception) -> None:
    with pytest.raises(NotSent) as none:
        await Tokens(OneToken(problem), "https://graph.microsoft.com/v1.0").bearer()
    assert none.value.code == "graph-token"
