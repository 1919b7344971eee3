"""Who is in a team or chat, by Teams id and Entra id; names are not taken over."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.teams.connector import Connector
from bot.teams.conversations import channel_id_of
from bot.teams.send_problems import BadAnswer, NoAnswer, raised_as, repeatable_problem
from tasking.ports import Place

T = TypeVar("T")

CALL_TIMEOUT_SECONDS = 4.0
PAGE_SIZE = 500
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a roster, as a mention names them and as the directory knows them."""

    teams_id: str
    entra_id: str


class TeamsRoster:
    """Reads rosters. `place` is a chat, a thread, a channel, or a team (whose id is its first channel's)."""

    def __init__(self, connector: Connector, *, timeout: float = CALL_TIMEOUT_SECONDS) -> None:
        """`timeout`: seconds for one call, a turn at the connector included."""
        self._connector = connector
        self._timeout = timeout

    async def entra_id_of(self, place: Place, teams_id: str) -> str | None:
        """The Entra id behind a Teams id, by one bounded call; None where nobody there has that id.

        Raises a `DeliveryProblem` where Teams could not say.
        """
        conversations = self._connector.conversations(place.service_url)
        call = conversations.get_conversation_member(channel_id_of(place.conversation_id), teams_id)
        with raised_as(repeatable_problem):
            try:
                return _entra_id(await self._bounded(call))
            except BadAnswer as answer:
                if answer.status != 404:
                    raise
        return None

    async def members(self, place: Place) -> list[Member]:
        """Everybody in the roster who has an Entra id. Raises a `DeliveryProblem` when it fails."""
        conversations = self._connector.conversations(place.service_url)
        channel_id = channel_id_of(place.conversation_id)
        members: list[Member] = []
        bookmark: str | None = None
        for _ in range(MOST_PAGES):
            call = conversations.get_conversation_paged_members(channel_id, PAGE_SIZE, bookmark)
            with raised_as(repeatable_problem):
                page = await self._bounded(call)
            members += _members(page)
            bookmark = page.continuation_token if page else None
            if not bookmark:
                break
        return members

    async def _bounded(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._timeout):
                return await call
        except TimeoutError:
            raise NoAnswer("timeout") from None


def _members(page: Any) -> list[Member]:
    accounts = (page and page.members) or []
    known = ((account.id, _entra_id(account)) for account in accounts)
    return [Member(teams_id, entra_id) for teams_id, entra_id in known if teams_id and entra_id]


def _entra_id(account: Any) -> str | None:
    """Teams writes the Entra id under either of two names."""
    if account is None:
        return None
    return account.aad_object_id or account.additional_properties.get("objectId") or None
