"""Typed commands about one task: what came of it, notes, time, briefing, and a supervisor's changes."""

from dataclasses import replace

from bot.asking import Asking, due_time
from bot.reading.model import (
    Accept,
    AddNote,
    AthenaReference,
    Brief,
    Cancel,
    CannotDo,
    Correct,
    Extend,
    MoreTime,
    Outcome,
    Reassign,
    ShowTask,
    Undo,
)
from bot.work.assign_commands import officer_named
from bot.work.cards_for import NO_MORE_IS_SHOWN, own_or_confirmation
from bot.work.filled_in import sounds_alarming, with_radio
from bot.work.officer_taps import refuse_in_channel
from cards.answers import message_card, radio_first
from cards.inputs import NOTE_LENGTH
from cards.words import NOT_RECORDED
from cards.work.again import form_again
from cards.work.breach import breach_check_card
from cards.work.briefing import briefing_card
from cards.work.done import correction_card
from cards.work.forms import cancel_form, reassign_form
from cards.work.held import recorded_line_card
from cards.work.result_payloads import CheckBreach
from storage.enums import OutcomeCode
from storage.tables import TaskBundle
from tasking.naming import called
from tasking.ports import Card
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import ReadBackView
from tasking.when.local_time import short_day_time
from tasking.work import briefing, lists, officer_requests, supervision
from tasking.work.find import find_task
from tasking.work.forms import supervisor_form_view
from tasking.work.outcome_table import breaches, concerns
from tasking.work.outcomes import (
    Report,
    check_report,
    correctable,
    key_reference,
    record_outcome,
    undo_outcome,
)
from tasking.work.own_card import post_own_card
from tasking.work.questions import ARREST_AT
from tasking.work.showing import officer_view


def outcome(uow: UnitOfWork, asking: Asking, command: Outcome) -> Card | None:
    """`1042 no answer 2115 …`; a breach is read back first, unless it was typed as confirmed."""
    bundle = find_task(uow, asking.reader, task_named(command.task))
    code, at = command.code, command.happened_at or uow.now
    arrested = {ARREST_AT: at.isoformat()} if code == OutcomeCode.ARRESTED and command.timed else {}
    report = Report(code, at, command.note or "", arrested, message_key=asking.turn.key)
    if code == OutcomeCode.ARRESTED and not arrested:
        return _asked_for_arrest(uow, asking, bundle, report)
    if code in breaches() and not command.confirmed:
        refuse_in_channel(asking)
        check_report(uow, asking.reader, bundle, report)
        view = officer_view(uow, bundle, asking.reader)
        return breach_check_card(ReadBackView(view, code, report.happened_at, report.note, arrested))
    done = record_outcome(uow, asking.reader, bundle.task.ref, report)
    words = f"{done.task.ref}: recorded."
    card = _answer_with_own_card(uow, asking, done, words)
    if code in concerns() and sounds_alarming(uow, bundle, None, command.beside):
        return radio_first(card or message_card(words))
    return card


def _asked_for_arrest(uow: UnitOfWork, asking: Asking, bundle: TaskBundle, report: Report) -> Card:
    """An arrest was typed without its time: the form asks for it, with everything that was typed."""
    refuse_in_channel(asking)
    check_report(uow, asking.reader, bundle, replace(report, code=OutcomeCode.BREACH_SUSPECTED))
    view = officer_view(uow, bundle, asking.reader)
    tap = CheckBreach(
        task=bundle.task.ref,
        v=bundle.task.version,
        breach_code="ARRESTED",
        breach_note=report.note[:NOTE_LENGTH],
    )
    return form_again(view, tap, f"{NOT_RECORDED} When was the arrest? The court's time runs from it.")


def undo(uow: UnitOfWork, asking: Asking, command: Undo) -> Card | None:
    """`1042 undo`"""
    bundle = undo_outcome(uow, asking.reader, task_named(command.task), None)
    now = "open again" if bundle.outcome is None else "the result before it stands again"
    return _answer_with_own_card(uow, asking, bundle, f"{bundle.task.ref}: undone, {now}.")


def correct(uow: UnitOfWork, asking: Asking, command: Correct) -> Card:
    """`1042 correct`: the buttons that correct a result, in the asker's own chat; nothing is changed yet."""
    refuse_in_channel(asking)
    return correction_card(correctable(uow, asking.reader, task_named(command.task)))


def accept(uow: UnitOfWork, asking: Asking, command: Accept) -> Card:
    """`1042 accept`"""
    bundle = officer_requests.accept(uow, asking.reader, task_named(command.task))
    return message_card(f"{bundle.task.ref}: accepted.", "Your card has what you need.")


def add_note(uow: UnitOfWork, asking: Asking, command: AddNote) -> Card:
    """`1042 note …`"""
    bundle = officer_requests.add_note(uow, asking.reader, task_named(command.task), command.note or "")
    shared = "Everybody in a channel can read what is typed there. " if asking.turn.is_in_channel else ""
    hint = f"{shared}{officer_requests.where_a_note_goes(uow, bundle)}"
    return message_card(f"{bundle.task.ref}: note added.", hint)


