"""Plain answers and polite refusals."""

from datetime import datetime

import orjson
from pydantic import Field

from cards.base import Action, CardElement, banner, button, card, heading, marking, row, small, text
from cards.drawn import Drawn, task_due
from cards.escaping import escape, plain
from cards.payloads import NamesTask, Payload
from cards.words import NOT_RECORDED, RADIO_FIRST
from tasking.answers import FoldedView, KeptView
from tasking.ports import Card
from tasking.views import HelpLine, HelpView, TaskView

MOST_HELP = 25
_HEARD = "To answer here, begin with @RedLine: it hears no other message in a channel."
_CHANNEL = "A channel is read by everyone in it: no names and no details here."
_PERSONAL = "These work when you type them too, and a typed message waits for a signal."


class ShowTask(NamesTask):
    """Show the current card of a task."""

    verb = "show_task"


class TypedAgain(Payload):
    """A typed message with the number that was meant; it is read again, as whoever taps."""

    verb = "typed_again"
    text: str = ""
    at: str = Field(max_length=40)
    """When it was typed, ISO 8601 with offset."""


class ShowHelp(Payload):
    """Show the help about a topic."""

    verb = "show_help"
    topic: str = Field(max_length=40)


def message_card(text_: str, hint: str = "", back_to: str | None = None) -> Card:
    """One plain answer, with what to do next; `back_to` is the reference of the task to return to."""
    body: list[CardElement] = [marking(), text(escape(text_, 1500), bold=not hint)]
    if hint:
        body.append(text(escape(hint, 800)))
    back: list[Action] = [button(ShowTask(task=back_to), f"Back to {back_to}")] if back_to else []
    return card(body, back, about=back_to or "this")


def typed_again_card(words: str, hint: str, again: str, at: datetime) -> Card:
    """A number that is not the reader's; the message with the one that may be meant is a button."""
    body = [marking(), text(escape(words, 1500), bold=True), text(escape(hint, 800))]
    offer = button(TypedAgain(text=again, at=at.isoformat()), f"Yes: {plain(again, 32)}")
    return card(body, [offer], about="this")


def not_recorded(card_: Card) -> Card:
    """A refusal of somebody who reports a breach: the radio first, and nobody may think that it was told."""
    return _first(NOT_RECORDED, card_)


def radio_first(card_: Card) -> Card:
    """What was done, where its words told of danger: the radio first."""
    return _first(RADIO_FIRST, card_)


def _first(words: str, card_: Card) -> Card:
    first = banner(words, "attention")
    return {**card_, "body": [card_["body"][0], first, *card_["body"][1:]]}


def with_how_to_answer(card_: Card) -> Card:
    """An answer in a channel that has no button ends with how to go on: RedLine hears nothing else there."""
    return card_ if _has_button(card_) else {**card_, "body": [*card_["body"], small(_HEARD)]}


def _has_button(part: object) -> bool:
    if isinstance(part, list):
        return any(_has_button(each) for each in part)
    if not isinstance(part, dict):
        return False
    is_button = str(part.get("type", "")).startswith("Action.")
    return is_button or any(_has_button(each) for each in part.values())


def help_card(view: HelpView) -> Card:
    """What the asker may do, each with an example to copy."""
    body: list[CardElement] = [marking(), heading(view.topic or "What you do most")]
    body.extend(text(_help(line)) for line in view.lines[:MOST_HELP])
    body.append(small(_CHANNEL if view.in_channel else _PERSONAL))
    others = [button(ShowHelp(topic=name), name) for name in view.topics if name != view.topic]
    return card([*body, *row(others[:3]), *row(others[3:])], about="help")


def _help(line: HelpLine) -> str:
    return f"{escape(line.what, 200)}: {escape(line.example, 200)}"


def not_set_up_card(contact: str) -> Card:
    """For somebody in no known group; says whom to ask, and nothing else."""
    words = f"You are not set up in RedLine yet. Please ask {escape(contact, 200)}."
    return card([marking(), text(words, bold=True)])


def wrong_channel_card() -> Card:
    """For a channel that no district lists."""
    words = "RedLine does not work in this channel."
    hint = "Use your district's RedLine channel, or message RedLine directly."
    return card([marking(), text(words, bold=True), text(hint)])


def _folded_card(view: TaskView) -> Card:
    number = view.task.number
    again = f"Type {number} brief or {number} copy to read it again." if view.is_open else ""
    return message_card(f"{view.task.ref}: folded away.", again)


DRAWN = (
    Drawn(KeptView, lambda kept: orjson.loads(kept.card), lambda _kept: "RedLine"),
    Drawn(FoldedView, lambda folded: _folded_card(folded.view), lambda folded: task_due(folded.view)),
)
