"""What the visiting officer reads alone."""

import pytest

from cards.work.briefing import briefing_card, order_copy_card
from storage.enums import OutcomeCode
from tasking.views import OrderCopyView
from tests.support.card_reading import button, lines, titles
from tests.support.card_samples import (
    CANARY_BRIEFING,
    CANARY_NOTE,
    CANARY_WORDING,
    action,
    briefing,
    conditions,
    contact_visit,
    order_copy,
    outcome,
    subject,
    view,
)

POWER = "arrest s.28(9) CSA 2010; civil: no charge, no police bail"


def test_it_tells_who_to_beware_of_what_and_what_never_to_do() -> None:
    shown = lines(briefing_card(briefing()))
    assert shown[2] == "J. EXAMPLE (S-07) · 14 Mill Lane, rear door"
    assert "⚠ Knife · dog · DOUBLE-CREW" in shown
    assert "Do not contact the protected person" in shown


def test_it_gives_the_courts_exact_words() -> None:
    shown = lines(briefing_card(briefing()))
    assert f"(1) The respondent {CANARY_WORDING}." in shown
    assert len([text for text in shown if CANARY_WORDING in text]) == 3


def test_it_says_what_to_do_about_a_breach() -> None:
    shown = lines(briefing_card(briefing()))
    assert f"BREACH: radio, {POWER}. Radio first. Nobody watches RedLine." in shown


def test_it_tells_what_colleagues_added() -> None:
    shown = lines(briefing_card(briefing()))
    assert "Thu 12 Mar 13:05 PC 1187: Van outside, no lights" in shown
    assert shown.index("Notes and reasons") < shown.index("Last results")


def test_it_gives_the_note_and_the_background_line_by_line() -> None:
    shown = lines(briefing_card(briefing()))
    at = shown.index("What to know")
    assert shown[at + 1 : at + 4] == [
        f"{CANARY_BRIEFING}.",
        "Works nights at the made-up bakery.",
        f"Note: {CANARY_NOTE}",
    ]


def test_it_gives_the_last_results_with_their_answers() -> None:
    shown = lines(briefing_card(briefing()))
    at = shown.index("Last results")
    assert shown[at + 1] == "Wed 11 Mar 14:05 No answer"
    assert shown[at + 2].endswith("Seen, nothing to suggest a breach · Where? At the door · Who with? Alone")


def test_without_results_there_are_no_last_results() -> None:
    shown = lines(briefing_card(briefing(recent=())))
    assert "Last results" not in shown
    assert "Lead PC 1187" in shown


def test_it_names_the_other_open_tasks() -> None:
    shown = lines(briefing_card(briefing(open_tasks=tuple(f"T-{number}" for number in range(1, 12)))))
    assert shown[shown.index("Other open tasks") + 1].endswith("T-8 and 3 more")
    assert "Other open tasks" not in lines(briefing_card(briefing(open_tasks=())))


def test_very_many_conditions_point_to_the_copy() -> None:
    shown = lines(briefing_card(briefing(view=view(conditions=conditions() * 5))))
    assert "More conditions: see the copy of the order" in shown


def test_it_says_that_reading_it_was_logged_and_leads_back() -> None:
    card = briefing_card(briefing())
    assert lines(card)[-1].endswith("Reading this was logged.")
    assert button(card, "Back to the task")["data"] == {"task": "T-1042"}


def test_an_action_without_subject_or_order_is_still_briefed() -> None:
    bare = view(task=action(), subject=None, order=None, conditions=(), last_visit=None, lead_officer=None)
    shown = lines(briefing_card(briefing(view=bare, recent=(), open_tasks=())))
    assert "Take the spare key back to the made-up bakery" in shown
    assert "Order" not in shown


def test_a_note_of_a_result_is_given_as_text_only() -> None:
    noted = outcome(code=OutcomeCode.NOT_ATTEMPTED, note="[x](y)")
    shown = lines(briefing_card(briefing(recent=(noted,))))
    assert any(r"\[x\]" in text for text in shown)


def test_a_contact_visit_is_briefed_without_her_address_on_the_screen() -> None:
    card = briefing_card(briefing(view=view(task=contact_visit(), subject=subject(briefing=""))))
    assert not any("Mill Lane" in text for text in lines(card))


def test_the_copy_of_the_order_is_one_tap_away() -> None:
    card = order_copy_card(order_copy())
    assert titles(card) == ["Open DVPO-3", "Back to the task"]
    assert button(card, "Open DVPO-3")["url"] == "https://files.example/dvpo-3?once=1"
    assert "Opening it was logged. Do not pass the link on." in lines(card)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "DVPO-3.pdf"])
def test_only_web_links_are_ever_opened(url: str) -> None:
    card = order_copy_card(OrderCopyView("DVPO-3", "T-1042", "copy.pdf", url))
    assert titles(card) == ["Back to the task"]
