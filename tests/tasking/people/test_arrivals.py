"""Learning from each activity where people and channels can be reached."""

from datetime import UTC, datetime
from typing import Any

from infra.local.people import CONSTABLE, NORTH_CHANNEL, NORTH_TEAM, OUTSIDER, SERGEANT, SOUTH_CHANNEL
from storage.enums import ConversationKind, OutboxState, OutcomeCode
from storage.people.queries import service_url_worked
from storage.rows import table_of
from storage.tables import Conversation, Message, Outbox, Person
from tasking.people.arrivals import (
    boards_reminder,
    districts_without_board,
    meet,
    meet_channel,
    meet_listed_channels,
    remember_teams_id,
    who_writes_as,
)
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW, SERVICE_URL, TENANT, Force

FAR = datetime(2100, 1, 1, tzinfo=UTC)


def chat(person_id: str | None = CONSTABLE.entra_id, **changes: Any) -> Conversation:
    values: dict[str, Any] = {
        "id": "chat",
        "kind": ConversationKind.PERSONAL,
        "service_url": SERVICE_URL,
        "tenant_id": TENANT,
        "entra_id": person_id,
        "updated_at": NOW,
    }
    return Conversation(**(values | changes))


def channel(id_: str = NORTH_CHANNEL) -> Conversation:
    return chat(None, id=id_, kind=ConversationKind.CHANNEL)


async def come(
    force: Force, conversation: Conversation, entra_id: str | None, teams_id: str | None = None
) -> None:
    await force.units.write(lambda uow: meet(uow, conversation, entra_id, teams_id))


async def teams_id_of(force: Force, entra_id: str) -> str | None:
    return (await force.rows(Person, table_of(Person).c.entra_id == entra_id))[0].teams_id


async def test_a_chat_and_a_teams_id_are_learned_from_an_activity(force: Force) -> None:
    await come(force, chat(), CONSTABLE.entra_id, "29:c")
    known = (await force.rows(Conversation))[0]
    assert (known.id, known.entra_id, known.service_url) == ("chat", CONSTABLE.entra_id, SERVICE_URL)
    assert await teams_id_of(force, CONSTABLE.entra_id) == "29:c"
    assert await force.units.read(lambda uow: who_writes_as(uow, "29:c")) == CONSTABLE.entra_id
    assert await force.units.read(lambda uow: who_writes_as(uow, "29:nobody")) is None


async def test_a_service_address_that_was_seen_does_not_replace_the_one_that_works(force: Force) -> None:
    moved = "https://moved.example"
    for address in (SERVICE_URL, moved, SERVICE_URL):
        await come(force, chat(service_url=address), CONSTABLE.entra_id)
    known = (await force.rows(Conversation))[0]
    assert (known.service_url, known.seen_service_url) == (SERVICE_URL, moved)
    await force.units.write(lambda uow: service_url_worked(uow.connection, "chat", moved))
    known = (await force.rows(Conversation))[0]
    assert (known.service_url, known.seen_service_url) == (moved, None)


async def test_meeting_again_changes_nothing(force: Force) -> None:
    await come(force, chat(), CONSTABLE.entra_id, "29:c")
    await come(force, chat(updated_at=FAR), CONSTABLE.entra_id, "29:c")
    assert [row.updated_at for row in await force.rows(Conversation)] == [NOW]


async def test_an_activity_that_names_nobody_does_not_wipe_whose_chat_it_is(force: Force) -> None:
    await come(force, chat(), CONSTABLE.entra_id)
    await come(force, chat(None), None)
    assert (await force.rows(Conversation))[0].entra_id == CONSTABLE.entra_id


async def test_a_chat_that_says_at_last_whose_it_is_is_completed(force: Force) -> None:
    await come(force, chat(None), None)
    await come(force, chat(), CONSTABLE.entra_id)
    assert (await force.rows(Conversation))[0].entra_id == CONSTABLE.entra_id


