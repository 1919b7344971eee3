"""`app.py understand`: the same reading as a real message, as JSON, with nothing done."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.reading.mentions import Mention, placeholder
from bot.reading.understand import understand
from storage.enums import Role
from tasking.work.outcome_table import Fits

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
CASEY = Mention("29:casey", None, "Casey")
KEYS = {
    *("command", "task", "code", "visit_kind", "happened_at", "due_at", "note", "radio_first", "records"),
    *("asks", "choices", "parts"),
}


def read(text: str, kind: Fits = Fits.ORDER_CHECK, role: Role = Role.NEIGHBOURHOOD_OFFICER) -> dict[str, Any]:
    mentions = [CASEY] if placeholder(0) in text else []
    return understand(text, mentions, NOW, kind, role).as_json()


def assigning(text: str) -> dict[str, Any]:
    return read(f"/assign {placeholder(0)} {text}", role=Role.SUPERVISOR)


def test_a_result_is_recorded_with_its_code_and_time() -> None:
    said = read("1042 no answer 2115 lights off")
    assert set(said) == KEYS
    assert (said["command"], said["task"], said["code"]) == ("outcome", "T-1042", "NO_ANSWER")
    assert (said["happened_at"], said["note"]) == ("2026-11-26T21:15:00+00:00", "lights off")
    assert said["records"] and not said["radio_first"] and said["asks"] is None


def test_danger_is_held_with_its_choices() -> None:
    said = read("1042 no answer, screams inside")
    assert said["radio_first"] and not said["records"]
    assert said["choices"] == ["breach", "another concern", "record it as typed"]


def test_a_breach_is_checked_unless_it_was_typed_as_sure() -> None:
    assert not read("1042 breach he is inside")["records"]
    assert read("1042 breach yes he is inside")["records"]
    assert read("1042 breach yes he is inside")["radio_first"]


def test_every_part_of_a_message_is_listed() -> None:
    parts = read("1042 no ans 1043 no ans 1044 seen")["parts"]
    assert [part["task"] for part in parts] == ["T-1042", "T-1043", "T-1044"]
    assert [part["code"] for part in parts] == ["NO_ANSWER", "NO_ANSWER", "SEEN_NO_CONCERN"]


def test_the_kind_of_task_decides_what_a_word_means() -> None:
    assert read("1042 done", Fits.ACTION)["code"] == "DONE"
    assert read("1042 done", Fits.DISRUPTION)["code"] == "ACHIEVED"
    assert read("1042 no answer", Fits.CONTACT)["code"] == "NO_REPLY"
    assert read("1042 moved away", Fits.CONTACT)["code"] == "MOVED_OR_NEW_NUMBER"
    assert read("1042 moved away")["code"] == "NOT_LIVING_HERE"
    assert not read("1042 spoke alone")["records"]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("1042 seen at door 2140", "2026-11-26T21:40:00+00:00"),
        ("1042 no answer 2115 yest", "2026-11-25T21:15:00+00:00"),
        ("1042 no answer at the front 21:15", "2026-11-26T21:15:00+00:00"),
        ("1042 seen, 2 kids on the drive", "2026-11-26T22:00:00+00:00"),
        ("1042 no answer, neighbour says he is at work until 2300", "2026-11-26T22:00:00+00:00"),
        ("1042 seen, curfew from 1900", "2026-11-26T22:00:00+00:00"),
        ("1042 no answer 20 min ago", "2026-11-26T21:40:00+00:00"),
    ],
)
def test_a_time_beside_a_result_is_its_own(typed: str, at: str) -> None:
    said = read(typed)
    assert (said["happened_at"], said["records"]) == (at, True)


@pytest.mark.parametrize(
    "typed",
    [
        "1042 no answer 25:10",
        "1042 no answer half nine ish",
        "1042 no answer 2115-2130",
        "1042 no answer this afternoon",
        "1042 seen between 7 and 8",
        "1042 no answer couple of hrs ago",
        "1042 no reply at about 9",
    ],
)
def test_what_looks_like_a_time_and_is_not_understood_is_asked_about(typed: str) -> None:
    said = read(typed)
    assert said["asks"] and not said["records"]
    assert said["happened_at"] is None


@pytest.mark.parametrize(
    "work",
    [
        "knock on vics door DVPO-3 by fri 6pm",
        "see if she's ok DVPO-3 by fri 6pm",
        "speak to the IP DVPO-3 by fri 6pm",
        "visit the victim DVPO-3 by fri 6pm",
        "welfare check on the complainant DVPO-3 by fri 6pm",
        "action ring the victim DVPO-3 by fri 6pm",
        "visit DVPO-3 by fri 6pm meet the I.P.",
        "visit DVPO-3 by fri 6pm note: victm update",
    ],
)
def test_contact_with_a_protected_person_is_recognised_in_any_words(work: str) -> None:
    assert assigning(work)["visit_kind"] == "PROTECTED_PERSON_CONTACT"


def test_what_may_be_either_is_asked_about() -> None:
    said = assigning("visit hers DVPO-3 by fri 6pm note park round the corner from her")
    assert said["visit_kind"] == "PROTECTED_PERSON_CONTACT" or said["choices"]
    assert assigning("visit DVPO-3 by fri 6pm, his ex lives opposite")["choices"]


@pytest.mark.parametrize(
    "work",
    [
        "welfare check DVPO-3 by fri 6pm",
        "reassurance visit DVPO-3 by fri 6pm",
        "visit kelly DVPO-3 by fri 6pm",
        "check in with Kelly DVPO-3 by fri 6pm",
        "check on the kids DVPO-3 by fri 6pm",
        "visit DVPO-3 by fri 6pm note: pop in on kelly too",
        "visit excluded address and speak to her DVPO-3 by fri 6pm",
        "address check and knock DVPO-3 by fri 6pm",
        "action visit the family DVPO-3 by fri 6pm",
        "visit DVPO-3 by fri 6pm note: cuppa with Sharon",
        "visit DVPO-3 by fri 6pm note: see S. Hughes alone",
        "visit DVPO-3 by fri 6pm note: DASH rerun",
        "action return house keys to Sharon DVPO-3 by fri 6pm",
    ],
)
def test_who_may_be_the_protected_person_is_asked_about(work: str) -> None:
    said = assigning(work)
    assert not said["records"] and said["choices"]


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        ("visit him DVPO-3 by fri 6pm", "PERPETRATOR_CHECK"),
        ("visit subject at new address DVPO-3 by fri 6pm", "PERPETRATOR_CHECK"),
        ("evening visit DVPO-3 by fri 6pm", "PERPETRATOR_CHECK"),
        ("follow up visit DVPO-3 by fri 6pm note: try his mums first", "PERPETRATOR_CHECK"),
        ("visit DVPO-3 by fri 6pm note: check he is in, two officers", "PERPETRATOR_CHECK"),
        ("visit DVPO-3 by fri 6pm note: park on Mill Lane, see Sgt first", "PERPETRATOR_CHECK"),
        ("address check DVPO-3 by fri 6pm note: see if his van is there", "EXCLUDED_ADDRESS_CHECK"),
        ("visit DVPO-3 by fri 6pm", "PERPETRATOR_CHECK"),
        ("check the excluded address DVPO-3 by fri 6pm", "EXCLUDED_ADDRESS_CHECK"),
        ("visit DVPO-3 by fri 6pm, do not contact the victim", "PERPETRATOR_CHECK"),
    ],
)
def test_an_ordinary_visit_stays_one(work: str, kind: str) -> None:
    said = assigning(work)
    assert (said["visit_kind"], said["records"]) == (kind, True)
    assert said["due_at"] == "2026-11-27T18:00:00+00:00"


@pytest.mark.parametrize(
    "work",
    [
        "visit DVPO-3 not fri 6pm",
        "visit DVPO-3 order expires sat 1200",
        "visit DVPO-3, he works til 1800 fri",
        "visit DVPO-3 every day til sunday 1800",
        "visit DVPO-2026-0123 by fri 6pm",
        "visit DVPO 123/26 by fri 6pm",
        "visit DVPO-3 and DVPO-4 by fri 6pm",
        "and Dave visit DVPO-3 by fri 6pm",
    ],
)
def test_an_order_of_which_a_part_would_be_lost_is_asked_about(work: str) -> None:
    said = assigning(work)
    assert said["asks"] and not said["records"]


@pytest.mark.parametrize(
    "typed",
    [
        "cancel 1042 or 1043 because x",
        "extend 1042 not 1043 to fri 1800",
        "1042 accept and no answer 2115",
        "1042 undo seen 1900",
        "1042 no ans 1043 seen him outside",
    ],
)
def test_what_would_lose_a_part_is_several(typed: str) -> None:
    assert len(read(typed, role=Role.SUPERVISOR)["parts"]) == 2


@pytest.mark.parametrize(
    "typed",
    [
        "1042 seen 2115 not 1042 sorry 1052",
        "1042 no answer 2115 ignore that",
        "1042 seen? 2115",
        "1042 no answer 2115 same for 1043",
        "1042 no answer 2115 then seen 2140",
    ],
)
def test_what_takes_a_result_back_or_goes_on_to_another_is_asked_about(typed: str) -> None:
    said = read(typed)
    assert said["asks"] and not said["records"]


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        ("cancel 1042 because he hit her so arrested", Role.SUPERVISOR),
        ("reassign 1042 because he has a knife", Role.SUPERVISOR),
        ("1042 extend to fri 1800 because hes suicidal", Role.NEIGHBOURHOOD_OFFICER),
        ("1042 other concern 2115 hes outside hers with a machete", Role.NEIGHBOURHOOD_OFFICER),
    ],
)
def test_danger_in_any_reason_or_concern_says_the_radio_first(typed: str, role: Role) -> None:
    assert read(typed, role=role)["radio_first"]


def test_only_a_supervisor_assigns() -> None:
    said = read(f"/assign {placeholder(0)} visit DVPO-3 by fri 6pm")
    assert not said["records"] and "supervisor" in said["asks"]


@pytest.mark.parametrize(
    "typed",
    [
        "“1042 no answer 2115”",
        '"1042 no answer 2115"...',
        "`1042 no answer 2115`",
        "(1042 no answer 2115)",
        "[1042 no answer 2115].",
        "1. 1042 no answer 2115",
        "2) T-1042 no answer 2115",
        "- 1042 no answer 2115",
        "• 1042 no answer 2115",
        "~~1042 no answer 2115~~",
    ],
)
def test_quotation_marks_do_not_hide_a_command(typed: str) -> None:
    assert read(typed)["happened_at"] == "2026-11-26T21:15:00+00:00"


@pytest.mark.parametrize("typed", ["1. 1042 no ans\n2. 1043 no ans", "- 1042 no ans\n• 1043 no ans"])
def test_every_line_of_a_list_is_a_part(typed: str) -> None:
    assert [part["task"] for part in read(typed)["parts"]] == ["T-1042", "T-1043"]


def test_a_bracket_that_belongs_to_the_note_stays() -> None:
    assert read("1042 seen (alone)")["note"] == "(alone)"


@pytest.mark.parametrize("typed", ["whats {} got", "what’s {} got on?", "what has {} got"])
def test_what_somebody_has_got_is_their_list(typed: str) -> None:
    assert read(typed.format(placeholder(0)))["command"] == "tasks"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py", "understand", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={"REDLINE_MODE": "nonsense"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_the_command_needs_neither_settings_nor_a_database() -> None:
    done = run("--as", "supervisor", "--at", "2026-11-26T22:00:00+00:00", "--mention", "@Casey",
               "/assign @Casey visit DVPO-3 by fri 6pm")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["records"] is True


def test_an_option_that_cannot_be_is_one_line_and_code_two() -> None:
    done = run("--at", "teatime", "1042 seen")
    assert done.returncode == 2
    assert "give a time like" in done.stderr
