"""What each kind of activity leads to: a tap, a typed command, or somebody to be met."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import structlog

from bot.answering import Answering, Request
from bot.declared import Doors, Sources
from bot.not_recorded import edited
from bot.not_taken import may_be_danger, not_a_button, not_read, too_much_typed
from bot.reading.danger import sounds_dangerous
from bot.reading.force_words import force_words
from bot.reading.mentions import mentioned_people
from bot.reading.wording import words_of
from bot.teams.arrivals import Arrivals
from bot.turns import Turn, turn_of
from bot.understood import carry_out
from bot.unsaved import Unsaved
from cards.payloads import BadPayload, NotRead, Payload, TooLong, passed_over
from cards.words import BREACH_NOT_SAVED, BREACH_UNCLEAR, NOT_SAVED, UNCLEAR
from tasking.once import activity_key
from tasking.policy import Policy
from tasking.ports import REQUEST_SECONDS
from tasking.unit_of_work import DatabaseTrouble, Trouble, wanted_within

log = structlog.get_logger()

_SHARE_FOR_WORK = 0.8
"""The rest of the time is for saying that it did not work."""
_LONGER = 0.5
"""Seconds by which the database's own limit comes first: it knows whether something may have been done."""
_NOT_SAVED = {
    (False, False): NOT_SAVED,
    (False, True): BREACH_NOT_SAVED,
    (True, False): UNCLEAR,
    (True, True): BREACH_UNCLEAR,
}
_CARD = b'{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":'
_BAD_TAP = (
    b'{"statusCode":400,"type":"application/vnd.microsoft.error",'
    b'"value":{"code":"BadRequest","message":"RedLine did not understand that button. Type help."}}'
)
_MESSAGE = "application/vnd.microsoft.activity.message"
_SEEN = b'{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Done."}'


@dataclass(frozen=True)
class Reply:
    """What the endpoint sends back: HTTP status, and a JSON body for an invoke."""

    status: int
    body: bytes = b""


