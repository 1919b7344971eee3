"""Who a message mentions, and what it says without its markup."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading import parse_command
from bot.reading.mentions import (
    Mention,
    mention_index,
    mentioned_people,
    placeholder,
    plain_text,
)
from bot.reading.model import Assign, Assignee, VisitWork
from storage.enums import VisitKind

BOT = "28:redline"
JO = {"id": "29:jo", "name": "Jo Example", "aadObjectId": "aad-jo"}


def mention(teams_id: str, name: str, text: str | None = None) -> dict[str, Any]:
    return {
        "type": "mention",
        "mentioned": {"id": teams_id, "name": name},
        "text": f"<at>{name}</at>" if text is None else text,
    }


def activity(text: Any, *entities: Any) -> dict[str, Any]:
    return {"type": "message", "text": text, "entities": list(entities), "recipient": {"id": BOT}}


def read(text: str, *entities: Any) -> str:
    return plain_text(activity(text, *entities), BOT)


TO_BOT = mention(BOT, "RedLine")
TO_JO = mention("29:jo", "Jo Example")


def test_a_channel_message_of_teams_becomes_a_command_for_the_person_mentioned() -> None:
    message = activity(
        "<at>RedLine</at>&nbsp;/assign <at>Jo Example</at> visit DVPO-3 by tomorrow 18:00",
        TO_BOT,
        TO_JO,
        {"type": "clientInfo", "locale": "en-GB"},
    )
    command = parse_command(plain_text(message, BOT), mentioned_people(message, BOT))
    assert command == Assign(
        Assignee(mention=Mention("29:jo")), VisitWork(VisitKind.PERPETRATOR_CHECK), "DVPO-3", "tomorrow 18:00"
    )


def test_the_bots_own_mention_is_gone_and_another_becomes_a_placeholder() -> None:
    assert (
        read("<at>RedLine</at> assign <at>Jo Example</at> visit", TO_BOT, TO_JO)
        == f"assign {placeholder(0)} visit"
    )


def test_the_bot_is_known_by_its_id_and_not_by_its_name() -> None:
    impostor = mention("29:jo", "RedLine")
    assert read("<at>RedLine</at> help", impostor) == f"{placeholder(0)} help"
    assert mentioned_people(activity("", impostor), BOT) == [Mention("29:jo")]


def test_people_come_from_the_entities_with_their_ids() -> None:
    message = activity("no tags at all", TO_BOT, {"type": "mention", "mentioned": JO, "text": "<at>x</at>"})
    assert mentioned_people(message, BOT) == [Mention("29:jo", "aad-jo")]


def test_a_name_typed_as_text_mentions_nobody() -> None:
    assert mentioned_people(activity("assign Jo Example visit"), BOT) == []


def test_a_tag_without_an_entity_is_only_its_words() -> None:
    assert read("assign <at>Jo Example</at> visit") == "assign Jo Example visit"


def test_a_tag_typed_by_hand_stays_text() -> None:
    assert read("&lt;at&gt;Jo Example&lt;/at&gt; visit", TO_JO) == "<at>Jo Example</at> visit"


def test_two_people_of_one_name_are_told_apart_by_order() -> None:
    twins = [mention("29:one", "Jo Example"), mention("29:two", "Jo Example")]
    text = "<at>Jo Example</at> and <at>Jo Example</at>"
    assert read(text, *twins) == f"{placeholder(0)} and {placeholder(1)}"


def test_a_spare_tag_of_a_name_that_two_people_share_names_neither() -> None:
    twins = [mention("29:one", "Jo"), mention("29:two", "Jo")]
    assert read("<at>Jo</at> <at>Jo</at> <at>Jo</at>", *twins) == f"{placeholder(0)} {placeholder(1)} Jo"


def test_one_person_mentioned_twice_by_one_entity_is_that_person_twice() -> None:
    assert read("<at>Jo Example</at>, <at>Jo Example</at>", TO_JO) == f"{placeholder(0)}, {placeholder(0)}"


def test_a_bot_entity_without_text_still_takes_its_tag_away() -> None:
    nameless = {"type": "mention", "mentioned": {"id": BOT}}
    assert read("<at>RedLine</at> help", nameless) == "help"
    assert (
        read("<at>RedLine</at> help", {"type": "mention", "mentioned": {"id": BOT, "name": "RedLine"}})
        == "help"
    )


def test_tags_with_attributes_and_in_capitals_are_mentions_too() -> None:
    assert read('<AT id="0">RedLine</AT> help', TO_BOT) == "help"


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("a&nbsp;b", "a b"),
        ("a\u00a0\u202fb", "a b"),
        ("a<br>b<br/>c<br />d", "a\nb\nc\nd"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<div>a</div>\r\n<div>b</div>", "a\nb"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\u2028b", "a\nb"),
        ("<p>  a   b </p>", "a b"),
        ("<b>bold</b> <span style='x'>s</span>", "bold s"),
        ("fish &amp; chips &lt;3 &quot;q&quot; &#39;s", 'fish & chips <3 "q" \'s'),
        ("&amp;nbsp;", "&nbsp;"),
        ("he is < 5 and > 3 away", "he is < 5 and > 3 away"),
        ("1\u200b0\u200c4\u200d2\ufeff", "1042"),
        ("1042&#8203; undo", "1042 undo"),
        ("\u202e1042\u2066 undo\u2069\u200f", "1042 undo"),
        ("so\u00adft", "soft"),
        ("a\x00\x07b", "ab"),
        ("can’t", "can’t"),
        ("", ""),
    ],
)
def test_markup_and_invisible_characters_are_cleaned_away(markup: str, words: str) -> None:
    assert read(markup) == words


@pytest.mark.parametrize("forged", [placeholder(0), "&#xE000;", "&#57344;"])
def test_a_placeholder_cannot_be_typed(forged: str) -> None:
    assert read(f"assign {forged} visit <at>Jo Example</at>", TO_JO) == f"assign visit {placeholder(0)}"


MALFORMED: list[Any] = [
    None,
    7,
    "mention",
    [],
    {},
    {"type": "mention"},
    {"type": "mention", "mentioned": None},
    {"type": "mention", "mentioned": "29:jo"},
    {"type": "mention", "mentioned": {"id": 5}},
    {"type": "mention", "mentioned": {"name": "Jo"}},
    {"type": "mention", "mentioned": {"id": ""}},
    {"type": 3, "mentioned": {"id": "29:jo"}},
]


@pytest.mark.parametrize("entity", MALFORMED)
def test_a_malformed_entity_mentions_nobody_and_breaks_nothing(entity: Any) -> None:
    message = activity("<at>RedLine</at> help", entity, TO_BOT)
    assert mentioned_people(message, BOT) == []
    assert plain_text(message, BOT) == "help"


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "mention", "mentioned": {"id": "29:jo"}, "text": None},
        {"type": "mention", "mentioned": {"id": "29:jo", "name": 4, "aadObjectId": 9}, "text": 8},
    ],
)
def test_an_entity_with_only_an_id_is_that_person(entity: Any) -> None:
    assert mentioned_people(activity("x", entity), BOT) == [Mention("29:jo")]


@pytest.mark.parametrize("text", [None, 5, [], {}])
def test_a_message_without_text_says_nothing(text: Any) -> None:
    assert plain_text(activity(text), BOT) == ""


@pytest.mark.parametrize("entities", [None, "x", {}, 3])
def test_entities_that_are_no_list_mention_nobody(entities: Any) -> None:
    message = {"text": "<at>RedLine</at> help", "entities": entities}
    assert mentioned_people(message, BOT) == []
    assert plain_text(message, BOT) == "RedLine help"


def test_an_empty_activity_says_nothing_and_mentions_nobody() -> None:
    assert (plain_text({}, BOT), mentioned_people({}, BOT)) == ("", [])


def test_the_name_of_a_mention_is_no_part_of_its_identity_or_of_its_repr() -> None:
    assert Mention("29:jo", None, "One") == Mention("29:jo", None, "Other")
    assert "One" not in repr(Mention("29:jo", None, "One"))


def test_only_placeholders_have_an_index() -> None:
    assert [mention_index(each) for each in (placeholder(0), placeholder(12), "a", "\uf8ff")] == [
        0,
        12,
        None,
        None,
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
entities = st.lists(
    json_values
    | st.fixed_dictionaries(
        {"type": st.just("mention")},
        optional={"text": json_values, "mentioned": json_values | st.fixed_dictionaries({"id": json_values})},
    ),
    max_size=4,
)


@given(json_values, json_values | entities)
def test_no_activity_makes_the_reading_raise(text: Any, listed: Any) -> None:
    message = {"text": text, "entities": listed}
    assert isinstance(plain_text(message, BOT), str)
    assert all(person.teams_id != BOT for person in mentioned_people(message, BOT))


@given(st.text())
def test_every_placeholder_in_the_text_stands_for_someone_mentioned(text: str) -> None:
    message = activity(f"<at>Jo Example</at> {text}", TO_JO)
    found = [mention_index(character) for character in plain_text(message, BOT)]
    assert {index for index in found if index is not None} == {0}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "long", ["<at>" * 60000, "<at " * 60000, "<" + " " * 200000, "<p" * 100000, "&" * 200000]
)
def test_a_long_message_of_broken_markup_does_not_hang_the_reading(long: str) -> None:
    assert isinstance(read(long, TO_JO), str)
