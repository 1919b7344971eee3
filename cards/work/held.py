"""What was typed with words of danger, and what a typed result may really have been."""

from cards.answers import ShowTask
from cards.base import Action, CardElement, banner, button, card, heading, marking, row, small, text
from cards.drawn import Drawn, about
from cards.escaping import cut, escape
from cards.times import time_words
from cards.words import NOT_RECORDED, RADIO_FIRST, kind_words, outcome_words, person_words
from cards.work.result_payloads import AnswerHeld, HowItWorks, ItWasMore, MoreThanThat, UndoOutcome
from storage.enums import HeldAnswer, OutcomeCode, TaskState
from storage.tables import CallForHelp, HeldMessage
from tasking.permissions import Act
from tasking.ports import Card
from tasking.views import CallView, HeldNoticeView, TaskView
from tasking.when.local_time import time_of_day
from tasking.work.held import readings
from tasking.work.more import more_than
from tasking.work.outcome_rules import codes_for

ANSWER_ME = "NOT RECORDED: answer me"
NOT_THE_RADIO = "RedLine does not replace the radio."
_QUOTED = 240
_TITLES = {
    HeldAnswer.BREACH: "Breach",
    HeldAnswer.CONCERN: "Another concern",
    HeldAnswer.NOTE: "Add it as a note",
}
_ANSWERED = {
    HeldAnswer.BREACH: "answered: breach",
    HeldAnswer.CONCERN: "answered: another concern",
    HeldAnswer.AS_TYPED: "answered: recorded as typed",
    HeldAnswer.NOTE: "answered: added as a note",
}


def held_card(view: TaskView, held: HeldMessage, *, in_channel: bool = False) -> Card:
    """The answer to a message that was not recorded. In a channel nothing of what was typed is repeated."""
    ref = view.task.ref
    body: list[CardElement] = [marking(escape(ref, 20)), banner(NOT_RECORDED, "attention")]
    if not in_channel:
        body.append(quoted(held, view))
    body.append(text("If it is happening now: radio or 999. What was it? One tap records it.", bold=True))
    return card([*body, *row(held_buttons(view, held, in_channel=in_channel))], about=ref)


def quoted(held: HeldMessage, view: TaskView) -> CardElement:
    """What was typed, shortly, with the time that it would be recorded with."""
    result = outcome_words(held.code) if held.code else ""
    words = ", ".join(part for part in (result, escape(cut(held.note, _QUOTED), _QUOTED)) if part)
    return text(f"You typed: {words} · {time_words(held.happened_at, view.now)}")


def held_buttons(view: TaskView, held: HeldMessage, *, in_channel: bool = False) -> list[Action]:
    """The likely readings of a held message, one tap each."""
    return [
        button(
            AnswerHeld(task=view.task.ref, held=str(held.id), choice=reading.value),
            _title(held, reading, in_channel=in_channel),
            "destructive" if reading is HeldAnswer.BREACH else None,
        )
        for reading in readings(codes_for(view.task), held.code)
    ]


def _title(held: HeldMessage, reading: HeldAnswer, *, in_channel: bool) -> str:
    if reading is not HeldAnswer.AS_TYPED:
        return _TITLES[reading]
    return "Record it as typed" if in_channel or not held.code else f"As typed: {outcome_words(held.code)}"


def held_lines(view: TaskView) -> list[CardElement]:
    """What stands under the headline of the officer's own card while a message waits."""
    held = view.held
    if held is None:
        return []
    return [quoted(held, view), *row(held_buttons(view, held))]


def held_notice(notice: HeldNoticeView) -> Card:
    """To the supervisor: what was not recorded and waits; once answered the same card says how."""
    view, task = notice.view, notice.view.task
    waits = any(held.answered_at is None for held in notice.messages)
    about = f"{escape(view.order.ref, 30)} / {task.ref}" if view.order else task.ref
    title = f"{about}: {_what_became_of(notice)}"
    unsaid = waits or any(_was_put_down(held) for held in notice.messages)
    body = [marking(escape(task.ref, 20)), banner(title, "attention" if unsaid else "emphasis")]
    body += [text(_held_line(notice, held)) for held in notice.messages]
    body.append(text(f"Speak to the officer. {NOT_THE_RADIO}" if unsaid else NOT_THE_RADIO))
    return card(body, [button(ShowTask(task=task.ref), f"Open {task.ref}")], about=task.ref)


def _what_became_of(notice: HeldNoticeView) -> str:
    if any(held.answered_at is None for held in notice.messages):
        return "a message waits, NOT recorded"
    return "words of danger NOT recorded" if any(map(_was_put_down, notice.messages)) else "answered"


