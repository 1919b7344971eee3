"""Recording what came of a task, taking it back, correcting it, and giving its Athena reference."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from storage import outbox
from storage.enums import OutcomeCode, OutcomeState, RecordsRoute, TaskState
from storage.ids import new_id
from storage.people.queries import person_by_id
from storage.rows import add_record
from storage.tables import Outcome, Task, TaskBundle
from storage.work.queries import outcome_by_id, results_of_task
from storage.work.writes import update_outcome
from tasking.effects import Row, hand_over
from tasking.lifecycle import OPEN
from tasking.naming import called
from tasking.people.actors import require
from tasking.permissions import Act, may
from tasking.plain_text import clean, counted, meant
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import PutDownView, TaskView
from tasking.work.alarm_changes import called_who_is_told, put_down_posts, stands_again_posts
from tasking.work.breaches import holders, post_breach, update_breach
from tasking.work.changes import change_task, finish_change, guarded, refuse_stale
from tasking.work.company import may_be_protected
from tasking.work.find import Reader, find_task
from tasking.work.outcome_rules import (
    can_be_corrected,
    can_still_undo,
    codes_for,
    first_state,
    leaves_at,
    route_of,
)
from tasking.work.outcome_table import breaches
from tasking.work.putting_down import puts_down
from tasking.work.questions import arrest_time
from tasking.work.results import notices_redrawn
from tasking.work.sent_back import redraw_sent_back
from tasking.work.settling import answered_meanwhile
from tasking.work.showing import officer_view
from tasking.work.telling import result_posts, without_numbers
from tasking.work.words_sent import MOST_OF_A_RESULT

_OLDEST = timedelta(days=7)
_NOTE_LIMIT = 4000
_WHOLE_LIMIT = MOST_OF_A_RESULT - 1000
"""Less than a result may have: the questions stand before their answers."""


@dataclass(frozen=True)
class Report:
    """What an officer says came of a task. `happened_at` is aware; `answers` are the follow-up questions."""

    code: str
    happened_at: datetime
    note: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    corrects: UUID | None = None
    message_key: str | None = None
    """The activity that it was typed in; None where it was tapped."""
    reason: str = ""
    """Why it puts an alarm down; kept only where it does."""


def record_outcome(uow: UnitOfWork, reader: Reader, ref: str, report: Report) -> TaskBundle:
    """Record an outcome and hand it to its way to the records system.

    The officer's own tap counts while the task is open and theirs, whichever version their card was drawn
    from. Raises `Refusal` for a task that is not theirs, a result that does not fit, a time that cannot be,
    and `Stale` where somebody else was first.
    """
    bundle = find_task(uow, reader, ref)
    check_report(uow, reader, bundle, report)
    _check_reason(bundle, report)
    outcome = _add_outcome(uow, reader, bundle, report)
    task = change_task(
        uow,
        reader,
        bundle,
        state=TaskState.DONE,
        outcome_id=outcome.id,
        state_changed_at=uow.now,
        next_reminder_at=None,
        asked_until=None,
    )
    answered_meanwhile(uow, bundle, task, report.code)
    outbox.bring_forward_updates(uow.connection, task.id, uow.now)
    action = "correct-outcome" if report.corrects else "record-outcome"
    finish_change(
        uow,
        reader,
        bundle.task,
        task,
        action,
        outcome_id=outcome.id,
        reason_code=report.code,
        further_effects=[
            *_on_its_way(task, outcome),
            *_alarm_posts(uow, task, outcome, bundle),
            *_notices_again(uow, task, outcome),
        ],
    )
    return TaskBundle(task, bundle.subject, bundle.order, bundle.owner, bundle.supervisor, outcome)


def check_report(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, report: Report) -> None:
    """Raise a `Refusal` unless this report could be recorded now."""
    task = bundle.task
    act = Act.CORRECT_OUTCOME if report.corrects else Act.RECORD_OUTCOME
    if report.corrects is None and task.state not in OPEN:
        refuse_stale(uow, reader, bundle)
    require(reader.actor, act, task.district_id, task.owner_id, f"{task.ref} is not yours to close.")
    if report.corrects is not None:
        _check_correction(uow, reader, bundle, report.corrects)
    if report.code not in codes_for(task):
        raise Refusal("wrong-outcome", f"{task.ref} cannot end that way.", "Choose a result on its card.")
    _check_time(uow, report.happened_at)
    _check_answers(uow, report)
    _check_length(report)


def _check_length(report: Report) -> None:
    """Each part, and the whole: all of it goes into one entry."""
    if len(report.note) > _NOTE_LIMIT:
        raise Refusal("note-too-long", "That note is too long.", f"Keep it under {_NOTE_LIMIT} characters.")
    if sum(counted(words) for words in (report.note, report.reason, *report.answers.values())) > _WHOLE_LIMIT:
        raise Refusal("all-too-long", "That is too much for one entry.", "Say it in fewer words.")


def puts_alarm_down(bundle: TaskBundle, report: Report) -> bool:
    """Whether this report would leave less of an alarm than stands now."""
    return report.corrects is not None and bundle.outcome is not None and _is_less(bundle.outcome, report)


def _is_less(standing: Outcome, report: Report) -> bool:
    return puts_down(standing.code, report.code)


def _check_reason(bundle: TaskBundle, report: Report) -> None:
    if puts_alarm_down(bundle, report) and not meant(report.reason):
        raise Refusal(
            "needs-reason",
            f"What {bundle.task.ref} says now is not put down without a check and a reason.",
            "Use Correct it on its card.",
        )


def read_back_put_down(uow: UnitOfWork, reader: Reader, ref: str, report: Report) -> PutDownView:
    """What stands, what it would become and who will be told; nothing is changed yet.

    Raises `Refusal` where the report could not be recorded even with a reason.
    """
    bundle = find_task(uow, reader, ref)
    check_report(uow, reader, bundle, report)
    before = bundle.outcome
    assert before is not None, "a correction was checked against what stands"
    return PutDownView(
        view=officer_view(uow, bundle, reader),
        before=before,
        before_by=called(person_by_id(uow.connection, before.officer_id)),
        code=report.code,
        happened_at=report.happened_at,
        note=report.note,
        answers=report.answers,
        told=called_who_is_told(uow, bundle, before, reader.actor.entra_id),
    )


def _check_time(uow: UnitOfWork, happened_at: datetime) -> None:
    if happened_at > uow.now + timedelta(minutes=1):
        raise Refusal(
            "time-in-future", "That time has not come yet.", "Give the time it happened, for example 21:15."
        )
    if happened_at < uow.now - _OLDEST:
        raise Refusal(
            "time-too-old", "That is more than seven days ago.", "Check the date, or ask your sergeant."
        )


def _check_answers(uow: UnitOfWork, report: Report) -> None:
    if may_be_protected(report.code, report.answers):
        raise Refusal(
            "could-be-protected",
            "Could this be the protected person?",
            "If you are not sure, it is a breach or another concern.",
        )
    if report.code == OutcomeCode.ARRESTED:
        _check_arrest(uow, arrest_time(report.answers))


def _check_arrest(uow: UnitOfWork, at: datetime | None) -> None:
    if at is None:
        raise Refusal(
            "no-arrest-time",
            "When was the arrest? The court's time runs from it.",
            "Give the time, for example 21:15.",
        )
    _check_time(uow, at)


def _check_correction(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, corrects: UUID) -> None:
    standing = bundle.outcome
    if standing is None or standing.id != corrects:
        refuse_stale(uow, reader, bundle)
    if not can_be_corrected(standing, uow.now, uow.policy):
        raise Refusal("not-correctable", "That result can still be undone.", "Undo it instead.")


def _is_restricted(bundle: TaskBundle) -> bool:
    return bundle.subject is not None and bundle.subject.restricted


def _add_outcome(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, report: Report) -> Outcome:
    task = bundle.task
    route = route_of(task, report.code, restricted=_is_restricted(bundle), policy=uow.policy)
    values: dict[str, Any] = {
        "id": new_id(),
        "task_id": task.id,
        "district_id": task.district_id,
        "subject_id": task.subject_id,
        "order_id": task.order_id,
        "code": report.code,
        "happened_at": report.happened_at,
        "recorded_at": uow.now,
        "officer_id": reader.actor.entra_id,
        "note": without_numbers(report.code, meant(report.note)),
        "answers": {
            question: without_numbers(report.code, words)
            for question, words in report.answers.items()
            if meant(words)
        },
        "corrects_id": report.corrects,
        "state": first_state(route),
        "route": route,
        "hand_over_after": leaves_at(report.code, uow.now, uow.policy),
        "leaving_at": None,
        "list_item_id": None,
        "list_item_etag": None,
        "athena_ref": None,
        "desk_reason": "",
        "message_key": report.message_key,
        "version": 1,
        "reason": report.reason if puts_alarm_down(bundle, report) else "",
    }
    return add_record(uow.connection, Outcome, values)


def _on_its_way(task: Task, outcome: Outcome) -> list[Row]:
    return [hand_over(task, outcome)] if outcome.route == RecordsRoute.REDLINE_SENDS else []


def _alarm_posts(uow: UnitOfWork, task: Task, outcome: Outcome, bundle: TaskBundle) -> list[Row]:
    before = bundle.outcome if outcome.corrects_id else None
    if before and puts_down(before.code, outcome.code):
        posts = put_down_posts(uow, task, before, outcome, outcome.officer_id)
        told = frozenset(str(post["person_id"]) for post in posts)
        return [*posts, *result_posts(uow, task, outcome, bundle, told)]
    return [*_breach_posts(uow, task, outcome, bundle), *result_posts(uow, task, outcome, bundle)]


def _breach_posts(uow: UnitOfWork, task: Task, outcome: Outcome, bundle: TaskBundle) -> list[Row]:
    """To who answers for the task whatever makes, changes or ends a breach; to the channel what is new.

    The notice that stands in the channel is redrawn after a correction: a second alarm would be the same one.
    """
    is_breach = outcome.code in breaches()
    was_breach = bundle.outcome is not None and bundle.outcome.code in breaches()
    rows: list[Row] = []
    if is_breach or was_breach:
        rows.append(post_breach(task, outcome.id, uow.now, person_id=task.supervisor_id))
    channel = uow.policy.board_channel(task.district_id)
    if is_breach and not was_breach and channel and not _is_restricted(bundle):
        rows.append(post_breach(task, outcome.id, uow.now, channel_id=channel))
    return rows


def _notices_again(uow: UnitOfWork, task: Task, outcome: Outcome) -> list[Row]:
    """After a correction, or a result that is undone: what was told of it, and of the desk, as it is now."""
    if outcome.corrects_id is None:
        return notices_redrawn(uow, task)
    again = redraw_sent_back(uow, task, f"corrected:{outcome.id.hex}")
    told = [each for each in results_of_task(uow.connection, task.id, breaches()) if each.id != outcome.id]
    readers = (*sorted(holders(uow, task) | {task.supervisor_id}), None)
    notices = [
        update_breach(task, breach.id, uow.now, person_id=reader) for breach in told for reader in readers
    ]
    return [*notices, *notices_redrawn(uow, task), *again]


def correctable(uow: UnitOfWork, reader: Reader, ref: str) -> TaskView:
    """The task of a result that the reader may correct now; raises `Refusal` where there is none."""
    bundle = find_task(uow, reader, ref)
    task = bundle.task
    require(reader.actor, Act.CORRECT_OUTCOME, task.district_id, task.owner_id, f"{task.ref} is not yours.")
    if bundle.outcome is None:
        refuse_stale(uow, reader, bundle)
    _check_correction(uow, reader, bundle, bundle.outcome.id)
    return officer_view(uow, bundle, reader)


def undo_outcome(uow: UnitOfWork, reader: Reader, ref: str, outcome_id: UUID | None) -> TaskBundle:
    """Take back the outcome that stands, within the undo window; the task is open again.

    None as id takes back whatever stands (a typed `undo`). Raises `Refusal` after the window, and for a
    result that raises an alarm: that is corrected, with a reason.
    """
    bundle = find_task(uow, reader, ref)
    task, outcome = bundle.task, bundle.outcome
    _check_may_undo(reader, bundle)
    if outcome_id is None and task.state != TaskState.DONE:
        raise Refusal("nothing-to-undo", f"{task.ref} has no result to take back.", "Nothing was changed.")
    if outcome is None or task.state != TaskState.DONE or outcome_id not in (None, outcome.id):
        refuse_stale(uow, reader, bundle)
    if not can_still_undo(outcome, uow.now, uow.policy):
        raise Refusal(
            "too-late-to-undo",
            f"{task.ref} can no longer be undone.",
            "Use Correct it on its card: the correction goes as a new entry.",
        )
    guarded(
        uow, reader, bundle, lambda: update_outcome(uow.connection, outcome, state=OutcomeState.WITHDRAWN)
    )
    changed = change_task(uow, reader, bundle, **_reopened(uow, task, outcome))
    before = outcome_by_id(uow.connection, outcome.corrects_id) if outcome.corrects_id else None
    again = [*_stands_again(uow, bundle, changed, before, reader), *_notices_again(uow, changed, outcome)]
    finish_change(uow, reader, task, changed, "undo-outcome", outcome_id=outcome.id, further_effects=again)
    return TaskBundle(changed, bundle.subject, bundle.order, bundle.owner, bundle.supervisor, before)


def _check_may_undo(reader: Reader, bundle: TaskBundle) -> None:
    """Its officer, and whoever recorded what stands: a sergeant takes their own correction back."""
    task, outcome = bundle.task, bundle.outcome
    own = outcome is not None and outcome.officer_id == reader.actor.entra_id
    if own and may(reader.actor, Act.CORRECT_OUTCOME, task.district_id, task.owner_id):
        return
    words = f"{task.ref} is not yours to undo."
    require(reader.actor, Act.UNDO_OUTCOME, task.district_id, task.owner_id, words)


def _stands_again(
    uow: UnitOfWork, bundle: TaskBundle, task: Task, before: Outcome | None, reader: Reader
) -> list[Row]:
    """Where what is taken back had put an alarm down: it is told again to whom it was told."""
    withdrawn = bundle.outcome
    if before is None or withdrawn is None or not puts_down(before.code, withdrawn.code):
        return []
    return stands_again_posts(uow, bundle, task, before, withdrawn, reader.actor.entra_id)


def _reopened(uow: UnitOfWork, task: Task, outcome: Outcome) -> dict[str, Any]:
    """The task as it was: open again, or with the outcome that the withdrawn one corrected."""
    if outcome.corrects_id:
        return {"outcome_id": outcome.corrects_id, "state_changed_at": uow.now}
    return {
        "state": TaskState.ACCEPTED,
        "outcome_id": None,
        "state_changed_at": uow.now,
        "accepted_at": task.accepted_at or uow.now,
        "next_reminder_at": max(task.due_at, uow.now),
    }


def key_reference(
    uow: UnitOfWork, reader: Reader, ref: str, outcome_id: UUID | None, athena_ref: str
) -> TaskBundle:
    """Note the Athena reference of an outcome that was keyed by hand. References are opaque text.

    One that is given again replaces the first, which the history of the task keeps.
    """
    bundle = find_task(uow, reader, ref)
    task, outcome = bundle.task, bundle.outcome
    require(reader.actor, Act.KEY_REFERENCE, task.district_id, task.owner_id, f"{task.ref} is not yours.")
    words = clean(meant(athena_ref))
    if not words or len(words) > 60:
        raise Refusal(
            "no-reference",
            "That is not an Athena reference.",
            "Type it as Athena shows it, for example 36/21858/19.",
        )
    if outcome is None or outcome_id not in (None, outcome.id):
        refuse_stale(uow, reader, bundle)
    if outcome.state != OutcomeState.KEYED_BY_HAND:
        raise _not_by_hand(task, outcome)
    keyed = guarded(uow, reader, bundle, lambda: update_outcome(uow.connection, outcome, athena_ref=words))
    outbox.settle_given_up(uow.connection, outcome, "keyed-by-hand", uow.now)
    changed = change_task(uow, reader, bundle)
    replaced = outcome.athena_ref not in (None, words)
    before = f"Athena reference before: {outcome.athena_ref}" if replaced else ""
    finish_change(uow, reader, task, changed, "key-reference", reason=before, outcome_id=outcome.id)
    return TaskBundle(changed, bundle.subject, bundle.order, bundle.owner, bundle.supervisor, keyed)


def _not_by_hand(task: Task, outcome: Outcome) -> Refusal:
    """Why no reference is taken: where the result stands instead."""
    code = "not-keyed-by-hand"
    match outcome.state:
        case OutcomeState.REJECTED | OutcomeState.RETURNED:
            hint = "Correct it, and RedLine sends the correction."
            return Refusal(code, f"The Athena desk sent {task.ref} back.", hint)
        case OutcomeState.RECORDED:
            return Refusal(code, f"{task.ref} is on Athena already.")
        case OutcomeState.HANDED_OVER:
            return Refusal(code, f"RedLine sent {task.ref} to the Athena desk: don’t re-key it.")
    return Refusal(code, f"RedLine sends {task.ref} to Athena: don’t re-key it.")
