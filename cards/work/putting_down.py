"""Putting an alarm down: the check-your-answers step, what is told of it, and how it is named afterwards."""

from cards.answers import ShowTask
from cards.base import CardElement, banner, button, card, heading, marking, small, text
from cards.drawn import Drawn
from cards.escaping import cut, escape, kept, plain
from cards.inputs import ANSWER_LENGTH, NOTE_LENGTH, filled_note, neutral_hint, pick
from cards.times import time_words
from cards.words import RADIO_FIRST, kind_words, outcome_words, person_words
from cards.work.questions import answered
from cards.work.result_payloads import ConfirmPutDown
from tasking.ports import Card
from tasking.views import AlarmChangeView, CorrectedAlarm, PutDownView
from tasking.work.company import COULD_BE, NOT_THEM
from tasking.work.outcome_table import breaches
from tasking.work.putting_down import REASONS


def put_down_check_card(view: PutDownView) -> Card:
    """What stands, what it would become and who will be told; nothing is changed until it is confirmed."""
    task = view.view.task
    body: list[CardElement] = [
        marking(escape(task.ref, 20), kind_words(task)),
        *([banner(escape(view.problem, 300), "warning")] if view.problem else []),
        heading("Check, then correct. Nothing is changed yet"),
        *(text(line) for line in _read_back(view)),
        *_why(view),
    ]
    correct = button(_confirmation(view), f"Correct it to: {outcome_words(view.code)}", "destructive")
    back = button(ShowTask(task=task.ref), "Back, change nothing", inputs="none")
    return card(body, [correct, back], about=task.ref)


def _read_back(view: PutDownView) -> list[str]:
    before, now = view.before, view.view.now
    order = f", {escape(view.view.order.ref, 30)}" if view.view.order else ""
    recorded = f"{time_words(before.happened_at, now)}, recorded by {escape(view.before_by, 40)}"
    lines = [
        f"Stands now: {outcome_words(before.code)}{order} · {recorded}",
        f"Would become: {outcome_words(view.code)} · {time_words(view.happened_at, now)}",
        *answered(view.code, view.answers),
    ]
    if view.note:
        lines.append(f"Note: {escape(view.note, NOTE_LENGTH)}")
    told = ", ".join(escape(each, 40) for each in view.told) or "nobody else"
    return [*lines, f"Will be told, with your collar number: {told}"]


def _why(view: PutDownView) -> list[CardElement]:
    chips = [(reason, reason) for reason in REASONS]
    words = filled_note(
        "why_text", "", "In your own words", kept(view.why_text, ANSWER_LENGTH), ANSWER_LENGTH
    )
    chosen = view.why if view.why in REASONS else None
    return [pick("why", "Why?", chips, value=chosen, missing="Choose a reason"), neutral_hint(), words]


def _confirmation(view: PutDownView) -> ConfirmPutDown:
    task = view.view.task
    return ConfirmPutDown(
        task=task.ref,
        v=task.version,
        corrects=str(view.before.id),
        code=view.code,
        happened_at=view.happened_at.isoformat(),
        note=cut(view.note, NOTE_LENGTH * 2),
        answer_1=cut(view.answers.get("answer_1", ""), ANSWER_LENGTH * 2),
        answer_2=cut(view.answers.get("answer_2", ""), ANSWER_LENGTH * 2),
        could_be="No" if view.answers.get(COULD_BE) == NOT_THEM else "",
    )


def alarm_change_card(view: AlarmChangeView) -> Card:
    """To who was told of an alarm: somebody put it down, or it stands again. The reason to people alone."""
    refs = f"{escape(view.order_ref, 30)} / {view.ref}" if view.order_ref else view.ref
    before, who = outcome_words(view.before_code), escape(view.by, 40)
    body: list[CardElement] = [marking(escape(view.ref, 20))]
    if view.stands_again:
        body.append(banner(f"{before} stands again – {refs}", "attention"))
        body.append(text(f"{who} took the correction back, {time_words(view.at, view.now)}"))
        if view.before_code in breaches():
            body.append(text(RADIO_FIRST, bold=True))
        return card(body, about=view.ref)
    body.append(banner(f"{before} no longer stands – {refs}", "warning"))
    line = f"{who} corrected it to {outcome_words(view.now_code)}, {time_words(view.at, view.now)}"
    body.append(text(line))
    if view.reason:
        body.append(text(f"Why: {escape(view.reason, 500)}"))
    body.append(small("If that is not right, speak to them now"))
    return card(body, about=view.ref)


def alarm_change_summary(view: AlarmChangeView) -> str:
    """What a lock screen may show: the reference, never what was alleged."""
    return f"RedLine {plain(view.ref, 20)}, result {'stands again' if view.stands_again else 'corrected'}"


def who_corrected(corrected: CorrectedAlarm) -> str:
    """ "PS 9110"."""
    return person_words(corrected.by) if corrected.by else "somebody who has left"


def corrected_words(corrected: CorrectedAlarm) -> str:
    """ "Breach suspected, corrected by PS 9110 to No answer"."""
    before = outcome_words(corrected.before.code)
    return f"{before}, corrected by {who_corrected(corrected)} to {outcome_words(corrected.now_code)}"


DRAWN = (Drawn(AlarmChangeView, alarm_change_card, alarm_change_summary),)
