"""The notice that too many people are missing from the directory: counts and references, never a name."""

from datetime import datetime

from pydantic import Field

from cards.base import Action, CardElement, banner, button, card, heading, marking, small, text
from cards.drawn import Drawn, about
from cards.escaping import escape
from cards.payloads import Payload
from cards.times import day_words, due_words, time_words
from cards.words import order_type_words, status_words
from storage.tables import ProtectiveOrder
from tasking.orders.register import OVER
from tasking.ports import Card
from tasking.views import BrakeView
from tasking.watch.not_served import NotServedView


class ConfirmDirectory(Payload):
    """The directory is right: who is missing there has left."""

    verb = "confirm_directory"
    district: str = Field(max_length=40)
    state: str = Field(default="", max_length=40)
    """What was shown beside the button."""


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


def not_served_notice(order: ProtectiveOrder, now: datetime) -> Card:
    """An order that the person has not been given; once it is served or over, the same card says so."""
    ref = escape(order.ref, 30)
    made = f" · made {day_words(order.made_on, now)}" if order.made_on else ""
    about = small(f"{order_type_words(order.order_type)}{made}{_last_day(order, now)}")
    body: list[CardElement] = [marking(ref)]
    if order.served_at:
        body.append(text(f"{ref} was served {time_words(order.served_at, now)}"))
    elif order.status in OVER:
        body.append(text(f"{ref}: {status_words(order.status).lower()}"))
    else:
        body.append(banner(f"{ref} is not served", "warning"))
        body.append(text("Until it is served, a breach may not be enforceable"))
    return card([*body, about, small(f"To see its tasks, type @RedLine tasks {ref}")], about=ref)


def _last_day(order: ProtectiveOrder, now: datetime) -> str:
    return f" · last day {day_words(order.last_day, now)}" if order.last_day else ""


DRAWN = (
    Drawn(
        NotServedView,
        lambda told: not_served_notice(told.order, told.now),
        lambda told: about(told.order.ref),
    ),
    Drawn(BrakeView, brake_notice, lambda _view: "RedLine: people are missing from the directory"),
)
