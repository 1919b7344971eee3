"""The way of an outcome to the records system: what goes out, and what the records desk makes of it."""

from uuid import UUID

from storage import journal, outbox
from storage.enums import AuditOperation, OutcomeState, RecordsRoute, RecordsState
from storage.people.queries import person_by_id
from storage.tables import Outbox, Outcome, Task, TaskBundle
from storage.work import queries
from storage.work.writes import update_outcome
from tasking.effects import Row
from tasking.people.actors import known_actor
from tasking.ports import RecordsAnswer, RecordsAnswers, RecordsReceipt, RecordsRow
from tasking.unit_of_work import UnitOfWork
from tasking.work.confirmations import update_confirmation
from tasking.work.outcome_rules import waits_to_be_keyed, was_given_up
from tasking.work.own_card import post_own_card, update_own_card
from tasking.work.sent_back import post_sent_back, redraw_sent_back
from tasking.work.successors import can_work_on, who_answers
from tasking.work.words_sent import words_of

BOOKMARK = "records-answers"
DESK = "records-desk"
RECORDS_LIST = "records-list"
_RESTRICTED_SINCE = "what is restricted never goes to the shared list"

_STATES = {
    RecordsState.RECORDED: OutcomeState.RECORDED,
    RecordsState.REJECTED: OutcomeState.REJECTED,
    RecordsState.RETURNED: OutcomeState.RETURNED,
}
_AT_THE_DESK = frozenset(
    {
        OutcomeState.TO_HAND_OVER,
        OutcomeState.HANDED_OVER,
        OutcomeState.RETURNED,
        OutcomeState.REJECTED,
        OutcomeState.RECORDED,
    }
)


def row_to_hand_over(uow: UnitOfWork, outcome_id: UUID) -> RecordsRow | None:
    """The row of the records list for this outcome, or None where it is no longer to be handed over."""
    outcome = queries.outcome_by_id(uow.connection, outcome_id)
    if outcome is None or outcome.state != OutcomeState.TO_HAND_OVER:
        return None
    bundle = queries.bundle_by_id(uow.connection, outcome.task_id)
    assert bundle is not None, "an outcome belongs to a task"
    if bundle.subject is not None and bundle.subject.restricted:
        give_up(uow, outcome.id, _RESTRICTED_SINCE)
        return None
    if outcome.leaving_at is None:
        # Noted before it is sent, so that an undo that is just being committed either wins or is refused.
        outcome = update_outcome(uow.connection, outcome, leaving_at=uow.now)
    return RecordsRow(
        key=str(outcome.id),
        corrects_key=_row_it_corrects(uow, outcome),
        task_ref=bundle.task.ref,
        subject_ref=bundle.subject.ref if bundle.subject else None,
        order_ref=bundle.order.ref if bundle.order else None,
        kind=bundle.task.kind,
        code=outcome.code,
        happened_at=outcome.happened_at,
        recorded_at=outcome.recorded_at,
        officer_id=_number_or_id(uow, bundle, outcome),
        note=words_of(uow, outcome),
    )


def _row_it_corrects(uow: UnitOfWork, outcome: Outcome) -> str | None:
    """The latest row before it that went to the list: what was keyed by hand never stood there."""
    before: Outcome | None = outcome
    while before is not None and before.corrects_id is not None:
        before = queries.outcome_by_id(uow.connection, before.corrects_id)
        if before is not None and before.route == RecordsRoute.REDLINE_SENDS and not was_given_up(before):
            return str(before.id)
    return None


def _number_or_id(uow: UnitOfWork, bundle: TaskBundle, outcome: Outcome) -> str:
    """Of who recorded it: its officer, or the sergeant who corrected it. The directory's id without one."""
    if bundle.owner and bundle.owner.entra_id == outcome.officer_id:
        return bundle.owner.collar_number or outcome.officer_id
    person = person_by_id(uow.connection, outcome.officer_id)
    return (person.collar_number if person else "") or outcome.officer_id


def stamp_handed_over(uow: UnitOfWork, outcome_id: UUID, receipt: RecordsReceipt) -> None:
    """Note the proof that the row stands in the records list; the cards follow."""
    outcome = queries.outcome_by_id(uow.connection, outcome_id)
    assert outcome is not None, "outcomes are never deleted"
    if outcome.state != OutcomeState.TO_HAND_OVER:
        return
    update_outcome(
        uow.connection,
        outcome,
        state=OutcomeState.HANDED_OVER,
        list_item_id=receipt.item_id,
        list_item_etag=receipt.etag,
    )
    _redraw(uow, outcome, "handed-over")


def give_up(uow: UnitOfWork, outcome_id: UUID, reason: str) -> None:
    """The records list does not take it: whoever answers for it hears at once that it is to be keyed by hand.

    `reason` is in plain words and free of personal data.
    """
    outcome = queries.outcome_by_id(uow.connection, outcome_id)
    assert outcome is not None, "outcomes are never deleted"
    if outcome.state != OutcomeState.TO_HAND_OVER:
        return
    given_up = {"state": OutcomeState.KEYED_BY_HAND, "desk_reason": reason}
    updated = update_outcome(uow.connection, outcome, **given_up)
    _tell(uow, updated, "not-handed-over", RECORDS_LIST)


