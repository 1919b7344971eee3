"""What a supervisor decided about an officer's task, in one line, with the reason."""

from cards.base import card, marking, text
from cards.drawn import Drawn
from cards.escaping import escape, plain
from cards.times import time_words
from tasking.ports import Card
from tasking.views import DecisionView

_DECIDED = {
    "cancel": "{ref} was cancelled. There is nothing to do",
    "reassign": "{ref} is no longer with you: another officer has it",
    "extend": "{ref} has a later due time: {due}",
    "give-more-time": "You have more time for {ref}: it is due {due}",
    "refuse-more-time": "No more time for {ref}: it is due {due}, as before",
}
_IN_SHORT = {
    "cancel": "cancelled",
    "reassign": "no longer with you",
    "extend": "due {due}",
    "give-more-time": "more time, due {due}",
    "refuse-more-time": "no more time",
}


def decision_card(view: DecisionView) -> Card:
    """For the officer alone; the card of the task itself is edited beside it."""
    why = [text(f"Why: {escape(view.reason, 500)}")] if view.reason else []
    line = text(_filled(_DECIDED[view.action], view), bold=True)
    return card([marking(escape(view.ref, 20)), line, *why], about=view.ref)


def decision_summary(view: DecisionView) -> str:
    """What a lock screen may show: the reference and what was decided, never the reason."""
    return f"RedLine {plain(view.ref, 20)}, {_filled(_IN_SHORT[view.action], view)}"


def _filled(words: str, view: DecisionView) -> str:
    return words.format(ref=escape(view.ref, 20), due=time_words(view.due_at, view.now))


DRAWN = (Drawn(DecisionView, decision_card, decision_summary),)
