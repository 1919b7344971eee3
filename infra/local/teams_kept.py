"""What the stand-in for Teams' connector keeps: messages, people, and the requests that came in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

CARD_CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
THREAD_MARK = ";messageid="


@dataclass(frozen=True)
class Version:
    """How a message read after its post or one of its updates."""

    activity: dict[str, Any]
    at: datetime

    @property
    def card(self) -> dict[str, Any]:
        """The first Adaptive Card; empty where there is none."""
        attachments = self.activity.get("attachments") or []
        cards = (a.get("content", {}) for a in attachments if a.get("contentType") == CARD_CONTENT_TYPE)
        return next(cards, {})

    @property
    def summary(self) -> str:
        """What a lock screen shows."""
        return str(self.activity.get("summary") or "")


@dataclass
class Message:
    """A message of the bot, as it reads now, and everything it read before."""

    id: str
    conversation_id: str
    history: list[Version]
    deleted: bool = False

    @property
    def activity(self) -> dict[str, Any]:
        """The whole of the latest version."""
        return self.history[-1].activity

    @property
    def card(self) -> dict[str, Any]:
        """The card as it is now."""
        return self.history[-1].card

    @property
    def summary(self) -> str:
        """The summary as it is now."""
        return self.history[-1].summary

    @property
    def updates(self) -> int:
        """How often it was updated."""
        return len(self.history) - 1

    @property
    def channel_id(self) -> str:
        """The channel of the thread it is in; for a chat, the chat itself."""
        return self.conversation_id.partition(THREAD_MARK)[0]


@dataclass(frozen=True)
class Person:
    """Somebody in Teams, and the id of the chat that the bot has with them."""

    teams_id: str
    entra_id: str
    name: str = ""
    tenant_id: str = ""

    @property
    def chat_id(self) -> str:
        """The same each time it is opened."""
        return f"a:chat-with-{self.teams_id}"

    def account(self) -> dict[str, Any]:
        """How a roster names them."""
        account = {"id": self.teams_id, "aadObjectId": self.entra_id, "name": self.name}
        return {**account, "tenantId": self.tenant_id, "userRole": "user"}


@dataclass
class Received:
    """One request: what was asked, and the status it was answered with (None: not at all)."""

    method: str
    path: str
    conversation_id: str
    authorization: str | None
    body: Any
    status: int | None = None
