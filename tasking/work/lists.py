"""Lists of tasks for somebody who asks, and what they may do."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, and_, or_

from storage.enums import SENT_BACK, AuditOperation, TaskState
from storage.people import queries as people_queries
from storage.tables import TaskBundle
from storage.work import queries
from tasking.naming import called, number_or_name
from tasking.people.actors import require
from tasking.permissions import Act, every_act, may
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.views import HelpEntry, HelpView, Often, TaskLine, TaskListView, TaskView
from tasking.work.find import Reader, check_channel, find_target, find_task
from tasking.work.kind_words import words_for_kind
from tasking.work.showing import officer_view

_SHOWN = 15
_MOST = 5
"""Lines of help at first: as many as one screen of a phone holds."""


def show_task(uow: UnitOfWork, reader: Reader, ref: str) -> TaskView:
    """One task as its reader may see it; looking is logged. Raises `Refusal` where there is none for them."""
    bundle = find_task(uow, reader, ref)
    uow.audit(AuditOperation.CONSULTATION, "show-task", reader.actor.entra_id, task=bundle.task)
    return officer_view(uow, bundle, reader)


def own_tasks(uow: UnitOfWork, reader: Reader) -> TaskListView:
    """The asker's own open tasks."""
    return _listed(uow, reader, "Your tasks", _own(reader), queries.is_open())


def overdue_tasks(uow: UnitOfWork, reader: Reader) -> TaskListView:
    """What is overdue: of the district for a supervisor, else the asker's own."""
    districts = _districts_seen(reader)
    where = queries.in_districts(districts) if districts else _own(reader)
    return _listed(uow, reader, "Overdue", where, queries.is_open(), queries.due_before(uow.now))


def tasks_of_officer(uow: UnitOfWork, reader: Reader, officer_id: str) -> TaskListView:
    """Somebody's open tasks, in the districts that the asker sees."""
    if officer_id == reader.actor.entra_id:
        return own_tasks(uow, reader)
    districts = _districts_seen(reader)
    if not districts:
        raise Refusal("not-allowed", "You can see only your own tasks.", "Type /tasks.")
    officer = people_queries.person_by_id(uow.connection, officer_id)
    whose = f"Tasks of {called(officer)}"
    return _listed(
        uow, reader, whose, queries.owned_by(officer_id), queries.in_districts(districts), queries.is_open()
    )


def tasks_of_subject(uow: UnitOfWork, reader: Reader, ref: str) -> TaskListView:
    """The open tasks about a subject (or the subject of an order)."""
    target = find_target(uow, reader, ref)
    uow.audit(
        AuditOperation.CONSULTATION,
        "tasks-of-subject",
        reader.actor.entra_id,
        district_id=target.district_id,
        subject_id=target.subject.id,
    )
    return _listed(
        uow,
        reader,
        f"Tasks about {target.subject.ref}",
        queries.about_subject(target.subject.id),
        or_(queries.in_districts(_districts_seen(reader)), _own(reader)),
        queries.is_open(),
    )


def tasks_of_district(uow: UnitOfWork, reader: Reader, district_id: str, which: str) -> TaskListView:
    """The lists behind the board's buttons: `unallocated`, or everything `to_do`."""
    check_channel(reader, "That list", district_id)
    require(reader.actor, Act.SEE_BOARD, district_id, None, "You cannot see that list.")
    here = queries.in_districts([district_id])
    if which == "unallocated":
        return _listed(uow, reader, "Unallocated", here, queries.in_state(TaskState.UNALLOCATED))
    return _listed(uow, reader, "To do", here, queries.is_open())


def help_for(reader: Reader, offered: Sequence[HelpEntry], topic: str = "") -> HelpView:
    """What the asker does most, or all of a topic that they may do, each with an example to copy."""
    acts = {act for act in every_act() for d in reader.actor.roles if _may_somehow(reader, act, d)}
    possible = sorted((each for each in offered if each.act in acts), key=_place_of_topic(offered))
    topics = tuple(dict.fromkeys(each.topic for each in possible))
    if topic in topics:
        lines = tuple(each for each in possible if each.topic == topic)
        return HelpView(lines, reader.in_channel, topic, topics)
    often = Often.SUPERVISORS if Act.ASSIGN in acts else Often.OFFICERS
    shown = sorted(possible, key=lambda each: each.often is not often)[:_MOST]
    return HelpView(tuple(shown), reader.in_channel, "", topics)


def _place_of_topic(offered: Sequence[HelpEntry]) -> Callable[[HelpEntry], int]:
    """Lines of one topic stand together, wherever they were declared."""
    topics = list(dict.fromkeys(each.topic for each in offered))
    return lambda each: topics.index(each.topic)


def _may_somehow(reader: Reader, act: str, district_id: str) -> bool:
    me = reader.actor.entra_id
    return may(reader.actor, act, district_id, None) or may(reader.actor, act, district_id, me)


def _districts_seen(reader: Reader) -> list[str]:
    return reader.districts_where(Act.SEE_TASK)


def _own(reader: Reader) -> ColumnElement[bool]:
    """The asker's own, where they may see them; in a channel those of its district."""
    me = reader.actor.entra_id
    seen = [each for each in reader.actor.roles if reader.may(Act.SEE_TASK, each, me)]
    return and_(queries.owned_by(me), queries.in_districts(seen))


def _listed(uow: UnitOfWork, reader: Reader, heading: str, *where: ColumnElement[bool]) -> TaskListView:
    visible = queries.visible_to(reader.named_as)
    bundles = queries.bundles_where(uow.connection, *where, visible, limit=_SHOWN)
    total = queries.count_where(uow.connection, *where, visible)
    return TaskListView(heading, tuple(line_of(uow, reader, bundle) for bundle in bundles), uow.now, total)


def line_of(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> TaskLine:
    """The row of a list about this task."""
    task = bundle.task
    return TaskLine(
        ref=task.ref,
        kind=task.kind,
        kind_words=words_for_kind(task),
        subject_ref=bundle.subject.ref if bundle.subject else None,
        order_ref=bundle.order.ref if bundle.order else None,
        officer=number_or_name(bundle.owner) if bundle.owner else None,
        due_at=task.due_at,
        state=task.state,
        is_overdue=task.due_at <= uow.now,
        outcome_code=bundle.outcome.code if bundle.outcome else None,
        is_sent_back=bundle.outcome is not None and bundle.outcome.state in SENT_BACK,
        may_open=reader.may(Act.SEE_TASK, task.district_id, task.owner_id),
    )
