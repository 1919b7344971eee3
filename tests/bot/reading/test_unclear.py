"""A commit whose answer never came: nobody is told that it was recorded, or that it was not."""

from typing import Any, cast

import orjson
import pytest

from bot.activities import Activities
from bot.answering import Answering, Request
from bot.teams.arrivals import Arrivals
from bot.unsaved import Unsaved
from cards.words import BREACH_NOT_SAVED, BREACH_UNCLEAR, NOT_SAVED, UNCLEAR
from infra.local.people import CONSTABLE, TENANT
from tasking.unit_of_work import DatabaseTrouble, Trouble
from tests.support.buttons import DOORS
from tests.support.fakes import FakeMessenger
from tests.support.running_service import tap_of
from tests.support.units import POLICY


class Ends(Answering):
    """Answers nothing: the database does not say what became of it."""

    def __init__(self, *, unclear: bool) -> None:
        self._unclear = unclear

    async def answer(self, request: Request) -> bytes:
        raise DatabaseTrouble(Trouble.OUT_OF_TIME, unclear=self._unclear)


def activity(verb: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": "http://127.0.0.1:9",
        "from": {"id": CONSTABLE.teams_id, "aadObjectId": CONSTABLE.entra_id},
        "conversation": {"id": "a:chat", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        **tap_of(verb, data),
    }


NO_ANSWER = activity("record_outcome", {"task": "T-1042", "v": 1, "code": "NO_ANSWER"})
BREACH = activity(
    "confirm_breach",
    {"task": "T-1042", "v": 1, "code": "BREACH_SUSPECTED", "happened_at": "2026-03-12T14:00:00+00:00"},
)


@pytest.mark.parametrize(
    ("tap", "unclear", "words"),
    [
        (NO_ANSWER, False, NOT_SAVED),
        (BREACH, False, BREACH_NOT_SAVED),
        (NO_ANSWER, True, UNCLEAR),
        (BREACH, True, BREACH_UNCLEAR),
    ],
)
async def test_the_words_say_what_is_known(tap: dict[str, Any], unclear: bool, words: str) -> None:
    nobody = cast(Any, None)
    activities = Activities(
        POLICY, Ends(unclear=unclear), Arrivals(nobody, nobody), nobody, Unsaved(nobody), DOORS
    )
    reply = await activities.receive(tap)
    assert (reply.status, orjson.loads(reply.body)["value"]) == (200, words)


@pytest.mark.parametrize(
    ("unclear", "summary"),
    [(False, "RedLine: NOT recorded"), (True, "RedLine: not clear whether it was recorded")],
)
async def test_a_locked_phone_shows_no_more_than_what_is_known(unclear: bool, summary: str) -> None:
    messenger, nobody = FakeMessenger(), cast(Any, None)
    submitted = {"verb": "record_outcome", "task": "T-1042", "v": 1, "code": "NO_ANSWER"}
    activities = Activities(
        POLICY, Ends(unclear=unclear), Arrivals(nobody, nobody), nobody, Unsaved(messenger), DOORS
    )
    reply = await activities.receive({**NO_ANSWER, "type": "message", "value": submitted})
    assert (reply.status, [sent.summary for sent in messenger.posted]) == (202, [summary])
