"""Presses a button on a card as a client would: its own data, and the inputs that stand around it."""

from collections.abc import Iterator
from typing import Any

from infra.local.people import FictionalPerson
from tasking.ports import Card
from tests.support.running_service import Stage

Element = dict[str, Any]
_FORM_MARK = "__"


class Pressed:
    """What a tap was answered: the card, or the error of a tap that no card of ours would send."""

    def __init__(self, body: Any) -> None:
        self.status: int = body["statusCode"]
        self.kind: str = body["type"].rpartition(".")[2]
        self.value: Any = body["value"]

    @property
    def card(self) -> Card:
        """The card of the answer; fails where the answer is none."""
        assert self.kind == "card.adaptive" or self.kind == "adaptive", self.value
        card: Card = self.value
        return card


async def press(
    stage: Stage,
    person: FictionalPerson,
    card: Card,
    title: str,
    *,
    form: str = "",
    in_channel: bool = False,
    thread: str = "1",
    **typed: str,
) -> Card:
    """Press the button with this title, in the form behind another button where `form` names one.

    `typed` fills inputs by their plain names; the others keep what the card proposes. Returns the card that
    answers.
    """
    verb, data = what_is_sent(card, title, form=form, **typed)
    body = await stage.tap(person, verb, data, in_channel=in_channel, thread=thread)
    return Pressed(body).card


def what_is_sent(card: Card, title: str, *, form: str = "", **typed: str) -> tuple[str, dict[str, Any]]:
    """The verb and the data that a client sends for a button: its own, and every input of its card."""
    sheets = list(_sheets_with(card, title, form, ()))
    assert sheets, f"no button {form or 'of the card'} / {title}"
    button, inputs = sheets[0]
    filled: dict[str, Any] = {}
    if button.get("associatedInputs", "auto").lower() != "none":
        filled = {each["id"]: _value(each, typed) for each in inputs}
    left = set(typed) - {each["id"].partition(_FORM_MARK)[0] for each in inputs}
    assert not left, f"no such inputs: {left}"
    return button["verb"], {**button.get("data", {}), **{k: v for k, v in filled.items() if v is not None}}


def _value(element: Element, typed: dict[str, str]) -> str | None:
    proposed = element.get("value", "" if element["type"] == "Input.Text" else None)
    return typed.get(element["id"].partition(_FORM_MARK)[0], proposed)


def _sheets_with(
    sheet: Element, title: str, form: str, around: tuple[Element, ...], opened_by: str = ""
) -> Iterator[tuple[Element, list[Element]]]:
    """Every button of that title with the inputs of its own sheet and of those around it."""
    own = list(_own_elements(sheet))
    inputs = [*around, *(each for each in own if each["type"].startswith("Input."))]
    for each in own:
        if each["type"] == "Action.Execute" and each.get("title") == title and form in ("", opened_by):
            yield each, inputs
        if each["type"] == "Action.ShowCard":
            yield from _sheets_with(each["card"], title, form, tuple(inputs), each["title"])


def _own_elements(part: Any) -> Iterator[Element]:
    """The elements of a sheet, without those of the forms that its buttons open."""
    if isinstance(part, list):
        for each in part:
            yield from _own_elements(each)
    elif isinstance(part, dict):
        if "type" in part and part["type"] != "AdaptiveCard":
            yield part
        inner = () if part.get("type") == "Action.ShowCard" else part.items()
        for name, value in inner:
            if name not in ("fallback", "data", "choices"):
                yield from _own_elements(value)
