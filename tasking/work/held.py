"""Messages with words of danger: held until their officer answers, then told to the supervisor."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.enums import AuditOperation, HeldAnswer, OutcomeCode
from storage.ids import new_id
from storage.rows import add_record
from storage.tables import HeldMessage, TaskBundle
from storage.work import held_queries
from tasking.lifecycle import OPEN
from tasking.naming import called
from tasking.permissions import Act, may
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.changes import refuse_stale
from tasking.work.find import Reader, could_see_as_officer, find_task
from tasking.work.held_notice import post_held
from tasking.work.officer_requests import add_note
from tasking.work.outcome_rules import codes_for
from tasking.work.outcome_table import declared
from tasking.work.outcomes import Report, record_outcome
from tasking.work.own_card import update_own_card
from tasking.work.settling import settle
from tasking.work.showing import reload
from tasking.work.successors import who_answers

_NOTE_LIMIT = 4000
_AT_ONCE = 200
_REASONS = {
    HeldAnswer.BREACH: "breach-after-alarm",
    HeldAnswer.CONCERN: "concern-after-alarm",
    HeldAnswer.AS_TYPED: "as-typed-after-alarm",
    HeldAnswer.NOTE: "note-after-alarm",
}
"""In the audit: what was recorded as typed can be drawn for checks later."""
_CONCERNS = (OutcomeCode.SEEN_OTHER_CONCERN, OutcomeCode.CONCERNS)


@dataclass(frozen=True)
class Alarming:
    """A typed message with words of danger. `happened_at` is aware; `message_key` names its activity."""

    message_key: str
    conversation_id: str
    note: str
    code: str | None = None
    happened_at: datetime | None = None


def concern_for(possible: tuple[str, ...]) -> str | None:
    """What "another concern" is recorded as among the results of a task; None for actions and disruptions."""
    return next((code for code in _CONCERNS if code in possible), None)


def readings_of(bundle: TaskBundle, code: str | None) -> tuple[HeldAnswer, ...]:
    """What a held message about this task may have meant, the worst first."""
    return readings(codes_for(bundle.task), code)


def readings(possible: tuple[str, ...], code: str | None) -> tuple[HeldAnswer, ...]:
    """What a held message may have meant, the worst first; `code` is the result as typed."""
    offered = [HeldAnswer.BREACH] if OutcomeCode.BREACH_SUSPECTED in possible else []
    if concern_for(possible):
        offered.append(HeldAnswer.CONCERN)
    return (*offered, HeldAnswer.AS_TYPED if code in possible else HeldAnswer.NOTE)


def hold(uow: UnitOfWork, reader: Reader, ref: str, message: Alarming) -> tuple[TaskBundle, HeldMessage]:
    """Keep a message that is not recorded, until its officer answers; the same one again is one row.

    Raises `Refusal` for somebody who could not record a result of this task.
    """
    bundle = find_task(uow, reader, ref)
    known = held_queries.held_by_key(uow.connection, message.message_key)
    if known is not None:
        return bundle, known
    _check_is_theirs(uow, reader, bundle)
    held = add_record(uow.connection, HeldMessage, _values(uow, reader, bundle, message))
    task, reason = bundle.task, message.code or "no-result"
    uow.audit(AuditOperation.COLLECTION, "hold-message", held.person_id, task=task, reason_code=reason)
    uow.effects(update_own_card(task, held.person_id, uow.now, f"held:{held.id.hex}"))
    return bundle, held


def _check_is_theirs(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> None:
    task = bundle.task
    if not may(reader.actor, Act.RECORD_OUTCOME, task.district_id, task.owner_id):
        whose = f"{task.ref} is with {called(bundle.owner)}." if bundle.owner else f"{task.ref} has nobody."
        raise Refusal("not-allowed", whose, "Only its officer can record it.")
    if task.state not in OPEN:
        refuse_stale(uow, reader, bundle)


def _values(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, message: Alarming) -> dict[str, object]:
    return {
        "id": new_id(),
        "message_key": message.message_key,
        "task_id": bundle.task.id,
        "district_id": bundle.task.district_id,
        "subject_id": bundle.task.subject_id,
        "person_id": reader.actor.entra_id,
        "code": message.code,
        "happened_at": message.happened_at or uow.now,
        "note": message.note[:_NOTE_LIMIT],
        "conversation_id": message.conversation_id,
        "at": uow.now,
        "tell_at": uow.now + uow.policy.held_for,
        "told_at": None,
        "answered_at": None,
        "answered_as": None,
    }


def answer(
    uow: UnitOfWork, reader: Reader, ref: str, held_id: UUID | None, answer_: HeldAnswer
) -> TaskBundle:
    """Record a held message as its officer reads it, with its own words and time.

    The same answer again changes nothing. Raises `Refusal` for somebody who could not record it, and `Stale`
    where it was answered otherwise.
    """
    bundle = find_task(uow, reader, ref)
    held = held_queries.held_by_id(uow.connection, held_id) if held_id else None
    if held is None or held.task_id != bundle.task.id:
        raise Refusal("not-found", "RedLine has nothing under that reference.")
    if held.answered_as == answer_:
        return bundle
    if held.answered_at is not None:
        refuse_stale(uow, reader, bundle)
    _check_is_theirs(uow, reader, bundle)
    if answer_ not in readings_of(bundle, held.code):
        raise Refusal("wrong-outcome", f"{ref} cannot end that way.", "Choose a result on its card.")
    # First of all, so that recording it does not count as having been answered otherwise.
    settle(uow, bundle.task, answer_, held.id)
    if answer_ == HeldAnswer.NOTE:
        _added_as_note(uow, reader, bundle, held)
    else:
        record_outcome(uow, reader, ref, _report(bundle, held, answer_))
    _log_answer(uow, reader, bundle, answer_)
    return reload(uow, bundle.task.id)


def _added_as_note(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, held: HeldMessage) -> None:
    add_note(uow, reader, bundle.task.ref, held.note)
    occasion = f"answered:{held.id.hex}"
    uow.effects(update_own_card(bundle.task, reader.actor.entra_id, uow.now, occasion))


def _report(bundle: TaskBundle, held: HeldMessage, answer_: HeldAnswer) -> Report:
    if answer_ == HeldAnswer.BREACH:
        code: str | None = OutcomeCode.BREACH_SUSPECTED
    else:
        code = concern_for(codes_for(bundle.task)) if answer_ == HeldAnswer.CONCERN else held.code
    assert code is not None, "only what can be recorded is offered"
    return Report(code, held.happened_at, held.note, message_key=held.message_key)


def _log_answer(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, answer_: HeldAnswer) -> None:
    actor, reason = reader.actor.entra_id, _REASONS[answer_]
    uow.audit(AuditOperation.ALTERATION, "answer-held", actor, task=bundle.task, reason_code=reason)


def tell_of_held(uow: UnitOfWork) -> int:
    """Tell the supervisors of messages that wait for too long; returns how many. Each is told once."""
    due = held_queries.take_due(uow.connection, uow.now, _AT_ONCE)
    for held in due:
        bundle = reload(uow, held.task_id)
        reader_id = who_answers(uow, bundle) or bundle.task.supervisor_id
        uow.effects(post_held(bundle.task, held.id, reader_id, uow.now))
    return len(due)


def what_came_of(uow: UnitOfWork, reader: Reader, message_key: str) -> str:
    """What the reader's own typed message led to, in words, where it can be told for certain; else empty.

    Nothing is told of a task that the reader may not know of any more.
    """
    held = held_queries.held_by_key(uow.connection, message_key)
    if held is not None and held.answered_at is None and held.person_id == reader.actor.entra_id:
        return "Nothing of it was recorded: it waits for your answer."
    outcome = held_queries.outcome_by_key(uow.connection, message_key)
    if outcome is None or outcome.officer_id != reader.actor.entra_id:
        return ""
    bundle = reload(uow, outcome.task_id)
    task = bundle.task
    if not could_see_as_officer(uow, reader, bundle):
        return ""
    stands = task.outcome_id == outcome.id
    if not stands:
        return f"What it said first was recorded for {task.ref}, and has been changed since."
    what = "" if reader.in_channel else f": {result_words(outcome.code)}"
    return f"What it said first stands: {task.ref} recorded{what}."


def result_words(code: str) -> str:
    """The words of a result."""
    return declared(code).words
