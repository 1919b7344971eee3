"""One activity, taken apart: who asks, where, and under which key it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.teams.conversations import channel_id_of, place_of
from tasking.once import activity_key
from tasking.policy import Policy
from tasking.ports import Place
from tasking.work.assign import Room


@dataclass(frozen=True)
class Turn:
    """A verified activity that somebody is answered for."""

    activity: Mapping[str, Any]
    key: str
    place: Place
    teams_id: str | None
    entra_id: str | None
    """`from.aadObjectId` of the verified activity: the only thing that says who acts."""
    is_in_channel: bool
    channel_district: str | None
    card_message_id: str | None = None
    """The message whose card was tapped."""

    @property
    def is_in_known_room(self) -> bool:
        """A personal chat, or a channel that a district lists."""
        return self.channel_district is not None or not self.is_in_channel

    @property
    def room(self) -> Room:
        """Where the request was made, as the use cases know it."""
        return Room(self.place.conversation_id, self.channel_district, self.card_message_id)


@dataclass(frozen=True)
class People:
    """Teams id -> Entra id of the people mentioned, as far as they are known."""

    by_teams_id: Mapping[str, str] = field(default_factory=dict)


def turn_of(activity: Mapping[str, Any], policy: Policy) -> Turn | None:
    """The turn of an activity, or None for one that lacks what answering it would need."""
    place = place_of(activity)
    activity_id = activity.get("id")
    kind = _part(activity, "conversation").get("conversationType")
    if place is None or not isinstance(activity_id, str) or kind not in ("personal", "channel"):
        return None
    sender = _part(activity, "from")
    in_channel = kind == "channel"
    district = policy.district_of_channel(channel_id_of(place.conversation_id)) if in_channel else None
    return Turn(
        activity=activity,
        key=activity_key(place.conversation_id, activity_id),
        place=place,
        teams_id=_text(sender.get("id")),
        entra_id=_text(sender.get("aadObjectId")),
        is_in_channel=in_channel,
        channel_district=district.id if district else None,
        card_message_id=_tapped_message(activity),
    )


def _tapped_message(activity: Mapping[str, Any]) -> str | None:
    """A tap answers the message of its card; a typed reply names a message too, but taps nothing."""
    return _text(activity.get("replyToId")) if isinstance(activity.get("value"), dict) else None


def _part(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
