"""What an activity tells of the conversation that it came from: where the bot can post from now on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage.enums import ConversationKind
from storage.tables import Conversation
from tasking.ports import THREAD_MARK, Place

_BOT_ID_PREFIX = "28:"


def conversation_of(activity: Mapping[str, Any], now: datetime) -> Conversation | None:
    """The row of the chat or channel that a verified activity came from; `now` is aware, in UTC.

    A thread yields its channel. The row has no district yet: policy knows whose channel it is. None for a
    group chat, and for an activity that lacks what posting there would need.
    """
    place = place_of(activity)
    if place is None:
        return None
    kind = _text(activity, "conversation", "conversationType")
    if kind == "personal":
        return _chat(activity, place, now)
    return _channel(activity, place, now) if kind == "channel" else None


def place_of(activity: Mapping[str, Any]) -> Place | None:
    """Where an answer to this activity goes: the chat, or the thread it was written in.

    An activity of a channel itself (an installation) has no thread: there a post starts a new one.
    """
    conversation_id = _text(activity, "conversation", "id")
    service_url = _text(activity, "serviceUrl")
    # Teams puts the tenant here for certain, and beside the conversation only sometimes.
    tenant_id = _text(activity, "channelData", "tenant", "id") or _text(activity, "conversation", "tenantId")
    if not (conversation_id and service_url and tenant_id):
        return None
    is_channel = _text(activity, "conversation", "conversationType") == "channel"
    return Place(conversation_id, service_url, tenant_id, is_channel and THREAD_MARK not in conversation_id)


def channel_id_of(conversation_id: str) -> str:
    """The channel of a thread; any other conversation is its own."""
    return conversation_id.partition(THREAD_MARK)[0]


def _chat(activity: Mapping[str, Any], place: Place, now: datetime) -> Conversation:
    from_bot = (_text(activity, "from", "id") or "").startswith(_BOT_ID_PREFIX)
    return Conversation(
        id=place.conversation_id,
        kind=ConversationKind.PERSONAL,
        service_url=place.service_url,
        tenant_id=place.tenant_id,
        entra_id=None if from_bot else _text(activity, "from", "aadObjectId"),
        updated_at=now,
    )


def _channel(activity: Mapping[str, Any], place: Place, now: datetime) -> Conversation:
    named = _text(activity, "channelData", "channel", "id")
    return Conversation(
        id=channel_id_of(named or place.conversation_id),
        kind=ConversationKind.CHANNEL,
        service_url=place.service_url,
        tenant_id=place.tenant_id,
        team_id=_text(activity, "channelData", "team", "id"),
        updated_at=now,
    )


def _text(activity: Mapping[str, Any], *path: str) -> str | None:
    found: Any = activity
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found else None
