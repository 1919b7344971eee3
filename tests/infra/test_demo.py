"""`make demo`: what it prints, and that it notices when something is not as it should be."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local.demo import evening, play
from infra.local.demo_stage import DemoStage, chat_of, find_button, lines_of, link_of, words_of
from infra.local.demo_steps import MainJob, Unexpected, expect, expect_not
from infra.local.kept import ROOT
from infra.local.people import CONSTABLE, SERGEANT
from infra.local.processes import CannotRun

CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "body": [
        {"type": "TextBlock", "text": "T-\u200b1042"},
        {"type": "TextBlock", "text": "by 22:00"},
        {"type": "Container", "items": [{"type": "TextBlock", "text": "folded"}]},
    ],
    "actions": [
        {
            "type": "Action.ShowCard",
            "title": "No",
            "card": {"actions": [{"type": "Action.Execute", "title": "Inner"}]},
        },
        {
            "type": "Action.Execute",
            "title": "No answer",
            "data": {"text": "payload"},
            "fallback": {"type": "Action.Submit", "title": "No answer, old"},
        },
        {"type": "Action.OpenUrl", "title": "Open", "url": "https://example.invalid/"},
    ],
}


@pytest.mark.slow
def test_the_demo_plays_every_step_in_a_line_each_and_ends_with_0() -> None:
    command = (sys.executable, "-m", "infra.local.demo")
    answer = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=150, check=False
    )

    assert (answer.returncode, answer.stderr) == (0, ""), answer.stdout
    steps = [line for line in answer.stdout.splitlines() if re.match(r"[1-5] ", line)]
    assert [step[0] for step in steps] == sorted(step[0] for step in steps)
    assert {step[0] for step in steps} == set("12345")
    assert all(re.search(r"\([0-9.]+ s\)$", step) for step in steps)
    assert f"All {len(steps)} steps as expected" in answer.stdout


@pytest.mark.slow
async def test_a_card_that_does_not_arrive_is_noticed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = evening()
    async with DemoStage(tmp_path, at) as stage:
        await stage.install_everybody()
        stage.teams.blocked.add(chat_of(CONSTABLE))

        code = await play(stage, at, patience=3)

    printed = capsys.readouterr().out
    assert code == 1
    assert "1 Constable's chat: NOT AS EXPECTED: not within 3 s" in printed
    assert "1 of 19 steps as expected; the rest was not played." in printed


class WrongStage:
    """Answers every tap with the same card."""

    async def taps(self, *_: object, **__: object) -> dict[str, Any]:
        return CARD


async def test_a_wrong_answer_is_noticed() -> None:
    job = MainJob(WrongStage(), evening(), patience=1)  # type: ignore[arg-type]

    with pytest.raises(Unexpected, match="The task is open again"):
        await job.undo()


def test_the_demo_has_a_late_shift_whenever_it_is_played() -> None:
    assert (evening().hour, evening().minute) == (21, 30)
    assert evening().utcoffset() is not None


def test_what_can_be_read_on_a_card_is_read_with_what_is_folded_and_without_payloads() -> None:
    assert words_of(CARD).splitlines() == ["T-1042", "by 22:00", "folded", "No", "Inner", "No answer", "Open"]


def test_the_lines_of_a_card_are_those_that_stand_on_it() -> None:
    assert lines_of(CARD) == ["T-\u200b1042", "by 22:00"]


@pytest.mark.parametrize("title", ["No answer", "No", "Inner"])
def test_a_button_is_found_by_how_its_title_begins_also_in_a_form(title: str) -> None:
    assert find_button(CARD, title)["title"].startswith(title)
    assert find_button(CARD, title)["type"] == "Action.Execute"


def test_a_button_that_is_missing_is_said_in_words() -> None:
    with pytest.raises(CannotRun, match="no button 'Undo'"):
        find_button(CARD, "Undo")


def test_a_link_is_found_or_missed() -> None:
    assert link_of(CARD) == "https://example.invalid/"
    with pytest.raises(CannotRun, match="no link"):
        link_of({"body": []})


def test_words_are_expected_or_not() -> None:
    expect(CARD, "T-1042", "folded")
    expect_not(CARD, "payload")
    with pytest.raises(Unexpected, match="does not read 'Undo'"):
        expect(CARD, "Undo")
    with pytest.raises(Unexpected, match="reads 'folded'"):
        expect_not(CARD, "folded")


def test_the_steps_are_those_of_the_main_job_in_order() -> None:
    steps = [what for what, _ in MainJob(WrongStage(), evening(), patience=1).steps()]  # type: ignore[arg-type]

    assert len(steps) == len(set(steps))
    assert steps == sorted(steps, key=lambda what: what[0])
    assert chat_of(SERGEANT) != chat_of(CONSTABLE)
