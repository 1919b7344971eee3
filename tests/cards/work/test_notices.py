"""The few cards that are posted anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cards.watch import not_served_notice
from cards.work.notices import (
    breach_notice,
    more_time_request_card,
    no_longer_shown_card,
    no_longer_yours_card,
    sent_back_notice,
    unallocated_notice,
)
from storage.enums import OrderStatus, OrderType, OutcomeCode, OutcomeState, TaskState
from tasking.ports import Card
from tasking.views import TaskView
from tests.support.card_reading import all_words, button, lines, titles
from tests.support.card_samples import DUE, NOW, done_view, order, outcome, task, view

ASKED = view(task=task(asked_until=DUE + timedelta(days=1)))


def test_unallocated_work_has_one_next_step() -> None:
    card = unallocated_notice(view(task=task(state=TaskState.UNALLOCATED), owner=None))
    assert lines(card)[1:] == ["T-1042 has nobody", "Order check · DVPO-3 · by Thu 12 Mar 22:00"]
    assert titles(card) == ["Allocate"]
    assert button(card, "Allocate")["data"]["form"] == "reassign"


def test_once_somebody_has_it_the_same_card_says_who() -> None:
    card = unallocated_notice(view())
    assert lines(card)[1] == "Settled: PC 1187 has it"
    assert titles(card) == []


def test_what_the_desk_sent_back_comes_with_its_reason_and_the_way_to_correct_it() -> None:
    rejected = outcome(state=OutcomeState.REJECTED, desk_reason="Which address was visited?")
    card = sent_back_notice(done_view(outcome=rejected))
    shown = lines(card)
    assert shown[0] == "Its officer can no longer correct this: please do"
    assert "The Athena desk rejected this: Which address was visited?" in shown
    assert "Correct it: what happened?" in shown
    assert "Its officer" not in str(sent_back_notice(done_view()))


def test_what_was_given_up_asks_whoever_answers_for_it_to_key_it() -> None:
    given_up = outcome(state=OutcomeState.KEYED_BY_HAND)
    shown = lines(sent_back_notice(done_view(outcome=given_up)))
    assert shown[0] == "Its officer is not there to key this: please do"
    assert "NOT on Athena: key it by hand" in shown
    keyed = outcome(state=OutcomeState.KEYED_BY_HAND, athena_ref="36/1/19")
    assert "Its officer" not in str(sent_back_notice(done_view(outcome=keyed)))


@pytest.mark.parametrize(
    ("drawn", "words"),
    [(no_longer_yours_card, "No longer with you."), (no_longer_shown_card, "No longer shown here.")],
)
def test_who_may_no_longer_know_of_a_task_sees_its_reference_and_one_line(
    drawn: Callable[[TaskView], Card], words: str
) -> None:
    card = drawn(ASKED)
    assert lines(card) == ["OFFICIAL-SENSITIVE · T-1042", words]
    assert titles(card) == []


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.CANCELLED])
def test_unallocated_work_that_was_closed_says_so(state: TaskState) -> None:
    assert lines(unallocated_notice(view(task=task(state=state))))[1] == f"Settled: {state.value.lower()}"


@pytest.mark.parametrize(
    ("code", "words"),
    [(OutcomeCode.BREACH_SUSPECTED, "Breach suspected"), (OutcomeCode.ARRESTED, "Arrested")],
)
def test_a_breach_names_the_order_and_the_task_and_says_radio_first(code: OutcomeCode, words: str) -> None:
    assert lines(breach_notice(done_view(outcome=outcome(code=code)))) == [
        "OFFICIAL-SENSITIVE · T-1042",
        f"{words} – DVPO-3 / T-1042",
        "Radio first. Nobody watches RedLine.",
        "Thu 12 Mar 14:05 · recorded by PC 1187",
        "Duty sergeant: speak to the officer and decide",
        "What the officer answered: type 1042 brief in your own chat with RedLine",
    ]


def test_a_breach_without_an_order_names_the_task() -> None:
    breach = outcome(code=OutcomeCode.BREACH_SUSPECTED)
    shown = lines(breach_notice(done_view(outcome=breach, order=None, owner=None, recorded_by=None)))
    assert shown[1] == "Breach suspected – T-1042"
    assert shown[3].endswith("recorded by the officer")


@pytest.mark.parametrize("stands", [None, outcome()])
def test_a_breach_that_was_taken_back_says_that_none_stands(stands: object) -> None:
    card = breach_notice(done_view(outcome=stands))
    assert lines(card)[1] == "No breach stands for DVPO-3 / T-1042"
    assert "Radio first" not in all_words(card)


def test_an_order_that_is_not_served_is_an_alarm() -> None:
    shown = lines(not_served_notice(order(served_at=None), NOW))
    assert shown[:2] == ["OFFICIAL-SENSITIVE · DVPO-3", "DVPO-3 is not served"]
    assert shown[-2:] == [
        "DVPO · made Tue 10 Mar · last day Mon 6 Apr",
        "To see its tasks, type @RedLine tasks DVPO-3",
    ]


def test_once_it_is_served_the_same_card_says_so() -> None:
    shown = lines(not_served_notice(order(), NOW))
    assert shown[1] == "DVPO-3 was served Tue 10 Mar 16:00"


def test_once_it_is_over_nobody_is_asked_to_serve_it() -> None:
    shown = lines(not_served_notice(order(served_at=None, status=OrderStatus.WITHDRAWN), NOW))
    assert shown[1] == "DVPO-3: withdrawn"


def test_an_order_is_named_in_full_where_officers_would_not_say_its_letters() -> None:
    nmo = order(served_at=None, order_type=OrderType.NMO, made_on=None, last_day=None)
    assert "Non-molestation order" in lines(not_served_notice(nmo, NOW))


def test_a_request_for_more_time_says_who_until_when_and_why() -> None:
    card = more_time_request_card(ASKED, "Sent to an *urgent* job")
    assert lines(card)[1:] == [
        "PC 1187 asks for more time, until Fri 13 Mar 22:00",
        "Due Thu 12 Mar 22:00 · DVPO-3",
        r"Why: Sent to an \*urgent\* job",
    ]
    assert titles(card) == ["Give more time", "No, as it was"]
    assert [button(card, title)["data"]["give"] for title in titles(card)] == [True, False]


def test_a_request_without_a_reason_has_no_empty_line() -> None:
    assert not any(text.startswith("Why") for text in lines(more_time_request_card(ASKED, "")))


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (view(), "Decided"),
        (view(task=task(state=TaskState.DONE, asked_until=DUE)), "Settled: done"),
        (done_view(), "Settled: done"),
    ],
)
def test_a_request_that_was_decided_has_no_buttons(shown: TaskView, words: str) -> None:
    card = more_time_request_card(shown, "why")
    assert lines(card)[1] == words
    assert titles(card) == []
