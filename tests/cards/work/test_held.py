"""Cards about words of danger: what they say, what they offer, and what they never repeat."""

from dataclasses import replace

import pytest

from cards.work.held import (
    call_notice,
    cry_card,
    held_card,
    held_notice,
    more_card,
    recorded_line_card,
)
from cards.work.officer import officer_card
from storage.enums import HeldAnswer, OutcomeCode, TaskState
from storage.tables import Task
from tasking.ports import Card
from tests.support.card_reading import all_words, buttons, texts
from tests.support.card_samples import (
    NOW,
    action,
    call,
    call_view,
    contact_visit,
    done_view,
    held,
    held_notice_view,
    outcome,
    task,
    typed_view,
    view,
)
from tests.support.drawing import DRAWINGS

RADIO = "Radio first. Nobody watches RedLine."


def titles(card: Card) -> list[str]:
    return [button["title"] for button in buttons(card)]


@pytest.mark.parametrize(
    ("made", "code", "offered"),
    [
        (task(), OutcomeCode.NO_ANSWER, ["Breach", "Another concern", "As typed: No answer"]),
        (contact_visit(), OutcomeCode.NO_REPLY, ["Breach", "Another concern", "As typed: No reply"]),
        (action(), OutcomeCode.DONE, ["As typed: Done"]),
        (task(), None, ["Breach", "Another concern", "Add it as a note"]),
        (action(), OutcomeCode.NO_ANSWER, ["Add it as a note"]),
    ],
)
def test_the_likely_readings_are_one_tap_each(
    made: Task, code: OutcomeCode | None, offered: list[str]
) -> None:
    assert titles(held_card(view(task=made), held(code=code))) == offered


def test_the_answer_begins_with_the_radio_and_repeats_what_was_typed() -> None:
    words = texts(held_card(view(), held()))
    assert words[1] == f"{RADIO} This was NOT recorded."
    assert words[2].startswith("You typed: No answer, shouting inside · ")


def test_in_a_channel_nothing_that_was_typed_is_repeated() -> None:
    card = held_card(view(), held(), in_channel=True)
    assert "shouting" not in all_words(card)
    assert titles(card) == ["Breach", "Another concern", "Record it as typed"]


def test_the_officers_card_asks_for_an_answer_before_anything_else() -> None:
    card = officer_card(view(held=held()))
    assert texts(card)[0] == "NOT RECORDED: answer me"
    assert titles(card)[:3] == ["Breach", "Another concern", "As typed: No answer"]
    assert "NOT RECORDED" not in all_words(officer_card(view()))


def test_the_supervisor_reads_who_and_what_it_is_about_and_no_word_of_it() -> None:
    words = all_words(held_notice(held_notice_view()))
    assert "DVPO-3 / T-1042" in words
    assert "PC 1187 typed a message with words of danger" in words
    assert "RedLine does not replace the radio." in words
    assert "shouting" not in words


@pytest.mark.parametrize("answered_as", HeldAnswer)
def test_once_it_is_answered_the_notice_says_how(answered_as: HeldAnswer) -> None:
    words = all_words(held_notice(held_notice_view(held(answered_at=NOW, answered_as=answered_as))))
    put_down = answered_as is HeldAnswer.RECORDED_MEANWHILE
    assert ("answered: " in words) is not put_down
    assert ("words of danger NOT recorded" in words) is put_down
    assert ("Speak to the officer" in words) is put_down
    assert "waits" not in words


def test_the_notice_says_what_was_recorded_in_place_of_the_words() -> None:
    put_down = held(answered_at=NOW, answered_as=HeldAnswer.RECORDED_MEANWHILE)
    harmless = replace(
        held_notice_view(put_down), view=done_view(outcome=outcome(code=OutcomeCode.NO_ANSWER))
    )
    assert "It was not recorded: “No answer” was, " in all_words(held_notice(harmless))
    cancelled = replace(harmless, view=view(task=task(state=TaskState.CANCELLED)))
    assert "the task was cancelled, " in all_words(held_notice(cancelled))


def test_a_lock_screen_shows_a_reference_alone() -> None:
    assert DRAWINGS.draw(held_notice_view())[1] == "RedLine T-1042"
    assert DRAWINGS.draw(call_view())[1] == "RedLine: urgent, open it"


def test_a_call_for_help_is_answered_with_the_radio_and_a_way_to_the_help() -> None:
    again = all_words(cry_card(call(told_at=NOW)))
    assert "Your supervisor was told of your call at 14:05." in again
    assert "in a minute" not in again
    card = cry_card(call())
    assert texts(card)[1] == RADIO
    assert "999" in all_words(card)
    assert titles(card) == ["How RedLine works"]


def test_supervisors_read_who_called_and_when() -> None:
    words = all_words(call_notice(call_view()))
    assert "PC 1187 typed a call for help into RedLine at 14:05" in words
    assert titles(call_notice(call_view(ref=None))) == []


def test_beside_undo_a_typed_result_can_be_said_to_have_been_more() -> None:
    card = officer_card(typed_view())
    shown = titles(card)
    assert shown[shown.index("Undo") + 1] == "It was more than that"
    assert "Note: dog barking" in texts(card)


@pytest.mark.parametrize(
    "changes",
    [
        {"message_key": None, "note": "dog barking"},
        {"message_key": "key", "note": ""},
        {"message_key": "key", "note": "dog barking", "code": OutcomeCode.BREACH_SUSPECTED},
    ],
)
def test_what_was_not_typed_in_words_or_is_a_breach_offers_no_more(changes: dict[str, object]) -> None:
    assert "It was more than that" not in titles(officer_card(done_view(outcome=outcome(**changes))))


def test_what_it_was_is_one_tap() -> None:
    assert titles(more_card(typed_view()))[:2] == ["Breach", "Another concern"]


def test_the_line_in_a_channel_repeats_no_word_of_a_note() -> None:
    card = recorded_line_card(typed_view(), "T-1042: recorded.")
    assert "dog" not in all_words(card)
    assert titles(card) == ["Undo", "It was more than that"]
