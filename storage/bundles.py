"""Entities that are read together."""

from dataclasses import dataclass

from storage.tables import Outcome, Person, ProtectiveOrder, Subject, Task


@dataclass(frozen=True)
class TaskBundle:
    """A task with the rows that stand around it."""

    task: Task
    subject: Subject | None
    order: ProtectiveOrder | None
    owner: Person | None
    supervisor: Person | None
    outcome: Outcome | None
