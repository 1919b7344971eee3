"""Every view that the house draws has a card, and a line for the lock screen that tells nothing personal."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from cards.drawn import Drawings, Drawn
from cards.rooms import DRAWN
from tasking.answers import FoldedView, KeptView
from tasking.replaced import ReplacedView
from tasking.views import ReminderView
from tasking.watch.not_served import NotServedView
from tasking.work.breaches import BreachView
from tasking.work.confirmations import ConfirmationView
from tasking.work.due import SupervisionView
from tasking.work.given_back import GivenBackView
from tasking.work.more_time import MoreTimeView
from tasking.work.own_card import OwnCardView
from tests.support.card_samples import (
    CANARIES,
    HOSTILE,
    NOW,
    alarm_change,
    board,
    brake_view,
    call_view,
    decision,
    done_view,
    held_notice_view,
    hostile_view,
    order,
    task,
    task_list,
    view,
)
from tests.support.drawing import DRAWINGS

_OTHERS: dict[type, Any] = {
    type(each): each
    for each in (
        KeptView(b"{}"),
        ReplacedView(),
        alarm_change(reason=CANARIES[0]),
        brake_view(),
        call_view(),
        decision(reason=CANARIES[0]),
        ReminderView((view(),), NOW),
        NotServedView(order(served_at=None), NOW),
        SupervisionView(task_list(3)),
        board(),
        held_notice_view(),
    )
}


def sample(kind: type) -> Any:
    """A view of this type, with something personal wherever it has room for it."""
    if kind in _OTHERS:
        return _OTHERS[kind]
    words = {each.name: CANARIES[0] for each in fields(kind) if each.name in ("reason", "hint")}
    return kind(view(), **words)


@pytest.mark.parametrize("kind", [each.view for each in DRAWN], ids=lambda kind: kind.__name__)
def test_a_locked_phone_never_shows_anything_personal(kind: type) -> None:
    card, summary = DRAWINGS.draw(sample(kind))
    assert card is not None
    assert summary.startswith("RedLine") and len(summary) < 60
    assert not any(canary in summary for canary in CANARIES)


def test_a_task_is_summed_up_by_its_reference_and_due_time() -> None:
    assert DRAWINGS.draw(OwnCardView(view()))[1] == "RedLine T-1042, due Thu 12 Mar 22:00"
    assert DRAWINGS.draw(OwnCardView(done_view()))[1] == "RedLine T-1042"


def test_a_breach_is_not_told_to_a_locked_phone() -> None:
    assert "reach" not in DRAWINGS.draw(BreachView(done_view()))[1]


def test_cards_without_a_task_have_their_own_summaries() -> None:
    def line(shown: Any) -> str:
        return DRAWINGS.draw(shown)[1]

    assert line(board()) == "RedLine board"
    assert line(ReminderView((view(),), NOW)) == "RedLine: 1 task due"
    assert line(ReminderView((view(),) * 3, NOW)) == "RedLine: 3 tasks due"
    assert line(ReminderView((), NOW)) == "RedLine: some tasks due"
    assert line(NotServedView(order(ref="DVPO-11", served_at=None), NOW)) == "RedLine DVPO-11"
    assert line(KeptView(b"{}")) == "RedLine"


@pytest.mark.parametrize("kind", [OwnCardView, ConfirmationView, FoldedView])
def test_a_summary_stays_short_whatever_the_task_holds(kind: type) -> None:
    assert len(DRAWINGS.draw(kind(hostile_view(HOSTILE)))[1]) < 60


def test_the_words_of_somebody_are_on_the_card_and_never_on_the_lock_screen() -> None:
    for kind in (GivenBackView, MoreTimeView):
        asked = view(task=task(asked_until=NOW + timedelta(hours=1)))
        card, summary = DRAWINGS.draw(kind(asked, "at court"))
        assert "at court" in str(card) and "court" not in summary


def test_a_view_has_one_card() -> None:
    twice = Drawn(ReplacedView, lambda _view: {}, lambda _view: "RedLine")
    with pytest.raises(ValueError, match="two ways"):
        Drawings((twice, twice))
