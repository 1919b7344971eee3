"""The check-your-answers step of a breach."""

from datetime import datetime
from uuid import UUID

import pytest

from cards.work.breach import breach_check_card
from storage.enums import OutcomeCode, OutcomeState
from storage.tables import Outcome
from tasking.views import ReadBackView
from tests.support.buttons import ConfirmBreach, parse_payload
from tests.support.card_reading import button, inputs, lines, titles, unfolded
from tests.support.card_samples import NOW, done_view, outcome, read_back, task, view

CONFIRM = "Record and tell the sergeant"


def confirmed(shown: ReadBackView) -> ConfirmBreach:
    tap = button(breach_check_card(shown), CONFIRM)
    payload = parse_payload(tap["verb"], tap["data"])
    assert isinstance(payload, ConfirmBreach)
    return payload


def test_the_answers_are_read_back_before_anything_is_recorded() -> None:
    assert lines(breach_check_card(read_back())) == [
        "OFFICIAL-SENSITIVE · T-1042 · Order check",
        "Radio first. Nobody watches RedLine.",
        "Check, then record. Nothing is recorded yet",
        "Breach suspected of DVPO-3",
        "When? Thu 12 Mar 14:05",
        "Protected person safe? Yes, spoken to by phone",
        "Where is the subject? Left on foot",
        "Note: Seen through the window of the invented address.",
    ]


def test_confirming_records_exactly_what_was_read_back() -> None:
    payload = confirmed(read_back())
    assert datetime.fromisoformat(payload.happened_at) == NOW
    assert (payload.code, payload.is_she_safe) == ("BREACH_SUSPECTED", "Yes, spoken to by phone")
    assert payload.where_is_he == "Left on foot"
    assert payload.note == "Seen through the window of the invented address."
    assert payload.corrects is None


def test_an_arrest_is_read_back_as_one() -> None:
    shown = read_back(code=OutcomeCode.ARRESTED)
    assert "Arrested of DVPO-3" not in lines(breach_check_card(shown))
    assert "Arrested, DVPO-3" in lines(breach_check_card(shown))
    assert confirmed(shown).code == "ARRESTED"


def test_an_answer_that_was_not_given_says_so() -> None:
    shown = lines(breach_check_card(read_back(answers={}, note="")))
    assert "Protected person safe? not said" in shown
    assert not any(text.startswith("Note:") for text in shown)


def test_without_an_order_the_task_is_named() -> None:
    shown = lines(breach_check_card(read_back(view=view(order=None, conditions=()))))
    assert "Breach suspected, T-1042" in shown


def test_a_correction_keeps_naming_what_it_corrects() -> None:
    wrong: Outcome = outcome(state=OutcomeState.REJECTED)
    assert confirmed(read_back(view=done_view(outcome=wrong))).corrects == str(UUID(int=99))


def test_changing_it_finds_everything_as_it_was_typed() -> None:
    form = unfolded(breach_check_card(read_back()), "Change it")
    assert {each["id"]: each.get("value") for each in inputs(form)} == {
        "is_she_safe": "Yes, spoken to by phone",
        "where_is_he": "Left on foot",
        "breach_code": "BREACH_SUSPECTED",
        "breach_arrest": None,
        "conditions": None,
        "children": None,
        "video": None,
        "breach_when": "other",
        "breach_when_text": "today 14:05",
        "breach_note": "Seen through the window of the invented address.",
    }
    assert form["actions"][0]["verb"] == "check_breach"


def test_going_back_records_nothing() -> None:
    card = breach_check_card(read_back())
    assert titles(card) == [CONFIRM, "Change it", "Back, record nothing"]
    assert button(card, "Back, record nothing")["verb"] == "show_task"


@pytest.mark.parametrize("long", ["x" * 5000, "é" * 5000])
def test_what_is_too_long_is_recorded_as_it_is_shown_and_says_so(long: str) -> None:
    shown = read_back(note=long)
    text = lines(breach_check_card(shown))
    assert any("only what stands here is recorded" in line for line in text)
    assert len(confirmed(shown).note.encode()) <= 2000
    assert confirmed(shown).note.endswith("… (shortened)")


def test_the_version_of_the_task_goes_along() -> None:
    assert confirmed(read_back(view=view(task=task(version=7)))).v == 7


def test_what_was_chosen_and_when_somebody_was_arrested_is_read_back_and_kept() -> None:
    shown_view = view()
    chosen = ",".join(each.id.hex for each in shown_view.conditions[:2])
    answers = {
        "is_she_safe": "Yes",
        "where_is_he": "Custody",
        "conditions": "No contact, no entry",
        "children": "Yes",
        "video": "No",
        "arrest_at": NOW.isoformat(),
    }
    shown = read_back(code=OutcomeCode.ARRESTED, view=shown_view, answers=answers, conditions=chosen)
    said = lines(breach_check_card(shown))
    assert "Which condition? No contact, no entry" in said
    assert "Children present? Yes" in said
    assert "Body-worn video on? No" in said
    assert "Arrested when? Thu 12 Mar 2026 14:05" in said
    payload = confirmed(shown)
    assert (payload.arrest_at, payload.conditions) == (NOW.isoformat(), chosen)
    form = unfolded(breach_check_card(shown), "Change it")
    kept = {each["id"]: each.get("value") for each in inputs(form)}
    assert (kept["breach_arrest"], kept["conditions"]) == ("today 14:05", chosen)
    assert (kept["children"], kept["video"], kept["breach_code"]) == ("Yes", "No", "ARRESTED")


def test_the_form_offers_the_conditions_of_the_order_and_no_empty_list() -> None:
    offered = next(each for each in inputs(breach_check_card(read_back())) if each["id"] == "conditions")
    assert [each["title"] for each in offered["choices"]] == ["No contact", "no entry", "100 m"]
    bare = breach_check_card(read_back(view=view(order=None, conditions=())))
    assert all(each["id"] != "conditions" for each in inputs(bare))