def cannot_do(uow: UnitOfWork, asking: Asking, command: CannotDo) -> Card:
    """`1042 can't do …`"""
    bundle = officer_requests.give_back(uow, asking.reader, task_named(command.task), command.reason or "")
    card = message_card(f"{bundle.task.ref} has gone back to the sergeant.", "Nothing more for you to do.")
    return with_radio(uow, bundle, command.reason or "", card)


def more_time(uow: UnitOfWork, asking: Asking, command: MoreTime) -> Card:
    """`1042 more time fri 9am …`"""
    until = due_time(command.due_text, uow)
    bundle = officer_requests.ask_more_time(
        uow, asking.reader, task_named(command.task), until, command.reason or ""
    )
    card = message_card(
        f"{bundle.task.ref}: asked for more time.", "The due time stands until your sergeant says yes."
    )
    return with_radio(uow, bundle, command.reason or "", card)


def athena_reference(uow: UnitOfWork, asking: Asking, command: AthenaReference) -> Card | None:
    """`1042 ref 36/21858/19`"""
    bundle = key_reference(uow, asking.reader, task_named(command.task), None, command.athena_ref or "")
    return message_card(f"{bundle.task.ref}: Athena reference noted.")


def brief(uow: UnitOfWork, asking: Asking, command: Brief) -> Card:
    """`1042 brief`: in the asker's own chat."""
    refuse_in_channel(asking)
    return briefing_card(briefing.brief(uow, asking.reader, task_named(command.task)))


def show_task(uow: UnitOfWork, asking: Asking, command: ShowTask) -> Card | None:
    """`task T-1042`: the officer's own card comes afresh, others get the short one."""
    view = lists.show_task(uow, asking.reader, task_named(command.task))
    if view.task.owner_id == asking.reader.actor.entra_id and not asking.turn.is_in_channel:
        uow.effects(post_own_card(view.task, view.task.owner_id, uow.now, asking.turn.key))
        return None
    return own_or_confirmation(view, asking)


def reassign(uow: UnitOfWork, asking: Asking, command: Reassign) -> Card:
    """`reassign T-1042 to @x because …`; without an officer the form, which offers them.

    In somebody's own chat with RedLine nobody else can be mentioned.
    """
    if command.assignee is None:
        return _reassign_form(uow, asking, command)
    officer_id = officer_named(asking, command.assignee)
    if officer_id is None:
        raise Refusal("no-officer", "Who should do it?", "@mention the officer.")
    bundle = supervision.reassign(
        uow, asking.reader, task_named(command.task), officer_id, command.reason or ""
    )
    card = message_card(f"{bundle.task.ref} is now with {called(bundle.owner)}.")
    return with_radio(uow, bundle, command.reason or "", card)


def _reassign_form(uow: UnitOfWork, asking: Asking, command: Reassign) -> Card:
    typed = {"reason": command.reason or ""}
    view = supervisor_form_view(uow, asking.reader, task_named(command.task), "reassign", typed=typed)
    return reassign_form(view)


def extend(uow: UnitOfWork, asking: Asking, command: Extend) -> Card:
    """`extend T-1042 to fri 9am because …`"""
    until = due_time(command.due_text, uow)
    bundle = supervision.extend(uow, asking.reader, task_named(command.task), until, command.reason or "")
    card = message_card(f"{bundle.task.ref} has more time, until {short_day_time(until, uow.now)}.")
    return with_radio(uow, bundle, command.reason or "", card)


def cancel(uow: UnitOfWork, asking: Asking, command: Cancel) -> Card:
    """`cancel T-1042 because …`; where a message with words of danger waits, its form says so first."""
    ref, reason = task_named(command.task), command.reason or ""
    view = supervisor_form_view(uow, asking.reader, ref, "cancel", typed={"reason": reason})
    if view.message_waits:
        return cancel_form(view)
    bundle = supervision.cancel(uow, asking.reader, ref, reason)
    return with_radio(uow, bundle, reason, message_card(f"{bundle.task.ref} is cancelled."))


def _answer_with_own_card(uow: UnitOfWork, asking: Asking, bundle: TaskBundle, words: str) -> Card | None:
    """In the chat the officer's own card comes afresh; in a channel a line is enough."""
    owner_id = bundle.task.owner_id
    if asking.reader.actor.only_records:
        return message_card(words, NO_MORE_IS_SHOWN)
    if asking.turn.is_in_channel or owner_id != asking.reader.actor.entra_id:
        return _line(uow, asking, bundle, words)
    uow.effects(post_own_card(bundle.task, owner_id, uow.now, asking.turn.key))
    return None


def _line(uow: UnitOfWork, asking: Asking, bundle: TaskBundle, words: str) -> Card:
    """Beside a result that was typed with words of one's own, the way to say that it was more."""
    if bundle.outcome is None or not bundle.outcome.message_key or not bundle.outcome.note:
        return message_card(words)
    return recorded_line_card(officer_view(uow, bundle, asking.reader), words)


def task_named(task: str | None) -> str:
    """The reference as typed; raises `Refusal` where none was."""
    if not task:
        raise Refusal("no-task", "Which task?", "Begin with its number, for example 1042 no answer 21:15.")
    return task
