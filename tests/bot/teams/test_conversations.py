"""Which chat or channel an activity came from, with activities as Teams and the local Teams send them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.teams.conversations import channel_id_of, conversation_of, place_of
from storage.enums import ConversationKind
from tasking.ports import Place

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
TENANT = "00000000-0000-4000-8000-00000000cafe"
SERVICE_URL = "https://smba.trafficmanager.net/uk/"
SERGEANT = "00000000-0000-4000-8000-000000000001"
CHANNEL = "19:board@thread.tacv2"
TEAM = "19:general@thread.tacv2"


def personal(**changes: Any) -> dict[str, Any]:
    activity = {
        "type": "message",
        "from": {"id": "29:sgt", "name": "Sam Sergeant", "aadObjectId": SERGEANT},
        "serviceUrl": SERVICE_URL,
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": "a:personal-sgt"},
        "channelData": {"tenant": {"id": TENANT}},
    }
    return activity | changes


def in_thread(**changes: Any) -> dict[str, Any]:
    activity = personal() | {
        "conversation": {"isGroup": True, "conversationType": "channel", "id": f"{CHANNEL};messageid=1700"},
        "channelData": {"tenant": {"id": TENANT}, "team": {"id": TEAM}, "channel": {"id": CHANNEL}},
    }
    return activity | changes


def installed_in_team(channel_data: dict[str, Any]) -> dict[str, Any]:
    return in_thread(
        type="conversationUpdate",
        conversation={"isGroup": True, "conversationType": "channel", "id": TEAM},
        channelData={"tenant": {"id": TENANT}, "team": {"id": TEAM}} | channel_data,
    )


def test_a_personal_chat_is_known_with_its_person() -> None:
    row = conversation_of(personal(), NOW)

    assert row is not None
    assert (row.id, row.kind, row.entra_id) == ("a:personal-sgt", ConversationKind.PERSONAL, SERGEANT)
    assert (row.service_url, row.tenant_id, row.updated_at) == (SERVICE_URL, TENANT, NOW)
    assert (row.team_id, row.district_id) == (None, None)


@pytest.mark.parametrize(
    "sender", [{"id": "28:redline", "aadObjectId": "the-bots-own"}, {"id": "29:x"}, None]
)
def test_a_chat_is_nobodys_when_the_activity_is_from_no_known_person(sender: Any) -> None:
    row = conversation_of(personal(**{"from": sender}), NOW)

    assert row is not None
    assert row.entra_id is None


def test_a_thread_yields_its_channel_and_team_and_no_person() -> None:
    row = conversation_of(in_thread(), NOW)

    assert row is not None
    assert (row.id, row.kind, row.team_id) == (CHANNEL, ConversationKind.CHANNEL, TEAM)
    assert row.entra_id is None
    assert (row.service_url, row.tenant_id) == (SERVICE_URL, TENANT)


def test_a_thread_names_its_channel_by_its_own_id_where_nothing_else_does() -> None:
    row = conversation_of(in_thread(channelData={"tenant": {"id": TENANT}}), NOW)

    assert row is not None
    assert (row.id, row.team_id) == (CHANNEL, None)


def test_an_installation_in_a_team_yields_the_channel_it_was_made_in() -> None:
    general = conversation_of(installed_in_team({}), NOW)
    board = conversation_of(installed_in_team({"channel": {"id": CHANNEL}}), NOW)

    assert general is not None
    assert board is not None
    assert (general.id, board.id) == (TEAM, CHANNEL)


@pytest.mark.parametrize(
    "activity",
    [
        personal(conversation={"conversationType": "groupChat", "id": "19:x@thread.v2", "isGroup": True}),
        personal(conversation={"id": "a:1"}),
        personal(conversation={"conversationType": "personal"}),
        personal(conversation={"conversationType": "personal", "id": ""}),
        personal(conversation={"conversationType": "personal", "id": 5}),
        personal(conversation=None),
        personal(conversation="a:personal-sgt"),
        personal(serviceUrl=None),
        personal(channelData=None, conversation={"conversationType": "personal", "id": "a:1"}),
        {},
    ],
)
def test_a_group_chat_or_half_an_activity_yields_nothing(activity: dict[str, Any]) -> None:
    assert conversation_of(activity, NOW) is None


def test_the_tenant_beside_the_conversation_serves_where_channel_data_lacks_it() -> None:
    row = conversation_of(personal(channelData="odd"), NOW)

    assert row is not None
    assert row.tenant_id == TENANT


def test_the_tenant_in_channel_data_comes_first() -> None:
    row = conversation_of(personal(channelData={"tenant": {"id": "another"}}), NOW)

    assert row is not None
    assert row.tenant_id == "another"


def test_an_answer_goes_to_the_thread_it_was_asked_in() -> None:
    assert place_of(in_thread()) == Place(f"{CHANNEL};messageid=1700", SERVICE_URL, TENANT, is_channel=False)


def test_an_answer_to_a_channel_itself_starts_a_thread() -> None:
    assert place_of(installed_in_team({})) == Place(TEAM, SERVICE_URL, TENANT, is_channel=True)


def test_an_answer_in_a_chat_goes_to_the_chat() -> None:
    assert place_of(personal()) == Place("a:personal-sgt", SERVICE_URL, TENANT)
    assert place_of({}) is None


@pytest.mark.parametrize(
    ("conversation_id", "channel_id"),
    [(f"{CHANNEL};messageid=17", CHANNEL), (CHANNEL, CHANNEL), ("a:personal-sgt", "a:personal-sgt")],
)
def test_a_thread_is_in_its_channel(conversation_id: str, channel_id: str) -> None:
    assert channel_id_of(conversation_id) == channel_id