async def test_somebody_unknown_is_met_without_becoming_a_person(force: Force) -> None:
    before = len(await force.rows(Person))
    await come(force, chat(OUTSIDER.entra_id), OUTSIDER.entra_id, "29:o")
    assert len(await force.rows(Person)) == before
    await force.units.write(lambda uow: remember_teams_id(uow, OUTSIDER.entra_id, "29:o"))
    assert await force.units.read(lambda uow: who_writes_as(uow, "29:o")) is None


async def test_a_teams_id_belongs_to_one_person_the_latest(force: Force) -> None:
    await come(force, chat(), CONSTABLE.entra_id, "29:x")
    await force.units.write(lambda uow: remember_teams_id(uow, SERGEANT.entra_id, "29:x"))
    assert await teams_id_of(force, CONSTABLE.entra_id) is None
    assert await teams_id_of(force, SERGEANT.entra_id) == "29:x"


async def test_what_waited_for_somebody_goes_out_when_their_chat_is_met(force: Force) -> None:
    await force.task()
    card = table_of(Outbox).c.purpose == CardPurpose.OFFICER_TASK
    await force.change(Outbox, card, retry_at=FAR, last_error="not-installed")
    await come(force, channel(), CONSTABLE.entra_id)
    assert (await force.outbox(purpose=CardPurpose.OFFICER_TASK))[0].retry_at is not None
    await come(force, chat(), CONSTABLE.entra_id)
    assert (await force.outbox(purpose=CardPurpose.OFFICER_TASK))[0].retry_at is None


async def test_a_boards_channel_gets_its_board_when_the_app_is_installed(force: Force) -> None:
    await force.units.write(lambda uow: meet_channel(uow, channel(), installed=True))
    assert [row.purpose for row in await force.outbox()] == [CardPurpose.BOARD]
    assert (await force.rows(Conversation))[0].district_id == "north"


async def test_any_other_channel_is_only_remembered(force: Force) -> None:
    await force.units.write(lambda uow: meet_channel(uow, channel("19:unlisted"), installed=False))
    assert await force.outbox() == []
    districts = {row.id: row.district_id for row in await force.rows(Conversation)}
    assert districts == {"19:unlisted": None}


async def test_what_waited_for_a_channel_goes_out_when_it_is_met(force: Force) -> None:
    await force.task(None)
    await force.change(Outbox, table_of(Outbox).c.conversation_id == NORTH_CHANNEL, retry_at=FAR)
    board = table_of(Outbox).c.purpose == CardPurpose.BOARD
    await force.change(Outbox, board, retry_at=FAR)
    await force.units.write(lambda uow: meet_channel(uow, channel(), installed=True))
    rows = await force.outbox(state=OutboxState.WAITING)
    assert [row.retry_at for row in rows] == [None] * len(rows)


async def test_an_installation_posts_the_board_afresh_and_other_arrivals_leave_it_where_it_is(
    force: Force,
) -> None:
    board = Message(
        purpose=CardPurpose.BOARD,
        district_id="north",
        conversation_id=NORTH_CHANNEL,
        activity_id="1",
        posted_at=NOW,
    )
    await force.insert(board)
    await force.units.write(lambda uow: meet_channel(uow, channel(), installed=False))
    assert [row.gone for row in await force.rows(Message)] == [False]
    await force.units.write(lambda uow: meet_channel(uow, channel(), installed=True))
    assert [row.gone for row in await force.rows(Message)] == [True]


async def test_whose_chat_it_is_stays_known_when_an_activity_does_not_say(force: Force) -> None:
    await come(force, chat(), CONSTABLE.entra_id)
    await come(force, chat(None, service_url="https://moved.example"), None)
    known = (await force.rows(Conversation))[0]
    assert (known.entra_id, known.seen_service_url) == (CONSTABLE.entra_id, "https://moved.example")


# --- the channel of the board, which no installation names -------------------------------------


