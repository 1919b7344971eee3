"""It was more than that: a typed result becomes a breach or another concern in one tap, with its words."""

from uuid import UUID

from storage.enums import OutcomeCode, TaskState
from storage.tables import Task, TaskBundle
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.changes import refuse_stale
from tasking.work.find import Reader, find_task
from tasking.work.held import concern_for
from tasking.work.outcome_rules import can_still_undo, codes_for
from tasking.work.outcome_table import breaches
from tasking.work.outcomes import Report, record_outcome, undo_outcome
from tasking.work.showing import reload


def more_than(task: Task, code: str) -> tuple[str, ...]:
    """What a result of this task may really have been, the worst first; empty where nothing is more."""
    possible = codes_for(task)
    breach = OutcomeCode.BREACH_SUSPECTED
    if code in breaches():
        return ()
    more = (breach if breach in possible else None, concern_for(possible))
    return tuple(each for each in more if each is not None and each != code)


def it_was_more(uow: UnitOfWork, reader: Reader, ref: str, outcome_id: UUID | None, code: str) -> TaskBundle:
    """Replace a result while it can be undone, else correct it; its words and its time are kept.

    Raises `Stale` where another result stands by now, and `Refusal` as undo, recording and correcting do.
    """
    bundle = find_task(uow, reader, ref)
    standing = bundle.outcome
    if standing is None or standing.id != outcome_id or bundle.task.state != TaskState.DONE:
        refuse_stale(uow, reader, bundle)
    if code not in more_than(bundle.task, standing.code):
        raise Refusal("wrong-outcome", f"{bundle.task.ref} cannot end that way.")
    corrects: UUID | None = standing.id
    if can_still_undo(standing, uow.now, uow.policy):
        before = undo_outcome(uow, reader, ref, standing.id).outcome
        corrects = before.id if before else None
    # Where it had put an alarm down, the reason given then goes on: a graver result corrects it now.
    report = Report(code, standing.happened_at, standing.note, corrects=corrects, reason=standing.reason)
    record_outcome(uow, reader, ref, report)
    return reload(uow, bundle.task.id)
