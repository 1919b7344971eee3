"""Who must hear of a result in the same shift, besides a breach: declared with the result, told once each."""

import re

from storage.enums import Role
from storage.people import queries as people_queries
from storage.tables import Outcome, Task, TaskBundle
from tasking.effects import Row
from tasking.notices import Notice
from tasking.unit_of_work import UnitOfWork
from tasking.work.audience import may_read
from tasking.work.outcome_table import Nature, Tells, declared
from tasking.work.results import RESULT, SAFEGUARDING, post_result

_A_NUMBER = re.compile(r"\+?\(?[0-9](?:[ ()./-]{0,2}[0-9]){6,}")
_NOT_KEPT = "(number not kept)"


def result_posts(
    uow: UnitOfWork, task: Task, outcome: Outcome, bundle: TaskBundle, told: frozenset[str] = frozenset()
) -> list[Row]:
    """One post to each who must hear of this result; not to who recorded it, nor to who is `told` already.

    A concern is told at once, anything else once it can no longer be undone.
    """
    at_once = declared(outcome.code).nature is Nature.CONCERN
    after = uow.now if at_once else outcome.recorded_at + uow.policy.undo_window
    left_out = told | {outcome.officer_id}
    return [
        post_result(task, outcome, person_id, notice, uow.now, after)
        for person_id, notice in _readers(uow, task, outcome.code, bundle)
        if person_id not in left_out
    ]


def _readers(uow: UnitOfWork, task: Task, code: str, bundle: TaskBundle) -> list[tuple[str, Notice]]:
    """Safeguarding hears through the supervisor where the district has nobody there who may know."""
    tells = declared(code).tells
    safeguarding = _safeguarding(uow, task, bundle) if Tells.SAFEGUARDING in tells else []
    readers = [(person_id, SAFEGUARDING) for person_id in safeguarding]
    if Tells.SUPERVISOR in tells or (tells and not readers):
        readers = [each for each in readers if each[0] != task.supervisor_id]
        readers.append((task.supervisor_id, RESULT))
    return readers


def _safeguarding(uow: UnitOfWork, task: Task, bundle: TaskBundle) -> list[str]:
    people = people_queries.people_with_roles(uow.connection, [task.district_id], [Role.SAFEGUARDING])
    return [
        person.entra_id
        for person in people
        if may_read(uow, bundle, person_id=person.entra_id, conversation_id=None)
    ]


def without_numbers(code: str, words: str) -> str:
    """The words of "moved or new number" without the number, which is never stored (`domain.md`)."""
    return words if declared(code).keeps_numbers else _A_NUMBER.sub(_NOT_KEPT, words)
