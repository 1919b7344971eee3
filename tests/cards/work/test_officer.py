"""The officer's card while there is something to do."""

from datetime import timedelta
from typing import Any

import pytest

from cards.work.officer import MOST_LINES, officer_card, taken_back_card
from storage.enums import DisruptionType, OrderStatus, OrderType, OutcomeCode, TaskKind, TaskState
from tasking.permissions import Act
from tests.support.card_reading import (
    all_words,
    button,
    inputs,
    lines,
    of_type,
    sections,
    texts,
    titles,
    unfolded,
)
from tests.support.card_samples import (
    CANARY_NOTE,
    CANARY_WORDING,
    DUE,
    HOSTILE,
    NOW,
    action,
    contact_visit,
    disruption,
    done_view,
    hostile_view,
    order,
    outcome,
    subject,
    task,
    view,
)


def test_a_visit_reads_as_the_practice_asked() -> None:
    assert lines(officer_card(view())) == [
        "OFFICIAL-SENSITIVE · T-1042 · Order check · by Thu 12 Mar 22:00",
        "J. EXAMPLE (S-07) · 14 Mill Lane, rear door",
        "⚠ DOUBLE-CREW · 2 warnings (tap)",
        "DVPO-3 · SERVED 10 Mar · last day Mon 6 Apr",
        "No contact · no entry · 100 m (tap: exact words)",
        "BREACH: radio, arrest s.28(9) CSA 2010; civil: no charge, no police bail. "
        "No entry just to check. Life or limb: s.17(1)(e) PACE",
        "Last: Wed 15:10 no answer (2nd) · Lead PC 1187",
        "Do not contact the protected person",
    ]


def test_the_usual_outcomes_of_a_visit_stand_first() -> None:
    assert titles(officer_card(view())) == [
        "No answer",
        "Seen",
        "Concern",
        "Breach",
        "More",
        "Brief me",
        "Copy of order",
    ]


@pytest.mark.parametrize(
    ("of", "usual"),
    [
        (contact_visit, ["No reply", "Spoke alone", "Concerns", "Breach"]),
        (disruption, ["Achieved", "No effect", "Not possible"]),
        (action, ["Done", "Partly done", "Not possible"]),
    ],
)
def test_each_kind_of_task_has_its_own_usual_outcomes(of: Any, usual: list[str]) -> None:
    shown = titles(officer_card(view(task=of())))
    assert shown == [*usual, "More", "Brief me", "Copy of order"]


@pytest.mark.parametrize(
    ("of", "title", "code"),
    [
        (task, "No answer", "NO_ANSWER"),
        (contact_visit, "No reply", "NO_REPLY"),
        (action, "Done", "DONE"),
    ],
)
def test_the_most_usual_outcome_is_one_tap(of: Any, title: str, code: str) -> None:
    tap = button(officer_card(view(task=of())), title)
    assert (tap["type"], tap["verb"]) == ("Action.Execute", "record_outcome")
    assert tap["data"] == {"task": "T-1042", "v": 1, "code": code}


def test_seen_asks_where_and_with_whom_and_when() -> None:
    form = unfolded(officer_card(view()), "Seen")
    assert [each["label"] for each in inputs(form)] == [
        "Where?",
        "Who with?",
        "When?",
        "Other time",
        "Note (optional)",
    ]
    assert texts(form)[0] == "Seen, nothing to suggest a breach"


def test_the_visit_time_is_now_unless_chosen_otherwise() -> None:
    when = next(each for each in inputs(unfolded(officer_card(view()), "Seen")) if each["label"] == "When?")
    assert when["value"] == "now"
    assert [choice["value"] for choice in when["choices"]] == ["now", "30", "60", "other"]


@pytest.mark.parametrize("title", ["Achieved", "No effect"])
def test_disruption_names_the_power_used(title: str) -> None:
    form = unfolded(officer_card(view(task=disruption())), title)
    power = inputs(form)[0]
    assert power["label"] == "Power or lawful basis used?"
    assert power["isRequired"] is True


def test_speaking_to_a_protected_person_asks_about_children() -> None:
    form = unfolded(officer_card(view(task=contact_visit())), "Spoke alone")
    assert inputs(form)[0]["label"] == "Children seen?"


@pytest.mark.parametrize("title", ["Seen", "Breach"])
def test_free_text_comes_with_the_neutral_wording_prompt(title: str) -> None:
    assert "Say what you saw and heard. No opinions." in texts(unfolded(officer_card(view()), title))


