"""Taps that say what came of a task."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bot.asking import Asking, chosen_time, happened_time
from bot.work.breach_answers import answers_of_breach
from bot.work.cards_for import task_card
from bot.work.filled_in import concern_with_radio, held_instead, in_words
from bot.work.officer_taps import refuse_in_channel
from cards.work.again import form_again
from cards.work.breach import breach_check_card
from cards.work.company import it_may_be_them_card, who_was_it_card
from cards.work.done import correction_card
from cards.work.more_payloads import RecordOther
from cards.work.officer import officer_card
from cards.work.putting_down import put_down_check_card
from cards.work.result_payloads import (
    CheckBreach,
    ConfirmBreach,
    ConfirmPutDown,
    KeyReference,
    OpenCorrection,
    RecordOutcome,
    SayWhoItWas,
    UndoOutcome,
)
from storage.enums import OutcomeCode
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import PutDownView, ReadBackView
from tasking.when.local_time import short_day_time
from tasking.work.company import COULD_BE, asks_who_with, may_be_protected
from tasking.work.find import find_task
from tasking.work.outcome_table import breaches
from tasking.work.outcomes import (
    Report,
    check_report,
    correctable,
    key_reference,
    puts_alarm_down,
    read_back_put_down,
    record_outcome,
    undo_outcome,
)
from tasking.work.putting_down import reason_of, reason_problem
from tasking.work.showing import officer_view


def record(uow: UnitOfWork, asking: Asking, tap: RecordOutcome) -> Card:
    """One of the usual outcomes. A breach comes only through its check-your-answers step."""
    _refuse_breach(tap.code)
    at = _time(uow, asking, tap, tap.when, tap.when_other)
    answers = {"answer_1": tap.answer_1, "answer_2": tap.answer_2}
    report = Report(tap.code, at, tap.note, answers, _id(tap.corrects))
    return _recorded_or_checked(uow, asking, tap, report)


def record_other(uow: UnitOfWork, asking: Asking, tap: RecordOther) -> Card:
    """One of the less usual outcomes."""
    if not tap.other_code:
        raise Refusal("no-outcome", "What happened?", "Choose a result from the list.")
    _refuse_breach(tap.other_code)
    at = _time(uow, asking, tap, tap.other_when, tap.other_when_text)
    code = tap.other_code
    report = Report(code, at, tap.other_note, corrects=_id(tap.corrects))
    if not tap.as_typed and asks_who_with(code):
        return held_instead(uow, asking, tap.task, report) or _with_its_questions(uow, asking, tap, report)
    return _recorded_or_checked(uow, asking, tap, report)


def _with_its_questions(uow: UnitOfWork, asking: Asking, tap: RecordOther, report: Report) -> Card:
    """The form of this result with what was filled in; who was there must be said before it is recorded."""
    refuse_in_channel(asking)
    bundle = find_task(uow, asking.reader, tap.task)
    check_report(uow, asking.reader, bundle, report)
    own_form = RecordOutcome(
        task=tap.task,
        v=tap.v,
        code=report.code,
        corrects=tap.corrects,
        when=tap.other_when,
        when_other=tap.other_when_text,
        note=tap.other_note,
    )
    view = officer_view(uow, bundle, asking.reader)
    return form_again(view, own_form, "Nothing is recorded yet. Where, and who with?")


def check_breach(uow: UnitOfWork, asking: Asking, tap: CheckBreach) -> Card:
    """Read a breach back before it is recorded; nothing is changed yet."""
    bundle = find_task(uow, asking.reader, tap.task)
    code = tap.breach_code
    at, arrested = _times_of_breach(uow, asking, tap)
    view = officer_view(uow, bundle, asking.reader)
    answers = answers_of_breach(view, tap, arrested.isoformat() if arrested else "")
    check_report(uow, asking.reader, bundle, Report(code, at, tap.breach_note, answers, _id(tap.corrects)))
    return breach_check_card(ReadBackView(view, code, at, tap.breach_note, answers, tap.conditions))


def _times_of_breach(uow: UnitOfWork, asking: Asking, tap: CheckBreach) -> tuple[datetime, datetime | None]:
    """When the breach was, and when somebody was arrested for it; one arrested now was not before it."""
    at = _time(uow, asking, tap, tap.breach_when, tap.breach_when_text)
    arrested = happened_time(tap.breach_arrest, uow) if tap.breach_arrest.strip() else None
    if arrested is None:
        return at, None
    if tap.breach_code != OutcomeCode.ARRESTED:
        raise Refusal(
            "arrest-without-arrest",
            "An arrest time is given, but not Arrested.",
            "Choose Arrested, or take the time out.",
        )
    if tap.breach_when in ("", "now") and not tap.breach_when_text.strip() and not tap.corrects:
        return min(at, arrested), arrested
    if arrested < at:
        raise Refusal("arrest-before-breach", "The arrest is before the breach.", "Check the two times.")
    return at, arrested


def confirm_breach(uow: UnitOfWork, asking: Asking, tap: ConfirmBreach) -> Card:
    """Record the breach as it was read back."""
    at = _as_read_back(tap.happened_at, "Fill in the breach form again.")
    bundle = find_task(uow, asking.reader, tap.task)
    view = officer_view(uow, bundle, asking.reader)
    answers = answers_of_breach(view, tap, tap.arrest_at)
    report = Report(tap.code, at, tap.note, answers, _id(tap.corrects))
    return _recorded(uow, asking, tap.task, report)


def say_who_it_was(uow: UnitOfWork, asking: Asking, tap: SayWhoItWas) -> Card:
    """Only a plain no is recorded as it was filled in; else the breach form comes, with what was said."""
    _refuse_breach(tap.code)
    at = _as_read_back(tap.happened_at, "Fill in the form again.")
    answers = {"answer_1": tap.answer_1, "answer_2": tap.answer_2, COULD_BE: tap.could_be}
    report = Report(tap.code, at, tap.note, answers, _id(tap.corrects))
    if not may_be_protected(tap.code, answers):
        return _recorded_or_checked(uow, asking, tap, report)
    refuse_in_channel(asking)
    bundle = find_task(uow, asking.reader, tap.task)
    view = officer_view(uow, bundle, asking.reader)
    shown = ReadBackView(view, tap.code, at, tap.note, answers)
    return it_may_be_them_card(shown, short_day_time(at, uow.now), in_words(report))


def confirm_put_down(uow: UnitOfWork, asking: Asking, tap: ConfirmPutDown) -> Card:
    """Record the correction as it was read back, with its reason; without one the check comes again."""
    _refuse_breach(tap.code)
    at = _as_read_back(tap.happened_at, "Correct it again from its card.")
    answers = {"answer_1": tap.answer_1, "answer_2": tap.answer_2, COULD_BE: tap.could_be}
    reason = reason_of(tap.why, tap.why_text)
    report = Report(tap.code, at, tap.note, answers, _id(tap.corrects), reason=reason)
    problem = reason_problem(tap.why, tap.why_text)
    if problem:
        view = _put_down(uow, asking, tap.task, report)
        return put_down_check_card(replace(view, problem=problem, why=tap.why, why_text=tap.why_text))
    return _recorded(uow, asking, tap.task, report)


def _put_down(uow: UnitOfWork, asking: Asking, ref: str, report: Report) -> PutDownView:
    refuse_in_channel(asking)
    return read_back_put_down(uow, asking.reader, ref, report)


def _recorded_or_checked(
    uow: UnitOfWork, asking: Asking, tap: RecordOutcome | RecordOther | SayWhoItWas, report: Report
) -> Card:
    """What puts an alarm down is read back first, what tells of danger is asked; the rest is recorded."""
    ref = tap.task
    if may_be_protected(report.code, report.answers):
        return _asked_who_it_was(uow, asking, ref, report)
    if report.corrects and puts_alarm_down(find_task(uow, asking.reader, ref), report):
        return put_down_check_card(_put_down(uow, asking, ref, report))
    as_typed = not isinstance(tap, SayWhoItWas) and tap.as_typed
    held = None if as_typed else held_instead(uow, asking, ref, report)
    return held or _recorded(uow, asking, ref, report)


def _asked_who_it_was(uow: UnitOfWork, asking: Asking, ref: str, report: Report) -> Card:
    refuse_in_channel(asking)
    bundle = find_task(uow, asking.reader, ref)
    check_report(uow, asking.reader, bundle, replace(report, answers={}))
    view = officer_view(uow, bundle, asking.reader)
    return who_was_it_card(ReadBackView(view, report.code, report.happened_at, report.note, report.answers))


def _as_read_back(text: str, again: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise Refusal("no-time", "When was it?", again) from problem
    if at.tzinfo is None:
        raise Refusal("no-time", "When was it?", again)
    return at


def open_correction(uow: UnitOfWork, asking: Asking, tap: OpenCorrection) -> Card:
    """The buttons that correct a result; nothing is changed yet."""
    refuse_in_channel(asking)
    view = correctable(uow, asking.reader, tap.task)
    return correction_card(view)


def undo(uow: UnitOfWork, asking: Asking, tap: UndoOutcome) -> Card:
    """Take the outcome back."""
    bundle = undo_outcome(uow, asking.reader, tap.task, _id(tap.outcome))
    is_open = bundle.outcome is None
    line = "Undone. The task is open again." if is_open else "Undone. The result before it stands again."
    return task_card(uow, asking, bundle, line)


def key_athena_reference(uow: UnitOfWork, asking: Asking, tap: KeyReference) -> Card:
    """Note the Athena reference of what was keyed by hand."""
    bundle = key_reference(uow, asking.reader, tap.task, _id(tap.outcome), tap.athena_ref)
    return task_card(uow, asking, bundle, "Athena reference noted.")


def _recorded(uow: UnitOfWork, asking: Asking, ref: str, report: Report) -> Card:
    bundle = record_outcome(uow, asking.reader, ref, report)
    if asking.turn.is_in_channel:
        return task_card(uow, asking, bundle, "Recorded.")
    if asking.reader.actor.only_records:
        return task_card(uow, asking, bundle, "recorded.")
    card = officer_card(officer_view(uow, bundle, asking.reader))
    return concern_with_radio(uow, bundle, report.code, in_words(report), card)


def _time(
    uow: UnitOfWork, asking: Asking, tap: RecordOutcome | RecordOther | CheckBreach, choice: str, other: str
) -> datetime:
    """The time chosen; in a correction that names no other, the time of the result that it corrects."""
    if tap.corrects and choice in ("", "before") and not other.strip():
        standing = find_task(uow, asking.reader, tap.task).outcome
        return standing.happened_at if standing else uow.now
    return chosen_time(choice, other, uow)


def _refuse_breach(code: str) -> None:
    if code in breaches():
        raise Refusal(
            "breach-needs-check", "A breach is checked before it is recorded.", "Use the Breach button."
        )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as problem:
        raise Refusal("not-found", "RedLine has nothing under that reference.") from problem
