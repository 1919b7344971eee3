"""The lines of the officer's card between its headline and its buttons."""

from functools import cache

from microsoft_teams.cards.core import Container, ToggleVisibilityAction

from cards.base import Action, CardElement, button, drawn, text
from cards.escaping import escape
from cards.times import date_words, day_words, recent_words
from cards.words import arrest_words, entry_words, ordinal, outcome_words, person_words, status_words
from cards.work.outcome_buttons import is_contact_visit
from cards.work.putting_down import who_corrected
from cards.work.task_payloads import BriefMe
from storage.enums import DisruptionType, TaskKind
from tasking.orders.powers import power_on_breach
from tasking.orders.register import OVER, ends_at
from tasking.permissions import Act
from tasking.views import TaskView
from tasking.work.outcome_table import attempts, breaches

DOUBLE_CREW = "DOUBLE-CREW"
_DETAILS = "warning_details"
_WATCHING = "Watching someone needs a directed surveillance authority first"


def task_lines(view: TaskView, room: int) -> list[CardElement]:
    """At most `room` lines. The order and its conditions share one first, then the last visit is left out."""
    lines = {
        "who": who_words(view),
        "warnings": warning_words(view),
        "order": order_words(view),
        "conditions": _conditions(view),
        "details": _details(view),
        "breach": _breach(view),
        "last": last_words(view),
        "hands_off": hands_off_words(view),
    }
    _fit(lines, room)
    return [_drawn(view, name, words) for name, words in lines.items() if words]


def _fit(lines: dict[str, str], room: int) -> None:
    if _count(lines) > room:
        lines["conditions"] = _joined(lines["order"], lines["conditions"])
        lines["order"] = ""
    if _count(lines) > room:
        lines["last"] = ""


def _count(lines: dict[str, str]) -> int:
    return sum(1 for words in lines.values() if words)


def _drawn(view: TaskView, name: str, words: str) -> CardElement:
    if name == "warnings":
        return _warnings(view)
    if name == "conditions" and view.conditions and Act.SEE_BRIEFING in view.may:
        brief = BriefMe(task=view.task.ref, v=view.task.version)
        tap = button(brief, "Exact words")
        return drawn(Container(items=[], spacing="Small"), items=[text(words)], selectAction=tap)
    return text(words, bold=name in ("who", "breach"))


def _warnings(view: TaskView) -> CardElement:
    """How many there are, and DOUBLE-CREW, always; what they are unfolds at a tap: the subject may see it."""
    warnings = view.subject.warnings if view.subject else []
    details = [each for each in warnings if each != DOUBLE_CREW]
    count = f"{len(details)} {'warning' if len(details) == 1 else 'warnings'} (tap)" if details else ""
    crew = DOUBLE_CREW if DOUBLE_CREW in warnings else ""
    shown = text(f"⚠ {_joined(crew, count)}", bold=True, color="Attention")
    if not details:
        return shown
    folded = {**text(escape(_joined(*details), 160)), "id": _DETAILS, "isVisible": False}
    return drawn(Container(items=[], spacing="Small"), items=[shown, folded], selectAction=_unfold())


@cache
def _unfold() -> Action:
    return drawn(ToggleVisibilityAction(title="Warnings", target_elements=[_DETAILS]))


def _joined(*words: str) -> str:
    return " · ".join(part for part in words if part)


def who_words(view: TaskView) -> str:
    """ "J. EXAMPLE (S-07) · 14 Mill Lane"; at a protected person's door the reference alone."""
    subject = view.subject
    if subject is None:
        return ""
    if is_contact_visit(view.task):
        return f"About {escape(subject.ref, 20)}. Brief me first: how to make contact, what never to say"
    return _joined(
        f"{escape(subject.card_name, 80)} ({escape(subject.ref, 20)})", escape(subject.address_line, 120)
    )