def test_the_breach_form_says_radio_first_before_anything_else() -> None:
    form = unfolded(officer_card(view()), "Breach")
    assert texts(form)[0] == "Radio first. Nobody watches RedLine."
    assert [each["label"] for each in inputs(form)][:2] == ["Protected person safe?", "Where is the subject?"]


def test_a_breach_is_checked_before_it_is_recorded() -> None:
    sent = unfolded(officer_card(view()), "Breach")["actions"]
    assert [action["verb"] for action in sent] == ["check_breach"]


def test_more_folds_its_sections_away_one_by_one() -> None:
    form = unfolded(officer_card(view()), "More")
    assert sections(form) == [
        ("more_other", False),
        ("more_cant", False),
        ("more_time_section", False),
        ("more_note", False),
    ]
    shown = button(form, "Can't do")["targetElements"]
    assert [(target["elementId"], target["isVisible"]) for target in shown] == [
        ("more_other", False),
        ("more_cant", True),
        ("more_time_section", False),
        ("more_note", False),
    ]


def test_nothing_behind_more_is_required_because_folded_inputs_would_block_it() -> None:
    assert not any(each.get("isRequired") for each in inputs(unfolded(officer_card(view()), "More")))


def test_other_outcomes_never_offer_a_breach_without_its_check() -> None:
    form = unfolded(officer_card(view()), "More")
    offered = [choice["value"] for choice in inputs(form)[0]["choices"]]
    assert offered == [
        "NO_ANSWER",
        "WOULD_NOT_ENGAGE",
        "SAID_TO_BE_OUT",
        "NO_ACCESS",
        "SEEN_ELSEWHERE",
        "NOT_LIVING_HERE",
        "IN_CUSTODY_PRISON_HOSPITAL",
        "DECEASED",
        "NOT_ATTEMPTED",
    ]


@pytest.mark.parametrize(
    ("act", "gone"),
    [
        (Act.RECORD_OUTCOME, {"No answer", "Seen", "Concern", "Breach"}),
        (Act.SEE_BRIEFING, {"Brief me"}),
        (Act.SEE_ORDER_COPY, {"Copy of order"}),
    ],
)
def test_a_button_the_reader_may_not_use_is_not_there(act: Act, gone: set[str]) -> None:
    with_all, without = officer_card(view()), officer_card(view(may=frozenset(Act) - {act}))
    assert set(titles(with_all)) - set(titles(without)) == gone


@pytest.mark.parametrize(
    ("act", "section"),
    [
        (Act.RECORD_OUTCOME, "more_other"),
        (Act.CANT_DO, "more_cant"),
        (Act.ASK_MORE_TIME, "more_time_section"),
        (Act.ADD_NOTE, "more_note"),
    ],
)
def test_a_section_the_reader_may_not_use_is_not_there(act: Act, section: str) -> None:
    form = unfolded(officer_card(view(may=frozenset(Act) - {act})), "More")
    assert section not in dict(sections(form))
    assert section not in str(form)


def test_a_single_section_stands_open() -> None:
    form = unfolded(officer_card(view(may=frozenset({Act.ADD_NOTE}))), "More")
    assert sections(form) == [("more_note", True)]


def test_a_reader_without_any_right_gets_no_button() -> None:
    assert titles(officer_card(view(may=frozenset()))) == []


def test_without_a_document_there_is_no_copy_to_ask_for() -> None:
    assert "Copy of order" not in titles(officer_card(view(order=order(document_key=None))))
    assert "Copy of order" not in titles(officer_card(view(order=None, conditions=())))


def test_the_exact_words_are_one_tap_away_and_never_on_the_card() -> None:
    card = officer_card(view())
    assert button(card, "Exact words")["verb"] == "brief_me"
    assert CANARY_WORDING not in all_words(card)


def test_without_the_right_to_the_briefing_the_conditions_cannot_be_tapped() -> None:
    card = officer_card(view(may=frozenset({Act.RECORD_OUTCOME})))
    assert "No contact · no entry · 100 m" in lines(card)
    assert "brief_me" not in all_words(card)


def test_an_overdue_task_says_so_in_its_first_line() -> None:
    card = officer_card(view(task=task(due_at=NOW - timedelta(hours=2))))
    assert "OVERDUE since Thu 12 Mar 12:05" in lines(card)[0]
    assert card["body"][0]["color"] == "Attention"


def test_what_just_happened_stands_on_top() -> None:
    card = officer_card(view(), "PS 88 changed the *due* time")
    assert lines(card)[0] == r"PS 88 changed the \*due\* time"


