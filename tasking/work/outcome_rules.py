"""Pure rules about outcomes: which fit a task, who sends them to the records system, how long undo lasts."""

from datetime import datetime

from storage.enums import OutcomeState, RecordsRoute
from storage.tables import Outcome, Task
from tasking.policy import Policy
from tasking.work.outcome_table import breaches, fitting, kind_of_task
from tasking.work.putting_down import raises_alarm

_UNDOABLE = frozenset({OutcomeState.TO_HAND_OVER, OutcomeState.KEYED_BY_HAND})


def codes_for(task: Task) -> tuple[str, ...]:
    """The outcomes that a task of this kind can end with (`domain.md`, enumerations)."""
    return fitting(kind_of_task(task.kind, task.visit_kind))


def route_of(task: Task, code: str, *, restricted: bool, policy: Policy) -> RecordsRoute:
    """Who puts it on the records system. A restricted subject never goes to the shared list."""
    return RecordsRoute.KEYED_BY_HAND if restricted else policy.records.route(task.kind, code)


def first_state(route: RecordsRoute) -> OutcomeState:
    """The state an outcome begins with."""
    return OutcomeState.TO_HAND_OVER if route == RecordsRoute.REDLINE_SENDS else OutcomeState.KEYED_BY_HAND


def waits_to_be_keyed(outcome: Outcome) -> bool:
    """Whether somebody has yet to key by hand what RedLine gave up."""
    return was_given_up(outcome) and not outcome.athena_ref


def was_given_up(outcome: Outcome) -> bool:
    """Whether RedLine was to send it and gave up: it is not on the records system until somebody keys it."""
    return outcome.route == RecordsRoute.REDLINE_SENDS and outcome.state == OutcomeState.KEYED_BY_HAND


def leaves_at(code: str, recorded_at: datetime, policy: Policy) -> datetime:
    """When it may be handed over: a breach at once, everything else after the undo window."""
    return recorded_at if code in breaches() else recorded_at + policy.undo_window


def can_still_undo(outcome: Outcome, now: datetime, policy: Policy) -> bool:
    """Whether it can be taken back: within the window, and not yet handed over or keyed.

    A result that raises an alarm is never taken back, unless more of an alarm would stand again.
    """
    return (
        _may_go(outcome)
        and outcome.state in _UNDOABLE
        and outcome.athena_ref is None
        and outcome.leaving_at is None
        and now < outcome.recorded_at + policy.undo_window
    )


def _may_go(outcome: Outcome) -> bool:
    if outcome.code in breaches():
        return False
    return bool(outcome.reason) or not raises_alarm(outcome.code)


def can_be_corrected(outcome: Outcome, now: datetime, policy: Policy) -> bool:
    """Whether a correction, as a new row, is the way to change it: whenever it can no longer be undone."""
    return outcome.state != OutcomeState.WITHDRAWN and not can_still_undo(outcome, now, policy)
