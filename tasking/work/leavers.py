"""The work of people who left: it is given back, or put before another supervisor, so that none lies still.

The directory's pass asks first who is gone and what lies with them; then every task is settled by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from storage import journal, outbox
from storage.database import undoable
from storage.enums import Rank, TaskState
from storage.people import roll
from storage.tables import Task, TaskBundle
from storage.work import queries
from tasking.notices import notices
from tasking.people.actors import known_actor
from tasking.people.directory import DIRECTORY
from tasking.permissions import Actor
from tasking.unit_of_work import UnitOfWork
from tasking.work.changes import change_task, finish_change
from tasking.work.due import post_supervision
from tasking.work.find import Reader
from tasking.work.more_time import MORE_TIME, post_more_time, update_more_time
from tasking.work.officer_requests import give_back_for
from tasking.work.showing import reload
from tasking.work.successors import can_answer_for, can_work_on, needs_somebody, successor_of

MISSING = "directory-missing"
_ONE_PASS = timedelta(minutes=1)
_WITH_AN_OFFICER = (TaskState.ASSIGNED, TaskState.ACCEPTED)
_JOB = Reader(Actor(DIRECTORY, "", Rank.STAFF))


@dataclass(frozen=True)
class LeftBehind:
    """Tasks whose people can see to them no more."""

    by_officers: tuple[UUID, ...]
    by_supervisors: dict[str, tuple[UUID, ...]]
    """Who is to answer for them from now on -> the tasks."""
    with_nobody: int
    """How many have a supervisor who left, and nobody to follow."""


def gone_for_good(uow: UnitOfWork, found: frozenset[str] | None = None) -> frozenset[str]:
    """Who can see to some task of theirs no more, in this pass and in the one before. `found`: of this pass.

    Somebody who is moved from one group to another can be in neither while these are read. Passes of several
    replicas that come within a minute count as one.
    """
    before = journal.bookmark(uow.connection, MISSING)
    if before and abs(uow.now - before[1]) < _ONE_PASS:
        return frozenset()
    missing = missing_people(uow) if found is None else found
    journal.set_bookmark(uow.connection, MISSING, " ".join(sorted(missing)), uow.now)
    return missing & frozenset(before[0].split()) if before else frozenset()


def missing_people(uow: UnitOfWork) -> frozenset[str]:
    """Who left the force, the team, or the people named for a restricted subject, and has a task of it.

    They would never see the task again, and nobody else would know.
    """
    tasks = queries.examples_of_work(uow.connection, _braked(uow))
    actors = _people_of(uow, tasks)
    owners = {owner for bundle in tasks if (owner := _officer_who_left(uow, bundle, actors))}
    return frozenset(owners | {bundle.task.supervisor_id for bundle in _orphans(uow, tasks, actors)})


def left_behind(uow: UnitOfWork, gone: Collection[str]) -> LeftBehind:
    """What lies with these people, who can see to it no more."""
    tasks = queries.work_of(uow.connection, gone, _braked(uow))
    actors = _people_of(uow, tasks)
    by_officers = [bundle.task.id for bundle in tasks if _officer_who_left(uow, bundle, actors) in gone]
    orphans = [bundle for bundle in _orphans(uow, tasks, actors) if bundle.task.supervisor_id in gone]
    followed, with_nobody = _by_successor(uow, orphans)
    return LeftBehind(tuple(by_officers), followed, with_nobody)


_Actors = dict[str, Actor | None]


def _braked(uow: UnitOfWork) -> list[str]:
    return [each.district_id for each in roll.brakes(uow.connection)]


def _people_of(uow: UnitOfWork, tasks: Sequence[TaskBundle]) -> _Actors:
    people = {bundle.task.supervisor_id for bundle in tasks} | {
        bundle.task.owner_id or "" for bundle in tasks
    }
    return {person: known_actor(uow, person) for person in people}


def _officer_who_left(uow: UnitOfWork, bundle: TaskBundle, actors: _Actors) -> str | None:
    owner = bundle.task.owner_id
    if owner is None or bundle.task.state not in _WITH_AN_OFFICER or can_work_on(uow, bundle, actors[owner]):
        return None
    return owner


def _orphans(uow: UnitOfWork, tasks: Sequence[TaskBundle], actors: _Actors) -> list[TaskBundle]:
    """Tasks whose supervisor can answer for them no more."""
    return [bundle for bundle in tasks if not can_answer_for(uow, bundle, actors[bundle.task.supervisor_id])]


def _by_successor(uow: UnitOfWork, orphans: Sequence[TaskBundle]) -> tuple[dict[str, tuple[UUID, ...]], int]:
    found: dict[str, list[UUID]] = defaultdict(list)
    with_nobody = 0
    for bundle in orphans:
        successor = successor_of(uow, bundle)
        if successor is None:
            with_nobody += 1
        else:
            found[successor].append(bundle.task.id)
    return {successor: tuple(ids) for successor, ids in found.items()}, with_nobody


def take_back(uow: UnitOfWork, task_id: UUID) -> bool:
    """Give a task back to the sergeant if its officer can still not work on it; returns whether it was."""
    roll.take_turns(uow.connection)
    bundle = reload(uow, task_id)
    if bundle.task.state not in _WITH_AN_OFFICER or roll.is_braked(uow.connection, bundle.task.district_id):
        return False  # the brake may have been put since it was asked what is left behind
    if can_work_on(uow, bundle, known_actor(uow, bundle.task.owner_id or "")):
        return False
    give_back_for(uow, bundle, DIRECTORY, "its officer has left")
    return True


def hand_on(uow: UnitOfWork, successor_id: str, task_ids: Sequence[UUID]) -> list[str]:
    """Put tasks before another supervisor, who gets one card about all of them.

    One that fails is left for the next pass, and the others go on; returns the code of each failure.
    """
    roll.take_turns(uow.connection)
    taken: list[Task] = []
    failures: list[str] = []
    for task_id in task_ids:
        try:
            with undoable(uow.connection):
                taken += _handed_on(uow, reload(uow, task_id), successor_id)
        except Exception as problem:
            failures.append(type(problem).__name__)
    if taken:
        ids = [task.id for task in taken]
        uow.effects(post_supervision(successor_id, taken[0].district_id, ids, uow.now))
    return failures


def _handed_on(uow: UnitOfWork, bundle: TaskBundle, successor_id: str) -> list[Task]:
    """The task as it is now; nothing where it has been settled meanwhile."""
    before = bundle.task
    if not needs_somebody(bundle) or can_answer_for(uow, bundle, known_actor(uow, before.supervisor_id)):
        return []
    if roll.is_braked(uow.connection, before.district_id):
        return []
    if not can_answer_for(uow, bundle, known_actor(uow, successor_id)):
        return []
    changed = change_task(uow, _JOB, bundle, supervisor_id=successor_id)
    finish_change(uow, _JOB, before, changed, "supervisor-left", reason="its supervisor has left")
    _redirect(uow, before, changed)
    return [changed]


def _redirect(uow: UnitOfWork, before: Task, after: Task) -> None:
    """What the one before has not got yet goes to who follows; a request that waits for an answer, anew."""
    follow = notices().names(lambda notice: notice.lost.goes_with_the_work)
    on_their_way = outbox.redirect(
        uow.connection, before.id, before.supervisor_id, after.supervisor_id, follow
    )
    if after.asked_until and MORE_TIME.name not in on_their_way:
        uow.effects(update_more_time(after, uow.now))
        uow.effects(post_more_time(after, uow.now))
