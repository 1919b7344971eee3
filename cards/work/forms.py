"""The forms of a supervisor: assign, reassign, extend, cancel. What was typed stands after a refusal."""

from collections.abc import Mapping, Sequence

from cards.answers import ShowTask
from cards.base import Action, CardElement, banner, button, card, heading, marking, small, text
from cards.escaping import escape, kept, plain
from cards.inputs import ANSWER_LENGTH, NOTE_LENGTH, day_and_time, filled_note, neutral_hint, pick
from cards.payloads import Payload
from cards.times import due_words, time_words
from cards.words import disruption_words, kind_words, person_words
from cards.work.task_payloads import Assign, Cancel, Extend, Reassign
from storage.enums import DisruptionType
from tasking.ports import Card
from tasking.views import AssignFormView, Choice, SupervisorFormView
from tasking.work.supervision import MESSAGE_WAITS, SPEAK_FIRST

NOBODY = ("nobody", "Nobody yet (unallocated)")
MOST_CHOICES = 50
KINDS = (
    ("visit", "Order check"),
    ("address_check", "Excluded address check"),
    ("contact_visit", "Protected person contact"),
    ("action", "Action (say what below)"),
    *((kind.value, disruption_words(kind)) for kind in DisruptionType),
)
REASSIGN_REASONS = (
    "On duty and nearer",
    "Sick or leave",
    "Sent elsewhere",
    "Workload",
    "Skills needed",
    "Not accepted in time",
    "Other",
)
EXTEND_REASONS = (
    "Sent to an urgent job",
    "Person away until then",
    "Waiting for information",
    "Two officers needed",
    "Other",
)
CANCEL_REASONS = (
    "Order ended or withdrawn",
    "In custody, prison or hospital",
    "Done another way",
    "Given in error",
    "Duplicate",
    "Deceased",
    "Other",
)


def assign_form(view: AssignFormView) -> Card:
    """The `/assign` form: who, what, about whom, by when."""
    typed = view.typed
    day, time = typed.get("due_date", view.default_date), typed.get("due_time", view.default_time)
    body = [
        marking(),
        heading("Give somebody a task"),
        *_problem(view.problem),
        *_officer(view.officers, typed, with_nobody=True),
        pick("kind", "What sort of task?", KINDS, value=typed.get("kind", "visit"), missing="Choose one"),
        *_target(view.targets, typed),
        *day_and_time("due_date", "due_time", day, time),
        _words("title", "What to do (for an action)", typed.get("title", "")),
        *_note(view),
    ]
    return card(body, [button(Assign(form=view.form_id), "Assign", "positive")], about="the form")


def _note(view: AssignFormView) -> list[CardElement]:
    hint = "For the officer alone. No victim's name or address: others may see the screen."
    channel = " It is not shown in this channel." if view.in_channel else ""
    note = kept(view.typed.get("note", ""), NOTE_LENGTH)
    return [small(hint + channel), filled_note("note", "", "Note (optional)", note)]


def _target(targets: Sequence[Choice], typed: Mapping[str, str]) -> list[CardElement]:
    wanted = typed.get("target", "")
    shown = _choices(targets, wanted)
    box = pick("target", "Order or subject", shown, value=_among(wanted, shown))
    return [box, *_left_out(targets)]


def _officer(officers: Sequence[Choice], typed: Mapping[str, str], *, with_nobody: bool) -> list[CardElement]:
    wanted = typed.get("officer", "")
    shown = _choices(officers, wanted)
    if with_nobody:
        shown = [*shown, NOBODY]
    box = pick("officer", "Officer", shown, value=_among(wanted, shown), missing="Choose who")
    return [box, *_left_out(officers)]


def _choices(choices: Sequence[Choice], wanted: str) -> list[tuple[str, str]]:
    shown = list(choices[:MOST_CHOICES])
    shown += [choice for choice in choices[MOST_CHOICES:] if choice.value == wanted]
    return [(choice.value, plain(choice.words, 60)) for choice in shown]


def _among(value: str, shown: Sequence[tuple[str, str]]) -> str | None:
    return value if any(value == known for known, _ in shown) else None


def _left_out(choices: Sequence[Choice]) -> list[CardElement]:
    if len(choices) <= MOST_CHOICES:
        return []
    return [
        small(f"The first {MOST_CHOICES} of {len(choices)}: for another, type the command with its reference")
    ]


def _words(field: str, label: str, typed: str) -> CardElement:
    return filled_note(field, "", label, kept(typed, ANSWER_LENGTH), ANSWER_LENGTH)


def _problem(words: str) -> list[CardElement]:
    return [banner(escape(words, 400), "attention")] if words else []


def reassign_form(view: SupervisorFormView) -> Card:
    """Give the task to somebody else, with a reason."""
    task = view.view.task
    asks = _officer(view.officers, view.typed, with_nobody=False)
    title = "Reassign" if view.view.owner else "Allocate"
    return _form(
        view, title, [*asks, *_reason(REASSIGN_REASONS, view.typed)], Reassign(task=task.ref, v=task.version)
    )


def extend_form(view: SupervisorFormView) -> Card:
    """Give the task more time, with a reason."""
    task, typed = view.view.task, view.typed
    day, time = typed.get("until_date", view.default_date), typed.get("until_time", view.default_time)
    asks = [*day_and_time("until_date", "until_time", day, time), *_reason(EXTEND_REASONS, typed)]
    return _form(view, "Extend", asks, Extend(task=task.ref, v=task.version))


def cancel_form(view: SupervisorFormView) -> Card:
    """Cancel the task, with a reason."""
    task = view.view.task
    asks = [*_waiting(view), *_reason(CANCEL_REASONS, view.typed)]
    payload = Cancel(task=task.ref, v=task.version, although=view.message_waits or None)
    return _form(view, "Cancel task", asks, payload)


def _waiting(view: SupervisorFormView) -> list[CardElement]:
    return [banner(f"{MESSAGE_WAITS} {SPEAK_FIRST}", "attention")] if view.message_waits else []


def _form(view: SupervisorFormView, title: str, asks: Sequence[CardElement], payload: Payload) -> Card:
    task = view.view.task
    body = [
        marking(escape(task.ref, 20)),
        heading(f"{title} {escape(task.ref, 20)}"),
        text(_about(view)),
        *_problem(view.problem),
        *asks,
    ]
    submit = button(payload, title, "destructive" if isinstance(payload, Cancel) else "positive")
    return card(body, [submit, _back(task.ref)], about=task.ref)


def _about(view: SupervisorFormView) -> str:
    task, order = view.view.task, view.view.order
    parts = [kind_words(task), escape(order.ref, 30) if order else ""]
    parts.append(person_words(view.view.owner) if view.view.owner else "nobody yet")
    parts.append(due_words(task.due_at, view.view.now, view.view.is_overdue))
    if task.asked_until:
        parts.append(f"asked for until {time_words(task.asked_until, view.view.now)}")
    return " · ".join(part for part in parts if part)


def _back(ref: str) -> Action:
    return button(ShowTask(task=ref), "Back", inputs="none")


def _reason(reasons: Sequence[str], typed: Mapping[str, str]) -> list[CardElement]:
    chip, _, words = typed.get("reason", "").partition(": ")
    if chip not in reasons:
        chip, words = "", typed.get("reason", "")
    words = typed.get("reason_text", words)
    return [
        pick(
            "reason", "Why?", [(reason, reason) for reason in reasons], value=chip, missing="Choose a reason"
        ),
        neutral_hint(),
        _words("reason_text", "In your own words (optional)", words),
    ]
