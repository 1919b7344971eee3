"""What an officer reads when a supervisor has decided something about their task."""

from datetime import timedelta

import pytest

from cards.work.decision import decision_card, decision_summary
from tests.support.card_reading import lines, titles
from tests.support.card_samples import NOW, decision


@pytest.mark.parametrize(
    ("action", "line", "summary"),
    [
        ("cancel", "T-1042 was cancelled. There is nothing to do", "RedLine T-1042, cancelled"),
        (
            "reassign",
            "T-1042 is no longer with you: another officer has it",
            "RedLine T-1042, no longer with you",
        ),
        (
            "extend",
            "T-1042 has a later due time: Thu 12 Mar 22:00",
            "RedLine T-1042, due Thu 12 Mar 22:00",
        ),
        (
            "give-more-time",
            "You have more time for T-1042: it is due Thu 12 Mar 22:00",
            "RedLine T-1042, more time, due Thu 12 Mar 22:00",
        ),
        (
            "refuse-more-time",
            "No more time for T-1042: it is due Thu 12 Mar 22:00, as before",
            "RedLine T-1042, no more time",
        ),
    ],
)
def test_each_decision_is_one_line_and_the_lock_screen_tells_it_in_short(
    action: str, line: str, summary: str
) -> None:
    decided = decision(action, reason="")
    assert lines(decision_card(decided)) == ["OFFICIAL-SENSITIVE · T-1042", line]
    assert decision_summary(decided) == summary


def test_the_reason_stands_on_the_card_as_text_and_never_on_the_lock_screen() -> None:
    decided = decision(reason="unsafe: *firearms* marker")
    assert lines(decision_card(decided))[-1] == r"Why: unsafe: \*firearms\* marker"
    assert "marker" not in decision_summary(decided)


def test_a_decision_asks_nothing_of_its_reader() -> None:
    assert titles(decision_card(decision())) == []


def test_a_due_time_of_another_year_names_it() -> None:
    decided = decision("extend", due_at=NOW + timedelta(days=365))
    assert "2027" in decision_summary(decided)