def send_given_up_again(uow: UnitOfWork) -> int:
    """Hand over what was given up, stands and was not keyed by hand meanwhile; returns how many there are.

    For a person who has mended the list, and knows that nobody keys these by hand: never for a job.
    """
    rows = [row for row in outbox.given_up(uow.connection) if _sends_again(uow, row)]
    return len(rows)


def _sends_again(uow: UnitOfWork, row: Outbox) -> bool:
    assert row.outcome_id is not None, "a hand-over is of an outcome"
    outcome = queries.outcome_by_id(uow.connection, row.outcome_id)
    bundle = queries.bundle_by_id(uow.connection, outcome.task_id) if outcome else None
    if outcome is None or bundle is None or bundle.task.outcome_id != outcome.id:
        return False
    if not waits_to_be_keyed(outcome):
        return False
    outbox.release_given_up(uow.connection, row)
    waiting = update_outcome(uow.connection, outcome, state=OutcomeState.TO_HAND_OVER, desk_reason="")
    _redraw(uow, waiting, f"again-{waiting.version}")
    return True


def take_answers(uow: UnitOfWork, answers: RecordsAnswers) -> int:
    """Take what the records desk decided; rows that are not ours or say nothing new are passed over.

    Returns how many outcomes changed. The bookmark moves in the same transaction.
    """
    changed = sum(_take_answer(uow, answer) for answer in answers.rows)
    journal.set_bookmark(uow.connection, BOOKMARK, answers.bookmark, uow.now)
    return changed


def bookmark_of_answers(uow: UnitOfWork) -> str | None:
    """Where the reading of answers stands."""
    found = journal.bookmark(uow.connection, BOOKMARK)
    return found[0] if found else None


def _take_answer(uow: UnitOfWork, answer: RecordsAnswer) -> bool:
    state = _STATES.get(answer.state)
    outcome = (
        queries.outcome_by_id(uow.connection, UUID(answer.key)) if state and _is_key(answer.key) else None
    )
    if state is None or outcome is None or not _may_be_at_the_desk(outcome):
        return False
    fresh = {
        "state": state,
        "athena_ref": answer.athena_ref or None,
        "desk_reason": "" if state == OutcomeState.RECORDED else answer.reason,
        "list_item_id": answer.item_id,
    }
    if all(getattr(outcome, name) == value for name, value in fresh.items()):
        return False
    updated = update_outcome(uow.connection, outcome, **fresh)
    outbox.settle_given_up(uow.connection, outcome, answer.item_id, uow.now)
    _tell(uow, updated, f"desk-{state.lower()}", DESK)
    return True


def _may_be_at_the_desk(outcome: Outcome) -> bool:
    """What was given up after an unclear attempt may have arrived all the same."""
    return outcome.state in _AT_THE_DESK or was_given_up(outcome)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _tell(uow: UnitOfWork, outcome: Outcome, action: str, actor_id: str) -> None:
    bundle = queries.bundle_by_id(uow.connection, outcome.task_id)
    assert bundle is not None, "an outcome belongs to a task"
    task = bundle.task
    uow.audit(
        AuditOperation.ALTERATION,
        action,
        actor_id,
        task=task,
        outcome_id=outcome.id,
        reason_code=outcome.state,
    )
    _redraw(uow, outcome, f"desk-{outcome.version}")
    uow.effects(*redraw_sent_back(uow, task, f"desk:{outcome.id.hex}:{outcome.version}"))
    if outcome.state != OutcomeState.RECORDED and task.outcome_id == outcome.id:
        uow.effects(_to_correct(uow, bundle, outcome))


def _to_correct(uow: UnitOfWork, bundle: TaskBundle, outcome: Outcome) -> Row:
    """To its officer; where they can do nothing about it any more, to whoever answers for the task."""
    task = bundle.task
    if task.owner_id and can_work_on(uow, bundle, known_actor(uow, task.owner_id)):
        occasion = f"desk:{outcome.id.hex}:{outcome.version}"
        return post_own_card(task, task.owner_id, uow.now, occasion)
    reader = who_answers(uow, bundle) or task.supervisor_id
    return post_sent_back(task, outcome, reader, uow.now)


def _redraw(uow: UnitOfWork, outcome: Outcome, cause: str) -> None:
    bundle = queries.bundle_by_id(uow.connection, outcome.task_id)
    assert bundle is not None, "an outcome belongs to a task"
    occasion = f"{cause}:{outcome.id.hex}"
    uow.effects(*_updates(uow, bundle.task, occasion))
    uow.touched(bundle.task.district_id, occasion)


def _updates(uow: UnitOfWork, task: Task, occasion: str) -> list[Row]:
    rows = [update_confirmation(task, uow.now, occasion)]
    if task.owner_id:
        rows.append(update_own_card(task, task.owner_id, uow.now, occasion))
    return rows
