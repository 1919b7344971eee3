"""Doubles of the outside world: they keep what they were given and fail when they were told to."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import count

from bot.teams.roster import Member
from storage.enums import RecordsState
from tasking.ports import (
    Card,
    DeliveryProblem,
    DirectorySnapshot,
    DocumentLink,
    MessageGone,
    NotSent,
    Place,
    Posted,
    RecordsAnswer,
    RecordsAnswers,
    RecordsReceipt,
    RecordsRow,
    Unclear,
)


class Script:
    """Failures to come, the first one first; None lets a call succeed."""

    def __init__(self) -> None:
        self._to_come: list[Exception | None] = []

    def add(self, *problems: Exception | None) -> None:
        self._to_come += problems

    def next(self) -> Exception | None:
        return self._to_come.pop(0) if self._to_come else None


@dataclass(frozen=True)
class Sent:
    """One card that arrived in Teams."""

    place: Place
    activity_id: str
    card: Card
    summary: str

    @property
    def words(self) -> str:
        """Everything on the card, for looking something up."""
        return str(self.card)


class FakeMessenger:
    """A Teams that keeps its messages. An `Unclear` post arrives all the same; a refused one does not."""

    def __init__(self) -> None:
        self.posted: list[Sent] = []
        self.updated: list[Sent] = []
        self.opened: list[tuple[str, str, str]] = []
        self.standing: dict[str, Sent] = {}
        self.posts, self.updates, self.chats = Script(), Script(), Script()
        self.refused_edits: dict[str, DeliveryProblem] = {}
        self.hanging: set[str] = set()
        self.used_up: dict[str, float] = {}
        """Conversations that have had their turns, and for how many seconds from the next try."""
        self._rests_until: dict[str, float] = {}
        self.hangs = asyncio.Event()
        self.goes_on = asyncio.Event()
        self._numbers = count(1)

    async def post(self, place: Place, card: Card, summary: str) -> Posted:
        await self._hang_at(place)
        self._has_turn(place)
        problem = self.posts.next()
        if problem is not None and not isinstance(problem, Unclear):
            raise problem
        sent = Sent(place, f"activity-{next(self._numbers)}", card, summary)
        self.posted.append(sent)
        self.standing[sent.activity_id] = sent
        if problem is not None:
            raise problem
        thread = f"{place.conversation_id};messageid={sent.activity_id}"
        return Posted(thread if place.is_channel else place.conversation_id, sent.activity_id)

    async def update(self, place: Place, activity_id: str, card: Card, summary: str) -> None:
        await self._hang_at(place)
        problem = self.refused_edits.get(activity_id) or self.updates.next()
        if problem is not None:
            raise problem
        if activity_id not in self.standing:
            raise MessageGone("not-found")
        sent = Sent(place, activity_id, card, summary)
        self.standing[activity_id] = sent
        self.updated.append(sent)

    async def open_chat(self, person_teams_id: str, service_url: str, tenant_id: str) -> Place:
        problem = self.chats.next()
        if problem is not None:
            raise problem
        self.opened.append((person_teams_id, service_url, tenant_id))
        return Place(f"chat-with-{person_teams_id}", service_url, tenant_id)

    def forget_messages(self) -> None:
        """As the local Teams does when it restarts."""
        self.standing.clear()

    def _has_turn(self, place: Place) -> None:
        now, name = asyncio.get_running_loop().time(), place.conversation_id
        if name in self.used_up:
            self._rests_until[name] = now + self.used_up.pop(name)
        if (wait := self._rests_until.get(name, now) - now) > 0:
            raise NotSent("pace", wait)

    async def _hang_at(self, place: Place) -> None:
        if place.conversation_id in self.hanging:
            self.hangs.set()
            await self.goes_on.wait()


class FakeRecords:
    """A records list with a unique key. An `Unclear` hand-over has added its row all the same."""

    def __init__(self) -> None:
        self.rows: dict[str, RecordsRow] = {}
        self.receipts: dict[str, RecordsReceipt] = {}
        self.calls: list[tuple[str, str]] = []
        self.hand_overs, self.finds, self.reads = Script(), Script(), Script()
        self.loses_unclear = False
        self._changes: list[RecordsAnswer] = []

    async def hand_over(self, row: RecordsRow) -> RecordsReceipt:
        self.calls.append(("hand_over", row.key))
        problem = self.hand_overs.next()
        if problem is not None and (self.loses_unclear or not isinstance(problem, Unclear)):
            raise problem
        if row.key in self.rows:
            raise NotSent("key-is-there")
        receipt = RecordsReceipt(f"item-{len(self.rows) + 1}", '"1"')
        self.rows[row.key] = row
        self.receipts[row.key] = receipt
        self.say(row.key, RecordsState.WAITING)
        if problem is not None:
            raise problem
        return receipt

    async def find(self, key: str) -> RecordsReceipt | None:
        self.calls.append(("find", key))
        problem = self.finds.next()
        if problem is not None:
            raise problem
        return self.receipts.get(key)

    async def answers(self, bookmark: str | None) -> RecordsAnswers:
        self.calls.append(("answers", bookmark or ""))
        problem = self.reads.next()
        if problem is not None:
            raise problem
        start = int(bookmark) if bookmark else 0
        return RecordsAnswers(self._changes[start:], str(len(self._changes)))

    def say(
        self, key: str, state: RecordsState, athena_ref: str | None = None, reason: str = ""
    ) -> RecordsAnswer:
        """The desk changes a row."""
        item_id = self.receipts[key].item_id if key in self.receipts else "item-0"
        answer = RecordsAnswer(key, item_id, state, athena_ref, reason)
        self._changes.append(answer)
        return answer


@dataclass
class FakeDirectory:
    """A directory that gives one snapshot."""

    found: DirectorySnapshot
    problem: DeliveryProblem | None = None
    asked: list[list[str]] = field(default_factory=list)

    async def snapshot(self, group_ids: Collection[str]) -> DirectorySnapshot:
        self.asked.append(list(group_ids))
        if self.problem:
            raise self.problem
        return replace(self.found)


@dataclass
class FakeDocuments:
    """A library that holds every document, unless it was told to fail."""

    problem: DeliveryProblem | None = None
    asked: list[str] = field(default_factory=list)

    async def link(self, document_key: str) -> DocumentLink:
        self.asked.append(document_key)
        if self.problem:
            raise self.problem
        return DocumentLink(document_key.rpartition("/")[2], f"https://files.example/{document_key}?once")


class FakeRoster:
    """Who is in a team or chat: Teams id -> Entra id."""

    def __init__(self, known: dict[str, str] | None = None) -> None:
        self.known = known or {}
        self.asked: list[str] = []
        self.problem: DeliveryProblem | None = None

    async def entra_id_of(self, _place: Place, teams_id: str) -> str | None:
        self.asked.append(teams_id)
        if self.problem:
            raise self.problem
        return self.known.get(teams_id)

    async def members(self, _place: Place) -> list[Member]:
        if self.problem:
            raise self.problem
        return [Member(teams_id, entra_id) for teams_id, entra_id in self.known.items()]
