"""The lifecycle of a task: one table of what may follow what. The README draws it."""

from storage.enums import OPEN_STATES, TaskState

S = TaskState

TRANSITIONS: dict[TaskState | None, frozenset[TaskState]] = {
    None: frozenset({S.UNALLOCATED, S.ASSIGNED}),
    S.UNALLOCATED: frozenset({S.ASSIGNED, S.CANCELLED}),
    S.ASSIGNED: frozenset({S.ASSIGNED, S.ACCEPTED, S.DONE, S.UNALLOCATED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.ASSIGNED, S.DONE, S.UNALLOCATED, S.CANCELLED}),
    S.DONE: frozenset({S.ACCEPTED}),
    S.CANCELLED: frozenset(),
}
"""From (None: a new task) -> to. ASSIGNED to ASSIGNED is another officer; DONE to ACCEPTED is an undo."""

OPEN = frozenset(OPEN_STATES)


class NotAllowedNow(Exception):
    """The task's state does not allow this change."""


def check_transition(before: TaskState | None, after: TaskState) -> None:
    """Raise `NotAllowedNow` unless the table allows going from one state to the other."""
    if after not in TRANSITIONS[before]:
        raise NotAllowedNow(f"{before} to {after}")