def test_a_second_copy_says_that_either_works() -> None:
    assert "Second copy: either works" in lines(officer_card(view(is_second_copy=True)))[0]
    assert "Second copy: either works" in lines(officer_card(done_view(is_second_copy=True)))


def test_a_request_for_more_time_is_shown_until_it_is_answered() -> None:
    card = officer_card(view(task=task(asked_until=DUE + timedelta(days=1))))
    assert lines(card)[0] == "You asked for more time, until Fri 13 Mar 22:00. Not decided yet"


@pytest.mark.parametrize("line", ["", "Something happened"])
@pytest.mark.parametrize(
    "shown",
    [
        view(),
        view(task=task(note=CANARY_NOTE)),
        view(task=disruption(DisruptionType.INTELLIGENCE, note=CANARY_NOTE, title="x")),
        view(task=action(note=CANARY_NOTE)),
        view(task=task(asked_until=DUE), is_second_copy=True),
        hostile_view(),
    ],
)
def test_the_card_never_has_more_than_eight_lines(shown: Any, line: str) -> None:
    assert len(lines(officer_card(shown, line))) <= MOST_LINES == 8


def test_where_room_is_short_the_order_and_its_conditions_share_a_line() -> None:
    shown = lines(officer_card(view(task=task(note=CANARY_NOTE))))
    assert (
        "DVPO-3 · SERVED 10 Mar · last day Mon 6 Apr · No contact · no entry · 100 m (tap: exact words)"
        in shown
    )
    assert f"Note: {CANARY_NOTE}" in shown
    assert any(text.startswith("Last:") for text in shown)


def test_then_the_last_visit_is_left_out_and_the_warnings_never() -> None:
    shown = lines(officer_card(view(task=task(note=CANARY_NOTE)), "Something happened"))
    assert not any(text.startswith("Last:") for text in shown)
    assert "⚠ DOUBLE-CREW · 2 warnings (tap)" in shown
    assert "Do not contact the protected person" in shown


@pytest.mark.parametrize(
    ("warnings", "shown", "folded"),
    [
        (["DOUBLE-CREW"], "⚠ DOUBLE-CREW", None),
        (["Knife"], "⚠ 1 warning (tap)", "Knife"),
        (["Knife", "dog", "DOUBLE-CREW"], "⚠ DOUBLE-CREW · 2 warnings (tap)", "Knife · dog"),
    ],
)
def test_double_crew_and_the_number_of_warnings_never_fold(
    warnings: list[str], shown: str, folded: str | None
) -> None:
    card = officer_card(view(subject=subject(warnings=warnings)))
    assert shown in lines(card)
    hidden = [each for each in of_type(card, "TextBlock") if each.get("isVisible") is False]
    assert [each["text"] for each in hidden if each["id"] == "warning_details"] == (
        [folded] if folded else []
    )
    toggles = [each for each in of_type(card, "Action.ToggleVisibility") if each["title"] == "Warnings"]
    assert [each["targetElements"] for each in toggles] == ([["warning_details"]] if folded else [])


def test_an_order_that_is_not_served_is_the_first_alarm() -> None:
    shown = lines(officer_card(view(order=order(served_at=None, last_day=None))))
    assert "DVPO-3 · NOT SERVED" in shown


@pytest.mark.parametrize("status", [OrderStatus.DISCHARGED, OrderStatus.EXPIRED])
def test_an_order_that_is_over_gives_no_power(status: OrderStatus) -> None:
    shown = lines(officer_card(view(order=order(status=status))))
    assert any(f"{status.value}: ask before you go" in text for text in shown)
    assert not any("BREACH" in text for text in shown)


def test_the_power_named_is_that_of_the_order() -> None:
    shown = lines(officer_card(view(order=order(ref="DVPN-4", order_type=OrderType.DVPN))))
    assert any(text.startswith("BREACH: radio, arrest s.25(1)(b) CSA 2010") for text in shown)


def test_at_a_protected_persons_door_the_screen_names_nobody() -> None:
    card = officer_card(view(task=contact_visit()))
    assert "J. EXAMPLE" not in all_words(card)
    assert "14 Mill Lane" not in all_words(card)
    assert "Do not contact the protected person" not in lines(card)
    assert "About S-07. Brief me first: how to make contact, what never to say" in lines(card)


def test_an_order_without_a_protected_person_does_not_warn_of_one() -> None:
    shown = lines(officer_card(view(order=order(protected_person_marker=False))))
    assert "Do not contact the protected person" not in shown


