"""The check before an alarm is put down, and how it is named afterwards."""

import pytest

from cards.work.briefing import briefing_card
from cards.work.done import done_card
from cards.work.notices import breach_notice
from cards.work.officer_lines import last_words
from cards.work.putting_down import (
    alarm_change_card,
    alarm_change_summary,
    corrected_words,
    put_down_check_card,
)
from storage.enums import OutcomeCode
from tests.support.card_reading import all_words, inputs, lines, titles
from tests.support.card_samples import (
    NOW,
    alarm_change,
    briefing,
    corrected_alarm,
    done_view,
    outcome,
    put_down,
    view,
)


def test_the_check_says_what_stands_what_it_would_become_and_who_will_be_told() -> None:
    assert lines(put_down_check_card(put_down()))[:5] == [
        "OFFICIAL-SENSITIVE · T-1042 · Order check",
        "Check, then correct. Nothing is changed yet",
        "Stands now: Breach suspected, DVPO-3 · Thu 12 Mar 14:05, recorded by PC 1187",
        "Would become: No answer · Thu 12 Mar 14:05",
        "Will be told, with your collar number: PC 1187, the channel",
    ]


def test_the_check_asks_why_and_leads_back() -> None:
    card = put_down_check_card(put_down())
    assert [each["id"] for each in inputs(card)] == ["why", "why_text"]
    assert [choice["title"] for choice in inputs(card)[0]["choices"]] == [
        "Wrong task",
        "Wrong person",
        "Officer's mistake, checked with them",
        "Other, said below",
    ]
    assert titles(card) == ["Correct it to: No answer", "Back, change nothing"]


def test_the_check_carries_everything_that_was_filled_in() -> None:
    shown = put_down(note="At the door", answers={"answer_1": "Lights on"})
    data = put_down_check_card(shown)["actions"][0]["data"]
    assert (data["code"], data["note"], data["answer_1"]) == ("NO_ANSWER", "At the door", "Lights on")
    assert (data["corrects"], data["happened_at"]) == (str(shown.before.id), NOW.isoformat())
    assert "why" not in data


def test_what_was_wrong_stands_above_with_what_was_chosen_still_there() -> None:
    card = put_down_check_card(put_down(problem="Say why", why="Wrong task", why_text="it was 1052"))
    assert "Say why" in lines(card)[1]
    assert [each.get("value") for each in inputs(card)] == ["Wrong task", "it was 1052"]


def test_nobody_else_is_told_where_nobody_else_was() -> None:
    assert "nobody else" in all_words(put_down_check_card(put_down(told=())))


def test_the_post_says_who_and_why() -> None:
    said = lines(alarm_change_card(alarm_change()))
    assert said[1] == "Breach suspected no longer stands – DVPO-3 / T-1042"
    assert said[2] == "PS 9110 corrected it to No answer, Thu 12 Mar 14:05"
    assert said[3] == "Why: Wrong task"


@pytest.mark.parametrize(
    ("code", "radio"), [(OutcomeCode.BREACH_SUSPECTED, True), (OutcomeCode.CONCERNS, False)]
)
def test_what_stands_again_is_told_as_an_alarm(code: OutcomeCode, radio: bool) -> None:
    said = all_words(alarm_change_card(alarm_change(stands_again=True, before_code=code, order_ref="")))
    assert "stands again – T-1042" in said and "PS 9110 took the correction back" in said
    assert ("Radio first" in said) == radio
    assert "Wrong task" not in said


def test_a_lock_screen_shows_no_allegation() -> None:
    for again in (True, False):
        assert "reach" not in alarm_change_summary(alarm_change(stands_again=again))


def test_the_notice_says_who_corrected_it_and_to_what() -> None:
    card = breach_notice(done_view(corrected_alarm=corrected_alarm()))
    assert lines(card)[1:3] == ["Breach suspected – DVPO-3 / T-1042", "Corrected by PS 9110: now No answer"]
    assert "Wrong task" not in all_words(card)


def test_the_notice_of_who_has_left_the_directory_says_so() -> None:
    card = breach_notice(done_view(corrected_alarm=corrected_alarm(by=None)))
    assert "Corrected by somebody who has left" in all_words(card)


def test_a_concern_is_never_named_in_the_breach_notice() -> None:
    concern = corrected_alarm(before=outcome(code=OutcomeCode.CONCERNS))
    assert "Concerns" not in all_words(breach_notice(done_view(corrected_alarm=concern)))


def test_the_last_results_keep_the_breach() -> None:
    standing = outcome()
    shown = briefing(recent=(standing,), corrected={standing.id: corrected_alarm()})
    assert "Breach suspected, corrected by PS 9110 to No answer · Why: Wrong task" in all_words(
        briefing_card(shown)
    )
    assert corrected_words(corrected_alarm()) in all_words(
        done_card(done_view(corrected_alarm=corrected_alarm()))
    )


def test_the_card_that_others_may_see_names_no_allegation() -> None:
    said = last_words(view(last_corrected_alarm=corrected_alarm()))
    assert "corrected by PS 9110, see Brief me" in said
    assert "reach" not in said
