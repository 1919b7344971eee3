"""Logs: an event is one JSON line, and what a library says in words is left out."""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import structlog

from tasking.logs import SaidOnce, configure_logging


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the process's own: put it back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_line_with_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    structlog.contextvars.bind_contextvars(correlation="c-1")
    structlog.get_logger().info("tap.refused", code="wrong-fields")
    structlog.contextvars.clear_contextvars()
    line = lines(capsys)[0]
    assert (line["event"], line["level"], line["code"]) == ("tap.refused", "info", "wrong-fields")
    assert line["correlation"] == "c-1"
    assert str(line["timestamp"]).endswith("Z")


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("WARNING")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]


def test_a_library_is_named_and_never_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logging.getLogger("some.library").warning("J. EXAMPLE lives at 14 Imaginary Lane")
    try:
        raise ValueError("J. EXAMPLE")
    except ValueError:
        logging.getLogger("some.library").exception("J. EXAMPLE failed")
    first, second = lines(capsys)
    assert (first["library"], first["severity"], first["problem"]) == ("some.library", "warning", None)
    assert (second["problem"], second["severity"]) == ("ValueError", "error")
    assert "EXAMPLE" not in json.dumps([first, second])


def test_a_librarys_chatter_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logging.getLogger("some.library").info("chatter")
    assert lines(capsys) == []


# --- what is said again and again --------------------------------------------------------------


def said(*lines_: dict[str, Any], at: list[float] | None = None) -> list[dict[str, Any]]:
    """What is left of these lines, said at these times (seconds)."""
    clock = iter(at or [0.0] * 2 * len(lines_))
    left, once = [], SaidOnce(lambda: next(clock))
    for line in lines_:
        with suppress(structlog.DropEvent):
            left.append(dict(once(None, "error", dict(line))))
    return left


AWAY = {"event": "delivery.claim_failed", "problem": "cannot-be-reached"}


def test_trouble_of_the_database_is_said_once_and_then_counted() -> None:
    assert said(*[AWAY] * 50) == [AWAY]
    times = [0.0, 0.0, *[float(second) for second in range(1, 51)], 61.0, 61.0]
    assert said(*[AWAY] * 52, at=times) == [AWAY, AWAY | {"repeated": 50}]


def test_another_job_another_trouble_and_any_request_are_said_for_themselves() -> None:
    others = [
        AWAY,
        AWAY | {"problem": "disk-full"},
        {"event": "job.not_done", "job": "remind", "code": "cannot-be-reached"},
        {"event": "job.not_done", "job": "boards", "code": "cannot-be-reached"},
        {"event": "activity.not_saved", "code": "disk-full", "correlation_id": "a"},
        {"event": "activity.not_saved", "code": "disk-full", "correlation_id": "a"},
        {"event": "delivery.not_delivered", "code": "busy"},
        {"event": "delivery.not_delivered", "code": "busy"},
    ]
    assert said(*others) == others