def test_other_open_tasks_about_the_subject_are_named() -> None:
    shown = lines(officer_card(view(related_refs=("T-1050", "T-1051"))))
    assert any(text.endswith("also open T-1050, T-1051") for text in shown)


@pytest.mark.parametrize("code", [OutcomeCode.BREACH_SUSPECTED, OutcomeCode.ARRESTED])
def test_a_last_visit_that_ended_in_a_breach_is_not_said_on_a_card_that_others_may_see(
    code: OutcomeCode,
) -> None:
    shown = lines(officer_card(view(last_visit=outcome(code=code), attempts_in_a_row=0)))
    (last,) = [line for line in shown if line.startswith("Last:")]
    assert "see Brief me" in last
    assert not any(word in last.lower() for word in ("breach", "arrest"))


def test_a_last_visit_that_met_somebody_is_not_counted_as_an_attempt() -> None:
    seen = outcome(code=OutcomeCode.SEEN_NO_CONCERN, happened_at=NOW - timedelta(days=1))
    shown = lines(officer_card(view(last_visit=seen, attempts_in_a_row=2)))
    assert "Last: Wed 14:05 seen, nothing to suggest a breach · Lead PC 1187" in shown


def test_watching_somebody_needs_an_authority_first() -> None:
    shown = lines(officer_card(view(task=disruption(DisruptionType.INTELLIGENCE))))
    assert "Watching someone needs a directed surveillance authority first" in shown


def test_an_action_says_what_is_to_be_done() -> None:
    bare = view(task=action(), subject=None, order=None, conditions=(), last_visit=None, lead_officer=None)
    assert lines(officer_card(bare)) == [
        "OFFICIAL-SENSITIVE · T-1042 · Action · by Thu 12 Mar 22:00",
        "Take the spare key back to the made-up bakery",
    ]


def test_a_subject_without_warnings_has_no_warning_line() -> None:
    shown = lines(officer_card(view(subject=subject(warnings=[], address_line=""))))
    assert not any(text.startswith("⚠") for text in shown)
    assert "J. EXAMPLE (S-07)" in shown


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TaskState.UNALLOCATED, "No longer with you: it is back with the sergeant."),
        (TaskState.CANCELLED, "Cancelled. There is nothing to do."),
    ],
)
def test_a_task_that_went_away_leaves_one_line_and_nothing_personal(state: TaskState, words: str) -> None:
    card = officer_card(view(task=task(state=state)), "What just happened")
    assert lines(card) == ["What just happened", "OFFICIAL-SENSITIVE · T-1042", words]
    assert titles(card) == []


def test_a_task_that_another_officer_has_leaves_one_line() -> None:
    card = taken_back_card(view())
    assert lines(card) == ["OFFICIAL-SENSITIVE · T-1042", "No longer with you: another officer has it."]
    assert not any(word in all_words(card) for word in ("S-07", "EXAMPLE", "DVPO", "1187"))


def test_hostile_words_do_not_push_out_the_rule_about_the_protected_person() -> None:
    assert "Do not contact the protected person" in lines(officer_card(hostile_view(HOSTILE), HOSTILE))


@pytest.mark.parametrize("kind", TaskKind)
def test_every_kind_of_task_can_be_drawn(kind: TaskKind) -> None:
    bare = task(kind=kind, visit_kind=None)
    assert titles(officer_card(view(task=bare)))[-2:] == ["Brief me", "Copy of order"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_day": NOW.date() - timedelta(days=1)}, "ENDED"),
        ({"served_at": None}, "NOT SERVED"),
    ],
)
def test_no_card_offers_an_arrest_under_an_order_that_has_ended_or_was_not_served(
    changes: dict[str, Any], words: str
) -> None:
    shown = "\n".join(lines(officer_card(view(order=order(**changes)))))
    assert words in shown
    assert "s.28(9)" not in shown


def test_a_non_molestation_order_that_is_not_served_asks_whether_the_subject_knows_of_it() -> None:
    unserved = {"served_at": None, "status": OrderStatus.AUTHORISED}
    of_nmo = lines(officer_card(view(order=order(order_type=OrderType.NMO, **unserved))))
    of_dvpo = lines(officer_card(view(order=order(**unserved))))
    asked = "Does the subject know of it? If so, a breach is an offence, s.42A(2) FLA 1996"
    assert any(asked in line for line in of_nmo)
    assert not any("know of it" in line for line in of_dvpo)
