"""What the commands of the timer's door show while they work."""

import io

import pytest

from scheduler.records import _progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, stdout: io.StringIO, *, length: int, steps: int) -> list[str]:
    monkeypatch.setattr("sys.stdout", stdout)
    step = _progress("Handing over", length)
    for _ in range(steps):
        step()
    return stdout.getvalue().split("\r")


def test_a_bar_fills_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    label, half, full = drawn(monkeypatch, Terminal(), length=2, steps=2)
    assert label == "Handing over"
    assert half == f"Handing over  [{'#' * 18}{'-' * 18}]   50%"
    assert full == f"Handing over  [{'#' * 36}]  100%"


def test_what_comes_on_top_of_what_was_counted_leaves_the_bar_full(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, Terminal(), length=1, steps=3)[-1] == f"Handing over  [{'#' * 36}]  100%"


def test_where_nobody_watches_the_label_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, io.StringIO(), length=2, steps=2) == ["Handing over"]
