"""Fictional people, a team and their windows, for the tests of the local Teams."""

import socket

from infra.local.local_teams import TeamsChannel, TeamsPerson, TeamsTeam, TeamsWindow, TeamsWorld

TENANT = "11111111-1111-4111-8111-111111111111"
BOARD = TeamsChannel("19:board@thread.tacv2", "RedLine")
NORTH = TeamsTeam("19:north@thread.tacv2", "North", "22222222-2222-4222-8222-222222222222", BOARD)


def person(number: int, given_name: str, surname: str) -> TeamsPerson:
    return TeamsPerson(
        f"29:{given_name.lower()}", f"00000000-0000-4000-8000-{number:012}", given_name, surname
    )


SAM = person(1, "Sam", "Sergeant")
CASEY = person(2, "Casey", "Constable")
OTHERS = tuple(person(number, f"Extra{number}", "Example") for number in range(3, 7))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def window_of(who: TeamsPerson, port: int, team: TeamsTeam | None = None) -> TeamsWindow:
    other = CASEY if who is SAM else SAM
    return TeamsWindow(who, (other, *OTHERS), f"a:personal-{who.given_name.lower()}", port, team)


def world_of(bot_endpoint: str) -> TeamsWorld:
    return TeamsWorld(TENANT, "28:redline", "RedLine", bot_endpoint)
