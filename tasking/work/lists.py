"""Lists of tasks for somebody who asks, and what they may do."""

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
from tasking.views import HelpLine, HelpView, TaskLine, TaskListView, TaskView
from tasking.work.find import Reader, check_channel, find_target, find_task
from tasking.work.kind_words import words_for_kind
from tasking.work.showing import officer_view

_SHOWN = 15


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


def help_for(reader: Reader, topic: str = "") -> HelpView:
    """What the asker does most, or all of a topic that they may do, each with an example to copy."""
    acts = {act for act in every_act() for d in reader.actor.roles if _may_somehow(reader, act, d)}
    topics = {name: tuple(line for act, line in lines if act in acts) for name, lines in _HELP.items()}
    topics = {name: lines for name, lines in topics.items() if lines}
    if topic in topics:
        return HelpView(topics[topic], reader.in_channel, topic, tuple(topics))
    most = _MOST_OF_A_SUPERVISOR if Act.ASSIGN in acts else _MOST_OF_AN_OFFICER
    possible = [line for lines in topics.values() for line in lines]
    shown = sorted(possible, key=lambda line: line.example not in most)[:_MOST]
    return HelpView(tuple(shown), reader.in_channel, "", tuple(topics))


_HELP: dict[str, tuple[tuple[str, HelpLine], ...]] = {
    "Give work": (
        (Act.ASSIGN, HelpLine("Give work to somebody", "/assign @officer visit DVPO-3 by tomorrow 18:00")),
        (Act.ASSIGN, HelpLine("Open the form instead", "/assign")),
        (Act.REASSIGN, HelpLine("Give it to somebody else", "/reassign T-1042 @officer because on leave")),
        (Act.EXTEND, HelpLine("Give it more time", "/extend T-1042 to fri 18:00 because court ran late")),
        (Act.CANCEL, HelpLine("Cancel it", "/cancel T-1042 because order discharged")),
    ),
    "Results": (
        (Act.RECORD_OUTCOME, HelpLine("Say what came of it", "1042 no answer 2115")),
        (Act.RECORD_OUTCOME, HelpLine("Seen, with a note", "1042 seen 2115 at the door, alone")),
        (Act.RECORD_OUTCOME, HelpLine("Report a breach (radio first)", "1042 breach")),
        (Act.UNDO_OUTCOME, HelpLine("Take it back within ten minutes", "1042 undo")),
        (Act.CORRECT_OUTCOME, HelpLine("Correct a result later", "1042 correct")),
        (Act.KEY_REFERENCE, HelpLine("Give the Athena reference", "1042 ref 36/21858/19")),
    ),
    "Before you go": (
        (Act.SEE_BRIEFING, HelpLine("Read the briefing", "1042 brief")),
        (Act.SEE_ORDER_COPY, HelpLine("Open the copy of the order", "1042 copy")),
    ),
    "If you can't": (
        (Act.CANT_DO, HelpLine("Give it back", "1042 can't do at court until six")),
        (Act.ASK_MORE_TIME, HelpLine("Ask for more time", "1042 more time tomorrow 18:00 at court")),
        (Act.ADD_NOTE, HelpLine("Add a note", "1042 note van outside, no lights")),
    ),
    "Lists": (
        (Act.SEE_TASK, HelpLine("Your own tasks", "/tasks")),
        (Act.SEE_TASK, HelpLine("One task", "/task T-1042")),
        (Act.SEE_TASK, HelpLine("What is overdue", "/tasks overdue")),
        (Act.ASSIGN, HelpLine("Somebody’s tasks, or about a subject", "/tasks @officer or /tasks S-07")),
        (Act.SEE_BOARD, HelpLine("The board", "/board")),
    ),
}
_MOST = 5
"""As many as one screen of a phone holds."""
_MOST_OF_A_SUPERVISOR = frozenset(
    {
        "/assign @officer visit DVPO-3 by tomorrow 18:00",
        "/assign",
        "/reassign T-1042 @officer because on leave",
        "/tasks overdue",
        "/board",
    }
)
_MOST_OF_AN_OFFICER = frozenset(
    {"1042 no answer 2115", "1042 seen 2115 at the door, alone", "1042 breach", "1042 brief", "/tasks"}
)


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
