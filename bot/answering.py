"""Answering a turn: once, in one transaction, with every refusal turned into a card in one place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from bot.asking import Asking
from bot.declared import Doors
from bot.teams.conversations import conversation_of
from bot.teams.met import Met
from bot.turns import People, Turn
from bot.work.cards_for import own_or_confirmation
from bot.work.refused import breach_not_recorded_card, refused_card
from cards.answers import message_card, not_recorded, with_how_to_answer, wrong_channel_card
from cards.payloads import Payload
from storage.enums import AuditOperation
from tasking.answers import fold_posted, post_answer, task_named
from tasking.once import answer_once
from tasking.people.actors import actor_of, as_recorder
from tasking.people.arrivals import meet
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork, Units
from tasking.work.find import Reader, could_see_as_officer
from tasking.work.lists import show_task

log = structlog.get_logger()

Do = Callable[[UnitOfWork, Asking], Card | None]
_NOTHING = b""
_UNCONFIRMED = "RedLine has lost your access, and somebody is asked whether that is right."
_STILL_RECORD = (
    "You can still record on your own tasks, for example: 1042 no answer 2115. If it cannot wait: radio."
)


@dataclass(frozen=True)
class Request:
    """What is asked in a turn: the work to do, and the tap it came from (None for a typed command)."""

    turn: Turn
    doors: Doors
    do: Do
    tap: Payload | None = None
    people: People = field(default_factory=People)
    fetched: Any = None
    """What the button or the command has fetched first."""
    is_breach: bool = False
    """Whether somebody reports a breach: if it cannot be recorded, that must be said first."""
    posts_answer: bool = False
    """Whether the answer is posted into the conversation (typed commands) rather than returned (taps)."""
    folds: str | None = None
    """The task of a briefing or a copy of an order: such an answer does not stay where it was posted."""
    about: str | None = None
    """The task that is named."""
    reports: bool = False
    """Whether it only says what came of a task, or calls for help: it needs no sight of anything."""
    reports_on: str | None = None
    """That task, as it is named in the card or in the words that were typed."""


class Answering:
    """Runs requests in units of work. Where people can be reached is learned on the way."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._met = Met()

    async def answer(self, request: Request) -> bytes:
        """The card (JSON) that answers the request, or nothing where its effects speak for themselves."""
        answer = await self._units.write(lambda uow: self._answer(uow, request))
        self._met.note(request.turn)
        return answer

    def _answer(self, uow: UnitOfWork, request: Request) -> bytes:
        self._meet(uow, request.turn)
        return answer_once(
            uow,
            request.turn.key,
            respond=lambda uow: self._respond(uow, request),
            decline=lambda uow, refusal: self._decline(uow, request, refusal),
            again=lambda uow: self._again(uow, request),
            may_read=lambda uow: _may_still_read(uow, request),
        )

    def _respond(self, uow: UnitOfWork, request: Request) -> bytes:
        asking = _asking(uow, request)
        if not request.turn.is_in_known_room:
            raise Refusal("wrong-channel", "RedLine does not work in this channel.")
        _check_confirmed(asking, request)
        card = request.do(uow, asking)
        if request.posts_answer and request.folds:
            turn = request.turn
            fold_posted(uow, asking.reader, request.folds, turn.key, turn.place.conversation_id)
        return self._given(uow, request, card)

    def _decline(self, uow: UnitOfWork, request: Request, refusal: Refusal) -> bytes:
        log.info("request.refused", code=refusal.code)
        turn = request.turn
        uow.audit(
            AuditOperation.CONSULTATION,
            "refused",
            turn.entra_id or "unknown",
            conversation_id=turn.place.conversation_id,
            reason_code=refusal.code,
        )
        return self._given(uow, request, _refused(uow, request, refusal))

    def _again(self, uow: UnitOfWork, request: Request) -> bytes:
        """Long after the first answer: the current card, and nothing changes."""
        try:
            asking = _asking(uow, request)
            _check_confirmed(asking, request)
            ref: str | None = getattr(request.tap, "task", None)
            if ref is None:
                return _NOTHING
            return orjson.dumps(own_or_confirmation(show_task(uow, asking.reader, ref), asking))
        except Refusal as refusal:
            return orjson.dumps(_refused(uow, request, refusal))

    def _given(self, uow: UnitOfWork, request: Request, card: Card | None) -> bytes:
        if card is None:
            return _NOTHING
        turn = request.turn
        if request.posts_answer and turn.is_in_channel:
            card = with_how_to_answer(card)
        if request.posts_answer:
            post_answer(
                uow,
                turn.key,
                turn.place.conversation_id,
                asker=turn.entra_id or "",
                channel_district=turn.channel_district,
                about=request.about or "",
            )
        return orjson.dumps(card)

    def _meet(self, uow: UnitOfWork, turn: Turn) -> None:
        if self._met.knows(turn, uow.now):
            return
        conversation = conversation_of(turn.activity, uow.now)
        if conversation is not None:
            meet(uow, conversation, turn.entra_id, turn.teams_id)


def _asking(uow: UnitOfWork, request: Request) -> Asking:
    turn = request.turn
    actor = actor_of(uow, turn.entra_id or "")
    if request.reports:
        actor = as_recorder(uow, actor, task_named(uow, request.reports_on or ""))
    reader = Reader(actor, turn.is_in_channel, turn.channel_district)
    return Asking(reader, turn, request.doors, request.people, request.fetched)


def _check_confirmed(asking: Asking, request: Request) -> None:
    if asking.reader.actor.only_records and not request.reports:
        raise Refusal("access-unconfirmed", _UNCONFIRMED, _STILL_RECORD)


def _may_still_read(uow: UnitOfWork, request: Request) -> bool:
    """Whether who asked may know today what they were answered: roles and names are taken away meanwhile.

    Who gave a task back was told so, and is told so again: it need not be theirs still.
    """
    try:
        reader = _asking(uow, request).reader
    except Refusal:
        return False
    if reader.actor.only_records:
        return request.reports
    bundle = task_named(uow, request.about or "")
    return bundle is None or could_see_as_officer(uow, reader, bundle)


def _refused(uow: UnitOfWork, request: Request, refusal: Refusal) -> Card:
    if refusal.code == "wrong-channel":
        return not_recorded(wrong_channel_card()) if request.is_breach else wrong_channel_card()
    try:
        asking = _asking(uow, request)
    except Refusal as not_set_up:
        card = refused_card(uow, None, not_set_up, None, uow.policy.set_up_contact)
        return not_recorded(card) if request.is_breach else card
    try:
        if request.is_breach:
            return breach_not_recorded_card(uow, asking, refusal, request.tap)
        return refused_card(uow, asking, refusal, request.tap, uow.policy.set_up_contact)
    except Refusal as second:
        return message_card(second.words, second.hint)
