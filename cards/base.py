"""The shell that every card shares, and the few elements that all are made of."""

from collections.abc import Iterable, Sequence

from microsoft_teams.cards.core import (
    Action,
    ActionSet,
    ActionStyle,
    AdaptiveCard,
    AssociatedInputs,
    CardElement,
    Container,
    ContainerStyle,
    ExecuteAction,
    ShowCardAction,
    SubmitAction,
    TeamsCardProperties,
    TextBlock,
    TextColor,
)

from cards.payloads import Payload
from tasking.ports import Card

MARKING = "OFFICIAL-SENSITIVE"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_FULL_WIDTH = TeamsCardProperties(width="full")


def text(words: str, *, bold: bool = False, color: TextColor | None = None) -> TextBlock:
    """A line of text; `words` are ours or already escaped."""
    if bold or color:
        return TextBlock(
            text=words, wrap=True, spacing="Small", weight="Bolder" if bold else None, color=color
        )
    return TextBlock(text=words, wrap=True, spacing="Small")


def small(words: str) -> TextBlock:
    """A line of small, quieter text."""
    return TextBlock(text=words, wrap=True, spacing="Small", size="Small", is_subtle=True)


def marking(*rest: str) -> TextBlock:
    """The protective marking, with what identifies the card."""
    return small(" · ".join((MARKING, *rest)))


def heading(words: str) -> TextBlock:
    """What the card is about, in one bold line."""
    return TextBlock(text=words, wrap=True, spacing="Small", size="Medium", weight="Bolder")


def banner(words: str, style: ContainerStyle = "emphasis") -> Container:
    """One line on a coloured ground: what just happened, or what must be read first."""
    return Container(style=style, spacing="Small", items=[text(words, bold=True)])


def button(
    payload: Payload, title: str, style: ActionStyle | None = None, inputs: AssociatedInputs | None = None
) -> ExecuteAction:
    """A button that carries a payload; clients without Action.Execute submit the same data and its verb.

    `inputs="none"` keeps the inputs around it out: for a way back beside a form.
    """
    data = payload.data()
    submit = SubmitAction(title=title, data={"verb": payload.verb, **data}, associated_inputs=inputs)
    return ExecuteAction(
        title=title, style=style, verb=payload.verb, data=data, associated_inputs=inputs, fallback=submit
    )


def show_card(
    title: str,
    body: Sequence[CardElement],
    actions: Sequence[Action] = (),
    style: ActionStyle | None = None,
) -> ShowCardAction:
    """A button that opens a form inside the card."""
    inner = AdaptiveCard(version="1.5", body=list(body), actions=list(actions) or None)
    return ShowCardAction(title=title, style=style, card=inner)


def marked_second_copy(drawn: Card) -> Card:
    """A finished card that says at its end that it may stand there twice."""
    mark = small("Second copy: either works").model_dump(by_alias=True, exclude_none=True)
    return {**drawn, "body": [*drawn["body"], mark]}


def row(actions: Iterable[Action]) -> list[CardElement]:
    """The buttons as a row in the body; nothing where there are none."""
    listed = list(actions)
    return [ActionSet(actions=listed, spacing="Medium")] if listed else []


def card(
    body: Sequence[CardElement],
    actions: Sequence[Action] = (),
    *,
    about: str = "this",
    full_width: bool = False,
) -> Card:
    """The finished card. `about` is a reference: it stands in the neutral text for clients without cards."""
    model = AdaptiveCard(
        version="1.5",
        lang="en",
        fallback_text=f"RedLine: open {about} in Teams.",
        body=list(body),
        actions=list(actions) or None,
        msteams=_FULL_WIDTH if full_width else None,
    )
    drawn: Card = model.model_dump(by_alias=True, exclude_none=True)
    return {"$schema": SCHEMA, **drawn}
