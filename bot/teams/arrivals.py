"""The app being installed, and people being met: where cards can be posted from now on."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.reading.mentions import Mention
from bot.teams.conversations import conversation_of
from bot.teams.roster import TeamsRoster
from bot.turns import People, Turn
from storage.enums import ConversationKind
from tasking.people import arrivals
from tasking.ports import DeliveryProblem
from tasking.unit_of_work import UnitOfWork, Units

log = structlog.get_logger()

_MOST_PEOPLE = 50
_MOST_ASKED = 12
"""Looks at the roster for one message, all at once."""


class Arrivals:
    """Learns conversations and the map from Teams ids to people; a roster is asked where rows do not know."""

    def __init__(self, units: Units, roster: TeamsRoster) -> None:
        self._units = units
        self._roster = roster

    async def installed(self, turn: Turn) -> None:
        """The app was installed for a person or in a team, or somebody came: remember where to post."""
        conversation = conversation_of(turn.activity, self._units.clock.now())
        if conversation is None:
            return
        if conversation.kind == ConversationKind.PERSONAL:
            await self._units.write_beside(
                lambda uow: arrivals.meet(uow, conversation, turn.entra_id, turn.teams_id)
            )
            return
        installed = turn.activity.get("type") == "installationUpdate"
        await self._units.write_beside(
            lambda uow: arrivals.meet_channel(uow, conversation, installed=installed)
        )
        await self._read_roster(turn)

    async def people_in(self, turn: Turn, mentions: Sequence[Mention]) -> People:
        """The people mentioned, by Entra id. An unknown one costs one bounded look at the roster.

        Nobody means more than a few people in one message: those after them stay unknown.
        """
        asked = list(dict.fromkeys(mention.teams_id for mention in mentions))[:_MOST_PEOPLE]
        known = await self._units.read(lambda uow: arrivals.who_write_as(uow, asked))
        unknown = [teams_id for teams_id in asked if teams_id not in known][:_MOST_ASKED]
        told = await asyncio.gather(*(self._ask(turn, teams_id) for teams_id in unknown))
        return People(known | {teams_id: who for teams_id, who in zip(unknown, told, strict=True) if who})

    async def sender_of(self, turn: Turn) -> str | None:
        """Who sent an activity that does not say: by the map or the roster, never by a name."""
        if turn.entra_id or not turn.teams_id:
            return turn.entra_id
        return await self._known(turn.teams_id) or await self._ask(turn, turn.teams_id)

    async def _known(self, teams_id: str) -> str | None:
        return await self._units.read(lambda uow: arrivals.who_writes_as(uow, teams_id))

    async def _ask(self, turn: Turn, teams_id: str) -> str | None:
        try:
            entra_id = await self._roster.entra_id_of(turn.place, teams_id)
        except DeliveryProblem as problem:
            log.warning("roster.not_read", code=problem.code)
            return None
        if entra_id:
            await self._units.write_beside(lambda uow: arrivals.remember_teams_id(uow, entra_id, teams_id))
        return entra_id

    async def _read_roster(self, turn: Turn) -> None:
        try:
            members = await self._roster.members(turn.place)
        except DeliveryProblem as problem:
            log.warning("roster.not_read", code=problem.code)
            return
        known = [(m.entra_id, m.teams_id) for m in members if m.entra_id]
        await self._units.write_beside(lambda uow: _remember_all(uow, known))


def _remember_all(uow: UnitOfWork, known: Sequence[tuple[str, str]]) -> None:
    for entra_id, teams_id in known:
        arrivals.remember_teams_id(uow, entra_id, teams_id)
