"""What a message costs is bounded by what was sent: no crafted one holds the loop or breaks the reader."""

import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from bot.not_taken import may_be_danger
from bot.reading import parse_command
from bot.reading.danger import sounds_dangerous
from bot.reading.mentions import mentioned_people, placeholder, plain_text
from bot.reading.model import TooLong
from bot.reading.wording import words_of

BOT = "28:redline"
BODY = 225_000
"""Characters: nearly what the door lets in."""


def mention(number: int, name: str) -> dict[str, Any]:
    tag = f"<at>{name}</at>"
    return {"type": "mention", "text": tag, "mentioned": {"id": f"29:{number}", "name": name}}


def message(people: int, name: Callable[[int], str], filler: str, size: int = BODY) -> dict[str, Any]:
    """A message with so many mentions and their tags, filled up to a size."""
    entities = [mention(number, name(number)) for number in range(people)]
    text = " ".join(entity["text"] for entity in entities)
    room = size - len(orjson.dumps(entities)) - len(text)
    return {"type": "message", "text": text + filler * (room // len(filler)), "entities": entities}


def with_attachments(filler: str, size: int = BODY) -> dict[str, Any]:
    """The same words again as HTML beside the text, in ten pieces."""
    people = [mention(number, "A") for number in range(size // 450)]
    content = filler * (size // 2 // 10 // len(filler))
    attached = [{"contentType": "text/html", "content": content} for _ in range(10)]
    return {"type": "message", "text": "1042 no answer", "entities": people, "attachments": attached}


def read(activity: dict[str, Any]) -> None:
    """All that is done with a message before anybody is asked."""
    words = words_of(activity, BOT)
    parse_command(words, mentioned_people(activity, BOT))
    sounds_dangerous(words)


def seconds(work: Callable[[], object]) -> float:
    """The time of the processor that some work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def takes_less(limit: float, work: Callable[[], object]) -> bool:
    """Whether the work takes less than that, at its best of three."""
    return any(seconds(work) < limit for _ in range(3))


ORDINARY = message(1, lambda _: "Jo Example", " x", 4200)
"""As long as a message may be: whatever else comes costs a few of these, however it is made."""
FEW = 8
FILLERS = [" x", " 1", "<at>A</at>", "no knife ", "\n1042 breach", "&amp;", "<div>", "ﷺ", "🔪", "<at>"]


@pytest.fixture(scope="module")
def an_ordinary_one() -> float:
    return min(seconds(lambda: read(ORDINARY)) for _ in range(3))


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize(
    ("people", "name"),
    [(0, lambda _: "A"), (1000, lambda _: "A"), (1000, lambda number: f"P{number}")],
    ids=["nobody", "one name", "many names"],
)
def test_a_crafted_message_costs_a_few_ordinary_ones(
    filler: str, people: int, name: Callable[[int], str], an_ordinary_one: float
) -> None:
    crafted = message(people, name, filler)
    assert takes_less(FEW * an_ordinary_one, lambda: read(crafted))


@pytest.mark.parametrize("filler", FILLERS)
def test_what_is_attached_costs_no_more(filler: str, an_ordinary_one: float) -> None:
    crafted = with_attachments(filler)
    assert takes_less(FEW * an_ordinary_one, lambda: read(crafted))


@pytest.mark.parametrize(
    "data",
    [
        {"note": "no knife " * 25_000},
        {f"input_{number}": "no knife" for number in range(12_000)},
        {"note": [["no knife"]] * 12_000},
    ],
    ids=["one long text", "many inputs", "lists"],
)
def test_a_crafted_form_costs_no_more(data: dict[str, Any], an_ordinary_one: float) -> None:
    assert takes_less(FEW * an_ordinary_one, lambda: may_be_danger(data))


def test_a_thousand_people_of_one_name_are_told_apart_by_their_order() -> None:
    activity = message(1000, lambda _: "A", " ", 0)
    people = mentioned_people(activity, BOT)
    assert plain_text(activity, BOT) == " ".join(map(placeholder, range(1000)))
    assert [each.teams_id for each in people] == [f"29:{number}" for number in range(1000)]


def test_one_tag_again_and_again_is_one_person_and_too_long_in_the_end() -> None:
    activity = message(1, lambda _: "A", "<at>A</at>")
    words = plain_text(activity, BOT)
    assert set(words.replace(" ", "")) == {placeholder(0)}
    assert isinstance(parse_command(words, mentioned_people(activity, BOT)), TooLong)


@pytest.mark.parametrize("number", ["&#" + "9" * 5000 + ";", "&#x" + "f" * 5000, "&#" + "0" * 4400 + "65;"])
def test_a_number_that_no_character_has_is_no_words_and_breaks_nothing(number: str) -> None:
    activity = {"type": "message", "text": f"1042 no answer{number} today"}
    assert plain_text(activity, BOT) == "1042 no answer today"


@pytest.mark.parametrize(
    "text",
    ["he has a knife" + " x" * 50_000, "x " * 50_000 + "he has a knife", "🔪" + " x" * 50_000],
    ids=["first", "last", "as a picture"],
)
def test_danger_at_either_end_of_a_very_long_text_is_still_found(text: str) -> None:
    assert sounds_dangerous(text)


def test_a_denial_reaches_its_own_clause_in_a_long_text_and_no_further() -> None:
    calm = "all quiet and " * 200
    assert not sounds_dangerous(f"{calm} no sign of any knife")
    assert sounds_dangerous(f"no sign of any knife and {calm} he has a knife")
