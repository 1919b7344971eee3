"""The two local Teams windows of a run: the sergeant's, with the North team, and the constable's phone."""

from infra.local.local_teams import (
    OTHER_PEOPLE,
    TeamsChannel,
    TeamsPerson,
    TeamsTeam,
    TeamsWindow,
    TeamsWorld,
)
from infra.local.people import (
    BOT_ID,
    BOT_NAME,
    CONSTABLE,
    NORTH_CHANNEL,
    NORTH_TEAM,
    PEOPLE,
    SERGEANT,
    TENANT,
    FictionalPerson,
)

_NORTH_GROUP = "00000000-0000-4000-8000-0000000000aa"


def world(service_port: int) -> TeamsWorld:
    """The tenant and the bot that both windows share."""
    return TeamsWorld(TENANT, BOT_ID, BOT_NAME, f"http://127.0.0.1:{service_port}/api/messages")


def sergeants_window(port: int) -> TeamsWindow:
    """The sergeant's Teams: the North team with its RedLine channel, and a chat with the bot."""
    north = TeamsTeam(NORTH_TEAM, "North team", _NORTH_GROUP, TeamsChannel(NORTH_CHANNEL, "RedLine"))
    return _window(SERGEANT, port, north)


def constables_window(port: int) -> TeamsWindow:
    """The constable's phone: a chat with the bot."""
    return _window(CONSTABLE, port)


def _window(person: FictionalPerson, port: int, team: TeamsTeam | None = None) -> TeamsWindow:
    others = [_in_teams(each) for each in PEOPLE if each != person][:OTHER_PEOPLE]
    return TeamsWindow(_in_teams(person), tuple(others), f"a:chat-{person.number}", port, team)


def _in_teams(person: FictionalPerson) -> TeamsPerson:
    given_name, _, surname = person.name.partition(" ")
    return TeamsPerson(person.teams_id, person.entra_id, given_name, surname)
