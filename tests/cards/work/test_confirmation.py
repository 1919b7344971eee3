"""The card in the channel thread of whoever asked."""

from datetime import timedelta

import pytest

from cards.work.confirmation import confirmation_card
from storage.enums import OutcomeCode, OutcomeState, TaskState
from tests.support.card_reading import all_words, button, lines, titles
from tests.support.card_samples import (
    CANARY_NOTE,
    DUE,
    NOW,
    action,
    done_view,
    outcome,
    task,
    view,
)


def test_it_carries_reference_kind_order_collar_number_due_and_state() -> None:
    assert lines(confirmation_card(view())) == [
        "OFFICIAL-SENSITIVE · T-1042",
        "T-1042 · Order check · DVPO-3",
        "PC 1187 · by Thu 12 Mar 22:00",
        "Assigned, not yet accepted",
    ]


def test_its_buttons_open_the_supervisors_forms() -> None:
    card = confirmation_card(view())
    assert titles(card) == ["Reassign", "Extend", "Cancel task"]
    forms = [button(card, title)["data"]["form"] for title in titles(card)]
    assert forms == ["reassign", "extend", "cancel"]


def test_its_buttons_do_not_depend_on_who_reads_because_all_read_the_same_card() -> None:
    assert titles(confirmation_card(view(may=frozenset()))) == titles(confirmation_card(view()))


def test_work_that_nobody_has_can_be_allocated() -> None:
    nobody = view(task=task(state=TaskState.UNALLOCATED), owner=None)
    assert "Nobody yet · by Thu 12 Mar 22:00" in lines(confirmation_card(nobody))
    assert titles(confirmation_card(nobody))[0] == "Allocate"


def test_what_an_action_asks_for_never_stands_in_a_channel() -> None:
    card = confirmation_card(view(task=action(note=CANARY_NOTE), order=None))
    assert lines(card)[1] == "T-1042 · Action"
    assert "bakery" not in all_words(card)


def test_a_hint_stands_small_below() -> None:
    card = confirmation_card(view(), "A channel is *read* by all")
    assert lines(card)[-1] == r"A channel is \*read\* by all"


def test_an_overdue_task_says_so() -> None:
    assert "PC 1187 · OVERDUE since Thu 12 Mar 12:05" in lines(
        confirmation_card(view(task=task(due_at=NOW - timedelta(hours=2))))
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("BotNotInConversationRoster", ": they have not added RedLine in Teams yet"),
        ("MessageWritesBlocked", ": they have blocked RedLine in Teams"),
        ("not-installed", ": they have not added RedLine in Teams yet"),
        ("some-new-code", ""),
    ],
)
def test_a_card_that_did_not_arrive_says_so_in_plain_words(code: str, why: str) -> None:
    assert f"Not delivered to the officer yet{why}" in lines(confirmation_card(view(undelivered=code)))


def test_a_request_for_more_time_is_answered_with_yes_or_no() -> None:
    card = confirmation_card(view(task=task(asked_until=DUE + timedelta(days=1))))
    assert "PC 1187 asks for more time, until Fri 13 Mar 22:00" in lines(card)
    assert button(card, "Give more time")["data"]["give"] is True
    assert button(card, "No")["data"]["give"] is False


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.CANCELLED])
def test_a_closed_task_has_no_buttons_and_no_due_time(state: TaskState) -> None:
    card = confirmation_card(view(task=task(state=state, asked_until=DUE)))
    assert titles(card) == []
    assert not any("by Thu" in text or "asks" in text for text in lines(card))


def test_a_finished_task_says_how_its_record_fares_and_not_what_came_of_it() -> None:
    breach = done_view(outcome=outcome(code=OutcomeCode.BREACH_SUSPECTED))
    card = confirmation_card(breach)
    assert "Done Thu 12 Mar 14:05. RedLine sends this to Athena: don't re-key" in lines(card)
    assert "Breach" not in all_words(card)


def test_the_athena_reference_is_shown_when_it_is_there() -> None:
    recorded = outcome(state=OutcomeState.RECORDED, athena_ref="36/21858/19")
    assert "Recorded on Athena: 36/21858/19" in lines(confirmation_card(done_view(outcome=recorded)))[-1]


def test_a_channel_reads_that_a_record_is_to_be_keyed_by_hand_and_not_why() -> None:
    given_up = outcome(state=OutcomeState.KEYED_BY_HAND, desk_reason="the records list has no column Note")
    card = confirmation_card(done_view(outcome=given_up))
    assert lines(card)[-1] == "Done Thu 12 Mar 14:05. NOT on Athena: key it by hand"
    assert "column" not in all_words(card)


def test_the_desks_reason_is_for_the_officer_and_not_for_the_channel() -> None:
    sent_back = outcome(state=OutcomeState.REJECTED, desk_reason="J. EXAMPLE lives elsewhere")
    card = confirmation_card(done_view(outcome=sent_back))
    assert lines(card)[-1] == "Done Thu 12 Mar 14:05. The Athena desk sent it back to the officer"
    assert "EXAMPLE" not in all_words(card)
