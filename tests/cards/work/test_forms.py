"""The forms of a supervisor."""

from collections.abc import Callable
from typing import Any

import pytest

from cards.work.forms import (
    MOST_CHOICES,
    assign_form,
    cancel_form,
    extend_form,
    reassign_form,
)
from storage.enums import DisruptionType
from tasking.ports import Card
from tasking.views import Choice, SupervisorFormView
from tests.support.card_reading import all_words, button, inputs, lines, titles
from tests.support.card_samples import DUE, assign_view, supervisor_view, task, view

FORMS: list[Callable[[SupervisorFormView], Card]] = [reassign_form, extend_form, cancel_form]


def field(card: Card, name: str) -> dict[str, Any]:
    return next(each for each in inputs(card) if each["id"] == name)


def values(card: Card) -> dict[str, str]:
    return {each["id"]: each["value"] for each in inputs(card) if "value" in each}


def test_assigning_asks_who_what_about_whom_and_by_when() -> None:
    assert [each["label"] for each in inputs(assign_form(assign_view()))] == [
        "Officer",
        "What sort of task?",
        "Order or subject",
        "Day",
        "Time",
        "What to do (for an action)",
        "Note (optional)",
    ]


def test_it_begins_with_sensible_defaults() -> None:
    assert values(assign_form(assign_view())) == {
        "kind": "visit",
        "due_date": "2026-03-13",
        "due_time": "18:00",
    }


def test_work_can_be_left_unallocated_but_only_by_saying_so() -> None:
    officer = field(assign_form(assign_view()), "officer")
    assert officer["choices"][-1]["value"] == "nobody"
    assert officer["isRequired"] is True
    assert "value" not in officer


def test_every_sort_of_task_can_be_chosen() -> None:
    offered = [choice["value"] for choice in field(assign_form(assign_view()), "kind")["choices"]]
    assert offered[:4] == ["visit", "address_check", "contact_visit", "action"]
    assert offered[4:] == [kind.value for kind in DisruptionType]


def test_what_was_typed_stands_after_a_refusal_with_the_reason_on_top() -> None:
    typed = {
        "officer": "id-2",
        "kind": "action",
        "target": "S-02",
        "due_date": "2026-03-11",
        "due_time": "09:00",
        "title": "Take the key back",
        "note": "two\nlines",
    }
    card = assign_form(assign_view(typed=typed, problem="That time is *past*"))
    assert values(card) == typed
    assert r"That time is \*past\*" in lines(card)


def test_a_choice_that_is_no_longer_offered_is_not_kept() -> None:
    card = assign_form(assign_view(typed={"officer": "gone", "target": "gone"}))
    assert set(values(card)) == {"kind", "due_date", "due_time"}


def test_in_a_channel_it_promises_that_the_note_is_not_shown_there() -> None:
    assert "not shown in this channel" in all_words(assign_form(assign_view()))
    assert "channel" not in all_words(assign_form(assign_view(in_channel=False)))


def test_a_long_list_of_choices_is_cut_and_says_so_and_keeps_the_chosen_one() -> None:
    many = tuple(Choice(f"id-{at}", f"PC {at}") for at in range(200))
    card = assign_form(assign_view(officers=many, typed={"officer": "id-150"}))
    assert len(field(card, "officer")["choices"]) == MOST_CHOICES + 2
    assert field(card, "officer")["value"] == "id-150"
    assert any("of 200" in text for text in lines(card))


def test_reassigning_asks_who_and_why() -> None:
    card = reassign_form(supervisor_view())
    assert [each["id"] for each in inputs(card)] == ["officer", "reason", "reason_text"]
    assert "nobody" not in [choice["value"] for choice in field(card, "officer")["choices"]]
    assert lines(card)[1] == "Reassign T-1042"


def test_work_that_nobody_has_is_allocated_rather_than_reassigned() -> None:
    card = reassign_form(supervisor_view(view=view(owner=None)))
    assert lines(card)[1] == "Allocate T-1042"
    assert "nobody yet" in lines(card)[2]
    assert titles(card) == ["Allocate", "Back"]


def test_extending_asks_until_when_and_why() -> None:
    card = extend_form(supervisor_view())
    assert [each["id"] for each in inputs(card)] == ["until_date", "until_time", "reason", "reason_text"]
    assert values(card) == {"until_date": "2026-03-13", "until_time": "18:00"}


def test_extending_shows_what_the_officer_asked_for() -> None:
    asked = supervisor_view(view=view(task=task(asked_until=DUE)))
    assert lines(extend_form(asked))[2].endswith("asked for until Thu 12 Mar 22:00")


def test_cancelling_stands_out() -> None:
    card = cancel_form(supervisor_view())
    assert button(card, "Cancel task")["style"] == "destructive"
    assert button(card, "Cancel task")["verb"] == "cancel"


@pytest.mark.parametrize("form", FORMS)
def test_a_reason_is_required_and_own_words_are_not(form: Callable[[SupervisorFormView], Card]) -> None:
    card = form(supervisor_view())
    assert field(card, "reason")["isRequired"] is True
    assert "isRequired" not in field(card, "reason_text")


@pytest.mark.parametrize("form", FORMS)
def test_the_way_back_takes_no_input_along(form: Callable[[SupervisorFormView], Card]) -> None:
    back = button(form(supervisor_view()), "Back")
    assert back["associatedInputs"] == "none"
    assert back["fallback"]["associatedInputs"] == "none"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"reason": "Other: he moved"}, {"reason": "Other", "reason_text": "he moved"}),
        ({"reason": "Other"}, {"reason": "Other"}),
        ({"reason": "typed by hand"}, {"reason_text": "typed by hand"}),
        ({"reason": "Other", "reason_text": "more"}, {"reason": "Other", "reason_text": "more"}),
        ({}, {}),
    ],
)
def test_a_reason_stands_again_as_it_was_chosen_and_typed(
    typed: dict[str, str], kept: dict[str, str]
) -> None:
    assert values(cancel_form(supervisor_view(typed=typed, problem="No"))) == kept


@pytest.mark.parametrize("form", FORMS)
def test_a_form_in_a_channel_names_no_subject(form: Callable[[SupervisorFormView], Card]) -> None:
    assert "EXAMPLE" not in all_words(form(supervisor_view(officers=())))


def test_a_form_that_comes_back_shows_the_day_and_time_in_the_spelling_that_its_inputs_hold() -> None:
    typed = {"until_date": "27/11/2026", "until_time": "6:30\u202fPM"}
    filled = {each["id"]: each.get("value") for each in inputs(extend_form(supervisor_view(typed=typed)))}
    assert (filled["until_date"], filled["until_time"]) == ("2026-11-27", "18:30")


def test_what_an_input_cannot_show_is_shown_as_words() -> None:
    card = extend_form(supervisor_view(typed={"until_date": "next week", "until_time": "18:30"}))
    assert "You had given: next week" in all_words(card)
    filled = {each["id"]: each.get("value") for each in inputs(card)}
    assert (filled["until_date"], filled["until_time"]) == (None, "18:30")
