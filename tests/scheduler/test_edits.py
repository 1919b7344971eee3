"""What comes of single edits: what is given up, what is tried again, and what holds up nothing."""

import pytest

from scheduler.edits import Edits
from storage.tables import Message
from tasking.ports import CannotReach, MessageGone, Place, Refused
from tests.support.notice_names import CardPurpose
from tests.support.units import NOW

PLACE = Place("chat", "https://service.example/", "tenant")


def message() -> Message:
    return Message(
        purpose=CardPurpose.GIVEN_BACK,
        district_id="north",
        conversation_id="chat",
        activity_id="1",
        posted_at=NOW,
    )


def test_a_refused_edit_is_given_up_when_it_is_about_that_message_alone() -> None:
    edits, refused = Edits(), message()
    edits.note(PLACE, refused, Refused("Forbidden"))
    with pytest.raises(Refused):
        edits.gone()
    edits.give_up_refused()
    assert edits.gone() == [refused]


def test_an_edit_that_hides_something_is_never_given_up() -> None:
    edits = Edits()
    edits.note(PLACE, message(), Refused("Forbidden"), hides=True)
    edits.give_up_refused()
    with pytest.raises(Refused):
        edits.gone()


def test_what_was_to_be_hidden_and_is_gone_is_gone() -> None:
    edits, gone = Edits(), message()
    edits.note(PLACE, gone, MessageGone("gone"), hides=True)
    assert edits.gone() == [gone]


def test_a_notice_in_a_chat_that_cannot_be_reached_any_more_is_left_as_it_is() -> None:
    edits = Edits(leaves_unreachable=True)
    edits.note(PLACE, message(), CannotReach("BotNotInConversationRoster"))
    assert edits.gone() == []
    strict = Edits()
    strict.note(PLACE, message(), CannotReach("BotNotInConversationRoster"))
    with pytest.raises(CannotReach):
        strict.gone()