def _was_put_down(held: HeldMessage) -> bool:
    """Whether its words stand in no result: something else was recorded, or the task was cancelled."""
    return held.answered_as is HeldAnswer.RECORDED_MEANWHILE


def _held_line(notice: HeldNoticeView, held: HeldMessage) -> str:
    writer = notice.writers.get(held.person_id)
    who, at = person_words(writer) if writer else "An officer", time_words(held.at, notice.view.now)
    if held.answered_at and held.answered_as:
        ended = time_words(held.answered_at, notice.view.now)
        if _was_put_down(held):
            instead = _instead(notice.view)
            return (
                f"{who} typed a message with words of danger, {at}. It was not recorded: {instead}, {ended}"
            )
        return f"{who}, {at}: {_ANSWERED[held.answered_as]}, {ended}"
    return f"{who} typed a message with words of danger, {at}. It was not recorded and waits for an answer"


def _instead(view: TaskView) -> str:
    """What took the place of the words."""
    if view.task.state is TaskState.CANCELLED:
        return "the task was cancelled"
    return f"“{outcome_words(view.outcome.code)}” was" if view.outcome else "another result was"


def cry_card(call: CallForHelp) -> Card:
    """The answer to a call for help."""
    body = [
        marking(),
        banner(RADIO_FIRST, "attention"),
        heading("Press your emergency button, radio, or call 999 now"),
        text(f"{NOT_THE_RADIO} Nothing was recorded."),
        small(_who_hears(call)),
    ]
    return card(body, [button(HowItWorks(call=str(call.id)), "How RedLine works")], about="help")


def _who_hears(call: CallForHelp) -> str:
    if call.told_at is not None:
        return f"Your supervisor was told of your call at {time_of_day(call.told_at)}."
    return "Your supervisor is told in a minute, unless you tap How RedLine works."


def call_notice(view: CallView) -> Card:
    """Urgent, to a supervisor: who typed a call for help, and when; never its words."""
    who = person_words(view.writer) if view.writer else "Somebody"
    body = [
        marking(),
        banner(f"{who} typed a call for help into RedLine at {time_of_day(view.call.at)}", "attention"),
        text(NOT_THE_RADIO, bold=True),
        text("Raise them by radio now"),
    ]
    open_ = [button(ShowTask(task=view.ref), f"Open {view.ref}")] if view.ref else []
    return card(body, open_, about=view.ref or "this")


def more_button(view: TaskView) -> list[Action]:
    """*It was more than that*, beside a result that was typed with words of one's own."""
    outcome = view.outcome
    typed = outcome is not None and outcome.message_key and outcome.note
    if outcome is None or not typed or not more_than(view.task, outcome.code) or not _may_say(view):
        return []
    payload = MoreThanThat(task=view.task.ref, v=view.task.version, outcome=str(outcome.id))
    return [button(payload, "It was more than that")]


def _may_say(view: TaskView) -> bool:
    return bool({Act.CORRECT_OUTCOME, Act.RECORD_OUTCOME} & view.may)


def more_card(view: TaskView) -> Card:
    """What the result may really have been, one tap each."""
    task, outcome = view.task, view.outcome
    assert outcome is not None, "only a result can have been more"
    ways = [
        button(
            ItWasMore(task=task.ref, v=task.version, outcome=str(outcome.id), code=code),
            "Breach" if code == OutcomeCode.BREACH_SUSPECTED else "Another concern",
            "destructive" if code == OutcomeCode.BREACH_SUSPECTED else None,
        )
        for code in more_than(task, outcome.code)
    ]
    body = [
        marking(escape(task.ref, 20), kind_words(task)),
        banner(RADIO_FIRST, "attention"),
        heading("What was it? Your words and the time are kept"),
        *row(ways),
    ]
    return card(body, [button(ShowTask(task=task.ref), "Back, change nothing")], about=task.ref)


def recorded_line_card(view: TaskView, line: str) -> Card:
    """The answer in a channel to a typed result with words of one's own: no words of it, the same ways on."""
    outcome = view.outcome
    undo: list[Action] = []
    if outcome is not None and view.can_undo:
        payload = UndoOutcome(task=view.task.ref, v=view.task.version, outcome=str(outcome.id))
        undo = [button(payload, "Undo")]
    return card([marking(), text(line, bold=True)], [*undo, *more_button(view)], about=view.task.ref)


DRAWN = (
    Drawn(HeldNoticeView, held_notice, lambda told: about(told.view.task.ref)),
    Drawn(CallView, call_notice, lambda _view: "RedLine: urgent, open it"),
)
