"""The notice that people are missing from the directory: counts and references, never a name."""

from cards.watch import brake_notice
from tests.support.card_reading import button, lines, titles
from tests.support.card_samples import brake_view


def test_it_says_how_many_what_is_due_and_how_to_go_on() -> None:
    shown = lines(brake_notice(brake_view()))
    assert shown[1] == "North team: 5 of 12 people are missing from the directory’s groups"
    assert "Since Thu 12 Mar 13:05. They see nothing in RedLine." in shown[2]
    assert shown[3] == "Due within a day, and its officer sees nothing"
    assert shown[4:6] == ["T-1042 · by Thu 12 Mar 17:05", "2 more"]
    confirm = button(brake_notice(brake_view()), "It is right: confirm")
    assert (confirm["verb"], confirm["data"]["district"]) == ("confirm_directory", "north")


def test_the_button_carries_what_is_shown_beside_it() -> None:
    confirm = button(brake_notice(brake_view(state="0123456789ab")), "It is right: confirm")
    assert confirm["data"]["state"] == "0123456789ab"


def test_shown_again_it_says_first_why() -> None:
    assert lines(brake_notice(brake_view(), "This has changed since."))[1] == "This has changed since."


def test_who_may_not_confirm_is_offered_nothing_to_tap() -> None:
    assert titles(brake_notice(brake_view(may_confirm=False))) == []


def test_once_it_is_over_it_says_how_it_ended() -> None:
    by = brake_notice(brake_view(since=None, confirmed_by="INSP 9400"))
    assert lines(by)[1] == "North team: the directory was confirmed by INSP 9400"
    assert "put right" in lines(brake_notice(brake_view(since=None)))[1]
