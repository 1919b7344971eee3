"""What the use cases ask of the outside world; the doors implement these, `app` plugs them in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from storage.enums import RecordsState

Card = dict[str, Any]

REQUEST_SECONDS = 10.0
"""What a request may take in all: less than Teams waits before it delivers the same again."""


# --- Teams -----------------------------------------------------------------------------------


class DeliveryProblem(Exception):
    """A delivery that did not succeed; `code` is short, machine-readable and free of personal data."""

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class NotSent(DeliveryProblem):
    """Surely not sent (refused connection, 412, 429): try again after a while."""


class Unanswered(NotSent):
    """Nobody at that address gave an answer of Teams': it may be made again there, or at another one."""


class Unclear(DeliveryProblem):
    """Perhaps sent (a timeout or a lost connection after sending, 408, 500 to 504): never simply repeat."""


class CannotReach(DeliveryProblem):
    """The person or channel cannot be reached as things are (not installed, blocked, gone)."""


class ConversationGone(CannotReach):
    """The conversation does not answer (404): for seconds, or because it is no longer there."""


class MessageGone(DeliveryProblem):
    """The message to update, or the first one of the thread to post into, is no longer there (404)."""


class Refused(DeliveryProblem):
    """The other side will never take this (400, 403 otherwise): park it where people see it."""


class RefusedAnyway(Refused):
    """Refused whichever message is meant (401, a redirect, too large a card, an address not allowed)."""


class RefusedForGood(Refused):
    """This very row will never be taken, whatever else is; `reason` says why in plain words for a card."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code)
        self.reason = reason


THREAD_MARK = ";messageid="
"""What follows the channel in the conversation id of a thread."""


@dataclass(frozen=True)
class Place:
    """A conversation in Teams: a person's chat, a channel's thread, or a channel (a new thread)."""

    conversation_id: str
    service_url: str
    tenant_id: str
    is_channel: bool = False
    is_trial: bool = False
    """Through a service URL that has not worked there yet: where it does, it is kept."""
    addresses: int = 1
    """How many service URLs there are to try, this one with them."""


@dataclass(frozen=True)
class Posted:
    """Proof of a posted card."""

    conversation_id: str
    activity_id: str


class Messenger(Protocol):
    """Posts and updates cards in Teams. Every method raises a `DeliveryProblem` when it fails."""

    async def post(self, place: Place, card: Card, summary: str) -> Posted:
        """Post a card into a chat or thread; into a channel it starts a new thread."""
        ...

    async def update(self, place: Place, activity_id: str, card: Card, summary: str) -> None:
        """Replace a card that the bot posted; raises `MessageGone` where it is no longer there."""
        ...

    async def open_chat(self, person_teams_id: str, service_url: str, tenant_id: str) -> Place:
        """Open (or find) the personal chat with somebody for whom the app is installed."""
        ...


# --- the records system ----------------------------------------------------------------------


@dataclass(frozen=True)
class RecordsRow:
    """One row of the records hand-off list, as it goes out. Times are aware UTC."""

    key: str
    corrects_key: str | None
    task_ref: str
    subject_ref: str | None
    order_ref: str | None
    kind: str
    code: str
    happened_at: datetime
    recorded_at: datetime
    officer_id: str
    note: str


@dataclass(frozen=True)
class RecordsReceipt:
    """Proof that a row stands in the records list."""

    item_id: str
    etag: str | None


@dataclass(frozen=True)
class RecordsAnswer:
    """What the records desk made of a row."""

    key: str
    item_id: str
    state: RecordsState
    athena_ref: str | None
    reason: str


@dataclass(frozen=True)
class RecordsAnswers:
    """One read of the list's changes; pass `bookmark` to the next read."""

    rows: list[RecordsAnswer]
    bookmark: str


class RecordsSystem(Protocol):
    """The records hand-off list. Every method raises a `DeliveryProblem` when it fails."""

    async def hand_over(self, row: RecordsRow) -> RecordsReceipt:
        """Add one row. Never repeated blindly: after `Unclear`, ask `find`."""
        ...

    async def find(self, key: str) -> RecordsReceipt | None:
        """The row with this RedLineKey, or None if the list surely has none."""
        ...

    async def answers(self, bookmark: str | None) -> RecordsAnswers:
        """Every row that changed since the bookmark (None: all rows); starts anew where it is too old."""
        ...


# --- people, documents -----------------------------------------------------------------------


@dataclass(frozen=True)
class DirectoryPerson:
    """Somebody as the force's directory knows them."""

    entra_id: str
    display_name: str
    collar_number: str
    """Empty where the directory has none."""
    active: bool


@dataclass(frozen=True)
class DirectorySnapshot:
    """The people of the groups that policy names, and who is in which group (transitively)."""

    people: list[DirectoryPerson]
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Entra group id -> the Entra ids of its members."""
    gone: frozenset[str] = frozenset()
    """The groups of these that the directory does not have (any more)."""


class Directory(Protocol):
    """The force's directory (Entra groups and users). Raises a `DeliveryProblem` when it fails."""

    async def snapshot(self, group_ids: Collection[str]) -> DirectorySnapshot:
        """Everybody in these groups, transitively."""
        ...


@dataclass(frozen=True)
class DocumentLink:
    """A short-lived link to a document, for one reader."""

    name: str
    url: str


class Documents(Protocol):
    """The library that holds copies of orders. Raises a `DeliveryProblem` when it fails."""

    async def link(self, document_key: str) -> DocumentLink:
        """A link that opens the document."""
        ...
