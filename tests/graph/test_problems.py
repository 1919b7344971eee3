"""What each answer and each failure means for a delivery."""

from datetime import UTC, datetime

import httpx
import pytest

from graph.problems import problem_of_exception, problem_of_status
from tasking.ports import NotSent, Refused, Unclear

NOW = datetime(2026, 3, 12, 14, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "code"),
    [(412, "graph-changed"), (429, "graph-throttled"), (502, "graph-bad-gateway")],
)
def test_a_change_that_graph_did_not_take_may_be_sent_again(status: int, code: str) -> None:
    problem = problem_of_status(status, {}, changes=True, missing="missing")
    assert type(problem) is NotSent
    assert (problem.code, problem.retry_after) == (code, None)


def test_a_busy_graph_that_says_when_has_not_taken_the_change() -> None:
    problem = problem_of_status(503, {"Retry-After": "30"}, changes=True, missing="missing")
    assert type(problem) is NotSent
    assert (problem.code, problem.retry_after) == ("graph-busy", 30.0)


@pytest.mark.parametrize("status", [500, 503, 504, 408, 507, 302])
def test_a_change_with_an_unclear_end_is_unclear(status: int) -> None:
    assert type(problem_of_status(status, {}, changes=True, missing="missing")) is Unclear


@pytest.mark.parametrize("status", [500, 503, 504, 408, 507, 302])
def test_a_read_with_an_unclear_end_may_simply_be_asked_again(status: int) -> None:
    assert type(problem_of_status(status, {}, changes=False, missing="missing")) is NotSent


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "graph-bad-request"),
        (401, "graph-token"),
        (403, "graph-forbidden"),
        (404, "graph-list-missing"),
        (409, "graph-conflict"),
        (410, "graph-gone"),
        (423, "graph-423"),
    ],
)
@pytest.mark.parametrize("changes", [True, False])
def test_what_graph_will_never_take_is_refused_with_its_reason(status: int, code: str, changes: bool) -> None:
    problem = problem_of_status(status, {}, changes, missing="graph-list-missing")
    assert type(problem) is Refused
    assert problem.code == code


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")]
)
def test_a_connection_that_never_stood_sent_nothing(error: httpx.HTTPError) -> None:
    problem = problem_of_exception(error, changes=True)
    assert type(problem) is NotSent
    assert problem.code == "graph-unreachable"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx.ReadTimeout("x"), "graph-timeout"),
        (httpx.WriteTimeout("x"), "graph-timeout"),
        (TimeoutError(), "graph-timeout"),
        (httpx.ReadError("x"), "graph-dropped"),
        (httpx.WriteError("x"), "graph-dropped"),
        (httpx.RemoteProtocolError("x"), "graph-dropped"),
    ],
)
def test_what_breaks_after_sending_is_unclear_for_a_change_only(
    error: httpx.HTTPError | TimeoutError, code: str
) -> None:
    change, read = problem_of_exception(error, changes=True), problem_of_exception(error, changes=False)
    assert (type(change), change.code) == (Unclear, code)
    assert (type(read), read.code) == (NotSent, code)
