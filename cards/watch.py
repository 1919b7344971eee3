"""The notice that too many people are missing from the directory: counts and references, never a name."""

from cards.base import Action, CardElement, banner, button, card, heading, marking, text
from cards.escaping import escape
from cards.payloads import ConfirmDirectory
from cards.times import due_words, time_words
from tasking.ports import Card
from tasking.views import BrakeView


def brake_notice(view: BrakeView, line: str = "") -> Card:
    """What is missing, what that means, what is due, and how to go on; once it is over, how it ended.

    `line` comes first: why it is shown again.
    """
    name = escape(view.district, 60)
    if view.since is None:
        return card([marking(), text(f"{name}: {_how_it_ended(view)}", bold=True)])
    missing = f"{view.missing} of {view.accepted} people are"
    body: list[CardElement] = [
        marking(),
        *([text(line, bold=True)] if line else []),
        banner(f"{name}: {missing} missing from the directory’s groups", "attention"),
        text(
            f"Since {time_words(view.since, view.now)}. They see nothing in RedLine. Their tasks stay theirs "
            "and they can still record results."
        ),
        *_due(view),
        text(
            "A mistake? Put them back into their groups. If it is right, confirm it: then their work goes to "
            "their sergeants."
        ),
    ]
    return card(body, _confirm(view), about="the directory")


def _how_it_ended(view: BrakeView) -> str:
    if view.confirmed_by:
        return f"the directory was confirmed by {escape(view.confirmed_by, 60)}"
    return "the directory is put right, or was confirmed"


def _due(view: BrakeView) -> list[CardElement]:
    if not view.due_count:
        return []
    lines = [
        f"{escape(each.ref, 20)} · {due_words(each.due_at, view.now, each.due_at <= view.now)}"
        for each in view.due
    ]
    more = view.due_count - len(view.due)
    others = [text(f"{more} more")] if more else []
    return [
        heading("Due within a day, and its officer sees nothing"),
        *(text(line) for line in lines),
        *others,
    ]


def _confirm(view: BrakeView) -> list[Action]:
    if not view.may_confirm:
        return []
    return [
        button(
            ConfirmDirectory(district=view.district_id, state=view.state),
            "It is right: confirm",
            "destructive",
        )
    ]
