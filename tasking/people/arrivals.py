"""Learning from each activity where people and channels can be reached."""

from collections.abc import Sequence
from datetime import datetime

from storage import messages, outbox
from storage.enums import ConversationKind
from storage.people import queries as people_queries
from storage.tables import Conversation
from tasking.notices import notices
from tasking.policy import DistrictPolicy
from tasking.unit_of_work import UnitOfWork


def meet(uow: UnitOfWork, conversation: Conversation, entra_id: str | None, teams_id: str | None) -> None:
    """Remember the conversation, and under which Teams id a known person writes.

    What waited for somebody who could not be reached goes out at once.
    """
    known = people_queries.conversation_by_id(uow.connection, conversation.id)
    if known is None or _says_more(conversation, known):
        _store(uow, conversation)
    person = people_queries.person_by_id(uow.connection, entra_id) if entra_id else None
    if person is None:
        return
    if teams_id and person.teams_id != teams_id:
        people_queries.learn_teams_id(uow.connection, person.entra_id, teams_id)
    if conversation.kind == ConversationKind.PERSONAL:
        outbox.release(uow.connection, person.entra_id)


def _says_more(conversation: Conversation, known: Conversation) -> bool:
    moved = conversation.service_url not in (known.service_url, known.seen_service_url)
    return moved or (conversation.entra_id is not None and known.entra_id != conversation.entra_id)


def _store(uow: UnitOfWork, conversation: Conversation) -> DistrictPolicy | None:
    """Store it under the district that lists the channel; returns that district."""
    district = uow.policy.district_of_channel(conversation.id)
    conversation.district_id = district.id if district else None
    people_queries.upsert_conversation(uow.connection, conversation)
    return district


def meet_channel(uow: UnitOfWork, conversation: Conversation, *, installed: bool) -> None:
    """Remember a channel; a district's board is drawn in it if it is the board's channel.

    An installation begins anew: the board is posted afresh, where everybody sees it.
    """
    district = _store(uow, conversation)
    outbox.release(uow.connection, conversation.id)
    if district and district.board_channel_id == conversation.id:
        if installed:
            _forget_boards(uow, district)
        _draw_board(uow, district)
    for each in uow.policy.districts:
        if _is_of_team(conversation, each):
            _meet_listed(uow, each, conversation)


def _forget_boards(uow: UnitOfWork, district: DistrictPolicy) -> None:
    for name in notices().names(lambda notice: notice.posted_in is not None):
        boards = messages.standing(uow.connection, name, district_id=district.id)
        messages.mark_gone(uow.connection, [board.id for board in boards])


def meet_listed_channels(uow: UnitOfWork) -> None:
    """Make the channels that policy lists for a district known where any channel of its team is."""
    for district in uow.policy.districts:
        ids = (district.team_id, *district.listed_channels)
        known = people_queries.channel_of_team(uow.connection, ids)
        if known is not None:
            _meet_listed(uow, district, known)


def districts_without_board(uow: UnitOfWork) -> list[DistrictPolicy]:
    """Districts in whose board's channel nothing can be posted: RedLine knows no channel of their team."""
    known = people_queries.conversation_by_id
    return [each for each in uow.policy.districts if known(uow.connection, each.board_channel_id) is None]


def boards_reminder(uow: UnitOfWork) -> str:
    """What `check-config` says while there is a board that cannot be posted; empty where there is none."""
    names = ", ".join(district.name for district in districts_without_board(uow))
    return (
        f"The channel of the board is not known yet, so that no breach is told there: {names}. "
        "Install the app in the team, or mention it in one of its channels."
        if names
        else ""
    )


def _is_of_team(conversation: Conversation, district: DistrictPolicy) -> bool:
    """An installation names the team and its general channel, never the channel of the board."""
    is_listed = conversation.id in district.listed_channels
    return is_listed or district.team_id in (conversation.team_id, conversation.id)


def _meet_listed(uow: UnitOfWork, district: DistrictPolicy, through: Conversation) -> None:
    """A bot that is in a team can post in each of its channels, through the same service."""
    for channel_id in district.listed_channels:
        if people_queries.conversation_by_id(uow.connection, channel_id) is None:
            _store(uow, _channel_beside(through, channel_id, district.team_id, uow.now))
            outbox.release(uow.connection, channel_id)
            if channel_id == district.board_channel_id:
                _draw_board(uow, district)


def _channel_beside(known: Conversation, channel_id: str, team_id: str, now: datetime) -> Conversation:
    return Conversation(
        id=channel_id,
        kind=ConversationKind.CHANNEL,
        service_url=known.service_url,
        tenant_id=known.tenant_id,
        team_id=team_id,
        updated_at=now,
    )


def _draw_board(uow: UnitOfWork, district: DistrictPolicy) -> None:
    rows = uow.redrawn(district.id, f"installed:{uow.now.isoformat()}")
    for row in rows:
        outbox.release(uow.connection, row["lane"])
    uow.effects(*rows)


def who_writes_as(uow: UnitOfWork, teams_id: str) -> str | None:
    """The Entra id of the person whom we met under this Teams id."""
    return who_write_as(uow, [teams_id]).get(teams_id)


def who_write_as(uow: UnitOfWork, teams_ids: Sequence[str]) -> dict[str, str]:
    """Teams id -> Entra id of those of them whom we have met."""
    return people_queries.entra_ids_by_teams_ids(uow.connection, teams_ids)


def remember_teams_id(uow: UnitOfWork, entra_id: str, teams_id: str) -> None:
    """Note under which Teams id a person appears in a roster."""
    if people_queries.person_by_id(uow.connection, entra_id):
        people_queries.learn_teams_id(uow.connection, entra_id, teams_id)