def warning_words(view: TaskView) -> str:
    """ "⚠ Knife · dog · DOUBLE-CREW", or empty."""
    warnings = _joined(*view.subject.warnings) if view.subject else ""
    return f"⚠ {escape(warnings, 160)}" if warnings else ""


def order_words(view: TaskView) -> str:
    """ "DVPO-3 · SERVED 10 Mar · last day Mon 6 Apr"."""
    order = view.order
    if order is None:
        return ""
    if order.status in OVER:
        return f"{escape(order.ref, 30)} · {status_words(order.status).upper()}: ask before you go"
    if _has_ended(view):
        return f"{escape(order.ref, 30)} · ENDED {_last_day(view)}: ask before you go"
    served = f"SERVED {date_words(order.served_at, view.now)}" if order.served_at else "NOT SERVED"
    last_day = f"last day {_last_day(view)}" if order.last_day else ""
    return _joined(escape(order.ref, 30), served, last_day)


def _last_day(view: TaskView) -> str:
    return day_words(view.order.last_day, view.now) if view.order and view.order.last_day else ""


def _has_ended(view: TaskView) -> bool:
    end = ends_at(view.order) if view.order else None
    return end is not None and end <= view.now


def _conditions(view: TaskView) -> str:
    short = escape(_joined(*(condition.short_form for condition in view.conditions)), 200)
    return f"{short} (tap: exact words)" if short and Act.SEE_BRIEFING in view.may else short


def _details(view: TaskView) -> str:
    task = view.task
    watching = _WATCHING if task.disruption_type is DisruptionType.INTELLIGENCE else ""
    note = f"Note: {escape(task.note, 240)}" if task.note else ""
    return _joined(escape(task.title, 200), watching, note)


def breach_words(view: TaskView) -> str:
    """What may be done about a breach; empty where the order is over, with care where it is not served."""
    if view.order is None or view.order.status in OVER or _has_ended(view):
        return ""
    if view.order.served_at is None:
        return f"BREACH: {power_on_breach(view.order.order_type).unserved}"
    return f"BREACH: radio, {arrest_words(view.order)}"


def _breach(view: TaskView) -> str:
    words = breach_words(view)
    if not words or view.order is None or view.order.served_at is None:
        return words
    is_check = view.task.kind is TaskKind.COMPLIANCE_VISIT and not is_contact_visit(view.task)
    return f"{words}. {entry_words(view.order)}" if is_check else words


def last_words(view: TaskView) -> str:
    """ "Last: Wed 11 Mar 15:10 no answer (2nd) · Lead PC 1187 · also open T-1050"."""
    related = ", ".join(escape(ref, 20) for ref in view.related_refs[:4])
    return _joined(_last_visit(view), lead_words(view), f"also open {related}" if related else "")


def lead_words(view: TaskView) -> str:
    """ "Lead PC 1187", or empty."""
    return f"Lead {person_words(view.lead_officer)}" if view.lead_officer else ""


def _last_visit(view: TaskView) -> str:
    last = view.last_visit
    if last is None:
        return ""
    if view.last_corrected_alarm:
        by = who_corrected(view.last_corrected_alarm)
        return f"Last: {recent_words(last.happened_at, view.now)}, corrected by {by}, see Brief me"
    if last.code in breaches():  # what is alleged does not stand on a card that others may see
        return f"Last: {recent_words(last.happened_at, view.now)}, see Brief me"
    again = view.attempts_in_a_row if last.code in attempts() else 0
    count = f" ({ordinal(again)})" if again > 1 else ""
    result = outcome_words(last.code)
    return f"Last: {recent_words(last.happened_at, view.now)} {result[0].lower()}{result[1:]}{count}"


def hands_off_words(view: TaskView) -> str:
    """ "Do not contact the protected person", wherever an order protects somebody."""
    if view.order is None or not view.order.protected_person_marker or is_contact_visit(view.task):
        return ""
    return "Do not contact the protected person"
