"""What a failed call to Teams' connector means: whether it may be sent again, and if not, why not."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson

from tasking.ports import (
    CannotReach,
    ConversationGone,
    DeliveryProblem,
    MessageGone,
    NotSent,
    Refused,
    RefusedAnyway,
    Unanswered,
    Unclear,
)
from tasking.retry_after import retry_after_seconds

# Throttled, or changed meanwhile: surely not taken.
_SEND_AGAIN = frozenset({412, 429})

# A gateway gave up waiting: what stands behind it may have taken the message all the same.
_GATEWAY_GAVE_UP = frozenset({408, 502, 503, 504})
_AFTER_A_GATEWAY = 5.0

# Of the answers with 404 this one says that the message is gone; others, that its place does not answer.
_MESSAGE_IS_GONE = "ActivityNotFoundInConversation"

# Teams answers so where a message was deleted, but also where it takes nothing from the bot at all.
_MAY_MEAN_ONE_MESSAGE = frozenset({400, 403, 405, 409, 410})

# Teams says one of these with 403 when nobody there would get the message, however often it is sent.
_UNREACHABLE = (
    "BotNotInConversationRoster",
    "MessageWritesBlocked",
    "ConversationBlockedByUser",
    "BotDisabledByAdmin",
    "BotDisabledByUser",
    "ForbiddenOperationException",
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,47}")


class SendFailure(Exception):
    """A call to the connector that brought no usable answer; `code` is free of personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NeverLeft(SendFailure):
    """The request did not reach the connector: no connection, or no token to send with it."""


class NoAnswer(SendFailure):
    """The request was sent and the connection ended, or time ran out, before the answer was complete."""


class BadAnswer(SendFailure):
    """The connector answered with a status other than success; `retry_after` is in seconds."""

    def __init__(self, status: int, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.retry_after = retry_after


def bad_answer(status: int, body: bytes, headers: Mapping[str, str], now: datetime) -> BadAnswer:
    """Read what matters of an answer that is not a success; `now` is aware, for a Retry-After date."""
    return BadAnswer(status, error_code(status, body), retry_after_seconds(headers, now))


def error_code(status: int, body: bytes) -> str:
    """The connector's own word for an error, or `http_<status>`; never its message, which may hold names."""
    # Some answers carry the word as a subCode, or inside a JSON document within the message.
    known = (word for word in _UNREACHABLE if word.encode() in body) if status == 403 else iter(())
    return next(known, None) or _stated_code(body) or f"http_{status}"


def _stated_code(body: bytes) -> str | None:
    try:
        document: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    error = document.get("error") if isinstance(document, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


def post_problem(failure: SendFailure) -> DeliveryProblem:
    """What a failed post means: repeating one that arrived would make a second card."""
    if isinstance(failure, BadAnswer):
        return _post_answered(failure)
    return NotSent(failure.code) if isinstance(failure, NeverLeft) else Unclear(failure.code)


def _post_answered(answer: BadAnswer) -> DeliveryProblem:
    if answer.status in _SEND_AGAIN:
        return NotSent(answer.code, answer.retry_after)
    if answer.status in _GATEWAY_GAVE_UP:
        return Unclear(answer.code, _AFTER_A_GATEWAY if answer.retry_after is None else answer.retry_after)
    if answer.status >= 500:
        return Unclear(answer.code, answer.retry_after)
    if answer.status == 404:
        return _not_found(answer)
    if answer.code in _UNREACHABLE:
        return CannotReach(answer.code)
    meant_alone = answer.status in _MAY_MEAN_ONE_MESSAGE
    return Refused(answer.code) if meant_alone else RefusedAnyway(answer.code)


def repeatable_problem(failure: SendFailure) -> DeliveryProblem:
    """What a failed call means that has the same effect however often it is made."""
    problem = post_problem(failure)
    return Unanswered(problem.code, problem.retry_after) if isinstance(problem, Unclear) else problem


def update_problem(failure: SendFailure) -> DeliveryProblem:
    """What a failed update means."""
    return repeatable_problem(failure)


def _not_found(answer: BadAnswer) -> DeliveryProblem:
    return MessageGone(answer.code) if answer.code == _MESSAGE_IS_GONE else ConversationGone(answer.code)


@contextmanager
def raised_as(translate: Callable[[SendFailure], DeliveryProblem]) -> Iterator[None]:
    """Turn a SendFailure of the block into the DeliveryProblem that it means there."""
    try:
        yield
    except SendFailure as failure:
        # The cause may name a URL, and with it a conversation: it ends here.
        raise translate(failure) from None
