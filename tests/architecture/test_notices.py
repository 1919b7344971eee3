"""A notice is declared once: what delivers notices names none of them, and all of them are drawn."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cards.drawn import Drawings
from cards.rooms import DRAWN
from tasking.notice_rooms import TOLD
from tasking.notices import notices
from tasking.rooms import HouseFault
from tests.support.notice_names import CardPurpose

ROOT = Path(__file__).parents[2]
NOTICES = TOLD.notices
MACHINERY = (
    "cards/drawn.py",
    "scheduler/delivery.py",
    "scheduler/edits.py",
    "scheduler/resting.py",
    "storage/journal.py",
    "storage/messages.py",
    "storage/outbox.py",
    "storage/outbox_claims.py",
    "storage/parked.py",
    "storage/tables.py",
    "tasking/deliveries.py",
    "tasking/effects.py",
    "tasking/house.py",
    "tasking/notices.py",
    "tasking/outbox_steps.py",
    "tasking/unit_of_work.py",
)


@pytest.mark.parametrize("path", MACHINERY)
def test_what_delivers_notices_names_none_of_them(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    names = {notice.name for notice in NOTICES} | {
        view.__name__ for notice in NOTICES for view in notice.shows
    }
    assert [name for name in names if re.search(rf"\b{name}\b", text)] == []


def test_every_view_of_a_notice_is_drawn_and_nothing_else_is() -> None:
    shown = {view for notice in NOTICES for view in notice.shows}
    Drawings(DRAWN).check(shown)
    assert {each.view for each in DRAWN} == shown


def test_a_view_without_a_card_is_named() -> None:
    without_board = [each for each in DRAWN if each.view.__name__ != "BoardView"]
    with pytest.raises(ValueError, match="without a card: BoardView"):
        Drawings(without_board).check(view for notice in NOTICES for view in notice.shows)


def test_the_names_that_are_stored_already_stay_as_they_are() -> None:
    assert {notice.name for notice in NOTICES} >= set(CardPurpose)


def test_two_notices_with_one_name_are_refused() -> None:
    twice = (*NOTICES, replace(NOTICES[1], name=NOTICES[0].name))
    with pytest.raises(HouseFault, match="notice declared twice"):
        replace(TOLD, notices=twice)


def test_a_house_finds_a_notice_by_its_name() -> None:
    assert [notices().by_name[each.name] for each in NOTICES] == list(NOTICES)
    assert notices().names(lambda notice: notice.is_urgent) == [CardPurpose.BREACH_NOTICE]
