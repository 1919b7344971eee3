"""Plain answers, and what a locked phone shows."""

from cards.answers import help_card, message_card, not_set_up_card, with_how_to_answer, wrong_channel_card
from cards.base import marked_second_copy
from tests.support.card_reading import button, lines, titles
from tests.support.card_samples import help_view


def test_an_answer_says_what_to_do_next_and_leads_back() -> None:
    card = message_card("T-9999 is not known.", "Did you mean T-1042?", "T-1042")
    assert lines(card) == ["OFFICIAL-SENSITIVE", "T-9999 is not known.", "Did you mean T-1042?"]
    assert button(card, "Back to T-1042")["verb"] == "show_task"


def test_an_answer_without_a_way_back_has_no_button() -> None:
    assert titles(message_card("Nothing was changed.")) == []


def test_a_typed_word_is_no_button() -> None:
    typed = with_how_to_answer(message_card("No officer is called Action.Execute."))
    assert "begin with @RedLine" in lines(typed)[-1]
    with_button = with_how_to_answer(message_card("T-1042 is cancelled.", back_to="T-1042"))
    assert not any("@RedLine" in line for line in lines(with_button))


def test_what_somebody_typed_is_repeated_as_text_only() -> None:
    assert r"\*\*" in lines(message_card("**1042** is not known"))[1]


def test_a_card_that_may_stand_twice_says_so_and_keeps_all_else() -> None:
    once = message_card("Nothing was changed.")
    twice = marked_second_copy(once)
    assert lines(twice) == [*lines(once), "Second copy: either works"]
    assert lines(once) == ["OFFICIAL-SENSITIVE", "Nothing was changed."]


def test_help_shows_only_what_it_was_given_with_examples_to_copy() -> None:
    shown = lines(help_card(help_view()))
    assert "Record an outcome: 1042 no answer 2115" in shown
    assert shown[3].endswith("@RedLine /assign @Casey Constable visit DVPO-3 by tomorrow 18:00")
    assert len(shown) == 5


def test_the_rest_of_the_help_is_behind_a_button_for_each_topic() -> None:
    assert titles(help_card(help_view())) == ["Results", "Lists"]
    of_lists = help_card(help_view(topic="Lists"))
    assert titles(of_lists) == ["Results"]
    assert lines(of_lists)[1] == "Lists"


def test_help_in_a_channel_reminds_that_all_can_read_it() -> None:
    assert "A channel is read by everyone in it" in lines(help_card(help_view(in_channel=True)))[-1]
    assert "channel" not in lines(help_card(help_view()))[-1]


def test_somebody_who_is_not_set_up_learns_whom_to_ask_and_nothing_else() -> None:
    card = not_set_up_card("your *sergeant*")
    assert lines(card)[1] == r"You are not set up in RedLine yet. Please ask your \*sergeant\*."
    assert titles(card) == []


def test_a_channel_of_no_district_is_refused_politely() -> None:
    assert lines(wrong_channel_card())[1] == "RedLine does not work in this channel."
