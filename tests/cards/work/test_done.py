"""The officer's card once an outcome is in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from cards.work.officer import officer_card
from storage.enums import OutcomeCode, OutcomeState, RecordsRoute, TaskState
from tasking.permissions import Act
from tests.support.card_reading import all_words, button, inputs, lines, titles, unfolded
from tests.support.card_samples import (
    NOW,
    action,
    contact_visit,
    disruption,
    done_view,
    outcome,
    task,
    view,
)

UNTIL = NOW + timedelta(minutes=10)
OUTCOME_ID = str(UUID(int=99))


def sent_back(**changes: Any) -> dict[str, Any]:
    reason = {"state": OutcomeState.REJECTED, "desk_reason": "Which address?"}
    return {"outcome": outcome(**{**reason, **changes})}


def test_it_says_what_was_recorded_when_and_where_it_goes() -> None:
    assert lines(officer_card(done_view(can_undo=True, undo_until=UNTIL))) == [
        "OFFICIAL-SENSITIVE · T-1042 · Order check",
        "No answer",
        "Thu 12 Mar 14:05 · S-07 · DVPO-3",
        "RedLine sends this to Athena: don't re-key",
    ]


def test_what_a_bystander_could_read_is_folded_away() -> None:
    words = all_words(officer_card(done_view()))
    assert not any(word in words for word in ("EXAMPLE", "Mill Lane", "Knife", "No contact"))


def test_a_late_record_shows_both_times() -> None:
    late = outcome(happened_at=NOW - timedelta(minutes=30))
    assert any(
        "13:35 · recorded Thu 12 Mar 14:05" in text for text in lines(officer_card(done_view(outcome=late)))
    )


def test_undo_says_until_when() -> None:
    card = officer_card(done_view(can_undo=True, undo_until=UNTIL))
    assert titles(card) == ["Undo (until 14:15)", "Add note"]
    undo = button(card, "Undo (until 14:15)")
    assert undo["data"] == {"task": "T-1042", "v": 3, "outcome": OUTCOME_ID}


def test_undo_is_gone_when_its_time_is_over_or_the_reader_may_not() -> None:
    assert titles(officer_card(done_view())) == ["Add note"]
    may_not = done_view(can_undo=True, undo_until=UNTIL, may=frozenset(Act) - {Act.UNDO_OUTCOME})
    assert titles(officer_card(may_not)) == ["Add note"]


def test_a_note_is_optional_and_comes_with_the_prompt() -> None:
    form = unfolded(officer_card(done_view()), "Add note")
    assert [each["id"] for each in inputs(form)] == ["note_text"]
    assert form["actions"][0]["verb"] == "add_note"
    assert titles(officer_card(done_view(may=frozenset()))) == []


def by_hand(**changes: Any) -> dict[str, Any]:
    route = {"route": RecordsRoute.KEYED_BY_HAND, "state": OutcomeState.KEYED_BY_HAND}
    return {"outcome": outcome(**{**route, **changes})}


def test_an_outcome_to_be_keyed_by_hand_asks_for_its_reference() -> None:
    card = officer_card(done_view(**by_hand()))
    assert "Put this on Athena yourself" in lines(card)
    field = inputs(unfolded(card, "Athena reference"))[0]
    assert (field["id"], field["label"], field["isRequired"]) == ("athena_ref", "Athena reference", True)


def test_an_outcome_that_was_given_up_says_why_and_asks_for_its_reference() -> None:
    reason = "the records list has no column *Note*"
    card = officer_card(done_view(**by_hand(route=RecordsRoute.REDLINE_SENDS, desk_reason=reason)))
    assert "NOT on Athena: key it by hand" in lines(card)
    assert r"RedLine could not send it: the records list has no column \*Note\*" in lines(card)
    assert "re-key" not in all_words(card)
    assert inputs(unfolded(card, "Athena reference"))[0]["id"] == "athena_ref"


def test_an_outcome_that_was_given_up_and_keyed_says_its_reference_and_no_more() -> None:
    keyed = by_hand(route=RecordsRoute.REDLINE_SENDS, desk_reason="why", athena_ref="36/1/19")
    words = all_words(officer_card(done_view(**keyed)))
    assert "Recorded on Athena: 36/1/19" in words
    assert "NOT on Athena" not in words and "could not send" not in words


@pytest.mark.parametrize(
    "shown",
    [
        done_view(**by_hand(athena_ref="36/21858/19")),
        done_view(**by_hand(), may=frozenset(Act) - {Act.KEY_REFERENCE}),
        done_view(**by_hand(state=OutcomeState.WITHDRAWN)),
        done_view(),
    ],
)
def test_a_reference_is_not_asked_for_where_there_is_nothing_to_key(shown: Any) -> None:
    assert "Athena reference" not in titles(officer_card(shown))


def test_the_reference_that_athena_gave_is_shown() -> None:
    recorded = outcome(state=OutcomeState.RECORDED, athena_ref="36/21858/19")
    assert "Recorded on Athena: 36/21858/19" in lines(officer_card(done_view(outcome=recorded)))


@pytest.mark.parametrize("state", [OutcomeState.REJECTED, OutcomeState.RETURNED])
def test_what_the_desk_sent_back_comes_with_its_reason_and_the_usual_outcomes(state: OutcomeState) -> None:
    card = officer_card(done_view(**sent_back(state=state)))
    assert any(text.endswith("this: Which address?") for text in lines(card))
    assert titles(card) == ["No answer", "Seen", "Concern", "Breach", "More", "Brief me", "Add note"]


def test_a_correction_names_the_outcome_that_it_corrects() -> None:
    card = officer_card(done_view(**sent_back()))
    assert button(card, "No answer")["data"]["corrects"] == OUTCOME_ID
    for title in ("Seen", "Breach"):
        assert unfolded(card, title)["actions"][0]["data"]["corrects"] == OUTCOME_ID
    more = unfolded(card, "More")
    assert button(more, "Record")["data"]["corrects"] == OUTCOME_ID


def test_a_first_record_corrects_nothing() -> None:
    assert "corrects" not in all_words(officer_card(view(outcome=outcome())))


def test_more_on_a_correction_holds_the_other_outcomes_alone() -> None:
    card = officer_card(done_view(**sent_back()))
    assert not any(word in all_words(unfolded(card, "More")) for word in ("cant_do", "more_time"))


def test_the_note_of_the_same_outcome_stands_in_its_form_again() -> None:
    seen = sent_back(code=OutcomeCode.SEEN_NO_CONCERN, note="At the door\nof the bakery")
    note = inputs(unfolded(officer_card(done_view(**seen)), "Seen"))[-1]
    assert note["value"] == "At the door\nof the bakery"
    other = inputs(unfolded(officer_card(done_view(**sent_back(note="kept"))), "Seen"))[-1]
    assert "value" not in other


def test_somebody_who_may_not_correct_sees_the_reason_alone() -> None:
    may_not = done_view(**sent_back(), may=frozenset({Act.SEE_TASK}))
    card = officer_card(may_not)
    assert any("Which address?" in text for text in lines(card))
    assert titles(card) == []


def test_a_correction_without_the_right_to_the_briefing_offers_none() -> None:
    may = frozenset({Act.CORRECT_OUTCOME})
    assert titles(officer_card(done_view(**sent_back(), may=may)))[-1] == "More"


@pytest.mark.parametrize("of", [task, contact_visit, disruption, action])
def test_every_kind_of_task_can_be_corrected(of: Any) -> None:
    finished = of(state=TaskState.DONE)
    card = officer_card(done_view(finished, **sent_back()))
    assert "Correct it: what happened?" in lines(card)


def test_what_just_happened_stands_on_top() -> None:
    assert lines(officer_card(done_view(), "Recorded just now"))[0] == "Recorded just now"


def test_a_done_task_without_its_outcome_is_still_a_card() -> None:
    assert lines(officer_card(done_view(outcome=None)))[-1] == "Done"
