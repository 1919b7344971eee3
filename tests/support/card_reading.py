"""Reads a card as a person and as a client would: its words, its buttons, its inputs."""

import json
from collections.abc import Iterator
from typing import Any

from tasking.ports import Card

Element = dict[str, Any]


def elements(part: Any) -> Iterator[Element]:
    """Every element and action of a card, folded ones included; not the fallback of an action."""
    if isinstance(part, list):
        for each in part:
            yield from elements(each)
    elif isinstance(part, dict):
        if "type" in part:
            yield part
        for name, value in part.items():
            if name not in ("fallback", "data"):
                yield from elements(value)


def of_type(card: Card, *types: str) -> list[Element]:
    return [element for element in elements(card) if element["type"] in types]


def texts(card: Card) -> list[str]:
    """Every text of the card, folded ones included."""
    return [element["text"] for element in of_type(card, "TextBlock")]


def lines(card: Card) -> list[str]:
    """The texts that stand on the card before anything is unfolded."""
    return [text for part in card["body"] for text in _shown(part)]


def _shown(part: Element) -> Iterator[str]:
    if part.get("isVisible") is False:
        return
    if part["type"] == "TextBlock":
        yield part["text"]
    for name in ("items", "columns"):
        for each in part.get(name, []):
            yield from _shown(each)


def all_words(card: Card) -> str:
    """Everything in the card, payloads and folded sections included, without the invisible breaks."""
    return json.dumps(card, ensure_ascii=False).replace("\u200b", "")


def buttons(card: Card) -> list[Element]:
    """Every button that sends something, and every row that can be tapped."""
    return of_type(card, "Action.Execute")


def titles(card: Card) -> list[str]:
    """The titles of the buttons that are seen before anything is unfolded."""
    rows = [row for part in card["body"] if part["type"] == "ActionSet" for row in part["actions"]]
    return [action["title"] for action in [*rows, *card.get("actions", [])]]


def button(card: Card, title: str) -> Element:
    return next(action for action in elements(card) if action.get("title") == title)


def unfolded(card: Card, title: str) -> Card:
    """The form that a button opens."""
    inner: Card = button(card, title)["card"]
    return inner


def inputs(card: Card) -> list[Element]:
    return [element for element in elements(card) if element["type"].startswith("Input.")]


def sections(card: Card) -> list[tuple[str, bool]]:
    """Each toggled section of a card, and whether it can be seen at first."""
    found = [element for element in of_type(card, "Container") if "id" in element]
    return [(element["id"], element.get("isVisible", True)) for element in found]
