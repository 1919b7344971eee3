"""A result that somebody must hear of in the same shift, in their own chat."""

from cards.answers import ShowTask
from cards.base import CardElement, banner, button, card, marking, small, text
from cards.drawn import of_task
from cards.escaping import cut, escape
from cards.times import time_words
from cards.words import outcome_words, person_words
from cards.work.questions import answered
from storage.tables import Outcome
from tasking.ports import Card
from tasking.views import TaskView
from tasking.work.outcome_table import Nature, declared
from tasking.work.results import ResultView

_NOTE_SHOWN = 600


def result_notice(view: TaskView) -> Card:
    """What was recorded and by whom; once something else stands, the same card says so."""
    task, outcome = view.task, view.outcome
    refs = f"{escape(view.order.ref, 30)} / {task.ref}" if view.order else task.ref
    open_ = [button(ShowTask(task=task.ref), f"Open {task.ref}")]
    if outcome is None or not declared(outcome.code).tells:
        now = f": now {outcome_words(outcome.code)}" if outcome else ""
        return card([marking(task.ref), text(f"What was told of {refs} no longer stands{now}")], open_)
    return card([marking(task.ref), *_told(view, outcome, refs)], open_, about=task.ref)


def _told(view: TaskView, outcome: Outcome, refs: str) -> list[CardElement]:
    who = person_words(view.recorded_by) if view.recorded_by else "the officer"
    is_concern = declared(outcome.code).nature is Nature.CONCERN
    said = [text(line) for line in answered(outcome.code, outcome.answers)]
    if outcome.note:
        said.append(text(f"Note: {escape(cut(outcome.note, _NOTE_SHOWN), _NOTE_SHOWN)}"))
    return [
        banner(f"{outcome_words(outcome.code)} – {refs}", "attention" if is_concern else "warning"),
        text(f"{time_words(outcome.happened_at, view.now)} · recorded by {who}"),
        *said,
        text(declared(outcome.code).to_do, bold=True),
        small("RedLine does not replace the radio."),
    ]


DRAWN = (of_task(ResultView, result_notice),)
