"""The shell that every card shares, and the few elements that all are made of.

Elements are made of typed models once for each way they can look (their shape); a card only puts its own
words and data in. Checking and dumping a model for every line of every card cost more than all else in it.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from microsoft_teams.cards.core import (
    ActionSet,
    ActionStyle,
    AdaptiveCard,
    AssociatedInputs,
    Container,
    ContainerStyle,
    ExecuteAction,
    ShowCardAction,
    SubmitAction,
    TeamsCardProperties,
    TextBlock,
    TextColor,
)
from pydantic import BaseModel

from cards.payloads import Payload
from tasking.ports import Card

CardElement = dict[str, Any]
"""An element of a card's body, as JSON has it."""
Action = dict[str, Any]
"""A button, as JSON has it."""

MARKING = "OFFICIAL-SENSITIVE"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_VERSION = "1.5"


def drawn(model: BaseModel, **parts: Any) -> dict[str, Any]:
    """A typed element as JSON has it, around parts that are drawn already."""
    return {**model.model_dump(by_alias=True, exclude_none=True), **parts}


@cache
def _line(**look: Any) -> CardElement:
    return drawn(TextBlock(text="", wrap=True, spacing="Small", **look))


def text(words: str, *, bold: bool = False, color: TextColor | None = None) -> CardElement:
    """A line of text; `words` are ours or already escaped."""
    return {**_line(weight="Bolder" if bold else None, color=color), "text": words}


def quiet(words: str) -> CardElement:
    """A line that stands back behind the others."""
    return {**_line(is_subtle=True), "text": words}


def small(words: str) -> CardElement:
    """A line of small, quieter text."""
    return {**_line(size="Small", is_subtle=True), "text": words}


def marking(*rest: str) -> CardElement:
    """The protective marking, with what identifies the card."""
    return small(" · ".join((MARKING, *rest)))


def heading(words: str) -> CardElement:
    """What the card is about, in one bold line."""
    return {**_line(size="Medium", weight="Bolder"), "text": words}


@cache
def _ground(style: ContainerStyle) -> CardElement:
    return drawn(Container(style=style, spacing="Small", items=[]))


def banner(words: str, style: ContainerStyle = "emphasis") -> CardElement:
    """One line on a coloured ground: what just happened, or what must be read first."""
    return {**_ground(style), "items": [text(words, bold=True)]}


@cache
def _button(verb: str, style: ActionStyle | None, inputs: AssociatedInputs | None) -> tuple[Action, Action]:
    """What opens a payload, and what older clients send instead."""
    execute = ExecuteAction(title="", style=style, verb=verb, associated_inputs=inputs)
    return drawn(execute), drawn(SubmitAction(title="", associated_inputs=inputs))


def button(
    payload: Payload, title: str, style: ActionStyle | None = None, inputs: AssociatedInputs | None = None
) -> Action:
    """A button that carries a payload; clients without Action.Execute submit the same data and its verb.

    `inputs="none"` keeps the inputs around it out: for a way back beside a form.
    """
    execute, submit = _button(payload.verb, style, inputs)
    data = payload.data()
    fallback = {**submit, "title": title, "data": {"verb": payload.verb, **data}}
    return {**execute, "title": title, "data": data, "fallback": fallback}


@cache
def _opener(style: ActionStyle | None) -> Action:
    return drawn(ShowCardAction(title="", style=style))


@cache
def _shell(full_width: bool) -> Card:
    msteams = TeamsCardProperties(width="full") if full_width else None
    return drawn(AdaptiveCard(version=_VERSION, lang="en", msteams=msteams, body=[]))


@cache
def _inner_shell() -> Card:
    return drawn(AdaptiveCard(version=_VERSION, body=[]))


def show_card(
    title: str,
    body: Sequence[CardElement],
    actions: Sequence[Action] = (),
    style: ActionStyle | None = None,
) -> Action:
    """A button that opens a form inside the card."""
    inner = _filled(_inner_shell(), body, actions)
    return {**_opener(style), "title": title, "card": inner}


def _filled(shell: Card, body: Sequence[CardElement], actions: Sequence[Action]) -> Card:
    filled = {**shell, "body": list(body)}
    return {**filled, "actions": list(actions)} if actions else filled


def marked_second_copy(card: Card) -> Card:
    """A finished card that says at its end that it may stand there twice."""
    return {**card, "body": [*card["body"], small("Second copy: either works")]}


@cache
def _row() -> CardElement:
    return drawn(ActionSet(actions=[], spacing="Medium"))


def row(actions: Iterable[Action]) -> list[CardElement]:
    """The buttons as a row in the body; nothing where there are none."""
    listed = list(actions)
    return [{**_row(), "actions": listed}] if listed else []


def card(
    body: Sequence[CardElement],
    actions: Sequence[Action] = (),
    *,
    about: str = "this",
    full_width: bool = False,
) -> Card:
    """The finished card. `about` is a reference: it stands in the neutral text for clients without cards."""
    filled = _filled(_shell(full_width), body, actions)
    return {"$schema": SCHEMA, **filled, "fallbackText": f"RedLine: open {about} in Teams."}
