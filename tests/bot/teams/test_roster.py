"""Reading rosters over real sockets: people by Teams id and Entra id, never by name."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.teams.connector import Connector
from bot.teams.roster import PAGE_SIZE, Member, TeamsRoster
from tasking.ports import CannotReach, DeliveryProblem, NotSent, Place, Refused
from tests.support.teams_connector import TeamsConnector

TEAM = "19:general@thread.tacv2"
OFFICER = Member("29:officer", "00000000-0000-4000-8000-000000000001")


@pytest.fixture
async def teams() -> AsyncIterator[TeamsConnector]:
    async with TeamsConnector() as teams:
        teams.add_person(OFFICER.teams_id, OFFICER.entra_id, "PC Example")
        teams.join(TEAM, OFFICER.teams_id)
        yield teams


@pytest.fixture
async def roster() -> AsyncIterator[TeamsRoster]:
    async with Connector(allowed=lambda _: True, credential=None) as connector:
        yield TeamsRoster(connector, timeout=2)


def place_in(teams: TeamsConnector, conversation_id: str = TEAM) -> Place:
    return Place(conversation_id, teams.base_url, "00000000-0000-4000-8000-00000000cafe")


@pytest.mark.parametrize("conversation_id", [TEAM, f"{TEAM};messageid=1700"])
async def test_a_mention_is_resolved_by_one_call_from_a_channel_or_its_thread(
    roster: TeamsRoster, teams: TeamsConnector, conversation_id: str
) -> None:
    assert await roster.entra_id_of(place_in(teams, conversation_id), OFFICER.teams_id) == OFFICER.entra_id
    assert [r.path for r in teams.requests] == [f"/v3/conversations/{TEAM}/members/{OFFICER.teams_id}"]


async def test_the_other_name_that_teams_has_for_the_entra_id_is_read_too(
    roster: TeamsRoster, teams: TeamsConnector
) -> None:
    teams.faults.add(status=200, body='{"id": "29:x", "objectId": "entra-x", "name": "PC Example"}')

    assert await roster.entra_id_of(place_in(teams), "29:x") == "entra-x"


@pytest.mark.parametrize("body", ['{"id": "29:guest"}', "{}", "[]", "<html>"])
async def test_somebody_without_an_entra_id_is_nobody(
    roster: TeamsRoster, teams: TeamsConnector, body: str
) -> None:
    teams.faults.add(status=200, body=body)

    assert await roster.entra_id_of(place_in(teams), "29:guest") is None


async def test_somebody_who_is_not_in_the_roster_is_nobody(
    roster: TeamsRoster, teams: TeamsConnector
) -> None:
    assert await roster.entra_id_of(place_in(teams), "29:stranger") is None


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"status": 403, "code": "BotNotInConversationRoster"}, CannotReach),
        ({"status": 401}, Refused),
        ({"status": 429, "retry_after": 2}, NotSent),
        ({"status": 500}, NotSent),
        ({"hang": True}, NotSent),
        ({"drop": True, "times": None}, NotSent),
    ],
)
async def test_where_teams_cannot_say_that_is_not_taken_for_nobody(
    roster: TeamsRoster, teams: TeamsConnector, fault: dict[str, Any], problem: type[DeliveryProblem]
) -> None:
    teams.faults.add(**fault)

    with pytest.raises(problem):
        await roster.entra_id_of(place_in(teams), OFFICER.teams_id)


async def test_a_large_team_is_read_page_by_page(roster: TeamsRoster, teams: TeamsConnector) -> None:
    for number in range(2 * PAGE_SIZE):
        teams.add_person(f"29:{number}", f"entra-{number}")
        teams.join(TEAM, f"29:{number}")

    members = await roster.members(place_in(teams, f"{TEAM};messageid=17"))

    assert members[0] == OFFICER
    assert [m.entra_id for m in members[1:]] == [f"entra-{number}" for number in range(2 * PAGE_SIZE)]
    assert len(teams.requests) == 3


async def test_bots_and_guests_without_an_entra_id_are_left_out(
    roster: TeamsRoster, teams: TeamsConnector
) -> None:
    teams.add_person("28:another-bot", "")
    teams.join(TEAM, "28:another-bot")

    assert await roster.members(place_in(teams)) == [OFFICER]


@pytest.mark.parametrize("body", ["{}", "<html>", '{"members": null}'])
async def test_a_roster_that_says_nothing_is_empty(
    roster: TeamsRoster, teams: TeamsConnector, body: str
) -> None:
    teams.faults.add(status=200, body=body)

    assert await roster.members(place_in(teams)) == []


async def test_a_roster_that_never_ends_is_left(roster: TeamsRoster, teams: TeamsConnector) -> None:
    endless = '{"members": [{"id": "29:x", "aadObjectId": "entra-x"}], "continuationToken": "again"}'
    teams.faults.add(status=200, body=endless, times=None)

    assert len(await roster.members(place_in(teams))) == len(teams.requests) == 100


async def test_a_page_that_fails_fails_the_whole(roster: TeamsRoster, teams: TeamsConnector) -> None:
    teams.faults.add(status=200, body='{"members": [], "continuationToken": "next"}')
    teams.faults.add(status=429, retry_after=5)

    with pytest.raises(NotSent) as caught:
        await roster.members(place_in(teams))

    assert caught.value.retry_after == 5.0
