"""Learning from each activity where people and channels can be reached."""

from collections.abc import Sequence

from storage import messages, outbox, people_queries
from storage.enums import CardPurpose, ConversationKind
from storage.tables import Conversation
from tasking import effects
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
            boards = messages.standing(uow.connection, CardPurpose.BOARD, district_id=district.id)
            messages.mark_gone(uow.connection, [board.id for board in boards])
        outbox.release(uow.connection, effects.board_lane(district.id))
        uow.effects(effects.update_board(district.id, uow.now, f"installed:{uow.now.isoformat()}"))


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
