"""What the breach form says, as it is kept: conditions by their short form, times with their offset."""

from cards.work.result_payloads import CheckBreach, ConfirmBreach
from tasking.views import TaskView
from tasking.work.questions import ARREST_AT


def answers_of_breach(view: TaskView, tap: CheckBreach | ConfirmBreach, arrest_at: str) -> dict[str, str]:
    """The answers, without those that were not given. Conditions come from the order, never from the card."""
    given = {
        "is_she_safe": tap.is_she_safe,
        "where_is_he": tap.where_is_he,
        "conditions": _conditions(view, tap.conditions),
        "children": tap.children,
        "video": tap.video,
        ARREST_AT: arrest_at,
    }
    return {key: words for key, words in given.items() if words}


def _conditions(view: TaskView, chosen: str) -> str:
    ids = chosen.split(",")
    return ", ".join(each.short_form for each in view.conditions if each.id.hex in ids)
