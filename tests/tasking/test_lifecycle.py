"""The lifecycle: every pair of states, and that the use cases never leave the table."""

import pytest

from infra.local.people import CONSTABLE, SECOND_CONSTABLE, SERGEANT
from storage.enums import TaskState
from storage.tables import TaskChange
from tasking.lifecycle import OPEN, TRANSITIONS, NotAllowedNow, check_transition
from tasking.work.officer_requests import accept, give_back
from tasking.work.outcomes import undo_outcome
from tasking.work.supervision import cancel, reassign
from tests.support.units import Force

U, AS, AC, D, C = (
    TaskState.UNALLOCATED,
    TaskState.ASSIGNED,
    TaskState.ACCEPTED,
    TaskState.DONE,
    TaskState.CANCELLED,
)
EXPECTED = {
    (None, U),
    (None, AS),
    (U, AS),
    (U, C),
    (AS, AS),
    (AS, AC),
    (AS, D),
    (AS, U),
    (AS, C),
    (AC, AS),
    (AC, D),
    (AC, U),
    (AC, C),
    (D, AC),
}


@pytest.mark.parametrize("after", TaskState)
@pytest.mark.parametrize("before", [None, *TaskState])
def test_every_transition_is_allowed_or_refused_as_drawn(before: TaskState | None, after: TaskState) -> None:
    if (before, after) in EXPECTED:
        check_transition(before, after)
    else:
        with pytest.raises(NotAllowedNow, match=after.value):
            check_transition(before, after)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == {None, *TaskState}
    assert set().union(*TRANSITIONS.values()) == set(TaskState)


def test_open_work_is_what_can_still_be_done_or_cancelled() -> None:
    assert {state for state in TaskState if TaskState.CANCELLED in TRANSITIONS[state]} == OPEN


async def test_every_transition_that_the_use_cases_make_is_in_the_table(force: Force) -> None:
    made = await force.task(None)
    await force.do(SERGEANT, reassign, made.task.ref, CONSTABLE.entra_id, "free")
    await force.do(CONSTABLE, accept, made.task.ref)
    await force.do(SERGEANT, reassign, made.task.ref, SECOND_CONSTABLE.entra_id, "leave")
    await force.do(SECOND_CONSTABLE, give_back, made.task.ref, "court")
    await force.do(SERGEANT, reassign, made.task.ref, CONSTABLE.entra_id, "free")
    await force.close(made)
    await force.do(CONSTABLE, undo_outcome, made.task.ref, None)
    await force.do(SERGEANT, cancel, made.task.ref, "over")
    made_transitions = {(row.from_state, row.to_state) for row in await force.rows(TaskChange)}
    assert made_transitions <= EXPECTED
    assert len(made_transitions) == 8