async def board_channels(force: Force) -> list[tuple[str, str, str, str | None]]:
    rows = await force.rows(Conversation, table_of(Conversation).c.id == NORTH_CHANNEL)
    return [(row.service_url, row.tenant_id, row.team_id or "", row.district_id) for row in rows]


async def test_an_installation_in_the_general_channel_makes_the_boards_known(force: Force) -> None:
    general = chat(None, id=NORTH_TEAM, kind=ConversationKind.CHANNEL, team_id=NORTH_TEAM)
    await force.units.write(lambda uow: meet_channel(uow, general, installed=True))
    assert await board_channels(force) == [(SERVICE_URL, TENANT, NORTH_TEAM, "north")]
    assert [row.district_id for row in await force.outbox(purpose=CardPurpose.BOARD)] == ["north"]
    assert [each.id for each in await force.units.read(districts_without_board)] == ["south"]


async def test_another_teams_installation_does_not(force: Force) -> None:
    elsewhere = chat(None, id="19:elsewhere", kind=ConversationKind.CHANNEL, team_id="19:elsewhere")
    await force.units.write(lambda uow: meet_channel(uow, elsewhere, installed=True))
    assert await board_channels(force) == []


async def test_what_is_known_of_the_boards_channel_stays(force: Force) -> None:
    await force.units.write(lambda uow: meet_channel(uow, channel(), installed=True))
    general = chat(None, id=NORTH_TEAM, kind=ConversationKind.CHANNEL, service_url="https://other.example")
    await force.units.write(lambda uow: meet_channel(uow, general, installed=True))
    assert [url for url, *_ in await board_channels(force)] == [SERVICE_URL]


async def test_at_the_start_it_is_found_through_a_channel_that_was_met_before(force: Force) -> None:
    await force.insert(chat(None, id=NORTH_TEAM, kind=ConversationKind.CHANNEL, team_id=NORTH_TEAM))
    await force.units.write(meet_listed_channels)
    assert [district for *_, district in await board_channels(force)] == ["north"]
    assert [each.id for each in await force.units.read(districts_without_board)] == ["south"]


async def test_every_channel_that_policy_lists_becomes_known_with_the_boards(force: Force) -> None:
    elsewhere = chat(None, id="19:elsewhere", kind=ConversationKind.CHANNEL, team_id=NORTH_TEAM)
    await force.units.write(lambda uow: meet_channel(uow, elsewhere, installed=False))
    districts = {row.id: row.district_id for row in await force.rows(Conversation)}
    assert districts == {"19:elsewhere": None, NORTH_CHANNEL: "north", NORTH_TEAM: "north"}


async def test_a_board_that_is_known_is_not_drawn_again_for_its_teams_other_channels(force: Force) -> None:
    await force.open_channel()
    await force.units.write(meet_listed_channels)
    assert {row.id for row in await force.rows(Conversation)} == {NORTH_CHANNEL, NORTH_TEAM}
    assert await force.outbox() == []


async def test_what_waited_for_the_boards_channel_goes_out_when_it_becomes_known(force: Force) -> None:
    await force.done(OutcomeCode.BREACH_SUSPECTED)
    told = table_of(Outbox).c.conversation_id == NORTH_CHANNEL
    await force.change(Outbox, told, retry_at=FAR)
    general = chat(None, id=NORTH_TEAM, kind=ConversationKind.CHANNEL, team_id=NORTH_TEAM)
    await force.units.write(lambda uow: meet_channel(uow, general, installed=True))
    assert [row.retry_at for row in await force.rows(Outbox, told)] == [None]


async def test_the_check_names_the_teams_of_which_no_channel_is_known(force: Force) -> None:
    said = await force.units.read(boards_reminder)
    assert "North team, South team" in said and "Install the app in the team" in said
    for channel_id in (NORTH_CHANNEL, SOUTH_CHANNEL):
        await force.open_channel(channel_id)
    assert await force.units.read(boards_reminder) == ""
