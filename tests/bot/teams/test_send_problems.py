"""What each failure of a call to Teams means for a post, for an update, and for what can be repeated."""

from datetime import UTC, datetime

import pytest

from bot.teams.send_problems import (
    BadAnswer,
    NeverLeft,
    NoAnswer,
    SendFailure,
    bad_answer,
    error_code,
    post_problem,
    raised_as,
    repeatable_problem,
    update_problem,
)
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

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)


def answered(status: int, code: str = "SomeCode") -> BadAnswer:
    return BadAnswer(status, code, 3.0)


@pytest.mark.parametrize(
    ("failure", "post", "update", "repeatable"),
    [
        (NeverLeft("no_connection"), NotSent, NotSent, NotSent),
        (NoAnswer("timeout"), Unclear, Unanswered, Unanswered),
        (answered(408), Unclear, Unanswered, Unanswered),
        (answered(412), NotSent, NotSent, NotSent),
        (answered(429), NotSent, NotSent, NotSent),
        (answered(502), Unclear, Unanswered, Unanswered),
        (answered(503), Unclear, Unanswered, Unanswered),
        (answered(504), Unclear, Unanswered, Unanswered),
        (answered(500), Unclear, Unanswered, Unanswered),
        (answered(501), Unclear, Unanswered, Unanswered),
        (answered(404), ConversationGone, ConversationGone, ConversationGone),
        (answered(404, "ActivityNotFoundInConversation"), MessageGone, MessageGone, MessageGone),
        (answered(403, "BotNotInConversationRoster"), CannotReach, CannotReach, CannotReach),
        (answered(403, "MessageWritesBlocked"), CannotReach, CannotReach, CannotReach),
        (answered(403, "ConversationBlockedByUser"), CannotReach, CannotReach, CannotReach),
        (answered(403, "BotDisabledByAdmin"), CannotReach, CannotReach, CannotReach),
        (answered(403, "BotDisabledByUser"), CannotReach, CannotReach, CannotReach),
        (answered(403, "ForbiddenOperationException"), CannotReach, CannotReach, CannotReach),
        (answered(403, "NotEnoughPermissions"), Refused, Refused, Refused),
        (answered(400), Refused, Refused, Refused),
        (answered(401), RefusedAnyway, RefusedAnyway, RefusedAnyway),
        (answered(413), RefusedAnyway, RefusedAnyway, RefusedAnyway),
        (answered(302), RefusedAnyway, RefusedAnyway, RefusedAnyway),
    ],
)
def test_every_failure_has_one_meaning_for_each_kind_of_call(
    failure: SendFailure,
    post: type[DeliveryProblem],
    update: type[DeliveryProblem],
    repeatable: type[DeliveryProblem],
) -> None:
    meanings = [post_problem(failure), update_problem(failure), repeatable_problem(failure)]

    assert [type(meaning) for meaning in meanings] == [post, update, repeatable]
    assert {meaning.code for meaning in meanings} == {failure.code}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_how_long_teams_asks_to_wait_is_passed_on(status: int) -> None:
    assert post_problem(answered(status)).retry_after == 3.0
    assert update_problem(answered(status)).retry_after == 3.0


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, b'{"error":{"code":"BotNotInConversationRoster","message":"x"}}', "BotNotInConversationRoster"),
        (403, b'{"subCode":"MessageWritesBlocked","errorCode":209}', "MessageWritesBlocked"),
        (
            403,
            rb'{"error":{"code":"Other","message":"{\"subCode\":\"MessageWritesBlocked\"}"}}',
            "MessageWritesBlocked",
        ),
        (500, b'{"error":{"code":"Other","message":"MessageWritesBlocked"}}', "Other"),
        (404, b'{"error":{"code":"ConversationNotFound"}}', "ConversationNotFound"),
        (400, b'{"error":{"code":"Bad Argument: PC Example"}}', "http_400"),
        (400, b'{"error":{"code":"' + b"x" * 49 + b'"}}', "http_400"),
        (400, b'{"error":{"code":17}}', "http_400"),
        (400, b'{"error":"PC Example"}', "http_400"),
        (400, b"[]", "http_400"),
        (502, b"<html>", "http_502"),
        (503, b"", "http_503"),
        (500, b"\xff\xfe", "http_500"),
    ],
)
def test_a_code_is_teams_own_word_or_the_status_and_never_a_sentence(
    status: int, body: bytes, code: str
) -> None:
    assert error_code(status, body) == code


def test_a_bad_answer_is_read_whole() -> None:
    answer = bad_answer(429, b'{"error":{"code":"Throttled"}}', {"Retry-After": "9"}, NOW)

    assert (answer.status, answer.code, answer.retry_after) == (429, "Throttled", 9.0)


def test_a_failure_is_raised_as_what_it_means_and_its_cause_is_left_behind() -> None:
    with pytest.raises(Unclear) as caught, raised_as(post_problem):
        raise NoAnswer("timeout")

    assert caught.value.__suppress_context__


def test_what_is_no_failure_of_sending_passes_unchanged() -> None:
    with pytest.raises(KeyError), raised_as(post_problem):
        raise KeyError("a mistake of ours")
