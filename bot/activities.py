"""What each kind of activity leads to: a tap, a typed command, or somebody to be met."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.answering import Answering, Request
from bot.arrivals import Arrivals
from bot.asking import Asking
from bot.commands import Brief as TypedBrief
from bot.commands import Command, Several, TooLong, parse_command
from bot.commands import CopyOfOrder as TypedCopy
from bot.commands import Outcome as TypedOutcome
from bot.mentions import mentioned_people, plain_text
from bot.order_copies import OrderCopies, give_copy
from bot.taps import HANDLERS as TAPS
from bot.turns import Turn, turn_of
from bot.typed import HANDLERS as TYPED
from cards.answers import message_card
from cards.payloads import (
    BadPayload,
    BriefMe,
    CheckBreach,
    ConfirmBreach,
    CopyOfOrder,
    Payload,
    parse_payload,
)
from storage.enums import BREACHES
from tasking.once import activity_key
from tasking.policy import Policy
from tasking.ports import Card
from tasking.unit_of_work import UnitOfWork

log = structlog.get_logger()

_CARD = b'{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":'
_BAD_TAP = (
    b'{"statusCode":400,"type":"application/vnd.microsoft.error",'
    b'"value":{"code":"BadRequest","message":"RedLine did not understand that button. Type help."}}'
)
_SEEN = b'{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Done."}'


@dataclass(frozen=True)
class Reply:
    """What the endpoint sends back: HTTP status, and a JSON body for an invoke."""

    status: int
    body: bytes = b""


class Activities:
    """Routes verified activities to what they ask for."""

    def __init__(self, policy: Policy, answering: Answering, arrivals: Arrivals, copies: OrderCopies) -> None:
        self._policy = policy
        self._answering = answering
        self._arrivals = arrivals
        self._copies = copies

    async def receive(self, activity: Mapping[str, Any]) -> Reply:
        """Handle one verified activity and say what to answer."""
        turn = turn_of(activity, self._policy)
        if turn is None:
            return Reply(400) if activity.get("type") in ("invoke", "message") else Reply(202)
        match activity["type"]:
            case "invoke":
                return await self._invoke(turn)
            case "message":
                return await self._message(turn)
            case "messageUpdate":
                return await self._edited(turn)
            case "conversationUpdate" | "installationUpdate":
                return await self._installed(turn)
        return Reply(202)

    async def _installed(self, turn: Turn) -> Reply:
        if turn.activity.get("action") != "remove":
            await self._arrivals.installed(turn)
        return Reply(202)

    async def _invoke(self, turn: Turn) -> Reply:
        if turn.activity.get("name") != "adaptiveCard/action":
            return Reply(501)
        action = _dict(_dict(turn.activity.get("value")).get("action"))
        try:
            tap = parse_payload(action.get("verb"), action.get("data"))
        except BadPayload as problem:
            log.warning("tap.refused", code=problem.code)
            return Reply(200, _BAD_TAP)
        answer = await self._answering.answer(await self._tap_request(turn, tap))
        return Reply(200, _CARD + answer + b"}" if answer else _SEEN)

    async def _message(self, turn: Turn) -> Reply:
        value = turn.activity.get("value")
        if isinstance(value, dict) and "verb" in value:
            return await self._submit(turn, value)
        bot_id = str(_dict(turn.activity.get("recipient")).get("id", ""))
        activity = dict(turn.activity)
        mentions = mentioned_people(activity, bot_id)
        command = parse_command(plain_text(activity, bot_id), mentions)
        turn = replace(turn, entra_id=await self._arrivals.sender_of(turn))
        if isinstance(command, TypedCopy):
            request = await self._copy_request(turn, command.task or "", None)
        else:
            people = await self._arrivals.people_in(turn, mentions)
            handler = TYPED[type(command)]
            request = Request(
                turn,
                lambda uow, asking: handler(uow, asking, command),
                people=people,
                is_breach=_is_breach(command),
                folds=command.task if isinstance(command, TypedBrief) else None,
                about=getattr(command, "task", None),
            )
        await self._answering.answer(replace(request, posts_answer=True))
        return Reply(202)

    async def _edited(self, turn: Turn) -> Reply:
        """What a message said first stands. That is said, or somebody relies on what they changed it to."""
        edition = f"{turn.key} {turn.activity.get('timestamp', '')}"
        turn = replace(
            turn,
            key=activity_key(turn.place.conversation_id, edition),
            entra_id=await self._arrivals.sender_of(turn),
        )
        await self._answering.answer(Request(turn, _not_read_again, posts_answer=True))
        return Reply(202)

    async def _submit(self, turn: Turn, value: Mapping[str, Any]) -> Reply:
        """The fallback of older clients: the same tap as a message, answered by a post."""
        data = {name: given for name, given in value.items() if name not in ("verb", "msteams")}
        try:
            tap = parse_payload(value.get("verb"), data)
        except BadPayload as problem:
            log.warning("tap.refused", code=problem.code)
            await self._answering.answer(Request(turn, _not_a_button, posts_answer=True))
            return Reply(202)
        await self._answering.answer(replace(await self._tap_request(turn, tap), posts_answer=True))
        return Reply(202)

    async def _tap_request(self, turn: Turn, tap: Payload) -> Request:
        turn = replace(turn, entra_id=await self._arrivals.sender_of(turn))
        if isinstance(tap, CopyOfOrder):
            return await self._copy_request(turn, tap.task, tap)
        handler = TAPS[type(tap)]
        return Request(
            turn,
            lambda uow, asking: handler(uow, asking, tap),
            tap,
            is_breach=isinstance(tap, CheckBreach | ConfirmBreach),
            folds=tap.task if isinstance(tap, BriefMe) else None,
            about=getattr(tap, "task", None),
        )

    async def _copy_request(self, turn: Turn, ref: str, tap: Payload | None) -> Request:
        link = await self._copies.link_for(turn, ref)
        return Request(turn, lambda uow, asking: give_copy(uow, asking, ref, link), tap, folds=ref, about=ref)


def _not_read_again(_uow: UnitOfWork, _asking: Asking) -> Card:
    return message_card(
        "RedLine does not read a message again when you change it. What it said first stands.",
        "Type it again as a new message.",
    )


def _is_breach(command: Command) -> bool:
    """Whether somebody may think that a breach was told."""
    match command:
        case TypedOutcome():
            return command.code in BREACHES
        case Several() | TooLong():
            return command.alarm
    return False


def _not_a_button(_uow: UnitOfWork, _asking: Asking) -> Card:
    return message_card("RedLine did not understand that button.", "Type help to see what you can do.")


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