class Activities:
    """Routes verified activities to what they ask for."""

    def __init__(
        self,
        policy: Policy,
        answering: Answering,
        arrivals: Arrivals,
        sources: Sources,
        unsaved: Unsaved,
        doors: Doors,
        *,
        seconds: float = REQUEST_SECONDS,
    ) -> None:
        """`seconds` is what a request may take, whatever it does inside."""
        self._seconds = seconds
        self._unsaved = unsaved
        self._policy = policy
        self._danger = force_words(policy)
        self._answering = answering
        self._arrivals = arrivals
        self._sources = sources
        self._doors = doors

    async def receive(self, activity: Mapping[str, Any]) -> Reply:
        """Handle one verified activity and say what to answer."""
        turn = turn_of(activity, self._policy)
        if turn is None:
            return Reply(400) if activity.get("type") in ("invoke", "message") else Reply(202)
        if self._unsaved.was_told(turn):
            return Reply(202)
        began = asyncio.get_running_loop().time()
        try:
            return await self._handle_in_time(turn)
        except DatabaseTrouble as trouble:
            return await self._not_saved(turn, trouble, began + self._seconds)

    async def _handle_in_time(self, turn: Turn) -> Reply:
        """What is not done in its time is not done later either: who asked is told that it was not."""
        working = self._seconds * _SHARE_FOR_WORK
        with wanted_within(working) as wanted:
            try:
                async with asyncio.timeout(working + _LONGER):
                    return await self._handle(turn)
            except TimeoutError:
                raise DatabaseTrouble(Trouble.OUT_OF_TIME, unclear=wanted.may_be_done) from None

    async def _not_saved(self, turn: Turn, trouble: DatabaseTrouble, until: float) -> Reply:
        """Words at once. What nobody can be told is raised on, to be answered 503 and delivered again."""
        log.error("activity.not_saved", code=trouble.code, unclear=trouble.unclear)
        words = _NOT_SAVED[trouble.unclear, self._sounds_like_a_breach(turn)]
        if turn.activity["type"] == "invoke":
            return Reply(200, _told(words))
        is_typed = turn.activity["type"] == "message"
        if is_typed and await self._unsaved.tell(turn, words, until, unclear=trouble.unclear):
            return Reply(202)
        raise trouble

    async def _handle(self, turn: Turn) -> Reply:
        match turn.activity["type"]:
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
        verb, data = action.get("verb"), action.get("data")
        try:
            request = await self._tap_request(turn, self._read(verb, data))
        except (TooLong, NotRead) as problem:
            request = await self._form_request(turn, problem, self._may_alarm(verb, data))
        except BadPayload as problem:
            log.warning("tap.refused", code=problem.code)
            if not self._may_alarm(verb, data):
                return Reply(200, _BAD_TAP)
            request = await self._refused_request(turn, True)
        answer = await self._answering.answer(request)
        return Reply(200, _CARD + answer + b"}" if answer else _SEEN)

    async def _message(self, turn: Turn) -> Reply:
        value = turn.activity.get("value")
        if isinstance(value, dict) and ("verb" in value or not turn.activity.get("text")):
            return await self._submit(turn, value)
        bot_id = _bot_id(turn)
        mentions = mentioned_people(dict(turn.activity), bot_id)
        typed = words_of(turn.activity, bot_id)
        understood = self._doors.read(typed, mentions)
        command = self._doors.command(understood)
        turn = replace(turn, entra_id=await self._arrivals.sender_of(turn))
        task = getattr(understood, "task", None)
        request = Request(
            turn,
            self._doors,
            lambda uow, asking: carry_out(uow, asking, understood, typed),
            people=await self._arrivals.people_in(turn, mentions),
            fetched=await command.fetch(self._sources, turn, understood) if command.fetch else None,
            is_breach=command.tells_of_danger(understood, self._danger),
            folds=task if command.folds else None,
            about=task,
            reports=command.reports,
            reports_on=task,
        )
        await self._answering.answer(replace(request, posts_answer=True))
        return Reply(202)

    async def _edited(self, turn: Turn) -> Reply:
        """What a message said first stands. That is said, or somebody relies on what they changed it to."""
        first_key = turn.key
        edition = f"{turn.key} {turn.activity.get('timestamp', '')}"
        turn = replace(
            turn,
            key=activity_key(turn.place.conversation_id, edition),
            entra_id=await self._arrivals.sender_of(turn),
        )
        is_danger = sounds_dangerous(words_of(turn.activity, _bot_id(turn)))
        request = Request(
            turn,
            self._doors,
            lambda uow, asking: edited(uow, asking, first_key, is_danger),
            is_breach=is_danger,
            posts_answer=True,
        )
        await self._answering.answer(request)
        return Reply(202)

    async def _submit(self, turn: Turn, value: Mapping[str, Any]) -> Reply:
        """The fallback of older clients: the same tap as a message, answered by a post."""
        data = {name: given for name, given in value.items() if name not in ("verb", "msteams")}
        verb = value.get("verb")
        try:
            request = await self._tap_request(turn, self._read(verb, data))
        except (TooLong, NotRead) as problem:
            request = await self._form_request(turn, problem, self._may_alarm(verb, data))
        except BadPayload as problem:
            log.warning("tap.refused", code=problem.code)
            request = await self._refused_request(turn, self._may_alarm(verb, data))
        await self._answering.answer(replace(request, posts_answer=True))
        return Reply(202)

    async def _form_request(self, turn: Turn, problem: TooLong | NotRead, is_danger: bool) -> Request:
        """A form that cannot be taken as it came: it comes back with what could be read."""
        turn = replace(turn, entra_id=await self._arrivals.sender_of(turn))
        about = getattr(problem.tap, "task", None)
        refuse = too_much_typed if isinstance(problem, TooLong) else not_read
        return Request(turn, self._doors, refuse, problem.tap, is_breach=is_danger, about=about)

    async def _refused_request(self, turn: Turn, is_danger: bool) -> Request:
        """A tap that is none of ours: plain words."""
        turn = replace(turn, entra_id=await self._arrivals.sender_of(turn))
        return Request(turn, self._doors, not_a_button, is_breach=is_danger)

    async def _tap_request(self, turn: Turn, tap: Payload) -> Request:
        turn = replace(turn, entra_id=await self._arrivals.sender_of(turn))
        button = self._doors.button(tap)
        means = self._doors.read(button.typed(tap)) if button.typed else None
        task = getattr(tap, "task", None)
        return Request(
            turn,
            self._doors,
            lambda uow, asking: button.do(uow, asking, tap),
            tap,
            fetched=await button.fetch(self._sources, turn, tap) if button.fetch else None,
            is_breach=button.alarms(tap),
            folds=task if button.folds else None,
            about=task,
            reports=button.reports or (means is not None and self._doors.command(means).reports),
            reports_on=getattr(means or tap, "task", None),
        )

    def _read(self, verb: object, data: object) -> Payload:
        """The tap. Words of danger in no input of its form are not passed over: that is said."""
        tap = self._doors.parse(verb, data)
        if may_be_danger(passed_over(tap, data)):
            raise NotRead(tap)
        return tap

    def _may_alarm(self, verb: object, data: object) -> bool:
        """Whether somebody may think that this tap, which was not read, told of a breach or of danger."""
        return self._doors.alarms_unread(verb, data) or may_be_danger(data)

    def _sounds_like_a_breach(self, turn: Turn) -> bool:
        """Whether what could not be saved told of a breach or of danger, or of what may be one."""
        value = _dict(turn.activity.get("value"))
        action = _dict(value.get("action")) or value
        if "verb" in action:
            return self._may_alarm(action["verb"], action.get("data", action))
        words = words_of(turn.activity, _bot_id(turn))
        understood = self._doors.read(words, mentioned_people(dict(turn.activity), _bot_id(turn)))
        return sounds_dangerous(words) or self._doors.command(understood).is_breach(understood)


def _told(words: str) -> bytes:
    return orjson.dumps({"statusCode": 200, "type": _MESSAGE, "value": words})


def _bot_id(turn: Turn) -> str:
    return str(_dict(turn.activity.get("recipient")).get("id", ""))


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
