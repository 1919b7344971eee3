"""Plain text: what can be seen is kept, what cannot be seen is nothing."""

import pytest

from infra.local.people import CONSTABLE, SERGEANT
from storage.enums import OutcomeCode, TaskKind
from storage.rows import table_of
from storage.tables import Outcome, TaskNote
from tasking.plain_text import clean, clean_lines, counted, meant
from tasking.work.assign import assign
from tasking.work.officer_requests import add_note, ask_more_time, give_back
from tasking.work.outcomes import Report, key_reference, record_outcome
from tasking.work.supervision import cancel, extend
from tests.support.units import CHAT, NOW, TOMORROW, Force, visit

INVISIBLE = [
    " \n\t",
    "\u200b\u200d",
    "\u2066\u202e\u2069",
    "\u3164",
    "\u2800\u00a0",
    "\ufe0f",
    "\u034f",
    "\x00",
]


@pytest.mark.parametrize("text", INVISIBLE)
def test_what_cannot_be_seen_was_not_meant(text: str) -> None:
    assert meant(text) == ""


@pytest.mark.parametrize("text", ["x", "?", "\U0001f44d\ufe0f", "\u0645", "£", "7", "–"])
def test_what_can_be_seen_is_kept_as_it_is(text: str) -> None:
    assert meant(f" {text}\n") == text


def test_lines_stay_lines() -> None:
    assert clean_lines(" a\u202e  b \r\n\u200b\nc\u2028d\n") == "a b\n\nc\nd"
    assert clean("a\n b") == "a b"


@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\u202e", "\x00"])
def test_what_is_left_out_leaves_no_space_behind(mark: str) -> None:
    assert clean(f"{mark} a {mark} b {mark}") == "a b"


def test_length_is_counted_as_the_list_counts_it() -> None:
    assert [counted(text) for text in ("", "ab", "\U0001f600", "a\nb", "\ud800")] == [0, 2, 2, 4, 1]


# --- where people write ----------------------------------------------------------------------


@pytest.mark.parametrize("text", INVISIBLE)
async def test_a_note_of_invisible_characters_is_no_note(force: Force, text: str) -> None:
    made = await force.task()
    assert (await force.refused(CONSTABLE, add_note, made.task.ref, text)).code == "no-note"
    said = Report(OutcomeCode.NO_ANSWER, NOW, text, {"answer_1": text, "answer_2": "alone"})
    done = await force.do(CONSTABLE, record_outcome, made.task.ref, said)
    assert done.outcome is not None
    assert (done.outcome.note, done.outcome.answers) == ("", {"answer_2": "alone"})


async def test_a_reason_of_invisible_characters_is_no_reason(force: Force) -> None:
    made, unseen = await force.task(), "\u2800\u200b"
    ref = made.task.ref
    assert (await force.refused(CONSTABLE, give_back, ref, unseen)).code == "no-reason"
    later = (await force.reload(made)).due_at.replace(hour=20)
    assert (await force.refused(CONSTABLE, ask_more_time, ref, later, unseen)).code == "no-reason"
    assert (await force.refused(SERGEANT, cancel, ref, unseen)).code == "no-reason"
    assert (await force.refused(SERGEANT, extend, ref, later, unseen)).code == "no-reason"
    nothing = visit(kind=TaskKind.GENERAL_ACTION, target_ref="S-01", title=unseen, due_at=TOMORROW)
    assert (await force.refused(SERGEANT, assign, nothing, CHAT)).code == "no-title"


async def test_an_alarm_is_not_put_down_without_a_reason_that_can_be_seen(force: Force) -> None:
    done = await force.done(OutcomeCode.BREACH_SUSPECTED)
    said = Report(OutcomeCode.NO_ANSWER, NOW, corrects=done.task.outcome_id, reason="\u200b")
    assert (await force.refused(CONSTABLE, record_outcome, done.task.ref, said)).code == "needs-reason"


async def test_a_reference_that_cannot_be_seen_is_no_reference(force: Force) -> None:
    done = await force.done(OutcomeCode.ARRESTED)
    assert (
        await force.refused(CONSTABLE, key_reference, done.task.ref, None, "\u3164")
    ).code == "no-reference"
    await force.do(CONSTABLE, key_reference, done.task.ref, None, "36/1\u202e/19")
    kept = (await force.rows(Outcome, table_of(Outcome).c.id == done.task.outcome_id))[0]
    assert kept.athena_ref == "36/1/19"


# --- all of it in one row --------------------------------------------------------------------


async def test_notes_that_would_no_longer_fit_into_one_row_are_refused_and_not_lost(force: Force) -> None:
    made = await force.task()
    for _ in range(9):
        await force.do(CONSTABLE, add_note, made.task.ref, "\U0001f600" * 2000)
    refusal = await force.refused(CONSTABLE, add_note, made.task.ref, "x" * 4000)
    assert refusal.code == "notes-too-long"
    assert refusal.words.startswith("NOT recorded")
    await force.do(CONSTABLE, add_note, made.task.ref, "a short one")
    assert len(await force.rows(TaskNote)) == 10


async def test_a_result_that_has_left_takes_no_more_notes_and_limits_none(force: Force) -> None:
    done = await force.done(OutcomeCode.ARRESTED)
    for _ in range(16):
        await force.do(CONSTABLE, add_note, done.task.ref, "x" * 4000)


async def test_all_parts_of_a_result_together_have_a_limit(force: Force) -> None:
    made = await force.task()
    answers = {f"answer_{number}": "x" * 4000 for number in range(1, 5)}
    too_much = Report(OutcomeCode.NO_ANSWER, NOW, "x" * 4000, answers)
    assert (await force.refused(CONSTABLE, record_outcome, made.task.ref, too_much)).code == "all-too-long"
    await force.do(CONSTABLE, record_outcome, made.task.ref, Report(OutcomeCode.NO_ANSWER, NOW, "x" * 4000))
